"""Words with `*` (any letters) or `?` (one letter) in them, and which of them the index can look up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from casefile.text.folding import fold
from casefile.text.words import APOSTROPHES, without_apostrophes
from search_ui.retrieval.question.syntax import repairs

MOST = 5  # wildcards in a word: the engine refuses what it cannot make an automaton of
LEAST = 3  # letters and digits beside the wildcards: fewer would be a good part of the dictionary
_PIECE = re.compile(rf"(?:[^\W_]|[{APOSTROPHES}*?])+")
_SIGN = re.compile(r"[*?]")
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
    pattern = bounded(pattern, said)
    letters = _SIGN.sub("", pattern)
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


def bounded(pattern: str, said: list[str]) -> str:
    """As far as its last wildcard that the engine can take; what follows is left open."""
    signs = [match.start() for match in _SIGN.finditer(pattern)]
    if len(signs) <= MOST:
        return pattern
    kept = f"{pattern[: signs[MOST - 1]]}*"
    said.append(repairs.WILDCARDS_MANY.format(pattern, MOST, kept))
    return kept


def expression(pattern: str) -> re.Pattern[str]:
    """Matches a whole word, both folded. Each part is taken where it stands first, so that no word takes long."""
    first, *others = (_letters(part) for part in pattern.split("*"))
    if not others:
        return re.compile(first)
    inner = "".join(rf"(?>[^\W_]*?{part})" for part in others[:-1])
    return re.compile(rf"{first}{inner}[^\W_]*{others[-1]}")


def _letters(part: str) -> str:
    return r"[^\W_]".join(re.escape(fold(letters)) for letters in part.split("?"))
