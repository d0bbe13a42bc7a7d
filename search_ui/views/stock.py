from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from casefile.errors import remedy
from search_ui.reading.inventory import open_inventory
from search_ui.web import htmx
from search_ui.web.current import actor, services
from search_ui.web.needs import Need, needs

blueprint = Blueprint("stock", __name__)


@blueprint.get("/bestand")
@needs(Need.ACCOUNT)
def show() -> Response:
    return htmx.page("bestand.html", view=open_inventory(services(), actor()), remedy=remedy)
