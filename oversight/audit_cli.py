"""`aktensuche audit`: the log checked, proved, cosigned, written out; what its term or the law demands deleted."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.events import Action, Channel, Detail
from casefile.errors import EnvironmentFault, UsageFault
from casefile.settings import Settings, load_settings
from casefile.wording import counted, number
from oversight.audit import Actor, Event, export_rows, operating_system_user, record, to_csv
from oversight.log.formats.record import PERSONAL

DONE, FAILED = 0, 1
TOLD = 20  # findings in plain text; --json has more
FIELDS = click.Choice(PERSONAL)


@click.group()
def audit() -> None:
    """Das Zugriffsprotokoll prüfen, nachweisen, bezeugen lassen und ausgeben."""


@audit.command("verify")
@click.option(
    "--checkpoint",
    "files",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Prüfpunkt von anderswo, etwa der letzte des Zeugen („witness checkpoint“); mehrfach möglich",
)
@click.option("--json", "as_json", is_flag=True, help="ein JSON-Dokument ausgeben")
def audit_verify(files: tuple[Path, ...], as_json: bool) -> int:
    """Jede Zeile und jeden Prüfpunkt nachrechnen. Ende mit Status 1, wenn etwas nicht stimmt."""
    from oversight.log.check.checking import check_log

    settings, accounts = _opened()
    notice = _take_in(settings, accounts)
    outside = [(str(path), path.read_text(encoding="utf-8")) for path in files]
    found = check_log(settings, accounts, outside, datetime.now(UTC).date())
    if as_json:
        click.echo(json.dumps(asdict(found) | {"notice": notice}, ensure_ascii=False))
        return FAILED if found.findings_total else DONE
    click.echo(
        f"{counted(found.rows, 'Zeile', 'Zeilen')}, {counted(found.leaves, 'Eintrag', 'Einträge')} im Protokoll, "
        f"davon {number(found.signed)} unter {counted(found.checkpoints, 'Prüfpunkt', 'Prüfpunkten')}; "
        f"{number(found.pending)} noch ohne Prüfpunkt, {number(found.dropped)} nach Fristablauf gelöscht."
    )
    for name, size in found.witnesses.items():
        click.echo(f"Zeuge {name}: {counted(size, 'Eintrag', 'Einträge')} bezeugt.")
    if notice:
        click.echo(f"Achtung: {notice}", err=True)
    for finding in found.findings[:TOLD]:
        click.echo(finding.to_text())
    if found.findings_total > TOLD:
        click.echo(f"… und {number(found.findings_total - TOLD)} weitere (--json nennt bis zu 1.000).")
    click.echo("Das Protokoll ist NICHT unversehrt." if found.findings_total else "Das Protokoll ist unversehrt.")
    return FAILED if found.findings_total else DONE


@audit.command("export")
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json", show_default=True)
def audit_export(folder: Path | None, form: str) -> None:
    """In den Ordner FOLDER: das prüfbare Protokoll (C2SP tlog-tiles), ohne Klartext von Namen und Inhalten.

    Ohne Ordner: alle Zeilen im Klartext auf die Standardausgabe, als JSON (eine Liste) oder CSV mit Semikolon.
    """
    from oversight.log.export import export_tiles

    settings, accounts = _opened()
    _record(accounts, Action.AUDIT_EXPORT, {Detail.FORMAT: "tiles" if folder else form})
    if folder is None:
        _print_rows(accounts, form)
        return
    _said(_take_in(settings, accounts))
    exported = export_tiles(accounts, folder)
    click.echo(f"{counted(exported.size, 'Eintrag', 'Einträge')} in {folder}.")
    if exported.from_entry:
        before = number(exported.from_entry)
        click.echo(f"Die Einträge vor {before} sind nach Fristablauf gelöscht; ihre Prüfsummen sind da.")


@audit.command("prove")
@click.argument("row", type=click.IntRange(1))
@click.option("--withhold", multiple=True, type=FIELDS, help="Feld, das verborgen bleibt; mehrfach möglich")
def audit_prove(row: int, withhold: tuple[str, ...]) -> None:
    """Den Nachweis einer Zeile ausgeben (C2SP tlog-proof); docs/nachweis-pruefen.py prüft ihn ohne dieses Programm."""
    from oversight.log.prove import prove_row

    settings, accounts = _opened()
    _said(_take_in(settings, accounts))
    proof = prove_row(accounts, row, withhold)
    _record(accounts, Action.AUDIT_PROOF, {Detail.ROWS: [row], Detail.FIELDS: sorted(set(PERSONAL) - set(withhold))})
    click.echo(proof, nl=False)


@audit.command("key")
def audit_key() -> None:
    """Den öffentlichen Schlüssel des Protokolls ausgeben: für den Zeugen und alle, die prüfen."""
    from oversight.log.keys import open_key

    click.echo(open_key(*_opened()).verifier)


@audit.command("request")
@click.option("--witness", required=True, help="Name des Zeugen")
@click.option("--old", type=click.IntRange(0), help="zuletzt bezeugte Zahl von Einträgen, wie der Zeuge sie nennt")
def audit_request(witness: str, old: int | None) -> None:
    """Die Bitte an einen Zeugen ausgeben, den neuesten Prüfpunkt mitzuunterschreiben (C2SP tlog-witness)."""
    from oversight.log.cosigning import request_cosignature

    settings, accounts = _opened()
    _said(_take_in(settings, accounts))
    click.echo(request_cosignature(accounts, witness, old).to_text(), nl=False)


@audit.command("cosigned")
@click.argument("answer", type=click.File(encoding="utf-8"))
def audit_cosigned(answer: TextIO) -> None:
    """Die Antwort eines Zeugen (Datei oder -) prüfen und aufbewahren."""
    from oversight.log.cosigning import read_witnesses, take_cosignatures

    settings, accounts = _opened()
    taken = take_cosignatures(accounts, read_witnesses(settings.audit_witnesses), answer.read())
    for name, size in taken.items():
        click.echo(f"{name} bezeugt {counted(size, 'Eintrag', 'Einträge')}.")


@audit.command("expire")
def audit_expire() -> None:
    """Monate löschen, deren Frist abgelaufen ist (AKTENSUCHE_AUDIT_MONTHS). Prüfsummen und Prüfpunkte bleiben."""
    from oversight.log.retention import drop_expired, last_expired_month

    settings, accounts = _opened()
    _said(_take_in(settings, accounts))
    until = last_expired_month(settings.audit_months, datetime.now(UTC).date())
    months = drop_expired(accounts, _actor(), until)
    click.echo(f"Gelöscht: {', '.join(months)}." if months else f"Bis {until} ist nichts zu löschen.")


@audit.command("erase")
@click.option("--row", "rows", multiple=True, type=click.IntRange(1), help="Nummer der Zeile; mehrfach möglich")
@click.option("--account", help="alle Zeilen dieses Kontos")
@click.option("--field", "fields", multiple=True, type=FIELDS, required=True, help="Feld; mehrfach möglich")
def audit_erase(rows: tuple[int, ...], account: str | None, fields: tuple[str, ...]) -> None:
    """Angaben zu einer Person aus dem Protokoll löschen; der Nachweis über die Zeilen bleibt gültig."""
    from oversight.log.retention import erase_fields, rows_of_account

    if not rows and account is None:
        raise UsageFault("nothing_to_erase", "Es ist keine Zeile genannt.", "--row oder --account angeben.")
    settings, accounts = _opened()
    _said(_take_in(settings, accounts))
    chosen = [*rows, *(rows_of_account(accounts, account) if account is not None else [])]
    erased = erase_fields(accounts, _actor(), chosen, fields)
    click.echo(f"In {counted(erased, 'Zeile', 'Zeilen')} gelöscht: {', '.join(fields)}.")


def _opened() -> tuple[Settings, sessionmaker[Session]]:
    from casefile.database.sessions import open_database

    settings = load_settings()
    accounts = open_database(settings, "accounts")
    click.get_current_context().call_on_close(accounts.kw["bind"].dispose)
    return settings, accounts


def _take_in(settings: Settings, accounts: sessionmaker[Session]) -> str:
    """Rows that nobody has taken in yet, because nothing runs. Gives what kept the log from it, "" where it went well.

    A check must be possible without the key.
    """
    from oversight.log.keeper import take_in_all
    from oversight.log.keys import open_key

    try:
        taken = take_in_all(settings, accounts, open_key(settings, accounts))
    except EnvironmentFault as fault:
        return f"{fault.message} {fault.remedy}"
    return "Die zweite Stelle ist nicht erreichbar." if taken.copy_fault else ""


def _said(notice: str) -> None:
    if notice:
        click.echo(f"Achtung: {notice}", err=True)


def _actor() -> Actor:
    return Actor("", Channel.CLI, operating_system_user())


def _record(accounts: sessionmaker[Session], action: Action, detail: dict[Detail, object]) -> None:
    record(accounts, Event(_actor(), action, detail=detail))


def _print_rows(accounts: sessionmaker[Session], form: str) -> None:
    rows = export_rows(accounts)
    if form == "csv":
        for line in to_csv(rows):
            click.echo(line, nl=False)
        return
    click.echo("[")
    before = ""
    for row in rows:
        click.echo(f"{before}{json.dumps(row, ensure_ascii=False)}", nl=False)
        before = ",\n"
    click.echo("\n]")
