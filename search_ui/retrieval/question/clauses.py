"""How many clauses the engine makes of a query, estimated from above before it is asked: it refuses one too long."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

from search_ui.retrieval.question.prefixes import Field
from search_ui.retrieval.question.terms import VARIED_WORDS, Terms
from search_ui.retrieval.question.tree import Near, Node, Plain, Without, children, positive_terms

MAX_CLAUSES = 960  # the engine takes 1,024; the rest is for rights and filters
PER_WORD = 6  # three fields as it stands, three by stem
PER_LOOSE_WORD = 3  # three fields by stem
PER_WORD_OF_PHRASE = 4
PER_VARIED = PER_WORD + 4  # with other spellings, longer words that end with it, and its own parts
PER_PATTERN = 6  # in each field; its words are not clauses
PER_FIELD = 12
PER_MEANING = 2  # a value, for a month its days too
MAX_TOKEN = 255  # letters, of the engine's tokenizer
MAX_EXPANSIONS = 50  # similar words of one word: what was measured, more add none
_WITHOUT_BLANKS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer: a run is one token
_RUN = re.compile(rf"[{_WITHOUT_BLANKS}]+|[^\W_{_WITHOUT_BLANKS}]+")


def clauses(terms: Terms) -> int:
    """Of the query for all of this, or for some of it."""
    words = tokens(terms.words)
    total = PER_WORD * words + (PER_VARIED - PER_WORD) * min(VARIED_WORDS, words)
    total += sum(PER_WORD_OF_PHRASE * tokens(phrase) for phrase in terms.phrases)
    total += sum(2 + PER_VARIED * tokens(reference.typed) for reference in terms.references)
    total += sum(1 + PER_WORD_OF_PHRASE * tokens(day.typed) for day in terms.dates)
    total += sum(PER_VARIED * (1 + tokens(finding.typed)) for finding in terms.findings)
    total += PER_PATTERN * len(terms.patterns)
    return total + sum(PER_MEANING * len(canonical.also) for canonical in terms.canonical)


def tree_clauses(node: Node | None) -> int:
    """The same of a whole question."""
    if node is None:
        return 0
    if isinstance(node, Plain):
        return clauses(node.terms)
    if isinstance(node, Without):
        return 1 + tree_clauses(node.part)
    if isinstance(node, Near):
        return PER_WORD * tokens(positive_terms(node).typed)
    if isinstance(node, Field):
        return PER_FIELD * (1 + tokens(node.value))
    return sum(1 + tree_clauses(child) for child in children(node))


def tokens(text: str) -> int:
    """Words as the engine splits them: every Chinese character and every pictogram is one."""
    alone = [_stands_alone(letter) for letter in text]
    rest = "".join(" " if single else letter for letter, single in zip(text, alone, strict=True))
    return sum(alone) + sum(math.ceil(len(run) / MAX_TOKEN) for run in _RUN.findall(rest))


def expansions_each(words: Sequence[str], taken: int = 0) -> int:
    """How many similar words of each there is room for beside what is `taken`; 0 or less: for none."""
    taken += sum(PER_LOOSE_WORD * tokens(word) for word in words)
    return min(MAX_EXPANSIONS, (MAX_CLAUSES - taken) // max(1, len(words)))


def _stands_alone(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in {"W", "F", "H"} or unicodedata.category(letter) == "So"
