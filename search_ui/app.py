"""The app factory. Everything a request needs hangs on the app; nothing is global."""

from __future__ import annotations

from flask import Flask, abort, current_app, g, request, url_for
from flask_compress import Compress
from flask_wtf import CSRFProtect  # type: ignore[import-untyped]
from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from casefile import __version__
from casefile.database.ledger import now
from casefile.facets import COVER_FACETS, VALUE_FACETS
from casefile.settings import Settings
from oversight.audit import Event
from search_ui.answering import refuse
from search_ui.services import Services
from search_ui.views import (
    audit_log,
    case,
    guide,
    health,
    own_searches,
    page,
    reasons,
    rights,
    search,
    sign_in,
    stock,
)
from search_ui.web import formatting, htmx
from search_ui.web.current import (
    EXTENSION,
    actor,
    asset,
    cookie_name,
    secret_key,
    services,
)
from search_ui.web.errors import add_error_pages, check_same_site
from search_ui.web.headers import add_headers
from search_ui.web.needs import Need, check_declared, meets, need_of, needs, refused_as
from search_ui.web.sessions import session_owner, session_user

SESSION_COOKIE = "sitzung"
DEVICE_COOKIE = "geraet"
MAX_REQUEST_BYTES = 64 * 1024


def create_app(settings: Settings) -> Flask:
    """Raises EnvironmentFault where a database cannot be opened; the engine may come and go."""
    app = Flask(__name__)
    app.config.update(_config(settings))
    if settings.web_tls:  # then a proxy ends TLS before us; its one hop tells who asks
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)  # type: ignore[method-assign]
    app.extensions[EXTENSION] = Services(settings)
    CSRFProtect(app)
    Htmx(app)
    Compress(app)
    add_headers(app, tls=settings.web_tls)
    add_error_pages(app)
    app.before_request(check_same_site)
    app.before_request(_require_what_the_route_needs)
    app.jinja_env.filters.update(formatting.ALL)
    app.jinja_env.globals.update(_globals(settings))
    for module in (sign_in, search, guide, own_searches, page, case, stock, audit_log, rights, reasons, health):
        app.register_blueprint(module.blueprint)
    needs(Need.NOTHING)(app.view_functions["static"])
    check_declared(app)
    return app


def _globals(settings: Settings) -> dict[str, object]:
    """What every template knows."""
    facets = {"cover_facets": COVER_FACETS, "value_facets": VALUE_FACETS}
    return facets | {"asset": asset, "version": __version__, "now": now, "emergency": settings.emergency_minutes > 0}


def close_app(app: Flask) -> None:
    opened: Services = app.extensions[EXTENSION]
    opened.close()


def _config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": secret_key(settings),
        "SESSION_COOKIE_NAME": cookie_name(settings, "formular"),  # holds the form token alone
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.web_tls,
        "USER_COOKIE": cookie_name(settings, SESSION_COOKIE),
        "DEVICE_COOKIE": cookie_name(settings, DEVICE_COOKIE),
        "MAX_CONTENT_LENGTH": MAX_REQUEST_BYTES,
        "WTF_CSRF_TIME_LIMIT": None,  # good as long as the session; a form left open overnight still works
        "WTF_CSRF_SSL_STRICT": False,  # wants a Referer, which our Referrer-Policy forbids; see check_same_site
        "COMPRESS_ALGORITHM": ["zstd", "br", "gzip"],
        "COMPRESS_MIMETYPES": ["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"],
        "COMPRESS_MIN_SIZE": 500,
        "COMPRESS_BR_LEVEL": 5,
    }


def _require_what_the_route_needs() -> BaseResponse | None:
    """Deny by default. An ended session is told apart from none, so that the sign-in page can say so.

    Raises AccessDenied, written down, for a role that does not meet the need: the same as for what does not exist.
    """
    g.user = None
    need = need_of(current_app, request.endpoint) if request.endpoint else None
    if need is Need.NOTHING:
        return None
    cookie = request.cookies.get(current_app.config["USER_COOKIE"])
    g.user = session_user(services(), cookie) if cookie else None
    if request.endpoint is None:
        return None  # there is nothing; the error page shows the navigation to who is signed in
    if g.user is None:
        return htmx.go(url_for("sign_in.form", weiter=_back_to(cookie or ""), abgelaufen=1 if cookie else None))
    if need is None:
        abort(404)
    if not meets(need, g.user.role):
        raise refuse(services().databases, _refused(request.endpoint))
    return None


def _refused(endpoint: str) -> Event:
    asked = request.view_args or {}
    case_id, document_id = str(asked.get("case_id", "")), str(asked.get("document_id", ""))
    action = refused_as(current_app, endpoint)
    return Event(actor(), action, case_id=case_id, document_id=document_id, page=asked.get("number"))


def _back_to(cookie: str) -> str | None:
    """Where the person goes on after signing in again: the same page, or the search that was just typed."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    owner = session_owner(services(), cookie)
    return search.typed_search(owner) if owner is not None else None
