"""Words with `*` (any letters) or `?` (one letter) in them, and which of them the index can look up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from casefile.text.folding import fold
from casefile.text.words import APOSTROPHES, without_apostrophes
from search_ui.retrieval.question.syntax import repairs

LEAST = 3  # letters and digits beside the wildcards: fewer would be a good part of the dictionary
_PIECE = re.compile(rf"(?:[^\W_]|[{APOSTROPHES}*?])+")
_MANY = re.compile(r"[*?]*\*[*?]*")
_BORN = re.compile(r"\*\s?\d")
_ADDRESS = re.compile(r"://|=")
_QUESTION_MARK = re.compile(r"(?<![^\W_])\?|\?(?![^\W_*])")


class Piece(NamedTuple):
    """A part of a typed word from `start` to before `end`: `pattern` is "" where it is a word as any other."""

    start: int
    end: int
    pattern: str = ""


def has_wildcard(word: str) -> bool:
    """A question mark at the end is punctuation, a star before a number means `born`, an address has its own signs."""
    if _BORN.match(word) or _ADDRESS.search(word) or not any(map(str.isalnum, word)):
        return False
    return "*" in word or "?" in _QUESTION_MARK.sub("", word)


def pieces(word: str) -> Iterator[Piece]:
    """What hyphens and other signs part, those with a wildcard as a pattern in small letters."""
    for match in _PIECE.finditer(_QUESTION_MARK.sub(" ", word)):
        wild = "*" in match.group() or "?" in match.group()
        pattern = _MANY.sub("*", without_apostrophes(match.group()).strip(APOSTROPHES).lower()) if wild else ""
        yield Piece(match.start(), match.end(), pattern)


def patterns_of(pattern: str, said: list[str]) -> tuple[tuple[str, ...], str]:
    """Patterns of which one must match, and a word where it is too short to be one; what is changed is said."""
    letters = re.sub(r"[*?]", "", pattern)
    if not letters:
        said.append(repairs.WILDCARD_BARE.format(pattern))
        return (), ""
    if len(letters) < LEAST:
        said.append(repairs.WILDCARD_SHORT.format(pattern, LEAST, letters))
        return (), letters
    if pattern[0] in "*?" and pattern[-1] in "*?":
        core = pattern.strip("*?")
        said.append(repairs.WILDCARD_BOTH.format(pattern, core))
        return (f"{core}*", f"*{core}"), ""
    return (pattern,), ""


def expression(pattern: str) -> re.Pattern[str]:
    """Matches a whole word, both folded."""
    signs = {"*": r"[^\W_]*", "?": r"[^\W_]"}
    parts = (signs.get(part) or re.escape(fold(part)) for part in re.split("([*?])", pattern))
    return re.compile("".join(parts))
