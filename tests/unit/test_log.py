"""Audit rows in the transparency log: taken in, checked, proved, cosigned, exported, and what is deleted from it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update

from casefile.database.accounts import AuditRow
from casefile.database.auditlog import AuditCheckpointRow, AuditNodeRow, AuditSaltRow, AuditSegmentRow
from casefile.database.events import Channel
from casefile.errors import EnvironmentFault, UsageFault
from casefile.settings import PROJECT
from oversight.audit import Actor, append, record
from oversight.log import sequencer
from oversight.log.check import rows
from oversight.log.check.findings import Flaw
from oversight.log.copies import copied_leaves, copied_notes
from oversight.log.cosigning import request_cosignature
from oversight.log.export import export_tiles
from oversight.log.formats.canonical import canonical
from oversight.log.formats.checkpoint import parse_signed
from oversight.log.formats.exchange import parse_proof
from oversight.log.formats.record import ALL_SALTS, PERSONAL, Values, entry, hashed, public_part, salt_of
from oversight.log.formats.tiles import unbundle
from oversight.log.formats.tree import leaf_hash, root_of, verify_inclusion
from oversight.log.keys import key_path, open_key
from oversight.log.prove import prove_row
from oversight.log.retention import drop_expired, erase_fields, last_expired_month, rows_of_account
from oversight.log.sequencer import sequence
from oversight.witness import Refusal
from tests.logs import USERS, WITNESS, LoggedInstance, copied, opened, search_of

CLERK = Actor("", Channel.CLI, "root")
CHECKER = PROJECT / "docs" / "nachweis-pruefen.py"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 rows under three checkpoints, the second cosigned."""
    folder = tmp_path_factory.mktemp("protokoll") / "vorlage"
    with opened(folder) as log:
        log.work(20)
        log.work(10, 20)
        log.cosign()
        log.work(10, 30)
    return folder


@pytest.fixture
def log(original: Path, tmp_path: Path) -> Iterator[LoggedInstance]:
    with copied(original, tmp_path / "kopie") as instance:
        yield instance


def proved(log: LoggedInstance, row: int, *withheld: str) -> Path:
    path = log.folder / f"zeile-{row}.tlog-proof"
    path.write_text(prove_row(log.accounts, row, withheld))
    return path


def checked(path: Path, *keys: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(CHECKER), str(path), *keys]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_an_untouched_log_is_whole(log: LoggedInstance) -> None:
    found = log.check()
    assert (found.rows, found.leaves, found.signed, found.pending) == (40, 40, 40, 0)
    assert (found.witnesses, found.findings) == ({WITNESS: 30}, [])
    assert copied_leaves(log.copy) == 40
    assert [parse_signed(note)[0].size for _, note in copied_notes(log.copy)] == [20, 30, 40]


def test_the_tree_is_over_the_records(log: LoggedInstance) -> None:
    with log.accounts() as session:
        rows = [Values._make(row) for row in session.execute(select(*sequencer.ROW_COLUMNS).order_by(AuditRow.id))]
        salts = list(session.scalars(select(AuditSaltRow.salts).order_by(AuditSaltRow.id)))
        note = session.scalars(select(AuditCheckpointRow.note).where(AuditCheckpointRow.size == 40)).one()
    leaves = [leaf_hash(entry(values, salt)) for values, salt in zip(rows, salts, strict=True)]
    assert parse_signed(note)[0].root == root_of(leaves)
    assert len(set(salts)) == 40
    for values, salt in zip(rows, salts, strict=True):
        hashes = {name: hashed(salt_of(salt, name), getattr(values, name)) for name in PERSONAL}
        assert entry(values, salt) == canonical(public_part(values) | {"hashed": hashes})
        assert values.user.encode() not in entry(values, salt)


def test_a_checkpoint_comes_after_a_thousand_rows_at_the_latest(
    log: LoggedInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "BATCH", 4)
    log.work(10, 40)
    with log.accounts() as session:
        sizes = list(session.scalars(select(AuditCheckpointRow.size).order_by(AuditCheckpointRow.size)))
    assert sizes == [20, 30, 40, 44, 48, 50]
    assert log.check().findings == []


