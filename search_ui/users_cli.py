"""`aktensuche users`: accounts, written to the audit log like everything else."""

from __future__ import annotations

import secrets
import sys

import click

from casefile.database import open_database
from casefile.model import Role
from casefile.settings import load_settings
from search_ui import accounts
from search_ui.audit import Action, Actor, Channel, Event, operating_system_user, record

ROLES = click.Choice([role.value for role in Role])


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
    database = open_database(load_settings(), "accounts")
    password, generated = _password(password_stdin)
    accounts.add_user(database, name, Role(role), units, password)
    _log(database, "add", name, role=role, units=list(units))
    click.echo(f"Konto „{accounts.clean_name(name)}“ angelegt.")
    if generated:
        click.echo(f"Kennwort: {password}")


@users.command("list")
def list_() -> None:
    """Alle Konten mit Rolle und Stellen."""
    for account in accounts.list_users(open_database(load_settings(), "accounts")):
        state = "" if account.active else "  (stillgelegt)"
        click.echo(f"{account.name}\t{account.role}\t{', '.join(account.units)}{state}")


@users.command("set-password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Kennwort von der Standardeingabe lesen")
def set_password(name: str, password_stdin: bool) -> None:
    """Ein neues Kennwort setzen; laufende Sitzungen enden."""
    database = open_database(load_settings(), "accounts")
    password, generated = _password(password_stdin)
    accounts.set_password(database, name, password)
    _log(database, "set-password", name)
    click.echo("Kennwort gesetzt." + (f" Kennwort: {password}" if generated else ""))


@users.command("deactivate")
@click.argument("name")
def deactivate(name: str) -> None:
    """Ein Konto stilllegen; laufende Sitzungen enden."""
    _set_active(name, active=False)


@users.command("activate")
@click.argument("name")
def activate(name: str) -> None:
    """Ein stillgelegtes Konto wieder freigeben."""
    _set_active(name, active=True)


@users.command("set-units")
@click.argument("name")
@click.option("--unit", "units", multiple=True, required=True, help="Stelle, mehrfach möglich; '*' für alle")
def set_units(name: str, units: tuple[str, ...]) -> None:
    """Die Stellen eines Kontos neu bestimmen; laufende Sitzungen enden."""
    database = open_database(load_settings(), "accounts")
    accounts.set_units(database, name, units)
    _log(database, "set-units", name, units=list(units))
    click.echo("Stellen gesetzt.")


def _set_active(name: str, *, active: bool) -> None:
    database = open_database(load_settings(), "accounts")
    accounts.set_active(database, name, active)
    _log(database, "activate" if active else "deactivate", name)
    click.echo("Konto freigegeben." if active else "Konto stillgelegt.")


def _password(from_stdin: bool) -> tuple[str, bool]:
    """The password, and whether it was made up here."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if sys.stdin.isatty():
        return click.prompt("Kennwort", hide_input=True, confirmation_prompt="Noch einmal"), False
    return secrets.token_urlsafe(12), True


def _log(database: accounts.Sessions, what: str, name: str, **detail: object) -> None:
    actor = Actor("", Channel.CLI, operating_system_user())
    record(database, Event(actor, Action.USER_CHANGED, detail={"befehl": what, "konto": name, **detail}))
