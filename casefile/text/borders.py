"""Words that are broken at the end of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casefile.text.edits import Edit
from casefile.text.linebreaks import HYPHENS, PAGE_NUMBER, joined_by

_LINES = 6  # at the top or bottom of a page that may be running titles
_REACH = 1500  # characters within which they stand
_BROKEN = re.compile(rf"([^\W_]{{1,64}})([{HYPHENS}])[ \t]{{0,8}}\Z")
_FIRST = re.compile(r"[^\W\d_]{1,64}")
_DIGITS = re.compile(r"\d+")


def ends_broken(text: str) -> bool:
    """Whether a word may go on on the page that follows."""
    return any(_BROKEN.search(text[start:end]) for start, end in _from_bottom(text))


def border_edits(text: str, following: str) -> list[Edit]:
    """Completes the last word of a page with the first letters of the page that follows.

    Page numbers and running titles, which stand on both pages, are passed over. The following page keeps its letters.
    """
    last = _last_line(text, following)
    broken = _BROKEN.search(text[last[0] : last[1]]) if last else None
    right = _first_word(following, text) if broken else ""
    if last is None or broken is None or not right:
        return []
    mark = joined_by(broken.group(1), broken.group(2), right)
    place = last[0] + broken.start(2)
    return [] if mark is None else [Edit(place, place + 1, mark + right)]


def _last_line(text: str, following: str) -> tuple[int, int] | None:
    known = {_masked(following[start:end]) for start, end in _from_bottom(following)}
    lines = (line for line in _from_bottom(text) if not _is_furniture(text[slice(*line)], known))
    return next(lines, None)


def _first_word(following: str, text: str) -> str:
    known = {_masked(line) for line in text[:_REACH].split("\n")[:_LINES]}
    for line in following[:_REACH].split("\n")[:_LINES]:
        if not _is_furniture(line, known):
            word = _FIRST.match(line.strip())
            return word.group() if word else ""
    return ""


def _from_bottom(text: str) -> Iterator[tuple[int, int]]:
    """Where the last lines stand, the lowest first."""
    end, least = len(text), max(0, len(text) - _REACH)
    for _ in range(_LINES):
        start = text.rfind("\n", least, end) + 1
        if not start and least:  # a line longer than any running title
            yield least, end
            return
        yield start, end
        if not start:
            return
        end = start - 1


def _is_furniture(line: str, known: set[str]) -> bool:
    return bool(PAGE_NUMBER.fullmatch(line.strip())) or _masked(line) in known


def _masked(line: str) -> str:
    return _DIGITS.sub("#", line.strip())
