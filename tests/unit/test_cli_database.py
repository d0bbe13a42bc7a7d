"""Commands whose ledger fails them half-way say so and exit with 3."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from sqlalchemy import text

from casefile.errors import EnvironmentFault
from casefile.settings import load_settings
from indexer import cli
from indexer.context import open_ledger
from indexer.upkeep import cli as upkeep


@pytest.mark.parametrize("command", [cli.status, cli.failures, cli.retry, upkeep.verify])
def test_a_ledger_that_fails_is_an_environment_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: click.Command
) -> None:
    monkeypatch.setenv("AKTENSUCHE_HOME", str(tmp_path))
    monkeypatch.setenv("AKTENSUCHE_OPENSEARCH_URL", "http://127.0.0.1:9")
    with open_ledger(load_settings())() as session, session.begin():
        for table in ("pages", "runs", "roots"):
            session.execute(text(f"ALTER TABLE {table} RENAME TO {table}_gone"))
    with pytest.raises(EnvironmentFault) as fault:
        command.main([], standalone_mode=False)
    assert fault.value.code == "database_down"
    assert "Seitennachweis" in str(fault.value)
