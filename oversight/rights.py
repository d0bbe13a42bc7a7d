"""Who may see what, from the databases' current state. Every query requires an AccessScope; none means: nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from casefile.batches import batches
from casefile.database.accounts import RightKind, RightRow, UserRow
from casefile.database.ledger import BEING_REWRITTEN, AclRow, CaseRow, now
from casefile.database.sessions import Databases, read_session
from casefile.errors import AccessDenied, UsageFault
from casefile.index import fields
from casefile.model import Confidentiality, Role
from oversight.access.kinds import metadata_only, normalise_kind
from oversight.access.tree import parents, with_units_below
from oversight.access.validity import valid_at
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
MANAGES_RIGHTS = frozenset({Role.LEAD, Role.RECORDS_ADMIN})


def content_levels(role: Role) -> frozenset[Confidentiality]:
    """None for a role that this program does not know."""
    return CONTENT_LEVELS.get(role, frozenset())


@dataclass(frozen=True)
class Area:
    """Cases of these units (normalised, with those below) on these levels: one's own, or those of somebody whose
    deputy one is.
    """

    units: frozenset[str]
    levels: frozenset[Confidentiality]


@dataclass(frozen=True)
class AccessScope:
    """What one user may see at this moment. `blocked` wins over everything else.

    `units`: the user's own, normalised, with those below. `acl_ids`: the rights of `areas`, as documents carry them.
    `not_searched`: rights of documents whose text no search finds.
    """

    user_id: int
    user: str
    role: Role
    units: frozenset[str] = frozenset()
    acl_ids: frozenset[str] = frozenset()
    granted: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()
    not_searched: frozenset[str] = frozenset()
    areas: frozenset[Area] = frozenset()

    def permits(self, case_id: str, acl_id: str) -> bool:
        """May the document be opened?"""
        if case_id in self.blocked:
            return False
        return acl_id in self.acl_ids or case_id in self.granted

    def finds(self, case_id: str, acl_id: str) -> bool:
        """May the document be a hit of a search?"""
        return acl_id not in self.not_searched and self.permits(case_id, acl_id)

    def permits_case(self, case_id: str, unit: str, confidentiality: int) -> bool:
        """May the cover sheet itself be seen? Its right is the case's unit and confidentiality."""
        if case_id in self.blocked:
            return False
        level = Confidentiality(confidentiality)
        own = any(level in area.levels and unit_matches(unit, area.units) for area in self.areas)
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
            "must_not": [*_any_of(fields.CASE_ID, scope.blocked), *_any_of(fields.ACL_ID, scope.not_searched)],
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
    held = _held(accounts, row.id)
    tree = parents(accounts)
    areas = _areas(accounts, row.role, held, tree)
    return AccessScope(
        user_id=row.id,
        user=row.name,
        role=row.role,
        units=with_units_below(_units(held), tree),
        areas=areas,
        acl_ids=frozenset().union(*(_acl_ids(ledger, area) for area in areas)),
        granted=held[RightKind.GRANT] | held[RightKind.EMERGENCY] if content_levels(row.role) else frozenset(),
        blocked=held[RightKind.BLOCK] | _being_rewritten(ledger),
        not_searched=_not_searched(ledger, metadata_only(accounts)),
    )


def check_account(databases: Databases, user: str) -> None:
    """For commands, whose caller may know which accounts there are. Raises UsageFault."""
    try:
        current_scope(databases, user)
    except AccessDenied as error:
        raise UsageFault("user_unknown", error.message, "Alle Konten: „aktensuche users list“.") from error


Held = dict[RightKind, frozenset[str]]


def _held(accounts: Session, user_id: int) -> Held:
    """The account's rights of this moment: kind → values."""
    rows = accounts.execute(_RIGHTS, {"user_id": user_id, "moment": now()}).all()
    return {kind: frozenset(value for found, value in rows if found == kind) for kind in RightKind}


def _units(held: Held) -> frozenset[str]:
    return frozenset(map(normalise_unit, held[RightKind.UNIT]))


def _areas(accounts: Session, role: Role, held: Held, tree: dict[str, str]) -> frozenset[Area]:
    """One's own, and those of the people whose deputy one is. A deputy of a deputy is none.

    A role without content gets none by being a deputy: separation of duties does not end with a holiday.
    """
    if not content_levels(role):
        return frozenset()
    names = sorted(held[RightKind.DEPUTY])
    represented = accounts.execute(_NAMED, {"names": names}).all() if names else []
    holders = [(role, held), *((row.role, _held(accounts, row.id)) for row in represented)]
    areas = (Area(with_units_below(_units(of), tree), _levels(their, of)) for their, of in holders)
    return frozenset(area for area in areas if area.units and area.levels)


def _levels(role: Role, held: Held) -> frozenset[Confidentiality]:
    """The role's own, or up to the one that the account has been given; none for a role without content."""
    own = content_levels(role)
    if not own or not held[RightKind.LEVEL]:
        return own
    highest = max(int(value) for value in held[RightKind.LEVEL])
    return frozenset(level for level in Confidentiality if level <= highest)


def _acl_ids(ledger: Session, area: Area) -> frozenset[str]:
    """Spellings of the units are looked up first: there are few units, but many rights."""
    levels = [int(level) for level in area.levels]
    if ALL_UNITS in area.units:
        return _split(ledger.scalar(_ACLS, {"levels": levels}))
    spelt = [unit for unit in ledger.scalars(_SPELT_UNITS) if unit_matches(unit, area.units)]
    return _split(ledger.scalar(_ACLS_OF_UNITS, {"levels": levels, "units": spelt}))


def _not_searched(ledger: Session, kinds: frozenset[str]) -> frozenset[str]:
    if not kinds:
        return frozenset()
    spelt = [kind for kind in ledger.scalars(_SPELT_KINDS) if normalise_kind(kind) in kinds]
    return _split(ledger.scalar(_ACLS_OF_KINDS, {"kinds": spelt}))


def _being_rewritten(ledger: Session) -> frozenset[str]:
    return _split(ledger.scalar(_BEING_REWRITTEN))


def _split(joined: str | None) -> frozenset[str]:
    return frozenset(joined.split(",")) if joined else frozenset()


def _joined(column: InstrumentedAttribute[str]) -> Select[str]:
    """Identifiers joined by the database: thousands of them are read as one row instead of thousands."""
    return select(func.aggregate_strings(column, ","))


# Built once: every answer runs them twice, and building them costs more than running them.
_USER = select(UserRow.id, UserRow.name, UserRow.role).where(UserRow.name == bindparam("user"), UserRow.active)
_NAMED = select(UserRow.id, UserRow.role).where(UserRow.name.in_(bindparam("names", expanding=True)))
_RIGHTS = select(RightRow.kind, RightRow.value).where(
    RightRow.user_id == bindparam("user_id"), valid_at(RightRow, bindparam("moment"))
)
_SPELT_KINDS = select(AclRow.kind).distinct()
_SPELT_UNITS = select(AclRow.unit).distinct()
_ACLS = _joined(AclRow.id).where(AclRow.confidentiality.in_(bindparam("levels", expanding=True)))
_ACLS_OF_UNITS = _ACLS.where(AclRow.unit.in_(bindparam("units", expanding=True)))
_ACLS_OF_KINDS = _joined(AclRow.id).where(AclRow.kind.in_(bindparam("kinds", expanding=True)))
_BEING_REWRITTEN = _joined(CaseRow.id).where(BEING_REWRITTEN)
