"""An attempt to sign in with name and password, evaluated or refused."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import UserRow
from casefile.database.events import Action, Channel, Detail, Outcome
from casefile.database.sessions import read_session
from oversight.accounts import HASHER, MAX_NAME, MAX_PASSWORD, clean_name
from oversight.audit import Actor, Event, record
from oversight.signin.guesses import Asking, count_attempt, remember
from oversight.signin.refused import record_refusal

# Verified for unknown accounts, so that their answer takes as long as a known one's.
_DUMMY_HASH = HASHER.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True)
class SignIn:
    """How an attempt ended; `user_id` and `device` (the value for its cookie) are set for `ok` alone."""

    outcome: Outcome
    user_id: int = 0
    device: str = ""


def sign_in(accounts: sessionmaker[Session], name: str, password: str, asking: Asking) -> SignIn:
    """On record when this returns. Unknown name, wrong password and deactivated account cannot be told apart.

    Raises EnvironmentFault `database_down` where it cannot be put on record.
    """
    account = clean_name(name)[:MAX_NAME].replace("\0", "\ufffd")  # which no database keeps, and no account has
    row = _account(accounts, account)
    counted = account.casefold()[:MAX_NAME]  # it may be longer than what was folded
    attempt = count_attempt(accounts, counted, row.id if row else None, asking)
    if attempt is None:
        return _refuse(accounts, row, Outcome.THROTTLED, asking)
    right = _verify(row.password_hash if row and row.password_hash else _DUMMY_HASH, password)
    if row is None or not row.active or not right:
        return _refuse(accounts, row, Outcome.DENIED, asking)
    device = remember(accounts, row.id, attempt, asking)
    record(accounts, Event(Actor(row.name, Channel.WEB), Action.LOGIN, detail={Detail.ADDRESS: asking.address}))
    return SignIn(Outcome.OK, row.id, device)


def _refuse(accounts: sessionmaker[Session], row: UserRow | None, outcome: Outcome, asking: Asking) -> SignIn:
    record_refusal(accounts, row.name if row else "", outcome, asking.address)
    return SignIn(outcome)


def _account(accounts: sessionmaker[Session], name: str) -> UserRow | None:
    with read_session(accounts) as session:
        return session.scalar(select(UserRow).where(UserRow.name == name))


def _verify(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
