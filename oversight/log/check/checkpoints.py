"""All checkpoints a check compares the log with: its own, those at the second place, those that witnesses signed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.database.auditlog import AuditCheckpointRow, AuditCosignatureRow
from oversight.log.check.findings import Finding, Flaw
from oversight.log.formats.checkpoint import Checkpoint, parse_signed
from oversight.log.formats.note import Kind, Note, NoteError, Signature, VerifierKey, verified

OWN = "Datenbank"


@dataclass(frozen=True)
class Trusted:
    """Whose signatures count."""

    log: VerifierKey
    witnesses: tuple[VerifierKey, ...] = ()

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        return (self.log, *self.witnesses)


@dataclass
class Checkpoints:
    """By size: the roots that are claimed, and where. `times`: by size, when a witness saw the tree."""

    roots: dict[int, dict[bytes, str]] = field(default_factory=dict)
    times: dict[int, datetime] = field(default_factory=dict)
    witnesses: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)


def collect(session: Session, trusted: Trusted, outside: Iterable[tuple[str, str]]) -> Checkpoints:
    """`outside`: source (German) and note of checkpoints from elsewhere. Those with a bad signature become findings."""
    found = Checkpoints()
    for note in _own(session):
        _take(found, trusted, OWN, note)
    for source, note in outside:
        _take(found, trusted, source, note)
    _check_witnesses(found, trusted)
    return found


def _own(session: Session) -> Iterator[str]:
    """The log's own checkpoints, each with the cosignatures it has got."""
    lines: dict[int, list[str]] = {}
    for signed in session.scalars(select(AuditCosignatureRow)):
        lines.setdefault(signed.size, []).append(signed.line)
    query = select(AuditCheckpointRow).order_by(AuditCheckpointRow.size).execution_options(yield_per=1000)
    for row in session.scalars(query):
        yield row.note + "".join(lines.get(row.size, []))


def _take(found: Checkpoints, trusted: Trusted, source: str, content: str) -> None:
    if content in found.notes:
        return
    found.notes.add(content)
    try:
        checkpoint, note = parse_signed(content)
        signatures = verified(note, trusted.keys)
    except NoteError:
        found.findings.append(Finding(Flaw.SIGNATURE, where=f"{source}: {_head(content)}"))
        return
    if checkpoint.origin != trusted.log.name or trusted.log not in {key for key, _ in signatures}:
        found.findings.append(Finding(Flaw.KEY, where=f"{source}: Prüfpunkt von {_signers(note)}"))
        return
    found.roots.setdefault(checkpoint.size, {}).setdefault(checkpoint.root, source)
    for key, signature in signatures:
        if key.kind is Kind.COSIGNATURE:
            _witnessed(found, checkpoint, key, signature)


def _witnessed(found: Checkpoints, checkpoint: Checkpoint, key: VerifierKey, signature: Signature) -> None:
    at = datetime.fromtimestamp(signature.timestamp, UTC)
    found.times[checkpoint.size] = min(at, found.times.get(checkpoint.size, at))
    found.witnesses[key.name] = max(checkpoint.size, found.witnesses.get(key.name, 0))


def _check_witnesses(found: Checkpoints, trusted: Trusted) -> None:
    for key in trusted.witnesses:
        if key.name not in found.witnesses:
            found.findings.append(Finding(Flaw.WITNESS, where=f"von {key.name} liegt keine Unterschrift vor"))


def _signers(note: Note) -> str:
    """Names and key ids: a key of the same name may be another."""
    return ", ".join(f"{signature.name} ({signature.key_id.hex()})" for signature in note.signatures)[:200]


def _head(content: str) -> str:
    return ", ".join(content.split("\n")[:2])[:100]
