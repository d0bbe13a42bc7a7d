"""Commands of the indexer. Each parses, calls, prints; `--json` prints one document and nothing else on stdout."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from casefile.counts import Counts, embedded_counts, is_running, source_counts
from casefile.database import migrate as migrate_database
from casefile.database import read_session
from casefile.errors import Reason, UsageFault
from casefile.settings import Settings, load_settings
from casefile.store import Store
from indexer.context import derived_store, open_ledger
from indexer.failures import Failure
from indexer.failures import failures as list_failures
from indexer.heal import heal_root
from indexer.ledger import cleanup, runs
from indexer.pace import measure_pace
from indexer.pipeline import index_root
from indexer.progress import Reporter
from indexer.verify import FINDING_TEXTS, RootReport, verify_root

DONE, FAILED = 0, 1
as_json = click.option("--json", "as_json", is_flag=True, help="ein JSON-Dokument auf der Standardausgabe")


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
    return _index(settings, folder, name or folder.name, as_json, accept_removals)


@click.command()
@click.option("--interval", default=300, show_default=True, help="Sekunden zwischen zwei Durchgängen")
def work(interval: int) -> int:
    """Dauerhaft arbeiten: alle bekannten Bestände immer wieder abgleichen, bis das Programm beendet wird."""
    settings = load_settings()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        for root in runs.all_roots(open_ledger(settings)):
            if not stop.is_set() and Path(root.path).is_dir():
                _run(settings, Path(root.path), root.name, stop)
        stop.wait(interval)
    return DONE


@click.command()
@as_json
def status(as_json: bool) -> int:
    """Dateien und Seiten nach Zustand; während eines Laufs auch Durchsatz und Restzeit."""
    sessions = open_ledger(load_settings())
    with read_session(sessions) as session:
        source, embedded = source_counts(session), embedded_counts(session)
        running = is_running(session)
        pace = measure_pace(session) if running else None
    report = source.to_json() | {"embedded": embedded.to_json(), "running": running}
    if pace is not None:
        report |= asdict(pace)
    if as_json:
        _print_json(report)
    else:
        _print_status(source, embedded, report)
    return DONE


@click.command()
@as_json
def failures(as_json: bool) -> int:
    """Alles, was nicht durchsuchbar ist, mit Grund und Abhilfe."""
    with read_session(open_ledger(load_settings())) as session:
        found = list(list_failures(session))
    if as_json:
        _print_json([asdict(failure) for failure in found])
    else:
        _print_failures(found)
    return DONE


@click.command()
@click.option("--reason", type=click.Choice([reason.value for reason in Reason]), help="nur mit diesem Grund")
@as_json
def retry(reason: str | None, as_json: bool) -> int:
    """Nur Fehlgeschlagenes noch einmal versuchen."""
    settings = load_settings()
    sessions = open_ledger(settings)
    concerned = cleanup.reset_failed(sessions, Reason(reason) if reason else None)
    outcomes = [
        _index(settings, Path(root.path), root.name, as_json)
        for root in runs.all_roots(sessions)
        if root.id in concerned
    ]
    if not outcomes:
        _say(as_json, {"retried": 0}, "Es gibt nichts zu wiederholen.")
    return max(outcomes, default=DONE)


@click.command()
@click.option("--rehash", is_flag=True, help="jede Quelldatei neu lesen und ihre Prüfsumme vergleichen")
@as_json
def verify(rehash: bool, as_json: bool) -> int:
    """Quellordner, Seitennachweis und Suchindex abgleichen; Exit-Status 0 nur, wenn alles erklärt ist."""
    settings = load_settings()
    sessions = open_ledger(settings)
    store = Store.for_indexing(settings)
    store.create_indices()
    reports = [verify_root(sessions, store, root, rehash=rehash) for root in runs.all_roots(sessions)]
    store.close()
    ok = all(report.ok for report in reports)
    if as_json:
        _print_json({"ok": ok, "roots": [report.to_json() for report in reports]})
    else:
        _print_reports(reports)
    return DONE if ok else FAILED


@click.command()
@as_json
def migrate(as_json: bool) -> int:
    """Datenbanken und Suchindex auf den Stand des Programms bringen; baut Fehlendes ohne neue Texterkennung auf."""
    settings = load_settings()
    sessions = open_ledger(settings)
    migrate_database(settings, "accounts")
    store = Store.for_indexing(settings)
    store.create_indices()
    healed = {
        root.name: asdict(heal_root(sessions, store, derived_store(settings), root))
        for root in runs.all_roots(sessions)
    }
    store.close()
    reread = sum(result["reread"] for result in healed.values())
    _say(as_json, {"roots": healed}, f"Abgeglichen: {len(healed)} Bestände; {reread} Dokumente sind neu zu lesen.")
    return FAILED if reread else DONE


def _index(settings: Settings, folder: Path, name: str, as_json: bool, accept_removals: bool = False) -> int:
    stop = threading.Event()
    with _stop_on_signal(stop):
        summary = _run(settings, folder, name, stop, quiet=as_json, accept_removals=accept_removals)
    with read_session(open_ledger(settings)) as session:
        root_id = next(root.id for root in runs.all_roots(open_ledger(settings)) if root.name == name)
        source, embedded = source_counts(session, root_id), embedded_counts(session, root_id)
    report = summary | source.to_json() | {"embedded": embedded.to_json(), "interrupted": stop.is_set()}
    if as_json:
        _print_json(report)
    else:
        _print_status(source, embedded, report)
    bad = (source.files.failed, source.files.partial, source.pages.failed, embedded.files.failed, embedded.pages.failed)
    return FAILED if any(bad) or stop.is_set() else DONE


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

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(as_json: bool, data: dict[str, Any], text: str) -> None:
    if as_json:
        _print_json(data)
    else:
        click.echo(text)


def _print_json(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=str))


def number(value: int) -> str:
    """1234567 → 1.234.567"""
    return f"{value:,}".replace(",", ".")


def _print_status(source: Counts, embedded: Counts, report: dict[str, Any]) -> None:
    files, pages = source.files, source.pages
    click.echo(
        f"Dateien: {number(files.total)} = {number(files.searchable)} durchsuchbar + {number(files.partial)} teilweise"
        f" + {number(files.blank)} leer + {number(files.failed)} fehlgeschlagen + {number(files.ignored)} ohne"
        f" Akteninhalt + {number(files.pending)} offen"
    )
    for label, part in (("Seiten", pages), ("Seiten in Anlagen", embedded.pages)):
        click.echo(
            f"{label}: {number(part.total)} = {number(part.searchable)} durchsuchbar + {number(part.blank)} leer"
            f" + {number(part.failed)} fehlgeschlagen + {number(part.pending)} offen"
        )
    if report.get("interrupted"):
        click.echo("Unterbrochen; derselbe Befehl setzt fort.")
    if report.get("running"):
        rate, eta = report.get("pages_per_second"), report.get("eta_seconds")
        click.echo(f"Läuft gerade: {rate} Seiten/s" + (f", noch etwa {round(eta / 60)} min" if eta else ""))
    if pages.failed or embedded.pages.failed:
        click.echo("Was fehlt und was zu tun ist: aktensuche failures")


def _print_failures(found: list[Failure]) -> None:
    if not found:
        click.echo("Alles ist durchsuchbar oder leer.")
    for failure in found:
        page = f", Seite {failure.page}" if failure.page else ""
        click.echo(f"{failure.path}{page}: {failure.code}. {failure.detail or failure.remedy}")
        if failure.detail and failure.detail != failure.remedy:
            click.echo(f"    {failure.remedy}")


def _print_reports(reports: list[RootReport]) -> None:
    for report in reports:
        verdict = "alles erklärt" if report.ok else "NICHT alles erklärt"
        pages = report.source.pages
        click.echo(
            f"{report.root}: {verdict}. {number(report.source_files)} Dateien im Quellordner; {number(pages.total)}"
            f" Seiten = {number(pages.searchable)} durchsuchbar + {number(pages.blank)} leer"
            f" + {number(pages.failed)} mit Grund gemeldet + {number(pages.pending)} offen"
        )
        for code, finding in report.findings.items():
            if finding.count:
                click.echo(f"  {number(finding.count)} {FINDING_TEXTS[code]}")
                for example in finding.examples[:5]:
                    click.echo(f"    {example}")
    if not reports:
        click.echo("Es ist noch kein Bestand eingelesen.")