def test_only_one_of_two_takes_a_row_in(log: LoggedInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one has read the same rows; it finds the tree longer and leaves it alone."""
    record(log.accounts, search_of(40))
    key = open_key(log.settings, log.accounts)
    make, inner = sequencer._batch, []

    def overtaken(*given: object) -> object:
        monkeypatch.setattr(sequencer, "_batch", make)
        inner.append(sequence(log.accounts, key))
        return make(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(sequencer, "_batch", overtaken)
    assert (sequence(log.accounts, key), inner) == (0, [1])
    log.take_in()
    assert log.check().findings == []


def test_a_row_that_was_taken_back_leaves_no_trace(log: LoggedInstance) -> None:
    with log.accounts() as session:
        append(session, search_of(1))
        session.rollback()
    log.work(1, 40)
    assert log.check().leaves == 41


def test_a_row_that_went_before_the_log_took_it_in_does_not_stop_the_log(log: LoggedInstance) -> None:
    record(log.accounts, search_of(40), search_of(41))
    with log.accounts.begin() as session:
        session.execute(delete(AuditRow).where(AuditRow.id == 41))
    log.take_in()
    (finding,) = log.check().findings
    assert (finding.flaw, finding.row) == (Flaw.ROW_MISSING, 41)


def test_whatever_a_row_says_the_log_takes_it_in(log: LoggedInstance) -> None:
    odd = {"a": 1.5e-7, "\U0001f600": "\ud800", "\ufb33": [2**60, None, True]}
    record(log.accounts, replace(search_of(40), text="x" * 100_000, detail=odd))  # type: ignore[arg-type]
    log.take_in()
    assert log.check().findings == []


def test_a_month_ends_at_a_checkpoint(log: LoggedInstance) -> None:
    record(log.accounts, *(search_of(number) for number in range(40, 43)))
    last = datetime.now(UTC).replace(day=1) - timedelta(days=1)
    with log.accounts.begin() as session:
        session.execute(update(AuditRow).where(AuditRow.id == 41).values(at=datetime.now(UTC)))
        session.execute(update(AuditRow).where(AuditRow.id > 41).values(at=last + timedelta(days=40)))
    log.take_in()
    with log.accounts() as session:
        (segment,) = session.scalars(select(AuditSegmentRow))
        sizes = list(session.scalars(select(AuditCheckpointRow.size)))
    assert (segment.end, segment.month) == (41, f"{datetime.now(UTC):%Y-%m}")
    assert {41, 43} <= set(sizes)


def test_a_key_that_is_gone_is_not_made_anew(log: LoggedInstance) -> None:
    path = key_path(log.settings)
    assert path.stat().st_mode & 0o777 == 0o600
    kept = path.read_bytes()
    path.unlink()
    with pytest.raises(EnvironmentFault) as fault:
        open_key(log.settings, log.accounts)
    assert fault.value.code == "audit_key_missing"
    assert not path.exists()
    assert log.check().findings == []  # a check needs no private key
    path.write_bytes(kept)
    log.work(1, 40)


def test_a_database_from_a_backup_is_not_continued(log: LoggedInstance, original: Path) -> None:
    log.work(5, 40)
    log.accounts.kw["bind"].dispose()
    for path in (original / "home" / "db").iterdir():
        (log.settings.home / "db" / path.name).write_bytes(path.read_bytes())
    with pytest.raises(EnvironmentFault) as fault:
        log.work(1, 50)
    assert fault.value.code == "audit_rolled_back"
    assert Flaw.TREE_CUT in log.flaws()


def test_a_second_place_that_is_away_is_brought_up_to_date_later(log: LoggedInstance) -> None:
    away = log.copy.rename(log.folder / "weg")
    log.work(5, 40)
    assert not log.copy.exists()
    assert log.flaws() == {Flaw.COPY}
    away.rename(log.copy)
    log.work(1, 45)
    assert log.check().findings == []
    assert copied_leaves(log.copy) == 46


def test_a_clock_that_was_set_back_copies_nothing_twice(log: LoggedInstance) -> None:
    (path,) = log.copy.glob("checkpoints-*")
    path.rename(log.copy / "checkpoints-2099-01")
    for number in range(3):
        log.work(1, 40 + number)
        log.take_in()
    assert [parse_signed(note)[0].size for _, note in copied_notes(log.copy)] == [41, 42, 43, 20, 30, 40]
    assert log.check().findings == []


def test_what_a_killed_process_left_at_the_second_place_does_no_harm(log: LoggedInstance) -> None:
    with (log.copy / "leaf-hashes").open("ab") as stream:
        stream.write(b"half a hash")
    (path,) = log.copy.glob("checkpoints-*")
    with path.open("a") as stream:
        stream.write("\naktensuche/protokoll\n41\nAAAA")
    log.work(3, 40)
    assert log.check().findings == []


@pytest.mark.parametrize("row", [1, 17, 31, 40])
def test_a_proof_is_checked_without_the_program(log: LoggedInstance, row: int) -> None:
    path = proved(log, row)
    log_key, witness_key = str(open_key(log.settings, log.accounts).verifier), str(log.witness.key.verifier)
    done = checked(path, log_key, *([witness_key] if row <= 30 else []))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Miete {row - 1}" in done.stdout
    assert (WITNESS in done.stdout) == (row <= 30)
    proof = parse_proof(path.read_text())
    checkpoint, _ = parse_signed(proof.checkpoint)
    leaf = leaf_hash(json.loads(proof.extra)["entry"].encode())
    assert verify_inclusion(leaf, row - 1, checkpoint.size, proof.proof, checkpoint.root)


def test_a_proof_shows_only_what_it_may(log: LoggedInstance) -> None:
    path = proved(log, 5, "user", "os_user")
    extra = json.loads(parse_proof(path.read_text()).extra)
    assert "user" not in extra["fields"] and extra["fields"]["text"]["value"] == "Miete 4"
    done = checked(path, str(open_key(log.settings, log.accounts).verifier))
    assert done.returncode == 0 and USERS[4 % 3] not in done.stdout


@pytest.mark.parametrize("change", ["value", "entry", "index", "proof", "root", "key"])
def test_a_forged_proof_is_refused_without_the_program(log: LoggedInstance, change: str) -> None:
    path, key = proved(log, 5), str(open_key(log.settings, log.accounts).verifier)
    proof = parse_proof(path.read_text())
    extra = json.loads(proof.extra)
    extra["fields"]["text"]["value"] += "x" * (change == "value")
    extra["entry"] = extra["entry"].replace('"hits":4', '"hits":5') if change == "entry" else extra["entry"]
    forged = replace(
        proof,
        extra=json.dumps(extra).encode(),
        index=proof.index + (change == "index"),
        proof=(bytes(32), *proof.proof[1:]) if change == "proof" else proof.proof,
        checkpoint=proof.checkpoint.replace("\n30\n", "\n31\n") if change == "root" else proof.checkpoint,
    )
    path.write_text(forged.to_text())
    done = checked(path, str(log.witness.key.verifier) if change == "key" else key)
    assert done.returncode == 1, done.stdout
    assert "NICHT" in done.stdout


def test_a_row_without_a_checkpoint_has_no_proof_yet(log: LoggedInstance) -> None:
    record(log.accounts, search_of(40))
    for row in (41, 99):
        with pytest.raises(UsageFault) as fault:
            prove_row(log.accounts, row)
        assert fault.value.code == "audit_row_absent"


def test_a_witness_signs_what_continues_and_nothing_else(log: LoggedInstance) -> None:
    log.cosign(1_900_000_000)
    assert log.remembered == 40
    assert log.check().witnesses == {WITNESS: 40}
    log.work(1, 40)
    with pytest.raises(Refusal) as conflict:
        log.witness.cosign(request_cosignature(log.accounts, WITNESS, 30).to_text())
    assert (conflict.value.status, conflict.value.remembered) == (409, 40)
    good = request_cosignature(log.accounts, WITNESS)
    for request, status in (
        (replace(good, proof=(bytes(32), *good.proof[1:])), 422),
        (replace(good, old_size=99), 400),
        (replace(good, checkpoint=good.checkpoint.replace("\n41\n", "\n42\n")), 403),
        (replace(good, checkpoint=good.checkpoint.replace("protokoll-", "anderes-")), 404),
    ):
        with pytest.raises(Refusal) as refused:
            log.witness.cosign(request.to_text())
        assert refused.value.status == status
    with pytest.raises(Refusal) as nonsense:
        log.witness.cosign("old\n")
    assert (nonsense.value.status, log.remembered) == (400, 40)
    log.witness.cosign(good.to_text())
    assert log.remembered == 41


def test_an_export_is_a_tiled_log(log: LoggedInstance, tmp_path: Path) -> None:
    log.work(300, 40)
    exported = export_tiles(log.accounts, tmp_path / "aus")
    assert (exported.size, exported.from_entry) == (30, 0)  # the newest checkpoint that a witness signed
    log.cosign()
    export_tiles(log.accounts, tmp_path / "aus")
    checkpoint, _ = parse_signed((tmp_path / "aus/checkpoint").read_text())
    entries, hashes = [], b""
    for place in ("000", "001.p/84"):
        entries += unbundle((tmp_path / "aus/tile/entries" / place).read_bytes())
        hashes += (tmp_path / "aus/tile/0" / place).read_bytes()
    assert b"".join(map(leaf_hash, entries)) == hashes
    assert checkpoint.size == len(entries) == 340
    assert checkpoint.root == root_of([hashes[at : at + 32] for at in range(0, len(hashes), 32)])
    assert (tmp_path / "aus/tile/1/000.p/1").read_bytes() == root_of([leaf_hash(it) for it in entries[:256]])
    assert not [found for path in (tmp_path / "aus").rglob("*") if path.is_file() for found in _plain(path)]


def _plain(path: Path) -> list[str]:
    """Names and search terms in a file."""
    content = path.read_bytes()
    return [word for word in (*USERS, "Miete", "dokument-") if word.encode() in content]


def test_erasing_a_person_leaves_the_proof_intact(log: LoggedInstance) -> None:
    rows = rows_of_account(log.accounts, "vogt")
    before = {row: parse_proof(prove_row(log.accounts, row)) for row in rows[:2]}
    assert erase_fields(log.accounts, CLERK, rows, ["user", "text"]) == len(rows) == 14
    log.take_in()
    assert log.check().findings == []
    with log.accounts() as session:
        values = session.execute(select(AuditRow.user, AuditRow.text, AuditRow.hits).where(AuditRow.id.in_(rows)))
        assert {(user, found) for user, found, _ in values} == {("", "")}
        salts = session.scalars(select(AuditSaltRow.salts).where(AuditSaltRow.id.in_(rows))).all()
        assert {salt_of(salt, "user") for salt in salts} == {bytes(16)}
        assert all(salt_of(salt, "detail") != bytes(16) for salt in salts)
        last = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()
    assert (last.action, last.os_user, last.detail["rows"]) == ("audit_erased", "root", rows)
    key = str(open_key(log.settings, log.accounts).verifier)
    for row, proof in before.items():
        path = proved(log, row)
        again = json.loads(parse_proof(path.read_text()).extra)
        assert again["entry"] == json.loads(proof.extra)["entry"]
        assert {"user", "text"}.isdisjoint(again["fields"]) and "detail" in again["fields"]
        assert checked(path, key).returncode == 0


def test_an_erased_row_that_is_changed_afterwards_is_found(log: LoggedInstance) -> None:
    erase_fields(log.accounts, CLERK, [7, 8], ["user"])
    log.take_in()
    with log.accounts.begin() as session:
        session.execute(update(AuditRow).where(AuditRow.id == 7).values(user="sommer"))
        session.execute(update(AuditRow).where(AuditRow.id == 8).values(text="anderes"))
    found = {(finding.flaw, finding.row, finding.where) for finding in log.check().findings}
    assert found == {(Flaw.ROW_CHANGED, 7, "user"), (Flaw.ROW_CHANGED, 8, "text")}


def aged(log: LoggedInstance, years: int) -> None:
    """More than a tile of rows of an earlier month, then one of now."""
    record(log.accounts, *(search_of(number) for number in range(300)))
    with log.accounts.begin() as session:
        session.execute(update(AuditRow).values(at=datetime.now(UTC) - timedelta(days=365 * years)))
    log.take_in()
    log.work(1, 300)


def test_a_month_whose_term_has_ended_goes_and_its_root_stays(tmp_path: Path) -> None:
    with opened(tmp_path) as log:
        aged(log, 3)
        log.cosign()
        today = datetime.now(UTC).date()
        until = last_expired_month(0, today)
        (month,) = drop_expired(log.accounts, CLERK, until)
        log.take_in()
        found = log.check()
        assert (found.findings, found.dropped, found.rows, found.leaves) == ([], 300, 2, 302)
        assert drop_expired(log.accounts, CLERK, until) == []
        with log.accounts() as session:
            assert session.scalars(select(AuditRow.id)).all() == [301, 302]
            assert session.scalars(select(AuditSaltRow.id)).all() == [301, 302]
            kept = session.scalars(select(AuditNodeRow.position).where(AuditNodeRow.record.is_not(None))).all()
        assert kept == list(range(256, 300))  # they share a bundle with what stays
        log.cosign()
        assert checked(proved(log, 302), str(open_key(log.settings, log.accounts).verifier)).returncode == 0
        assert export_tiles(log.accounts, tmp_path / "aus").from_entry == 256
        assert not (tmp_path / "aus/tile/entries/000").exists()
        assert len(list(unbundle((tmp_path / "aus/tile/entries/001.p/46").read_bytes()))) == 46
        assert month <= until


def test_a_month_that_was_dropped_too_early_is_found(tmp_path: Path) -> None:
    with opened(tmp_path) as log:
        aged(log, 1)
        drop_expired(log.accounts, CLERK, f"{datetime.now(UTC):%Y-%m}")
        log.take_in()
        assert log.flaws() >= {Flaw.DROPPED}


@pytest.mark.parametrize("records", [True, False])
def test_rows_do_not_vanish_behind_a_month_that_never_was(tmp_path: Path, records: bool) -> None:
    """Somebody says that a month of long ago ended after the rows that he wants to be gone."""
    with opened(tmp_path) as log:
        log.work(300)
        end = 256 if records else 200
        with log.accounts.begin() as session:
            session.add(AuditSegmentRow(month="2001-01", end=end, dropped=None))
        if records:
            drop_expired(log.accounts, CLERK, "2001-12")
        else:
            with log.accounts.begin() as session:
                session.execute(update(AuditSegmentRow).values(dropped=datetime.now(UTC)))
                session.execute(delete(AuditRow).where(AuditRow.id <= end))
                session.execute(delete(AuditSaltRow).where(AuditSaltRow.id <= end))
        log.take_in()
        assert [it.row for it in log.check().findings if it.flaw is Flaw.DROPPED] == [end]


def test_long_logs_are_compared_in_several_processes(log: LoggedInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "SPAN", 25)
    log.settings = log.settings.model_copy(update={"workers": 1})
    with log.accounts.begin() as session:
        session.execute(update(AuditRow).where(AuditRow.id.in_([3, 38])).values(text="anders"))
    found = log.check()
    assert [(finding.flaw, finding.row) for finding in found.findings] == [
        (Flaw.ROW_CHANGED, 3),
        (Flaw.ROW_CHANGED, 38),
    ]
    assert (found.rows, found.findings_total) == (40, 2)


@pytest.mark.parametrize(
    ("months", "today", "last"),
    [
        (0, date(2026, 12, 31), "2024-12"),
        (0, date(2027, 1, 1), "2025-12"),
        (12, date(2026, 11, 28), "2025-10"),
        (1, date(2026, 1, 1), "2025-11"),
        (24, date(2026, 2, 1), "2024-01"),
    ],
)
def test_terms(months: int, today: date, last: str) -> None:
    assert last_expired_month(months, today) == last


def test_entries_fit_into_a_bundle_whatever_they_say() -> None:
    longest = Values(
        2**31, datetime.now(UTC), "ö" * 200, "ö" * 200, "web", "a" * 40, "o" * 20, "z" * 500, "x" * 10**6, "c" * 32,
        "d" * 32, 2**31, 2**31, {"x": "y" * 10**6},
    )  # fmt: skip
    assert len(entry(longest, bytes(ALL_SALTS))) < 2**16


def test_a_fault_of_the_log_holds_up_no_answer(log: LoggedInstance) -> None:
    with log.accounts.begin() as session:
        session.execute(text("DROP TABLE audit_checkpoints"))
    record(log.accounts, search_of(40))
    with pytest.raises(EnvironmentFault):
        log.take_in()
