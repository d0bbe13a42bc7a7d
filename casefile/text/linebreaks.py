"""Words that are broken at the end of a line.

The rules of German spelling: a word goes on with a small letter; a name (`Hans-/Peter`) or a compound that keeps its
hyphen goes on with a capital; `Haupt- und Nebenkosten` is not broken at all; `2019-/2021` is a range.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from casefile.text.edits import Edit

SURE = "\u00ad\u00ac"  # soft hyphen; the sign of old recognition programs
HYPHENS = "-\u2010\u2011" + SURE
_LONGEST = 64  # letters of a part; the longest German word has fewer
_BREAK = re.compile(rf"(?<=[^\W_])[{HYPHENS}](?:[ \t]{{0,8}}\n){{1,2}}[ \t]{{0,8}}(?=[^\W\d_])")
_LEFT = re.compile(rf"[^\W_]{{1,{_LONGEST}}}\Z")
_RIGHT = re.compile(rf"[^\W\d_]{{1,{_LONGEST}}}")
PAGE_NUMBER = re.compile(
    r"\W{0,8}(?:(?:Seite|Blatt|Bl\.|S\.)[ ]?\d{1,5}|\d{0,5})(?:[ ]?(?:von|/)[ ]?\d{1,5})?\W{0,8}$",
    re.IGNORECASE | re.MULTILINE,
)
_BLANK = re.compile(r"\s")
# What follows a hyphen that stands for the second part of another compound ("Ein- und Auszug").
_SUSPENDED = frozenset({"und", "oder", "bzw", "beziehungsweise", "sowie", "noch", "als", "wie", "bis", "u", "o"})
_SUSPENDED |= {"aber", "auch", "dann", "nicht", "statt", "and", "or", "et", "ou"}
_LEAST_CAPITALS = 2


class _Break(NamedTuple):
    start: int
    end: int
    mark: str


def line_break_edits(text: str) -> list[Edit]:
    """Joins broken words on the line of their first part. What follows the word begins the next line."""
    breaks = [found for match in _BREAK.finditer(text) if (found := _judge(text, match))]
    starts = {found.start for found in breaks}
    edits: list[Edit] = []
    for found in breaks:
        edits.append(Edit(*found))
        edits += _next_line(text, found.end, starts)
    return edits


def joined_by(left: str, hyphen: str, right: str) -> str | None:
    """What stands between the two parts of a word that was broken: nothing or its own hyphen; None if it was not."""
    if hyphen in SURE:
        return ""
    if right.lower() in _SUSPENDED:
        return None
    if right[0].isupper():
        return "-" if left[-1].isalpha() else None
    own = len(left) == 1 or left[-1].isdigit() or (len(left) >= _LEAST_CAPITALS and left.isupper())
    return "-" if own else ""


def _judge(text: str, match: re.Match[str]) -> _Break | None:
    left = _LEFT.search(text[max(0, match.start() - _LONGEST) : match.start()])
    right = _RIGHT.match(text, match.end())
    if left is None or right is None or PAGE_NUMBER.match(text, match.end()):
        return None
    mark = joined_by(left.group(), match.group()[0], right.group())
    return None if mark is None else _Break(match.start(), match.end(), mark)


def _next_line(text: str, start: int, breaks: set[int]) -> list[Edit]:
    blank = _BLANK.search(text, start)
    if blank is None or blank.group() == "\n" or blank.start() - 1 in breaks or text[blank.start() - 1] in HYPHENS:
        return []
    return [Edit(blank.start(), blank.end(), "\n")]
