"""A search as it was asked: parsed, normalised, validated. Messages are German and stand beside their field."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from search_ui.retrieval.clauses import MAX_CLAUSES, PER_WORD, clauses
from search_ui.retrieval.terms import parse_terms, searchable

MAX_TEXT = 500
MAX_FILTER = 200
MAX_PURPOSE = 500
MAX_PAGE = 100
_FULL = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_MONTH = re.compile(r"(\d{1,2})\.\s?(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_YEAR = re.compile(r"\d{4}")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
DATE_HINT = "Bitte ein Datum wie 14.03.1998, 03.1998 oder 1998 eingeben."


@dataclass(frozen=True)
class Filters:
    """What narrows the search. Dates are ISO, both ends included; empty means: no limit."""

    units: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    case: str = ""
    date_from: str = ""
    date_to: str = ""

    @property
    def any(self) -> bool:
        return self != Filters()


@dataclass(frozen=True)
class SearchRequest:
    """`page` counts the pages of the hit list from 1."""

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    exact: bool = False
    purpose: str = ""
    page: int = 1

    def to_json(self) -> dict[str, Any]:
        return asdict(replace(self, page=1))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SearchRequest:
        given = data["filters"]
        filters = Filters(
            units=tuple(given["units"]),
            kinds=tuple(given["kinds"]),
            keywords=tuple(given["keywords"]),
            case=given["case"],
            date_from=given["date_from"],
            date_to=given["date_to"],
        )
        return cls(data["text"], filters, bool(data["exact"]), data["purpose"])

    def at_page(self, page: int) -> SearchRequest:
        return replace(self, page=min(max(page, 1), MAX_PAGE))


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
    """`form`: q, exakt, von, bis, akte, zweck; `lists`: stelle, art, schlagwort, each any number of times."""
    errors: dict[str, str] = {}
    date_from, date_to = _date_range(form, errors)
    filters = Filters(
        units=_clean_list(lists.get("stelle", ())),
        kinds=_clean_list(lists.get("art", ())),
        keywords=_clean_list(lists.get("schlagwort", ())),
        case=clean_text(form.get("akte", ""))[:32],
        date_from=date_from,
        date_to=date_to,
    )
    text = clean_text(form.get("q", ""))
    purpose = clean_text(form.get("zweck", ""))[:MAX_PURPOSE]
    if len(text) > MAX_TEXT:
        errors["q"] = f"Die Suche ist zu lang. Höchstens {MAX_TEXT} Zeichen eingeben."
    elif clauses(parse_terms(text)) > MAX_CLAUSES:
        errors["q"] = (
            "Das sind zu viele einzelne Wörter oder Schriftzeichen für eine Suche. "
            f"Bitte höchstens {MAX_CLAUSES // PER_WORD} eingeben."
        )
    elif form.get("q", "").strip() and not searchable(text):
        errors["q"] = "Darin ist nichts, wonach sich suchen lässt. Bitte mindestens ein Wort oder eine Zahl eingeben."
    elif not text and not filters.any and not errors:
        errors["q"] = "Bitte einen Suchbegriff eingeben."
    if purpose_required and not purpose:
        errors["zweck"] = "Bitte den Zweck der Suche angeben."
    request = SearchRequest(text[:MAX_TEXT], filters, bool(form.get("exakt")), purpose)
    return Parsed(request, errors, {name: str(form.get(name, "")) for name in ("q", "von", "bis", "zweck")})


def clean_text(text: str) -> str:
    """NFC, without invisible and control characters, blanks as single spaces."""
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    plain = "".join(" " if unicodedata.category(ch) in {"Cc", "Cs", "Co", "Cn"} else ch for ch in visible)
    return " ".join(plain.split())


def parse_date(text: str) -> tuple[str, str] | None:
    """First and last day of what was typed, as ISO dates; None where it is no date."""
    text = text.strip()
    try:
        if match := _FULL.fullmatch(text):
            day, month, year = (int(part) for part in match.groups())
        elif match := _ISO.fullmatch(text):
            year, month, day = (int(part) for part in match.groups())
        elif match := _MONTH.fullmatch(text):
            month, year = int(match[1]), int(match[2])
            first = date(year, month, 1)
            return first.isoformat(), first.replace(day=calendar.monthrange(year, month)[1]).isoformat()
        elif _YEAR.fullmatch(text):
            return date(int(text), 1, 1).isoformat(), date(int(text), 12, 31).isoformat()
        else:
            return None
        return date(year, month, day).isoformat(), date(year, month, day).isoformat()
    except ValueError:
        return None


def german_range(first: str, last: str) -> str:
    """The shortest usual way to say it: 2021, 03.2021, 2019–2021, 01.03.2021–15.03.2021, ab …, bis …"""
    if not first or not last:
        return f"ab {german_end(first, False)}" if first else f"bis {german_end(last, True)}"
    start, end = german_end(first, False), german_end(last, True)
    if len(start) != len(end):
        start, end = german_date(first), german_date(last)
    return start if start == end else f"{start}–{end}"


def german_end(iso: str, last: bool) -> str:
    """A day that is the first (last) of a year or month is written as that year or month."""
    day = date.fromisoformat(iso)
    if (day.month, day.day) == ((12, 31) if last else (1, 1)):
        return f"{day.year:04d}"
    if day.day == (calendar.monthrange(day.year, day.month)[1] if last else 1):
        return f"{day.month:02d}.{day.year:04d}"
    return german_date(iso)


def german_date(iso: str) -> str:
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day:02d}.{day.month:02d}.{day.year:04d}"


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
