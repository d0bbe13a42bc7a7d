from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_ui.retrieval.request import (
    MAX_TEXT,
    Filters,
    SearchRequest,
    clean_text,
    german_range,
    parse_date,
    parse_form,
)
from search_ui.web.chips import add_filter, chips, remove_filter
from search_ui.web.current import local_path


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


@given(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=3), st.booleans())
def test_a_request_survives_its_keeping(text: str, units: list[str], exact: bool) -> None:
    request = SearchRequest(text, Filters(units=tuple(units), date_from="2020-01-01"), exact, "Zweck")
    assert SearchRequest.from_json(json.loads(json.dumps(request.to_json()))) == request


@given(st.text(max_size=60))
def test_filter_buttons_never_raise(button: str) -> None:
    remove_filter(add_filter(Filters(), button), button)


def test_filters_are_added_shown_and_removed() -> None:
    filters = add_filter(add_filter(Filters(), "art:Bescheid"), "jahr:2021")
    assert (filters.kinds, filters.date_from, filters.date_to) == (("Bescheid",), "2021-01-01", "2021-12-31")
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
