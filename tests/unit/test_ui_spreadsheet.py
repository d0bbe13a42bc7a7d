"""The log as CSV: nothing in it is computed or obeyed, and every value can be had back."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from casefile.database.events import Action, Channel
from casefile.database.sessions import open_database
from casefile.settings import load_settings
from oversight.audit import Actor, Event, record
from oversight.audit_cli import audit
from oversight.spreadsheet import FORMULA_STARTS, cell, csv_line

UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
HOSTILE = [
    "=HYPERLINK(1)", "+49 30 1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "＝1", "'=1", "'",
    '"=1";=2', "a;=1\n=2", "a\x1b[2Jb", "a\x00b", "a\x7f\x9bb", "umgekehrt \u202e cba", "zwei\u2028Zeilen",
    "C:\\neu\\x1b", "\ufeff=1",
]  # fmt: skip


def read(line: str) -> list[str]:
    return next(csv.reader(io.StringIO(line), delimiter=";"))


def original(written: str) -> str:
    """The inverse that the manual describes, in other words than the program's."""
    plain = written.removeprefix("'")
    return re.sub(r"\\(?:\\|[tnr]|x..|u.{4}|U.{8})", lambda found: str(ast.literal_eval(f"'{found.group()}'")), plain)


def harmless(written: str) -> bool:
    return not written.lstrip().startswith(FORMULA_STARTS) and not any(
        unicodedata.category(c) in UNSEEN for c in written
    )


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_cells_are_harmless_and_whole(value: str) -> None:
    (written,) = read(csv_line([value]))
    assert harmless(written)
    assert original(written) == value


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_any_text_comes_back(values: list[str]) -> None:
    line = csv_line(values)
    assert line.count("\n") == 1, "a cell never breaks its line"
    written = read(line)
    assert all(map(harmless, written))
    assert list(map(original, written)) == values


def test_every_cell_is_quoted() -> None:
    assert csv_line(["a", None, 3]) == '"a";"";"3"\n'
    assert cell("Müller – „Mietvertrag“ §\u00a022") == "Müller – „Mietvertrag“ §\u00a022"


def test_the_export_is_harmless_and_the_json_is_exact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKTENSUCHE_HOME", str(tmp_path))
    accounts = open_database(load_settings(), "accounts")
    stored = [value for value in HOSTILE if "\x00" not in value]
    for value in stored:
        actor = Actor(value, Channel.WEB)
        record(accounts, Event(actor, Action.SEARCH, text=value, purpose=value, detail={"filters": {"kinds": [value]}}))
    exported = json.loads(export("--format", "json"))
    assert [(row["user"], row["text"], row["purpose"]) for row in exported[: len(stored)]] == [
        (v, v, v) for v in stored
    ]
    table = list(csv.DictReader(io.StringIO(export("--format", "csv"), newline=""), delimiter=";"))[: len(stored)]
    for row, value in zip(table, stored, strict=True):
        assert all(map(harmless, row.values()))
        assert [original(row[name]) for name in ("user", "text", "purpose")] == [value] * 3
        assert json.loads(original(row["detail"])) == {"filters": {"kinds": [value]}}
    accounts.kw["bind"].dispose()


def export(*options: str) -> str:
    done: Any = CliRunner().invoke(audit, ["export", *options], catch_exceptions=False)
    assert done.exit_code == 0
    return str(done.output)
