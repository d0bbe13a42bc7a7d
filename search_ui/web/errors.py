"""Errors as people see them: a German page, a reference number, nothing about the inside."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import Forbidden, HTTPException

from casefile.database.sessions import database_fault
from casefile.errors import AccessDenied, DocumentFault, EnvironmentFault
from search_ui.web import htmx

log = logging.getLogger("search_ui")
OWN_TEXTS = {
    "search_gone": (
        "Diese Suche gibt es hier nicht mehr",
        "Suchen werden nur eine Zeit lang aufbewahrt und lassen sich nur von der Person öffnen, die gesucht hat. "
        "Bitte suchen Sie auf der Startseite noch einmal.",
    ),
    "index_incomplete": (
        "Der Suchindex ist unvollständig",
        "Ihre Suche wurde nicht ausgeführt, denn sie fände nicht, was da ist. Bitte verständigen Sie die "
        "Administration; sie führt „aktensuche migrate“ aus.",
    ),
    "index_missing": (
        "Der Suchindex fehlt",
        "Ihre Suche wurde nicht ausgeführt. Bitte verständigen Sie die Administration; sie führt „aktensuche index“ "
        "aus oder, wenn der Bestand schon eingelesen war, „aktensuche migrate“.",
    ),
}
REFERENCE_HEADER = "X-Vorgangsnummer"

TEXTS = {
    400: (
        "Die Eingabe wurde nicht verstanden",
        "Bitte gehen Sie zurück, laden Sie die Seite neu und versuchen es noch einmal.",
    ),
    403: (
        "Die Anfrage wurde abgewiesen",
        "Sie kam nicht von einer Seite dieser Anwendung. Bitte laden Sie die Seite neu.",
    ),
    404: (
        "Das gibt es hier nicht",
        "Die Seite oder Akte ist nicht vorhanden, oder Sie haben keinen Zugriff darauf.",
    ),
    405: ("Das geht so nicht", "Bitte beginnen Sie auf der Startseite."),
    413: ("Die Eingabe ist zu lang", "Bitte kürzen Sie die Eingabe."),
    500: (
        "Ein Fehler ist aufgetreten",
        "Bitte versuchen Sie es noch einmal. Bleibt der Fehler, nennen Sie der Betreuung die Vorgangsnummer.",
    ),
    503: (
        "Der Dienst antwortet zurzeit nicht",
        "Ihre Anfrage wurde nicht ausgeführt. Bitte versuchen Sie es in einer Minute noch einmal.",
    ),
}


def add_error_pages(app: Flask) -> None:
    app.register_error_handler(AccessDenied, lambda error: _error_page(404, error.code))
    app.register_error_handler(EnvironmentFault, _environment_fault_page)
    app.register_error_handler(DBAPIError, lambda error: _environment_fault_page(database_fault(error, "accounts")))
    app.register_error_handler(DocumentFault, lambda error: _error_page(404, error.code))
    app.register_error_handler(CSRFError, lambda _: _error_page(400, "form_token"))
    app.register_error_handler(HTTPException, _http_error_page)
    app.register_error_handler(Exception, _unexpected_error_page)


def check_same_site() -> None:
    """Browsers say where a request comes from; a form elsewhere must not act here. A second lock beside the token."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if request.method not in {"GET", "HEAD", "OPTIONS"} and site not in {"same-origin", "none"}:
        raise Forbidden


def _environment_fault_page(error: EnvironmentFault) -> Response:
    return _error_page(503, error.code, str(error))


def _http_error_page(error: HTTPException) -> Response:
    status = error.code or 500
    response = _error_page(status, f"http_{status}") if status >= 400 else Response(status=status)
    for name, value in error.get_headers():
        if name == "Allow" or (name == "Location" and status < 400):
            response.headers[name] = value
    return response


def _unexpected_error_page(error: Exception) -> Response:
    log.exception("unexpected error", exc_info=error)
    return _error_page(500, "unexpected", repr(type(error)))


def _error_page(status: int, code: str, cause: str = "") -> Response:
    """Everyone gets the same words for the same error; the cause stands in the log under the reference number."""
    number = secrets.token_hex(4).upper()
    known = status if status in TEXTS else (500 if status >= 500 else 400)
    if status >= 500:
        log.error("reference=%s status=%s code=%s %s", number, status, code, cause)
    title, text = OWN_TEXTS.get(code) or TEXTS[known]
    g.setdefault("user", None)
    response = htmx.page("fehler.html", status, title=title, text=text, number=number)
    response.headers[REFERENCE_HEADER] = number
    return response
