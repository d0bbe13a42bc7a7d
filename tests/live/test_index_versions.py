"""Version 2 of the indices beside version 1: writers write both, one swap, nothing lost or doubled, killed or not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner

from bench.next_versions import CURRENT, NEW_FIELD, NEXT, next_body
from casefile.database.sessions import open_database
from casefile.errors import EnvironmentFault
from casefile.index.names import KindState
from casefile.index.schema import PUBLISHED, IndexKind, Schema
from casefile.index.versions import IndexVersions
from casefile.index.writer import IndexWriter
from casefile.model import page_id
from casefile.settings import PROJECT, Settings
from engine import control
from indexer.upkeep.cli import LEASE, bring_up_to_date, migrate
from indexer.upkeep.cli import verify as verify_command
from indexer.work.lease import leased
from tests.material import text_pdf
from tests.runs import document_row, find, run, verify

LIVE_CURRENT = dict.fromkeys(IndexKind, KindState(live=CURRENT))
LIVE_NEXT = dict.fromkeys(IndexKind, KindState(live=CURRENT + 1))
BOTH = dict.fromkeys(IndexKind, KindState(live=CURRENT, building=CURRENT + 1))
PATIENCE_S = 120.0


@pytest.fixture
def stock(tmp_path: Path) -> Path:
    root = tmp_path / "bestand"
    for number in range(4):
        case = root / f"Akte {number}"
        case.mkdir(parents=True)
        sheet = {"aktenzeichen": f"50-{number}/2021", "stelle": "Team 1", "schlagwoerter": ["Miete"]}
        (case / "deckblatt.json").write_text(json.dumps(sheet))
        text_pdf(case / "bescheid.pdf", [f"Bescheid Nummer {number}", "Rechtsbehelfsbelehrung"])
    return root


@pytest.fixture
def indexed(instance: Settings, stock: Path) -> Settings:
    run(instance, stock)
    return instance


@pytest.fixture
def versions(indexed: Settings) -> Iterator[IndexVersions]:
    with closing(IndexVersions.open(indexed, schema=NEXT)) as versions:
        yield versions


def stored(settings: Settings, kind: IndexKind, version: int) -> dict[str, dict[str, Any]]:
    """Everything that one version holds, by id, without this program's help."""
    name = f"{settings.index_prefix}-{kind.value}-v{version}"
    urlopen(Request(f"{settings.opensearch_url}/{name}/_refresh", method="POST"), timeout=30).close()
    with urlopen(f"{settings.opensearch_url}/{name}/_search?size=1000", timeout=30) as answer:
        return {hit["_id"]: hit["_source"] for hit in json.load(answer)["hits"]["hits"]}


def test_a_newer_program_uses_the_old_version_until_it_is_migrated(versions: IndexVersions, indexed: Settings) -> None:
    versions.create_indices()
    assert versions.states() == LIVE_CURRENT
    assert versions.migration_due()
    outcomes = versions.index_bulk(IndexKind.PAGES, [("a", {"root": "bestand", "text": "Wort", NEW_FIELD: "rund"})])
    assert [outcome.error for outcome in outcomes] == [""]
    assert stored(indexed, IndexKind.PAGES, CURRENT)["a"] == {"root": "bestand", "text": "Wort"}


def test_an_older_program_does_not_write_a_newer_index(versions: IndexVersions, indexed: Settings) -> None:
    versions.begin(versions.due())
    assert write_with_older_program(indexed) == "index_newer"
    bring_up_to_date(indexed, NEXT, grace=0)
    assert write_with_older_program(indexed) == "index_newer"


def write_with_older_program(settings: Settings) -> str:
    with closing(IndexWriter.open(settings)) as older, pytest.raises(EnvironmentFault) as fault:
        older.index_bulk(IndexKind.PAGES, [("a", {"root": "bestand"})])
    return fault.value.code


