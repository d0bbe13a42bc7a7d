"""One check of the log with all that this instance knows beyond the database: second place, witnesses, retention."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from casefile.settings import Settings
from oversight.log.check.checkpoints import Trusted
from oversight.log.check.findings import Finding, Flaw
from oversight.log.check.verify import Outside, Verification, verify_log
from oversight.log.copies import KEY_NAME, copied_leaves, copied_notes, leaf_hashes
from oversight.log.cosigning import read_witnesses
from oversight.log.formats.note import NoteError, VerifierKey, parse_secret, parse_verifier
from oversight.log.keys import key_path, known_key
from oversight.log.retention import last_expired_month


def check_log(
    settings: Settings, accounts: sessionmaker[Session], notes: Sequence[tuple[str, str]], today: date
) -> Verification:
    """`notes`: checkpoints from elsewhere, with their source. Raises EnvironmentFault, UsageFault."""
    folder = settings.audit_copy
    findings: list[Finding] = []
    log = _log_key(settings, accounts, findings)
    if log is None:
        return Verification(findings=findings, findings_total=len(findings))
    copied, leaves = (_copied_notes(folder, findings), leaf_hashes(folder)) if folder else ((), iter(()))
    outside = Outside((*copied, *notes), leaves, last_expired_month(settings.audit_months, today))
    result = verify_log(accounts, settings, Trusted(log, read_witnesses(settings.audit_witnesses)), outside)
    if folder and (behind := result.signed - copied_leaves(folder)) > 0:
        findings.append(Finding(Flaw.COPY, where=f"{behind} Einträge fehlen dort"))
    result.found(*findings)
    return result


def _copied_notes(folder: Path, findings: list[Finding]) -> tuple[tuple[str, str], ...]:
    try:
        return tuple(copied_notes(folder))
    except OSError:
        findings.append(Finding(Flaw.COPY, where="nicht lesbar"))
        return ()


def _log_key(settings: Settings, accounts: sessionmaker[Session], findings: list[Finding]) -> VerifierKey | None:
    """The key that was noted first: at the second place, else with the private key, else in the database.

    They must be the same: each that is another is a finding.
    """
    keys = [
        (source, key)
        for source, content in (
            ("an der zweiten Stelle", _text(settings.audit_copy / KEY_NAME) if settings.audit_copy else ""),
            ("im Schlüsselordner", _public(_text(key_path(settings)))),
            ("in der Datenbank", known_key(accounts)),
        )
        if (key := content.strip())
    ]
    findings += [
        Finding(Flaw.KEY, where=f"{source} liegt ein anderer als {keys[0][0]}")
        for source, key in keys[1:]
        if key != keys[0][1]
    ]
    try:
        return parse_verifier(keys[0][1]) if keys else None
    except NoteError:
        findings.append(Finding(Flaw.KEY, where=f"{keys[0][0]} ist er nicht lesbar"))
        return None


def _public(secret: str) -> str:
    try:
        return str(parse_secret(secret).verifier) if secret else ""
    except NoteError:
        return "unlesbar"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
