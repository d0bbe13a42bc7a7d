"""Queries as long as the form takes them, of every kind of sign: an answer or a sentence, never a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from casefile.model import CoverSheet, Role
from casefile.settings import Settings
from oversight.accounts import add_user
from search_ui.retrieval import batch
from search_ui.retrieval.question.form import MAX_TEXT
from search_ui.retrieval.ranking.lists import Unit
from search_ui.services import Services
from search_ui.web.current import EXTENSION
from tests.shelf import Shelf, own_instance
from tests.web import PASSWORD, Person, running_app

CHINESE = "".join(chr(0x4E00 + number) for number in range(600))
THAI = "".join(f"{letter}ก" for letter in "abcdefghijklmnopqrstuvwxyz" * 10)
PIECES = {
    "chinese": CHINESE,
    "letters": " ".join("abcdefghijklmnopqrstuvwxyzäöü0123456789"[number % 39] + str(number) for number in range(170)),
    "short words": " ".join(f"w{number:03d}" for number in range(200)),
    "long words": " ".join(f"Bescheid{number:02d}" for number in range(60)),
    "dots": ".".join("ab" for _ in range(200)),
    "references": " ".join(f"35502BG00{number:05d}" for number in range(60)),
    "dates": " ".join(f"{1 + number % 28}.{1 + number // 28}.2021" for number in range(60)),
    "phrases": " ".join(f'"a{number} b"' for number in range(80)),
    "chinese phrase": f'"{CHINESE[:498]}"',
    "pictures": f'"Haus {"☺😀" * 240}"',
    "thai and latin": THAI,
    "one long word": "".join(chr(97 + number * number % 26) for number in range(500)),
    "hangul": "".join(chr(0xAC00 + number) for number in range(500)),
}


@pytest.fixture(scope="module")
def app(engine: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    home = tmp_path_factory.mktemp("lang")
    with own_instance(engine, home / "home") as settings:
        shelf = Shelf(settings, home / "quelle")
        shelf.put("Akte", CoverSheet(aktenzeichen="1/2020"), {"a.pdf": [f"Bescheid {CHINESE[:200]}"]})
        shelf.close()
        with running_app(settings) as app:
            add_user(app.extensions[EXTENSION].accounts, "leitung", Role.LEAD, ["*"], PASSWORD)
            yield app


@pytest.mark.parametrize("name", PIECES)
def test_the_longest_of_its_kind_is_answered(app: Flask, name: str) -> None:
    person = Person(app, "leitung")
    for form in ({}, {"exakt": "1"}):
        assert person.search(PIECES[name][:MAX_TEXT], **form).status_code == 200


def test_what_is_too_long_is_cut_and_that_is_said(app: Flask) -> None:
    for text in (CHINESE[:200], "a b " * 100):
        assert "zu viele Teile; gesucht wurde nur nach dem Anfang" in Person(app, "leitung").search(text).text


@pytest.mark.parametrize("syntax", [False, True])
def test_a_batch_cuts_what_is_too_long_and_goes_on(app: Flask, tmp_path: Path, syntax: bool) -> None:
    services: Services = app.extensions[EXTENSION]
    asked = tmp_path / "fragen.tsv"
    lines = [f"{number}\t{text}\n" for number, text in enumerate(PIECES.values())]
    lines += [f"lang\t{'abcdefghijklmnopqrs' * 160}\n", f"chinesisch\t{CHINESE} Bescheid\n", "kurz\tBescheid\n"]
    lines += ["wörter\t" + " ".join(f"Wortungetümbildung{number}xyz" for number in range(100)) + "\n"]
    asked.write_text("".join(lines), encoding="utf-8")
    queries = batch.read_queries(asked, syntax=syntax)
    order = batch.Order("leitung", Unit.PAGE, 10, "t")
    assert batch.run(services, order, queries, tmp_path / "lauf.trec") > 0
    run = (tmp_path / "lauf.trec").read_text(encoding="utf-8")
    assert "kurz Q0 Akte/a.pdf#1" in run and "chinesisch Q0 Akte/a.pdf#1" in run
    assert {"chinesisch", "wörter"} <= {query.id for query in queries if query.cut}
    assert "kurz" not in {query.id for query in queries if query.cut}
