"""What live tests share: a small source folder, reading single files through the real Tika, both databases."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile.settings import Settings, load_settings
from indexer.extract import Extracted, RecognitionPool, TikaClient, extract
from tests.material import SCAN_WORD, Read, mail_with_attachment, scan, text_pdf
from tests.postgres import Cluster


@pytest.fixture(scope="module")
def pool(engine: Settings) -> Iterator[RecognitionPool]:
    with RecognitionPool(engine, workers=1) as pool:
        yield pool


@pytest.fixture(scope="module")
def read(engine: Settings, pool: RecognitionPool) -> Read:
    """Reads one file; further arguments are settings, `depth` that of a container."""
    tika = TikaClient(engine)

    def run(path: Path, depth: int = 0, **changes: int) -> Extracted:
        return extract(path, engine.model_copy(update=changes), tika, pool, depth=depth)

    return run


@pytest.fixture(params=["sqlite", "postgresql"])
def either_database(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a new home, once with each database."""
    if request.param == "sqlite":
        return load_settings(home=tmp_path)
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.settings(tmp_path)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Five documents in three cases: text, scan, mixed with a blank page, mail with attachment, encrypted."""
    root = tmp_path / "bestand"
    case = root / "50.2-1187"
    case.mkdir(parents=True)
    sheet = {"aktenzeichen": "50.2-1187/2021", "stelle": "Leistung 2", "personen": [{"name": "Müller"}]}
    sheet |= {
        "dokumente": [{"datei": "bescheid.pdf", "betreff": "Bewilligung", "art": "Bescheid", "datum": "2021-03-12"}]
    }
    (case / "deckblatt.json").write_text(json.dumps(sheet))
    text_pdf(case / "bescheid.pdf", ["Bewilligungsbescheid über Leistungen", "Rechtsbehelfsbelehrung und Hinweise"])
    scan(case / "scan.tif", [f"Mietvertrag\n{SCAN_WORD}", ""])
    other = root / "Akte Zwei"
    other.mkdir()
    mail_with_attachment(
        other / "nachricht.eml", "Bitte um Rückruf wegen der Nachzahlung", "Nebenkostenabrechnung 2020"
    )
    text_pdf(other / "geheim.pdf", ["verschlossen"], password="kennwort")
    shutil.copy(case / "scan.tif", other / "kopie.tif")
    (root / "Thumbs.db").write_bytes(b"x")
    return root
