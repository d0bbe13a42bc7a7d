"""Compounds and their parts, for pages and questions alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.text.compounds import base, compound_parts, compound_spans, parts_of
from casefile.text.folding import fold
from search_ui.retrieval.marking import FoundText, Why, mark_page
from search_ui.retrieval.query import Tier
from search_ui.retrieval.question.terms import parse_terms
from tools.lexicon import count_words, find_parts


@pytest.mark.parametrize(
    ("compound", "words"),
    [
        ("Mietbescheinigung", ["Miete", "Bescheinigung"]),
        ("Mietbescheinigungen", ["Miete", "Bescheinigungen"]),
        ("Waermepumpen", ["Wärme", "Pumpen"]),
        ("Kindergeldbescheid", ["Kinder", "Geld", "Kindergeld", "Bescheid"]),
        ("Kündigungsschutzklage", ["Kündigung", "Schutz", "Klage", "Kündigungsschutz"]),
        ("Krankenversicherungsbeitrag", ["Versicherung", "Beitrag", "Krankenversicherung"]),
        ("Wohnungsgeberbescheinigung", ["Wohnung", "Bescheinigung"]),
    ],
)
def test_the_words_of_a_compound_are_among_its_parts(compound: str, words: list[str]) -> None:
    parts = {base(part) for part in compound_parts(compound)}
    assert {base(fold(word)) for word in words} <= parts


@pytest.mark.parametrize(
    "word",
    ["Verwaltung", "Leistungen", "Beispiel", "Unterkunft", "Gesellschaft", "Schreiben", "Religion", "Mitteilung"],
)
def test_a_word_that_only_looks_like_a_compound_is_whole(word: str) -> None:
    assert parts_of(fold(word)) == ()


@given(st.text(alphabet="abdeghiklmnorstuzßü", min_size=0, max_size=70))
def test_parts_are_the_letters_of_the_word(word: str) -> None:
    folded = fold(word)
    assert "".join(parts_of(folded)) in ("", folded)
    assert len(parts_of(folded)) != 1
    assert all(part in folded for _, _, parts in compound_spans(folded) for part in parts)


def test_a_part_that_stands_on_the_page_as_a_word_is_not_indexed_twice() -> None:
    assert "bescheinigung" not in compound_parts("Bescheinigung: Mietbescheinigung")
    assert "miet" in compound_parts("Bescheinigung: Mietbescheinigung")


@pytest.mark.parametrize(
    ("text", "asked", "marked"),
    [
        ("Ihre Mietbescheinigung fehlt", "Miete", ["Mietbescheinigung"]),
        ("Die Bescheinigung der Miete fehlt", "Mietbescheinigung", ["Bescheinigung", "Miete"]),
        ("Der Kündigungsschutzklage wird", "Kündigung", ["Kündigungsschutzklage"]),
    ],
)
def test_parts_are_marked_with_their_reason(text: str, asked: str, marked: list[str]) -> None:
    marks = mark_page(FoundText(text), parse_terms(asked), Tier.ALL)
    assert [text[span.start : span.end] for span in marks.spans] == marked
    assert marks.why is Why.PART


def test_the_lexicon_is_made_of_words_that_stand_in_the_texts_on_their_own() -> None:
    text = "Die Torte und der Kuchen. " * 10 + "Obsttorte Nusstorte Käsetorte Sahnetorte "
    text += "das Obst die Nuss der Käse die Sahne " * 10
    first, last = find_parts(*count_words([text]))
    assert last == {"torte": 4}
    assert first == {}  # each stands in one compound only
