"""The audit log. A row is durable before the answer is sent; without a row there is no answer."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.types import TypeEngine

from casefile.database.accounts import AuditCounterRow, AuditRow
from casefile.database.events import Action, Channel, Detail, Outcome
from casefile.database.sessions import database_fault, read_session
from oversight.spreadsheet import csv_line

EXPORT_CHUNK = 1000
LOCK_WAIT_S = 4  # for the counter, in PostgreSQL; then there is no answer, rather than one that takes for ever
MAX_NUMBER = 2**31 - 1  # of a column; what was asked for beyond it stands in the detail
MAX_DIGITS = 40


@dataclass(frozen=True)
class Actor:
    """Who acts, and which way. `user` is "" where nobody is signed in yet; `session`: hash of the session's token."""

    user: str
    channel: Channel
    os_user: str = ""
    session: str = ""


@dataclass(frozen=True)
class Event:
    actor: Actor
    action: Action
    outcome: Outcome = Outcome.OK
    purpose: str = ""
    text: str = ""
    case_id: str = ""
    document_id: str = ""
    page: int | None = None
    hits: int | None = None
    detail: dict[Detail, Any] = field(default_factory=dict)


def record(accounts: sessionmaker[Session], *events: Event) -> None:
    """Write the rows; they are on disk when this returns. Raises EnvironmentFault `database_down`."""
    try:
        with accounts.begin() as session:
            append(session, *events)
    except DBAPIError as error:
        raise database_fault(error, "accounts") from error


def append(session: Session, *events: Event) -> None:
    """The rows become part of the caller's transaction: what they tell of happens with them or not at all.

    The last thing in it: until it ends, nobody else gets a number.
    """
    if events:
        session.flush()
        first = _take_numbers(session, len(events))
        session.add_all([_row(number, event) for number, event in enumerate(events, first)])


def _take_numbers(session: Session, count: int) -> int:
    """Reserves numbers, returns the first. No sequence: a rollback would leave a gap, which `audit verify` reports."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SET LOCAL lock_timeout = '{LOCK_WAIT_S}s'"))
    counted = update(AuditCounterRow).values(last=AuditCounterRow.last + count).returning(AuditCounterRow.last)
    return session.execute(counted).scalar_one() - count + 1


def operating_system_user() -> str:
    """The account that runs the command; a number where the system knows no name for it."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def export_rows(accounts: sessionmaker[Session]) -> Iterator[dict[str, Any]]:
    with read_session(accounts) as session:
        query = select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=EXPORT_CHUNK)
        for row in session.scalars(query):
            yield as_dict(row)


def as_dict(row: AuditRow) -> dict[str, Any]:
    values = {column.name: getattr(row, column.name) for column in AuditRow.__table__.columns}
    return values | {"at": row.at.isoformat()}


def to_csv(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    """One line a row, after a line with the names of the columns."""
    names = [column.name for column in AuditRow.__table__.columns]
    yield csv_line(names)
    for row in rows:
        yield csv_line(row[name] for name in names)


def count_rows(session: Session, query: Select[AuditRow]) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def _row(number: int, event: Event) -> AuditRow:
    page, detail = event.page, event.detail
    if page is not None and page > MAX_NUMBER:
        page, detail = None, detail | {Detail.PAGE: str(page)[:MAX_DIGITS]}
    texts = {
        "user": event.actor.user,
        "os_user": event.actor.os_user,
        "channel": event.actor.channel,
        "action": event.action,
        "outcome": event.outcome,
        "purpose": event.purpose,
        "text": event.text,
        "case_id": event.case_id,
        "document_id": event.document_id,
    }
    fitting = {name: _fitting(AuditRow.__table__.columns[name].type, text) for name, text in texts.items()}
    return AuditRow(id=number, page=page, hits=event.hits, detail=detail, **fitting)


def _fitting(column: TypeEngine[Any], text: str) -> str:
    """What was asked for may be of any length; a row that the database refuses would be no row, and no answer."""
    return text.replace("\0", "")[: getattr(column, "length", None)]
