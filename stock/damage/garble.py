"""Text layers that came with a scan: good ones, ones that cover half the page, ones that are rubbish."""

from __future__ import annotations

import random

from stock.carriers.scan import BoxedWord

_LOOKALIKE = str.maketrans("lO0eüöäI", "1OOcuoal")


def good(words: tuple[BoxedWord, ...], rng: random.Random) -> tuple[BoxedWord, ...]:
    """One word in fifty is misread."""
    return tuple((text.translate(_LOOKALIKE), *box) if rng.random() < 0.02 else (text, *box) for text, *box in words)  # type: ignore[misc]


def partial(words: tuple[BoxedWord, ...], rng: random.Random) -> tuple[BoxedWord, ...]:
    """Only the upper part was recognised."""
    return words[: max(1, int(len(words) * rng.uniform(0.15, 0.5)))]


def garbled(words: tuple[BoxedWord, ...], rng: random.Random) -> tuple[BoxedWord, ...]:
    """The letters are shifted, as with a broken font table."""
    shift = rng.randint(1, 7)

    def turn(text: str) -> str:
        return "".join(chr(33 + (ord(char) * 3 + shift) % 90) for char in text)

    return tuple((turn(text), *box) for text, *box in words)  # type: ignore[misc]
