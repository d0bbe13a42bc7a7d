from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from search_ui.retrieval.kept import refuse_search
from search_ui.retrieval.question.form import clean_text
from search_ui.searches.own import MAX_NAME, delete_recent, delete_search, save_search
from search_ui.web.current import actor, services, signed_in
from search_ui.web.needs import Need, needs

blueprint = Blueprint("own_searches", __name__)


@blueprint.post("/suche/<identifier>/merken")
@needs(Need.ACCOUNT)
def save(identifier: str) -> Response:
    name = clean_text(request.form.get("name", ""))[:MAX_NAME] or "Suche ohne Namen"
    if not save_search(services().accounts, signed_in().id, identifier, name):
        raise refuse_search(services(), actor(), identifier)
    return redirect(url_for("search.show", identifier=identifier), 303)


@blueprint.post("/suche/<identifier>/vergessen")
@needs(Need.ACCOUNT)
def forget(identifier: str) -> Response:
    delete_search(services().accounts, signed_in().id, identifier)
    return redirect(url_for("search.start"), 303)


@blueprint.post("/suchen/leeren")
@needs(Need.ACCOUNT)
def forget_recent() -> Response:
    delete_recent(services().accounts, signed_in().id)
    return redirect(url_for("search.start"), 303)
