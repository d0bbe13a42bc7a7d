"""The shape of a question, headings of a page, the order of hits."""

from __future__ import annotations

import json

import pytest

from casefile.index import fields
from casefile.pagetext import PageText, TextSource, Word
from casefile.text.headings import headings
from search_ui.retrieval.query import Tier
from search_ui.retrieval.question.terms import parse_terms
from search_ui.retrieval.ranking.documents import of_document, rankable, ranking_clauses
from search_ui.retrieval.ranking.function_words import content_words
from search_ui.retrieval.ranking.order import by_document, by_page
from search_ui.retrieval.ranking.scattered import parts_of
from search_ui.retrieval.ranking.strategy import STRATEGIES, Shape, shape_of
from search_ui.retrieval.result import PageHit


@pytest.mark.parametrize(
    ("asked", "shape"),
    [
        ("", Shape.FILTER),
        ("50.2-1187/2021", Shape.REFERENCE),
        ("12.03.2021", Shape.DATE),
        ("348,17 EUR", Shape.FINDING),
        ('"Kosten der Unterkunft"', Shape.PHRASE),
        ("Mietvertrag", Shape.WORD),
        ("Müller Mietvertrag", Shape.FEW_WORDS),
        ("Bescheid 12.03.2021", Shape.FEW_WORDS),
        ("Die Miete wird ab dem kommenden Monat unmittelbar überwiesen", Shape.SENTENCE),
        ("Wer zahlt die Nachzahlung der Heizkosten", Shape.QUESTION),
        ("Wie hoch", Shape.FEW_WORDS),
    ],
)
def test_the_shape_of_a_question(asked: str, shape: Shape) -> None:
    assert shape_of(parse_terms(asked)) is shape


def test_every_shape_has_its_strategy() -> None:
    assert set(STRATEGIES) == set(Shape)


def test_letter_case_ranks_single_words_alone() -> None:
    assert fields.TEXT_CASED in json.dumps(ranking_clauses(parse_terms("Essen")))
    assert fields.TEXT_CASED not in json.dumps(ranking_clauses(parse_terms("Essen Antrag")))


def test_an_exact_question_is_not_ranked_by_stems() -> None:
    text = json.dumps(ranking_clauses(parse_terms("Mieten Wohnungen"), exact=True))
    assert fields.TEXT_STEM not in text and fields.TEXT_PAIRS not in text


def test_function_words_do_not_rank_questions() -> None:
    text = json.dumps(ranking_clauses(parse_terms("Wie wird der Mietvertrag gekündigt")), ensure_ascii=False)
    assert "Mietvertrag gekündigt" in text and "Wie" not in text
    assert content_words(["der", "die"]) == ("der", "die")


def test_a_document_is_asked_for_the_words_of_phrases_and_the_values_of_dates() -> None:
    asked = of_document(parse_terms('Bescheid "Kosten der Unterkunft" 12.03.2021'))
    assert (asked.words, asked.phrases, asked.dates) == ("Bescheid Kosten der Unterkunft", (), ())
    assert (fields.DATES, "2021-03-12") in asked.findings[0].also


def test_what_is_too_long_for_the_engine_is_not_ranked_by_documents() -> None:
    assert rankable(parse_terms("Wort " * 50))
    assert not rankable(parse_terms("漢字" * 200))


def test_parts_of_a_question() -> None:
    parts = parts_of(parse_terms('Miete Strom "kalte Wohnung" 12.03.2021'))
    assert [part.typed for part in parts] == ["Miete", "Strom", "kalte Wohnung", "12.03.2021"]


def hit(document: str, number: int, score: float) -> PageHit:
    return PageHit("c", document, number, Tier.ALL, score)


def test_the_best_document_first_and_within_it_the_best_page() -> None:
    hits = [hit("b", 1, 9.0), hit("a", 2, 1.0), hit("a", 1, 1.0), hit("a", 3, 2.0), hit("c", 1, 99.0)]
    ordered = by_document(hits, {"a": 5.0, "b": 4.0})
    assert [(one.document_id, one.number) for one in ordered] == [("a", 3), ("a", 1), ("a", 2), ("b", 1), ("c", 1)]


def test_pages_with_all_words_stand_first_in_a_list_of_pages() -> None:
    hits = [hit("a", 1, 9.0), hit("b", 1, 1001.0), hit("b", 2, 1.0), hit("a", 2, 1002.0)]
    ordered = by_page(hits, {"a": 5.0, "b": 10.0}, 1000.0)
    assert [(one.document_id, one.number) for one in ordered] == [("b", 1), ("a", 2), ("a", 1), ("b", 2)]


def page(*lines: tuple[str, float]) -> PageText:
    """Lines with the height of their letters."""
    words, start = [], 0
    for line, height in lines:
        words.append(Word(start, start + len(line), 0.1, 0.1, 0.9, 0.1 + height, 95))
        start += len(line) + 1
    return PageText("\n".join(line for line, _ in lines), TextSource.LAYER, tuple(words))


def test_headings_are_first_lines_large_lines_and_the_subject_of_a_letter() -> None:
    running = [(f"Zeile {number} mit laufendem Text", 0.01) for number in range(8)]
    found = headings(page(("Jobcenter Bautzen", 0.01), *running, ("MIETVERTRAG", 0.02), *running))
    assert "MIETVERTRAG" in found and "Zeile 5 mit laufendem Text" not in found
    letter = [(f"Angabe {number}", 0.01) for number in range(8)]
    found = headings(page(*letter, ("Aufhebung des Bescheides", 0.01), ("Sehr geehrte Frau Roth,", 0.01), *running))
    assert "Aufhebung des Bescheides" in found and "Angabe 4" not in found
    assert headings(PageText("", TextSource.NONE)) == ()
