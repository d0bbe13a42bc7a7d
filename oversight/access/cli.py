"""`aktensuche rights`: single cases, deputies, levels, the tree of units, kinds nobody searches, and past days."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

import click
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import RightKind
from casefile.database.events import Action, Channel, Detail
from casefile.database.ledger import CaseRow
from casefile.database.sessions import open_database, read_session
from casefile.errors import UsageFault
from casefile.model import CONFIDENTIALITY_NAMES
from casefile.settings import load_settings
from oversight.access import changes, kinds, tree
from oversight.access.history import BERLIN, HeldRight, as_of, end_of
from oversight.access.names import KIND_NAMES
from oversight.accounts import clean_name, list_users
from oversight.audit import Actor, Event, operating_system_user, record

DAY = click.DateTime(["%Y-%m-%d", "%d.%m.%Y"])
UNTIL = click.option("--until", type=DAY, help="letzter Tag, an dem es gilt")
REASON = click.option("--reason", required=True, help="Grund (wird protokolliert)")
CASE = click.option("--case", "case", required=True, metavar="AKTE", help="Aktenzeichen, Ordner oder Kennung der Akte")


@click.group()
def rights() -> None:
    """Rechte ansehen und ändern; wer sie an einem vergangenen Tag hatte."""


@rights.command("as-of")
@click.argument("day", type=DAY, metavar="TAG")
@click.option("--user", default="", help="nur dieses Konto")
@click.option("--json", "as_json", is_flag=True, help="ein JSON-Dokument ausgeben")
def as_of_day(day: datetime, user: str, as_json: bool) -> None:
    """Wer welche Rechte an diesem Tag hatte, mit Beginn, Ende und wer sie gab und nahm."""
    accounts, name = _accounts(), clean_name(user)
    if name and not any(account.name == name for account in list_users(accounts)):
        raise UsageFault("user_unknown", f"Das Konto „{name}“ gibt es nicht.", "Alle: „aktensuche users list“.")
    asked = {Detail.DAY: day.date().isoformat(), Detail.ACCOUNT: name}
    record(accounts, Event(_actor(), Action.RIGHTS_READ, detail=asked))
    found = as_of(accounts, day.date(), name)
    if as_json:
        click.echo(json.dumps([asdict(right) for right in found], default=datetime.isoformat, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(found)))


@rights.command("grant")
@click.argument("name")
@CASE
@REASON
@UNTIL
def grant(name: str, case: str, reason: str, until: datetime | None) -> None:
    """Einem Konto eine einzelne Akte freigeben."""
    _give(name, changes.Right(RightKind.GRANT, _case(case), reason, _end(until)))


@rights.command("block")
@click.argument("name")
@CASE
@REASON
@UNTIL
def block(name: str, case: str, reason: str, until: datetime | None) -> None:
    """Eine einzelne Akte für ein Konto sperren, zum Beispiel die eigene oder die von Angehörigen."""
    _give(name, changes.Right(RightKind.BLOCK, _case(case), reason, _end(until)))


@rights.command("deputy")
@click.argument("name")
@click.option("--for", "represented", required=True, metavar="NAME", help="wer vertreten wird")
@click.option("--until", type=DAY, required=True, help="letzter Tag der Vertretung")
@REASON
def deputy(name: str, represented: str, until: datetime, reason: str) -> None:
    """Ein Konto sieht bis zu einem Tag auch die Akten eines anderen."""
    _give(name, changes.Right(RightKind.DEPUTY, clean_name(represented), reason, _end(until)))


@rights.command("level")
@click.argument("name")
@click.argument("level", type=click.Choice(list(CONFIDENTIALITY_NAMES)))
@UNTIL
def level(name: str, level: str, until: datetime | None) -> None:
    """Die höchste Vertraulichkeitsstufe, die ein Konto sieht, anstelle der seiner Rolle."""
    _give(name, changes.Right(RightKind.LEVEL, str(int(CONFIDENTIALITY_NAMES[level])), "", _end(until)))


@rights.command("end")
@click.argument("name")
@click.argument("number", type=int, metavar="NUMMER")
def end(name: str, number: int) -> None:
    """Ein einzeln gegebenes Recht beenden; seine Nummer nennt „rights list“."""
    changes.take(_accounts(), clean_name(name), number, _actor())
    click.echo("Beendet; gilt ab der nächsten Anfrage.")


@rights.command("list")
@click.argument("name")
def list_(name: str) -> None:
    """Was einem Konto einzeln gegeben oder gesperrt ist: Nummer, Art, Wert, Ende, Grund."""
    for held in changes.single_rights(_accounts(), clean_name(name)):
        until = held.valid_to.astimezone(BERLIN).strftime("%d.%m.%Y %H:%M") if held.valid_to else "unbefristet"
        click.echo(f"{held.id}\t{KIND_NAMES[held.kind]}\t{held.value}\t{until}\t{held.reason}")


@rights.command("place")
@click.argument("unit", metavar="STELLE")
@click.option("--under", "parent", default="", metavar="STELLE", help="die übergeordnete; ohne: keine")
def place(unit: str, parent: str) -> None:
    """Eine Stelle unter eine andere hängen: Wer die obere sieht, sieht auch die untere."""
    tree.place_unit(_accounts(), unit, parent, _actor())
    click.echo(f"„{unit}“ liegt jetzt unter „{parent}“." if parent else f"„{unit}“ liegt jetzt unter keiner anderen.")


@rights.command("metadata-only")
@click.argument("kind", metavar="DOKUMENTART")
@click.option("--off", is_flag=True, help="wieder durchsuchbar machen")
def metadata_only(kind: str, off: bool) -> None:
    """Den Text einer Dokumentart von der Suche ausnehmen (nur Metadaten)."""
    kinds.set_metadata_only(_accounts(), kind, _actor(), searchable=off)
    click.echo(f"„{kind}“ ist {'wieder durchsuchbar' if off else 'nicht mehr durchsuchbar'}.")


def _lines(found: Iterable[HeldRight]) -> Iterable[str]:
    for right in found:
        span = f"{_moment(right.begins)} bis {_moment(right.ends) if right.ends else 'heute'}"
        named = KIND_NAMES.get(right.kind, right.kind)
        yield "\t".join(filter(None, (right.account or "alle", named, right.value, span, right.given_by, right.reason)))


def _moment(value: datetime) -> str:
    return value.astimezone(BERLIN).strftime("%d.%m.%Y %H:%M")


def _give(name: str, right: changes.Right) -> None:
    changes.give(_accounts(), clean_name(name), right, _actor())
    click.echo("Gilt ab der nächsten Anfrage.")


def _case(given: str) -> str:
    """Raises UsageFault where no case is meant, or more than one."""
    with read_session(open_database(load_settings(), "ledger")) as ledger:
        known = or_(CaseRow.aktenzeichen == given, CaseRow.folder == given, CaseRow.id == given)
        found = list(ledger.scalars(select(CaseRow.id).where(known)))
    if len(found) != 1:
        said = "gibt es nicht" if not found else f"gibt es {len(found)}-mal: {', '.join(found)}"
        raise UsageFault("case_unknown", f"Die Akte „{given}“ {said}.", "Aktenzeichen, Ordner oder Kennung nennen.")
    return found[0]


def _end(until: datetime | None) -> datetime | None:
    return end_of(until.date()) if until is not None else None


def _accounts() -> sessionmaker[Session]:
    return open_database(load_settings(), "accounts")


def _actor() -> Actor:
    return Actor("", Channel.CLI, operating_system_user())
