from __future__ import annotations

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from casefile.database.events import Action
from search_ui.reading.cases import open_case
from search_ui.reading.listing import Order
from search_ui.web import htmx
from search_ui.web.current import actor, services
from search_ui.web.needs import Need, needs

blueprint = Blueprint("case", __name__)


@blueprint.get("/akte/<case_id>")
@needs(Need.CONTENT, Action.OPEN_CASE)
def show(case_id: str) -> Response:
    order = request.args.get("sortierung", Order.DATE.value)
    if order not in set(Order):
        abort(404)
    return htmx.page(
        "akte.html", view=open_case(services(), actor(), case_id, request.args.get("suche", ""), Order(order))
    )
