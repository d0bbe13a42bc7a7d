"""A question that has more parts than the engine takes is cut at its end, and that is said."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace

from search_ui.retrieval.question.clauses import MAX_CLAUSES, tree_clauses
from search_ui.retrieval.question.syntax import repairs
from search_ui.retrieval.question.syntax.parser import parse
from search_ui.retrieval.question.tree import Question

SHOWN = 60  # characters of the part that is searched for, at most


def fitting(text: str, read: Callable[[str], Question] = parse, most: int = MAX_CLAUSES) -> Question:
    """`read` of the text, or of as many words from its beginning as the engine takes."""
    whole = read(text)
    if tree_clauses(whole.tree) <= most:
        return whole
    kept = fitting_text(text, read, most)
    shown = kept if len(kept) <= SHOWN else f"{kept[: SHOWN // 2]} … {kept[-SHOWN // 2 :]}"
    cut = read(kept)
    return replace(cut, repairs=(repairs.TOO_LONG.format(shown), *cut.repairs))


def fitting_text(text: str, read: Callable[[str], Question], most: int) -> str:
    """So many words of it; of a single one that is too long, so many characters."""
    words = text.split(" ")
    count = bisect_right(range(1, len(words) + 1), most, key=lambda n: tree_clauses(read(" ".join(words[:n])).tree))
    if count:
        return " ".join(words[:count])
    size = bisect_right(range(1, len(words[0]) + 1), most, key=lambda n: tree_clauses(read(words[0][:n]).tree))
    return words[0][:size]
