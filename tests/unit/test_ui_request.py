from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.facets import KEYWORDS, KIND, UNIT, VALUE_FACETS
from search_ui.retrieval.question.form import MAX_TEXT, clean_text, parse_form
from search_ui.retrieval.question.periods import parse_date
from search_ui.retrieval.question.request import Filters, SearchRequest
from search_ui.web.chips import add_filter, chips, remove_filter
from search_ui.web.current import local_path
from search_ui.web.dates import german_range


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("14.03.1998", "1998-03-14", "1998-03-14"),
        ("1.3.1998", "1998-03-01", "1998-03-01"),
        ("1. 3. 1998", "1998-03-01", "1998-03-01"),
        ("1998-03-14", "1998-03-14", "1998-03-14"),
        ("03.1998", "1998-03-01", "1998-03-31"),
        ("2.2024", "2024-02-01", "2024-02-29"),
        ("1998", "1998-01-01", "1998-12-31"),
    ],
)
def test_dates_are_taken_in_every_usual_form(typed: str, first: str, last: str) -> None:
    assert parse_date(typed) == (first, last)


@pytest.mark.parametrize("typed", ["31.02.2020", "13.1998", "0000", "98", "gestern", "14.03.", "14/03/1998x"])
def test_what_is_no_date_is_none(typed: str) -> None:
    assert parse_date(typed) is None


def test_a_wrong_date_has_its_message_beside_its_field() -> None:
    parsed = parse_form({"q": "Miete", "von": "gestern", "bis": "2020"}, {}, purpose_required=False)
    assert list(parsed.errors) == ["von"]
    assert "14.03.1998" in parsed.errors["von"]
    assert parsed.values["von"] == "gestern"


def test_an_end_before_the_beginning_is_told() -> None:
    assert list(parse_form({"q": "x", "von": "2021", "bis": "2020"}, {}, purpose_required=False).errors) == ["bis"]


def test_nothing_to_search_for_is_told_but_a_filter_is_enough() -> None:
    assert list(parse_form({"q": "  "}, {}, purpose_required=False).errors) == ["q"]
    assert parse_form({"q": ""}, {"art": ["Bescheid"]}, purpose_required=False).ok


@pytest.mark.parametrize("text", ["(((", '"', "*", "🙂", "___", "„ “"])
@pytest.mark.parametrize("kinds", [[], ["Bescheid"]])
def test_text_without_a_word_is_told(text: str, kinds: list[str]) -> None:
    parsed = parse_form({"q": text}, {"art": kinds}, purpose_required=False)
    assert list(parsed.errors) == ["q"]
    assert "nichts, wonach sich suchen lässt" in parsed.errors["q"]


def test_the_purpose_can_be_demanded() -> None:
    assert list(parse_form({"q": "Miete"}, {}, purpose_required=True).errors) == ["zweck"]
    assert parse_form({"q": "Miete", "zweck": "Widerspruch"}, {}, purpose_required=True).ok


@given(st.text(max_size=600))
def test_any_text_gives_a_request_or_a_message(text: str) -> None:
    parsed = parse_form({"q": text}, {}, purpose_required=False)
    assert len(parsed.request.text) <= MAX_TEXT
    assert parsed.ok == (not parsed.errors)
    json.dumps(parsed.request.to_json()).encode()


