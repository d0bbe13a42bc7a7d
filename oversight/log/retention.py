"""What leaves the log while its proof stays: months whose term has ended, and single fields that name a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from casefile.batches import batches
from casefile.database.accounts import AuditRow
from casefile.database.auditlog import AuditNodeRow, AuditSaltRow, AuditSegmentRow, AuditTreeRow
from casefile.database.events import Action, Detail
from casefile.database.ledger import now
from casefile.database.sessions import database_errors, read_session
from oversight.audit import Actor, Event, append
from oversight.log.formats.record import PERSONAL, Values, entry, without_salts
from oversight.log.formats.tiles import WIDTH
from oversight.log.sequencer import ROW_COLUMNS

BATCH = 500  # rows in one transaction, so that no answer waits for the lock


def last_expired_month(months: int, today: date) -> str:
    """The last month whose term has ended, like 2024-12. `months`: 0 is to the end of the following year."""
    if not months:
        return f"{today.year - 2}-12"
    year, month = divmod(today.year * 12 + today.month - 1 - months - 1, 12)
    return f"{year:04}-{month + 1:02}"


def drop_expired(accounts: sessionmaker[Session], actor: Actor, until: str) -> list[str]:
    """Deletes rows and salts of all months up to `until`; their hashes and checkpoints stay. Gives the months.

    That a month is dropped is on record before the first row of it goes; a call that was cut short is completed by the
    next one. Raises EnvironmentFault.
    """
    with database_errors("accounts"):
        months = _announce(accounts, actor, until)
        with read_session(accounts) as session:
            first = session.scalar(select(AuditTreeRow.first)) or 0
            ends = select(AuditSegmentRow.end).where(AuditSegmentRow.dropped.is_not(None))
            end = max(session.scalars(ends), default=0)
        _keep_records(accounts, first, min(end // WIDTH * WIDTH, end - 1), end)
        while _delete_some(accounts, first, end):
            pass
    return months


def erase_fields(accounts: sessionmaker[Session], actor: Actor, rows: Sequence[int], fields: Iterable[str]) -> int:
    """Empties personal fields of these rows and deletes their salts; record, leaf and proof stay. Gives the number.

    Rows that the log has not taken in yet are left alone. Raises EnvironmentFault.
    """
    names = tuple(name for name in PERSONAL if name in set(fields))
    erased = 0
    with database_errors("accounts"):
        for some in batches(rows, BATCH):
            with accounts.begin() as session:
                done = _erase(session, some, names)
                detail = {Detail.ROWS: done, Detail.FIELDS: list(names)}
                append(session, *([Event(actor, Action.AUDIT_ERASED, detail=detail)] if done else []))
                erased += len(done)
    return erased


def rows_of_account(accounts: sessionmaker[Session], name: str) -> list[int]:
    with read_session(accounts) as session:
        return list(session.scalars(select(AuditRow.id).where(AuditRow.user == name).order_by(AuditRow.id)))


def _announce(accounts: sessionmaker[Session], actor: Actor, until: str) -> list[str]:
    query = select(AuditSegmentRow).where(AuditSegmentRow.dropped.is_(None), AuditSegmentRow.month <= until)
    with accounts.begin() as session:
        segments = session.scalars(query.order_by(AuditSegmentRow.month)).all()
        for segment in segments:
            segment.dropped = now()
        append(session, *(Event(actor, Action.AUDIT_EXPIRED, detail={Detail.MONTH: it.month}) for it in segments))
        return [segment.month for segment in segments]


def _keep_records(accounts: sessionmaker[Session], first: int, start: int, end: int) -> None:
    """Of the last entries, which share a bundle with entries that stay: an export must be able to write it whole.

    Of the very last one in any case: it proves up to which month was deleted.
    """
    with accounts.begin() as session:
        for values, salts, record in _rows(session, range(first + start, first + end)):
            if record is None:
                _set_record(session, values.id - first, entry(values, salts).decode())


def _delete_some(accounts: sessionmaker[Session], first: int, end: int) -> int:
    with accounts.begin() as session:
        some = select(AuditRow.id).where(AuditRow.id < first + end).order_by(AuditRow.id).limit(BATCH)
        rows = list(session.scalars(some))
        session.execute(delete(AuditSaltRow).where(AuditSaltRow.id.in_(rows)))
        session.execute(delete(AuditRow).where(AuditRow.id.in_(rows)))
    return len(rows)


def _erase(session: Session, rows: Sequence[int], names: tuple[str, ...]) -> list[int]:
    first = session.scalar(select(AuditTreeRow.first)) or 0
    done = []
    for values, salts, record in _rows(session, rows):
        _set_record(session, values.id - first, record or entry(values, salts).decode())
        emptied = {name: {} if name == "detail" else "" for name in names}
        session.execute(update(AuditRow).where(AuditRow.id == values.id).values(**emptied))
        kept = without_salts(salts, names)
        session.execute(update(AuditSaltRow).where(AuditSaltRow.id == values.id).values(salts=kept))
        done.append(values.id)
    return done


def _rows(session: Session, rows: Sequence[int]) -> list[tuple[Values, bytes, str | None]]:
    first = session.scalar(select(AuditTreeRow.first)) or 0
    query = (
        select(AuditSaltRow.salts, AuditNodeRow.record, *ROW_COLUMNS)
        .join(AuditSaltRow, AuditSaltRow.id == AuditRow.id)
        .join(AuditNodeRow, AuditNodeRow.position == AuditRow.id - first)
        .where(AuditNodeRow.level == 0, AuditRow.id.in_(rows))
        .order_by(AuditRow.id)
    )
    return [(Values._make(columns), salts, record) for salts, record, *columns in session.execute(query)]


def _set_record(session: Session, position: int, record: str) -> None:
    place = (AuditNodeRow.level == 0, AuditNodeRow.position == position)
    session.execute(update(AuditNodeRow).where(*place).values(record=record))
