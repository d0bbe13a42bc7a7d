"""Mends the words of a text layer that says other letters than it shows, with what was recognised in their place."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from casefile.pagetext import PageText, Word
from indexer.extract.ocr.words import SURE
from indexer.extract.result import Repair

_STRANGE = frozenset({"Co", "Cn", "Cs", "Cc"})
_BELOW = 0.01  # of the page: boxes of words that stand a little higher or lower are on the same line


def mend(known: PageText, recognised: PageText, repair: Repair) -> PageText:
    """The known text with those words corrected whose letters differ from the page image; boxes move with them."""
    seen = _Seen(recognised)
    parts: list[str] = []
    words: list[Word] = []
    at = length = 0
    for word in known.words:
        said = known.text[word.start : word.end]
        shown = _mended(said, seen.at(word), repair)
        parts += [known.text[at : word.start], shown]
        start = length + word.start - at
        length = start + len(shown)
        words.append(word._replace(start=start, end=length))
        at = word.end
    return replace(known, text="".join((*parts, known.text[at:])), words=tuple(words))


def _mended(said: str, shown: str, repair: Repair) -> str:
    """Changes only what is known to be mapped wrongly; where recognition reads another word, nothing is."""
    if not shown or said == shown:
        return said
    return "".join(
        before if before == after else _replaced(before, after, repair) for before, after in differences(said, shown)
    )


def differences(said: str, shown: str) -> list[tuple[str, str]]:
    """The two words in steps, equal or different. Numbers of one length are compared place by place: digits repeat,
    so that equal ones in different places mean nothing.
    """
    if len(said) == len(shown) and sum(c.isdigit() for c in said) * 2 > len(said):
        return list(zip(said, shown, strict=True))
    steps = SequenceMatcher(None, said, shown, autojunk=False).get_opcodes()
    return [(said[start:end], shown[from_:to]) for _, start, end, from_, to in steps]


def _replaced(said: str, shown: str, repair: Repair) -> str:
    if (said, shown) in repair.pairs or any(is_strange(c) for c in said) or _is_kin(said, shown, repair):
        return shown
    for before, after in repair.pairs:
        if before and after and said.startswith(before) and shown.startswith(after):
            return after + _replaced(said[len(before) :], shown[len(after) :], repair)
    if len(said) == len(shown) > 1:
        return "".join(_replaced(a, b, repair) for a, b in zip(said, shown, strict=True))
    return said


def _is_kin(said: str, shown: str, repair: Repair) -> bool:
    """Where some umlauts or digits are mapped wrongly, the others of the font are too, though the sample lacks them."""
    if any(after.isdigit() for _, after in repair.pairs) and said.isdigit() and shown.isdigit():
        return True
    special = any(not after.isascii() for _, after in repair.pairs)
    return special and len(said) <= 2 and len(shown) == 1 and shown.isalpha() and not shown.isascii()


def is_strange(sign: str) -> bool:
    """A sign that no document is written in: private use, unassigned, control, replacement."""
    return sign == "\ufffd" or unicodedata.category(sign) in _STRANGE


def is_strange_word(word: str) -> bool:
    return any(c.isalnum() for c in word) and any(is_strange(c) for c in word)


class _Seen:
    """Recognised words by their place."""

    def __init__(self, text: PageText) -> None:
        self._text = text.text
        self._words = sorted((w for w in text.words if w.confidence >= SURE), key=_middle)
        self._middles = [_middle(word) for word in self._words]

    def at(self, word: Word) -> str:
        """What stands inside the box, without blanks; "" where nothing was surely recognised."""
        return "".join(self._text[w.start : w.end] for w in sorted(self._inside(word), key=lambda w: w.left))

    def _inside(self, word: Word) -> Iterator[Word]:
        first = bisect_left(self._middles, word.top - _BELOW)
        for other in _until(self._words[first:], word.bottom + _BELOW):
            if word.left <= (other.left + other.right) / 2 <= word.right:
                yield other


def _until(words: Sequence[Word], bottom: float) -> Iterator[Word]:
    for word in words:
        if _middle(word) > bottom:
            return
        yield word


def _middle(word: Word) -> float:
    return (word.top + word.bottom) / 2
