"""How long reading one user's rights takes with 110,000 cases in the ledger, beside a scan of all cases.

Every answer reads them twice: before the engine is asked, and for the second look at what it found.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session, sessionmaker

from bench import Figure
from casefile.database.ledger import AclRow, CaseRow, RootRow
from casefile.database.sessions import Databases, open_database, read_session
from casefile.model import Confidentiality, CoverState, Role, acl_id, case_id
from casefile.settings import load_settings
from oversight.accounts import add_user
from oversight.rights import current_scope

CASES, UNITS, KINDS = 110_000, 40, 60
BEING_REWRITTEN = 200
REPEATS = 50
PASSWORD = "ein langes Kennwort"  # noqa: S105 - of accounts that exist for this measurement alone


def figures() -> Iterable[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(home=Path(folder))
        databases = Databases(open_database(settings, "ledger"), open_database(settings, "accounts"))
        _fill(databases.ledger)
        add_user(databases.accounts, "sachbearbeitung", Role.CASEWORKER, [_unit(1)], PASSWORD)
        add_user(databases.accounts, "leitung", Role.LEAD, ["*"], PASSWORD)
        scan = _milliseconds(lambda: _scan(databases.ledger))
        for user, told in (("sachbearbeitung", "one unit"), ("leitung", f"all of {UNITS} units")):
            taken = _milliseconds(lambda user=user: current_scope(databases, user))  # type: ignore[misc]
            yield Figure(f"scope of {told}, {CASES} cases", taken, "ms", "scan of all cases alone", taken / scan)
        yield Figure(f"scan of {CASES} cases for those being rewritten", scan, "ms")
        databases.ledger.kw["bind"].dispose()
        databases.accounts.kw["bind"].dispose()


def _fill(ledger: sessionmaker[Session]) -> None:
    acls = [
        {"id": acl_id(_unit(unit), level, f"Art {kind}"), "unit": _unit(unit), "confidentiality": level, "kind": "x"}
        for unit in range(UNITS)
        for level in Confidentiality
        for kind in range(KINDS)
    ]
    with ledger.begin() as session:
        root = RootRow(name="bestand", path="bestand")
        session.add(root)
        session.flush()
        session.execute(insert(AclRow), acls)
        session.execute(insert(CaseRow), [_case(root.id, number) for number in range(CASES)])


def _case(root: int, number: int) -> dict[str, object]:
    return {
        "id": case_id("bestand", str(number)),
        "root_id": root,
        "folder": str(number),
        "cover_state": CoverState.PRESENT,
        "cover": {"aktenzeichen": f"33.{number}/2019", "betreff": "Leistungen für Unterkunft und Heizung " * 5},
        "unit": _unit(number % UNITS),
        "confidentiality": 0,
        "version": 2,
        "indexed_version": 1 if number < BEING_REWRITTEN else 2,
    }


def _unit(number: int) -> str:
    return f"Leistungsstelle {number}"


def _scan(ledger: sessionmaker[Session]) -> None:
    """What a query without the index does: look at every case."""
    with read_session(ledger) as session:
        behind = text("+version != +indexed_version AND (+indexed_version > 0 OR +version > 1)")
        found = session.scalars(select(CaseRow.id).where(behind)).all()
    if len(found) != BEING_REWRITTEN:
        raise RuntimeError("The scan does not do the same as the index.")


def _milliseconds(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)
