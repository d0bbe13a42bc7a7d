"""Eight attacks on the audit log, each by three attackers: what `audit verify` and the witness must find."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from pathlib import Path
from random import Random

from sqlalchemy import delete, insert, select, update

from casefile.database.accounts import AuditCounterRow, AuditRow
from casefile.database.auditlog import (
    AuditCheckpointRow,
    AuditCosignatureRow,
    AuditNodeRow,
    AuditSaltRow,
    AuditTreeRow,
)
from casefile.errors import AktensucheError
from oversight.audit import record
from oversight.log.check.findings import Flaw
from oversight.log.copies import bring_up_to_date
from oversight.log.formats.checkpoint import Checkpoint, signed
from oversight.log.formats.note import Kind, SigningKey
from oversight.log.formats.record import ALL_SALTS, Values
from oversight.log.formats.tree import Frontier
from oversight.log.keys import key_path, open_key
from oversight.log.sequencer import ROW_COLUMNS, Batch
from oversight.witness import Refusal
from tests.logs import LoggedInstance, opened, search_of

ROWS = 40
COSIGNED = 30


class Attacker(Enum):
    """What he can write: the audit rows; all of the database; the log's key and the second place too."""

    ROWS = auto()
    DATABASE = auto()
    EVERYTHING = auto()


@dataclass(frozen=True)
class Attempt:
    log: LoggedInstance
    random: Random
    attacker: Attacker

    @property
    def key(self) -> SigningKey | None:
        return open_key(self.log.settings, self.log.accounts) if self.attacker is Attacker.EVERYTHING else None

    def any_row(self) -> int:
        """The witness can speak for what it has signed alone."""
        return self.random.randint(2, COSIGNED - 2 if self.attacker is Attacker.EVERYTHING else ROWS - 1)

    def cover_up(self) -> None:
        """The log over the rows as they are now, as far as this attacker can make it."""
        if self.attacker is not Attacker.ROWS:
            rebuild(self.log, self.key)


def prepare(folder: Path) -> None:
    """40 rows under four checkpoints, the third cosigned."""
    with opened(folder) as log:
        for start in range(0, ROWS, 10):
            log.work(10, start)
            if start + 10 == COSIGNED:
                log.cosign()


def restore(original: Path, log: LoggedInstance) -> None:
    """Database, key, second place and witness as in the original; quicker than opening another instance."""
    log.accounts.kw["bind"].dispose()
    source = sqlite3.connect(original / "home/db/accounts.sqlite")
    target = sqlite3.connect(log.settings.home / "db/accounts.sqlite")
    source.backup(target)
    source.close()
    target.close()
    shutil.copy(key_path(log.settings.model_copy(update={"home": original / "home"})), key_path(log.settings))
    for name in ("kopie", "zeuge"):
        shutil.rmtree(log.folder / name)
        shutil.copytree(original / name, log.folder / name)


def edit(attempt: Attempt) -> int:
    row = attempt.any_row()
    field, value = attempt.random.choice(
        [("user", "niemand"), ("text", "harmlos"), ("hits", 0), ("detail", {}), ("outcome", "denied"), ("case_id", "x")]
    )
    with attempt.log.accounts.begin() as session:
        session.execute(update(AuditRow).where(AuditRow.id == row).values({field: value, "page": 4711}))
    attempt.cover_up()
    return row


def remove(attempt: Attempt) -> int:
    """Who can write the whole database closes the gap in the numbers."""
    row = attempt.any_row()
    with attempt.log.accounts.begin() as session:
        session.execute(delete(AuditRow).where(AuditRow.id == row))
        if attempt.attacker is not Attacker.ROWS:
            session.execute(delete(AuditSaltRow).where(AuditSaltRow.id == row))
            for number in range(row + 1, ROWS + 1):
                _renumber(session, number, number - 1)
            session.execute(update(AuditCounterRow).values(last=ROWS - 1))
    attempt.cover_up()
    return row


def put_in(attempt: Attempt) -> int:
    row = attempt.any_row()
    with attempt.log.accounts.begin() as session:
        for number in range(ROWS, row - 1, -1):
            _renumber(session, number, number + 1)
        at = session.scalars(select(AuditRow.at).where(AuditRow.id == row - 1)).one()
        forged = {
            "user": "vogt",
            "os_user": "",
            "purpose": "",
            "text": "untergeschoben",
            "case_id": "",
            "document_id": "",
        }
        session.execute(
            insert(AuditRow).values(id=row, at=at, channel="web", action="search", outcome="ok", detail={}, **forged)
        )
        session.execute(update(AuditCounterRow).values(last=ROWS + 1))
    attempt.cover_up()
    return row


def reorder(attempt: Attempt) -> int:
    row = attempt.any_row()
    other = attempt.random.randint(row + 1, ROWS)
    with attempt.log.accounts.begin() as session:
        for old, new in ((row, 0), (other, row), (0, other)):
            _renumber(session, old, new)
    attempt.cover_up()
    return row


