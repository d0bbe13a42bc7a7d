"""What holds at one moment: rows kept with their time are begun and ended, never changed or deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from casefile.database.accounts import MetadataOnlyRow, RightKind, RightRow, UnitParentRow
from casefile.database.ledger import now
from oversight.audit import Actor

Row = TypeVar("Row", RightRow, UnitParentRow, MetadataOnlyRow)
TimedTable = type[RightRow] | type[UnitParentRow] | type[MetadataOnlyRow]


def valid_at(table: TimedTable, moment: object) -> ColumnElement[bool]:
    """`moment`: a datetime, or a bound parameter."""
    return and_(table.valid_from <= moment, or_(table.valid_to.is_(None), table.valid_to > moment))


def valid_rights(session: Session, user_id: int, *kinds: RightKind, moment: datetime | None = None) -> list[RightRow]:
    query = select(RightRow).where(RightRow.user_id == user_id, valid_at(RightRow, moment or now()))
    query = query.where(RightRow.kind.in_(kinds)) if kinds else query
    return list(session.scalars(query.order_by(RightRow.id)))


def begin(session: Session, row: Row, actor: Actor) -> Row:
    row.valid_from, row.given_by = now(), acting(actor)
    session.add(row)
    session.flush()
    return row


def end(rows: Sequence[RightRow | UnitParentRow | MetadataOnlyRow], actor: Actor) -> None:
    for row in rows:
        row.valid_to, row.ended_by = now(), acting(actor)


def set_values(session: Session, user_id: int, kind: RightKind, values: Sequence[str], actor: Actor) -> None:
    """From now on the account has exactly these values of this kind; what stays keeps its beginning."""
    held = valid_rights(session, user_id, kind)
    end([row for row in held if row.value not in values], actor)
    kept = {row.value for row in held}
    for value in values:
        if value not in kept:
            begin(session, RightRow(user_id=user_id, kind=kind, value=value), actor)


def acting(actor: Actor) -> str:
    return actor.user or f"{actor.os_user}@{actor.channel}"
