"""Active filters as chips, and the small language of the filter buttons: `art:Bescheid`, `jahr:2021`, `alle` …"""

from __future__ import annotations

from dataclasses import dataclass, replace

from casefile.facets import VALUE_FACETS, YEAR
from search_ui.retrieval.question.form import MAX_FILTER, MAX_ID, clean_text
from search_ui.retrieval.question.periods import parse_date
from search_ui.retrieval.question.request import Filters, SearchRequest
from search_ui.web.dates import german_range

_BY_FORM_KEY = {facet.form: facet for facet in VALUE_FACETS}


@dataclass(frozen=True)
class Chip:
    """`value` is what the button that removes it sends."""

    label: str
    value: str


def add_filter(filters: Filters, button: str) -> Filters:
    """Unknown buttons change nothing."""
    key, _, value = button.partition(":")
    value = clean_text(value)[:MAX_FILTER]
    if not value:
        return filters
    if facet := _BY_FORM_KEY.get(key):
        return filters.choosing(facet, (*filters.chosen(facet), value))
    if key == "akte":
        return replace(filters, case=value[:MAX_ID])
    if key == YEAR.form and (days := parse_date(value)):
        return replace(filters, date_from=days[0], date_to=days[1])
    return filters


def remove_filter(filters: Filters, button: str) -> Filters:
    """Without a value behind its key, all values of a facet."""
    if button == "alle":
        return Filters()
    key, _, value = button.partition(":")
    if facet := _BY_FORM_KEY.get(key):
        return filters.choosing(facet, (kept for kept in filters.chosen(facet) if value and kept != value))
    if key == "akte":
        return replace(filters, case="")
    if key == "zeit":
        return replace(filters, date_from="", date_to="")
    return filters


def chips(asked: SearchRequest, case_title: str = "") -> tuple[Chip, ...]:
    """`case_title` comes from the answer, so that it is known only to those who may see the case."""
    filters = asked.filters
    shown = [
        Chip(f"{facet.label}: {value}", f"{facet.form}:{value}")
        for facet in VALUE_FACETS
        for value in filters.chosen(facet)
    ]
    if filters.date_from or filters.date_to:
        shown.append(Chip(f"Datum: {german_range(filters.date_from, filters.date_to)}", "zeit:"))
    if filters.case:
        shown.append(Chip(f"Akte: {case_title}" if case_title else "Nur eine Akte", "akte:"))
    return tuple(shown)
