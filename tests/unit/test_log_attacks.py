"""Eight attacks on the audit log by three attackers; `python -m bench audit_attacks` makes a hundred of each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks import ATTACKS, COSIGNED, ROWS, Attacker, prepare, restore, undetected
from tests.logs import LoggedInstance, opened

SEEDS = 2


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("angriffe") / "vorlage"
    prepare(folder)
    return folder


@pytest.fixture(scope="module")
def attacked(original: Path) -> Iterator[LoggedInstance]:
    shutil.copytree(original, original.with_name("angegriffen"))
    with opened(original.with_name("angegriffen")) as log:
        yield log


def test_before_an_attack_nothing_is_found(original: Path, attacked: LoggedInstance) -> None:
    restore(original, attacked)
    found = attacked.check()
    assert (found.findings, found.leaves, attacked.remembered) == ([], ROWS, COSIGNED)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("attacker", Attacker)
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_found(original: Path, attacked: LoggedInstance, name: str, attacker: Attacker, seed: int) -> None:
    restore(original, attacked)
    assert undetected(attacked, name, attacker, seed) == ""


@pytest.mark.parametrize("name", sorted(set(ATTACKS) - {"clock"}))
def test_without_a_witness_the_strongest_attacker_is_not_found(
    original: Path, attacked: LoggedInstance, name: str
) -> None:
    """Why there is one. Only what the log itself keeps is checked: the cosignatures in the database are gone."""
    restore(original, attacked)
    (attacked.folder / "zeugen").rename(attacked.folder / "zeugen.weg")
    try:
        (attacked.folder / "zeugen").write_text("")
        undetected(attacked, name, Attacker.EVERYTHING, 0)
        assert attacked.check().findings == []
    finally:
        (attacked.folder / "zeugen.weg").rename(attacked.folder / "zeugen")
