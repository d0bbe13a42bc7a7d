"""Hits as a plain list, for `aktensuche search` and everything that wants JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from casefile.database.events import Channel
from casefile.errors import UsageFault
from casefile.facets import FACETS, YEAR
from casefile.model import page_id
from casefile.wording import counted
from oversight.audit import Actor, operating_system_user
from search_ui import ledgerview
from search_ui.answering import looking
from search_ui.retrieval.answer import Answer, answer
from search_ui.retrieval.marking import snippet
from search_ui.retrieval.question.form import parse_form
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.result import Found, PageHit, Totals
from search_ui.services import Services

# Name on the command line → key of the form. German and English names, those of the facets from their table.
FILTERS = {name: facet.form for facet in FACETS for name in (facet.form, facet.option)}
FILTERS |= {"von": "von", "from": "von", "bis": "bis", "to": "bis", "akte": "akte", "case": "akte"}
_LEFT_BY_JSON = re.compile(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class ListedHit:
    case: str
    document: str
    path: str
    page: int
    snippet: str
    reason: str


@dataclass(frozen=True)
class Listing:
    """The contract's JSON form of an answer.

    `repairs`: what of the question was read otherwise than it was typed. `notices`: what is not among the hits, why.
    """

    total: Totals
    hits: tuple[ListedHit, ...]
    repairs: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def parse_request(
    text: str, filters: Sequence[str], exact: bool, purpose: str, *, purpose_required: bool
) -> SearchRequest:
    """Raises UsageFault with the same messages as the form's fields."""
    form = {"q": text, "zweck": purpose} | ({"exakt": "1"} if exact else {})
    lists: dict[str, list[str]] = {}
    for item in filters:
        name, _, value = item.partition("=")
        key = FILTERS.get(name.strip().lower())
        if key is None or not value.strip():
            raise UsageFault("filter_unknown", f"Unbekannter Filter „{item}“.", "Möglich: " + ", ".join(FILTERS) + ".")
        if key == YEAR.form:
            form |= {"von": value, "bis": value}
        elif key in {"von", "bis", "akte"}:
            form[key] = value
        else:
            lists.setdefault(key, []).append(value)
    parsed = parse_form(form, lists, purpose_required=purpose_required)
    if not parsed.ok:
        raise UsageFault("search_invalid", " ".join(parsed.errors.values()))
    return parsed.request


@dataclass(frozen=True)
class _First:
    """The best pages in the order of the ranking."""

    limit: int

    def hits(self, found: Found) -> Sequence[PageHit]:
        return found.hits[: self.limit]

    def list_page(self, _found: Found) -> None:
        return None


def list_hits(services: Services, user: str, request: SearchRequest, limit: int) -> Listing:
    """Raises AccessDenied, EnvironmentFault."""
    actor = Actor(user, Channel.CLI, operating_system_user())
    with looking(services.databases, actor) as look:
        scope = look.scope
    given = answer(services, actor, scope, request, _First(limit))
    hits = tuple(_listed(given, hit) for hit in given.found.hits[:limit])
    return Listing(given.found.totals, hits, request.question.repairs, given.found.notices)


def _listed(given: Answer, hit: PageHit) -> ListedHit:
    row = given.rows.documents[hit.document_id]
    mark = given.marks.get(page_id(hit.document_id, hit.number))
    return ListedHit(
        case=ledgerview.as_case(given.rows.cases[hit.case_id]).title,
        document=ledgerview.document_title(row),
        path=row.path,
        page=hit.number,
        snippet=snippet(mark).plain if mark else "",
        reason=mark.why.value if mark else "",
    )


def as_lines(listing: Listing) -> Iterator[str]:
    total = listing.total
    yield from map(visible, (*listing.repairs, *listing.notices))
    yield (
        f"{counted(total.pages, 'Seite', 'Seiten')} in {counted(total.documents, 'Dokument', 'Dokumenten')} "
        f"aus {counted(total.cases, 'Akte', 'Akten')}"
    )
    for hit in listing.hits:
        yield ""
        yield visible(f"{hit.case} › {hit.path} › Seite {hit.page}  [{hit.reason}]")
        yield visible(f"  {hit.snippet}")


def visible(text: str) -> str:
    """For a terminal, which would obey control characters: each is shown as U+FFFD."""
    return _CONTROL.sub("\ufffd", text)


def as_json(listing: Listing) -> str:
    """JSON leaves DEL and the C1 controls as they are; a terminal obeys them, so they are escaped too."""
    document = json.dumps(asdict(listing), ensure_ascii=False, indent=1)
    return _LEFT_BY_JSON.sub(lambda found: f"\\u{ord(found.group()):04x}", document)
