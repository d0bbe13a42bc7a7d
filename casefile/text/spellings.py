"""Other spellings under which a word is looked for: parts of it, and neighbouring parts joined.

`Kfz-Zulassungs-Bescheinigung` is also `Zulassungsbescheinigung`, `EinEuroJob` is also `Ein-Euro-Job`, `O’Brien` also
`Brien`. The words of a page are indexed with them, and marked by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from casefile.text.words import APOSTROPHES

MOST_PARTS = 9  # of one word: the number of runs grows with its square
MOST = 2000  # spellings of one page
_JOINTS = f"‐‑‒–—{APOSTROPHES}-"
_COMPOSED = re.compile(rf"[^\W_]{{1,100}}(?:[{_JOINTS}][^\W_]{{1,100}}){{0,8}}")
_JOINT = re.compile(rf"[{_JOINTS}]|(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")


def spellings(text: str) -> tuple[str, ...]:
    """Of all words of the text, each spelling once; words as they stand are left out."""
    found = (other for _, _, others in spelling_spans(text) for other in others)
    return tuple(dict.fromkeys(found))[:MOST]


def spelling_spans(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Where a word of several parts stands, and its other spellings."""
    for match in _COMPOSED.finditer(text):
        parts = [part for part in _JOINT.split(match.group()) if part]
        if 1 < len(parts) <= MOST_PARTS:
            yield match.start(), match.end(), tuple(_runs(parts))


def joined(word: str) -> str:
    """Without the hyphens and apostrophes within."""
    return "".join(_JOINT.split(word))


def _runs(parts: list[str]) -> Iterator[str]:
    """Every part and every run of neighbouring parts, joined."""
    for first in range(len(parts)):
        for behind in range(first + 1, len(parts) + 1):
            yield "".join(parts[first:behind])
