"""PDFs made after public reports: every word that a case asks for is on its page, or the page says what it lacks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casefile.imaging.media import PDF
from casefile.settings import PROJECT, Settings
from indexer.extract import RecognitionPool, TikaClient, extract
from indexer.extract.ocr.recognise import not_cached
from indexer.extract.parts.merge import merge

REPORTS = PROJECT.parent / "shared" / "corpus" / "reports"
# Cases of other stages: words joined over a line end or set with blanks, pages that lie upside down.
OTHERS = ("trennung-", "sperrsatz-", "scan-180")


def cases() -> list[dict[str, Any]]:
    index = REPORTS / "cases.jsonl"
    if not index.is_file():
        return []
    rows = [json.loads(line) for line in index.read_text(encoding="utf-8").splitlines()]
    own = ("PDF-Faelle/", "Runde-zwei/stempel-digital.pdf")
    return [row for row in rows if row["file"].startswith(own) and not row["id"].startswith(OTHERS)]


@pytest.fixture(scope="module")
def pool(engine: Settings) -> Iterator[RecognitionPool]:
    with RecognitionPool(engine, workers=1) as pool:
        yield pool


@pytest.mark.skipif(not cases(), reason="the reports are not there")
@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case["id"]))
def test_the_word_is_on_its_page(case: dict[str, Any], engine: Settings, pool: RecognitionPool) -> None:
    path = REPORTS / Path(case["file"])
    found = extract(path, engine, TikaClient(engine), pool)
    (expected,) = case["expected"]
    page = found.pages[expected["page"] - 1]
    text = page.text
    if page.needs_ocr:
        text = merge(page, pool.submit(path, PDF, page.number, not_cached, page.region).result().text)
    assert text is not None
    assert case["query"].strip('"') in text.text
