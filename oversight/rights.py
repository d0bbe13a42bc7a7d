"""Who may see what, from the databases' current state. Every query requires an AccessScope; none means: nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from casefile.batches import batches
from casefile.database.accounts import CaseRuleRow, UserRow, UserUnitRow
from casefile.database.ledger import AclRow, CaseRow
from casefile.database.sessions import Databases, read_session
from casefile.errors import AccessDenied, UsageFault
from casefile.index import fields
from casefile.model import Confidentiality, Role
from oversight.units import normalise_unit, unit_matches

EVERY_LEVEL = frozenset(Confidentiality)
MAX_TERMS = 60_000  # in one clause; the engine takes 65,536 (index.max_terms_count)

# The matrix: role → levels of confidentiality whose content it may see, in the cases of its own units.
CONTENT_LEVELS: dict[Role, frozenset[Confidentiality]] = {
    Role.CASEWORKER: frozenset({Confidentiality.NORMAL, Confidentiality.CONFIDENTIAL}),
    Role.LEAD: EVERY_LEVEL,
    Role.RECORDS_ADMIN: EVERY_LEVEL,
    Role.AUDITOR: frozenset(),
    Role.SYSTEM_ADMIN: frozenset(),
}
READS_AUDIT = frozenset({Role.LEAD, Role.AUDITOR})


@dataclass(frozen=True)
class AccessScope:
    """What one user may see at this moment. `blocked` wins over everything else."""

    user_id: int
    user: str
    role: Role
    units: frozenset[str] = frozenset()
    acl_ids: frozenset[str] = frozenset()
    granted: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()

    def permits(self, case_id: str, acl_id: str) -> bool:
        if case_id in self.blocked:
            return False
        return acl_id in self.acl_ids or case_id in self.granted

    def permits_case(self, case_id: str, unit: str, confidentiality: int) -> bool:
        """May the cover sheet itself be seen? Its right is the case's unit and confidentiality."""
        if case_id in self.blocked:
            return False
        own = Confidentiality(confidentiality) in CONTENT_LEVELS[self.role] and unit_matches(unit, self.units)
        return own or case_id in self.granted

    @property
    def sees_content(self) -> bool:
        return bool(CONTENT_LEVELS[self.role])

    @property
    def reads_audit(self) -> bool:
        return self.role in READS_AUDIT


def scope_filter(scope: AccessScope) -> dict[str, Any]:
    """The one filter of rights. An empty scope matches nothing: `terms` with no terms is empty."""
    return {
        "bool": {
            "should": [*_any_of(fields.ACL_ID, scope.acl_ids), *_any_of(fields.CASE_ID, scope.granted)],
            "minimum_should_match": 1,
            "must_not": _any_of(fields.CASE_ID, scope.blocked),
        }
    }


def _any_of(field: str, values: frozenset[str]) -> list[dict[str, Any]]:
    """One clause, or several where the engine would refuse one of that length: a change can touch every case."""
    return [{"terms": {field: part}} for part in batches(sorted(values), MAX_TERMS)] or [{"terms": {field: []}}]


def current_scope(databases: Databases, user: str) -> AccessScope:
    """Raises AccessDenied for an unknown or deactivated account."""
    with read_session(databases.accounts) as accounts, read_session(databases.ledger) as ledger:
        return read_scope(accounts, ledger, user)


def read_scope(accounts: Session, ledger: Session, user: str) -> AccessScope:
    """The same within open read sessions, so that an answer can read rights and rows in one transaction each.

    The scope is as new as these transactions: who looks at the rights a second time opens new ones.
    Raises AccessDenied for an unknown or deactivated account.
    """
    row = accounts.scalar(select(UserRow).where(UserRow.name == user, UserRow.active))
    if row is None:
        raise AccessDenied("account_unknown", "Dieses Konto gibt es nicht oder es ist stillgelegt.")
    role = Role(row.role)
    names = accounts.scalars(select(UserUnitRow.unit).where(UserUnitRow.user_id == row.id))
    units = frozenset(normalise_unit(name) for name in names)
    rules = accounts.execute(select(CaseRuleRow.case_id, CaseRuleRow.allow).where(CaseRuleRow.user_id == row.id)).all()
    blocked = {case_id for case_id, allow in rules if not allow}
    granted = {case_id for case_id, allow in rules if allow} if CONTENT_LEVELS[role] else set()
    return AccessScope(
        user_id=row.id,
        user=row.name,
        role=role,
        units=units,
        acl_ids=_acl_ids(ledger, role, units),
        granted=frozenset(granted),
        blocked=frozenset(blocked | _being_rewritten(ledger)),
    )


def check_account(databases: Databases, user: str) -> None:
    """For commands, whose caller may know which accounts there are. Raises UsageFault."""
    try:
        current_scope(databases, user)
    except AccessDenied as error:
        raise UsageFault("user_unknown", error.message, "Alle Konten: „aktensuche users list“.") from error


def _acl_ids(ledger: Session, role: Role, units: frozenset[str]) -> frozenset[str]:
    levels = [int(level) for level in CONTENT_LEVELS[role]]
    if not levels or not units:
        return frozenset()
    rows = ledger.execute(select(AclRow.id, AclRow.unit).where(AclRow.confidentiality.in_(levels))).all()
    return frozenset(identifier for identifier, unit in rows if unit_matches(unit, units))


def _being_rewritten(ledger: Session) -> set[str]:
    """Cases whose index records may still carry older rights: denied until the index has caught up.

    A case that is indexed for the first time (`version` 1) has no older rights.
    """
    behind = or_(CaseRow.indexed_version > 0, CaseRow.version > 1)
    return set(ledger.scalars(select(CaseRow.id).where(CaseRow.version != CaseRow.indexed_version, behind)))
