"""Hyphenated, joined and parted spellings of one word, for pages and questions alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.text.spellings import MOST_PARTS, joined, spelling_spans, spellings
from search_ui.retrieval.marking import FoundText, Why, mark_page
from search_ui.retrieval.query import Tier
from search_ui.retrieval.question.terms import parse_terms


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Lohn-Steuer-Karte", "Lohnsteuer-Karte"),
        ("Lohn-Steuer-Karte", "Lohn-Steuerkarte"),
        ("Lohn–Steuer", "Lohnsteuer"),
        ("KinderGeldKasse", "Geldkasse"),
        ("O’Sullivan", "Sullivan"),
        ("Heyne'sche", "Heyne"),
    ],
)
def test_other_spellings(written: str, asked: str) -> None:
    known = {spelling.lower() for spelling in spellings(f"Die {written} liegt vor")}
    assert all(joined(part).lower() in known for part in asked.split("-")) or joined(asked).lower() in known


def test_plain_words_have_no_other_spelling() -> None:
    assert spellings("Der Bescheid vom Amt, Nr. 17 - und mehr") == ()


@given(st.text(alphabet="abAB-'’ .", max_size=60))
def test_spellings_are_made_of_the_letters_of_the_word(text: str) -> None:
    for start, end, others in spelling_spans(text):
        whole = joined(text[start:end])
        assert whole in others and all(other in whole for other in others)
        assert len(others) <= MOST_PARTS * (MOST_PARTS + 1) // 2


@pytest.mark.parametrize(
    ("text", "asked", "marked", "why"),
    [
        ("Die Lohn-Steuer-Karte liegt bei", "Lohnsteuerkarte", "Lohn-Steuer-Karte", Why.SPELLING),
        ("Die Lohnsteuerkarte liegt bei", "Lohn-Steuer-Karte", "Lohnsteuerkarte", Why.SPELLING),
        ("Die Lohnsteuerkarte liegt bei", "Steuerkarte", "Lohnsteuerkarte", Why.PART),
        ("Frau Yıldız kam", "Yildiz", "Yıldız", Why.SPELLING),
    ],
)
def test_the_whole_word_is_marked_with_its_reason(text: str, asked: str, marked: str, why: Why) -> None:
    marks = mark_page(FoundText(text), parse_terms(asked), Tier.ALL)
    assert [text[span.start : span.end] for span in marks.spans] == [marked]
    assert marks.why is why


@pytest.mark.parametrize(
    ("cover", "path_words", "why"), [("Ampfer", "Ampfer", Why.COVER), ("", "Anhörung Ampfer", Why.FILE_NAME)]
)
def test_what_stands_beside_the_page_is_told(cover: str, path_words: str, why: Why) -> None:
    found = FoundText("Ohne Stichwort", cover=cover, path_words=path_words)
    assert mark_page(found, parse_terms("Ampfer"), Tier.ALL).why is why
