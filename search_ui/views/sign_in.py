from __future__ import annotations

from flask import Blueprint, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from casefile.database.events import Action, Channel, Detail, Outcome
from oversight.audit import Actor, Event, record
from search_ui.web import htmx
from search_ui.web.current import (
    actor,
    address,
    local_path,
    services,
)
from search_ui.web.sessions import close_session, open_session, sign_in

blueprint = Blueprint("sign_in", __name__)

MESSAGES = {
    Outcome.DENIED: "Name oder Kennwort ist falsch.",
    Outcome.THROTTLED: "Zu viele Versuche. Bitte warten Sie 15 Minuten oder wenden Sie sich an die Betreuung.",
}


@blueprint.get("/anmelden")
def form() -> Response:
    return _sign_in_page(request.args.get("weiter", ""), expired=bool(request.args.get("abgelaufen")))


@blueprint.post("/anmelden")
def submit() -> Response:
    name, onward = request.form.get("name", ""), request.form.get("weiter", "")
    attempt = sign_in(services(), name, request.form.get("kennwort", ""), address(request))
    detail = {Detail.ADDRESS: address(request)}
    event = Event(Actor(name.strip()[:200], Channel.WEB), Action.LOGIN, attempt.outcome, detail=detail)
    record(services().accounts, event)
    if attempt.user is None:
        status = 429 if attempt.outcome is Outcome.THROTTLED else 401
        return _sign_in_page(onward, name=name[:200], message=MESSAGES[attempt.outcome], status=status)
    session.clear()  # a form token from before the sign-in is worth nothing after it
    response = redirect(local_path(onward), 303)
    response.set_cookie(
        current_app.config["USER_COOKIE"],
        open_session(services(), attempt.user),
        secure=services().settings.web_tls,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


@blueprint.post("/abmelden")
def leave() -> Response:
    name = current_app.config["USER_COOKIE"]
    close_session(services(), request.cookies.get(name, ""))
    record(services().accounts, Event(actor(), Action.LOGOUT))
    session.clear()
    response = htmx.go(url_for("sign_in.form", abgemeldet=1))
    response.delete_cookie(name, path="/", secure=services().settings.web_tls, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _sign_in_page(
    onward: str, *, name: str = "", message: str = "", expired: bool = False, status: int = 200
) -> Response:
    left = bool(request.args.get("abgemeldet"))
    values = {"onward": onward, "name": name, "message": message, "expired": expired, "left": left}
    return htmx.page("anmelden.html", status, **values)
