"""The log's own key: made once, in the home folder, readable for this user alone."""

from __future__ import annotations

import secrets
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import AuditCounterRow
from casefile.database.auditlog import AuditTreeRow
from casefile.database.sessions import database_errors, insert_if_absent, read_session
from casefile.errors import EnvironmentFault
from casefile.settings import Settings
from casefile.storage.atomic import create_atomic
from oversight.log.formats.note import Kind, NoteError, SigningKey, parse_secret

KEY_FILE = "audit-log.key"


def key_path(settings: Settings) -> Path:
    return settings.home / "secrets" / KEY_FILE


def open_key(settings: Settings, accounts: sessionmaker[Session]) -> SigningKey:
    """The key of this log, made where the log has none yet.

    Raises EnvironmentFault `audit_key_missing` where the log has one that is not here (a new one would pass for another
    log), `audit_key_differs` where the one here is another.
    """
    with database_errors("accounts"):
        known = known_key(accounts)
        key = _read_or_make(key_path(settings), known)
        if not known:
            known = _register(accounts, key)
    if known != str(key.verifier):
        raise EnvironmentFault(
            "audit_key_differs",
            "Der Schlüssel des Protokolls ist nicht der, mit dem es begonnen wurde.",
            f"Den richtigen Schlüssel als {key_path(settings)} ablegen; er gehört zu {known}.",
        )
    return key


def known_key(accounts: sessionmaker[Session]) -> str:
    """The vkey with which the log began; "" where it has not begun."""
    with read_session(accounts) as session:
        return session.scalar(select(AuditTreeRow.key)) or ""


def _read_or_make(path: Path, known: str) -> SigningKey:
    if not path.exists():
        if known:
            raise EnvironmentFault(
                "audit_key_missing",
                "Der Schlüssel des Protokolls fehlt; Prüfpunkte können hier nicht unterschrieben werden.",
                f"{path} aus der Sicherung zurückholen.",
            )
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = SigningKey.new(f"aktensuche/protokoll-{secrets.token_hex(6)}", Kind.PLAIN)
        create_atomic(path, made.secret().encode() + b"\n")
    try:
        return parse_secret(path.read_text(encoding="utf-8"))
    except (NoteError, UnicodeDecodeError) as error:
        raise EnvironmentFault(
            "audit_key_invalid", f"{path} ist kein Schlüssel.", "Die Datei aus der Sicherung zurückholen."
        ) from error


def _register(accounts: sessionmaker[Session], key: SigningKey) -> str:
    """Of two that begin the log at once, one wins; gives the winner's key."""
    with accounts.begin() as session:
        first = session.scalars(select(AuditCounterRow.counted_from)).one()
        values = {"id": 1, "size": 0, "first": first, "frontier": b"", "month": "", "key": str(key.verifier)}
        insert_if_absent(session, AuditTreeRow, **values)
    return known_key(accounts)