@given(st.text(max_size=200))
def test_cleaning_is_stable_and_leaves_no_control_characters(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert all(ch.isprintable() for ch in cleaned.replace("\u00a0", " ")) or not cleaned.isprintable()
    assert not any(ord(ch) < 32 for ch in cleaned)


words = st.lists(st.text(min_size=1, max_size=20), max_size=3, unique=True)
filters = st.builds(
    lambda values, days, case: Filters(values, case, *days),
    st.dictionaries(st.sampled_from([facet.name for facet in VALUE_FACETS]), words.filter(bool).map(tuple)),
    st.tuples(st.sampled_from(["", "2020-01-01"]), st.sampled_from(["", "2021-12-31"])),
    st.sampled_from(["", "c" * 32]),
)
requests = st.builds(SearchRequest, st.text(max_size=40), filters, st.booleans(), st.text(max_size=20))


@given(requests)
def test_a_request_survives_its_keeping(request: SearchRequest) -> None:
    assert SearchRequest.from_json(json.loads(json.dumps(request.to_json()))) == request


@given(requests, st.data())
def test_a_search_of_another_version_opens(request: SearchRequest, data: st.DataObject) -> None:
    """One that lacks what came later, and has what this version does not know."""
    kept = json.loads(json.dumps(request.to_json()))
    dropped = data.draw(st.sets(st.sampled_from(sorted(kept))))
    dropped_filters = data.draw(st.sets(st.sampled_from(sorted(kept["filters"])))) if kept["filters"] else set()
    older = {key: value for key, value in kept.items() if key not in dropped}
    if "filters" in older:
        older["filters"] = {key: value for key, value in kept["filters"].items() if key not in dropped_filters}
        older["filters"]["a facet of tomorrow"] = ["x"]
    opened = SearchRequest.from_json(older | {"order": "date"})
    for key in ("text", "exact", "purpose"):
        assert getattr(opened, key) == getattr(SearchRequest() if key in dropped else request, key)
    given_filters = (
        {} if "filters" in dropped else {k: v for k, v in kept["filters"].items() if k not in dropped_filters}
    )
    assert opened.filters.to_json() == given_filters


def test_a_search_kept_before_there_was_a_table_of_facets_opens() -> None:
    filters = {
        "units": ["L2"],
        "kinds": [],
        "keywords": ["Miete"],
        "case": "",
        "date_from": "2020-01-01",
        "date_to": "",
    }
    kept = {"text": "Müller", "filters": filters, "exact": True, "purpose": "", "page": 1}
    expected = Filters(date_from="2020-01-01").choosing(UNIT, ["L2"]).choosing(KEYWORDS, ["Miete"])
    assert SearchRequest.from_json(kept) == SearchRequest("Müller", expected, exact=True)


def test_the_text_is_parsed_once() -> None:
    parsed = parse_form({"q": "Miete"}, {}, purpose_required=False)
    assert parsed.request.terms is parsed.request.terms


@given(st.text(max_size=60))
def test_filter_buttons_never_raise(button: str) -> None:
    remove_filter(add_filter(Filters(), button), button)


def test_filters_are_added_shown_and_removed() -> None:
    filters = add_filter(add_filter(Filters(), "art:Bescheid"), "jahr:2021")
    assert (filters.chosen(KIND), filters.date_from, filters.date_to) == (("Bescheid",), "2021-01-01", "2021-12-31")
    shown = chips(SearchRequest("x", filters))
    assert [chip.label for chip in shown] == ["Art: Bescheid", "Datum: 2021"]
    for chip in shown:
        filters = remove_filter(filters, chip.value)
    assert filters == Filters()


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        ("2021-01-01", "2021-12-31", "2021"),
        ("2019-01-01", "2021-12-31", "2019–2021"),
        ("2021-03-01", "2021-03-31", "03.2021"),
        ("2021-03-05", "2021-12-31", "05.03.2021–31.12.2021"),
        ("2021-03-05", "", "ab 05.03.2021"),
        ("", "2021-12-31", "bis 2021"),
    ],
)
def test_ranges_are_written_the_shortest_way(first: str, last: str, written: str) -> None:
    assert german_range(first, last) == written


ELSEWHERE = ["//evil.example", "https://evil.example", "/\\evil.example", "\\evil", "evil", ""]
ELSEWHERE += ["//[", "/\t/evil.example", "/\n/evil.example", "\x00//evil.example", "/\u2028/evil.example", "http://["]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_sign_in_never_leads_elsewhere(target: str) -> None:
    from flask import Flask

    app = Flask(__name__)
    app.add_url_rule("/", "search.start", lambda: "")
    with app.test_request_context():
        assert local_path(target) == "/"
        assert local_path("/suche/abc?blatt=2") == "/suche/abc?blatt=2"
