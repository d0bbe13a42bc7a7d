"""What the engine really holds of a root, next to what the ledger says it should: the material of verify and heal."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.database.ledger import (
    DocumentRow,
    FileRow,
    PageRow,
    RootRow,
)
from casefile.index import fields
from casefile.index.schema import IndexKind
from casefile.index.store import Store
from casefile.model import SEARCHABLE_STATES, page_id
from casefile.storage.derived import DerivedStore


class IndexedRecords:
    """What the engine holds of one root, read once. Indices that do not exist hold nothing."""

    def __init__(self, store: Store, root: str, *, deep: bool) -> None:
        there = store.indices_exist()
        if there:
            store.refresh()
        wanted = (fields.ACL_ID, fields.TEXT) if deep else (fields.ACL_ID,)
        self.pages = {i: _imprint(source) for i, source in store.scan(IndexKind.PAGES, root, wanted)} if there else {}
        self.others = {
            kind: set(store.ids(kind, root)) if there else set() for kind in (IndexKind.DOCUMENTS, IndexKind.CASES)
        }
        self.deep = deep


def _imprint(source: dict[str, Any]) -> tuple[str, str]:
    """(right, digest of the text); the texts themselves would not fit into memory."""
    return str(source.get(fields.ACL_ID, "")), text_digest(str(source.get(fields.TEXT, "")))


def text_digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_altered(records: IndexedRecords, derived: DerivedStore, row: Any) -> bool:
    """Whether the engine holds another right or (looked at deeply) another text of this page than the ledger's."""
    found = records.pages.get(page_id(row.document_id, row.number))
    if found is None:
        return False
    if found[0] != row.acl_id:
        return True
    text = derived.get_page(row.sha256, row.store_key) if records.deep else None
    return text is not None and text_digest(text.text) != found[1]


def confirmed_pages(session: Session, root: RootRow) -> list[Any]:
    """Searchable pages, read back once, with what is needed to check them, by document."""
    columns = (PageRow.document_id, PageRow.number, PageRow.store_key)
    query = select(*columns, DocumentRow.path, DocumentRow.sha256, DocumentRow.acl_id).join(DocumentRow).join(FileRow)
    query = query.where(FileRow.root_id == root.id, PageRow.state.in_(sorted(SEARCHABLE_STATES)))
    return list(session.execute(query.order_by(PageRow.document_id, PageRow.number)))
