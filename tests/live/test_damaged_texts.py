"""Bits turned in the derived store: `verify --deep` finds and names them, the next run reads the files again."""

from __future__ import annotations

import zipfile
from pathlib import Path

from sqlalchemy import select

from casefile.database.ledger import PageRow
from casefile.database.sessions import open_database, read_session
from casefile.settings import Settings
from indexer.context import derived_store
from tests.material import SCAN_WORD
from tests.runs import document_row, find, heal, run, verify

SCAN, COPY, LETTER = "50.2-1187/scan.tif", "Akte Zwei/kopie.tif", "50.2-1187/bescheid.pdf"
ATTACHMENT = "Akte Zwei/nachricht.eml!anlage.pdf"


def turn_a_bit(settings: Settings, path: str, entry: str) -> None:
    """In the middle of this entry of the document's pack."""
    sha256 = document_row(settings, path).sha256
    pack = settings.home / "derived" / sha256[:2] / sha256[2:4] / f"{sha256}.zip"
    with zipfile.ZipFile(pack) as archive:
        info = archive.getinfo(entry)
    raw = bytearray(pack.read_bytes())
    raw[info.header_offset + 30 + len(info.filename) + info.file_size // 2] ^= 4
    pack.write_bytes(raw)


def entry_of_page(settings: Settings, path: str, number: int) -> str:
    with read_session(open_database(settings, "ledger")) as session:
        where = PageRow.document_id == document_row(settings, path).id, PageRow.number == number
        return f"{session.scalars(select(PageRow.store_key).where(*where)).one()}.json.zst"


def damaged(settings: Settings) -> set[str]:
    """What `verify --deep` names; nothing else may be wrong."""
    findings = verify(settings, deep=True).findings
    assert [code for code, found in findings.items() if found.count] == ["damaged_texts"]
    return set(findings["damaged_texts"].examples)


def test_turned_bits_are_named_and_the_next_run_mends_them(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    assert verify(instance, deep=True).ok
    turn_a_bit(instance, SCAN, entry_of_page(instance, SCAN, 1))
    turn_a_bit(instance, LETTER, "manifest.json")
    turn_a_bit(instance, ATTACHMENT, "original")
    assert verify(instance).ok, "only --deep reads the derived store"
    named = {f"{SCAN}#1", f"{COPY}#1", f"{LETTER} (Seitenverzeichnis)", f"{ATTACHMENT} (Anlage im Original)"}
    assert damaged(instance) == named
    assert run(instance, tree).processed == 4  # scan, copy, letter, mail
    assert verify(instance, deep=True).ok
    assert derived_store(instance).damaged() == []
    assert find(instance, SCAN_WORD) == [f"{SCAN}#1", f"{COPY}#1"]

    turn_a_bit(instance, SCAN, entry_of_page(instance, SCAN, 1))
    assert heal(instance, deep=True).reread == 2  # the scan and its copy
    run(instance, tree)
    assert verify(instance, deep=True).ok
