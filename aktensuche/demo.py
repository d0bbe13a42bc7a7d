"""`aktensuche demo`: from nothing to a searchable stock of sample cases. What has been done is not done again."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import click

from casefile.errors import EnvironmentFault
from casefile.settings import PREFIX, Settings, load_settings
from casefile.storage.atomic import PRIVATE, write_atomic
from casefile.storage.filelock import locked
from engine import control
from engine.machine import check_disk, check_port, free_port, port_is_free
from engine.processes import ProcessId, terminate, wait_gone, with_descendants
from indexer.extract.ocr.engines import chosen_engine

SEED = 1
ROOT = "demo"
READY_WITHIN = 60.0
STOP_PATIENCE = 15.0
# A machine that is still busy starting may refuse the first search in time for a person.
SEARCH_ATTEMPTS = 4
# Letters and digits that cannot be mistaken for each other when typed from a terminal.
ALPHABET = "abcdefghkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class DemoUser:
    name: str
    role: str
    units: tuple[str, ...]
    title: str


USERS = (
    DemoUser("demo", "lead", ("*",), "Leitung, sieht alle Akten"),
    DemoUser("leistung", "caseworker", ("Leistung 1", "Leistung 2"), "Sachbearbeitung, sieht Leistung 1 und 2"),
    DemoUser("revision", "auditor", ("*",), "Revision, sieht das Protokoll und keine Akte"),
    DemoUser("registratur", "records-admin", ("*",), "Registratur, vergibt Rechte"),
    DemoUser("technik", "system-admin", ("*",), "Technik, sieht den Zustand und keine Akte"),
)


@dataclass(frozen=True)
class Interface:
    """The running interface: its address and all its processes."""

    url: str
    processes: tuple[ProcessId, ...]


@click.command()
def demo() -> None:
    """Musterakten einrichten, indexieren und die Oberfläche starten."""
    settings = load_settings()
    check_disk(settings.home)
    chosen_engine(settings)
    with locked(settings.home / "run" / "demo.lock", wait=True):
        control.start(settings, _say)
        place = _build_stock(settings)
        passwords = _ensure_users(settings)
        _index(settings, place)
        interface = _ensure_interface(settings)
        word = _scan_only_word(settings, place)
    click.echo(_summary(interface, passwords, word))


@click.command()
def demo_stop() -> None:
    """Beenden, was `demo` gestartet hat."""
    settings = load_settings()
    interface = _read_interface(settings)
    if interface:
        _stop_interface(settings, interface)
    stopped = control.stop(settings)
    click.echo("Alles ist beendet." if stopped or interface else "Es lief nichts.")


def _say(line: str) -> None:
    click.echo(line, err=True)


def _run(settings: Settings, *arguments: str, stdin: str | None = None, quiet: bool = False) -> tuple[int, str]:
    """Call a command of the program as a user would; status and standard output."""
    answer = subprocess.run(
        [sys.executable, "-m", "aktensuche", *arguments],
        env=os.environ | control.as_environment(settings),
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if quiet else None,
        text=True,
        check=False,
    )
    return answer.returncode, answer.stdout


def _build_stock(settings: Settings) -> Path:
    """Sample cases in `akten/`, what is true of them in `wahrheit/`; built beside their place and renamed."""
    place = settings.home / "demo"
    if (place / "akten").is_dir():
        return place
    from stock.samples.build import build

    _say("Musterakten erzeugen …")
    half_done = settings.home / "demo.tmp"
    shutil.rmtree(half_done, ignore_errors=True)
    half_done.mkdir(parents=True)
    build(SEED, half_done / "akten", half_done / "wahrheit")
    shutil.rmtree(place, ignore_errors=True)
    half_done.rename(place)
    return place


def _ensure_users(settings: Settings) -> dict[str, str]:
    """Passwords are random and belong to this home: other users of the machine reach the loopback address too."""
    file = settings.home / "demo-zugang.json"
    passwords: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    for user in USERS:
        if user.name in passwords:
            continue
        password = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
        _add_user(settings, user, password)
        passwords[user.name] = password
        write_atomic(file, json.dumps(passwords, indent=1), mode=PRIVATE)
    return passwords


def _add_user(settings: Settings, user: DemoUser, password: str) -> None:
    units = [argument for unit in user.units for argument in ("--unit", unit)]
    add = ["users", "add", user.name, "--role", user.role, *units, "--password-stdin"]
    status, _ = _run(settings, *add, stdin=f"{password}\n", quiet=True)
    if status != 0:
        # The account is there and its password is not: an earlier call was cut off between the two.
        status, _ = _run(settings, "users", "set-password", user.name, "--password-stdin", stdin=f"{password}\n")
    if status != 0:
        raise EnvironmentFault(
            "demo_user", f"Das Konto „{user.name}“ lässt sich nicht anlegen.", "Siehe die Meldung darüber."
        )


def _index(settings: Settings, place: Path) -> None:
    """Status 1 is expected: one sample is encrypted, one is cut off, and both are reported."""
    _say("Musterakten einlesen …")
    status, output = _run(settings, "index", str(place / "akten"), "--root", ROOT)
    _say(output.rstrip())
    if status not in (0, 1):
        raise EnvironmentFault(
            "demo_index", "Die Musterakten ließen sich nicht einlesen.", "Siehe die Meldung darüber."
        )


def _interface_file(settings: Settings) -> Path:
    return settings.home / "run" / "demo.json"


def _read_interface(settings: Settings) -> Interface | None:
    try:
        raw = json.loads(_interface_file(settings).read_text(encoding="utf-8"))
        return Interface(raw["url"], tuple(ProcessId(**process) for process in raw["processes"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _ensure_interface(settings: Settings) -> Interface:
    known = _read_interface(settings)
    wanted_port = settings.web_port if "web_port" in settings.model_fields_set else 0
    fits = known and (not wanted_port or known.url.endswith(f":{wanted_port}/"))
    if known and fits and all(process.alive() for process in known.processes) and _answers(known.url):
        return known
    if known:
        _stop_interface(settings, known)
    port = _choose_port(settings, wanted_port, known)
    return _start_interface(settings, port)


def _choose_port(settings: Settings, wanted: int, known: Interface | None) -> int:
    """One that was asked for must be free; else the one of last time, the usual one, any."""
    if wanted:
        check_port(wanted, f"{PREFIX}WEB_PORT", settings.web_host)
        return wanted
    usual = [int(known.url.rstrip("/").rpartition(":")[2])] if known else []
    usual.append(settings.web_port)
    return next((port for port in usual if port and port_is_free(port, settings.web_host)), 0) or free_port()


def _start_interface(settings: Settings, port: int) -> Interface:
    url = f"http://{settings.web_host}:{port}/"
    log = settings.home / "logs" / "serve.log"
    log.parent.mkdir(exist_ok=True)
    environment = os.environ | control.as_environment(settings) | {f"{PREFIX}WEB_PORT": str(port)}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "aktensuche", "serve"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    # On record at once: a call that is cut off here must not leave a process that nobody knows.
    _record(settings, Interface(url, with_descendants(process.pid)))
    deadline = time.monotonic() + READY_WITHIN
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            terminate(with_descendants(process.pid), STOP_PATIENCE)
            raise EnvironmentFault(
                "demo_serve", "Die Oberfläche startet nicht.", f"Die Ursache steht in {log}; danach „make demo“."
            )
        time.sleep(0.2)
    return _record(settings, Interface(url, with_descendants(process.pid)))


def _record(settings: Settings, interface: Interface) -> Interface:
    write_atomic(_interface_file(settings), json.dumps(asdict(interface)), mode=PRIVATE)
    return interface


def _stop_interface(settings: Settings, interface: Interface) -> None:
    family: Iterable[ProcessId] = interface.processes
    master = interface.processes[0] if interface.processes else None
    if master and master.alive():
        family = dict.fromkeys([*with_descendants(master.pid), *interface.processes])
    if terminate(family, STOP_PATIENCE) or wait_gone(family, 1):
        raise EnvironmentFault(
            "demo_stop", "Die Oberfläche lässt sich nicht beenden.", "Als der Benutzer wiederholen, der sie startete."
        )
    _interface_file(settings).unlink(missing_ok=True)


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=3):  # noqa: S310 - the interface's own address
            return True
    except HTTPError as error:
        error.close()
        return error.code < 500
    except (URLError, OSError):
        return False


def _scan_only_word(settings: Settings, place: Path) -> str:
    """A word that stands on a scanned page and in no text layer, and that a search really finds."""
    refused = ""
    for attempt in range(SEARCH_ATTEMPTS):
        time.sleep(attempt)
        for word in _candidates(place / "wahrheit"):
            status, output = _run(settings, "search", word, "--user", "demo", "--json", quiet=True)
            if status != 0:
                refused = f" (die Suche endete mit Status {status})"
                break
            if json.loads(output)["hits"]:
                return word
    raise EnvironmentFault(
        "demo_word",
        f"Kein Wort der gescannten Musterseiten wurde gefunden{refused}.",
        f"„aktensuche failures“ und die Protokolle in {settings.home / 'logs'} ansehen.",
    )


def _candidates(truth: Path) -> list[str]:
    words: list[str] = json.loads((truth / "scan-only.json").read_text(encoding="utf-8"))
    return words


def _summary(interface: Interface, passwords: dict[str, str], word: str) -> str:
    logins = "\n".join(f"  {user.name:<12} {passwords[user.name]}   ({user.title})" for user in USERS)
    return (
        f"\nDie Aktensuche läuft.\nAdresse: {interface.url}\nAnmeldung (Benutzer, Kennwort):\n{logins}\n"
        f"Beenden: make demo-stop\nDieses Wort steht nur im Scan: {word}"
    )
