"""A user's rights as the databases have them now, and that reading them looks at few rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, insert, text, update

from casefile.database.accounts import RightKind, RightRow
from casefile.database.events import Channel
from casefile.database.ledger import AclRow, CaseRow, RootRow, now
from casefile.database.sessions import Databases, open_database, read_session
from casefile.errors import UsageFault
from casefile.model import CoverState, Role
from casefile.settings import Settings
from oversight import rights
from oversight.access import changes
from oversight.access.changes import Right
from oversight.access.kinds import set_metadata_only
from oversight.access.tree import place_unit
from oversight.accounts import add_user
from oversight.audit import Actor
from oversight.rights import AccessScope, current_scope, read_scope
from tests.web import PASSWORD

CASES = 5000
ACTOR = Actor("", Channel.CLI, "test")
OWN, OTHER, NONE = "Leistung 1", "Leistung 2", ""


@pytest.fixture
def databases(either_database: Settings) -> Iterator[Databases]:
    found = Databases(open_database(either_database, "ledger"), open_database(either_database, "accounts"))
    fill(found)
    yield found
    found.ledger.kw["bind"].dispose()
    found.accounts.kw["bind"].dispose()


def fill(databases: Databases) -> None:
    add_user(databases.accounts, "m.muster", Role.CASEWORKER, ["LEISTUNG  1"], PASSWORD)
    add_user(databases.accounts, "leitung", Role.LEAD, ["*"], PASSWORD)
    add_user(databases.accounts, "revision", Role.AUDITOR, ["*"], PASSWORD)
    acls = [
        {"id": f"{unit[-1:]}/{level}/{kind}", "unit": unit, "confidentiality": level, "kind": kind}
        for unit in (OWN, OTHER, NONE)
        for level in (0, 1, 2)
        for kind in ("", "Brief")
    ]
    with databases.ledger.begin() as session:
        session.add(RootRow(id=1, name="bestand", path="bestand"))
        session.flush()
        session.execute(insert(AclRow), acls)
        session.execute(insert(CaseRow), [case(number) for number in range(CASES)])


def case(number: int) -> dict[str, object]:
    row = {"id": f"{number:032x}", "root_id": 1, "folder": str(number), "cover_state": CoverState.PRESENT, "cover": {}}
    return row | {"unit": OWN, "version": 2, "indexed_version": 2}


def give(databases: Databases, name: str, right: Right) -> None:
    changes.give(databases.accounts, name, right, ACTOR)


def test_rights_for_a_unit_are_rights_for_all_units_below_it(databases: Databases) -> None:
    assert len(current_scope(databases, "m.muster").acl_ids) == 4
    place_unit(databases.accounts, "Zwischenstelle", OWN, ACTOR)
    place_unit(databases.accounts, " leistung  2", "Zwischenstelle", ACTOR)
    below = current_scope(databases, "m.muster")
    assert len(below.acl_ids) == 8
    assert below.permits_case("x", OTHER, 0) and not below.permits_case("x", OTHER, 2)
    assert not below.permits_case("x", "", 0)
    with pytest.raises(UsageFault):
        place_unit(databases.accounts, OWN, OTHER, ACTOR)
    place_unit(databases.accounts, "Zwischenstelle", "", ACTOR)
    assert len(current_scope(databases, "m.muster").acl_ids) == 4


def test_a_level_of_the_account_stands_in_for_the_one_of_the_role(databases: Databases) -> None:
    give(databases, "m.muster", Right(RightKind.LEVEL, "2"))
    assert current_scope(databases, "m.muster").permits_case("x", OWN, 2)
    give(databases, "m.muster", Right(RightKind.LEVEL, "0"))
    assert len(current_scope(databases, "m.muster").acl_ids) == 2
    give(databases, "revision", Right(RightKind.LEVEL, "2"))
    assert current_scope(databases, "revision").areas == frozenset()


def test_a_deputy_sees_what_the_represented_sees_until_the_end(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_user(databases.accounts, "kollegin", Role.LEAD, [OTHER], PASSWORD)
    give(databases, "kollegin", Right(RightKind.BLOCK, "ihre", "eigene Akte"))
    give(databases, "kollegin", Right(RightKind.DEPUTY, "leitung", "Urlaub", now() + timedelta(days=9)))
    give(databases, "m.muster", Right(RightKind.DEPUTY, "kollegin", "Urlaub", now() + timedelta(days=3)))
    scope = current_scope(databases, "m.muster")
    assert len(scope.acl_ids) == 4 + 6, "own and represented, but not whom she represents herself"
    assert (scope.permits_case("x", OTHER, 2), scope.permits_case("x", OWN, 2)) == (True, False)
    assert scope.permits_case("ihre", OTHER, 0), "her own case is blocked for her, not for her deputy"
    give(databases, "revision", Right(RightKind.DEPUTY, "kollegin", "Urlaub", now() + timedelta(days=3)))
    assert not current_scope(databases, "revision").acl_ids
    monkeypatch.setattr(rights, "now", lambda: datetime.now(UTC) + timedelta(days=4))
    assert len(current_scope(databases, "m.muster").acl_ids) == 4


def test_kinds_that_nobody_searches_can_be_opened_but_not_found(databases: Databases) -> None:
    set_metadata_only(databases.accounts, " BRIEF ", ACTOR, searchable=False)
    scope = current_scope(databases, "leitung")
    assert scope.not_searched == {f"{unit[-1:]}/{level}/Brief" for unit in (OWN, OTHER, NONE) for level in (0, 1, 2)}
    assert scope.permits("x", "1/0/Brief") and not scope.finds("x", "1/0/Brief") and scope.finds("x", "1/0/")
    granted = replace(scope, granted=frozenset({"x"}))
    assert not granted.finds("x", "1/0/Brief"), "a single grant does not make it searchable"
    set_metadata_only(databases.accounts, "Brief", ACTOR, searchable=True)
    assert current_scope(databases, "leitung").not_searched == frozenset()


def set_versions(databases: Databases, number: int, version: int, indexed: int) -> str:
    identifier = f"{number:032x}"
    with databases.ledger.begin() as session:
        versions = {"version": version, "indexed_version": indexed}
        session.execute(update(CaseRow).where(CaseRow.id == identifier).values(versions))
    return identifier


def test_a_scope_has_the_rights_of_units_levels_and_single_cases(databases: Databases) -> None:
    own = current_scope(databases, "m.muster")
    assert own.acl_ids == {f"1/{level}/{kind}" for level in (0, 1) for kind in ("", "Brief")}
    assert len(current_scope(databases, "leitung").acl_ids) == 18
    with databases.accounts.begin() as session:
        kinds = {"a": RightKind.GRANT, "b": RightKind.BLOCK}
        session.add_all(RightRow(user_id=own.user_id, kind=kind, value=name) for name, kind in kinds.items())
    changed = current_scope(databases, "m.muster")
    assert (changed.granted, changed.blocked) == ({"a"}, {"b"})


def test_who_sees_no_content_has_an_empty_scope(databases: Databases) -> None:
    scope = current_scope(databases, "revision")
    assert scope == AccessScope(scope.user_id, "revision", Role.AUDITOR, units=frozenset({"*"}))


@pytest.mark.parametrize(
    ("version", "indexed", "denied"),
    [
        (1, 0, False),  # loaded for the first time: nothing of it is in the index with other rights
        (2, -1, True),  # changed during its first load
        (2, 1, True),
        (3, 3, False),
    ],
)
def test_a_case_being_rewritten_is_denied_until_the_index_has_caught_up(
    databases: Databases, version: int, indexed: int, denied: bool
) -> None:
    identifier = set_versions(databases, 7, version, indexed)
    assert current_scope(databases, "m.muster").blocked == ({identifier} if denied else set())


def test_the_cases_being_rewritten_are_found_without_looking_at_all(databases: Databases) -> None:
    set_versions(databases, 7, 3, 2)
    with databases.ledger.begin() as session:
        session.execute(text("ANALYZE"))
    plans = ledger_plans(databases, "m.muster")
    assert any("ix_cases_being_rewritten" in plan for plan in plans)
    assert not [plan for plan in plans if scans_all_cases(plan)]


def ledger_plans(databases: Databases, user: str) -> list[str]:
    """How the ledger's database runs each statement that reading the scope sends."""
    explained = []

    def explain(_connection: object, cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        how = "EXPLAIN QUERY PLAN" if dialect == "sqlite" else "EXPLAIN"
        if not statement.startswith(how):
            explained.append((f"{how} {statement}", parameters))

    with read_session(databases.accounts) as accounts, read_session(databases.ledger) as ledger:
        connection = ledger.connection()
        dialect = connection.dialect.name
        event.listen(connection, "before_cursor_execute", explain)
        read_scope(accounts, ledger, user)
        event.remove(connection, "before_cursor_execute", explain)
        rows = [connection.exec_driver_sql(statement, parameters).all() for statement, parameters in explained]
    return ["\n".join(str(row[-1]) for row in plan) for plan in rows]


def scans_all_cases(plan: str) -> bool:
    """SQLite writes `SCAN cases` for both, a whole table and a whole index; PostgreSQL `Seq Scan on cases`."""
    lines = [line for line in plan.splitlines() if "SCAN cases" in line or "Seq Scan on cases" in line]
    return any("ix_cases_being_rewritten" not in line for line in lines)