def truncate(attempt: Attempt) -> int:
    most = COSIGNED if attempt.attacker is Attacker.EVERYTHING else ROWS
    row = attempt.random.randint(2, most)
    with attempt.log.accounts.begin() as session:
        session.execute(delete(AuditRow).where(AuditRow.id >= row))
        session.execute(update(AuditCounterRow).values(last=row - 1))
        if attempt.attacker is not Attacker.ROWS:
            session.execute(delete(AuditSaltRow).where(AuditSaltRow.id >= row))
    attempt.cover_up()
    return row


def rewrite(attempt: Attempt) -> int:
    with attempt.log.accounts.begin() as session:
        for number in range(1, ROWS + 1):
            session.execute(update(AuditRow).where(AuditRow.id == number).values(text=f"Erfunden {number}"))
        if attempt.attacker is not Attacker.ROWS:
            session.execute(delete(AuditSaltRow))
    attempt.cover_up()
    return 1


def set_clock(attempt: Attempt) -> int:
    """Works with a wrong clock: set back, or (found when a witness signs next) ahead."""
    minutes = attempt.random.randint(5, 100_000)
    ahead = attempt.attacker is not Attacker.ROWS and attempt.random.random() < 0.5
    at = datetime.now(UTC) + timedelta(minutes=minutes if ahead else -minutes)
    record(attempt.log.accounts, search_of(1))
    with attempt.log.accounts.begin() as session:
        session.execute(update(AuditRow).where(AuditRow.id > ROWS).values(at=at))
    attempt.log.take_in()
    if ahead:
        attempt.log.cosign()
    return ROWS + 1


def swap_key(attempt: Attempt) -> int:
    known = open_key(attempt.log.settings, attempt.log.accounts)
    other = SigningKey.new(known.name, Kind.PLAIN)
    key_path(attempt.log.settings).write_text(other.secret())
    if attempt.attacker is not Attacker.ROWS:
        with attempt.log.accounts.begin() as session:
            session.execute(update(AuditTreeRow).values(key=str(other.verifier)))
        rebuild(attempt.log, other, copy=attempt.attacker is Attacker.EVERYTHING)
    return 0


ATTACKS: dict[str, Callable[[Attempt], int]] = {
    "edit": edit,
    "delete": remove,
    "insert": put_in,
    "reorder": reorder,
    "truncate": truncate,
    "rewrite": rewrite,
    "clock": set_clock,
    "key": swap_key,
}


def undetected(log: LoggedInstance, name: str, attacker: Attacker, seed: int) -> str:
    """Commits the attack; says what was not found of it, "" where all was."""
    row = ATTACKS[name](Attempt(log, Random(f"{name}{attacker.name}{seed}"), attacker))
    note = log.witness.remembered(log.witness.logs[0].name)
    notes = [note.to_text()] if note and attacker is Attacker.EVERYTHING else []
    found = log.check(*notes)
    if not found.findings:
        return f"{name} of row {row} was not found"
    if attacker is Attacker.EVERYTHING:
        return "" if name == "clock" or _refuses(log) else f"{name} of row {row}: the witness signed"
    located = {finding.row for finding in found.findings if finding.flaw is not Flaw.TREE_CHANGED}
    return "" if name == "key" or row in located else f"{name} of row {row} was found at {sorted(map(str, located))}"


def _refuses(log: LoggedInstance) -> bool:
    try:
        log.cosign()
    except (Refusal, AktensucheError):
        return True
    return False


def rebuild(log: LoggedInstance, key: SigningKey | None, *, copy: bool | None = None) -> None:
    """Leaves and tree over the rows as they are, with the salts that are there. With a key, checkpoints as well."""
    with log.accounts.begin() as session:
        rows = [Values._make(row) for row in session.execute(select(*ROW_COLUMNS).order_by(AuditRow.id))]
        salts = {row.id: row.salts for row in session.scalars(select(AuditSaltRow))}
        sizes = {
            *session.scalars(select(AuditCheckpointRow.size).where(AuditCheckpointRow.size < len(rows))),
            len(rows),
        }
        batch, notes = Batch(Frontier(), ""), []
        for values in rows:
            batch.add_row(values, salts.get(values.id) or os.urandom(ALL_SALTS))
            if key and batch.frontier.size in sizes:
                size = batch.frontier.size
                notes.append({"size": size, "note": signed(Checkpoint(key.name, size, batch.frontier.root()), key)})
        for table in (AuditNodeRow, AuditSaltRow):
            session.execute(delete(table))
        session.execute(insert(AuditNodeRow), batch.nodes)
        session.execute(insert(AuditSaltRow), batch.salts)
        session.execute(update(AuditTreeRow).values(size=len(rows), frontier=batch.frontier.to_bytes()))
        session.execute(delete(AuditCheckpointRow).where(AuditCheckpointRow.size > (0 if key else len(rows))))
        if notes:
            session.execute(delete(AuditCosignatureRow))
            session.execute(insert(AuditCheckpointRow), notes)
    if key and copy is not False:
        shutil.rmtree(log.copy)
        log.copy.mkdir()
        bring_up_to_date(log.accounts, key, log.copy)


def _renumber(session: object, old: int, new: int) -> None:
    """The row and its salts."""
    for table in (AuditRow, AuditSaltRow):
        session.execute(update(table).where(table.id == old).values(id=new))  # type: ignore[attr-defined]
