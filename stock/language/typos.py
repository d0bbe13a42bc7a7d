"""Slips of the typist."""

from __future__ import annotations

import random


def slip(text: str, rng: random.Random, share: float) -> str:
    """Swap, drop or double a letter in that share of the longer words; numbers and names' initials stay."""
    words = text.split(" ")
    for place, word in enumerate(words):
        if len(word) > 5 and word.isalpha() and rng.random() < share:
            words[place] = _one(word, rng)
    return " ".join(words)


def _one(word: str, rng: random.Random) -> str:
    spot = rng.randint(1, len(word) - 3)
    how = rng.randrange(3)
    if how == 0:
        return word[:spot] + word[spot + 1] + word[spot] + word[spot + 2 :]
    if how == 1:
        return word[:spot] + word[spot + 1 :]
    return word[:spot] + word[spot] + word[spot:]
