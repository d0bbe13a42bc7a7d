"""Pages that are ready for the index: from ledger rows and the derived store, without Tika or recognition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import DocumentRow, PageRow
from casefile.pagetext import PageText
from casefile.storage.derived import DerivedStore
from indexer.enrich import ENRICHMENT, Enrichment, Findings, enrich_page
from indexer.index_records import LoadedPage
from indexer.ledger.documents import store_enrichments


@dataclass(frozen=True)
class Loadable:
    """`missing`: numbers of pages whose text the derived store no longer has; the file must be read again."""

    pages: tuple[LoadedPage, ...]
    missing: tuple[int, ...]


def loadable_pages(
    sessions: sessionmaker[Session], derived: DerivedStore, document: DocumentRow, rows: Sequence[PageRow]
) -> Loadable:
    """What was read out of a page's text is computed once, and again only where an older program did it."""
    with derived.reader(document.sha256) as stored:
        texts = {row.number: stored.searched_page(row.number, row.store_key) for row in rows}
    known = {row.number: _stored(row) for row in rows if row.enrichment == ENRICHMENT}
    fresh = {
        number: enrich_page(text.text) for number, text in texts.items() if text is not None and number not in known
    }
    store_enrichments(sessions, document.id, fresh)
    enriched = known | fresh
    pages = tuple(_page(number, text, enriched[number]) for number, text in texts.items() if text is not None)
    return Loadable(pages, tuple(number for number, text in texts.items() if text is None))


def _stored(row: PageRow) -> Enrichment:
    return Enrichment(row.language, Findings.from_json(row.findings))


def _page(number: int, text: PageText, enrichment: Enrichment) -> LoadedPage:
    return LoadedPage(number, text, enrichment.language, enrichment.findings)
