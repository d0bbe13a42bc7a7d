"""Tables of accounts and audit. Apart from the ledger, so that bulk work never blocks an answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from casefile.database.columns import UtcDateTime, WordColumn
from casefile.database.events import Action, Channel, Outcome
from casefile.database.ledger import NAMING, now
from casefile.model import Role


class AccountsBase(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {dict[str, Any]: JSON, datetime: UtcDateTime()}  # noqa: RUF012


class UserRow(AccountsBase):
    """`epoch` grows with every change of role, units or password: older sessions end at their next request.

    `role` and `active` are what holds now; since when, and what held before, stands in `rights`.
    """

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    password_hash: Mapped[str] = mapped_column(String(500), default="")
    role: Mapped[Role] = mapped_column(WordColumn(Role, 20))
    active: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(default=1)
    created: Mapped[datetime] = mapped_column(default=now)


class RightKind(StrEnum):
    """What a row of `rights` gives or takes; what its `value` then is."""

    ROLE = "role"  # of the account, as in `users`
    ACTIVE = "active"  # the account may sign in; no value
    UNIT = "unit"  # a unit whose cases may be seen, with all units below it; `*`: all, and cases without one
    LEVEL = "level"  # the highest level of confidentiality, instead of the role's own
    GRANT = "grant"  # a single case, whatever the units say
    BLOCK = "block"  # a single case that may not be seen; wins over everything else
    DEPUTY = "deputy"  # name of another account whose cases may be seen as well
    EMERGENCY = "emergency"  # a single case, taken by the person herself with a written reason


class Timed:
    """Kept with its time: valid from `valid_from` on and before `valid_to`. Rows are ended, never deleted.

    `given_by`, `ended_by`: the account, or `system user@command line`.
    """

    valid_from: Mapped[datetime] = mapped_column(default=now)
    valid_to: Mapped[datetime | None]
    given_by: Mapped[str] = mapped_column(String(250), default="")
    ended_by: Mapped[str] = mapped_column(String(250), default="")


class RightRow(Timed, AccountsBase):
    """A right of an account, or something taken from it."""

    __tablename__ = "rights"
    __table_args__ = (Index("ix_rights_user_id", "user_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[RightKind] = mapped_column(WordColumn(RightKind, 10))
    value: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(1000), default="")


class UnitParentRow(Timed, AccountsBase):
    """A unit lies below another one; rights for the upper one are rights for it too. Names are normalised."""

    __tablename__ = "unit_parents"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(String(200), index=True)
    parent: Mapped[str] = mapped_column(String(200))


class MetadataOnlyRow(Timed, AccountsBase):
    """A kind of document whose text nobody can search (nur Metadaten). `kind` is normalised."""

    __tablename__ = "metadata_only_kinds"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(200), index=True)


class SessionRow(AccountsBase):
    """A sign-in. `token_hash`: SHA-256 of the cookie's value, so that a copy of the table opens no session."""

    __tablename__ = "sessions"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    epoch: Mapped[int]
    created: Mapped[datetime] = mapped_column(default=now)
    last_seen: Mapped[datetime] = mapped_column(default=now)


class StatedPurposeRow(AccountsBase):
    """Why a case is opened in one session; `session`: hash of its token."""

    __tablename__ = "stated_purposes"
    id: Mapped[int] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(String(64))
    case_id: Mapped[str] = mapped_column(String(32))
    purpose: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    __table_args__ = (Index("ix_stated_purposes_session", "session", "case_id"),)


class LoginAttemptRow(AccountsBase):
    """A sign-in that was tried; written before the password is looked at, so that parallel guesses count too.

    `trust`: which budget it used up, see `oversight.signin.guesses`.
    """

    __tablename__ = "login_attempts"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    account: Mapped[str] = mapped_column(String(200), index=True)
    address: Mapped[str] = mapped_column(String(64))
    trust: Mapped[str] = mapped_column(String(10))


class KnownDeviceRow(AccountsBase):
    """A browser in which the account signed in. `token_hash`: SHA-256 of its cookie's value."""

    __tablename__ = "known_devices"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_used: Mapped[datetime] = mapped_column(default=now, index=True)


class KnownAddressRow(AccountsBase):
    """An address from which the account signed in."""

    __tablename__ = "known_addresses"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_used: Mapped[datetime] = mapped_column(default=now, index=True)


class RefusedSignInRow(AccountsBase):
    """How many sign-ins were refused since `began`; `logged`: the count that stands in the audit log already."""

    __tablename__ = "refused_sign_ins"
    account: Mapped[str] = mapped_column(String(200), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    outcome: Mapped[Outcome] = mapped_column(WordColumn(Outcome, 20), primary_key=True)
    began: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]
    logged: Mapped[int]


class SearchRow(AccountsBase):
    """A search kept on the server, so that no term stands in a URL. Only its user can open it.

    `name`: given by the user, who keeps it without an end; "" for one that expires.
    """

    __tablename__ = "searches"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime] = mapped_column(default=now, index=True)
    name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    request: Mapped[dict[str, Any]]


class AuditRow(AccountsBase):
    """Who did what, when and why. Append-only; the row is durable before the answer is sent."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    user: Mapped[str] = mapped_column(String(200), index=True)
    os_user: Mapped[str] = mapped_column(String(200), default="")
    channel: Mapped[Channel] = mapped_column(WordColumn(Channel, 10))
    action: Mapped[Action] = mapped_column(WordColumn(Action, 40), index=True)
    outcome: Mapped[Outcome] = mapped_column(WordColumn(Outcome, 20))
    purpose: Mapped[str] = mapped_column(String(500), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    case_id: Mapped[str] = mapped_column(String(32), default="", index=True)
    document_id: Mapped[str] = mapped_column(String(32), default="")
    page: Mapped[int | None]
    hits: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class AuditCounterRow(AccountsBase):
    """One row, with the number of the last audit row. Who adds rows holds its lock until the end of the transaction:
    so the numbers have no gaps and become visible in their order. What is older than `counted_from` was not counted.
    """

    __tablename__ = "audit_counter"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
    counted_from: Mapped[int]