def test_migrate_swaps_everything_and_removes_the_old_version(versions: IndexVersions, indexed: Settings) -> None:
    before = {kind: stored(indexed, kind, CURRENT) for kind in IndexKind}
    built, healed = bring_up_to_date(indexed, NEXT, grace=0)
    assert set(built.kinds) == set(IndexKind)
    assert built.records == sum(map(len, before.values())) == 8 + 4 + 4
    assert versions.states() == LIVE_NEXT
    assert {kind: stored(indexed, kind, CURRENT + 1) for kind in IndexKind} == before
    assert healed["bestand"] == {"documents": 0, "cases": 0, "removed": 0, "reread": 0}
    assert verify(indexed, deep=True, schema=NEXT).ok
    assert not versions.migration_due()
    assert bring_up_to_date(indexed, NEXT, grace=0)[0].kinds == ()


def test_what_changes_while_a_version_is_built_is_in_both(
    versions: IndexVersions, indexed: Settings, stock: Path
) -> None:
    versions.begin(versions.due())
    assert versions.states() == BOTH
    text_pdf(stock / "Akte 0" / "neu.pdf", ["Nachtrag"])
    text_pdf(stock / "Akte 1" / "bescheid.pdf", ["Aufhebung"])
    (stock / "Akte 2" / "bescheid.pdf").unlink()
    (stock / "Akte 3" / "deckblatt.json").write_text(json.dumps({"aktenzeichen": "50-3/2021", "stelle": "Team 9"}))
    run(indexed, stock, NEXT)
    changed = {
        page_id(document_row(indexed, path).id, 1)
        for path in ("Akte 0/neu.pdf", "Akte 1/bescheid.pdf", "Akte 3/bescheid.pdf")
    }
    old, new = (stored(indexed, IndexKind.PAGES, version) for version in (CURRENT, CURRENT + 1))
    assert changed <= set(new) < set(old)
    assert {identifier: old[identifier] for identifier in new} == new
    bring_up_to_date(indexed, NEXT, grace=0)
    assert stored(indexed, IndexKind.PAGES, CURRENT + 1) == old
    assert find(indexed, "Nachtrag") == ["Akte 0/neu.pdf#1"]
    assert verify(indexed, deep=True, schema=NEXT).ok


def test_the_build_never_writes_over_what_a_run_wrote(versions: IndexVersions, indexed: Settings) -> None:
    versions.begin(versions.due())
    page = page_id(document_row(indexed, "Akte 0/bescheid.pdf").id, 1)
    newer = stored(indexed, IndexKind.PAGES, CURRENT)[page] | {"text": "inzwischen neu geladen"}
    versions.index_bulk(IndexKind.PAGES, [(page, newer)])
    bring_up_to_date(indexed, NEXT, grace=0)
    assert stored(indexed, IndexKind.PAGES, CURRENT + 1)[page] == newer


def test_leftovers_in_the_new_version_are_removed_before_the_swap(versions: IndexVersions, indexed: Settings) -> None:
    versions.begin(versions.due())
    page = page_id(document_row(indexed, "Akte 0/bescheid.pdf").id, 1)
    wrong = stored(indexed, IndexKind.PAGES, CURRENT)[page] | {"acl_id": "fremd"}
    gone = wrong | {"document_id": "0" * 32}
    outcomes = versions.fill(
        IndexKind.PAGES, CURRENT + 1, [(page, wrong), (page_id("0" * 32, 1), gone), ("fremd", {"text": "x"})]
    )
    assert not [outcome for outcome in outcomes if outcome.error]
    bring_up_to_date(indexed, NEXT, grace=0)
    assert verify(indexed, deep=True, schema=NEXT).ok
    assert len(stored(indexed, IndexKind.PAGES, CURRENT + 1)) == 8


def test_a_record_that_the_new_version_refuses_keeps_the_old_one_in_use(indexed: Settings) -> None:
    body = next_body(IndexKind.CASES)
    body["mappings"]["properties"]["aktenzeichen"] = {"type": "integer"}
    schema = Schema(NEXT.versions, dict(NEXT.unpublished) | {(IndexKind.CASES, CURRENT + 1): body})
    with pytest.raises(EnvironmentFault) as fault:
        bring_up_to_date(indexed, schema, grace=0)
    assert fault.value.code == "build_refused"
    assert find(indexed, "Rechtsbehelfsbelehrung")
    assert verify(indexed).ok


