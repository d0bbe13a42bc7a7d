"""The transactions of an answer: rights and rows are read before the engine is asked and anew after it has answered.

The second look and the audit row share one transaction of the accounts database: what an answer shows was permitted in
the very transaction that put it on record. So an answer costs four transactions, two where the engine is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy.orm import Session

from casefile.database.events import Outcome
from casefile.database.sessions import Databases, database_errors, read_session
from casefile.errors import AccessDenied
from oversight.audit import Actor, Event, append, record
from oversight.rights import AccessScope, read_scope


@dataclass(frozen=True)
class Look:
    """Open read sessions on both databases, with the rights of one user."""

    actor: Actor
    ledger: Session
    accounts: Session

    @cached_property
    def scope(self) -> AccessScope:
        """The user's rights in these transactions. Raises AccessDenied for an unknown or deactivated account.

        In an `Answering`, this takes the write lock of the accounts database (SQLite) until the answer is recorded:
        what takes longer is read from the ledger before.
        """
        return read_scope(self.accounts, self.ledger, self.actor.user)


@dataclass(frozen=True)
class Answering(Look):
    """The last look before an answer is given, and its place in the audit log."""

    def record(self, *events: Event) -> None:
        append(self.accounts, *events)

    def refuse(self, event: Event) -> AccessDenied:
        """Writes down the refusal; gives the one error for forbidden and absent, to be raised."""
        append(self.accounts, _denied(event))
        return _not_found()


@contextmanager
def looking(databases: Databases, actor: Actor) -> Iterator[Look]:
    """For reading before the engine is asked. Rights and rows are checked again in `answering`, before the answer."""
    with read_session(databases.accounts) as accounts, read_session(databases.ledger) as ledger:
        yield Look(actor, ledger, accounts)


@contextmanager
def answering(databases: Databases, actor: Actor) -> Iterator[Answering]:
    """What was recorded is durable when this ends. A refusal (AccessDenied) keeps its row, other errors take it back.

    Raises EnvironmentFault `database_down` where the row cannot be written: then there is no answer.
    """
    refusal: AccessDenied | None = None
    with (
        read_session(databases.ledger) as ledger,
        database_errors("accounts"),
        databases.accounts.begin() as accounts,
    ):
        try:
            yield Answering(actor, ledger, accounts)
        except AccessDenied as error:
            refusal = error
    if refusal is not None:
        raise refusal


def refuse(databases: Databases, event: Event) -> AccessDenied:
    """The same as `Answering.refuse`, in a transaction of its own."""
    record(databases.accounts, _denied(event))
    return _not_found()


def _denied(event: Event) -> Event:
    return replace(event, outcome=Outcome.DENIED)


def _not_found() -> AccessDenied:
    return AccessDenied("not_found", "Das gibt es hier nicht.")
