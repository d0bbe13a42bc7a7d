"""Units (Stellen) of accounts: cleaned, compared, and held against the units that cases have."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import CaseRow
from casefile.database.sessions import read_session
from casefile.errors import UsageFault

ALL_UNITS = "*"
MAX_UNIT = 200  # of a cover sheet's unit too: what is longer could never match one
SIMILAR = 3


@dataclass(frozen=True)
class UnknownUnit:
    """A unit that no case has, and the units of cases that are spelt nearly like it."""

    unit: str
    similar: tuple[str, ...]


def normalise_unit(unit: str) -> str:
    return " ".join(unicodedata.normalize("NFC", unit).split()).casefold()


def unit_matches(unit: str, own: frozenset[str]) -> bool:
    """`own` is normalised. `*` is all units and the cases without one, which belong to nobody else."""
    return ALL_UNITS in own or (bool(unit) and normalise_unit(unit) in own)


def clean_units(units: Sequence[str]) -> tuple[str, ...]:
    """Each once, as it was written first. Raises UsageFault for one that is empty or could never match a case."""
    kept: dict[str, str] = {}
    for unit in (" ".join(unicodedata.normalize("NFC", given).split()) for given in units):
        if not unit:
            raise UsageFault("unit_empty", "Die Stelle ist leer.", "Eine Stelle nennen; '*' meint alle Stellen.")
        if len(unit) > MAX_UNIT or not unit.isprintable():
            raise UsageFault(
                "unit_invalid", "Diese Stelle ist nicht möglich.", "1 bis 200 druckbare Zeichen verwenden."
            )
        kept.setdefault(normalise_unit(unit), unit)
    return tuple(kept.values())


def units_of_cases(ledger: sessionmaker[Session]) -> frozenset[str]:
    """As the cover sheets spell them."""
    with read_session(ledger) as session:
        return frozenset(session.scalars(select(CaseRow.unit).where(CaseRow.unit != "").distinct()))


def unknown_units(units: Sequence[str], known: Iterable[str]) -> list[UnknownUnit]:
    spelt = {normalise_unit(unit): unit for unit in sorted(known)}
    strange = [unit for unit in units if unit != ALL_UNITS and normalise_unit(unit) not in spelt]
    return [
        UnknownUnit(unit, tuple(spelt[found] for found in get_close_matches(normalise_unit(unit), spelt, SIMILAR)))
        for unit in strange
    ]