def test_lost_texts_are_read_again_before_the_swap(versions: IndexVersions, indexed: Settings, stock: Path) -> None:
    sha256 = document_row(indexed, "Akte 0/bescheid.pdf").sha256
    next((indexed.home / "derived").rglob(f"{sha256}.zip")).unlink()
    built, _ = bring_up_to_date(indexed, NEXT, grace=0)
    assert (built.kinds, built.reread) == ((), 1)
    assert versions.states() == BOTH
    run(indexed, stock, NEXT)
    assert bring_up_to_date(indexed, NEXT, grace=0)[0].reread == 0
    assert versions.states() == LIVE_NEXT
    assert verify(indexed, deep=True, schema=NEXT).ok


def test_the_command_sets_up_an_empty_instance(instance: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in control.as_environment(instance).items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(migrate, ["--json"], standalone_mode=False)
    assert (done.exception, done.return_value) == (None, 0)
    assert json.loads(done.output)["built"]["kinds"] == []
    checked = CliRunner().invoke(verify_command, ["--json"], standalone_mode=False)
    assert (checked.exception, checked.return_value) == (None, 0)
    assert json.loads(checked.output)["migrate_due"] is False


def test_two_migrations_exclude_each_other(indexed: Settings) -> None:
    sessions = open_database(indexed, "ledger")
    with leased(sessions, LEASE), pytest.raises(EnvironmentFault) as fault:
        bring_up_to_date(indexed, NEXT, grace=0)
    assert fault.value.code == "lease_held"
    assert str(os.getpid()) in fault.value.message
    with leased(sessions, LEASE):  # released by its end
        pass


def test_killed_migrations_go_on(versions: IndexVersions, indexed: Settings, stock: Path) -> None:
    """`kill -9` as soon as each of three states is seen: the build begun, filled in part, swapped."""
    seen = []
    for reached in (begun, partly_filled, swapped):
        process = migrating(indexed)
        deadline = time.monotonic() + PATIENCE_S
        while process.poll() is None and time.monotonic() < deadline:
            if reached(versions):
                seen.append(reached)
                break
        process.kill()
        process.communicate()
        assert len(find(indexed, "Rechtsbehelfsbelehrung")) == 4
    assert begun in seen
    finished = migrating(indexed)
    _, errors = finished.communicate(timeout=PATIENCE_S)
    assert finished.returncode == 0, errors.decode()
    assert versions.states() == LIVE_NEXT
    assert verify(indexed, deep=True, schema=NEXT).ok
    assert len(find(indexed, "Rechtsbehelfsbelehrung")) == 4


def begun(versions: IndexVersions) -> bool:
    return versions.states()[IndexKind.PAGES].building == CURRENT + 1


def partly_filled(versions: IndexVersions) -> bool:
    state = versions.states()[IndexKind.PAGES]
    return state.live == CURRENT + 1 or (
        state.building == CURRENT + 1
        and any(True for _ in versions.scan(IndexKind.PAGES, {"match_all": {}}, (), CURRENT + 1))
    )


def swapped(versions: IndexVersions) -> bool:
    return versions.states()[IndexKind.PAGES].live == CURRENT + 1


def migrating(settings: Settings) -> subprocess.Popen[bytes]:
    """In a process of its own, with the version that the product does not have."""
    code = (
        "from casefile.settings import load_settings; from indexer.upkeep.cli import bring_up_to_date;"
        " from bench.next_versions import NEXT; bring_up_to_date(load_settings(), NEXT, grace=0)"
    )
    environment = os.environ | {
        "AKTENSUCHE_HOME": str(settings.home),
        "AKTENSUCHE_OPENSEARCH_URL": str(settings.opensearch_url),
        "AKTENSUCHE_INDEX_PREFIX": settings.index_prefix,
    }
    return subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, env=environment, stderr=subprocess.PIPE)


def test_the_published_schema_is_what_the_program_uses(indexed: Settings) -> None:
    with closing(IndexWriter.open(indexed)) as writer:
        assert writer.schema is PUBLISHED
        assert not writer.migration_due()
