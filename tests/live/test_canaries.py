"""Every route × every kind of account × canary cases: nothing leaks, nothing is wrongly hidden.

The full size runs as `python -m bench canaries`; this is a tenth of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from casefile.settings import Settings
from tests.canaries import (
    EVERYWHERE,
    FORMS,
    Aviary,
    add_staff,
    ask_everything,
    comparable,
    give_single_rights,
    put_canaries,
)
from tests.shelf import Shelf, own_instance
from tests.web import Person, running_app

OWN, FOREIGN = ("Leistung 1",), ("Leistung 2", "")
ALONE = ("sach1", "leitung1", "befangen")  # people who see nothing of the foreign units
# The others of `STAFF` are asked in the benchmark.
ASKING = ("sach1", "leitung1", "leitungalle", "archiv2", "vertretung", "befangen", "gast", "revision", "technik")
AT_LEAST = 1000


@pytest.fixture(scope="module")
def shelf(engine: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    home = tmp_path_factory.mktemp("kanarien")
    with own_instance(engine, home / "home") as settings:
        opened = Shelf(settings, home / "quelle")
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def aviary(shelf: Shelf) -> Iterator[Aviary]:
    """Two steps: what people are answered while there is nothing but their own, then the foreign cases beside."""
    with running_app(shelf.settings) as app:
        found = Aviary(app, put_canaries(shelf, OWN))
        add_staff(found.services, found.canaries)
        found.alone = {name: bodies(found, name) for name in ALONE}
        foreign = put_canaries(shelf, FOREIGN)
        give_single_rights(found.services, foreign)
        found.canaries += foreign
        yield found


def bodies(aviary: Aviary, name: str) -> list[str]:
    person = Person(aviary.app, name)
    own = [canary for canary in aviary.canaries if canary.unit == OWN[0]]
    found = [person.search(text) for text in (EVERYWHERE, *(canary.word for canary in own))]
    paths = [f"/seite/{canary.document}/1" for canary in own] + [f"/akte/{canary.shelved.case}" for canary in own]
    return [comparable(answer) for answer in (*found, *map(person.get, [*paths, "/bestand", "/"]))]


@pytest.mark.parametrize("name", ALONE)
def test_with_foreign_cases_beside_everything_is_answered_alike(aviary: Aviary, name: str) -> None:
    assert bodies(aviary, name) == aviary.alone[name]


def test_no_route_leaks_and_none_hides(aviary: Aviary) -> None:
    for name in ASKING:
        ask_everything(aviary, name)
    assert aviary.wrong == []
    assert aviary.checks >= AT_LEAST
    posted = {rule.endpoint for rule in aviary.app.url_map.iter_rules() if "POST" in rule.methods}
    assert posted == set(FORMS)
