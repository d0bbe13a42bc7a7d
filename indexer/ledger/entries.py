"""Documents and pages as extraction leaves them, and the rows that they become in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casefile.database.ledger import PageRow, ShortfallRow
from casefile.errors import Shortfall
from casefile.model import State
from casefile.names import one_line
from indexer.enrich import ENRICHMENT, Enrichment

MAX_DETAIL = 2000


@dataclass(frozen=True)
class PageEntry:
    """A page as extraction left it: its text is in the derived store (`store_key`), or it awaits OCR, or it failed.

    `shortfalls`: what its text is known to lack; with any, the page will end as partial.
    """

    number: int
    state: State
    reason: str = ""
    detail: str = ""
    source: str = ""
    store_key: str = ""
    quality: float | None = None
    chars: int = 0
    shortfalls: tuple[Shortfall, ...] = ()
    enrichment: Enrichment | None = None


@dataclass(frozen=True)
class DocumentEntry:
    """A document to be recorded. `path`: relative to the root, with `!name` for an attachment.

    `header`: of a mail, its `subject`, `sent` (ISO date) and `sender`.
    """

    path: str
    sha256: str
    media_type: str
    title: str
    pages: tuple[PageEntry, ...]
    parent_id: str | None = None
    detail: str = ""
    header: Mapping[str, str] = field(default_factory=dict)


def fitting(detail: str) -> str:
    return one_line(detail)[:MAX_DETAIL]


def shortfall_rows(document: str, page: PageEntry) -> list[ShortfallRow]:
    return [
        ShortfallRow(
            document_id=document,
            number=page.number,
            position=position,
            reason=shortfall.reason.value,
            detail=fitting(shortfall.detail),
        )
        for position, shortfall in enumerate(page.shortfalls)
    ]


def page_row(document: str, page: PageEntry) -> PageRow:
    return PageRow(
        document_id=document,
        number=page.number,
        state=page.state,
        reason=page.reason,
        detail=fitting(page.detail),
        source=page.source,
        store_key=page.store_key,
        quality=page.quality,
        chars=page.chars,
        **(enriched(page.enrichment) if page.enrichment else {}),
    )


def enriched(enrichment: Enrichment) -> dict[str, Any]:
    return {
        "language": enrichment.language,
        "findings": enrichment.findings.to_json(),
        "enrichment": ENRICHMENT,
    }
