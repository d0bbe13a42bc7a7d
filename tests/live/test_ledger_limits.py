"""Values that would not fit into PostgreSQL's columns or the engine's keywords, through the whole program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from casefile.database.ledger import DocumentRow, PageRow
from casefile.database.sessions import open_database, read_session
from casefile.model import State
from casefile.settings import Settings
from indexer.upkeep.failures import failures
from tests.material import text_pdf
from tests.postgres import Cluster

LONG = "x" * 40_000


def test_long_values_and_zero_bytes_stop_no_run(
    instance: Settings, instance_environment: dict[str, str], postgres: Cluster, tmp_path: Path
) -> None:
    settings = instance.model_copy(update={"ledger_url": postgres.new_database()})
    case = tmp_path / "bestand" / "a"
    case.mkdir(parents=True)
    text_pdf(case / "a.pdf", ["Ein Bescheid"])
    (case / "b.eml").write_bytes(b"From: a@example.org\nSubject: =?utf-8?q?Anfrage=00Eins?=\n\nGuten Tag\n")
    sheet = {
        "aktenzeichen": "1/2020",
        "feld\0": 1,
        "schlagwoerter": [LONG],
        "personen": [{"name": LONG, "kennungen": [LONG]}],
        "dokumente": [{"datei": "a.pdf", "art": LONG, "betreff": LONG}],
    }
    (case / "deckblatt.json").write_text(json.dumps(sheet))
    command = [sys.executable, "-m", "aktensuche", "index", str(case.parent), "--json"]
    environment = instance_environment | {"AKTENSUCHE_LEDGER_URL": settings.ledger_database}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr  # the sheet's faults are said
    sessions = open_database(settings, "ledger")
    with read_session(sessions) as session:
        assert set(session.scalars(select(PageRow.state))) == {State.CONFIRMED}
        titles = {row.path: row.title for row in session.scalars(select(DocumentRow))}
        assert titles == {"a/a.pdf": "x" * 1000, "a/b.eml": "Anfrage Eins"}
        (found,) = failures(session)
    sessions.kw["bind"].dispose()
    assert "„art“ ist länger als 200 Zeichen" in found.detail
