"""Quotation marks and brackets that lack their other half are completed or left out, before anything else is read.

Every text keeps its length but for what is added at its end, so that offsets stay those of what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from search_ui.retrieval.question.syntax import repairs

QUOTES = '"„“”«»'
PHRASE = re.compile(f"[{QUOTES}]([^{QUOTES}]*)[{QUOTES}]")
MAX_DEPTH = 8  # of brackets; the engine takes about 20 levels
_OPENS = re.compile(rf"(?:^|[\s(:-])[{QUOTES}]\s*\w")
_STRAY = re.compile(f"[{QUOTES}]")


def balanced(text: str, said: list[str]) -> str:
    """The text with every quotation mark and bracket in a pair; what was changed is added to `said`."""
    return _balanced_brackets(_balanced_quotes(text, said), said)


def phrase_extents(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in PHRASE.finditer(text)]


def _balanced_quotes(text: str, said: list[str]) -> str:
    stray = _STRAY.search(_blanked(text, phrase_extents(text)))
    if stray is None:
        return text
    if _OPENS.match(text, max(0, stray.start() - 1)):
        said.append(repairs.QUOTE_ADDED)
        return text + '"'
    said.append(repairs.QUOTE_DROPPED)
    return _blanked(text, [stray.span()])


def _balanced_brackets(text: str, said: list[str]) -> str:
    open_at: list[int] = []
    dropped: list[tuple[int, int]] = []
    too_deep: list[tuple[int, int]] = []
    for place, sign in _brackets(text):
        if sign == "(":
            open_at.append(place)
        elif not open_at:
            dropped.append((place, place + 1))
        else:
            first = open_at.pop()
            if len(open_at) >= MAX_DEPTH:
                too_deep += [(first, first + 1), (place, place + 1)]
    said += [repairs.BRACKET_DROPPED] if dropped else []
    said += [repairs.BRACKETS_FLAT] if too_deep or len(open_at) > MAX_DEPTH else []
    too_deep += [(place, place + 1) for place in open_at[MAX_DEPTH:]]
    missing = min(len(open_at), MAX_DEPTH)
    if missing:
        said.append(repairs.BRACKET_ADDED if missing == 1 else repairs.BRACKETS_ADDED.format(missing))
    return _blanked(text, dropped + too_deep) + ")" * missing


def _brackets(text: str) -> Iterator[tuple[int, str]]:
    """Outside of phrases."""
    yield from ((m.start(), m.group()) for m in re.finditer(r"[()]", _blanked(text, phrase_extents(text))))


def _blanked(text: str, extents: list[tuple[int, int]]) -> str:
    letters = list(text)
    for start, end in extents:
        letters[start:end] = " " * (end - start)
    return "".join(letters)
