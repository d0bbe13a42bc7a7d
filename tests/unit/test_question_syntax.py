"""The query language: what is read, and what is said where it was written otherwise."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casefile.model import Role
from oversight.rights import AccessScope
from search_ui.retrieval import query
from search_ui.retrieval.question.clauses import MAX_CLAUSES, tree_clauses
from search_ui.retrieval.question.periods import Period, parse_period
from search_ui.retrieval.question.prefixes import Field
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.question.syntax.parser import parse, plain_question
from search_ui.retrieval.question.terms import Terms, parse_terms, plain_terms, split_words
from search_ui.retrieval.question.tree import (
    All,
    AnyOf,
    Near,
    Node,
    Plain,
    Without,
    alternatives,
    exclusions,
    positive_terms,
)
from search_ui.views.guide import CHAPTERS

SCOPE = AccessScope(1, "vogt", Role.CASEWORKER, frozenset({"l2"}), frozenset({"a1"}))
SIGNS = st.sampled_from(
    ["UND", "ODER", "NICHT", "AND", "NOT", "NAHE", "NAHE/3", "(", ")", "-", '"', "*", "?", "az:", "vom:", "art:", ":"]
)
TYPED = st.lists(st.one_of(SIGNS, st.text(alphabet=string.ascii_letters + "äß12.,-/", max_size=6)), max_size=14)


def words(text: str) -> Plain:
    return Plain(Terms(text))


def without(text: str) -> Without:
    return Without(words(text))


@pytest.mark.parametrize(
    "text",
    [
        "Miete Wohnung",
        "Müller (geb. Schmidt)",
        'Antrag "auf Wohngeld" vom 12. März 2021',
        "50.2 -1187/2021",
        "Ein- und Auszug",
        "§ 7 (1) Satz 2",
        "Was ist mit der Miete?",
        "Name: Müller",
        "(0711) 123-456",
        "* 12.03.1980",
        "348,17 EUR",
        "Haus - Garten",
        "und oder nicht nahe Und",
        "https://amt.example/a?b=c",
    ],
)
def test_text_without_a_sign_of_the_language_is_read_as_ever(text: str) -> None:
    assert parse(text).tree == Plain(parse_terms(text))
    assert parse(text).repairs == ()


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("Miete UND Heizung", words("Miete Heizung")),
        ("Miete AND Heizung", words("Miete Heizung")),
        ("Miete ODER Heizung", AnyOf((words("Miete"), words("Heizung")))),
        ("Miete OR (Heizung Strom)", AnyOf((words("Miete"), words("Heizung Strom")))),
        ("Miete NICHT Heizung", All((words("Miete"), without("Heizung")))),
        ("Miete NOT Heizung", All((words("Miete"), without("Heizung")))),
        ("Miete -Heizung Strom", All((words("Miete Strom"), without("Heizung")))),
        ('Miete -"kalte Wohnung"', All((words("Miete"), Without(Plain(Terms(phrases=("kalte Wohnung",))))))),
        ("Miete NICHT (Heizung ODER Strom)", All((words("Miete"), without("Heizung"), without("Strom")))),
        ("NICHT (Heizung Strom)", AnyOf((without("Heizung"), without("Strom")))),
        ("Miete NICHT NICHT Heizung", words("Miete Heizung")),
        ("Miete NICHT (NICHT Heizung)", words("Miete Heizung")),
        ("Miete NAHE Heizung", Near((words("Miete"), words("Heizung")), 10)),
        ("Miete NEAR/3 Heizung", Near((words("Miete"), words("Heizung")), 3)),
        ("Miete NAHE/3 (Heizung ODER Strom)", Near((words("Miete"), AnyOf((words("Heizung"), words("Strom")))), 3)),
        ("Wohn* Miete", Plain(Terms("Miete", patterns=("wohn*",)))),
        ("*verleih", Plain(Terms(patterns=("*verleih",)))),
        ("W?derspruch", Plain(Terms(patterns=("w?derspruch",)))),
        ("Kfz-Zulass*", Plain(Terms("Kfz", patterns=("zulass*",)))),
        ("O'Bri*", Plain(Terms(patterns=("obri*",)))),
        ("art:Bescheid", Field("art", "Bescheid")),
        ('schlagwort:"kalte Wohnung"', Field("schlagwort", "kalte Wohnung")),
        ("-art:Bescheid Miete", All((words("Miete"), Without(Field("art", "Bescheid"))))),
        ("art:(Bescheid ODER Urteil)", AnyOf((Field("art", "Bescheid"), Field("art", "Urteil")))),
        ("vom:2021", Field("vom", "2021", Period("2021-01-01", "2021-12-31"))),
        ("Datum:12.3.2021", Field("vom", "12.3.2021", Period("2021-03-12", "2021-03-12"))),
    ],
)
def test_what_is_read(text: str, tree: Node) -> None:
    assert parse(text).tree == tree


def test_findings_keep_their_meaning_between_operators() -> None:
    tree = parse("50.2 – 1187 / 2021 ODER 12. März 2021 ODER 348,17 EUR").tree
    assert isinstance(tree, AnyOf)
    terms = [part.terms for part in tree.parts if isinstance(part, Plain)]
    assert [len(one.references) + len(one.dates) + len(one.findings) for one in terms] == [1, 1, 1]
    assert [(one.words, one.canonical[0].value) for one in terms[:2]] == [("", "50211872021"), ("", "2021-03-12")]
    excluded = next(exclusions(parse("Miete NICHT 12. März 2021 Strom").tree))
    assert isinstance(excluded.part, Plain) and excluded.part.terms.dates[0].typed == "12. März 2021"


@pytest.mark.parametrize(
    ("text", "said", "like"),
    [
        ("(Miete ODER Heizung", "Klammer", "(Miete ODER Heizung)"),
        ("Miete) ODER Heizung", "Klammer", "Miete ODER Heizung"),
        ('"kalte Wohnung', "Anführungszeichen", '"kalte Wohnung"'),
        ('Monitor 19" breit', "Anführungszeichen", "Monitor 19 breit"),
        ("Miete ODER", "„ODER“", "Miete"),
        ("UND Miete", "„UND“", "Miete"),
        ("Miete ODER ODER Heizung", "„ODER“", "Miete ODER Heizung"),
        ("Miete NICHT", "„NICHT“", "Miete"),
        ("NAHE Miete", "„NAHE“", "Miete"),
        ("ODER", "„ODER“", "oder"),
        ("ab*", "„ab*“", "ab"),
        ("*zimmer*", "„*zimmer*“", "zimmer* ODER *zimmer"),
        ("akte:Miete", "„akte:“", "akte Miete"),
        ("vom:gestern", "„gestern“", "gestern"),
        ("vom:2022..2021", "vertauscht", "vom:2021..2022"),
        ("art: Bescheid", "Leerzeichen", "art:Bescheid"),
        ("Miete NAHE Wohn*", "NAHE", "Miete Wohn*"),
        ("Miete NAHE/5000 Heizung", "NAHE/5000", "Miete NAHE/100 Heizung"),
        ("-Miete", "nur Ausschlüsse", "NICHT Miete"),
        ("Miete Heizung ODER Strom", "(Miete Heizung) ODER Strom", "(Miete Heizung) ODER Strom"),
        ("MIETE NICHT GEZAHLT", "Großbuchstaben", "MIETE -GEZAHLT"),
        ('"Antrag auf Wohn*"', "Platzhalter", '"Antrag auf Wohn"'),
        ("(" * 20 + "Miete ODER Heizung" + ")" * 20, "geschachtelt", "Miete ODER Heizung"),
    ],
)
def test_what_is_repaired_is_said(text: str, said: str, like: str) -> None:
    question, plain = parse(text), parse(like)
    assert any(said in sentence for sentence in question.repairs), question.repairs
    assert without_typing(question.tree) == without_typing(plain.tree)


def without_typing(node: Node | None) -> str:
    """A tree without letter case and without how a period was typed."""
    return (
        repr(node)
        .lower()
        .replace("2022..2021", "2021..2022")
        .replace(", turned=true", ", turned=false")
        .replace("*'", "'")
    )


@given(TYPED)
@example(["(", "-", '"', "NICHT"])
@example(["art:", "(", "NICHT", ")"])
def test_anything_typed_is_read_and_runs(pieces: list[str]) -> None:
    request = SearchRequest(" ".join(pieces))
    question = request.question
    assert all(sentence.endswith(".") for sentence in question.repairs)
    json.dumps(query.search_body(request, SCOPE))
    if any(letter.isalnum() for letter in request.text):
        assert question.tree is not None


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    json.dumps(query.search_body(SearchRequest(text), SCOPE))
    assert plain_question(text).plain


@given(st.lists(st.text(alphabet=string.ascii_lowercase + string.digits + "äöüß.,/-", min_size=1, max_size=9)))
def test_plain_words_are_never_lost(typed: list[str]) -> None:
    """Whatever stands before them: words are searched for, or are excluded by a hyphen."""
    tree = parse(" ".join(typed)).tree
    kept = set(split_words(positive_terms(tree).typed))
    kept |= {word for one in exclusions(tree) for word in split_words(positive_terms(one.part).typed)}
    assert set(plain_terms(" ".join(typed)).every_word) <= kept


def test_a_question_with_too_many_parts_is_cut_and_that_is_said() -> None:
    for text in ("a b " * 120, "".join(chr(0x4E00 + number) for number in range(400)), "a ODER " * 80):
        question = SearchRequest(text[:500]).question
        assert 0 < tree_clauses(question.tree) <= MAX_CLAUSES
        assert (
            len(text) < 500
            or "zu viele Teile" in question.repairs[0]
            or tree_clauses(parse(text[:500]).tree) <= MAX_CLAUSES
        )


def test_what_is_excluded_is_not_marked() -> None:
    request = SearchRequest("(Miete ODER Strom) NICHT Heizung -art:Urteil")
    assert request.terms.every_word == ("miete", "strom")
    assert [way.words for way in alternatives(request.question.tree)] == ["Miete", "Strom"]


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2021", "2021-01-01", "2021-12-31"),
        ("03/2021", "2021-03-01", "2021-03-31"),
        ("März 2021", "2021-03-01", "2021-03-31"),
        ("12. März 2021", "2021-03-12", "2021-03-12"),
        ("2021-2022", "2021-01-01", "2022-12-31"),
        ("2021..02/2022", "2021-01-01", "2022-02-28"),
        ("..2021", "", "2021-12-31"),
        ("2021..", "2021-01-01", ""),
        (">=03/2021", "2021-03-01", ""),
        (">03/2021", "2021-04-01", ""),
        ("<2021", "", "2020-12-31"),
        ("<= 14.3.2021", "", "2021-03-14"),
    ],
)
def test_periods_are_read_in_every_usual_form(typed: str, first: str, last: str) -> None:
    assert parse_period(typed) == Period(first, last)


@pytest.mark.parametrize("typed", ["", "..", "gestern", "2021..gestern", "13/2021", ">", "31.02.2021"])
def test_what_is_no_period_is_none(typed: str) -> None:
    assert parse_period(typed) is None


def test_an_exclusion_never_looks_for_parts_of_words() -> None:
    part = parse("Miete -Heizung").tree
    assert isinstance(part, All)
    text = json.dumps(query.excluded_body(next(exclusions(part)).part, SearchRequest("Miete -Heizung"), SCOPE, 5))
    assert "reversed" not in text and "heizung" in text.lower()


@pytest.mark.parametrize("typed", [example.typed for chapter in CHAPTERS for example in chapter.examples])
def test_the_examples_of_the_help_page_need_no_repair(typed: str) -> None:
    assert parse(typed).tree is not None and parse(typed).repairs == ()
