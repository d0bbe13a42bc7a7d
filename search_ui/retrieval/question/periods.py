"""Days, months, years and ranges of them as people type them → first and last day."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import NamedTuple

from casefile.canonical.dates import find_days, find_months

_FULL = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_MONTH = re.compile(r"(\d{1,2})\.\s?(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_YEAR = re.compile(r"\d{4}")
_YEARS = re.compile(r"(\d{4})\s?[-–]\s?(\d{4})")
_COMPARED = re.compile(r"(>=|<=|>|<|≥|≤)\s?(.+)")
_RANGE = re.compile(r"(.*?)\s?(?:\.\.+|…)\s?(.*)")
EXAMPLES = "vom:2021, vom:03/2021, vom:14.03.2021, vom:2021..2022 und vom:>=03/2021"


class Period(NamedTuple):
    """ISO dates, both included; "" for no limit. `turned`: the end was typed first."""

    first: str
    last: str
    turned: bool = False


def parse_date(text: str) -> tuple[str, str] | None:
    """First and last day of what was typed, as ISO dates; None where it is no date."""
    text = text.strip()
    try:
        if match := _FULL.fullmatch(text):
            day, month, year = (int(part) for part in match.groups())
        elif match := _ISO.fullmatch(text):
            year, month, day = (int(part) for part in match.groups())
        elif match := _MONTH.fullmatch(text):
            return _whole_month(int(match[2]), int(match[1]))
        elif _YEAR.fullmatch(text):
            return date(int(text), 1, 1).isoformat(), date(int(text), 12, 31).isoformat()
        else:
            return None
        return date(year, month, day).isoformat(), date(year, month, day).isoformat()
    except ValueError:
        return None


def parse_period(text: str) -> Period | None:
    """A day, month or year in any spelling, `a..b` with either end open, `2021-2022`, `>=a`, `<a`; None for others."""
    text = text.strip()
    if match := _COMPARED.fullmatch(text):
        return _compared(match[1].replace("≥", ">=").replace("≤", "<="), match[2])
    if match := _YEARS.fullmatch(text) or _RANGE.fullmatch(text):
        return _range(match[1], match[2])
    days = _any_date(text)
    return Period(*days) if days else None


def _range(first: str, last: str) -> Period | None:
    ends = [_any_date(end) if end.strip() else ("", "") for end in (first, last)]
    if None in ends or not (first.strip() or last.strip()):
        return None
    (start, start_last), (end_first, end) = (one for one in ends if one is not None)
    if start and end and start > end:
        return Period(end_first, start_last, turned=True)
    return Period(start, end)


def _compared(sign: str, text: str) -> Period | None:
    days = _any_date(text)
    if days is None:
        return None
    first, last = days
    bounds = {">=": (first, ""), "<=": ("", last), ">": (_shifted(last, 1), ""), "<": ("", _shifted(first, -1))}
    return Period(*bounds[sign])


def _shifted(day: str, by: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()


def _any_date(text: str) -> tuple[str, str] | None:
    """The forms of the date fields, and every spelling that is recognised on a page."""
    text = text.strip()
    if plain := parse_date(text):
        return plain
    for start, end, value in find_days(text):
        if (start, end) == (0, len(text)):
            return value, value
    for start, end, value in find_months(text):
        if (start, end) == (0, len(text)):
            year, month = (int(part) for part in value.split("-"))
            return _whole_month(year, month)
    return None


def _whole_month(year: int, month: int) -> tuple[str, str]:
    """Raises ValueError for a month that is none."""
    first = date(year, month, 1)
    return first.isoformat(), first.replace(day=calendar.monthrange(year, month)[1]).isoformat()
