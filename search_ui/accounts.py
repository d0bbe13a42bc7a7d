"""Accounts: adding and changing users. Every change raises the epoch, which ends the user's sessions."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.accounts import SessionRow, UserRow, UserUnitRow
from casefile.database import read_session
from casefile.errors import UsageFault
from casefile.model import Role

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


def clean_name(name: str) -> str:
    """Names are compared as typed, but for Unicode form and surrounding blanks."""
    return unicodedata.normalize("NFC", name).strip()


def add_user(accounts: Sessions, name: str, role: Role, units: Sequence[str], password: str) -> None:
    """Raises UsageFault for a name that exists and for a password that is too short."""
    name = clean_name(name)
    _check_name(name)
    hashed = hash_password(password)
    with accounts.begin() as session:
        if session.scalar(select(UserRow.id).where(UserRow.name == name)) is not None:
            raise UsageFault("user_exists", f"Das Konto „{name}“ gibt es schon.", "Anderen Namen wählen.")
        row = UserRow(name=name, password_hash=hashed, role=role.value)
        session.add(row)
        session.flush()
        _write_units(session, row.id, units)


def set_password(accounts: Sessions, name: str, password: str) -> None:
    hashed = hash_password(password)
    with accounts.begin() as session:
        row = _existing(session, name)
        row.password_hash = hashed
        _end_sessions(session, row)


def set_active(accounts: Sessions, name: str, active: bool) -> None:
    with accounts.begin() as session:
        row = _existing(session, name)
        row.active = active
        _end_sessions(session, row)


def set_units(accounts: Sessions, name: str, units: Sequence[str]) -> None:
    with accounts.begin() as session:
        row = _existing(session, name)
        session.execute(delete(UserUnitRow).where(UserUnitRow.user_id == row.id))
        _write_units(session, row.id, units)
        _end_sessions(session, row)


def list_users(accounts: Sessions) -> list[Account]:
    with read_session(accounts) as session:
        units: dict[int, list[str]] = {}
        for user_id, unit in session.execute(select(UserUnitRow.user_id, UserUnitRow.unit)).all():
            units.setdefault(user_id, []).append(unit)
        rows = session.scalars(select(UserRow).order_by(UserRow.name)).all()
    return [Account(row.name, Role(row.role), tuple(sorted(units.get(row.id, ()))), row.active) for row in rows]


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


def _existing(session: Session, name: str) -> UserRow:
    row = session.scalar(select(UserRow).where(UserRow.name == clean_name(name)))
    if row is None:
        raise UsageFault("user_unknown", f"Das Konto „{name}“ gibt es nicht.", "Alle Konten: „aktensuche users list“.")
    return row


def _write_units(session: Session, user_id: int, units: Sequence[str]) -> None:
    for unit in dict.fromkeys(" ".join(unit.split()) for unit in units):
        if unit:
            session.add(UserUnitRow(user_id=user_id, unit=unit))


def _end_sessions(session: Session, row: UserRow) -> None:
    row.epoch += 1
    session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))
