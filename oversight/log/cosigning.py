"""The log's side of witnessing: what a witness is asked, and what it answered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.auditlog import AuditCheckpointRow, AuditCosignatureRow
from casefile.database.sessions import database_errors, insert_if_absent, read_session
from casefile.errors import UsageFault
from oversight.log.formats.checkpoint import parse_signed
from oversight.log.formats.exchange import CosignRequest
from oversight.log.formats.note import (
    Kind,
    NoteError,
    Signature,
    VerifierKey,
    known_signatures,
    parse_signatures,
    parse_verifier,
)
from oversight.log.formats.tree import consistency_proof
from oversight.log.nodes import perfect_in


def read_witnesses(path: Path | None) -> tuple[VerifierKey, ...]:
    """One vkey a line; empty lines and those that begin with # do not count. Raises UsageFault, OSError."""
    lines = [] if path is None else path.read_text(encoding="utf-8").splitlines()
    try:
        keys = tuple(parse_verifier(line) for line in lines if line.strip() and not line.startswith("#"))
    except NoteError as error:
        raise UsageFault("witness_key", f"{path} enthält eine Zeile, die kein öffentlicher Schlüssel ist.") from error
    if any(key.kind is not Kind.COSIGNATURE for key in keys):
        raise UsageFault("witness_key", f"{path} enthält einen Schlüssel, der nicht der eines Zeugen ist.")
    return keys


def request_cosignature(accounts: sessionmaker[Session], witness: str, old_size: int | None = None) -> CosignRequest:
    """For the newest checkpoint, with the proof from what the witness signed last (`old_size`, where it says so).

    Raises UsageFault.
    """
    with database_errors("accounts"), read_session(accounts) as session:
        row = session.scalar(select(AuditCheckpointRow).order_by(AuditCheckpointRow.size.desc()).limit(1))
        if row is None:
            raise UsageFault("audit_no_checkpoint", "Es gibt noch keinen Prüfpunkt.")
        old = _last_signed(session, witness) if old_size is None else old_size
        if old > row.size:
            raise UsageFault(
                "audit_rolled_back",
                f"Der Zeuge hat {old} Einträge bezeugt, das Protokoll hat nur {row.size}.",
                "Das Protokoll wurde gekürzt oder eine ältere Sicherung zurückgespielt: klären, bevor es weitergeht.",
            )
        return CosignRequest(old, tuple(consistency_proof(old, row.size, perfect_in(session))), row.note)


def take_cosignatures(accounts: sessionmaker[Session], keys: Sequence[VerifierKey], lines: str) -> dict[str, int]:
    """Stores what a witness answered. Gives by witness the size that it signed. Raises UsageFault."""
    with database_errors("accounts"), accounts.begin() as session:
        try:
            signatures = parse_signatures(lines)
        except NoteError as error:
            raise UsageFault("cosignature_invalid", "Das ist keine Antwort eines Zeugen.") from error
        query = select(AuditCheckpointRow).order_by(AuditCheckpointRow.size.desc())
        for row in session.scalars(query.execution_options(yield_per=100)):
            found = _fitting(row.note, signatures, keys)
            if found:
                return {key.name: _store(session, row.size, key, signature) for key, signature in found}
    raise UsageFault(
        "cosignature_invalid",
        "Die Unterschrift gehört zu keinem Prüfpunkt dieses Protokolls oder zu keinem eingetragenen Zeugen.",
        "Den öffentlichen Schlüssel des Zeugen in die Datei von AKTENSUCHE_AUDIT_WITNESSES eintragen.",
    )


def _fitting(
    note: str, signatures: Sequence[Signature], keys: Sequence[VerifierKey]
) -> list[tuple[VerifierKey, Signature]]:
    try:
        return known_signatures(parse_signed(note)[1].text, signatures, keys)
    except NoteError:
        return []


def _store(session: Session, size: int, key: VerifierKey, signature: Signature) -> int:
    insert_if_absent(session, AuditCosignatureRow, size=size, witness=key.name, line=signature.line())
    return size


def _last_signed(session: Session, witness: str) -> int:
    query = select(func.max(AuditCosignatureRow.size)).where(AuditCosignatureRow.witness == witness)
    return session.scalar(query) or 0
