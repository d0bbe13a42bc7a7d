"""The hits of a search as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casefile.database.events import Action
from casefile.model import page_id
from oversight.audit import Actor
from oversight.spreadsheet import csv_line
from search_ui import ledgerview
from search_ui.answering import looking
from search_ui.retrieval.answer import Answer, answer
from search_ui.retrieval.kept import kept_search, refuse_search
from search_ui.retrieval.marking import snippet
from search_ui.retrieval.result import Found, PageHit, in_reading_order
from search_ui.services import Services

MOST = 500  # hits; a text excerpt of each is fetched
HEADINGS = ("Akte", "Personen", "Stelle", "Dokument", "Art", "Datum", "Seite", "Grund", "Auszug", "Datei")
BYTE_ORDER_MARK = "\ufeff"  # spreadsheets take the file for Windows-1252 without it


@dataclass(frozen=True)
class _FirstInOrder:
    """The first hits in the order of the hit list."""

    def hits(self, found: Found) -> Sequence[PageHit]:
        return in_reading_order(found.groups)[:MOST]

    def list_page(self, _found: Found) -> None:
        return None


def hit_table(services: Services, actor: Actor, identifier: str) -> str:
    """CSV of the first hits of an own kept search. Raises AccessDenied `search_gone`, EnvironmentFault."""
    with looking(services.databases, actor) as look:
        scope = look.scope
        request = kept_search(look.accounts, services.settings, scope.user_id, identifier)
    if request is None:
        raise refuse_search(services, actor, identifier)
    selection = _FirstInOrder()
    given = answer(services, actor, scope, request, selection, action=Action.EXPORT)
    lines = (csv_line(HEADINGS), *_lines(given, selection.hits(given.found)))
    return BYTE_ORDER_MARK + "".join(lines)


def _lines(given: Answer, hits: Sequence[PageHit]) -> Iterator[str]:
    for hit in hits:
        document = given.rows.documents[hit.document_id]
        case = ledgerview.as_case(given.rows.cases[hit.case_id])
        mark = given.marks.get(page_id(hit.document_id, hit.number))
        yield csv_line(
            (
                case.title,
                " · ".join(person.display for person in case.cover.personen),
                case.cover.stelle,
                ledgerview.document_title(document),
                document.kind,
                document.date,
                hit.number,
                mark.why.value if mark else "",
                snippet(mark).plain if mark else "",
                document.path,
            )
        )
