"""Rights of accounts in the interface: who may manage whose, what they are, changing them. All of it on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.database.accounts import RightKind, RightRow, UserRow
from casefile.database.events import Action, Detail
from casefile.database.ledger import CaseRow
from casefile.database.ledger import now as moment
from casefile.errors import AccessDenied, UsageFault
from casefile.model import Role
from oversight.access.changes import CASES, SINGLE, Right, give_in, take_in
from oversight.access.history import end_of
from oversight.access.validity import valid_at, valid_rights
from oversight.audit import Actor, Event
from oversight.rights import MANAGES_RIGHTS, AccessScope, content_levels
from oversight.units import ALL_UNITS, normalise_unit
from search_ui import ledgerview
from search_ui.answering import Answering, answering
from search_ui.reading.cases import may_see_case
from search_ui.services import Services

# What is given in the interface. Roles, units and levels are the command line's.
GIVEN_HERE = (RightKind.BLOCK, RightKind.GRANT, RightKind.DEPUTY)
NO_SUCH_CASE = "Diese Akte gibt es nicht, oder sie ist nicht eindeutig."
NO_SUCH_ACCOUNT = "Dieses Konto gibt es nicht, oder Sie verwalten es nicht."


@dataclass(frozen=True)
class ManagedAccount:
    id: int
    name: str
    role: Role
    units: tuple[str, ...]
    active: bool


@dataclass(frozen=True)
class AccountRights:
    """`case_titles`: of the cases in `rights` that one may see oneself."""

    account: ManagedAccount
    rights: tuple[RightRow, ...]
    case_titles: Mapping[str, str]
    others: tuple[ManagedAccount, ...]


@dataclass(frozen=True)
class Wish:
    """A right as it was typed: `subject` is a file reference or, for a deputy, the name of an account."""

    kind: RightKind
    subject: str
    reason: str
    last_day: date | None


def open_accounts(services: Services, actor: Actor) -> tuple[ManagedAccount, ...]:
    """The accounts whose rights one may manage. Raises AccessDenied."""
    with answering(services.databases, actor) as now:
        if now.scope.role not in MANAGES_RIGHTS:
            raise _rights_refused(now)
        now.record(Event(actor, Action.RIGHTS_READ))
        return _managed(now.accounts, now.scope)


def open_rights(services: Services, actor: Actor, user_id: int) -> AccountRights:
    """Raises AccessDenied, the same for an account that is absent and one that is not one's own to manage."""
    with answering(services.databases, actor) as now:
        account = _require_manager(now, user_id)
        rights = tuple(valid_rights(now.accounts, user_id, *SINGLE))
        cases = ledgerview.cases(now.ledger, (row.value for row in rights if row.kind in CASES))
        titles = {key: ledgerview.as_case(row).title for key, row in cases.items() if may_see_case(now.scope, row)}
        others = (*_managed(now.accounts, now.scope), *_oneself(now.accounts, now.scope))
        now.record(Event(actor, Action.RIGHTS_READ, detail={Detail.ACCOUNT: account.name}))
        return AccountRights(account, rights, titles, tuple(other for other in others if other.id != user_id))


def give_right(services: Services, actor: Actor, user_id: int, wish: Wish) -> None:
    """Raises AccessDenied, and UsageFault with a message for the person. Nobody gives what he does not have."""
    with answering(services.databases, actor) as now:
        account = _require_manager(now, user_id)
        right = Right(wish.kind, _right_value(now, wish), wish.reason, end_of(wish.last_day) if wish.last_day else None)
        give_in(now.accounts, account.name, right, actor)


def take_right(services: Services, actor: Actor, user_id: int, right_id: int) -> None:
    """Raises AccessDenied, and UsageFault for a right that does not hold any more."""
    with answering(services.databases, actor) as now:
        take_in(now.accounts, _require_manager(now, user_id).name, right_id, actor)


def _require_manager(now: Answering, user_id: int) -> ManagedAccount:
    """The account with this id, if the actor may manage it."""
    managed = {account.id: account for account in _managed(now.accounts, now.scope)}
    if now.scope.role not in MANAGES_RIGHTS or user_id not in managed:
        raise _rights_refused(now, user_id)
    return managed[user_id]


def _rights_refused(now: Answering, user_id: int = 0) -> AccessDenied:
    return now.refuse(Event(now.actor, Action.RIGHTS_READ, detail={Detail.ACCOUNT: str(user_id)}))


def _managed(accounts: Session, scope: AccessScope) -> tuple[ManagedAccount, ...]:
    """Accounts that see content, all of whose units are among one's own. Nobody manages his own rights."""
    return tuple(
        account
        for account in _accounts(accounts)
        if account.id != scope.user_id and content_levels(account.role) and _is_within(account, scope)
    )


def _oneself(accounts: Session, scope: AccessScope) -> tuple[ManagedAccount, ...]:
    return tuple(account for account in _accounts(accounts) if account.id == scope.user_id)


def _is_within(account: ManagedAccount, scope: AccessScope) -> bool:
    own = {normalise_unit(unit) for unit in account.units}
    return ALL_UNITS in scope.units or (bool(own) and own <= scope.units)


def _accounts(accounts: Session) -> list[ManagedAccount]:
    units: dict[int, list[str]] = {}
    held = select(RightRow.user_id, RightRow.value).where(RightRow.kind == RightKind.UNIT, valid_at(RightRow, moment()))
    for user_id, unit in accounts.execute(held.order_by(RightRow.value)):
        units.setdefault(user_id, []).append(unit)
    rows = accounts.scalars(select(UserRow).order_by(UserRow.name))
    return [ManagedAccount(row.id, row.name, row.role, tuple(units.get(row.id, ())), row.active) for row in rows]


def _right_value(now: Answering, wish: Wish) -> str:
    if wish.kind not in GIVEN_HERE:
        raise UsageFault("right_invalid", "Dieses Recht wird hier nicht vergeben.")
    if wish.kind is not RightKind.DEPUTY:
        return _visible_case(now, wish.subject).id
    represented = (*_managed(now.accounts, now.scope), *_oneself(now.accounts, now.scope))
    if wish.subject not in {account.name for account in represented}:
        raise UsageFault("user_unknown", NO_SUCH_ACCOUNT)
    return wish.subject


def _visible_case(now: Answering, reference: str) -> CaseRow:
    """The one case of this file reference that the actor may see. Raises UsageFault, the same for all other ones."""
    rows = ledgerview.cases_by_reference(now.ledger, reference)
    found = [row for row in rows if may_see_case(now.scope, row)]
    if len(found) != 1:
        raise UsageFault("case_unknown", NO_SUCH_CASE)
    return found[0]
