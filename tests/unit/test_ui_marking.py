from __future__ import annotations

import re
from collections.abc import Sequence
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from casefile.pagetext import PageText, TextSource, Word
from casefile.text.folding import fold
from search_ui.retrieval import boxes as boxes_module
from search_ui.retrieval import marking
from search_ui.retrieval.alike import (
    CONFUSIONS,
    SHORTEST_ALIKE,
    alike_spans,
    words_alike,
)
from search_ui.retrieval.boxes import Box, boxes
from search_ui.retrieval.marking import (
    SNIPPET_AFTER,
    FoundText,
    Marks,
    Match,
    Span,
    Why,
    fragment_spans,
    fresh_tags,
    joined,
    mark_page,
    snippet,
    tagged_spans,
)
from search_ui.retrieval.query import Tier
from search_ui.retrieval.question.terms import parse_terms, split_words
from search_ui.web.markup import marked_html, snippet_html
from tests.shelf import page_text

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
    piece = snippet(Marks(text, whole, Why.LITERAL))
    html = snippet_html(piece)
    assert all(0 <= span.start < span.end <= len(piece.text) for span in piece.spans)
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


def test_a_span_says_what_matched_and_the_more_exact_one_wins() -> None:
    text = "Die Miete zu 50.2 - 1187 / 2021 am 12. März 2021, Mieten"
    found = FoundText(text, literal=(Span(4, 9),), stemmed=(Span(4, 9), Span(50, 56)))
    marks = mark_page(found, parse_terms("Miete 50.2-1187/2021 12.03.2021"), Tier.ALL)
    kinds = [(text[span.start : span.end], span.kind) for span in marks.spans]
    assert kinds == [
        ("Miete", Match.LITERAL),
        ("50.2 - 1187 / 2021", Match.REFERENCE),
        ("12. März 2021", Match.DATE),
        ("Mieten", Match.INFLECTED),
    ]


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


# --- The same as defined, in time that grows with the page and not with its square


def densest_as_defined(found: Sequence[Span]) -> int:
    reach = SNIPPET_AFTER - 20
    counts = [(sum(1 for other in found if span.start <= other.start < span.start + reach), span) for span in found]
    return max(counts, key=lambda pair: (pair[0], -pair[1].start))[1].start


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 30)), min_size=1, max_size=40))
def test_the_piece_with_the_most_marks_is_the_one_defined(drawn: list[tuple[int, int]]) -> None:
    found = joined(Span(start, start + length) for start, length in drawn)
    assert marking._densest(found) == densest_as_defined(found)


def boxes_as_defined(page: PageText, found: Sequence[Span]) -> tuple[Box, ...]:
    result: list[Box] = []
    for span in found:
        run: list[float] = []
        for word in page.words:
            if word.start >= span.end or word.end <= span.start:
                continue
            edges = list(word[2:6])
            if run and boxes_module._same_line(run, edges):
                run = [min(run[0], edges[0]), min(run[1], edges[1]), max(run[2], edges[2]), max(run[3], edges[3])]
            else:
                result += [boxes_module._box(run)] if run else []
                run = edges
        result += [boxes_module._box(run)] if run else []
    return tuple(result)


@given(st.text("ab \n", max_size=120), st.lists(st.tuples(st.integers(0, 120), st.integers(1, 30)), max_size=12))
def test_boxes_are_those_defined(text: str, drawn: list[tuple[int, int]]) -> None:
    found = joined(Span(start, start + length) for start, length in drawn)
    assert boxes(page_text(text), found) == boxes_as_defined(page_text(text), found)


def alike_as_defined(word: str, other: str) -> bool:
    word, other = fold(word), fold(other)
    if word == other:
        return True
    if min(len(word), len(other)) < SHORTEST_ALIKE:
        return False
    for wrong, right in CONFUSIONS:
        word, other = word.replace(wrong, right), other.replace(wrong, right)
    return distance_as_defined(word, other) <= max(1, min(3, len(word) // 5))


def distance_as_defined(first: str, second: str) -> int:
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        above, row = row, [i]
        for j, b in enumerate(second, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b)))
    return row[-1]


words_near = st.text("rnmclö0oıİs5", min_size=1, max_size=22)


@given(words_near, words_near, st.lists(st.tuples(st.integers(0, 21), st.sampled_from("rnmc0")), max_size=4))
def test_alike_is_what_is_defined(word: str, stranger: str, changes: list[tuple[int, str]]) -> None:
    damaged = word
    for place, letter in changes:
        damaged = damaged[:place] + letter + damaged[place + 1 :]
    for other in (stranger, damaged):
        asked, text_words = split_words(word), split_words(other)
        expected = {one for one in asked if any(alike_as_defined(one, two) for two in text_words)}
        assert words_alike(other, asked) == expected
        found = [(m.start(), m.end()) for m in re.finditer(r"\w+", other)]
        assert alike_spans(other, asked) == [
            span for span in found if any(alike_as_defined(one, other[slice(*span)]) for one in asked)
        ]


def test_a_page_full_of_marks_costs_milliseconds() -> None:
    """The worst that one request can ask for must not hold up everyone else's."""
    text = "Miete " * 8000
    marks = Marks(text, tuple(Span(start, start + 5) for start in range(0, len(text), 6)), Why.LITERAL)
    began = process_time()
    snippet_html(snippet(marks))
    boxes(page_text(text), marks.spans)
    marked_html(text, marks.spans)
    assert process_time() - began < 2


def test_many_words_against_a_long_page_cost_milliseconds() -> None:
    text = " ".join(f"Wortzusammensetzung{number:05d}xyz" for number in range(4000))
    asked = [f"Leistungsbescheid{number:05d}abcde" for number in range(60)]
    began = process_time()
    assert words_alike(text, asked) == frozenset()
    assert process_time() - began < 2
