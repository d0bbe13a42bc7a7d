"""What of a document goes into its index records."""

from __future__ import annotations

from casefile.database.ledger import DocumentRow
from casefile.index import fields
from casefile.model import CaseFile, CoverSheet, CoverState
from indexer.index_records import document_record


def test_the_own_title_is_searched_beside_that_of_the_cover_sheet() -> None:
    case = CaseFile("c" * 32, "bestand", "Akte 1", CoverState.MISSING, CoverSheet())
    document = DocumentRow(
        id="d" * 32, path="Akte 1/Dok_024.odt", title="Mietvertrag", own_title="Vorlage Quittenhof", acl_id="", kind="",
        date="", sender="", language="", page_count=1, media_type="text/plain",
    )  # fmt: skip
    titles = document_record(case, document, [])[fields.TITLE]
    assert titles[:2] == ["Mietvertrag", "Vorlage Quittenhof"]
    document.title = document.own_title
    assert len(document_record(case, document, [])[fields.TITLE]) == len(titles) - 1
