"""The commands as processes of their own: the contract's JSON, exit statuses, the server's life and end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest

from casefile.model import CoverSheet
from casefile.settings import Settings
from engine import control
from tests.shelf import Shelf, own_instance
from tests.web import PASSWORD, Person, running_app


@dataclass(frozen=True)
class Commands:
    environment: dict[str, str]

    def run(self, *arguments: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "aktensuche", *arguments],
            env=self.environment | settings,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @contextmanager
    def serve(self, ready: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, "-m", "aktensuche", "serve", "--ready-file", str(ready), *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, env=self.environment, **pipes) as process:
            try:
                yield process
            finally:
                process.kill()


@pytest.fixture(scope="module")
def settings(engine: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    home = tmp_path_factory.mktemp("befehle")
    with own_instance(engine, home / "home") as settings:
        shelf = Shelf(settings, home / "quelle")
        shelf.put("Akte 1", CoverSheet(aktenzeichen="1-2345/2020"), {"Brief.pdf": ["Sehr geehrte Damen und Herren"]})
        shelf.close()
        yield settings


@pytest.fixture(scope="module")
def commands(settings: Settings) -> Commands:
    made = Commands(os.environ | control.as_environment(settings))
    added = made.run("users", "add", "demo", "--role", "lead", "--unit", "*", "--password-stdin", stdin=PASSWORD)
    assert added.returncode == 0, added.stderr
    return made


def test_the_same_name_twice_is_wrong_usage(commands: Commands) -> None:
    again = commands.run("users", "add", "demo", "--role", "lead", "--unit", "*", "--password-stdin", stdin=PASSWORD)
    assert again.returncode == 2
    assert "gibt es schon" in again.stderr


def test_accounts_are_listed_changed_and_stopped(commands: Commands) -> None:
    made = commands.run("users", "add", "ohne", "--role", "caseworker", "--unit", "A", "--unit", "B")
    assert made.returncode == 0
    assert "Kennwort: " in made.stdout
    assert commands.run("users", "set-units", "ohne", "--unit", "C").returncode == 0
    assert commands.run("users", "deactivate", "ohne").returncode == 0
    assert "ohne\tcaseworker\tC\tstillgelegt" in commands.run("users", "list").stdout
    assert commands.run("search", "Damen", "--user", "ohne").returncode == 2
    assert commands.run("users", "activate", "gibtesnicht").returncode == 2


def test_narrowed_rights_hold_for_who_is_signed_in(commands: Commands, settings: Settings) -> None:
    """The command runs in a process of its own while the interface serves."""
    added = commands.run("users", "add", "enger", "--role", "lead", "--unit", "*", "--password-stdin", stdin=PASSWORD)
    assert added.returncode == 0, added.stderr
    with running_app(settings) as app:
        person = Person(app, "enger")
        location = person.post("/suche", q="Damen").headers["Location"]
        page = re.search(r"/seite/[0-9a-f]{32}/1", person.get(location).text)
        assert page is not None
        changed = commands.run("users", "change", "enger", "--role", "caseworker", "--unit", "Leistung 3")
        assert changed.returncode == 0, changed.stderr
        for path in (location, page.group(), f"{page.group().replace('seite', 'bild')}.webp", "/bestand", "/protokoll"):
            answer = person.get(path)
            assert answer.status_code == 303 and answer.headers["Location"].startswith("/anmelden"), path
            assert "Sehr geehrte" not in answer.text and "2345" not in answer.text
        again = Person(app, "enger")
        assert "Keine Treffer" in again.get(location).text
        assert again.get(page.group()).status_code == 404
        assert again.get("/protokoll").status_code == 404
        assert (
            "„enger“: Rolle Leitung → Sachbearbeitung; Stellen alle → Leistung 3"
            in Person(app, "demo").get("/protokoll").text
        )


def test_search_gives_the_json_of_the_contract(commands: Commands) -> None:
    found = commands.run("search", "geehrte Damen", "--user", "demo", "--json")
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout) == {
        "total": {"cases": 1, "documents": 1, "pages": 1},
        "repairs": [],
        "notices": [],
        "hits": [
            {
                "case": "1-2345/2020",
                "document": "Brief",
                "path": "Akte 1/Brief.pdf",
                "page": 1,
                "snippet": "Sehr geehrte Damen und Herren",
                "reason": "wörtlich",
            }
        ],
    }
    assert "Akte 1/Brief.pdf › Seite 1" in commands.run("search", "Damen", "--user", "demo").stdout


def test_batch_search_writes_a_run(commands: Commands, tmp_path: Path) -> None:
    (tmp_path / "q.tsv").write_text("q1\tDamen Herren\n")
    arguments = ("batch-search", "--user", "demo", "--queries", str(tmp_path / "q.tsv"))
    done = commands.run(*arguments, "--run", str(tmp_path / "o.trec"), "--unit", "document")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "o.trec").read_text().startswith("q1 Q0 Akte%201/Brief.pdf 1 ")


def test_a_run_on_standard_output_stands_alone_there(commands: Commands, tmp_path: Path) -> None:
    (tmp_path / "q.tsv").write_text(f"lang\t{'Damen ' * 65}\n")
    done = commands.run("batch-search", "--user", "demo", "--queries", str(tmp_path / "q.tsv"), "--run", "-")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"lang Q0 Akte%201/Brief.pdf#1 1 {done.stdout.split()[4]} aktensuche\n"
    assert "nur der Anfang wird gesucht" in done.stderr
    assert "1 Anfrage, 1 mit Treffern, geschrieben auf die Standardausgabe" in done.stderr


def test_text_without_a_word_is_wrong_usage(commands: Commands) -> None:
    refused = commands.run("search", "(((", "--user", "demo")
    assert refused.returncode == 2
    assert "nichts, wonach sich suchen lässt" in refused.stderr


def test_searching_on_the_command_line_can_be_switched_off(commands: Commands) -> None:
    refused = commands.run("search", "Damen", "--user", "demo", AKTENSUCHE_CLI_SEARCH="false")
    assert refused.returncode == 2
    assert "abgeschaltet" in refused.stderr


def test_without_the_engine_a_search_says_what_is_missing(commands: Commands) -> None:
    missing = commands.run("search", "Damen", "--user", "demo", AKTENSUCHE_OPENSEARCH_URL="http://127.0.0.1:9")
    assert missing.returncode == 3
    assert "nicht erreichbar" in missing.stderr and "aktensuche up" not in missing.stderr
    assert "http://127.0.0.1:9 " in missing.stderr and "AKTENSUCHE_OPENSEARCH_URL" in missing.stderr


def test_a_taken_port_is_named(commands: Commands, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with commands.serve(tmp_path / "bereit", "--port", str(port)) as process:
            _, errors = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "port_taken" in errors and str(port) in errors


def test_the_server_ends_in_order(commands: Commands, tmp_path: Path) -> None:
    with commands.serve(tmp_path / "bereit", "--port", "0") as process:
        url = wait_for(tmp_path / "bereit", process)
        with urlopen(f"{url}/health/ready", timeout=30) as answer:
            assert answer.read() == b"ok"
        children = workers_of(process)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        assert url in output
        assert not psutil.wait_procs(children, timeout=30)[1]


def test_a_killed_server_leaves_nothing_behind(commands: Commands, tmp_path: Path) -> None:
    with commands.serve(tmp_path / "bereit", "--port", "0") as process:
        url = wait_for(tmp_path / "bereit", process)
        children = workers_of(process)
        process.kill()
        process.communicate(timeout=30)
        assert not psutil.wait_procs(children, timeout=30)[1]
    with pytest.raises(URLError):
        urlopen(url, timeout=5)


def workers_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Once both workers are there; the address is announced before they are."""
    deadline = time.monotonic() + 30
    while len(found := psutil.Process(process.pid).children(recursive=True)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def wait_for(ready: Path, process: subprocess.Popen[str]) -> str:
    deadline = time.monotonic() + 60
    while not ready.exists():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return ready.read_text().strip()
