"""What views share: the services of the app, who is signed in, and who therefore acts."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import Request, current_app, g, url_for

from casefile.database.events import Channel
from casefile.settings import Settings
from casefile.storage.atomic import create_atomic
from oversight.audit import Actor
from search_ui.services import Services
from search_ui.web.sessions import CurrentUser

EXTENSION = "aktensuche"


def services() -> Services:
    found: Services = current_app.extensions[EXTENSION]
    return found


def signed_in() -> CurrentUser:
    """The user of this request; routes without one are listed in `search_ui.app.PUBLIC`."""
    user: CurrentUser = g.user
    return user


def actor() -> Actor:
    return Actor(signed_in().name, Channel.WEB, session=signed_in().session)


def cookie_name(settings: Settings, name: str) -> str:
    """`__Host-` binds the cookie to this host and to https; browsers refuse it without https."""
    return f"__Host-{name}" if settings.web_tls else name


def local_path(target: str) -> str:
    """Where to go after sign-in: a path of our own, else the start page.

    Browsers take `\\` for `/` and leave out control characters, so that neither may stand in it.
    """
    plain = target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    return target if plain and _has_no_host(target) else url_for("search.start")


def _has_no_host(target: str) -> bool:
    try:
        parts_of = urlsplit(target)
    except ValueError:
        return False
    return not parts_of.scheme and not parts_of.netloc


def address(request: Request) -> str:
    return request.remote_addr or "?"


def secret_key(settings: Settings) -> bytes:
    """Signs the form tokens; made once, shared by all workers of this instance."""
    path = settings.home / "secrets" / "web.key"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        create_atomic(path, secrets.token_bytes(32))
    return path.read_bytes()


@cache
def asset_version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Address of a static file that changes with its content, so that browsers may keep it."""
    folder = Path(current_app.static_folder or "")
    return url_for("static", filename=name, v=asset_version(folder / name))
