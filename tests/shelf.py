"""A small stock made by hand: ledger, derived store, index and source files, without Tika and recognition."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen

from casefile.database.ledger import (
    AclRow,
    CaseRow,
    DocumentRow,
    FileRow,
    PageRow,
    RootRow,
)
from casefile.database.sessions import open_database
from casefile.index.schema import IndexKind
from casefile.index.writer import IndexWriter
from casefile.instance import opensearch_url, tika_url
from casefile.model import CaseFile, CoverSheet, CoverState, FileRole, State, acl_id, case_id, document_id, page_id
from casefile.pagetext import PageText, TextSource, Word
from casefile.settings import Settings, load_settings
from casefile.storage.derived import DerivedStore
from casefile.storage.packs import Manifest
from indexer.enrich import find_on_page
from indexer.index_records import LoadedPage, document_record, page_record
from tests.material import text_pdf

ROOT = "bestand"


@dataclass(frozen=True)
class Shelved:
    """Ids of a case that was put on the shelf; `documents` by file name."""

    case: str
    documents: Mapping[str, str] = field(default_factory=dict)


class Shelf:
    """Puts cases into the ledger and the index of one instance."""

    def __init__(self, settings: Settings, source: Path) -> None:
        self.settings = settings
        self._source = source
        self._ledger = open_database(settings, "ledger")
        self._derived = DerivedStore(settings.home / "derived")
        self._store = IndexWriter.open(settings)
        self._store.create_indices()
        with self._ledger.begin() as session:
            row = RootRow(name=ROOT, path=str(source))
            session.add(row)
            session.flush()
            self._root_id = row.id

    def close(self) -> None:
        self._store.close()
        self._ledger.kw["bind"].dispose()

    def put(
        self, folder: str, cover: CoverSheet, documents: Mapping[str, Sequence[str]], kind: str = "", date: str = ""
    ) -> Shelved:
        """A case with born-digital PDFs; each page is its text."""
        case = CaseFile(case_id(ROOT, folder), ROOT, folder, CoverState.PRESENT, cover)
        self._add_case(case)
        found = {name: self._add_document(case, name, pages, kind, date) for name, pages in documents.items()}
        self._store.refresh()
        return Shelved(case.id, found)

    def put_failed(self, shelved: Shelved, folder: str, name: str, reason: str) -> None:
        """A file that could not be opened: one failed page."""
        path = f"{folder}/{name}"
        with self._ledger.begin() as session:
            case = session.get_one(CaseRow, shelved.case)
            right = acl_id(case.unit, CoverSheet.from_json(case.cover).vertraulichkeit, "")
            file = self._file_row(path, "0" * 64, shelved.case, State.FAILED, reason)
            session.add(file)
            session.flush()
            row = _document_row(document_id("0" * 64, ROOT, path), file.id, shelved.case, path, 1, right)
            row.state, row.reason = State.FAILED, reason
            session.add(row)
            session.flush()
            session.add(PageRow(document_id=row.id, number=1, state=State.FAILED, reason=reason))

    def _add_case(self, case: CaseFile) -> None:
        cover = case.cover
        with self._ledger.begin() as session:
            session.add(
                CaseRow(
                    id=case.id,
                    root_id=self._root_id,
                    folder=case.folder,
                    cover_state=case.cover_state,
                    cover=cover.to_json(),
                    aktenzeichen=cover.aktenzeichen,
                    unit=cover.stelle,
                    confidentiality=int(cover.vertraulichkeit),
                    indexed_version=1,
                )
            )

    def _add_document(self, case: CaseFile, name: str, pages: Sequence[str], kind: str, date: str) -> str:
        path = f"{case.folder}/{name}"
        target = self._source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        text_pdf(target, pages)
        sha256 = hashlib.sha256(target.read_bytes()).hexdigest()
        identifier = document_id(sha256, ROOT, path)
        right = acl_id(case.cover.stelle, case.cover.vertraulichkeit, kind)
        texts = {number: page_text(text) for number, text in enumerate(pages, 1)}
        with self._ledger.begin() as session:
            if session.get(AclRow, right) is None:
                session.add(
                    AclRow(
                        id=right,
                        unit=case.cover.stelle,
                        confidentiality=int(case.cover.vertraulichkeit),
                        kind=kind,
                    )
                )
            file = self._file_row(path, sha256, case.id, State.CONFIRMED)
            session.add(file)
            session.flush()
            row = _document_row(identifier, file.id, case.id, path, len(pages), right)
            row.sha256, row.title, row.kind, row.date = sha256, name.rsplit(".", 1)[0], kind, date
            session.add(row)
            session.flush()
            for number in texts:
                session.add(
                    PageRow(document_id=identifier, number=number, state=State.CONFIRMED, store_key=f"seite-{number}")
                )
        for number, text in texts.items():
            self._derived.put_page(sha256, f"seite-{number}", text)
        self._derived.pack(sha256, Manifest("application/pdf", len(pages), {n: f"seite-{n}" for n in texts}))
        loaded = []
        for number in texts:
            text = self._derived.searched_page(sha256, number, f"seite-{number}")
            assert text is not None
            loaded.append(LoadedPage(number, text, "de", find_on_page(text.text)))
        records = [(page_id(identifier, page.number), page_record(case, row, page)) for page in loaded]
        outcomes = self._store.index_bulk(IndexKind.PAGES, records)
        outcomes += self._store.index_bulk(IndexKind.DOCUMENTS, [(identifier, document_record(case, row, loaded))])
        assert not [outcome for outcome in outcomes if outcome.error]
        return identifier

    def _file_row(self, path: str, sha256: str, case: str, state: State, reason: str = "") -> FileRow:
        return FileRow(
            root_id=self._root_id,
            path=path,
            raw_path=os.fsencode(path),
            size=1,
            mtime_ns=1,
            ctime_ns=1,
            inode=1,
            sha256=sha256,
            role=FileRole.DOCUMENT,
            state=state,
            reason=reason,
            case_id=case,
        )


def page_text(text: str) -> PageText:
    """Words stand in lines of equal height, each as wide as its letters."""
    words = []
    for line_number, line in enumerate(re.finditer(r"[^\n]+", text)):
        top = 0.05 + 0.04 * line_number
        for word in re.finditer(r"\S+", line.group()):
            left, right = 0.05 + word.start() * 0.01, 0.05 + word.end() * 0.01
            start = line.start() + word.start()
            words.append(Word(start, start + len(word.group()), left, top, right, top + 0.02, 95))
    return PageText(text, TextSource.LAYER, tuple(words), 100.0, 595.0, 842.0)


@contextmanager
def own_instance(engine: Settings, home: Path) -> Iterator[Settings]:
    """Like the fixture `instance`, for as long as the caller likes."""
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    settings = load_settings(
        home=home, opensearch_url=opensearch_url(engine), tika_url=tika_url(engine), index_prefix=prefix
    )
    yield settings
    with urlopen(f"{settings.opensearch_url}/_cat/indices/{prefix}*?h=index", timeout=30) as answer:
        names = answer.read().decode().split()
    for name in names:
        request = Request(f"{settings.opensearch_url}/{name}", method="DELETE")
        urlopen(request, timeout=30).close()


def _document_row(identifier: str, file_id: int, case: str, path: str, pages: int, right: str) -> DocumentRow:
    return DocumentRow(
        id=identifier,
        file_id=file_id,
        case_id=case,
        path=path,
        sha256="0" * 64,
        media_type="application/pdf",
        title="",
        kind="",
        date="",
        page_count=pages,
        acl_id=right,
        state=State.CONFIRMED,
    )
