from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from search_ui.reading.cases import open_case
from search_ui.web import htmx
from search_ui.web.current import actor, services

blueprint = Blueprint("case", __name__)


@blueprint.get("/akte/<case_id>")
def show(case_id: str) -> Response:
    return htmx.page("akte.html", view=open_case(services(), actor(), case_id, request.args.get("suche", "")))
