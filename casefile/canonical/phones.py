"""Telephone numbers as digits with the country in front: `0711/2345-678` and `+49 (0)711 2345678` are one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casefile.canonical.dates import starts_day
from casefile.canonical.found import Found

_HOME = "49"
_PHONE = re.compile(
    r"(?<![\w+.,])(?<!\w[-/])(?<!\d )(?:(?P<country>(?:\+|00)[1-9]\d{0,2})[ ]?(?:\(0\)[ ]?)?[-/]?|\(?0)"
    r"(?P<number>\(?[1-9]\d{0,12}\)?(?:[ ]?[-/–.]?[ ]?\d{1,12}){0,6})(?![\w])(?!,\d)"
)
_LEAST, _MOST = 6, 14  # digits without the country
_LONGEST_STRAY = 4  # digits of another number that follows after a blank
_STRAY = re.compile(rf" \d{{1,{_LONGEST_STRAY}}}\Z")
_NOT_DIGITS = re.compile(r"\D")


def find_phones(text: str) -> Iterator[Found]:
    """Also without a last short group, which may be something else ("0711 234567 10 Uhr")."""
    for match in _PHONE.finditer(text):
        yield from _readings(text, match)


def starts_phone(text: str, offset: int) -> bool:
    """Whether a telephone number is written at this place."""
    match = _PHONE.match(text, offset)
    return match is not None and any(True for _ in _readings(text, match))


def _readings(text: str, match: re.Match[str]) -> Iterator[Found]:
    if starts_day(text, match.start()):
        return
    country = _NOT_DIGITS.sub("", match["country"]).removeprefix("00") if match["country"] else _HOME
    number, end = match["number"], match.end()
    while number:
        digits = _NOT_DIGITS.sub("", number)
        if _LEAST <= len(digits) <= _MOST:
            yield Found(match.start(), end, country + digits)
        stray = _STRAY.search(number)
        number = number[: stray.start()] if stray else ""
        end = match.end() - len(match["number"]) + len(number)
