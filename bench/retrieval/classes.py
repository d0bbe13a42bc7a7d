"""The classes of questions with their goals: what is measured, and what the figure has to reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Levels = Mapping[float, float]  # share of damaged letters → figure


@dataclass(frozen=True)
class QueryClass:
    """`beats`: mean lead over the best baseline, whose interval must lie above 0. `least`: the figure itself.

    `of_twin`: part of what the same questions reach in the words of the page. `least_recall`: of all right pages, among
    those returned. `most_false`: wrong ones among the first ten, on average. `most_documents`: returned on average,
    where the words stand nowhere. Goals by level of damage. `interactive`: asked as at the interface, not as a batch.
    """

    measure: str
    beats: Levels = field(default_factory=dict)
    least: Levels = field(default_factory=dict)
    of_twin: float = 0.0
    least_recall: float = 0.0
    most_false: float | None = None
    most_documents: float | None = None
    interactive: bool = False
    syntax: bool = False
    documents: bool = False


CLEAN, SOME, MUCH = 0.0, 0.05, 0.20
LEVELS = (CLEAN, SOME, MUCH)
_COMPOUND = {CLEAN: 0.10, SOME: 0.08, MUCH: 0.05}
_NUMBER = QueryClass("Success@1", least={CLEAN: 0.99, SOME: 0.95}, interactive=True)
_PHRASE = QueryClass("Success@1", least={CLEAN: 0.98}, interactive=True, syntax=True)
_SCATTERED = QueryClass("Success@10", least={CLEAN: 0.98}, interactive=True)

CLASSES: Mapping[str, QueryClass] = {
    "exact": QueryClass("RR", beats={CLEAN: 0.02, SOME: 0.03, MUCH: 0.03}),
    "inflected": QueryClass("RR", beats={SOME: 0.0, MUCH: 0.0}, of_twin=0.98),
    "compound_by_parts": QueryClass("RR", beats=_COMPOUND, least_recall=0.95),
    "parts_by_compound": QueryClass("RR", beats=_COMPOUND, least_recall=0.95),
    "name_spelling": QueryClass("Success@10", least={CLEAN: 0.98, SOME: 0.92}, most_false=5, interactive=True),
    "reference_spelling": _NUMBER,
    "identifier_spelling": _NUMBER,
    "amount_spelling": _NUMBER,
    "date_spelling": QueryClass("Success@1", least={CLEAN: 0.98}, interactive=True),
    "phrase": _PHRASE,
    "phrase_across_border": _PHRASE,
    "over_document": _SCATTERED,
    "over_case": _SCATTERED,
    "cover_and_page": _SCATTERED,
    "rent_contract": QueryClass("Success@3", least={CLEAN: 0.90}, interactive=True),
    "title": QueryClass("RR@10", beats={CLEAN: 0.01}, least={CLEAN: 0.98}, documents=True),
    "statement": QueryClass("RR@10", beats={CLEAN: 0.01}, least={CLEAN: 0.93}, documents=True),
    "question": QueryClass("Success@10", beats={CLEAN: 0.0}, documents=True),
    "law_words_absent": QueryClass("", most_documents=5, interactive=True),
    "nowhere": QueryClass("", most_documents=0, interactive=True),
}
