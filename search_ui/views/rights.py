from __future__ import annotations

from datetime import date

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from casefile.database.accounts import RightKind
from casefile.database.events import Action
from casefile.errors import UsageFault
from oversight.access.names import KIND_NAMES
from search_ui.reading.rights import Wish, give_right, open_accounts, open_rights, take_right
from search_ui.web import htmx
from search_ui.web.current import actor, services
from search_ui.web.needs import Need, needs

blueprint = Blueprint("rights", __name__)


@blueprint.get("/rechte")
@needs(Need.RIGHTS, Action.RIGHTS_READ)
def accounts() -> Response:
    return htmx.page("rechte.html", accounts=open_accounts(services(), actor()))


@blueprint.get("/rechte/<int:user_id>")
@needs(Need.RIGHTS, Action.RIGHTS_READ)
def show(user_id: int) -> Response:
    return _rights_page(user_id)


@blueprint.post("/rechte/<int:user_id>/geben")
@needs(Need.RIGHTS, Action.RIGHTS_CHANGED)
def give(user_id: int) -> Response:
    try:
        give_right(services(), actor(), user_id, _wish())
    except UsageFault as fault:
        return _rights_page(user_id, fault.message, 422)
    return htmx.go(url_for("rights.show", user_id=user_id))


@blueprint.post("/rechte/<int:user_id>/beenden")
@needs(Need.RIGHTS, Action.RIGHTS_CHANGED)
def take(user_id: int) -> Response:
    try:
        take_right(services(), actor(), user_id, request.form.get("recht", 0, int))
    except UsageFault as fault:
        return _rights_page(user_id, fault.message, 422)
    return htmx.go(url_for("rights.show", user_id=user_id))


def _rights_page(user_id: int, message: str = "", status: int = 200) -> Response:
    view = open_rights(services(), actor(), user_id)
    return htmx.page("rechte_konto.html", status, view=view, kinds=KIND_NAMES, message=message, typed=request.form)


def _wish() -> Wish:
    """Raises UsageFault for a kind or a day that is none."""
    try:
        kind = RightKind(request.form.get("art", ""))
        typed = request.form.get("bis", "")
        last_day = date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise UsageFault("right_invalid", "Art oder letzter Tag wurde nicht verstanden.") from error
    field = "konto" if kind is RightKind.DEPUTY else "akte"
    return Wish(kind, request.form.get(field, "").strip()[:500], request.form.get("grund", "").strip(), last_day)
