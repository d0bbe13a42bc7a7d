"""What the audit log costs: a row beside a bare commit with 20 users at once; checking and proving a long log."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median

from sqlalchemy.orm import Session, sessionmaker

from bench import Figure
from casefile.database.events import Action, Channel, Detail
from casefile.database.sessions import open_database
from casefile.settings import load_settings
from oversight.audit import Actor, Event, record
from oversight.log.check.checking import check_log
from oversight.log.formats.exchange import parse_proof
from oversight.log.keeper import LogKeeper, take_in_all
from oversight.log.keys import open_key
from oversight.log.prove import prove_row

ROWS = 1_000_000
USERS = 20
EACH = 25
ROUNDS = 3
BARE = "CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, text TEXT)"


def event(number: int) -> Event:
    detail = {
        Detail.FILTERS: {"stelle": ["Leistung 2"], "von": 2019},
        Detail.EXACT: False,
        Detail.SHOWN: {f"{number:032x}": [f"{number + 1:032x}", f"{number + 2:032x}"]},
    }
    actor = Actor(f"nutzer{number % 200}", Channel.WEB)
    return Event(actor, Action.SEARCH, text=f"Nebenkosten {number}", hits=number % 500, detail=detail)


def figures() -> Iterable[Figure]:
    yield from row_beside_commit()
    yield from long_log(ROWS)


def row_beside_commit() -> Iterable[Figure]:
    """Both wait for the disk and for each other; the sequencer runs meanwhile, as it does in the interface."""
    with _instance() as (home, accounts):
        keeper = LogKeeper(load_settings(home=home), lambda: accounts)
        keeper.start()
        bare, rows = [], []
        for turn in range(ROUNDS):
            bare += _at_once(lambda: _bare_commits(home / "bare.sqlite"))
            rows += _at_once(lambda turn=turn: _record_rows(accounts, turn))  # type: ignore[misc]
        keeper.stop()
        row, commit = mean(rows) * 1000, mean(bare) * 1000
        yield Figure(f"audit row, {USERS} users at once, mean", row, "ms", "bare durable commit", row / commit)
        yield Figure(f"bare durable commit, {USERS} users at once, mean", commit, "ms")


def long_log(count: int) -> Iterable[Figure]:
    with _instance() as (home, accounts):
        settings = load_settings(home=home)
        for start in range(0, count, 10_000):
            record(accounts, *(event(number) for number in range(start, start + 10_000)))
        key = open_key(settings, accounts)
        taken = _seconds(lambda: take_in_all(settings, accounts, key))
        yield Figure(f"{count} rows taken into the log", taken, "s")
        checked = _seconds(lambda: _assert_whole(settings, accounts, count))
        yield Figure(f"{count} rows verified", checked, "s")
        proof = median(_seconds(lambda: parse_proof(prove_row(accounts, count // 3))) for _ in range(9))
        yield Figure(f"proof of one row of {count}", proof, "s")


def _assert_whole(settings: object, accounts: sessionmaker[Session], count: int) -> None:
    found = check_log(settings, accounts, [], datetime.now(UTC).date())  # type: ignore[arg-type]
    if found.findings or found.signed != count:
        raise RuntimeError(f"the log is not whole: {found}")


@contextmanager
def _instance() -> Iterator[tuple[Path, sessionmaker[Session]]]:
    with tempfile.TemporaryDirectory(dir=".") as folder:  # a real disk: /tmp may be memory
        accounts = open_database(load_settings(home=Path(folder)), "accounts")
        yield Path(folder), accounts
        accounts.kw["bind"].dispose()


def _record_rows(accounts: sessionmaker[Session], turn: int) -> Iterator[float]:
    for number in range(EACH):
        yield _seconds(lambda number=number: record(accounts, event(turn * EACH + number)))  # type: ignore[misc]


def _bare_commits(path: Path) -> Iterator[float]:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(BARE)
    for _ in range(EACH):
        yield _seconds(lambda: _commit(connection))
    connection.close()


def _commit(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO bare (text) VALUES (?)", ("x" * 400,))
    connection.execute("COMMIT")


def _at_once(work: Callable[[], Iterator[float]]) -> list[float]:
    taken: list[float] = []
    start = threading.Barrier(USERS)

    def user() -> None:
        start.wait()
        taken.extend(list(work()))

    threads = [threading.Thread(target=user) for _ in range(USERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
