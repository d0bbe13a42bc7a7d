from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from casefile.database.events import Action
from search_ui.reading.log import read_log
from search_ui.web import htmx
from search_ui.web.current import actor, services
from search_ui.web.needs import Need, needs

blueprint = Blueprint("audit_log", __name__)


@blueprint.get("/protokoll")
@needs(Need.AUDIT, Action.AUDIT_READ)
def show() -> Response:
    return htmx.page("protokoll.html", view=read_log(services(), actor(), request.args.get("blatt", 1, int)))
