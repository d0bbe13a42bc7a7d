"""Answers of the interface while the accounts database is full, locked, read-only or its process is killed."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import event

from casefile.model import Role
from casefile.settings import Settings
from oversight.accounts import add_user
from search_ui.web.current import EXTENSION
from tests.web import PASSWORD, Person

USER = "leitung"
ROUTES = {"/bestand": "status", "/protokoll": "audit_read", f"/akte/{'c' * 32}": "open_case"}
WORKER = """
import sys
from pathlib import Path
from casefile.settings import load_settings
from tests.answers import USER
from tests.web import Person, running_app

with running_app(load_settings(home=Path(sys.argv[1]), opensearch_url="http://127.0.0.1:9")) as app:
    person = Person(app, USER)
    while True:
        assert person.get("/bestand").status_code == 200
        print("answered", flush=True)
"""


def database_of(settings: Settings) -> Path:
    return settings.home / "db" / "accounts.sqlite"


def rows(settings: Settings) -> Counter[str]:
    """Audit rows by action, read past the interface."""
    connection = sqlite3.connect(database_of(settings))
    try:
        return Counter(dict(connection.execute("SELECT action, count(*) FROM audit GROUP BY action").fetchall()))
    finally:
        connection.close()


def add_lead(app: Flask) -> None:
    add_user(app.extensions[EXTENSION].accounts, USER, Role.LEAD, ["*"], PASSWORD)


@contextmanager
def _pragma(app: Flask, statement: str) -> Iterator[None]:
    """In each transaction of the interface; it holds for its connections, which are closed afterwards."""
    engine = app.extensions[EXTENSION].accounts.kw["bind"]

    def begin(connection: Any) -> None:
        connection.exec_driver_sql(statement)

    event.listen(engine, "begin", begin)
    try:
        yield
    finally:
        event.remove(engine, "begin", begin)
        engine.dispose()


@contextmanager
def _locked(app: Flask) -> Iterator[None]:
    connection = sqlite3.connect(database_of(app.extensions[EXTENSION].settings), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.close()


@contextmanager
def _full(_app: Flask) -> Iterator[None]:
    """No file of this process grows beyond 16 KiB: the system refuses what SQLite writes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16 * 1024, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def _untouched(_app: Flask) -> Iterator[None]:
    yield


FAULTS: dict[str, Callable[[Flask], Any]] = {
    "none": _untouched,
    "full": _full,
    "read-only": lambda app: _pragma(app, "PRAGMA query_only=ON"),
    "locked": _locked,
}


def ask(app: Flask, settings: Settings, count: int) -> tuple[Counter[str], list[str]]:
    """So many questions, each under a fault by chance. Gives refusals by fault, and what was answered without a row.

    Every answer counts: content, and that there is nothing here.
    """
    random, person = Random(count), Person(app, USER)
    refused: Counter[str] = Counter()
    unlogged = []
    for number in range(count):
        fault, path = random.choice(list(FAULTS)), random.choice(list(ROUTES))
        before = rows(settings)
        with FAULTS[fault](app):
            status = person.get(path).status_code
        if status in (200, 404):
            if rows(settings)[ROUTES[path]] != before[ROUTES[path]] + 1:
                unlogged.append(f"{number}: {path} while {fault}")
        else:
            refused[fault] += 1
    return refused, unlogged


def answers_until_killed(settings: Settings, least: int) -> tuple[int, int]:
    """A process that answers is killed after so many answers. Gives answers and rows of them."""
    before = rows(settings)["status"]
    command = [sys.executable, "-c", WORKER, str(settings.home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(least):
            assert process.stdout.readline(), "it ended by itself"
        os.kill(process.pid, signal.SIGKILL)
        answered = least + len(process.stdout.readlines())
    return answered, rows(settings)["status"] - before
