from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from casefile.database.sessions import read_session
from casefile.errors import EnvironmentFault
from search_ui.web.current import services
from search_ui.web.needs import Need, needs

blueprint = Blueprint("health", __name__)


@blueprint.get("/health/live")
@needs(Need.NOTHING)
def live() -> Response:
    return Response("ok", mimetype="text/plain")


@blueprint.get("/health/ready")
@needs(Need.NOTHING)
def ready() -> Response:
    """Both databases and the engine answer. Says no more than that: nobody is signed in here."""
    try:
        for sessions in (services().ledger, services().accounts):
            with read_session(sessions) as session:
                session.execute(text("SELECT 1"))
        found = services().index().indices_exist()
    except (EnvironmentFault, DBAPIError):
        found = False
    return Response("ok" if found else "not ready", 200 if found else 503, mimetype="text/plain")
