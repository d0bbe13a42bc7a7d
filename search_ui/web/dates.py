"""Days and ranges of days, written in German."""

from __future__ import annotations

import calendar
from datetime import date


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
