from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response

from casefile.database.sessions import read_session
from casefile.facets import VALUE_FACETS
from search_ui.retrieval.kept import keep_search, own_search
from search_ui.retrieval.question.form import MAX_TEXT, Parsed, clean_text, parse_form
from search_ui.retrieval.question.purpose import search_needs_purpose
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.search import SearchAnswer, open_search, search
from search_ui.searches.own import OwnSearches, own_searches
from search_ui.searches.table import hit_table
from search_ui.web import htmx
from search_ui.web.chips import add_filter, chips, remove_filter
from search_ui.web.current import actor, services, signed_in
from search_ui.web.dates import german_end
from search_ui.web.needs import Need, needs

blueprint = Blueprint("search", __name__)


@blueprint.get("/suche")  # a reload where a form was refused
@blueprint.get("/")
@needs(Need.ACCOUNT)
def start() -> Response:
    with read_session(services().accounts) as session:
        own = own_searches(session, services().settings, signed_in().id)
    return _form_page(Parsed(SearchRequest()), own=own)


@blueprint.post("/suche")
@needs(Need.ACCOUNT)
def submit() -> Response:
    parsed = _typed()
    return _go_to(parsed.request) if parsed.ok else _form_page(parsed, 422)


def _purpose_required() -> bool:
    """Before somebody has signed in again, only what is asked of everybody."""
    known = g.user is not None
    return search_needs_purpose(services(), actor()) if known else services().settings.purpose_required


def typed_search(user_id: int) -> str | None:
    """For a person whose session has timed out: the address under which the search in this form is kept meanwhile."""
    if request.endpoint == "search.change_filter":
        return url_for("search.show", **(request.view_args or {}))
    parsed = _typed() if request.endpoint == "search.submit" else None
    if parsed is None or not parsed.ok:
        return None
    return url_for("search.show", identifier=keep_search(services().accounts, user_id, parsed.request))


def _typed() -> Parsed:
    lists = {facet.form: request.form.getlist(facet.form) for facet in VALUE_FACETS}
    return parse_form(request.form, lists, purpose_required=_purpose_required())


@blueprint.get("/suche/<identifier>")
@needs(Need.ACCOUNT)
def show(identifier: str) -> Response:
    asked, answer = open_search(services(), actor(), identifier, request.args.get("blatt", 1, int))
    return _hit_list_page(identifier, asked, answer)


def _hit_list_page(identifier: str, asked: SearchRequest, answer: SearchAnswer) -> Response:
    return htmx.page(
        "suche.html",
        parsed=Parsed(asked, values=_typed_again(asked)),
        answer=answer,
        search_id=identifier,
        chips=chips(asked, answer.cases[0].title if answer.cases else ""),
        purpose_required=_purpose_required(),
    )


@blueprint.get("/suche/<identifier>/treffer.csv")
@needs(Need.ACCOUNT)
def table(identifier: str) -> Response:
    named = {"Content-Disposition": 'attachment; filename="treffer.csv"'}
    return Response(hit_table(services(), actor(), identifier), mimetype="text/csv", headers=named)


@blueprint.post("/suche/<identifier>/filter")
@needs(Need.ACCOUNT)
def change_filter(identifier: str) -> Response:
    """Each facet value, chip and suggestion is a button of one form; what it adds, removes or says is its value."""
    asked = own_search(services(), actor(), signed_in().id, identifier)
    changed = add_filter(asked.filters, request.form.get("plus", ""))
    changed = remove_filter(changed, request.form.get("minus", ""))
    exact = asked.exact and not request.form.get("ungenau")
    text = clean_text(request.form.get("text", ""))[:MAX_TEXT] or asked.text
    return _go_to(replace(asked, text=text, filters=changed, exact=exact))


def _go_to(asked: SearchRequest) -> Response:
    """A redirect to the kept search; for htmx its answer at once, with the address, which saves a round trip."""
    identifier = keep_search(services().accounts, signed_in().id, asked)
    url = url_for("search.show", identifier=identifier)
    if not htmx.wants_fragment():
        return redirect(url, 303)
    return htmx.at_address(_hit_list_page(identifier, asked, search(services(), actor(), asked)), url)


def _form_page(parsed: Parsed, status: int = 200, own: OwnSearches | None = None) -> Response:
    return htmx.page(
        "suche.html",
        status,
        parsed=parsed,
        answer=None,
        search_id="",
        own=own,
        chips=chips(parsed.request),
        purpose_required=_purpose_required(),
    )


def _typed_again(asked: SearchRequest) -> dict[str, str]:
    filters = asked.filters
    return {
        "q": asked.text,
        "von": german_end(filters.date_from, last=False) if filters.date_from else "",
        "bis": german_end(filters.date_to, last=True) if filters.date_to else "",
        "zweck": asked.purpose,
    }
