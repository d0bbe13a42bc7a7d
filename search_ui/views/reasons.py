"""Why a case is opened: its purpose, or the reason for opening it beyond one's rights."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from casefile.database.events import Action
from casefile.errors import AccessDenied, UsageFault
from oversight.access.purpose import PurposeMissing
from search_ui.reading.reasons.emergency import open_emergencies, take_case
from search_ui.reading.reasons.purpose import case_asked_about, give_purpose
from search_ui.web import htmx
from search_ui.web.current import actor, local_path, services
from search_ui.web.needs import Need, needs

blueprint = Blueprint("reasons", __name__)
NOT_POSSIBLE = (
    "Das ist nicht möglich. Die Akte gibt es nicht, sie ist nicht eindeutig, oder der Notzugriff auf sie ist Ihnen "
    "verwehrt."
)


@blueprint.app_errorhandler(PurposeMissing)
def ask_purpose(missing: PurposeMissing) -> Response:
    onward = request.full_path.rstrip("?") if request.method == "GET" else None
    return htmx.go(url_for("reasons.purpose", case_id=missing.case_id, weiter=onward))


@blueprint.get("/zweck/<case_id>")
@needs(Need.CONTENT, Action.PURPOSE_ASKED)
def purpose(case_id: str) -> Response:
    return _purpose_page(case_id, request.args.get("weiter", ""))


@blueprint.post("/zweck/<case_id>")
@needs(Need.CONTENT, Action.PURPOSE_STATED)
def state(case_id: str) -> Response:
    onward = request.form.get("weiter", "")
    try:
        give_purpose(services(), actor(), case_id, request.form.get("zweck", ""))
    except UsageFault as fault:
        return _purpose_page(case_id, onward, fault.message, 422)
    return htmx.go(local_path(onward) if onward else url_for("case.show", case_id=case_id))


@blueprint.get("/notzugriff")
@needs(Need.CONTENT, Action.EMERGENCY)
def emergency() -> Response:
    return _emergency_page()


@blueprint.post("/notzugriff")
@needs(Need.CONTENT, Action.EMERGENCY)
def take() -> Response:
    try:
        case_id = take_case(
            services(), actor(), request.form.get("akte", "").strip()[:500], request.form.get("grund", "")
        )
    except UsageFault as fault:
        return _emergency_page(fault.message, 422)
    except AccessDenied:
        return _emergency_page(NOT_POSSIBLE, 404)
    return htmx.go(url_for("case.show", case_id=case_id))


@blueprint.get("/notzugriffe")
@needs(Need.AUDIT, Action.EMERGENCY_READ)
def emergencies() -> Response:
    return htmx.page("notzugriffe.html", found=open_emergencies(services(), actor()))


def _purpose_page(case_id: str, onward: str, message: str = "", status: int = 200) -> Response:
    title = case_asked_about(services(), actor(), case_id)
    errors = {"zweck": message} if message else {}
    return htmx.page("zweck.html", status, title=title, case_id=case_id, onward=onward, errors=errors)


def _emergency_page(message: str = "", status: int = 200) -> Response:
    minutes = services().settings.emergency_minutes
    return htmx.page("notzugriff.html", status, minutes=minutes, message=message, typed=request.form)
