"""A collection in the databases and the index of an instance: the index records are those that a run writes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.retrieval.collection import Case, Collection, Document
from casefile.database.ledger import AclRow, CaseRow, DocumentRow, FileRow, PageRow, RootRow
from casefile.database.sessions import open_database
from casefile.index.schema import IndexKind
from casefile.index.writer import IndexWriter, Record
from casefile.model import CaseFile, CoverState, FileRole, Role, State, acl_id, case_id, document_id, page_id
from casefile.pagetext import PageText, TextSource
from casefile.settings import Settings
from casefile.text.pages import searched_page
from indexer.enrich import find_on_page
from indexer.index_records import LoadedPage, case_record, document_record, page_record
from oversight.accounts import add_user

ROOT, USER = "bestand", "messung"
PASSWORD = "ein langes Kennwort"  # noqa: S105 - of an account that exists for the measurement alone
_LANGUAGE = "de"  # detection is slow and decides nothing in ranking


def load(settings: Settings, collection: Collection) -> None:
    """Into empty databases and indices; `USER` may see all of it. Raises RuntimeError where the engine refuses."""
    add_user(open_database(settings, "accounts"), USER, Role.LEAD, ["*"], PASSWORD)
    with open_database(settings, "ledger").begin() as session:
        root = RootRow(name=ROOT, path=str(settings.home / "quelle"))
        session.add(root)
        session.flush()
        _put_ledger(session, root.id, collection)
    records = _records(collection)
    with closing(IndexWriter.open(settings)) as store:
        store.create_indices()
        for kind, of_kind in records.items():
            refused = [outcome.error for outcome in store.index_bulk(kind, of_kind) if outcome.error]
            if refused:
                raise RuntimeError(refused[0])
        store.refresh()


def identifier(document: Document) -> str:
    return document_id(_sha256(document), ROOT, document.path)


def _put_ledger(session: Session, root: int, collection: Collection) -> None:
    rights = {
        acl_id(case.cover.stelle, case.cover.vertraulichkeit, document.kind): (case, document.kind)
        for case in collection.cases
        for document in case.documents
    }
    session.execute(
        insert(AclRow),
        [
            {"id": right, "unit": case.cover.stelle, "confidentiality": int(case.cover.vertraulichkeit), "kind": kind}
            for right, (case, kind) in rights.items()
        ],
    )
    session.execute(insert(CaseRow), [_case_values(root, case) for case in collection.cases])
    owned = [(number, case, document) for number, (case, document) in enumerate(_owned(collection), 1)]
    session.execute(insert(FileRow), [_file_values(root, *one) for one in owned])
    session.execute(insert(DocumentRow), [_document_values(*one) for one in owned])
    session.execute(
        insert(PageRow),
        [
            {"document_id": identifier(document), "number": number, "state": State.CONFIRMED, "store_key": f"{number}"}
            for _, _, document in owned
            for number in range(1, len(document.pages) + 1)
        ],
    )


def _owned(collection: Collection) -> Iterator[tuple[Case, Document]]:
    return ((case, document) for case in collection.cases for document in case.documents)


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
        "acl_id": acl_id(case.cover.stelle, case.cover.vertraulichkeit, document.kind),
        "state": State.CONFIRMED,
    }


def _sha256(document: Document) -> str:
    """Of the place instead of the bytes, which this document does not have."""
    return hashlib.sha256(document.path.encode()).hexdigest()


def _records(collection: Collection) -> dict[IndexKind, list[Record]]:
    records: dict[IndexKind, list[Record]] = {kind: [] for kind in IndexKind}
    for case in collection.cases:
        file = _case_file(case)
        records[IndexKind.CASES].append((file.id, case_record(file)))
        for document in case.documents:
            row, pages = DocumentRow(**_document_values(0, case, document)), _loaded_pages(document)
            records[IndexKind.DOCUMENTS].append((row.id, document_record(file, row, pages)))
            records[IndexKind.PAGES] += [(page_id(row.id, page.number), page_record(file, row, page)) for page in pages]
    return records


def _loaded_pages(document: Document) -> list[LoadedPage]:
    """As `DerivedStore.searched_page` gives them: a word broken at a page's end is completed from the next one."""
    read = [PageText(text, TextSource.LAYER, quality=100.0) for text in document.pages]
    pages = [searched_page(page, following) for page, following in zip(read, [*read[1:], None], strict=True)]
    numbered = ((n, page) for n, page in enumerate(pages, 1) if page.text.strip())
    return [LoadedPage(n, page, _LANGUAGE, find_on_page(page.text)) for n, page in numbered]
