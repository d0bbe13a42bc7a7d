"""What one word finds: compounds by their parts and parts by their compound, against the real engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from casefile.model import CoverSheet, Role
from casefile.settings import Settings
from oversight.accounts import add_user
from search_ui.retrieval import listing
from search_ui.retrieval.question.request import SearchRequest
from search_ui.services import Services
from tests.shelf import Shelf, own_instance
from tests.web import PASSWORD

FAR = "Wir bitten um Vorlage der fehlenden Nachweise innerhalb von vier Wochen."
PAGES = {
    "eins.pdf": ["Die Mietbescheinigungen liegen noch nicht vor"],
    "zwei.pdf": ["Wir bitten um eine Bescheinigung über die gezahlte Miete"],
    "drei.pdf": [f"Zur Miete: {FAR} {FAR} Dazu erging eine Bescheinigung"],
}


@pytest.fixture(scope="module")
def services(engine: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    home = tmp_path_factory.mktemp("woerter")
    with own_instance(engine, home / "home") as settings:
        shelf = Shelf(settings, home / "quelle")
        shelf.put("50.2-1", CoverSheet(aktenzeichen="50.2-1", betreff="Heizkostennachforderung"), PAGES)
        shelf.close()
        services = Services(settings)
        add_user(services.accounts, "leitung", Role.LEAD, ["*"], PASSWORD)
        yield services


def found(services: Services, asked: str, **options: bool) -> dict[str, str]:
    """File name → reason of the hit."""
    hits = listing.list_hits(services, "leitung", SearchRequest(asked, **options), 50).hits
    return {hit.path.rsplit("/", 1)[-1]: hit.reason for hit in hits}


def test_a_compound_is_found_by_its_parts(services: Services) -> None:
    hits = found(services, "Bescheinigung Miete")
    assert set(hits) == set(PAGES)
    assert hits["eins.pdf"] == "Wortteil"


def test_parts_that_stand_close_together_are_found_by_their_compound(services: Services) -> None:
    assert set(found(services, "Mietbescheinigung")) == {"eins.pdf", "zwei.pdf"}
    assert found(services, "Mietbescheinigung")["zwei.pdf"] == "Wortteil"


def test_the_switch_for_exact_words_leaves_parts_out(services: Services) -> None:
    assert found(services, "Mietbescheinigung", exact=True) == {}


def test_compounds_of_the_cover_sheet_are_found_by_their_parts(services: Services) -> None:
    assert set(found(services, "Heizkosten Mietbescheinigungen")) >= {"eins.pdf"}
