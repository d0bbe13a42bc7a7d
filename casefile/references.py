"""References and dates in canonical form, used alike for pages (at ingest) and for queries.

A reference is compared without separators, case and dash variants: `50.2-1187/2021`, `50.2 – 1187 / 2021` and
`502 1187 2021` are one thing. It is a whole token: 181/25 does not match inside 1181/25.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_SEPARATORS = r"[ ]?[-./ ][ ]?|//"
# At least two groups, at least four digits in all; letters only in short groups (BG, AZ, M25).
_REFERENCE = re.compile(
    rf"(?<![\w.,-])(?:[A-ZÄÖÜ]{{1,4}}-?)?\d+[A-Za-z]?(?:(?:{_SEPARATORS})[A-Z]{{0,3}}\d+[A-Za-z]?)+(?!\w)"
)
_LONG_NUMBER = re.compile(r"(?<![\w/.-])(?:[A-Z]{1,3}-?)?(?:\d{5,20}|\d{3,6}[A-Z]{2,3}\d{4,10})[A-Z]?(?![\w/-])")
_ANY_REFERENCE = re.compile(f"{_REFERENCE.pattern}|{_LONG_NUMBER.pattern}")
_SEPARATOR = re.compile(r"[^0-9A-ZÄÖÜ]+")
MIN_DIGITS = 4

MONTHS: tuple[str, ...] = (
    "januar",
    "februar",
    "märz",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "dezember",
)
_MONTH_NUMBERS = {name: n for n, name in enumerate(MONTHS, 1)} | {name[:3]: n for n, name in enumerate(MONTHS, 1)}
_MONTH_NUMBERS |= {"maerz": 3, "jänner": 1, "sept": 9}
_MONTH = "|".join(sorted(_MONTH_NUMBERS, key=len, reverse=True))
_DATES = (
    re.compile(r"(?<![\d.])(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4}|\d{2})(?![\d.]*\d)"),
    re.compile(r"(?<![\d-])(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?![\d-])"),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})\.\s?(?P<name>{_MONTH})\.?\s(?P<y>\d{{4}})(?!\d)", re.IGNORECASE),
    re.compile(r"(?<![\d/])(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4}|\d{2})(?![\d/])"),
)
CENTURY_PIVOT = 40  # 12.3.41 is 1941, 12.3.40 is 2040: files reach back further than retention dates reach ahead


def normalise_reference(text: str) -> str:
    """Canonical form: upper case, letters and digits only."""
    return _SEPARATOR.sub("", text.translate(_DASHES).upper())


def find_references(text: str) -> tuple[str, ...]:
    """Canonical references in the order of their first appearance; dates are not references."""
    plain = text.translate(_DASHES)
    found = dict.fromkeys(normalise_reference(m.group()) for m in _reference_matches(plain))
    return tuple(found)


def reference_spans(text: str) -> tuple[tuple[int, int, str], ...]:
    """Where each reference stands: `text[start:end]` and its canonical form, in the order of the text."""
    plain = text.translate(_DASHES)
    return tuple(sorted((m.start(), m.end(), normalise_reference(m.group())) for m in _reference_matches(plain)))


def date_spans(text: str) -> tuple[tuple[int, int, str], ...]:
    """Where each date stands: `text[start:end]` and its ISO form, in the order of the text."""
    matches = (m for pattern in _DATES for m in pattern.finditer(text))
    return tuple(sorted((m.start(), m.end(), iso) for m in matches if (iso := _iso(m.groupdict()))))


def _reference_matches(text: str) -> Iterator[re.Match[str]]:
    without_dates = text
    for pattern in _DATES:  # as long as what it replaces, so that offsets stay those of the text
        without_dates = pattern.sub(lambda m: ";".rjust(len(m.group()), " "), without_dates)
    for match in _ANY_REFERENCE.finditer(without_dates):
        if sum(ch.isdigit() for ch in match.group()) >= MIN_DIGITS:
            yield match


def find_dates(text: str) -> tuple[str, ...]:
    """ISO dates (`YYYY-MM-DD`) in every usual German spelling; impossible ones are left out."""
    found = {iso: None for pattern in _DATES for m in pattern.finditer(text) if (iso := _iso(m.groupdict()))}
    return tuple(found)


def _iso(parts: dict[str, str]) -> str | None:
    year = int(parts["y"])
    if year < 100:
        year += 1900 if year > CENTURY_PIVOT else 2000
    month = _MONTH_NUMBERS[parts["name"].lower()] if parts.get("name") else int(parts["m"])
    try:
        return date(year, month, int(parts["d"])).isoformat()
    except ValueError:
        return None
