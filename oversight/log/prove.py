"""Proves one row to others: the record, its place in the tree and a signed checkpoint, in one file (C2SP tlog-proof).

The extra data is JSON: `entry` (the record, of which the leaf's hash is made) and `fields` (value and salt of each
hashed field that is shown). docs/nachweis-pruefen.py checks it without this program.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import AuditRow
from casefile.database.auditlog import AuditNodeRow, AuditSaltRow, AuditTreeRow
from casefile.database.sessions import database_errors, read_session
from casefile.errors import UsageFault
from oversight.log.formats.canonical import canonical
from oversight.log.formats.exchange import InclusionProof
from oversight.log.formats.record import NO_SALT, PERSONAL, Values, entry, salt_of
from oversight.log.formats.tree import inclusion_proof
from oversight.log.nodes import newest_checkpoint, perfect_in
from oversight.log.sequencer import ROW_COLUMNS


def prove_row(accounts: sessionmaker[Session], number: int, withheld: Collection[str] = ()) -> str:
    """The proof's text. `withheld`: personal fields that stay hashed, like the user's name for the person concerned.

    Raises UsageFault where the row is not there or stands under no checkpoint yet.
    """
    with database_errors("accounts"), read_session(accounts) as session:
        first = session.scalar(select(AuditTreeRow.first))
        position = number - (first or 0)
        if first is None or position < 0:
            raise _absent(number)
        extra = canonical(_shown(session, number, position, withheld))
        signed = newest_checkpoint(session, position)
        proof = inclusion_proof(position, signed.checkpoint.size, perfect_in(session))
        return InclusionProof(extra, position, tuple(proof), signed.note).to_text()


def _shown(session: Session, number: int, position: int, withheld: Collection[str]) -> dict[str, Any]:
    row = session.execute(select(*ROW_COLUMNS).where(AuditRow.id == number)).first()
    salts = session.scalar(select(AuditSaltRow.salts).where(AuditSaltRow.id == number))
    if row is None or salts is None:
        raise _absent(number)
    values = Values._make(row)
    shown = [name for name in PERSONAL if name not in withheld and salt_of(salts, name) != NO_SALT]
    fields = {name: {"salt": salt_of(salts, name).hex(), "value": getattr(values, name)} for name in shown}
    kept = session.scalar(select(AuditNodeRow.record).where(AuditNodeRow.level == 0, AuditNodeRow.position == position))
    return {"entry": kept or entry(values, salts).decode(), "fields": fields}


def _absent(number: int) -> UsageFault:
    return UsageFault(
        "audit_row_absent",
        f"Die Zeile {number} gibt es nicht, nicht mehr, oder sie steht noch unter keinem Prüfpunkt.",
        "Die Nummer prüfen; eine neue Zeile hat nach etwa einer Sekunde einen Prüfpunkt.",
    )
