"""Sections of law: `§ 7 Abs. 1 Satz 2 Nr. 3` and `§ 7 I 2 Nr. 3` are `§7 a1 s2 n3`. The law itself is left to words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casefile.canonical.found import Found

_ROMAN = dict(zip(("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"), range(1, 11), strict=True))
_ROMANS = "|".join(sorted(_ROMAN, key=len, reverse=True))
_PLACE = re.compile(
    r"(?P<sign>§{1,2}|Art(?:\.|ikel)) ?(?P<p>\d{1,4} ?[a-z]?(?![^\W\d_]))"
    rf"(?: (?:Abs(?:atz|\.) ?(?P<a>\d{{1,2}}[a-z]?)|(?P<r>{_ROMANS})(?!\w)(?! ?\.)))?"
    r"(?: (?:(?:Satz|S\.) ?(?P<s>\d{1,2})|(?P<bare>\d{1,2})(?![\w.,])))?"
    r"(?: (?:Nr\.|Nummer|Ziff(?:er|\.)) ?(?P<n>\d{1,3}[a-z]?))?"
    r"(?: (?:lit\.|Buchst(?:abe|\.)) ?(?P<l>[a-z]{1,2})(?!\w))?"
)


def find_paragraphs(text: str) -> Iterator[Found]:
    """Each place as exactly as it is named, and every place that it lies in."""
    for match in _PLACE.finditer(text):
        for value in dict.fromkeys(_wider(match)):
            yield Found(match.start(), match.end(), value)


def asked_paragraphs(text: str) -> Iterator[Found]:
    """Of a question: the place as exactly as it is named."""
    for match in _PLACE.finditer(text):
        yield Found(match.start(), match.end(), " ".join(_levels(match)))


def _levels(match: re.Match[str]) -> list[str]:
    sign = "§" if match["sign"].startswith("§") else "art"
    absatz = str(_ROMAN[match["r"]]) if match["r"] else match["a"]
    found = [f"{sign}{match['p'].replace(' ', '')}"]
    satz = match["s"] or (match["bare"] if match["r"] else None)
    marks = (("a", absatz), ("s", satz), ("n", match["n"]), ("l", match["l"]))
    return [*found, *(mark + value for mark, value in marks if value)]


def _wider(match: re.Match[str]) -> Iterator[str]:
    levels = _levels(match)
    for end in range(1, len(levels) + 1):
        yield " ".join(levels[:end])
        yield " ".join(level for level in levels[:end] if not level.startswith("s"))  # the sentence is often left out
