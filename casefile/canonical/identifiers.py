"""Identity, passport, insurance and bank account numbers, number plates: letters and digits without what parts them.

Numbers with leading zeros are known without them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from casefile.canonical.found import Found
from casefile.canonical.phones import starts_phone

_BEFORE, _BEHIND = r"(?<![\w])(?<!\w[-/.,])", r"(?!\w)"
_SHAPES = (
    re.compile(rf"{_BEFORE}[A-Z]{{2}}\d\d(?: ?[A-Z0-9]{{4}}){{2,7}}(?: ?[A-Z0-9]{{1,3}})?{_BEHIND}"),  # IBAN
    re.compile(rf"{_BEFORE}[A-ZÄÖÜ]{{1,3}}[- ][A-Z]{{1,2}}[- ]?\d{{1,4}}[EH]?{_BEHIND}"),  # number plate
    re.compile(rf"{_BEFORE}\d{{2}} ?\d{{6}} ?[A-Z] ?\d{{3}}{_BEHIND}"),  # pension insurance
    re.compile(rf"{_BEFORE}[1-9]\d ?\d{{3}} ?\d{{3}} ?\d{{3}}{_BEHIND}"),  # tax
    re.compile(rf"{_BEFORE}[A-Z] ?\d{{3}} ?\d{{3}} ?\d{{3}}{_BEHIND}"),  # health insurance
)
# Groups of capitals and digits that belong together: passports, permits, customer numbers.
_GROUP = r"(?:[A-ZÄÖÜ]{0,4}\d{1,12}[A-Z]{0,3}|[A-ZÄÖÜ]{1,4}|[A-Z]\d[A-Z0-9]{1,10}|\d{1,2}[A-Z0-9]{1,10})"
_GROUPS = re.compile(rf"{_BEFORE}{_GROUP}(?:[ -]{_GROUP}){{0,5}}+{_BEHIND}")
_ZEROS = re.compile(rf"(?<![\w.,])(?<!\w[-/])(?<!\d )0{{1,8}}(?P<rest>[1-9]\d{{2,11}}){_BEHIND}(?! ?[.,/-]?\d)")
_BARE = re.compile(rf"(?<![\w.,])(?<!\w[-/])[1-9]\d{{2,11}}{_BEHIND}(?![.,/-]\d)")
_PARTS = re.compile(r"[ -]")
_LEAST, _MOST = 5, 34
_LEAST_DIGITS = 3


def find_identifiers(text: str) -> Iterator[Found]:
    """Letters and digits in one; digits alone only where zeros stand before them or a known form tells them."""
    for pattern in _SHAPES:
        for match in pattern.finditer(text):
            yield Found(match.start(), match.end(), _PARTS.sub("", match.group()))
    for match in _GROUPS.finditer(text):
        value = _PARTS.sub("", match.group())
        if _LEAST <= len(value) <= _MOST and _LEAST_DIGITS <= sum(map(str.isdigit, value)) < len(value):
            yield Found(match.start(), match.end(), value)
    for match in _ZEROS.finditer(text):
        if not starts_phone(text, match.start()):
            yield Found(match.start(), match.end(), match["rest"])


def asked_identifiers(text: str) -> Iterator[Found]:
    """Of a question: in any case of letters; a bare number may stand on the page with zeros before it."""
    upper = text.upper()
    yield from find_identifiers(upper if len(upper) == len(text) else text)
    for match in _BARE.finditer(text):
        yield Found(match.start(), match.end(), match.group())
