from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, request, session, url_for
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from werkzeug.wrappers import Response as BaseResponse

from casefile.database.events import Action, Outcome
from oversight.audit import Event, record
from oversight.signin.guesses import KNOWN_FOR, Asking
from oversight.signin.password import SignIn, sign_in
from search_ui.web import htmx
from search_ui.web.current import actor, address, local_path, services
from search_ui.web.needs import Need, needs
from search_ui.web.sessions import close_session, open_session, session_owner

blueprint = Blueprint("sign_in", __name__)

MESSAGES = {
    Outcome.DENIED: "Name oder Kennwort ist falsch.",
    Outcome.THROTTLED: "Zu viele Versuche. Bitte warten Sie 15 Minuten oder wenden Sie sich an die Betreuung.",
}
OUTDATED = "Diese Seite war veraltet. Bitte melden Sie sich noch einmal an."


@blueprint.get("/anmelden")
@needs(Need.NOTHING)
def form() -> Response:
    return _sign_in_page(request.args.get("weiter", ""), expired=bool(request.args.get("abgelaufen")))


@blueprint.errorhandler(CSRFError)
def outdated_form(_error: CSRFError) -> Response:
    """Another tab has signed in meanwhile: where this one wanted to go must not be lost."""
    return _sign_in_page(
        request.form.get("weiter", ""), name=request.form.get("name", "")[:200], message=OUTDATED, status=400
    )


@blueprint.post("/anmelden")
@needs(Need.NOTHING)
def submit() -> BaseResponse:
    name, onward = request.form.get("name", ""), request.form.get("weiter", "")
    asking = Asking(address(request), request.cookies.get(current_app.config["DEVICE_COOKIE"], ""))
    attempt = sign_in(services().accounts, name, request.form.get("kennwort", ""), asking)
    if attempt.outcome is not Outcome.OK:
        status = 429 if attempt.outcome is Outcome.THROTTLED else 401
        return _sign_in_page(onward, name=name[:200], message=MESSAGES[attempt.outcome], status=status)
    return _signed_in(attempt, onward)


@blueprint.post("/abmelden")
@needs(Need.ACCOUNT)
def leave() -> Response:
    name = current_app.config["USER_COOKIE"]
    close_session(services(), request.cookies.get(name, ""))
    record(services().accounts, Event(actor(), Action.LOGOUT))
    session.clear()
    response = htmx.go(url_for("sign_in.form", abgemeldet=1))
    response.delete_cookie(name, path="/", secure=services().settings.web_tls, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _signed_in(attempt: SignIn, onward: str) -> BaseResponse:
    """A form token from before the sign-in is worth nothing after it, unless the same person's session had timed out:
    what is open in other tabs must still be sent.
    """
    cookie = request.cookies.get(current_app.config["USER_COOKIE"], "")
    if session_owner(services(), cookie) != attempt.user_id:
        session.clear()
    close_session(services(), cookie)
    response = redirect(local_path(onward), 303)
    _set_cookie(response, "USER_COOKIE", open_session(services(), attempt.user_id))
    _set_cookie(response, "DEVICE_COOKIE", attempt.device, int(KNOWN_FOR.total_seconds()))
    return response


def _set_cookie(response: BaseResponse, name: str, value: str, max_age: int | None = None) -> None:
    secure = services().settings.web_tls
    response.set_cookie(
        current_app.config[name], value, max_age=max_age, secure=secure, httponly=True, samesite="Lax", path="/"
    )


def _sign_in_page(
    onward: str, *, name: str = "", message: str = "", expired: bool = False, status: int = 200
) -> Response:
    left = bool(request.args.get("abgemeldet"))
    values = {"onward": onward, "name": name, "message": message, "expired": expired, "left": left}
    return htmx.page("anmelden.html", status, **values)
