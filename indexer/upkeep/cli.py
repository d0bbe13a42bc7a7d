"""The commands `verify` and `migrate`: does the index hold what it should, and bring it there."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from typing import Any

import click
from sqlalchemy.orm import Session, sessionmaker

from casefile.batches import batches
from casefile.database.ledger import RootRow
from casefile.database.sessions import database_errors, open_database
from casefile.errors import EnvironmentFault
from casefile.index.schema import PUBLISHED, IndexKind, Schema
from casefile.index.versions import GRACE_S, IndexVersions
from casefile.index.writer import IndexWriter
from casefile.settings import Settings, load_settings
from casefile.storage.derived import DerivedStore
from casefile.wording import counted
from indexer.context import derived_store, open_ledger
from indexer.ledger import runs
from indexer.upkeep import tidy
from indexer.upkeep.compare import records_of_unknown_roots
from indexer.upkeep.heal import heal_root
from indexer.upkeep.rebuild import Built, build_due
from indexer.upkeep.report import DONE, FAILED, as_json, print_json, print_migration_due, print_reports
from indexer.upkeep.verify import Finding, verify_root
from indexer.work.lease import leased
from indexer.work.locks import ContentLocks

LEASE = "migrate"
DELETED_AT_ONCE = 10_000


@click.command()
@click.option("--deep", is_flag=True, help="jede Quelldatei und jeden Text im Suchindex neu lesen und vergleichen")
@as_json
@database_errors("ledger")
def verify(deep: bool, as_json: bool) -> int:
    """Quellordner, Seitennachweis und Suchindex abgleichen; Exit-Status 0 nur, wenn alles erklärt ist."""
    settings = load_settings()
    sessions, derived = open_ledger(settings), derived_store(settings)
    roots = runs.all_roots(sessions)
    with closing(IndexWriter.open(settings)) as store:
        reports = [verify_root(sessions, store, derived, root, deep=deep) for root in roots]
        names = [root.name for root in roots]
        foreign = Finding.of(records_of_unknown_roots(store, IndexKind.PAGES, names) if store.indices_exist() else ())
        due = store.migration_due()
    ok = all(report.ok for report in reports) and not foreign.count
    if as_json:
        found = [report.to_json() for report in reports]
        print_json({"ok": ok, "migrate_due": due, "foreign_pages": asdict(foreign), "roots": found})
    else:
        print_reports(reports)
        if foreign.count:
            click.echo(
                counted(foreign.count, "Eintrag im Suchindex gehört", "Einträge im Suchindex gehören")
                + " zu keinem Bestand → „aktensuche migrate“"
            )
        print_migration_due(due=due)
    return DONE if ok else FAILED


@click.command()
@click.option("--deep", is_flag=True, help="auch jeden Text im Suchindex vergleichen")
@as_json
@database_errors("ledger")
def migrate(deep: bool, as_json: bool) -> int:
    """Datenbanken und Suchindex auf den Stand des Programms bringen; baut Fehlendes ohne neue Texterkennung auf."""
    settings = load_settings()
    open_database(settings, "accounts")
    built, healed = bring_up_to_date(settings, deep=deep)
    reread = built.reread + sum(result["reread"] for result in healed.values())
    if as_json:
        print_json({"built": asdict(built), "roots": healed})
    else:
        _print_migrated(built, healed, reread)
    return FAILED if reread else DONE


def bring_up_to_date(
    settings: Settings, schema: Schema = PUBLISHED, grace: float = GRACE_S, *, deep: bool = False
) -> tuple[Built, dict[str, dict[str, Any]]]:
    """A newer version first, then what the index in use lacks; what was repaired, by root.

    Raises EnvironmentFault `lease_held` while another process does the same.
    """
    sessions, derived = open_ledger(settings), derived_store(settings)
    with leased(sessions, LEASE) as lease, closing(IndexVersions.open(settings, schema=schema)) as versions:
        versions.create_indices()
        built = build_due(sessions, versions, derived, lease, grace)
        roots = runs.all_roots(sessions)
        _remove_records_of_unknown_roots(versions, roots)
        healed = {root.name: _heal(settings, sessions, versions, derived, root, deep) for root in roots}
        tidy.mark_unknown(sessions, derived)
        tidy.remove_dropped(sessions, derived, ContentLocks(settings.home), lambda: None)
    return built, {name: result for name, result in healed.items() if result is not None}


def _heal(
    settings: Settings,
    sessions: sessionmaker[Session],
    versions: IndexVersions,
    derived: DerivedStore,
    root: RootRow,
    deep: bool,
) -> dict[str, Any] | None:
    """None where the root is being read at this moment: its run repairs it."""
    try:
        with runs.run_on(sessions, root, settings.home):
            return asdict(heal_root(sessions, versions, derived, root, deep=deep))
    except EnvironmentFault as fault:
        if fault.code != "index_running":
            raise
        return None


def _remove_records_of_unknown_roots(store: IndexWriter, roots: list[RootRow]) -> None:
    for kind in IndexKind:
        for part in batches(records_of_unknown_roots(store, kind, [root.name for root in roots]), DELETED_AT_ONCE):
            store.delete_ids(kind, part)


def _print_migrated(built: Built, healed: dict[str, dict[str, Any]], reread: int) -> None:
    if built.kinds:
        click.echo(f"Neuer Stand des Suchindex in Betrieb: {counted(built.records, 'Eintrag', 'Einträge')} aufgebaut.")
    if not built.old_removed:
        click.echo("Der alte Stand wird noch durchsucht; der nächste Aufruf von „aktensuche migrate“ entfernt ihn.")
    text = (
        f"Abgeglichen: {counted(len(healed), 'Bestand', 'Bestände')}."
        f" Neu zu lesen: {counted(reread, 'Dokument', 'Dokumente')}."
    )
    click.echo(f"{text} Dazu „aktensuche index“ aufrufen." if reread else text)
    if built.reread:
        click.echo("Der neue Stand des Suchindex ist noch nicht in Betrieb: danach „aktensuche migrate“ wiederholen.")
