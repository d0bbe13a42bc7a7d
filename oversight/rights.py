"""Who may see what, from the databases' current state. Every query requires an AccessScope; none means: nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from casefile.batches import batches
from casefile.database.accounts import CaseRuleRow, UserRow, UserUnitRow
from casefile.database.ledger import BEING_REWRITTEN, AclRow, CaseRow
from casefile.database.sessions import Databases, read_session
from casefile.errors import AccessDenied, UsageFault
from casefile.index import fields
from casefile.model import Confidentiality, Role
from oversight.units import ALL_UNITS, normalise_unit, unit_matches

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


def content_levels(role: Role) -> frozenset[Confidentiality]:
    """None for a role that this program does not know."""
    return CONTENT_LEVELS.get(role, frozenset())


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
        own = Confidentiality(confidentiality) in content_levels(self.role) and unit_matches(unit, self.units)
        return own or case_id in self.granted

    @property
    def sees_content(self) -> bool:
        return bool(content_levels(self.role))

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
    row = accounts.execute(_USER, {"user": user}).one_or_none()
    if row is None:
        raise AccessDenied("account_unknown", "Dieses Konto gibt es nicht oder es ist stillgelegt.")
    role, units = row.role, _units(accounts, row.id)
    granted, blocked = _rules(accounts, row.id)
    return AccessScope(
        user_id=row.id,
        user=row.name,
        role=role,
        units=units,
        acl_ids=_acl_ids(ledger, role, units),
        granted=granted if content_levels(role) else frozenset(),
        blocked=blocked | _being_rewritten(ledger),
    )


def check_account(databases: Databases, user: str) -> None:
    """For commands, whose caller may know which accounts there are. Raises UsageFault."""
    try:
        current_scope(databases, user)
    except AccessDenied as error:
        raise UsageFault("user_unknown", error.message, "Alle Konten: „aktensuche users list“.") from error


def _units(accounts: Session, user_id: int) -> frozenset[str]:
    return frozenset(normalise_unit(name) for name in accounts.scalars(_OWN_UNITS, {"user_id": user_id}))


def _rules(accounts: Session, user_id: int) -> tuple[frozenset[str], frozenset[str]]:
    """(cases granted, cases blocked) one by one."""
    rules = accounts.execute(_OWN_RULES, {"user_id": user_id}).all()
    granted = frozenset(case_id for case_id, allow in rules if allow)
    return granted, frozenset(case_id for case_id, allow in rules if not allow)


def _acl_ids(ledger: Session, role: Role, units: frozenset[str]) -> frozenset[str]:
    """Spellings of the user's units are looked up first: there are few units, but many rights."""
    levels = [int(level) for level in content_levels(role)]
    if not levels or not units:
        return frozenset()
    if ALL_UNITS in units:
        return _split(ledger.scalar(_ACLS, {"levels": levels}))
    spelt = [unit for unit in ledger.scalars(_SPELT_UNITS) if unit_matches(unit, units)]
    return _split(ledger.scalar(_ACLS_OF_UNITS, {"levels": levels, "units": spelt}))


def _being_rewritten(ledger: Session) -> frozenset[str]:
    return _split(ledger.scalar(_BEING_REWRITTEN))


def _split(joined: str | None) -> frozenset[str]:
    return frozenset(joined.split(",")) if joined else frozenset()


def _joined(column: InstrumentedAttribute[str]) -> Select[str]:
    """Identifiers joined by the database: thousands of them are read as one row instead of thousands."""
    return select(func.aggregate_strings(column, ","))


# Built once: every answer runs them twice, and building them costs more than running them.
_USER = select(UserRow.id, UserRow.name, UserRow.role).where(UserRow.name == bindparam("user"), UserRow.active)
_OWN_UNITS = select(UserUnitRow.unit).where(UserUnitRow.user_id == bindparam("user_id"))
_OWN_RULES = select(CaseRuleRow.case_id, CaseRuleRow.allow).where(CaseRuleRow.user_id == bindparam("user_id"))
_SPELT_UNITS = select(AclRow.unit).distinct()
_ACLS = _joined(AclRow.id).where(AclRow.confidentiality.in_(bindparam("levels", expanding=True)))
_ACLS_OF_UNITS = _ACLS.where(AclRow.unit.in_(bindparam("units", expanding=True)))
_BEING_REWRITTEN = _joined(CaseRow.id).where(BEING_REWRITTEN)
