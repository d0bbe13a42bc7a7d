from __future__ import annotations

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from casefile.database.events import Action
from search_ui.reading.images import Form, open_image
from search_ui.reading.pages import open_page
from search_ui.reading.walk import Place
from search_ui.web import htmx
from search_ui.web.current import actor, services
from search_ui.web.needs import Need, needs

blueprint = Blueprint("page", __name__)


@blueprint.get("/seite/<document_id>/<int:number>")
@needs(Need.CONTENT, Action.OPEN_PAGE)
def show(document_id: str, number: int) -> Response:
    view = open_page(services(), actor(), Place(document_id, number), request.args.get("suche", ""))
    return htmx.page("seite.html", view=view, form=_image_form())


@blueprint.get("/bild/<document_id>/<int:number>.webp")
@needs(Need.CONTENT, Action.OPEN_IMAGE)
def image(document_id: str, number: int) -> Response:
    content = open_image(services(), actor(), Place(document_id, number), _image_form())
    return Response(content, mimetype="image/webp")


def _image_form() -> Form:
    name = request.args.get("form", Form.NORMAL.value)
    if name not in set(Form):
        abort(404)
    return Form(name)
