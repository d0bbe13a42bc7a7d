from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.text.folding import fold
from search_ui.retrieval.question.terms import (
    Canonical,
    parse_terms,
    plain_terms,
)


def test_phrases_references_and_dates_are_told_apart_from_words() -> None:
    terms = parse_terms('Müller "bitte um Rückruf" 50.2 – 1187 / 2021 vom 12.03.2021')
    assert terms.words == "Müller vom"
    assert terms.phrases == ("bitte um Rückruf",)
    assert terms.references == (Canonical("50.2 – 1187 / 2021", "50211872021"),)
    assert terms.dates == (Canonical("12.03.2021", "2021-03-12"),)


@pytest.mark.parametrize("quoted", ['"Miete"', "„Miete“", "»Miete«", "“Miete”"])
def test_every_usual_quotation_mark_makes_a_phrase(quoted: str) -> None:
    assert parse_terms(quoted).phrases == ("Miete",)


@pytest.mark.parametrize("text", ['Miete"', '"', '""', '" "', "„Miete", "“"])
def test_a_lone_quotation_mark_is_no_phrase(text: str) -> None:
    assert parse_terms(text).phrases == ()


def test_plain_text_has_no_query_language() -> None:
    terms = plain_terms('"Miete Wohnung" NICHT (Heizung) az:5')
    assert terms.phrases == ()
    assert terms.every_word == ("miete", "wohnung", "nicht", "heizung", "az", "5")


@given(st.text(max_size=100))
def test_no_word_is_lost(text: str) -> None:
    found = set(parse_terms(text).every_word) | set(plain_terms(text).every_word)
    assert all(word in found for word in parse_terms(text).every_word)
    assert parse_terms(text).typed == parse_terms(text).typed.strip()


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Müller", "muller"),
        ("Mueller", "muller"),
        ("Straße", "strasse"),
        ("treue", "treue"),
        ("Quelle", "quelle"),
        ("Goethe", "gothe"),
        ("Neue", "neue"),
        ("ſtraße", "strasse"),
    ],
)
def test_folding_follows_the_engine(word: str, folded: str) -> None:
    assert fold(word) == folded
