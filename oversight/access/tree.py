"""Units lie below each other: who has rights for one has them for all below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import UnitParentRow
from casefile.database.events import Action, Detail
from casefile.database.ledger import now
from casefile.database.sessions import database_errors
from casefile.errors import UsageFault
from oversight.access.validity import begin, end, valid_at
from oversight.audit import Actor, Event, append
from oversight.units import ALL_UNITS, clean_units, normalise_unit

_PARENTS = select(UnitParentRow.unit, UnitParentRow.parent).where(valid_at(UnitParentRow, bindparam("moment")))


def parents(accounts: Session, moment: object = None) -> dict[str, str]:
    """Unit → the one it lies below, both normalised."""
    return {row.unit: row.parent for row in accounts.execute(_PARENTS, {"moment": moment or now()})}


def with_units_below(units: Iterable[str], parents_of: Mapping[str, str]) -> frozenset[str]:
    """`units` is normalised. All of them and everything below them."""
    found = set(units)
    while below := {unit for unit, parent in parents_of.items() if parent in found} - found:
        found |= below
    return frozenset(found)


def place_unit(accounts: sessionmaker[Session], unit: str, parent: str, actor: Actor) -> None:
    """From now on `unit` lies below `parent`, or below none where that is "". Raises UsageFault for a circle."""
    with database_errors("accounts"), accounts.begin() as session:
        name, upper = _normalised(unit), _normalised(parent) if parent else ""
        if upper and name in {upper, *_above(upper, parents(session))}:
            raise UsageFault("unit_circle", f"„{unit}“ liegt schon über „{parent}“.", "Zuerst „{parent}“ umhängen.")
        end(
            list(
                session.scalars(select(UnitParentRow).where(UnitParentRow.unit == name, valid_at(UnitParentRow, now())))
            ),
            actor,
        )
        if upper:
            begin(session, UnitParentRow(unit=name, parent=upper), actor)
        detail = {Detail.COMMAND: "place", Detail.VALUE: unit, Detail.AFTER: parent}
        append(session, Event(actor, Action.RIGHTS_CHANGED, detail=detail))


def _above(unit: str, parents_of: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    while unit in parents_of and parents_of[unit] not in found:
        unit = parents_of[unit]
        found.append(unit)
    return found


def _normalised(unit: str) -> str:
    (cleaned,) = clean_units([unit])
    if cleaned == ALL_UNITS:
        raise UsageFault("unit_invalid", "„*“ ist keine einzelne Stelle.", "Eine Stelle nennen.")
    return normalise_unit(cleaned)
