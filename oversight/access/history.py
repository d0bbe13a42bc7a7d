"""Who had which rights on a day: everything that held at some moment of it, with its beginning and end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import MetadataOnlyRow, RightKind, RightRow, UnitParentRow, UserRow
from casefile.database.sessions import read_session
from oversight.access.validity import TimedTable

BERLIN = ZoneInfo("Europe/Berlin")  # a day is what the calendar on the wall calls one


@dataclass(frozen=True)
class HeldRight:
    """`begins`, `ends`: of the right itself, which may lie outside the day. `kind` is a RightKind, or `unit-parent`
    (value: `unit < parent`) or `metadata-only`, which hold for all accounts and have no `account`.
    """

    account: str
    kind: str
    value: str
    reason: str
    begins: datetime
    ends: datetime | None
    given_by: str
    ended_by: str


def as_of(accounts: sessionmaker[Session], day: date, user: str = "") -> list[HeldRight]:
    """Of all accounts, or of one; together with what gave units and kinds their meaning on that day."""
    with read_session(accounts) as session:
        rights = select(UserRow.name, RightRow).join(RightRow, RightRow.user_id == UserRow.id)
        rights = rights.where(_overlaps(RightRow, day)).order_by(UserRow.name, RightRow.id)
        if user:
            rights = rights.where(UserRow.name == user)
        found = [_held(name, row.kind, row.value, row) for name, row in session.execute(rights)]
        for tree in session.scalars(select(UnitParentRow).where(_overlaps(UnitParentRow, day))):
            found.append(_held("", "unit-parent", f"{tree.unit} < {tree.parent}", tree))
        for kind in session.scalars(select(MetadataOnlyRow).where(_overlaps(MetadataOnlyRow, day))):
            found.append(_held("", "metadata-only", kind.kind, kind))
    return found


def end_of(day: date) -> datetime:
    """The moment after a day's last one."""
    return datetime.combine(day + timedelta(days=1), time(), BERLIN).astimezone(UTC)


def _overlaps(table: TimedTable, day: date) -> ColumnElement[bool]:
    """What was ended before it began to hold counts nowhere."""
    first = datetime.combine(day, time(), BERLIN).astimezone(UTC)
    open_or_later = or_(table.valid_to.is_(None), and_(table.valid_to > first, table.valid_to > table.valid_from))
    return and_(table.valid_from < end_of(day), open_or_later)


def _held(
    account: str, kind: RightKind | str, value: str, row: RightRow | UnitParentRow | MetadataOnlyRow
) -> HeldRight:
    reason = row.reason if isinstance(row, RightRow) else ""
    return HeldRight(account, str(kind), value, reason, row.valid_from, row.valid_to, row.given_by, row.ended_by)
