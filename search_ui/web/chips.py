"""Active filters as chips, and the small language of the filter buttons: `art:Bescheid`, `jahr:2021`, `alle` …"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from search_ui.retrieval.request import (
    Filters,
    SearchRequest,
    clean_text,
    german_range,
    parse_date,
)

_LISTS = {"stelle": "units", "art": "kinds", "schlagwort": "keywords"}
_LABELS = {"stelle": "Stelle", "art": "Art", "schlagwort": "Schlagwort"}


@dataclass(frozen=True)
class Chip:
    """`value` is what the button that removes it sends."""

    label: str
    value: str


def add_filter(filters: Filters, button: str) -> Filters:
    """Unknown buttons change nothing."""
    field, _, value = button.partition(":")
    value = clean_text(value)[:200]
    if not value:
        return filters
    if field in _LISTS:
        return _with_list(filters, field, (*getattr(filters, _LISTS[field]), value))
    if field == "akte":
        return replace(filters, case=value[:32])
    if field == "jahr" and (days := parse_date(value)):
        return replace(filters, date_from=days[0], date_to=days[1])
    return filters


def remove_filter(filters: Filters, button: str) -> Filters:
    if button == "alle":
        return Filters()
    field, _, value = button.partition(":")
    if field in _LISTS:
        return _with_list(filters, field, [kept for kept in getattr(filters, _LISTS[field]) if kept != value])
    if field == "akte":
        return replace(filters, case="")
    if field == "zeit":
        return replace(filters, date_from="", date_to="")
    return filters


def chips(asked: SearchRequest, case_title: str = "") -> tuple[Chip, ...]:
    """`case_title` comes from the answer, so that it is known only to those who may see the case."""
    filters = asked.filters
    shown = [
        Chip(f"{_LABELS[field]}: {value}", f"{field}:{value}")
        for field, name in _LISTS.items()
        for value in getattr(filters, name)
    ]
    if filters.date_from or filters.date_to:
        shown.append(Chip(f"Datum: {german_range(filters.date_from, filters.date_to)}", "zeit:"))
    if filters.case:
        shown.append(Chip(f"Akte: {case_title}" if case_title else "Nur eine Akte", "akte:"))
    return tuple(shown)


def _with_list(filters: Filters, field: str, values: Sequence[str]) -> Filters:
    changed: dict[str, Any] = {_LISTS[field]: tuple(dict.fromkeys(values))}
    return replace(filters, **changed)
