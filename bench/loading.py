"""How many pages a second the way from the derived store into the index takes, next to a bare bulk request.

Both sides send the same records to the same node; the difference is what the ledger and the reading back cost.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import Figure
from casefile.database.ledger import DocumentRow, FileRow
from casefile.database.sessions import open_database
from casefile.index.schema import IndexKind
from casefile.index.writer import IndexWriter
from casefile.model import CaseFile, CoverSheet, CoverState, State, case_id, page_id
from casefile.pagetext import PageText, TextSource
from casefile.settings import Settings, load_settings
from casefile.storage.derived import DerivedStore
from casefile.storage.packs import Manifest
from engine import control
from indexer.covers.cases import CaseEntry
from indexer.enrich import find_on_page, page_language
from indexer.index_records import LoadedPage, page_record
from indexer.ledger import cases, documents, runs
from indexer.ledger.entries import DocumentEntry, PageEntry
from indexer.load import load_document

DOCUMENTS, PAGES = 20, 30
WORDS = 260


def figures() -> Iterable[Figure]:
    with _engine() as settings:
        store = IndexWriter.open(settings)
        store.create_indices()
        texts = list(_texts())
        whole = _time_pipeline(settings, store, texts)
        bare = _time_bulk(store, texts)
        store.close()
    total = DOCUMENTS * PAGES
    yield Figure("load with ledger and read-back", total / whole, "pages/s", "bare bulk", bare / whole)
    yield Figure("bare bulk of ready records", total / bare, "pages/s")


@contextmanager
def _engine() -> Iterator[Settings]:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(home=Path(folder), index_prefix="bench")
        control.start(settings)
        try:
            yield settings
        finally:
            control.stop(settings)


def _texts() -> Iterator[list[str]]:
    chance = random.Random(1)
    syllables = ["miet", "be", "schei", "nung", "an", "trag", "zah", "lung", "er", "klä", "rung", "ab", "wei", "sung"]
    lexicon = ["".join(chance.choices(syllables, k=chance.randint(2, 5))) for _ in range(5000)]
    for _ in range(DOCUMENTS):
        yield [" ".join(chance.choices(lexicon, k=WORDS)) for _ in range(PAGES)]


def _time_pipeline(settings: Settings, store: IndexWriter, texts: list[list[str]]) -> float:
    sessions = open_database(settings, "ledger")
    derived = DerivedStore(settings.home / "derived")
    root = runs.ensure_root(sessions, "bench", settings.home)
    case = CaseFile(case_id("bench", "a"), "bench", "a", CoverState.PRESENT, CoverSheet(aktenzeichen="1/20"))
    cases.store_cases(sessions, root.id, [CaseEntry(case)])
    with sessions.begin() as session:
        file = FileRow(root_id=root.id, path="a", raw_path=b"a", size=1, mtime_ns=1, ctime_ns=1, inode=1)
        file.role, file.state, file.case_id = "document", State.FOUND, case.id
        session.add(file)
    began = time.perf_counter()
    for number, pages in enumerate(texts):
        sha = f"{number:064x}"
        keyed = {f"k{n}": PageText(text, TextSource.LAYER, quality=100.0) for n, text in enumerate(pages, 1)}
        entries = tuple(PageEntry(n, State.EXTRACTED, store_key=f"k{n}") for n in range(1, len(pages) + 1))
        entry = DocumentEntry(f"a/{number}.pdf", sha, "application/pdf", "", entries)
        identifier = documents.record_document(sessions, file, "bench", case, entry)
        derived.pack(
            sha, Manifest("application/pdf", len(pages), {n: f"k{n}" for n in range(1, len(pages) + 1)}), keyed
        )
        load_document(sessions, store, derived, case, identifier)
    return time.perf_counter() - began


def _time_bulk(store: IndexWriter, texts: list[list[str]]) -> float:
    case = CaseFile("c" * 32, "bare", "a", CoverState.PRESENT, CoverSheet(aktenzeichen="1/20"))
    batches = [
        [_record(case, number, n, text) for n, text in enumerate(pages, 1)] for number, pages in enumerate(texts)
    ]
    began = time.perf_counter()
    for batch in batches:
        store.index_bulk(IndexKind.PAGES, batch)
    return time.perf_counter() - began


def _record(case: CaseFile, number: int, page: int, text: str) -> tuple[str, dict[str, object]]:
    identifier = f"{number:032x}"
    row = DocumentRow(id=identifier, acl_id="a", path=f"a/{number}.pdf", title="", kind="", date="", language="de")
    loaded = LoadedPage(page, PageText(text, TextSource.LAYER, quality=100.0), page_language(text), find_on_page(text))
    return page_id(identifier, page), page_record(case, row, loaded)
