"""`aktensuche demo` leads to a served stock, comes back after kills, and `demo-stop` leaves no process."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.request import urlopen

import pytest

from aktensuche import demo
from casefile.settings import PROJECT, Settings
from tests.material import scan, text_pdf

WORD = "Heizkostenzuschuss"
LAST_LINE = re.compile(r"Dieses Wort steht nur im Scan: (\S+)\n\Z")


@dataclass(frozen=True)
class Told:
    """What the command says at its end."""

    address: str
    logins: dict[str, str]
    word: str


@pytest.fixture
def small_stock(instance: Settings, instance_environment: dict[str, str]) -> Iterator[Settings]:
    """A stock that is there is not built again: two files stand for the twelve sample cases."""
    case = instance.home / "demo" / "akten" / "Akte 1"
    case.mkdir(parents=True)
    text_pdf(case / "vermerk.pdf", ["Ein Vermerk über die Miete, am Rechner geschrieben."])
    scan(case / "bescheid.pdf", [f"Der {WORD}\nwird bewilligt."])
    (instance.home / "demo" / "wahrheit").mkdir()
    words = json.dumps(["Unauffindbarwort", WORD])
    (instance.home / "demo" / "wahrheit" / "scan-only.json").write_text(words, encoding="utf-8")
    yield instance
    _call(instance_environment, "demo-stop")


def _call(environment: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "aktensuche", *arguments]
    answer = subprocess.run(
        command, env=environment, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120
    )
    return answer.returncode, answer.stdout, answer.stderr


def _demo(environment: dict[str, str]) -> Told:
    status, output, errors = _call(environment, "demo")
    assert status == 0, errors
    address = re.search(r"^Adresse: (\S+)$", output, re.MULTILINE)
    last = LAST_LINE.search(output)
    assert address
    assert last
    logins = dict(re.findall(r"^  (\S+)\s+(\S+)   \(", output, re.MULTILINE))
    with urlopen(address[1], timeout=10) as answer:
        assert answer.status == 200
    return Told(address[1], logins, last[1])


def _pages(environment: dict[str, str]) -> dict[str, int]:
    pages: dict[str, int] = json.loads(_call(environment, "status", "--json")[1])["pages"]
    return pages


def test_demo_from_nothing_after_a_kill_and_to_its_end(
    small_stock: Settings, instance_environment: dict[str, str]
) -> None:
    first = _demo(instance_environment)
    assert first.word == WORD, "a word that no search finds is not shown"
    assert {"demo"} < set(first.logins)
    assert (small_stock.home / "demo-zugang.json").stat().st_mode & 0o777 == 0o600
    before = _pages(instance_environment)
    running = demo._read_interface(small_stock)
    assert running
    for process in running.processes:
        process.send(signal.SIGKILL)

    second = _demo(instance_environment)
    assert (second.logins, second.word) == (first.logins, first.word)
    assert _pages(instance_environment) == before
    again = demo._read_interface(small_stock)
    assert again
    assert not any(process.alive() for process in running.processes)

    status, output, _ = _call(instance_environment, "demo-stop")
    assert (status, output) == (0, "Alles ist beendet.\n")
    assert not any(process.alive() for process in again.processes)
    assert _call(instance_environment, "demo-stop")[1] == "Es lief nichts.\n"
