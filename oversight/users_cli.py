"""`aktensuche users`: accounts, written to the audit log like everything else."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from casefile.database.sessions import open_database
from casefile.errors import EnvironmentFault, UsageFault
from casefile.model import Role
from casefile.settings import Settings, load_settings
from oversight import accounts
from oversight.units import (
    UnknownUnit,
    clean_units,
    units_of_cases,
    unknown_units,
)

ROLES = click.Choice([role.value for role in Role])
NO_SUPERVISOR = (
    "Das ganze Protokoll kann jetzt niemand mehr lesen: Es gibt kein aktives Konto der Revision und keine Leitung für "
    "alle Stellen. Abhilfe: „aktensuche users add“ oder „users change“ mit --role auditor."
)
NO_ADMINISTRATOR = (
    "Es gibt kein aktives Konto der Technik (system-admin) mehr. Konten verwaltet weiter, wer diesen Befehl aufrufen "
    "darf."
)


@click.group()
def users() -> None:
    """Konten anlegen und ändern."""


@users.command("add")
@click.argument("name")
@click.option("--role", type=ROLES, required=True, help="Rolle")
@click.option("--unit", "units", multiple=True, required=True, help="Stelle, mehrfach möglich; '*' für alle")
@click.option("--password-stdin", is_flag=True, help="Kennwort von der Standardeingabe lesen")
def add(name: str, role: str, units: tuple[str, ...], password_stdin: bool) -> None:
    """Ein Konto anlegen. Ohne --password-stdin wird gefragt oder eines erzeugt und ausgegeben."""
    settings = load_settings()
    database = open_database(settings, "accounts")
    cleaned = clean_units(units)
    password, generated = _password(password_stdin)
    accounts.add_user(database, name, Role(role), cleaned, password)
    click.echo(f"Konto „{accounts.clean_name(name)}“ angelegt.")
    if generated:
        click.echo(f"Kennwort: {password}")
    _warn_of_units(settings, cleaned)


@users.command("list")
def list_() -> None:
    """Alle Konten: Name, Rolle, Stellen und Zustand, durch Tabulatoren getrennt."""
    for account in accounts.list_users(open_database(load_settings(), "accounts")):
        state = "aktiv" if account.active else "stillgelegt"
        click.echo(f"{account.name}\t{account.role}\t{', '.join(account.units)}\t{state}")


@users.command("set-password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Kennwort von der Standardeingabe lesen")
def set_password(name: str, password_stdin: bool) -> None:
    """Ein neues Kennwort setzen; laufende Sitzungen enden."""
    database = open_database(load_settings(), "accounts")
    password, generated = _password(password_stdin)
    accounts.set_password(database, name, password)
    click.echo("Kennwort gesetzt." + (f" Kennwort: {password}" if generated else ""))


@users.command("deactivate")
@click.argument("name")
def deactivate(name: str) -> None:
    """Ein Konto stilllegen; laufende Sitzungen enden."""
    database = open_database(load_settings(), "accounts")
    with _watched(database):
        accounts.set_active(database, name, active=False)
    click.echo("Konto stillgelegt.")


@users.command("activate")
@click.argument("name")
def activate(name: str) -> None:
    """Ein stillgelegtes Konto wieder freigeben."""
    accounts.set_active(open_database(load_settings(), "accounts"), name, active=True)
    click.echo("Konto freigegeben.")


@users.command("change")
@click.argument("name")
@click.option("--role", type=ROLES, help="neue Rolle")
@click.option("--unit", "units", multiple=True, help="Stelle, mehrfach möglich; '*' für alle; ersetzt die bisherigen")
def change(name: str, role: str | None, units: tuple[str, ...]) -> None:
    """Rolle, Stellen oder beides in einem Schritt neu bestimmen; laufende Sitzungen enden."""
    if role is None and not units:
        raise UsageFault("nothing_to_change", "Es ist nichts zu ändern genannt.", "--role oder --unit angeben.")
    _change(name, Role(role) if role else None, units or None)


@users.command("set-units")
@click.argument("name")
@click.option("--unit", "units", multiple=True, required=True, help="Stelle, mehrfach möglich; '*' für alle")
def set_units(name: str, units: tuple[str, ...]) -> None:
    """Die Stellen eines Kontos neu bestimmen (wie „change“ nur mit --unit)."""
    _change(name, None, units)


def _change(name: str, role: Role | None, units: Sequence[str] | None) -> None:
    settings = load_settings()
    database = open_database(settings, "accounts")
    cleaned = None if units is None else clean_units(units)
    with _watched(database):
        accounts.change_user(database, name, role=role, units=cleaned)
    now = next(a for a in accounts.list_users(database) if a.name == accounts.clean_name(name))
    click.echo(f"Konto „{now.name}“ geändert: Rolle {now.role}, Stellen {', '.join(now.units)}.")
    _warn_of_units(settings, cleaned or ())


@contextmanager
def _watched(database: accounts.Sessions) -> Iterator[None]:
    """Says so where a change took away the last who supervises or administers.

    It is not refused: an account that is misused must be stopped at once, and this command always makes another.
    """
    before = accounts.list_users(database)
    yield
    after = accounts.list_users(database)
    if any(a.reads_whole_log for a in before) and not any(a.reads_whole_log for a in after):
        _warn(NO_SUPERVISOR)
    if any(a.administers for a in before) and not any(a.administers for a in after):
        _warn(NO_ADMINISTRATOR)


def _warn_of_units(settings: Settings, units: Sequence[str]) -> None:
    """A warning, no error: the unit's cases may come later. The account is there already, whatever the ledger says."""
    if not units:
        return
    try:
        known = units_of_cases(open_database(settings, "ledger"))
    except EnvironmentFault as fault:
        _warn(f"Die Stellen wurden nicht geprüft. {fault.message}")
        return
    for strange in unknown_units(units, known):
        _warn(_unknown(strange, bool(known)))


def _unknown(strange: UnknownUnit, any_known: bool) -> str:
    if not any_known:
        return f"Noch ist keine Akte mit einer Stelle eingelesen; „{strange.unit}“ konnte nicht geprüft werden."
    similar = ", ".join(f"„{unit}“" for unit in strange.similar)
    hint = f" Ähnlich heißen: {similar}." if similar else ""
    return f"Keine Akte gehört bisher zur Stelle „{strange.unit}“.{hint}"


def _warn(text: str) -> None:
    click.echo(f"Achtung: {text}", err=True)


def _password(from_stdin: bool) -> tuple[str, bool]:
    """The password, and whether it was made up here."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if sys.stdin.isatty():
        return click.prompt("Kennwort", hide_input=True, confirmation_prompt="Noch einmal"), False
    return secrets.token_urlsafe(12), True
