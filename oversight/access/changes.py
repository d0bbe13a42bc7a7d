"""Changing the rights of an account: single cases, deputies, levels. A change and its audit row are one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import RightKind, RightRow, UserRow
from casefile.database.events import Action, Detail
from casefile.database.ledger import now
from casefile.database.sessions import database_errors, read_session
from casefile.errors import UsageFault
from oversight.access.validity import begin, end, valid_rights
from oversight.audit import Actor, Event, append

MAX_REASON = 1000
# What is given and taken one by one; role, units and whether the account is active change in `oversight.accounts`.
SINGLE = frozenset({RightKind.GRANT, RightKind.BLOCK, RightKind.DEPUTY, RightKind.LEVEL, RightKind.EMERGENCY})
CASES = frozenset({RightKind.GRANT, RightKind.BLOCK, RightKind.EMERGENCY})


@dataclass(frozen=True)
class Right:
    """A right to be given. `value` as in `RightKind`; `until`: the moment at which it ends by itself."""

    kind: RightKind
    value: str
    reason: str = ""
    until: datetime | None = None


def give(accounts: sessionmaker[Session], name: str, right: Right, actor: Actor) -> None:
    """Raises UsageFault for what makes no sense. The same right given again replaces the one that is held."""
    with database_errors("accounts"), accounts.begin() as session:
        give_in(session, name, right, actor)


def give_in(session: Session, name: str, right: Right, actor: Actor) -> None:
    """The same within the caller's transaction."""
    _check(right)
    user = _user(session, name)
    if right.kind is RightKind.DEPUTY and _user(session, right.value).id == user.id:
        raise UsageFault("deputy_self", "Niemand vertritt sich selbst.", "Zwei verschiedene Konten nennen.")
    held = valid_rights(session, user.id, right.kind)
    end([row for row in held if right.kind is RightKind.LEVEL or row.value == right.value], actor)
    row = RightRow(
        user_id=user.id, kind=right.kind, value=right.value, reason=right.reason[:MAX_REASON], valid_to=right.until
    )
    begin(session, row, actor)
    _log(session, actor, "give", user.name, row)


def take(accounts: sessionmaker[Session], name: str, right_id: int, actor: Actor) -> None:
    """Ends a right that holds now. Raises UsageFault where the account has none of that number."""
    with database_errors("accounts"), accounts.begin() as session:
        take_in(session, name, right_id, actor)


def take_in(session: Session, name: str, right_id: int, actor: Actor) -> None:
    """The same within the caller's transaction."""
    user = _user(session, name)
    held = {row.id: row for row in valid_rights(session, user.id, *SINGLE)}
    if right_id not in held:
        raise UsageFault("right_unknown", f"Das Konto „{name}“ hat kein Recht mit der Nummer {right_id}.")
    end([held[right_id]], actor)
    _log(session, actor, "take", user.name, held[right_id])


def single_rights(accounts: sessionmaker[Session], name: str) -> list[RightRow]:
    """What was given or taken one by one and holds now."""
    with read_session(accounts) as session:
        return valid_rights(session, _user(session, name).id, *SINGLE)


def _check(right: Right) -> None:
    if right.kind not in SINGLE:
        raise UsageFault("right_invalid", "Rolle und Stellen ändert „aktensuche users change“.")
    if right.until is not None and right.until <= now():
        raise UsageFault("right_ended", "Dieses Ende liegt in der Vergangenheit.", "Einen späteren Tag nennen.")
    if right.kind is RightKind.DEPUTY and right.until is None:
        raise UsageFault("deputy_without_end", "Eine Vertretung braucht ein Ende.", "Den letzten Tag nennen.")
    if right.kind is not RightKind.LEVEL and not right.reason.strip():
        raise UsageFault("reason_missing", "Der Grund fehlt.", "Den Grund in einem Satz nennen; er wird protokolliert.")


def _user(session: Session, name: str) -> UserRow:
    row = session.scalar(select(UserRow).where(UserRow.name == name))
    if row is None:
        raise UsageFault("user_unknown", f"Das Konto „{name}“ gibt es nicht.", "Alle Konten: „aktensuche users list“.")
    return row


def _log(session: Session, actor: Actor, command: str, name: str, row: RightRow) -> None:
    detail = {
        Detail.COMMAND: command,
        Detail.ACCOUNT: name,
        Detail.RIGHT: row.kind,
        Detail.VALUE: row.value,
        Detail.REASON: row.reason,
        Detail.UNTIL: row.valid_to.isoformat() if row.valid_to else "",
    }
    case_id = row.value if row.kind in CASES else ""
    append(session, Event(actor, Action.RIGHTS_CHANGED, case_id=case_id, detail=detail))
