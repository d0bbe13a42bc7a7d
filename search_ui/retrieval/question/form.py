"""Form fields → a search request, normalised and validated. Messages are German and stand beside their field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casefile.facets import VALUE_FACETS
from search_ui.retrieval.question.periods import parse_date
from search_ui.retrieval.question.request import Filters, SearchRequest
from search_ui.retrieval.question.terms import searchable

MAX_TEXT = 500
MAX_FILTER = 200
MAX_PURPOSE = 500
MAX_ID = 32
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
DATE_HINT = "Bitte ein Datum wie 14.03.1998, 03.1998 oder 1998 eingeben."


@dataclass(frozen=True)
class Parsed:
    """A request, or what is wrong with which field; `values` are the fields as typed, to be shown again."""

    request: SearchRequest
    errors: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.errors


def parse_form(form: Mapping[str, str], lists: Mapping[str, Sequence[str]], *, purpose_required: bool) -> Parsed:
    """`form`: q, exakt, von, bis, akte, zweck; `lists`: the values of each facet under its form key."""
    errors: dict[str, str] = {}
    typed, purpose = clean_text(form.get("q", "")), clean_text(form.get("zweck", ""))[:MAX_PURPOSE]
    filters = _parsed_filters(form, lists, errors)
    request = SearchRequest(typed[:MAX_TEXT], filters, bool(form.get("exakt")), purpose)
    if message := _text_error(form.get("q", ""), typed, request, errors):
        errors["q"] = message
    if purpose_required and not purpose:
        errors["zweck"] = "Bitte den Zweck der Suche angeben."
    return Parsed(request, errors, {name: str(form.get(name, "")) for name in ("q", "von", "bis", "zweck")})


def _parsed_filters(form: Mapping[str, str], lists: Mapping[str, Sequence[str]], errors: dict[str, str]) -> Filters:
    date_from, date_to = _date_range(form, errors)
    filters = Filters(case=clean_text(form.get("akte", ""))[:MAX_ID], date_from=date_from, date_to=date_to)
    for facet in VALUE_FACETS:
        filters = filters.choosing(facet, _clean_list(lists.get(facet.form, ())))
    return filters


def _text_error(raw: str, typed: str, request: SearchRequest, errors: Mapping[str, str]) -> str:
    """What is wrong with the text; "" where nothing is. A filter alone is a search, too."""
    if len(typed) > MAX_TEXT:
        return f"Die Suche ist zu lang. Höchstens {MAX_TEXT} Zeichen eingeben."
    if raw.strip() and not searchable(typed):
        return "Darin ist nichts, wonach sich suchen lässt. Bitte mindestens ein Wort oder eine Zahl eingeben."
    if not typed and not request.filters.any and not errors:
        return "Bitte einen Suchbegriff eingeben."
    return ""


def clean_text(text: str) -> str:
    """NFC, without invisible and control characters, blanks as single spaces."""
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    plain = "".join(" " if unicodedata.category(ch) in {"Cc", "Cs", "Co", "Cn"} else ch for ch in visible)
    return " ".join(plain.split())


def _date_range(form: Mapping[str, str], errors: dict[str, str]) -> tuple[str, str]:
    ends = {"von": "", "bis": ""}
    for index, name in enumerate(ends):
        typed = clean_text(form.get(name, ""))
        parsed = parse_date(typed) if typed else ("", "")
        if parsed is None:
            errors[name] = DATE_HINT
        else:
            ends[name] = parsed[index]
    if ends["von"] and ends["bis"] and ends["von"] > ends["bis"]:
        errors["bis"] = "Das Ende liegt vor dem Anfang."
    return ends["von"], ends["bis"]


def _clean_list(values: Sequence[str]) -> tuple[str, ...]:
    cleaned = (clean_text(value)[:MAX_FILTER] for value in values)
    return tuple(dict.fromkeys(value for value in cleaned if value))
