"""Accounts: adding and changing users. Every change raises the epoch, which ends the user's sessions.

A change and its row in the audit log are one transaction: neither is there without the other.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import RightKind, RightRow, SessionRow, UserRow
from casefile.database.events import Action, Channel, Detail
from casefile.database.ledger import now
from casefile.database.sessions import database_errors, read_session
from casefile.errors import UsageFault
from casefile.model import Role
from oversight.access.validity import set_values, valid_at
from oversight.audit import Actor, Event, append, operating_system_user
from oversight.units import ALL_UNITS, clean_units

Sessions = sessionmaker[Session]

MIN_PASSWORD = 8
MAX_PASSWORD = 512
MAX_NAME = 200
HASHER = PasswordHasher()  # argon2id; the library's defaults follow RFC 9106's low-memory profile


@dataclass(frozen=True)
class Account:
    name: str
    role: Role
    units: tuple[str, ...]
    active: bool

    @property
    def reads_whole_log(self) -> bool:
        return self.active and (self.role is Role.AUDITOR or (self.role is Role.LEAD and ALL_UNITS in self.units))

    @property
    def administers(self) -> bool:
        return self.active and self.role is Role.SYSTEM_ADMIN


def clean_name(name: str) -> str:
    """Names are compared as typed, except for Unicode form and surrounding blanks."""
    return unicodedata.normalize("NFC", name).strip()


def add_user(accounts: Sessions, name: str, role: Role, units: Sequence[str], password: str) -> None:
    """Raises UsageFault for a name that exists, an empty unit and a password that is too short."""
    name, units = clean_name(name), clean_units(units)
    _check_name(name)
    hashed = hash_password(password)
    with database_errors("accounts"), accounts.begin() as session:
        if session.scalar(select(UserRow.id).where(UserRow.name == name)) is not None:
            raise UsageFault("user_exists", f"Das Konto „{name}“ gibt es schon.", "Anderen Namen wählen.")
        row = UserRow(name=name, password_hash=hashed, role=role, active=True)
        session.add(row)
        session.flush()
        _keep_rights(session, row, units)
        _log(session, "add", name, {Detail.AFTER: _rights(session, row)})


def set_password(accounts: Sessions, name: str, password: str) -> None:
    hashed = hash_password(password)
    with _changing(accounts, "set-password", name) as (_, row):
        row.password_hash = hashed


def set_active(accounts: Sessions, name: str, active: bool) -> None:
    with _changing(accounts, "activate" if active else "deactivate", name) as (_, row):
        row.active = active


def set_units(accounts: Sessions, name: str, units: Sequence[str]) -> None:
    change_user(accounts, name, units=units)


def change_user(accounts: Sessions, name: str, *, role: Role | None = None, units: Sequence[str] | None = None) -> None:
    """Role and units in one step: a caseworker who becomes a lead elsewhere is at no moment a lead of his old unit."""
    cleaned = None if units is None else clean_units(units)
    with _changing(accounts, "change", name) as (session, row):
        if role is not None:
            row.role = role
        if cleaned is not None:
            set_values(session, row.id, RightKind.UNIT, cleaned, _actor())


def list_users(accounts: Sessions) -> list[Account]:
    with read_session(accounts) as session:
        rows = session.scalars(select(UserRow).order_by(UserRow.name)).all()
        units: dict[int, list[str]] = {}
        for user_id, unit in session.execute(_held_units()).all():
            units.setdefault(user_id, []).append(unit)
    return [Account(row.name, row.role, tuple(sorted(units.get(row.id, ()))), row.active) for row in rows]


def hash_password(password: str) -> str:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise UsageFault(
            "password_length",
            f"Das Kennwort muss {MIN_PASSWORD} bis {MAX_PASSWORD} Zeichen haben.",
            "Ein längeres Kennwort wählen, zum Beispiel mehrere Wörter.",
        )
    return HASHER.hash(password)


def _check_name(name: str) -> None:
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise UsageFault("user_name", "Dieser Kontoname ist nicht möglich.", "1 bis 200 druckbare Zeichen verwenden.")


@contextmanager
def _changing(accounts: Sessions, command: str, name: str) -> Iterator[tuple[Session, UserRow]]:
    """The change in the body, the end of the account's sessions and the audit row: all of them or none."""
    with database_errors("accounts"), accounts.begin() as session:
        row = _existing(session, name)
        before = _rights(session, row)
        yield session, row
        _keep_rights(session, row)
        row.epoch += 1
        session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))
        _log(session, command, row.name, {Detail.BEFORE: before, Detail.AFTER: _rights(session, row)})


def _existing(session: Session, name: str) -> UserRow:
    name = clean_name(name)
    row = session.scalar(select(UserRow).where(UserRow.name == name))
    if row is None:
        names = {known.casefold(): known for known in session.scalars(select(UserRow.name).order_by(UserRow.name))}
        similar = " oder ".join(f"„{names[found]}“" for found in get_close_matches(name.casefold(), names))
        meant = f"Ist {similar} gemeint? " if similar else ""
        raise UsageFault(
            "user_unknown", f"Das Konto „{name}“ gibt es nicht.", f"{meant}Alle Konten: „aktensuche users list“."
        )
    return row


def _rights(session: Session, row: UserRow) -> dict[Detail, Any]:
    units = [unit for user_id, unit in session.execute(_held_units()) if user_id == row.id]
    return {Detail.ROLE: row.role, Detail.UNITS: sorted(units), Detail.ACTIVE: row.active}


def _held_units() -> Select[int, str]:
    units = select(RightRow.user_id, RightRow.value).where(RightRow.kind == RightKind.UNIT)
    return units.where(valid_at(RightRow, now()))


def _keep_rights(session: Session, row: UserRow, units: Sequence[str] | None = None) -> None:
    """What the account's row says now goes into the rights that are kept with their time."""
    session.flush()
    set_values(session, row.id, RightKind.ROLE, [row.role], _actor())
    set_values(session, row.id, RightKind.ACTIVE, [""] if row.active else [], _actor())
    if units is not None:
        set_values(session, row.id, RightKind.UNIT, units, _actor())


def _actor() -> Actor:
    """Accounts are changed on the command line alone, so it is the system's user who acts."""
    return Actor("", Channel.CLI, operating_system_user())


def _log(session: Session, command: str, name: str, rights: dict[Detail, Any]) -> None:
    append(
        session, Event(_actor(), Action.USER_CHANGED, detail={Detail.COMMAND: command, Detail.ACCOUNT: name, **rights})
    )
