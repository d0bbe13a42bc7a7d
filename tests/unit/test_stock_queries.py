"""Queries and judgements, checked against the pages they judge."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from stock import queries
from stock.build import build
from stock.cases.plan import Size
from stock.queries import spelling
from stock.queries.classes import CLASSES
from stock.queries.features import days, words


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("queries")
    build("q", 3, folder / "akten", folder / "wahrheit", plan=Size("q", 6, 12, 0.0))
    queries.write(folder / "wahrheit", 1, 60)
    return folder / "wahrheit"


@pytest.fixture(scope="module")
def texts(truth: Path) -> dict[str, dict[str, Any]]:
    return {record["id"]: record for record in map(json.loads, (truth / "pages.jsonl").read_text("utf-8").splitlines())}


def asked(truth: Path, kind: str) -> dict[str, str]:
    rows = (truth / "queries" / f"{kind}.tsv").read_text("utf-8").splitlines()
    return dict(row.split("\t") for row in rows)


def judged(truth: Path, kind: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in (truth / "queries" / f"{kind}.qrels").read_text("utf-8").splitlines():
        query, iteration, page, grade = row.split(" ")
        assert (iteration, grade) == ("0", "1")
        found.setdefault(query, []).append(page)
    return found


@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_each_class_has_queries_and_judged_pages_exist(truth: Path, texts: dict[str, Any], kind: str) -> None:
    rows, right = asked(truth, kind), judged(truth, kind)
    assert len(rows) >= 8
    assert kind == "nowhere" or set(rows) == set(right)
    assert all(page in texts for pages in right.values() for page in pages)
    assert all(len(pages) == len(set(pages)) for pages in right.values())


def test_exact_words_are_judged_completely(truth: Path, texts: dict[str, Any]) -> None:
    right = judged(truth, "exact")
    bags = {name: set(words(record["text"])) for name, record in texts.items() if record["readable"]}
    for name, text in asked(truth, "exact").items():
        assert set(right[name]) == {page for page, bag in bags.items() if set(text.split()) <= bag}


def test_inflected_words_do_not_stand_on_the_page_as_asked(truth: Path, texts: dict[str, Any]) -> None:
    right = judged(truth, "inflected")
    rows = asked(truth, "inflected")
    literal = [
        name
        for name, text in rows.items()
        if all(set(text.split()) <= set(words(texts[page]["text"])) for page in right[name])
    ]
    assert len(literal) < len(rows) / 10


def test_phrases_stand_on_their_pages(truth: Path, texts: dict[str, Any]) -> None:
    for name, text in asked(truth, "phrase").items():
        for page in judged(truth, "phrase")[name]:
            assert text.strip('"').lower() in " ".join(texts[page]["text"].lower().split())


def test_references_are_respelled(truth: Path, texts: dict[str, Any]) -> None:
    right = judged(truth, "reference_spelling")
    rows = asked(truth, "reference_spelling")
    for name, text in rows.items():
        bare = "".join(char for char in text.lower() if char.isalnum())
        for page in right[name]:
            known = ["".join(char for char in value.lower() if char.isalnum()) for value in texts[page]["references"]]
            assert bare in known


def test_what_stands_nowhere_stands_nowhere(truth: Path, texts: dict[str, Any]) -> None:
    everything = {word for record in texts.values() for word in words(record["text"])}
    assert not everything & set(asked(truth, "nowhere").values())
    assert not judged(truth, "nowhere")


def test_scattered_words_stand_on_no_single_page(truth: Path, texts: dict[str, Any]) -> None:
    for name, text in asked(truth, "over_document").items():
        for page in judged(truth, "over_document")[name]:
            assert not set(text.split()) <= set(words(texts[page]["text"]))


@pytest.mark.parametrize("text", ["12.03.2021", "12. März 2021", "2021-03-12", "12.3.21"])
def test_days_in_every_spelling(text: str) -> None:
    assert days(f"am {text} hier") == {"2021-03-12"}


def test_respelled_day_is_the_same_day() -> None:
    rng = random.Random(1)
    made = {spelling.day("2021-03-12", rng) for _ in range(40)}
    assert len(made) >= 5
