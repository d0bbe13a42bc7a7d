"""Where a purpose must be stated before a case is opened or a search is made, and what was stated.

Stated once for a session and a case; from then on every audit row of that case in that session carries it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casefile.database.accounts import StatedPurposeRow
from casefile.database.ledger import now
from casefile.errors import AktensucheError
from casefile.settings import Settings
from oversight.audit import Actor
from oversight.units import normalise_unit

MAX_PURPOSE = 500
KEPT_FOR = timedelta(days=2)  # longer than any session; what was stated stands in the audit log


class PurposeMissing(AktensucheError):
    """The case may be seen, but its purpose has to be stated first."""

    def __init__(self, case_id: str) -> None:
        super().__init__("purpose_missing", "Für diese Akte ist zuerst der Zweck anzugeben.")
        self.case_id = case_id


@dataclass(frozen=True)
class PurposeRule:
    """Cases of this level or higher, and cases of these units (normalised), are opened for a stated purpose only."""

    level: int | None = None
    units: frozenset[str] = frozenset()

    def asks_for(self, unit: str, confidentiality: int) -> bool:
        return (self.level is not None and confidentiality >= self.level) or normalise_unit(unit) in self.units

    def asks_searches_of(self, units: frozenset[str]) -> bool:
        """`units`: the account's own, normalised. A search goes over all of its cases at once."""
        return bool(units & self.units)


def purpose_rule(settings: Settings) -> PurposeRule:
    units = frozenset(normalise_unit(unit) for unit in settings.purpose_units.split(";") if unit.strip())
    return PurposeRule(settings.purpose_level or None, units)


def stated_purpose(session: Session, actor: Actor, case_id: str) -> str:
    """What was stated in this session for this case; "" where nothing was, and where there is no session."""
    query = select(StatedPurposeRow.purpose).where(
        StatedPurposeRow.session == actor.session, StatedPurposeRow.case_id == case_id
    )
    return (session.scalar(query.order_by(StatedPurposeRow.id.desc()).limit(1)) or "") if actor.session else ""


def state_purpose(session: Session, actor: Actor, case_id: str, purpose: str) -> None:
    session.execute(delete(StatedPurposeRow).where(StatedPurposeRow.at < now() - KEPT_FOR))
    session.add(StatedPurposeRow(session=actor.session, case_id=case_id, purpose=purpose[:MAX_PURPOSE]))
