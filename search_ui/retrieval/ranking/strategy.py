"""The shape of a question, and how documents are ranked for each shape. The one place where this is decided.

Documents are ranked by their whole text, then their best pages are shown: a page alone says too little about what it
belongs to. The weights come from docs/leistung.md (ranking).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from casefile.index import fields
from casefile.text.folding import fold
from search_ui.retrieval.question.terms import Terms, split_words
from search_ui.retrieval.ranking.function_words import QUESTION_WORDS

SENTENCE_FROM = 6  # words


class Shape(StrEnum):
    FILTER = "filter"  # no text, filters alone
    REFERENCE = "reference"
    FINDING = "finding"  # an amount, a phone, an identifier …
    DATE = "date"
    PHRASE = "phrase"
    WORD = "word"
    FEW_WORDS = "few words"
    SENTENCE = "sentence"
    QUESTION = "question"


@dataclass(frozen=True)
class Strategy:
    """Weights of the clauses that rank documents; 0: left out.

    `cased`, `exact`, `stem`: the words as typed, in any case, by stem; `pairs`: two neighbouring words by stem.
    `heading_phrase`, `heading_all`, `heading_any`: all words in a row, all words, any of them in a heading; `cover`:
    words of the cover sheet. `own_case`: the case that has the reference, above those that cite it.
    `all_words_first`: in a ranked list, what has all words stands above everything else.
    """

    cased: float = 0.0
    exact: float = 1.0
    stem: float = 1.0
    pairs: float = 0.0
    heading_phrase: float = 0.0
    heading_all: float = 0.0
    heading_any: float = 0.0
    cover: float = 0.4
    own_case: float = 0.0
    all_words_first: bool = True


_WORDS = Strategy(pairs=1.0, heading_phrase=3.0, heading_all=1.0, heading_any=1.0)
STRATEGIES: Mapping[Shape, Strategy] = {
    Shape.FILTER: Strategy(),
    Shape.REFERENCE: Strategy(own_case=100.0),
    Shape.FINDING: Strategy(own_case=100.0),
    Shape.DATE: Strategy(heading_any=1.0),
    Shape.PHRASE: _WORDS,
    Shape.WORD: Strategy(cased=2.0, exact=1.0, stem=0.5, heading_any=1.0),
    Shape.FEW_WORDS: _WORDS,
    Shape.SENTENCE: Strategy(pairs=1.0, heading_phrase=3.0, heading_all=1.0, all_words_first=False),
    Shape.QUESTION: Strategy(exact=0.4, pairs=0.5, heading_any=0.5, all_words_first=False),
}


def shape_of(terms: Terms) -> Shape:
    words = split_words(terms.words)
    if terms.empty:
        return Shape.FILTER
    if not words and terms.canonical:
        return _canonical_shape(terms)
    if terms.phrases:
        return Shape.PHRASE
    if len(words) > 2 and fold(words[0]) in QUESTION_WORDS:
        return Shape.QUESTION
    if len(words) >= SENTENCE_FROM:
        return Shape.SENTENCE
    return Shape.WORD if len(words) == 1 and not terms.canonical else Shape.FEW_WORDS


def strategy_for(terms: Terms) -> Strategy:
    return STRATEGIES[shape_of(terms)]


def _canonical_shape(terms: Terms) -> Shape:
    if terms.references:
        return Shape.REFERENCE
    return Shape.DATE if terms.dates and not terms.findings else Shape.FINDING


# Which fields a weight is for.
WORD_FIELDS: Mapping[str, str] = {
    "cased": fields.TEXT_CASED,
    "exact": fields.TEXT,
    "stem": fields.TEXT_STEM,
    "pairs": fields.TEXT_PAIRS,
    "heading_any": fields.HEADING,
    "cover": fields.CASE_WORDS_STEM,
}
