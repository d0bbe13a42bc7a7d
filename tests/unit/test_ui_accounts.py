"""Accounts on the command line: what is refused, what is warned of, what is written down. No engine is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from aktensuche.cli import cli, run
from casefile.database.accounts import AuditRow, SessionRow, UserRow
from casefile.database.ledger import CaseRow, RootRow
from casefile.database.sessions import open_database
from casefile.errors import EnvironmentFault, UsageFault
from casefile.model import Role
from casefile.settings import Settings, load_settings
from oversight import accounts
from oversight.units import clean_units
from search_ui.web.formatting import account_change
from tests.web import PASSWORD

ON, OFF = {"aktiv": True}, {"aktiv": False}


@dataclass(frozen=True)
class Office:
    """An instance with accounts, and what its commands say."""

    settings: Settings
    database: sessionmaker[Session]
    capture: pytest.CaptureFixture[str]

    def call(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        status = run(lambda **options: cli.main(["users", *arguments], prog_name="aktensuche", **options))
        said = self.capture.readouterr()
        return status, said.out, said.err

    def last_row(self) -> AuditRow:
        with self.database() as session:
            return session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()

    def account(self, name: str) -> accounts.Account:
        return next(account for account in accounts.list_users(self.database) if account.name == name)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Office]:
    monkeypatch.setenv("AKTENSUCHE_HOME", str(tmp_path))
    settings = load_settings()
    database = open_database(settings, "accounts")
    accounts.add_user(database, "m.muster", Role.CASEWORKER, ["Leistung 1"], PASSWORD)
    yield Office(settings, database, capfd)
    database.kw["bind"].dispose()


def put_cases(settings: Settings, *units: str) -> None:
    ledger = open_database(settings, "ledger")
    with ledger.begin() as session:
        session.add(RootRow(id=1, name="q", path="/q"))
        session.flush()
        for unit in units:
            session.add(CaseRow(id=unit, root_id=1, folder=unit, cover_state="present", cover={}, unit=unit))
    ledger.kw["bind"].dispose()


def test_role_and_units_change_together(office: Office) -> None:
    put_cases(office.settings, "Leistung 2", "Leistung 3")
    status, said, warned = office.call(
        "change", "m.muster", "--role", "lead", "--unit", "Leistung 2", "--unit", "leistung  3"
    )
    assert (status, warned) == (0, "")
    assert said == "Konto „m.muster“ geändert: Rolle lead, Stellen Leistung 2, leistung 3.\n"
    assert office.account("m.muster") == accounts.Account("m.muster", Role.LEAD, ("Leistung 2", "leistung 3"), True)


@pytest.mark.parametrize(
    ("arguments", "role", "units"),
    [
        (("change", "m.muster", "--role", "auditor"), Role.AUDITOR, ("Leistung 1",)),
        (("change", "m.muster", "--unit", "*"), Role.CASEWORKER, ("*",)),
        (("set-units", "m.muster", "--unit", "B", "--unit", "b", "--unit", "A"), Role.CASEWORKER, ("A", "B")),
    ],
)
def test_what_is_not_named_stays(
    office: Office, arguments: tuple[str, ...], role: Role, units: tuple[str, ...]
) -> None:
    assert office.call(*arguments)[0] == 0
    assert office.account("m.muster") == accounts.Account("m.muster", role, units, True)


def test_the_log_has_old_and_new_rights_and_who_changed_them(office: Office) -> None:
    office.call("change", "m.muster", "--role", "lead", "--unit", "Leistung 2")
    row = office.last_row()
    assert (row.action, row.channel, row.user, row.outcome) == ("user_changed", "cli", "", "ok")
    assert row.os_user
    assert row.detail == {
        "command": "change",
        "account": "m.muster",
        "before": {"role": "caseworker", "units": ["Leistung 1"], "active": True},
        "after": {"role": "lead", "units": ["Leistung 2"], "active": True},
    }
    assert account_change(row.detail) == "„m.muster“: Rolle Sachbearbeitung → Leitung; Stellen Leistung 1 → Leistung 2"


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ({"befehl": "set-password", "konto": "a", "vorher": ON, "nachher": ON}, "„a“: Kennwort neu gesetzt"),
        ({"befehl": "deactivate", "konto": "a", "vorher": ON, "nachher": OFF}, "„a“: aktiv ja → nein"),
        (
            {"befehl": "add", "konto": "a", "nachher": {"rolle": "lead", "stellen": ["*"]}},
            "„a“: Rolle Leitung; Stellen alle",
        ),
        (
            {"command": "deactivate", "account": "a", "before": {"active": True}, "after": {"active": False}},
            "„a“: aktiv ja → nein",
        ),
        ({"befehl": "set-units", "konto": "a", "units": ["B"]}, "„a“: set-units"),
    ],
)
def test_a_change_is_told_in_words(detail: dict[str, Any], shown: str) -> None:
    assert account_change(detail) == shown


def test_without_the_row_in_the_log_nothing_changes(office: Office) -> None:
    with office.database.begin() as session:
        session.add(SessionRow(token_hash="t", user_id=1, epoch=1))
        session.execute(text("CREATE TRIGGER voll BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'voll'); END"))
    with pytest.raises(EnvironmentFault):
        accounts.change_user(office.database, "m.muster", role=Role.LEAD, units=["*"])
    with pytest.raises(EnvironmentFault):
        accounts.add_user(office.database, "neu", Role.LEAD, ["*"], PASSWORD)
    assert accounts.list_users(office.database) == [
        accounts.Account("m.muster", Role.CASEWORKER, ("Leistung 1",), True)
    ]
    with office.database() as session:
        assert session.scalars(select(SessionRow)).all() != []
        assert session.scalars(select(UserRow.epoch)).all() == [1]


@pytest.mark.parametrize("unit", ["", "   ", "a\x1bb", "x" * 201])
def test_an_empty_or_impossible_unit_is_refused_and_nothing_changes(office: Office, unit: str) -> None:
    for arguments in (
        ("add", "neu", "--role", "lead", "--unit", "Leistung 1", "--unit", unit),
        ("change", "m.muster", "--role", "lead", "--unit", unit),
        ("set-units", "m.muster", "--unit", unit),
    ):
        status, _, warned = office.call(*arguments)
        assert status == 2
        assert "Stelle" in warned and "Abhilfe: " in warned
    assert accounts.list_users(office.database) == [
        accounts.Account("m.muster", Role.CASEWORKER, ("Leistung 1",), True)
    ]


def test_a_unit_without_cases_is_warned_of_with_its_like(office: Office) -> None:
    put_cases(office.settings, "Leistung 1", "Leistung 2", "Ausländerbehörde")
    status, _, warned = office.call(
        "change", "m.muster", "--unit", "Leistun 2", "--unit", "LEISTUNG 1", "--unit", "Kasse"
    )
    assert status == 0
    assert warned.splitlines() == [
        "Achtung: Keine Akte gehört bisher zur Stelle „Leistun 2“. Ähnlich heißen: „Leistung 2“, „Leistung 1“.",
        "Achtung: Keine Akte gehört bisher zur Stelle „Kasse“.",
    ]
    assert office.account("m.muster").units == ("Kasse", "LEISTUNG 1", "Leistun 2")


def test_before_any_case_is_read_the_unit_could_not_be_checked(office: Office) -> None:
    status, said, warned = office.call("add", "neu", "--role", "caseworker", "--unit", "Leistung 2")
    assert status == 0 and "angelegt" in said
    assert "konnte nicht geprüft werden" in warned
    assert office.call("add", "alle", "--role", "lead", "--unit", "*")[2] == ""


@pytest.mark.parametrize("command", [("change", "--role", "lead"), ("set-units", "--unit", "A"), ("deactivate",)])
def test_an_unknown_account_is_told_with_its_like(office: Office, command: tuple[str, ...]) -> None:
    status, _, warned = office.call(command[0], "M.Mustre", *command[1:])
    assert status == 2
    assert warned.splitlines() == [
        "Fehler (user_unknown): Das Konto „M.Mustre“ gibt es nicht.",
        "Abhilfe: Ist „m.muster“ gemeint? Alle Konten: „aktensuche users list“.",
    ]


def test_a_change_of_nothing_is_wrong_usage(office: Office) -> None:
    status, _, warned = office.call("change", "m.muster")
    assert status == 2 and "--role oder --unit" in warned


@pytest.mark.parametrize(
    "change",
    [
        ("deactivate", "aufsicht"),
        ("change", "aufsicht", "--role", "caseworker"),
        ("change", "aufsicht", "--unit", "Leistung 1"),
    ],
)
def test_the_last_supervisor_may_go_but_it_is_said(office: Office, change: tuple[str, ...]) -> None:
    accounts.add_user(office.database, "aufsicht", Role.LEAD, ["*"], PASSWORD)
    accounts.add_user(office.database, "teil", Role.LEAD, ["Leistung 1"], PASSWORD)
    status, _, warned = office.call(*change)
    assert status == 0
    assert "Das ganze Protokoll kann jetzt niemand mehr lesen" in warned
    assert "niemand mehr" not in office.call(*change)[2], "only the change that took the last one away says it"


def test_another_supervisor_suffices(office: Office) -> None:
    accounts.add_user(office.database, "aufsicht", Role.LEAD, ["*"], PASSWORD)
    accounts.add_user(office.database, "revision", Role.AUDITOR, ["Leistung 1"], PASSWORD)
    assert office.call("deactivate", "aufsicht") == (0, "Konto stillgelegt.\n", "")


def test_the_last_administrator_may_go_but_it_is_said(office: Office) -> None:
    accounts.add_user(office.database, "technik", Role.SYSTEM_ADMIN, ["*"], PASSWORD)
    status, _, warned = office.call("deactivate", "technik")
    assert status == 0
    assert "kein aktives Konto der Technik" in warned


def test_the_list_shows_role_units_and_state(office: Office) -> None:
    accounts.add_user(office.database, "aufsicht", Role.LEAD, ["B", "A"], PASSWORD)
    office.call("deactivate", "aufsicht")
    assert office.call("list")[1].splitlines() == [
        "aufsicht\tlead\tA, B\tstillgelegt",
        "m.muster\tcaseworker\tLeistung 1\taktiv",
    ]


def test_units_are_kept_once_as_first_written() -> None:
    assert clean_units(["  Leistung  2", "A", "leistung 2", "Ma\u0308dchen"]) == ("Leistung 2", "A", "Mädchen")
    with pytest.raises(UsageFault):
        clean_units(["A", ""])
