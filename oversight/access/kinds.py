"""Kinds of document whose text nobody can search (nur Metadaten), bank statements for example.

Such a document stays visible where its case is opened; no search finds it by its text, with nobody's rights.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import MetadataOnlyRow
from casefile.database.events import Action, Detail
from casefile.database.ledger import now
from casefile.database.sessions import database_errors
from casefile.errors import UsageFault
from oversight.access.validity import begin, end, valid_at
from oversight.audit import Actor, Event, append
from oversight.units import normalise_unit

MAX_KIND = 200
_KINDS = select(MetadataOnlyRow.kind).where(valid_at(MetadataOnlyRow, bindparam("moment")))


def normalise_kind(kind: str) -> str:
    return normalise_unit(kind)


def metadata_only(accounts: Session, moment: object = None) -> frozenset[str]:
    """Normalised."""
    return frozenset(accounts.scalars(_KINDS, {"moment": moment or now()}))


def set_metadata_only(accounts: sessionmaker[Session], kind: str, actor: Actor, *, searchable: bool) -> None:
    """From the next request on. Raises UsageFault for an empty kind."""
    name = normalise_kind(kind)
    if not name or len(name) > MAX_KIND:
        raise UsageFault("kind_invalid", "Diese Dokumentart ist nicht möglich.", "1 bis 200 Zeichen verwenden.")
    with database_errors("accounts"), accounts.begin() as session:
        held = session.scalars(
            select(MetadataOnlyRow).where(MetadataOnlyRow.kind == name, valid_at(MetadataOnlyRow, now()))
        ).all()
        if searchable:
            end(held, actor)
        elif not held:
            begin(session, MetadataOnlyRow(kind=name), actor)
        command = "searchable" if searchable else "metadata-only"
        detail = {Detail.COMMAND: command, Detail.VALUE: kind}
        append(session, Event(actor, Action.RIGHTS_CHANGED, detail=detail))
