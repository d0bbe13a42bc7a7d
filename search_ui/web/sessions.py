"""Sessions that live on the server."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, delete, select

from casefile.database.accounts import SessionRow, UserRow
from casefile.database.ledger import now
from casefile.database.sessions import read_session
from casefile.model import Role
from search_ui.services import Services

SEEN_EVERY = timedelta(seconds=60)  # `last_seen` is not written at every request
RECOGNISED_FOR = timedelta(days=1)  # after its end a session opens nothing, but still tells whose it was


@dataclass(frozen=True)
class CurrentUser:
    """`session`: hash of the session's token."""

    id: int
    name: str
    role: Role
    session: str


def open_session(services: Services, user_id: int) -> str:
    """The value for the cookie; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    limits = now() - timedelta(hours=services.settings.session_hours) - RECOGNISED_FOR
    with services.accounts.begin() as session:
        epoch = session.scalar(select(UserRow.epoch).where(UserRow.id == user_id)) or 0
        session.execute(delete(SessionRow).where(SessionRow.created < limits))
        session.add(SessionRow(token_hash=_token_hash(token), user_id=user_id, epoch=epoch))
    return token


def session_user(services: Services, token: str) -> CurrentUser | None:
    """Whose session this is, if it is still good: account active, epoch unchanged, within both time limits."""
    with read_session(services.accounts) as session:
        found = session.execute(_session_and_user(token)).one_or_none()
    if found is None or _expired(services, found[0]):
        return None
    row, user = found
    if now() - row.last_seen > SEEN_EVERY:
        _mark_seen(services, row.token_hash)
    return CurrentUser(user.id, user.name, user.role, row.token_hash)


def session_owner(services: Services, token: str) -> int | None:
    """Whose session this is or was until it timed out. None where it was ended (signed out, account changed)."""
    with read_session(services.accounts) as session:
        found = session.execute(_session_and_user(token)).one_or_none()
    return found[1].id if found is not None else None


def _session_and_user(token: str) -> Select[SessionRow, UserRow]:
    return (
        select(SessionRow, UserRow)
        .join(UserRow, UserRow.id == SessionRow.user_id)
        .where(SessionRow.token_hash == _token_hash(token), UserRow.active, UserRow.epoch == SessionRow.epoch)
    )


def close_session(services: Services, token: str) -> None:
    with services.accounts.begin() as session:
        session.execute(delete(SessionRow).where(SessionRow.token_hash == _token_hash(token)))


def _expired(services: Services, row: SessionRow) -> bool:
    idle = now() - row.last_seen > timedelta(minutes=services.settings.session_idle_minutes)
    return idle or now() - row.created > timedelta(hours=services.settings.session_hours)


def _mark_seen(services: Services, token_hash: str) -> None:
    with services.accounts.begin() as session:
        row = session.get(SessionRow, token_hash)
        if row is not None:
            row.last_seen = now()


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
