"""How many clauses the engine makes of a query, estimated from above before it is asked: it refuses one too long."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

from search_ui.retrieval.question.terms import Terms, grams

MAX_CLAUSES = 960  # the engine takes 1,024; the rest is for rights and filters
PER_WORD = 6  # three fields as it stands, three by stem
PER_LOOSE_WORD = 3  # three fields by stem
PER_WORD_OF_PHRASE = 4
MAX_TOKEN = 255  # letters, of the engine's tokenizer
MAX_GRAMS = 40  # of one word: no German word is so long that they would not do
_WITHOUT_BLANKS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer: a run is one token
_RUN = re.compile(rf"[{_WITHOUT_BLANKS}]+|[^\W{_WITHOUT_BLANKS}]+")


def clauses(terms: Terms) -> int:
    """Of the query for all of this, or for some of it."""
    total = PER_WORD * tokens(terms.words)
    total += sum(PER_WORD_OF_PHRASE * tokens(phrase) for phrase in terms.phrases)
    total += sum(2 + PER_WORD * tokens(reference.typed) for reference in terms.references)
    return total + sum(1 + PER_WORD_OF_PHRASE * tokens(day.typed) for day in terms.dates)


def tokens(text: str) -> int:
    """Words as the engine splits them: every Chinese character and every pictogram is one."""
    alone = [_stands_alone(letter) for letter in text]
    rest = "".join(" " if single else letter for letter, single in zip(text, alone, strict=True))
    return sum(alone) + sum(math.ceil(len(run) / MAX_TOKEN) for run in _RUN.findall(rest))


def grams_each(words: Sequence[str], taken: int = 0) -> int:
    """How many n-grams of each word there is room for beside what is `taken`; 0 or less: for none."""
    taken += sum(PER_LOOSE_WORD * tokens(word) for word in words)
    if taken + sum(min(MAX_GRAMS, len(grams(word))) for word in words) <= MAX_CLAUSES:
        return MAX_GRAMS
    return (MAX_CLAUSES - taken) // max(1, len(words))


def _stands_alone(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in {"W", "F", "H"} or unicodedata.category(letter) == "So"
