"""The production server: gunicorn, started from here, gone when its master is gone."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from casefile.background import Background
from casefile.errors import EnvironmentFault
from casefile.settings import Settings
from casefile.storage.atomic import write_atomic
from casefile.wording import os_message
from oversight.accounts import list_users
from oversight.log.keeper import LogKeeper
from search_ui.app import close_app, create_app
from search_ui.housekeeping import Housekeeper
from search_ui.services import Services
from search_ui.web.current import EXTENSION

THREADS = 4
REQUEST_TIMEOUT_S = 60
_PR_SET_PDEATHSIG = 1
NO_ACCOUNT = (
    "Noch gibt es kein Konto, also kann sich niemand anmelden. Abhilfe: „aktensuche users add NAME --role system-admin "
    "--unit '*'“ für die Technik, danach die übrigen Konten ebenso."
)


def serve(settings: Settings, ready_file: Path | None) -> None:
    """Runs until SIGTERM or SIGINT. Raises EnvironmentFault `port_taken` and what opening the databases raises."""
    listener = _listen(settings)
    app = create_app(settings)  # databases migrated and reachable before a worker starts
    _warn_without_accounts(app.extensions[EXTENSION])
    close_app(app)
    url = _url(settings, listener)
    _Server(settings, listener, lambda: _announce(url, ready_file)).run()


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn's own way to be embedded; each worker makes its own app (no preload)."""

    def __init__(self, settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
        self._settings = settings
        self._listener = listener
        self._ready = ready
        self._beside: list[Background] = []
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"fd://{self._listener.fileno()}",
            "workers": self._settings.web_workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": REQUEST_TIMEOUT_S,
            "graceful_timeout": 10,
            "preload_app": False,
            "control_socket_disable": True,
            "proc_name": "aktensuche",
            "loglevel": "warning",
            "accesslog": None,
            "when_ready": lambda _server: self._ready(),
            "post_fork": _die_with_master,
            "worker_exit": _close_worker,
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108 - the kernel's, for heartbeats
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        app = create_app(self._settings)
        services: Services = app.extensions[EXTENSION]
        services.renderer.warm()
        self._beside = [Housekeeper(services), LogKeeper(self._settings, lambda: services.accounts)]
        for thread in self._beside:
            thread.start()
        return app

    def close(self, app: Flask) -> None:
        """In the worker, at its end."""
        for thread in self._beside:
            thread.stop()
        close_app(app)


def _listen(settings: Settings) -> socket.socket:
    """Bound before anything else starts, so that a taken port is found at once and nobody can take it in between."""
    family = socket.AF_INET6 if ":" in settings.web_host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.web_host, settings.web_port))
        listener.listen(512)
    except OSError as error:
        raise EnvironmentFault(
            "port_taken",
            f"Die Adresse {settings.web_host}:{settings.web_port} ist nicht frei: {os_message(error)}.",
            "Mit AKTENSUCHE_WEB_PORT oder „--port“ einen anderen Port wählen (0: ein freier).",
        ) from error
    listener.set_inheritable(True)
    return listener


def _url(settings: Settings, listener: socket.socket) -> str:
    host = f"[{settings.web_host}]" if ":" in settings.web_host else settings.web_host
    return f"http://{host}:{listener.getsockname()[1]}"


def _announce(url: str, ready_file: Path | None) -> None:
    if ready_file is not None:
        write_atomic(ready_file, url + "\n")
    click.echo(f"Die Oberfläche läuft: {url}")


def _warn_without_accounts(services: Services) -> None:
    """There is no default account and no default password: the first one is made on the command line."""
    if not list_users(services.accounts):
        click.echo(NO_ACCOUNT, err=True)


def _die_with_master(_server: Any, worker: Any) -> None:
    """A killed master must not leave workers behind that hold the port."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != worker.ppid:
        os._exit(0)


def _close_worker(_server: Any, worker: Any) -> None:
    app = getattr(worker, "wsgi", None)
    if isinstance(app, Flask):
        worker.app.close(app)
