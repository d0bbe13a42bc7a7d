"""`aktensuche audit`: the log, checked and written out."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from casefile.database.events import Action, Channel, Detail
from casefile.settings import load_settings
from casefile.wording import counted


@click.group()
def audit() -> None:
    """Das Zugriffsprotokoll prüfen und ausgeben."""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="ein JSON-Dokument ausgeben")
def audit_verify(as_json: bool) -> int:
    """Prüfen, ob Zeilen fehlen. Eine Verkettung mit Signaturen ist noch nicht eingerichtet."""
    from casefile.database.sessions import open_database
    from oversight.audit import check_rows

    found = check_rows(open_database(load_settings(), "accounts"))
    if as_json:
        click.echo(json.dumps(asdict(found) | {"signed": False}))
    else:
        click.echo(f"{counted(found.rows, 'Zeile', 'Zeilen')}, erste {found.first}, letzte {found.last}.")
        gaps = ", ".join(map(str, found.missing[:20]))
        absent = f"{counted(len(found.missing), 'Zeile fehlt', 'Zeilen fehlen')}: {gaps}"
        click.echo(absent if found.missing else "Die Nummern sind lückenlos.")
        if found.first < found.counted_from:
            click.echo(f"Ältere als {found.counted_from} wurden noch nicht lückenlos gezählt; sie sind nicht geprüft.")
        click.echo(
            "Geprüft sind nur die Nummern. Geänderte Zeilen findet diese Prüfung nicht, und am Ende abgeschnittene "
            "nur, solange der Zähler stimmt: Die Verkettung mit Signaturen ist noch nicht eingerichtet."
        )
    return 1 if found.missing else 0


@audit.command("export")
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json", show_default=True)
def audit_export(form: str) -> None:
    """Alle Zeilen ausgeben: JSON (eine Liste) oder CSV mit Semikolon."""
    from casefile.database.sessions import open_database
    from oversight import audit as log

    accounts = open_database(load_settings(), "accounts")
    actor = log.Actor("", Channel.CLI, log.operating_system_user())
    log.record(accounts, log.Event(actor, Action.AUDIT_EXPORT, detail={Detail.FORMAT: form}))
    rows = log.export_rows(accounts)
    if form == "csv":
        for line in log.to_csv(rows):
            click.echo(line, nl=False)
        return
    click.echo("[")
    before = ""
    for row in rows:
        click.echo(f"{before}{json.dumps(row, ensure_ascii=False)}", nl=False)
        before = ",\n"
    click.echo("\n]")
