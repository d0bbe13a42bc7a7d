"""Stage: what a document is, where its cover sheet does not say it, from the texts that are loaded anyway."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import DocumentRow, FileRow
from casefile.model import CaseFile
from indexer.index_records import LoadedPage
from indexer.infer.infer import INFERENCE, infer
from indexer.infer.model import Evidence
from indexer.ledger.cases import apply_cover, listed_documents


def settle_inference(
    sessions: sessionmaker[Session], document: DocumentRow, case: CaseFile, pages: Sequence[LoadedPage]
) -> DocumentRow:
    """The document's row with kind and date settled; looked at once per version of the rules."""
    if document.inference == INFERENCE or not pages:
        return document
    with sessions.begin() as session:
        row = session.get_one(DocumentRow, document.id)
        row.inferred = infer(_evidence(session, row, pages)).to_json()
        row.inference = INFERENCE
        apply_cover(session, row, case, listed_documents(case), session.get_one(FileRow, row.file_id).path)
    return row


def _evidence(session: Session, row: DocumentRow, pages: Sequence[LoadedPage]) -> Evidence:
    carrier = session.get(DocumentRow, row.parent_id) if row.parent_id else None
    carried = carrier.header if carrier is not None else {}
    first = next((page.text.text for page in pages if page.number == 1), "")
    return Evidence(
        row.path,
        media_type=row.media_type,
        subject=row.header.get("subject", ""),
        sent=row.header.get("sent", ""),
        sender=row.header.get("sender", ""),
        carried=carried.get("sent", "")[:10],
        language=row.language if len(row.language) == 2 else "",
        first=first,
        last=pages[-1].text.text,
    )
