"""Rights are kept with their time: who had which on a past day, and what is refused. No engine is needed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from aktensuche.cli import cli, run
from casefile.database.accounts import AuditRow, RightKind, RightRow
from casefile.database.events import Channel
from casefile.database.ledger import CaseRow, RootRow
from casefile.database.sessions import migrate, open_database
from casefile.errors import EnvironmentFault, UsageFault
from casefile.model import Role
from casefile.settings import load_settings
from oversight import accounts
from oversight.access import changes, tree, validity
from oversight.access.changes import Right, give, single_rights, take
from oversight.access.history import BERLIN, as_of, end_of
from oversight.access.tree import place_unit
from oversight.audit import Actor

ACTOR = Actor("", Channel.CLI, "test")
FIRST_DAY = datetime(2025, 1, 1, 12, tzinfo=BERLIN)
DAYS, CHANGES, ASKED = 120, 50, 20
UNITS = ("Leistung 1", "Leistung 2", "Kasse")
PASSWORD_HASH = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aGFzaA"


class Clock:
    """The day on which changes are made."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.moment = FIRST_DAY
        for module in (validity, changes, accounts, tree):
            patch.setattr(module, "now", lambda: self.moment)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def database(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[sessionmaker[Session]]:
    monkeypatch.setenv("AKTENSUCHE_HOME", str(tmp_path))
    monkeypatch.setattr(accounts, "hash_password", lambda _given: PASSWORD_HASH)
    opened = open_database(load_settings(), "accounts")
    for name in ("vogt", "nachbar"):
        accounts.add_user(opened, name, Role.CASEWORKER, ["Leistung 1"], "")
    yield opened
    opened.kw["bind"].dispose()


def rights_of(database: sessionmaker[Session], day: date, name: str) -> set[tuple[str, str]]:
    return {(right.kind, right.value) for right in as_of(database, day, name)}


def test_fifty_changes_and_twenty_days_asked(database: sessionmaker[Session], clock: Clock) -> None:
    """Beside the database, a plain record of what each account had at the end of each change."""
    chance = random.Random(11)
    held: dict[str, set[tuple[str, str]]] = {
        name: {("role", "caseworker"), ("active", ""), ("unit", "Leistung 1")} for name in ("vogt", "nachbar")
    }
    told: dict[tuple[str, date], set[tuple[str, str]]] = {}

    def keep_for(day: date) -> None:
        for name, rights in held.items():
            told[name, day] = told.get((name, day), set()) | rights

    keep_for(clock.moment.date())
    days = sorted(chance.sample(range(1, DAYS), CHANGES))
    for offset in range(1, DAYS + 1):
        clock.moment = FIRST_DAY + timedelta(days=offset)
        keep_for(clock.moment.date())
        if offset in days:
            name = chance.choice(sorted(held))
            held[name] = chance.choice(CHANGERS)(database, name, held[name], chance)
            keep_for(clock.moment.date())
    for _ in range(ASKED):
        name, day = chance.choice(sorted(told))
        assert rights_of(database, day, name) == told[name, day], (name, day)
    assert rights_of(database, FIRST_DAY.date() - timedelta(days=1), "vogt") == set()


Held = set[tuple[str, str]]


def change_role(database: sessionmaker[Session], name: str, held: Held, chance: random.Random) -> Held:
    role = chance.choice(list(Role))
    accounts.change_user(database, name, role=role)
    return {right for right in held if right[0] != "role"} | {("role", role.value)}


def change_units(database: sessionmaker[Session], name: str, held: Held, chance: random.Random) -> Held:
    units = chance.sample(UNITS, chance.randint(1, 3))
    accounts.set_units(database, name, units)
    return {right for right in held if right[0] != "unit"} | {("unit", unit) for unit in units}


def change_activity(database: sessionmaker[Session], name: str, held: Held, _chance: random.Random) -> Held:
    active = ("active", "") not in held
    accounts.set_active(database, name, active)
    return {right for right in held if right[0] != "active"} | ({("active", "")} if active else set())


def block_or_free(database: sessionmaker[Session], name: str, held: Held, chance: random.Random) -> Held:
    blocks = [right for right in single_rights(database, name) if right.kind is RightKind.BLOCK]
    if blocks:
        gone = chance.choice(blocks)
        take(database, name, gone.id, ACTOR)
        return held - {("block", gone.value)}
    value = f"{chance.randint(0, 3):032x}"
    give(database, name, Right(RightKind.BLOCK, value, "eigene Akte"), ACTOR)
    return held | {("block", value)}


CHANGERS: list[Callable[[sessionmaker[Session], str, Held, random.Random], Held]] = [
    change_role, change_units, change_activity, block_or_free,
]  # fmt: skip


def test_what_stays_keeps_its_beginning(database: sessionmaker[Session], clock: Clock) -> None:
    clock.moment += timedelta(days=10)
    accounts.set_units(database, "vogt", ["Leistung 1", "Kasse"])
    begins = {
        right.value: right.begins for right in as_of(database, clock.moment.date(), "vogt") if right.kind == "unit"
    }
    assert begins == {"Leistung 1": FIRST_DAY, "Kasse": clock.moment}


def test_what_ends_by_itself_is_told_with_its_end(database: sessionmaker[Session], clock: Clock) -> None:
    last = FIRST_DAY.date() + timedelta(days=5)
    give(database, "vogt", Right(RightKind.DEPUTY, "nachbar", "Urlaub", end_of(last)), ACTOR)
    assert ("deputy", "nachbar") in rights_of(database, last, "vogt")
    assert ("deputy", "nachbar") not in rights_of(database, last + timedelta(days=1), "vogt")


def test_units_and_their_tree_of_a_past_day(database: sessionmaker[Session], clock: Clock) -> None:
    place_unit(database, "Team A", "Leistung 1", ACTOR)
    clock.moment += timedelta(days=30)
    place_unit(database, "Team A", "Kasse", ACTOR)
    for days, parent in ((0, "leistung 1"), (29, "leistung 1"), (31, "kasse")):
        day = FIRST_DAY.date() + timedelta(days=days)
        assert [right.value for right in as_of(database, day) if right.kind == "unit-parent"] == [f"team a < {parent}"]


@pytest.mark.parametrize(
    ("right", "code"),
    [
        (Right(RightKind.ROLE, "lead", "x"), "right_invalid"),
        (Right(RightKind.GRANT, "c", "  "), "reason_missing"),
        (Right(RightKind.DEPUTY, "nachbar", "x"), "deputy_without_end"),
        (Right(RightKind.DEPUTY, "vogt", "x", FIRST_DAY + timedelta(days=1)), "deputy_self"),
        (Right(RightKind.DEPUTY, "wer", "x", FIRST_DAY + timedelta(days=1)), "user_unknown"),
        (Right(RightKind.BLOCK, "c", "x", FIRST_DAY), "right_ended"),
    ],
)
def test_what_makes_no_sense_is_refused(database: sessionmaker[Session], right: Right, code: str) -> None:
    with pytest.raises(UsageFault) as refused:
        give(database, "vogt", right, ACTOR)
    assert refused.value.code == code
    assert single_rights(database, "vogt") == []


def test_a_change_and_its_row_in_the_log_are_there_together_or_not_at_all(database: sessionmaker[Session]) -> None:
    give(database, "vogt", Right(RightKind.BLOCK, "c" * 32, "eigene Akte"), ACTOR)
    with database() as session:
        row = session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
    assert row is not None
    assert (row.action, row.os_user, row.case_id) == ("rights_changed", "test", "c" * 32)
    assert row.detail["account"] == "vogt" and row.detail["reason"] == "eigene Akte"
    with database.begin() as session:
        session.execute(text("CREATE TRIGGER voll BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'voll'); END"))
    (held,) = single_rights(database, "vogt")
    with pytest.raises(EnvironmentFault):
        take(database, "vogt", held.id, ACTOR)
    with pytest.raises(EnvironmentFault):
        place_unit(database, "A", "B", ACTOR)
    assert [right.id for right in single_rights(database, "vogt")] == [held.id]


def call(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = run(lambda **options: cli.main(["rights", *arguments], prog_name="aktensuche", **options))
    said = capfd.readouterr()
    return status, said.out + said.err


def test_the_commands(database: sessionmaker[Session], capfd: pytest.CaptureFixture[str]) -> None:
    ledger = open_database(load_settings(), "ledger")
    with ledger.begin() as session:
        session.add(RootRow(id=1, name="q", path="/q"))
        session.flush()
        session.add(CaseRow(id="c" * 32, root_id=1, folder="A", cover_state="present", cover={}, aktenzeichen="50.2-1"))
    ledger.kw["bind"].dispose()
    assert call(capfd, "block", "vogt", "--case", "50.2-1", "--reason", "eigene Akte")[0] == 0
    assert call(capfd, "deputy", "vogt", "--for", "nachbar", "--until", "2099-12-31", "--reason", "Urlaub")[0] == 0
    assert call(capfd, "level", "vogt", "normal")[0] == 0
    listed = call(capfd, "list", "vogt")[1]
    assert "Akte gesperrt\t" + "c" * 32 in listed and "Vertretung für\tnachbar\t01.01.2100 00:00" in listed
    number = next(line.split("\t")[0] for line in listed.splitlines() if "gesperrt" in line)
    assert call(capfd, "end", "vogt", number)[0] == 0
    assert call(capfd, "end", "vogt", number)[0] == 2
    assert call(capfd, "place", "Team A", "--under", "Leistung 1")[0] == 0
    assert call(capfd, "metadata-only", "Kontoauszug")[0] == 0
    status, said = call(capfd, "as-of", "01.01.2025", "--json")
    told = {(right["account"], right["kind"], right["value"]) for right in json.loads(said)}
    assert status == 0
    assert {
        ("vogt", "level", "0"),
        ("", "unit-parent", "team a < leistung 1"),
        ("", "metadata-only", "kontoauszug"),
    } <= told
    assert ("vogt", "block", "c" * 32) not in told, "it was ended in the moment it began"
    assert call(capfd, "as-of", "01.01.2025", "--user", "wer")[0] == 2
    assert call(capfd, "grant", "vogt", "--case", "gibt es nicht", "--reason", "x")[0] == 2


OLD = (
    "INSERT INTO users (id, name, password_hash, role, active, epoch, created)"
    " VALUES (1, 'alt', '', 'lead', :yes, 1, '2024-05-01 08:00:00')",
    "INSERT INTO user_units (user_id, unit) VALUES (1, 'Kasse')",
    "INSERT INTO case_rules (user_id, case_id, allow, reason) VALUES (1, 'frei', :yes, 'g'), (1, 'zu', :no, '')",
)


def test_rights_of_an_older_program_are_taken_over(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    (tmp_path / "db").mkdir()
    migrate(settings, "accounts", "0003")
    from sqlalchemy import create_engine

    engine = create_engine(settings.accounts_database)
    with engine.begin() as connection:
        for statement in OLD:
            connection.execute(text(statement), {"yes": True, "no": False})
    engine.dispose()
    database = open_database(settings, "accounts")
    taken = {("role", "lead"), ("active", ""), ("unit", "Kasse"), ("grant", "frei"), ("block", "zu")}
    assert rights_of(database, date(2024, 5, 2), "alt") == taken
    with database() as session:
        assert {row.given_by for row in session.scalars(select(RightRow))} == {""}
    database.kw["bind"].dispose()
