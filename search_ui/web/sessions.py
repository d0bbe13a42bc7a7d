"""Sign-in with name and password, and sessions that live on the server."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from casefile.database.accounts import LoginAttemptRow, SessionRow, UserRow
from casefile.database.events import Outcome
from casefile.database.ledger import now
from casefile.database.sessions import read_session
from casefile.model import Role
from oversight.accounts import (
    HASHER,
    MAX_NAME,
    MAX_PASSWORD,
    clean_name,
)
from search_ui.services import Services

WINDOW = timedelta(minutes=15)
ACCOUNT_LIMIT = 10  # failed attempts per account and window, from wherever they come
ADDRESS_LIMIT = 100  # a whole office behind one VPN address: only mass guessing is stopped here
SEEN_EVERY = timedelta(seconds=60)  # `last_seen` is not written at every request
# Verified for unknown accounts, so that their answer takes as long as a known one's.
_DUMMY_HASH = HASHER.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True)
class CurrentUser:
    id: int
    name: str
    role: Role


@dataclass(frozen=True)
class SignIn:
    """The outcome of an attempt; `user` is set for `ok` alone."""

    outcome: Outcome
    user: CurrentUser | None = None


def sign_in(services: Services, name: str, password: str, address: str) -> SignIn:
    """Unknown name, wrong password and deactivated account cannot be told apart, nor by time."""
    account = clean_name(name)[:MAX_NAME].replace("\0", "\ufffd")  # which no database keeps, and no account has
    counted = account.casefold()[:MAX_NAME]  # it may be longer than what was folded
    if not _count_attempt(services, counted, address):
        return SignIn(Outcome.THROTTLED)
    row = _account(services, account)
    hashed = row.password_hash if row and row.password_hash else _DUMMY_HASH
    right = _verify(hashed, password)
    if row is None or not row.active or not right:
        return SignIn(Outcome.DENIED)
    _forget_attempts(services, counted)
    return SignIn(Outcome.OK, CurrentUser(row.id, row.name, row.role))


def open_session(services: Services, user: CurrentUser) -> str:
    """The value for the cookie; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    limits = now() - timedelta(hours=services.settings.session_hours)
    with services.accounts.begin() as session:
        epoch = session.scalar(select(UserRow.epoch).where(UserRow.id == user.id)) or 0
        session.execute(delete(SessionRow).where(SessionRow.created < limits))
        session.add(SessionRow(token_hash=_token_hash(token), user_id=user.id, epoch=epoch))
    return token


def session_user(services: Services, token: str) -> CurrentUser | None:
    """Whose session this is, if it is still good: account active, epoch unchanged, within both time limits."""
    with read_session(services.accounts) as session:
        found = session.execute(
            select(SessionRow, UserRow)
            .join(UserRow, UserRow.id == SessionRow.user_id)
            .where(SessionRow.token_hash == _token_hash(token), UserRow.active, UserRow.epoch == SessionRow.epoch)
        ).one_or_none()
    if found is None or _expired(services, found[0]):
        return None
    row, user = found
    if now() - row.last_seen > SEEN_EVERY:
        _mark_seen(services, row.token_hash)
    return CurrentUser(user.id, user.name, user.role)


def close_session(services: Services, token: str) -> None:
    with services.accounts.begin() as session:
        session.execute(delete(SessionRow).where(SessionRow.token_hash == _token_hash(token)))


def _count_attempt(services: Services, account: str, address: str) -> bool:
    """Counted before the password is checked, so that parallel guesses cannot pass the limit. False: too many."""
    with services.accounts.begin() as session:
        session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.at < now() - WINDOW))
        too_many = (
            _attempts(session, LoginAttemptRow.account == account) >= ACCOUNT_LIMIT
            or _attempts(session, LoginAttemptRow.address == address) >= ADDRESS_LIMIT
        )
        if not too_many:
            session.add(LoginAttemptRow(account=account, address=address[:64]))
    return not too_many


def _attempts(session: Session, condition: object) -> int:
    return session.scalar(select(func.count()).select_from(LoginAttemptRow).where(condition)) or 0  # type: ignore[arg-type]


def _forget_attempts(services: Services, account: str) -> None:
    with services.accounts.begin() as session:
        session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.account == account))


def _account(services: Services, name: str) -> UserRow | None:
    with read_session(services.accounts) as session:
        return session.scalar(select(UserRow).where(UserRow.name == name))


def _verify(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False


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
