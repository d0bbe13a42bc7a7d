"""Texts and archives without measure, through the real Tika: bounded, and what is left out is on record."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest

from casefile.database.counts import embedded_counts, source_counts
from casefile.database.sessions import open_database, read_session
from casefile.errors import DocumentFault, Reason
from casefile.index.schema import IndexKind
from casefile.index.writer import IndexWriter
from casefile.settings import Settings
from indexer.context import derived_store
from indexer.extract import Extracted
from indexer.extract.split import MOST_CHARACTERS, split_text
from indexer.ledger import cleanup, runs
from indexer.pipeline import index_root
from indexer.progress import Reporter
from indexer.upkeep.failures import Failure, failures
from indexer.upkeep.report import print_reports
from indexer.upkeep.verify import RootReport, verify_root
from tests.material import Read, mail_with_attachment, zipped

MIB = 1024**2
TOO_LARGE = Reason.TOO_LARGE
ENDLESS = "Bombenwort " * 55_000
LINE = "Zeile eines Protokolls, die sich ohne Ende wiederholt.\n"


def outcome(found: Extracted) -> list[Reason | None]:
    return [page.fault for page in found.pages]


def words(seed: int, size: int) -> bytes:
    """Text of different words that packs to about a fifth."""
    source = random.Random(seed)
    text = " ".join(f"Vermerk{source.randrange(10**6)}" for _ in range(size // 14))
    return text.encode()


def deflated(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_text_without_measure_is_bounded(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "protokoll.log.txt"
    text = LINE * (2 * MIB // len(LINE))
    path.write_text(text)
    found = read(path, max_text_pages=100)
    assert outcome(found) == [None] * 100 + [TOO_LARGE]
    assert found.pages[-1].detail.startswith(f"Der Text füllt {len(split_text(text))} Seiten")
    assert found.pages[-1].detail.endswith("gelesen sind die ersten 100 (AKTENSUCHE_MAX_TEXT_PAGES)")
    assert set(outcome(read(path))) == {None}


def test_tables_and_mails_are_bounded_too(read: Read, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for number in range(2500):
        book.active.append([number, "Nebenkosten", "Vorauszahlung", 123.45])
    book.save(tmp_path / "tabelle.xlsx")
    mail_with_attachment(tmp_path / "mail.eml", LINE * 1000, "Anlage")
    for name in ("tabelle.xlsx", "mail.eml"):
        assert outcome(read(tmp_path / name, max_text_pages=2)) == [None, None, TOO_LARGE], name
    assert len(read(tmp_path / "mail.eml", max_text_pages=2).embedded) == 1


def test_a_small_archive_of_endless_texts_stays_closed(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "bombe.zip"
    path.write_bytes(deflated({f"{n:04d}.txt": f"{n} ".encode() + LINE.encode() * 1900 for n in range(1000)}))
    assert path.stat().st_size < MIB
    found = read(path)
    assert {(e.content, e.fault) for e in found.embedded} == {(b"", TOO_LARGE)}
    assert len(found.embedded) == 1000
    assert "100-Fache" in found.embedded[0].detail
    assert outcome(found) == [None], "its list of names stays readable"


def test_an_honest_archive_is_read(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "lieferung.zip"
    path.write_bytes(deflated({f"{n}.txt": words(n, 3 * MIB) for n in range(5)}))
    assert [e.fault for e in read(path).embedded] == [None] * 5


@pytest.mark.parametrize("name", ["bombe.txt.gz", "bombe.tar.gz", "bombe.tar.xz"])
def test_other_archives_are_held_to_the_same(read: Read, tmp_path: Path, name: str) -> None:
    path, text = tmp_path / name, LINE.encode() * (40 * MIB // len(LINE))
    if ".tar" not in name:
        path.write_bytes(gzip.compress(text))
    else:
        with tarfile.open(path, f"w:{name[-2:]}") as archive:
            entry = tarfile.TarInfo("endlos.txt")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
    assert path.stat().st_size < MIB
    reasons = everything(read, path)
    assert TOO_LARGE in reasons and sum(reason is None for reason in reasons) < 10, reasons


def everything(read: Read, path: Path) -> list[Reason | None]:
    """Faults of all pages, those of what is inside included, as the pipeline would find them."""
    try:
        found = read(path)
    except DocumentFault as fault:
        return [fault.reason]
    faults = outcome(found)
    for entry in found.embedded:
        inner = path.with_name(f"innen-{entry.ordinal}-{Path(entry.name).name}")
        inner.write_bytes(entry.content)
        faults += [entry.fault] if entry.fault else everything(read, inner)
    return faults


def test_a_document_that_is_a_bomb_itself_is_bounded_by_its_pages(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "brief.docx"
    docx.Document().save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    endless = b"<w:body>" + b"<w:p><w:r><w:t>endlos</w:t></w:r></w:p>" * 200_000
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:body>", endless)
    path.write_bytes(deflated(parts))
    assert path.stat().st_size < 100_000
    assert outcome(read(path, max_text_pages=20)) == [None] * 20 + [TOO_LARGE]


# --- through the whole pipeline


def run(settings: Settings, root: Path) -> None:
    with Reporter("bestand", quiet=True) as reporter:
        index_root(settings, root, "bestand", reporter)


def verified(settings: Settings) -> tuple[RootReport, list[Failure]]:
    sessions = open_database(settings, "ledger")
    store = IndexWriter.open(settings)
    report = verify_root(sessions, store, derived_store(settings), runs.all_roots(sessions)[0])
    store.close()
    with read_session(sessions) as session:
        return report, list(failures(session))


def hits(settings: Settings, word: str) -> int:
    store = IndexWriter.open(settings)
    store.refresh()
    answer = store.search(IndexKind.PAGES, {"query": {"match": {"text": word}}, "size": 0, "track_total_hits": True})
    store.close()
    return int(answer["hits"]["total"]["value"])


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A long text whose last words lie beyond the bound; a nested bomb; an archive within all bounds."""
    root = tmp_path / "bestand" / "Akte"
    root.mkdir(parents=True)
    (root / "lang.txt").write_text("Anfangswort " + LINE * (4 * MOST_CHARACTERS // len(LINE)) + "Schlusswort")
    inner = deflated({"endlos.txt": ENDLESS.encode()})
    (root / "bombe.zip").write_bytes(zipped({f"{n}.zip": inner for n in range(4)}))
    (root / "gut.zip").write_bytes(deflated({"a.txt": b"Archivwort eins", "b.txt": b"Archivwort zwei"}))
    return root.parent


def test_what_is_left_out_is_on_record_and_can_be_had(
    instance: Settings, tree: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.extract.allowance.ALWAYS", MIB)  # spares the index a thousand pages
    bounded = instance.model_copy(update={"max_text_pages": 3, "max_unpack_ratio": 5})
    run(bounded, tree)
    report, found = verified(bounded)
    assert report.ok, report.findings
    assert (hits(bounded, "Anfangswort"), hits(bounded, "Schlusswort"), hits(bounded, "Archivwort")) == (1, 0, 2)
    assert hits(bounded, "Bombenwort") == 3, (
        "the first of the four is within what is always allowed, and cut after three pages"
    )
    told = [(failure.path, failure.page, failure.code) for failure in found]
    assert told == [
        ("Akte/bombe.zip!0.zip!endlos.txt", 4, "too_large"),
        *((f"Akte/bombe.zip!{n}.zip!endlos.txt", 1, "too_large") for n in (1, 2, 3)),
        ("Akte/lang.txt", 4, "too_large"),
    ]
    assert "AKTENSUCHE_MAX_UNPACK_RATIO" in found[1].detail and "AKTENSUCHE_MAX_TEXT_PAGES" in found[-1].detail
    assert all("Grenze anheben" in failure.remedy for failure in found)
    assert report.reported == {"too_large": 5}
    print_reports([report])
    assert "5 too_large → „aktensuche failures“" in capfd.readouterr().out

    wide = instance.model_copy(update={"max_unpack_ratio": 10_000})
    sessions = open_database(wide, "ledger")
    cleanup.reset_failed(sessions, Reason.TOO_LARGE, {1})
    run(wide, tree)
    report, found = verified(wide)
    assert (report.ok, found, report.reported) == (True, [], {})
    assert hits(wide, "Schlusswort") == 1 and hits(wide, "Bombenwort") == 4 * len(split_text(ENDLESS))
    with read_session(sessions) as session:
        assert source_counts(session).pages.failed == embedded_counts(session).pages.failed == 0
