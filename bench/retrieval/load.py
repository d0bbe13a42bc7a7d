"""A collection in the databases and the index of an instance: the index records are those that a run writes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import count
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.retrieval.collection import Case, Document
from casefile.batches import batches
from casefile.database.ledger import AclRow, CaseRow, DocumentRow, FileRow, LedgerBase, PageRow, RootRow
from casefile.database.sessions import open_database
from casefile.index.schema import IndexKind
from casefile.index.writer import IndexWriter, Record
from casefile.model import CaseFile, CoverState, FileRole, Role, State, acl_id, case_id, document_id, page_id
from casefile.pagetext import PageText, TextSource
from casefile.settings import Settings
from casefile.text.pages import searched_page
from indexer.enrich import Findings, find_on_page
from indexer.index_records import LoadedPage, case_record, document_record, page_record
from oversight.accounts import add_user

ROOT, USER = "bestand", "messung"
PASSWORD = "ein langes Kennwort"  # noqa: S105 - of an account that exists for the measurement alone
_CASES_AT_ONCE = 100
_LANGUAGE = "de"  # detection is slow and decides nothing in ranking


def load(settings: Settings, cases: Iterable[Case], find: Callable[[str], Findings] = find_on_page) -> None:
    """Into empty databases and indices, some cases at a time; `USER` may see all of it.

    `find`: what is read out of a page's text. Raises RuntimeError where the engine refuses a record.
    """
    add_user(open_database(settings, "accounts"), USER, Role.LEAD, ["*"], PASSWORD)
    ledger = open_database(settings, "ledger")
    with ledger.begin() as session:
        root = RootRow(name=ROOT, path=str(settings.home / "quelle"))
        session.add(root)
    numbers, rights = count(1), set[str]()
    with closing(IndexWriter.open(settings)) as store:
        store.create_indices()
        for part in batches(cases, _CASES_AT_ONCE):
            with ledger.begin() as session:
                _put_ledger(session, root.id, part, numbers, rights)
            for kind, records in _records(part, find).items():
                refused = [outcome.error for outcome in store.index_bulk(kind, records) if outcome.error]
                if refused:
                    raise RuntimeError(refused[0])
        store.refresh()


def identifier(document: Document) -> str:
    return document_id(_sha256(document), ROOT, document.path)


def _put_ledger(session: Session, root: int, cases: Sequence[Case], numbers: Iterator[int], rights: set[str]) -> None:
    """`numbers`: of files; `rights`: those that are in the ledger already."""
    owned = [(next(numbers), case, document) for case in cases for document in case.documents]
    found = {_right(case, document): (case.cover, document.kind) for _, case, document in owned}
    fresh = {right: found[right] for right in sorted(found.keys() - rights)}
    rights.update(found)
    tables: dict[type[LedgerBase], list[dict[str, Any]]] = {
        AclRow: [
            {"id": right, "unit": cover.stelle, "confidentiality": int(cover.vertraulichkeit), "kind": kind}
            for right, (cover, kind) in fresh.items()
        ],
        CaseRow: [_case_values(root, case) for case in cases],
        FileRow: [_file_values(root, *one) for one in owned],
        DocumentRow: [_document_values(*one) for one in owned],
        PageRow: [
            {"document_id": identifier(document), "number": number, "state": State.CONFIRMED, "store_key": f"{number}"}
            for _, _, document in owned
            for number in range(1, len(document.pages) + 1)
        ],
    }
    for table, rows in tables.items():
        if rows:
            session.execute(insert(table), rows)


def _right(case: Case, document: Document) -> str:
    return acl_id(case.cover.stelle, case.cover.vertraulichkeit, document.kind)


def _case_file(case: Case) -> CaseFile:
    return CaseFile(case_id(ROOT, case.folder), ROOT, case.folder, CoverState.PRESENT, case.cover)


def _case_values(root: int, case: Case) -> dict[str, Any]:
    cover = case.cover
    return {
        "id": case_id(ROOT, case.folder),
        "root_id": root,
        "folder": case.folder,
        "cover_state": CoverState.PRESENT,
        "cover": cover.to_json(),
        "aktenzeichen": cover.aktenzeichen,
        "unit": cover.stelle,
        "confidentiality": int(cover.vertraulichkeit),
        "indexed_version": 1,
    }


def _file_values(root: int, number: int, case: Case, document: Document) -> dict[str, Any]:
    return {
        "id": number,
        "root_id": root,
        "path": document.path,
        "raw_path": document.path.encode(),
        **dict.fromkeys(("size", "mtime_ns", "ctime_ns", "inode"), 1),
        "sha256": _sha256(document),
        "role": FileRole.DOCUMENT,
        "state": State.CONFIRMED,
        "case_id": case_id(ROOT, case.folder),
    }


def _document_values(number: int, case: Case, document: Document) -> dict[str, Any]:
    return {
        "id": identifier(document),
        "file_id": number,
        "case_id": case_id(ROOT, case.folder),
        "path": document.path,
        "sha256": _sha256(document),
        "media_type": "application/pdf",
        "title": document.title,
        "kind": document.kind,
        "date": document.date,
        "language": _LANGUAGE,
        "page_count": len(document.pages),
        "acl_id": _right(case, document),
        "state": State.CONFIRMED,
    }


def _sha256(document: Document) -> str:
    """Of the place instead of the bytes, which this document does not have."""
    return hashlib.sha256(document.path.encode()).hexdigest()


def _records(cases: Iterable[Case], find: Callable[[str], Findings]) -> dict[IndexKind, list[Record]]:
    records: dict[IndexKind, list[Record]] = {kind: [] for kind in IndexKind}
    for case in cases:
        file = _case_file(case)
        records[IndexKind.CASES].append((file.id, case_record(file)))
        for document in case.documents:
            row, pages = DocumentRow(**_document_values(0, case, document)), _loaded_pages(document, find)
            records[IndexKind.DOCUMENTS].append((row.id, document_record(file, row, pages)))
            records[IndexKind.PAGES] += [(page_id(row.id, page.number), page_record(file, row, page)) for page in pages]
    return records


def _loaded_pages(document: Document, find: Callable[[str], Findings]) -> list[LoadedPage]:
    """As `DerivedStore.searched_page` gives them: a word broken at a page's end is completed from the next one."""
    read = [PageText(text, TextSource.LAYER, quality=100.0) for text in document.pages]
    pages = [searched_page(page, following) for page, following in zip(read, [*read[1:], None], strict=True)]
    numbered = ((n, page) for n, page in enumerate(pages, 1) if page.text.strip())
    return [LoadedPage(n, page, _LANGUAGE, find(page.text)) for n, page in numbered]
