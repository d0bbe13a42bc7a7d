from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from casefile.pagetext import PageText, TextSource, Word
from search_ui.alike import words_alike
from search_ui.marking import (
    FoundText,
    Marks,
    Span,
    Why,
    boxes,
    fragment_spans,
    fresh_tags,
    joined,
    mark_page,
    marked_html,
    snippet_html,
    tagged_spans,
)
from search_ui.query import Tier
from search_ui.terms import parse_terms

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</mark><svg onload=alert(1)>",
    "\ue000<b>\ue001",
    "{{ 7*7 }}",
    "&lt;script&gt;",
    "javascript:alert(1)",
    "<mark>",
]

spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 10)).map(lambda pair: Span(pair[0], pair[0] + pair[1])), max_size=6
)


def unmarked(html: Markup) -> str:
    return html.replace("<mark>", "").replace("</mark>", "").unescape()


@pytest.mark.parametrize("payload", HOSTILE)
def test_only_our_own_marks_are_markup(payload: str) -> None:
    text = f"vorher {payload} nachher"
    html = marked_html(text, (Span(7, 7 + len(payload)),))
    assert re.sub(r"</?mark>", "", html, count=2) == str(Markup.escape(text))
    assert re.findall(r"<[^>]*>", html) == ["<mark>", "</mark>"]


@given(st.text(max_size=80), spans)
def test_marking_never_changes_the_text(text: str, found: list[Span]) -> None:
    html = marked_html(text, joined(span for span in found if span.end <= len(text)))
    assert unmarked(html) == text


@given(st.text(max_size=80), spans)
def test_a_snippet_is_escaped_and_within_the_text(text: str, found: list[Span]) -> None:
    whole = joined(span for span in found if span.end <= len(text))
    html = snippet_html(Marks(text, whole, Why.LITERAL))
    assert unmarked(html).removeprefix("… ").removesuffix(" …") in text


@given(st.lists(st.tuples(st.text(max_size=10), st.booleans()), max_size=8))
def test_tags_give_their_spans_back(pieces: list[tuple[str, bool]]) -> None:
    tags = fresh_tags()
    tagged = "".join(f"{tags[0]}{text}{tags[1]}" if marked else text for text, marked in pieces)
    plain, found = tagged_spans(tagged, tags)
    assert plain == "".join(text for text, _ in pieces)
    assert [plain[s.start : s.end] for s in found] == [text for text, marked in pieces if marked and text]


def test_tags_of_another_request_are_plain_text() -> None:
    foreign = fresh_tags()
    plain, found = tagged_spans(f"{foreign[0]}x{foreign[1]}", fresh_tags())
    assert (plain, found) == (f"{foreign[0]}x{foreign[1]}", ())


@pytest.mark.parametrize(
    ("query", "literal", "stemmed", "why"),
    [
        ("Miete", [Span(4, 9)], [Span(4, 9)], Why.LITERAL),
        ("Mieten", [], [Span(4, 9)], Why.INFLECTED),
        ("Müller", [], [], Why.COVER),
        ("Rechnung", [], [], Why.TITLE),
        ("Müller Miete", [Span(4, 9)], [Span(4, 9)], Why.PAGE_AND_COVER),
        ("50.2-1187/2021", [], [], Why.REFERENCE),
        ("12.03.2021", [], [], Why.DATE),
    ],
)
def test_the_reason_of_a_hit(query: str, literal: list[Span], stemmed: list[Span], why: Why) -> None:
    text = "Die Miete zu 50.2 - 1187 / 2021 am 12. März 2021"
    assert (
        mark_page(FoundText(text, "Rechnung", tuple(literal), tuple(stemmed)), parse_terms(query), Tier.ALL).why is why
    )


def test_references_are_marked_in_the_spelling_of_the_page() -> None:
    text = "Zeichen 50.2 – 1187 / 2021 Ende"
    marks = mark_page(FoundText(text), parse_terms("502/1187/2021"), Tier.ALL)
    assert [text[s.start : s.end] for s in marks.spans] == ["50.2 – 1187 / 2021"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Mietbescheiniqung", "mietbescheinigung"),
        ("Terrnin", "termin"),
        ("W0hnung", "wohnung"),
        ("Bescheld", "bescheid"),
    ],
)
def test_misread_words_look_alike(text: str, word: str) -> None:
    assert words_alike(text, [word]) == {word}


@pytest.mark.parametrize(
    ("text", "word"), [("Entscheidung", "bescheinigung"), ("Bescheinigung", "mietbescheinigung"), ("Rind", "kind")]
)
def test_other_words_do_not(text: str, word: str) -> None:
    assert words_alike(text, [word]) == frozenset()


def test_boxes_join_on_a_line_and_part_at_its_end() -> None:
    words = (
        Word(0, 3, 0.1, 0.1, 0.2, 0.12, 90),
        Word(4, 9, 0.21, 0.1, 0.4, 0.12, 90),
        Word(10, 14, 0.1, 0.2, 0.2, 0.22, 90),
    )
    page = PageText("Die Miete oder", TextSource.OCR, words)
    assert boxes(page, (Span(0, 14),)) == ((100, 100, 300, 20), (100, 200, 100, 20))
    assert boxes(page, (Span(4, 9),)) == ((210, 100, 190, 20),)
    assert boxes(page, ()) == ()


@pytest.mark.parametrize(
    ("text", "fragments", "marked"),
    [
        ("eins Miete\0zwei Miete drei\0vier", ["eins <Miete>", "zwei <Miete> drei"], [5, 16]),
        ("Mietes\0\0 Miete", ["<Miete>"], [9]),
        ("  Miete vorn \n", ["<Miete> vorn"], [2]),
        ("ganz anderer Text", ["<Miete>"], []),
        ("nichts", [], []),
    ],
)
def test_marks_are_found_where_the_engine_cut_the_text(text: str, fragments: list[str], marked: list[int]) -> None:
    found = fragment_spans(fragments, text, ("<", ">"))
    assert [span.start for span in found] == marked
    assert {text[span.start : span.end] for span in found} <= {"Miete"}
