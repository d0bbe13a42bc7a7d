"""Where this instance's services listen: `run/endpoints.json` in the home folder, written by the engine.

The engine writes the file; indexer and search_ui only read it, so that none of them imports the other.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from casefile.errors import EnvironmentFault
from casefile.settings import Settings
from casefile.storage.atomic import write_atomic

START = "Mit „aktensuche up“ starten."


@dataclass(frozen=True)
class Endpoints:
    """Base URLs without a trailing slash; None where the service was not started here."""

    opensearch: str | None = None
    tika: str | None = None


def endpoints_file(home: Path) -> Path:
    return home / "run" / "endpoints.json"


def write_endpoints(home: Path, endpoints: Endpoints) -> None:
    target = endpoints_file(home)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(target, json.dumps(asdict(endpoints)))


def clear_endpoints(home: Path) -> None:
    endpoints_file(home).unlink(missing_ok=True)


def read_endpoints(home: Path) -> Endpoints:
    try:
        return Endpoints(**json.loads(endpoints_file(home).read_text(encoding="utf-8")))
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        return Endpoints()


def opensearch_url(settings: Settings) -> str:
    """Raises EnvironmentFault `engine_down` where no engine is configured or running."""
    return _required(settings.opensearch_url or read_endpoints(settings.home).opensearch, "Suchmaschine")


def tika_url(settings: Settings) -> str:
    """Raises EnvironmentFault `engine_down` where no Tika server is configured or running."""
    return _required(settings.tika_url or read_endpoints(settings.home).tika, "Tika-Server")


def opensearch_remedy(settings: Settings) -> str:
    """What to do when the engine does not answer; a service of somebody else's is not ours to start."""
    return _remedy(settings.opensearch_url, "AKTENSUCHE_OPENSEARCH_URL")


def tika_remedy(settings: Settings) -> str:
    return _remedy(settings.tika_url, "AKTENSUCHE_TIKA_URL")


def shown_url(url: str) -> str:
    """Without name and password, should somebody have written them into it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _remedy(configured: str | None, setting: str) -> str:
    if configured is None:
        return START
    return f"Den Dienst unter {shown_url(configured)} prüfen und starten, oder {setting} berichtigen."


def _required(url: str | None, what: str) -> str:
    if url is None:
        raise EnvironmentFault("engine_down", f"Der Dienst „{what}“ läuft nicht.", START)
    return url.rstrip("/")
