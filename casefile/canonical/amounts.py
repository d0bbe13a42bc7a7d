"""Amounts and percentages: `1.280,00`, `1 280,- EUR`, `1280 €` and `1,280.00` are `1280`; `93,50 %` is `93.5`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casefile.canonical.found import Found

_DECIMALS = r"(?:,(?:\d{1,4}|--?|[–—])|\.\d{2})"
_GROUPED = r"[1-9]\d{0,2}(?:(?P<sep>[.'’, \u00a0\u202f])\d{3})(?:(?P=sep)\d{3}){0,4}"
_NUMBER = re.compile(rf"(?<![\d.,])(?:{_GROUPED}|\d{{1,12}}){_DECIMALS}?(?!\d)(?![.,]\d)")
_PART_OF_REFERENCE = re.compile(r"[-/:]\d")
_CURRENCY = r"(?:EUR|Euro|€|DM|CHF|USD|\$|£)"
_UNIT_BEFORE = re.compile(rf"{_CURRENCY}[ \u00a0]?-?\Z", re.IGNORECASE)
_UNIT_BEHIND = re.compile(rf"[ \u00a0\u202f]?(?:{_CURRENCY}(?![^\W\d_])|%|Prozent\b|v\. ?H\.)", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w.,/:-])[1-9]\d{2,11}(?![\w/:-])(?![.,]\d)")
_ENGLISH = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d{2})?\Z")
_WHOLE = re.compile(r"[1-9]\d{0,2}(?:([.'’\u00a0\u202f])\d{3})(?:\1\d{3}){0,4}")
ANY_DECIMALS = ".*"  # behind the whole part, in a question
_BLANKS = str.maketrans("", "", " \u00a0\u202f'’")


def find_amounts(text: str) -> Iterator[Found]:
    """Numbers with a comma, a currency, a per cent sign or thousands set apart; what tells the unit belongs to it."""
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        before = _UNIT_BEFORE.search(text[max(0, start - 6) : start])
        behind = _UNIT_BEHIND.match(text, end)
        if _stands_alone(text, match, before is not None, behind is not None):
            first = start - len(before.group()) if before else start
            for value in _values(match.group(), match["sep"], bool(before or behind)):
                yield Found(first, behind.end() if behind else end, value)


def _stands_alone(text: str, match: re.Match[str], before: bool, behind: bool) -> bool:
    """Not glued to letters, and without a comma no part of a reference (`50.280-1187/2021`)."""
    left, right = text[max(0, match.start() - 2) : match.start()], text[match.end() : match.end() + 2]
    glued = (_is_letter(left[-1:]) and not before) or (_is_letter(right[:1]) and not behind)
    reference = _PART_OF_REFERENCE.match(left[::-1]) or _PART_OF_REFERENCE.match(right)
    return not glued and ("," in match.group() or not reference)


def _is_letter(character: str) -> bool:
    return character.isalpha() or character == "_"


def asked_amounts(text: str) -> Iterator[Found]:
    """Of a question: a bare number may be an amount too, and one with points the whole part of one with decimals."""
    for found in find_amounts(text):
        yield found
        if _WHOLE.fullmatch(text[found.start : found.end]):
            yield Found(found.start, found.end, f"{found.value}{ANY_DECIMALS}")
    for match in _BARE.finditer(text):
        yield Found(match.start(), match.end(), match.group())


def _values(number: str, separator: str | None, with_unit: bool) -> Iterator[str]:
    if _ENGLISH.match(number) and (number.count(",") > 1 or "." in number):
        yield _canonical(number.replace(",", ""))
        return
    decimal = "," in number
    if separator is None:
        if decimal or with_unit:
            yield _canonical(number.replace(",", "."))
        return
    if separator == ",":  # one group of three behind a comma: decimals, as Germans write them
        yield _canonical(number.replace(",", "."))
        return
    if not (decimal or with_unit or separator == "."):
        return
    whole, _, cents = number.partition(",") if decimal else _point_cents(number, separator)
    yield _canonical(f"{whole.translate(_BLANKS).replace('.', '')}.{cents}")
    if separator == " " and number.count(" ") == 1:  # a column of a table may end just before
        yield _canonical(f"{whole.rpartition(' ')[2]}.{cents}")


def _point_cents(number: str, separator: str) -> tuple[str, str, str]:
    return number.rpartition(".") if separator != "." and "." in number else (number, "", "")


def _canonical(number: str) -> str:
    """Digits with a point before the decimals; no needless zeros."""
    whole, _, decimals = number.partition(".")
    decimals = "".join(filter(str.isdigit, decimals)).rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{decimals}" if decimals else whole
