"""What is suggested where a search finds little: near words, and the same search without a part of it."""

from __future__ import annotations

import pytest

from casefile.facets import KIND, UNIT
from search_ui.retrieval.advice.changes import Advice, Change, Counted, with_word, without_filters, without_parts
from search_ui.retrieval.advice.lexicon import near_words, nearest
from search_ui.retrieval.query import Tier
from search_ui.retrieval.question.request import Filters, SearchRequest
from search_ui.retrieval.question.syntax.parser import parse
from search_ui.retrieval.question.tree import typed
from search_ui.retrieval.result import PageHit
from search_ui.web.chips import remove_filter


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("wiederspruch", "widerspruch"),
        ("Bescheidd", "bescheid"),
        ("Meitvertrag", "mietvertrag"),
        ("Kindregeld", "kindergeld"),
    ],
)
def test_a_misspelt_word_has_its_neighbour(written: str, meant: str) -> None:
    assert meant in near_words(written, 5)


@pytest.mark.parametrize("word", ["ab", "31702", "Miete2", "", "qxzjvkwp"])
def test_short_words_numbers_and_nonsense_have_none(word: str) -> None:
    assert near_words(word, 5) == ()


def test_a_word_is_no_neighbour_of_itself_and_the_nearest_comes_first() -> None:
    assert nearest("Bondarenka", ["bondarenka", "bondarenkova", "bondarenko"], 2) == ("bondarenko", "bondarenkova")


def test_a_word_is_replaced_where_it_stands_with_its_capital() -> None:
    change = with_word(SearchRequest('Wiederspruch ODER "der Wiederspruchsbescheid"'), "Wiederspruch", "widerspruch")
    assert change.request.text == 'Widerspruch ODER "der Wiederspruchsbescheid"'
    assert change.button == ("text", change.request.text)


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("Miete Strom", ["Strom", "Miete"]),
        (
            'Miete "kalte Wohnung" art:Bescheid',
            ['"kalte Wohnung" art:Bescheid', "Miete art:Bescheid", 'Miete "kalte Wohnung"'],
        ),
        ("Miete (Strom ODER Gas) -Öl", ["(Strom ODER Gas) NICHT Öl", "Miete NICHT Öl", "Miete (Strom ODER Gas)"]),
        ("Miete", []),
        ("Miete ODER Strom", []),
        ("", []),
    ],
)
def test_each_part_is_left_out_once(asked: str, left: list[str]) -> None:
    assert [change.request.text for change in without_parts(SearchRequest(asked))] == left


@pytest.mark.parametrize(
    "asked", ["Miete NAHE/3 Strom", 'a -"b c" (d ODER e f)', "vom:2021..2022 Wohn* az:5/21", "12. März 2021 x"]
)
def test_what_is_written_again_is_read_alike(asked: str) -> None:
    tree = parse(asked).tree
    assert tree is not None and parse(typed(tree)).tree == tree


def test_each_filter_is_left_out_once_by_its_button() -> None:
    filters = Filters({KIND.name: ("Bescheid", "Urteil"), UNIT.name: ("L2",)}, "c" * 32, "2021-01-01", "2021-12-31")
    changes = list(without_filters(SearchRequest("Miete", filters)))
    assert [change.label for change in changes] == [
        *("Art: Bescheid, Urteil", "Stelle: L2", "Datum", "Nur eine Akte", "alle Filter"),
    ]
    for change in changes:
        assert remove_filter(filters, change.button[1]) == change.request.filters
    assert not list(without_filters(SearchRequest("Miete")))


def test_advice_rests_on_pages_that_may_be_seen() -> None:
    pages = [PageHit("c", f"d{number}", 1, Tier.ALL) for number in range(3)]
    spelling, part, hidden = (Counted(Change("x", SearchRequest(), ("", "")), 1, page) for page in pages)
    advice = Advice((spelling,), (part,), (hidden,), ("Wort",))
    assert set(advice.evidence) == set(pages)
    assert advice.only({pages[1]}) == Advice((), (part,), (), ("Wort",))
