"""Which attempts to sign in are evaluated at all: at most ten failed ones an account in 15 minutes.

Three budgets an account, by how well the asking side is known. Guesses from outside use up the strangers' budget alone:
the account's own devices, and addresses from which it signed in before, keep theirs. No limit counts an address over
several accounts, so that nobody locks out the colleagues behind the same address. A name that no account has is
counted like any other: otherwise the answer would tell which names exist.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import KnownAddressRow, KnownDeviceRow, LoginAttemptRow
from casefile.database.ledger import now
from casefile.database.sessions import insert_if_absent

WINDOW = timedelta(minutes=15)
KNOWN_FOR = timedelta(days=180)  # since the last sign-in there
MAX_ADDRESS = 64


class Trust(StrEnum):
    """How well the asking side is known for this account."""

    DEVICE = "device"  # it carries the cookie of an earlier sign-in
    ADDRESS = "address"  # the account signed in from there before
    STRANGER = "stranger"


# Failed attempts evaluated in one window; together ten an account.
BUDGETS = {Trust.DEVICE: 3, Trust.ADDRESS: 3, Trust.STRANGER: 4}


@dataclass(frozen=True)
class Asking:
    """Where an attempt comes from; `device`: the value of the device's cookie, or ""."""

    address: str
    device: str = ""


def count_attempt(accounts: sessionmaker[Session], account: str, user_id: int | None, asking: Asking) -> int | None:
    """Counted before the password is checked, so that parallel guesses cannot pass the limit.

    `account`: the name as it is compared. Gives the attempt's number, to be taken back where it succeeds, or None
    where the budget is used up.
    """
    with accounts.begin() as session:
        session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.at < now() - WINDOW))
        trust = _trust(session, user_id, asking)
        tried = select(func.count()).where(LoginAttemptRow.account == account, LoginAttemptRow.trust == trust)
        if (session.scalar(tried) or 0) >= BUDGETS[trust]:
            return None
        row = LoginAttemptRow(account=account, address=asking.address[:MAX_ADDRESS], trust=trust)
        session.add(row)
        session.flush()
        return row.id


def remember(accounts: sessionmaker[Session], user_id: int, attempt: int, asking: Asking) -> str:
    """After a success: the attempt was no guess, and device and address are known from now on.

    Gives the value of the device's cookie, of which only the hash is kept.
    """
    device = asking.device or secrets.token_urlsafe(32)
    with accounts.begin() as session:
        session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.id == attempt))
        session.execute(delete(KnownDeviceRow).where(KnownDeviceRow.last_used < now() - KNOWN_FOR))
        session.execute(delete(KnownAddressRow).where(KnownAddressRow.last_used < now() - KNOWN_FOR))
        _know(session, KnownDeviceRow, user_id=user_id, token_hash=_hashed(device))
        _know(session, KnownAddressRow, user_id=user_id, address=asking.address[:MAX_ADDRESS])
    return device


def _trust(session: Session, user_id: int | None, asking: Asking) -> Trust:
    """Both are looked up for an unknown name too, so that its answer takes as long as a known one's."""
    device = session.get(KnownDeviceRow, (user_id or 0, _hashed(asking.device)))
    address = session.get(KnownAddressRow, (user_id or 0, asking.address[:MAX_ADDRESS]))
    if device is not None and device.last_used >= now() - KNOWN_FOR:
        return Trust.DEVICE
    known = address is not None and address.last_used >= now() - KNOWN_FOR
    return Trust.ADDRESS if known else Trust.STRANGER


def _know(session: Session, table: type[KnownDeviceRow] | type[KnownAddressRow], **key: object) -> None:
    insert_if_absent(session, table, **key, last_used=now())
    session.execute(update(table).filter_by(**key).values(last_used=now()))


def _hashed(device: str) -> str:
    return hashlib.sha256(device.encode()).hexdigest()
