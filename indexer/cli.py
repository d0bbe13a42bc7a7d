"""Commands of the indexer. Each parses, calls, prints; `--json` prints one document and nothing else on stdout."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from casefile.database.counts import embedded_counts, source_counts
from casefile.database.ledger import RootRow
from casefile.database.sessions import database_errors, open_database, read_session
from casefile.errors import AktensucheError, Reason, UsageFault
from casefile.names import visible
from casefile.settings import Settings, load_settings
from casefile.wording import os_message, unexpected
from indexer.context import open_ledger
from indexer.extract.ocr.engines import second_reader_missing
from indexer.ledger import cleanup, runs
from indexer.pipeline import index_root
from indexer.progress import Reporter
from indexer.upkeep.failures import failures as list_failures
from indexer.upkeep.failures import invalid_sheets
from indexer.upkeep.pace import measure_pace
from indexer.upkeep.rebuild import migration_due
from indexer.upkeep.report import DONE, FAILED, as_json, print_failures, print_json, print_migration_due, print_status
from oversight.log.keeper import LogKeeper

log = logging.getLogger(__name__)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--root", "name", help="Name des Bestands (ohne Angabe: Name des Ordners)")
@click.option("--accept-removals", is_flag=True, help="auch wenn die meisten bekannten Dateien fehlen: sie sind weg")
@as_json
def index(folder: Path, name: str | None, accept_removals: bool, as_json: bool) -> int:
    """Einen Quellordner einlesen. Darf wiederholt, unterbrochen und abgebrochen werden."""
    settings = load_settings()
    folder = folder.expanduser().absolute()
    if not folder.is_dir():
        raise UsageFault(
            "root_missing", f"Der Ordner {folder} ist nicht da.", "Pfad prüfen; ist das Laufwerk verbunden?"
        )
    root = RootRow(name=name or folder.name, path=str(folder))
    report = _run_and_count(settings, root, quiet=as_json, accept_removals=accept_removals)
    if as_json:
        print_json(report)
    return FAILED if report["failed"] else DONE


@click.command()
@click.option("--interval", default=300, show_default=True, help="Sekunden zwischen zwei Durchgängen")
def work(interval: int) -> int:
    """Dauerhaft arbeiten: alle bekannten Bestände immer wieder abgleichen, bis das Programm beendet wird."""
    settings = load_settings()
    stop = threading.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, lambda *_: stop.set())
    keeper = LogKeeper(settings, lambda: open_database(settings, "accounts"))
    keeper.start()
    while not stop.is_set():
        with _said("Seitennachweis"):
            _work_round(settings, stop)
        stop.wait(interval)
    keeper.stop()
    return DONE


def _work_round(settings: Settings, stop: threading.Event) -> None:
    sessions = open_ledger(settings)
    with database_errors("ledger"):
        roots = runs.all_roots(sessions)
    for root in roots:
        if not stop.is_set():
            with _said(root.name):
                _run(settings, Path(root.path), root.name, stop)


@contextmanager
def _said(what: str) -> Iterator[None]:
    """Logs a fault of one root; the worker goes on and tries the root again in the next round."""
    what = visible(what)
    try:
        yield
    except AktensucheError as error:
        click.echo(f"{what} ({error.code}): {error}", err=True)
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        click.echo(f"{what} (os_{error.errno}): {os_message(error)}{visible(place)}", err=True)
    except Exception as error:
        log.exception("unexpected error in %r", what)
        click.echo(f"{what} (unexpected): " + unexpected("Unerwarteter Fehler", error), err=True)


@click.command()
@as_json
@database_errors("ledger")
def status(as_json: bool) -> int:
    """Dateien und Seiten nach Zustand; während eines Laufs auch Durchsatz und Restzeit."""
    settings = load_settings()
    with read_session(open_ledger(settings)) as session:
        source, embedded = source_counts(session), embedded_counts(session)
        pace = measure_pace(session)
    due = migration_due(settings)
    report = source.to_json() | {"embedded": embedded.to_json(), "running": pace is not None, "migrate_due": due}
    report |= {"second_reader_missing": second_reader_missing(settings)}
    if pace is not None:
        report |= asdict(pace)
    if as_json:
        print_json(report)
    else:
        print_status(source, embedded, report)
        print_migration_due(due=due)
    return DONE


@click.command()
@as_json
@database_errors("ledger")
def failures(as_json: bool) -> int:
    """Alles, was nicht durchsuchbar ist, mit Grund und Abhilfe."""
    with read_session(open_ledger(load_settings())) as session:
        found = list(list_failures(session))
    if as_json:
        print_json([asdict(failure) for failure in found])
    else:
        print_failures(found)
    return DONE


@click.command()
@click.option("--reason", type=click.Choice([reason.value for reason in Reason]), help="nur mit diesem Grund")
@as_json
@database_errors("ledger")
def retry(reason: str | None, as_json: bool) -> int:
    """Nur Fehlgeschlagenes noch einmal versuchen."""
    settings = load_settings()
    sessions = open_ledger(settings)
    reachable = {root.id: root for root in runs.all_roots(sessions) if Path(root.path).is_dir()}
    concerned = cleanup.reset_failed(sessions, Reason(reason) if reason else None, set(reachable))
    reports = [_run_and_count(settings, reachable[root_id], quiet=as_json) for root_id in concerned]
    if as_json:
        print_json({"roots": reports})
    elif not reports:
        click.echo("Es gibt nichts zu wiederholen.")
    return FAILED if any(report["failed"] for report in reports) else DONE


def _run_and_count(settings: Settings, root: RootRow, *, quiet: bool, accept_removals: bool = False) -> dict[str, Any]:
    """One run over a root, reported; `failed` where anything of it is not searchable or was interrupted."""
    stop = threading.Event()
    with _stop_on_signal(stop):
        summary = _run(settings, Path(root.path), root.name, stop, quiet=quiet, accept_removals=accept_removals)
    with read_session(open_ledger(settings)) as session:
        root_id = session.scalars(select(RootRow.id).where(RootRow.name == root.name)).one()
        source, embedded = source_counts(session, root_id), embedded_counts(session, root_id)
        sheets = invalid_sheets(session, root_id)
    files, inner = source.files, embedded.files  # pending without a signal: what changed while it was read
    bad = (files.failed, files.partial, files.pending, source.pages.failed, inner.failed, embedded.pages.failed)
    report = summary | source.to_json() | {"embedded": embedded.to_json(), "interrupted": stop.is_set()}
    report |= {"second_reader_missing": second_reader_missing(settings)}
    report |= {"invalid_cover_sheets": sheets, "failed": any(bad) or sheets > 0 or stop.is_set()}
    if not quiet:
        print_status(source, embedded, report)
        print_migration_due(due=migration_due(settings))
    return report


def _run(
    settings: Settings,
    folder: Path,
    name: str,
    stop: threading.Event,
    *,
    quiet: bool = False,
    accept_removals: bool = False,
) -> dict[str, Any]:
    started = time.monotonic()
    with Reporter(name, quiet=quiet) as reporter:
        summary = index_root(settings, folder, name, reporter, accept_removals=accept_removals, stop=stop)
    return asdict(summary) | {"seconds": round(time.monotonic() - started, 1)}


@contextmanager
def _stop_on_signal(stop: threading.Event) -> Iterator[None]:
    """The first signal ends the run after the page in hand; everything done is kept."""

    def ask(_number: int, _frame: object) -> None:
        click.echo("Wird nach den laufenden Seiten beendet …", err=True)
        stop.set()

    before = {wanted: signal.signal(wanted, ask) for wanted in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for wanted, handler in before.items():
            signal.signal(wanted, handler)
