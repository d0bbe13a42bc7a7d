"""Runs over a source folder and what came of them: index, verify, heal, find."""

from __future__ import annotations

from pathlib import Path
from urllib.request import Request, urlopen

from sqlalchemy import select

from casefile.database.ledger import DocumentRow
from casefile.database.sessions import open_database, read_session
from casefile.index.schema import PUBLISHED, IndexKind, Schema
from casefile.index.writer import IndexWriter
from casefile.settings import Settings
from indexer.context import derived_store
from indexer.ledger import runs
from indexer.pipeline import Summary, index_root
from indexer.progress import Reporter
from indexer.upkeep.heal import Healed, heal_root
from indexer.upkeep.verify import RootReport, verify_root


def run(settings: Settings, root: Path, schema: Schema = PUBLISHED, **options: bool) -> Summary:
    with Reporter("bestand", quiet=True) as reporter:
        return index_root(settings, root, "bestand", reporter, schema=schema, **options)


def verify(settings: Settings, *, deep: bool = False, schema: Schema = PUBLISHED) -> RootReport:
    sessions = open_database(settings, "ledger")
    store = IndexWriter.open(settings, schema=schema)
    try:
        return verify_root(sessions, store, derived_store(settings), runs.all_roots(sessions)[0], deep=deep)
    finally:
        store.close()


def heal(settings: Settings, *, deep: bool = False) -> Healed:
    sessions = open_database(settings, "ledger")
    (root,) = runs.all_roots(sessions)
    store = IndexWriter.open(settings)
    try:
        return heal_root(sessions, store, derived_store(settings), root, deep=deep)
    finally:
        store.close()


def find(settings: Settings, word: str) -> list[str]:
    store = IndexWriter.open(settings)
    store.refresh()
    answer = store.search(IndexKind.PAGES, {"query": {"match": {"text": word}}, "size": 50})
    store.close()
    return sorted(f"{hit['_source']['path']}#{hit['_source']['page']}" for hit in answer["hits"]["hits"])


def document_row(settings: Settings, path: str) -> DocumentRow:
    with read_session(open_database(settings, "ledger")) as session:
        return session.scalars(select(DocumentRow).where(DocumentRow.path == path)).one()


def delete_index(settings: Settings, name: str) -> None:
    """As by somebody who is not this program."""
    urlopen(Request(f"{settings.opensearch_url}/{name}", method="DELETE"), timeout=30).close()
