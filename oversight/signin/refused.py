"""Refused sign-ins on record, without letting guesses grow the log at will.

A wrong password of an account has a row of its own: `guesses` allows ten of them in 15 minutes. Everything else is
counted, and the log gets a row with the count at 1, 10, 100 … and one when the window has passed. What was typed as
the name of no account is not kept: people type passwords there.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import RefusedSignInRow
from casefile.database.events import Action, Channel, Detail, Outcome
from casefile.database.ledger import now
from casefile.database.sessions import database_errors, insert_if_absent
from oversight.audit import Actor, Event, append
from oversight.signin.guesses import MAX_ADDRESS, WINDOW

MAX_PLACES = 200  # addresses counted apart at one time; what comes from further ones is counted together
ELSEWHERE = "*"


def record_refusal(accounts: sessionmaker[Session], account: str, outcome: Outcome, address: str) -> None:
    """`account`: the account's own name, "" where there is none. On disk when this returns."""
    with database_errors("accounts"), accounts.begin() as session:
        if account and outcome is Outcome.DENIED:
            append(session, _event(account, outcome, {Detail.ADDRESS: address}))
        else:
            _count(session, account, outcome, _place(address))


def close_windows(accounts: sessionmaker[Session]) -> None:
    """Writes the final count of every window that has passed."""
    with database_errors("accounts"), accounts.begin() as session:
        _close(session, session.scalars(select(RefusedSignInRow).where(RefusedSignInRow.began < now() - WINDOW)))


def _count(session: Session, account: str, outcome: Outcome, place: str) -> None:
    place = place if _is_counted(session, place) else ELSEWHERE
    key = {"account": account, "address": place, "outcome": outcome}
    insert_if_absent(session, RefusedSignInRow, **key, began=now(), count=0, logged=0)
    row = session.get_one(RefusedSignInRow, tuple(key.values()), with_for_update=True)
    if row.began < now() - WINDOW:
        _close(session, [row])
        session.flush()
        row = RefusedSignInRow(**key, began=now(), count=0, logged=0)
        session.add(row)
    row.count += 1
    if str(row.count).strip("0") == "1":
        row.logged = row.count
        append(session, _counted(row))


def _is_counted(session: Session, place: str) -> bool:
    known = select(RefusedSignInRow.address).where(RefusedSignInRow.address == place).limit(1)
    if session.scalar(known) is not None:
        return True
    return (session.scalar(select(func.count(RefusedSignInRow.address.distinct()))) or 0) < MAX_PLACES


def _close(session: Session, rows: Iterable[RefusedSignInRow]) -> None:
    rows = list(rows)
    append(session, *(_counted(row) for row in rows if row.count > row.logged))
    for row in rows:
        session.delete(row)


def _counted(row: RefusedSignInRow) -> Event:
    return _event(row.account, row.outcome, {Detail.ADDRESS: row.address, Detail.COUNT: row.count})


def _event(account: str, outcome: Outcome, detail: dict[Detail, object]) -> Event:
    return Event(Actor(account, Channel.WEB), Action.LOGIN, outcome, detail=detail)


def _place(address: str) -> str:
    """One subscriber of IPv6 has a whole /64, and could otherwise be as many addresses as he likes."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:MAX_ADDRESS]
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)
