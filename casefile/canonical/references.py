"""References and dates in canonical form, used alike for pages (at ingest) and for queries.

A reference is compared without separators, case and dash variants: `50.2-1187/2021`, `50.2 – 1187 / 2021` and
`502 1187 2021` are one thing. It is a whole token: 181/25 does not match inside 1181/25.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from casefile.canonical.amounts import find_amounts
from casefile.canonical.dates import find_days

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_SEPARATORS = r"[ ]?[-./ ][ ]?|//"
_DIGITS = r"\d{1,20}[A-Za-z]?"
# At least two groups, at least four digits in all; letters only in short groups (BG, AZ, M25).
_REFERENCE = re.compile(
    rf"(?<![\w.,-])(?:[A-ZÄÖÜ]{{1,4}}-?)?{_DIGITS}(?:(?:{_SEPARATORS})[A-Z]{{0,3}}{_DIGITS}){{1,8}}(?!\w)"
)
_LONG_NUMBER = re.compile(r"(?<![\w/.-])(?:[A-Z]{1,3}-?)?(?:\d{5,20}|\d{3,6}[A-Z]{2,3}\d{4,10})[A-Z]?(?![\w/-])")
_ANY_REFERENCE = re.compile(f"{_REFERENCE.pattern}|{_LONG_NUMBER.pattern}")
_SEPARATOR = re.compile(r"[^0-9A-ZÄÖÜ]+")
_NUMBERED_DAY = re.compile(r"\d{1,2}-\d{1,2}-\d{4}")
MIN_DIGITS = 4


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
    return tuple(sorted(find_days(text)))


def _reference_matches(text: str) -> Iterator[re.Match[str]]:
    for match in _ANY_REFERENCE.finditer(_without_dates_and_amounts(text)):
        if sum(ch.isdigit() for ch in match.group()) >= MIN_DIGITS:
            yield match


def _without_dates_and_amounts(text: str) -> str:
    """As long as the text, so that offsets stay those of the text. 12-03-2021 may be either: it stays."""
    others = [found for found in find_days(text) if not _NUMBERED_DAY.fullmatch(text[found.start : found.end])]
    others += [found for found in find_amounts(text) if "," in text[found.start : found.end]]
    parts, position = [], 0
    for start, end, _ in sorted(others):
        if start >= position:
            parts += [text[position:start], ";".rjust(end - start)]
            position = end
    return "".join([*parts, text[position:]])


def find_dates(text: str) -> tuple[str, ...]:
    """ISO dates (`YYYY-MM-DD`) in every usual German spelling; impossible ones are left out."""
    return tuple(dict.fromkeys(value for *_, value in date_spans(text)))
