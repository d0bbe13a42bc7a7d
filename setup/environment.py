"""The virtual environment `.venv/`: pinned packages with checksums; a half-made one is finished."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from casefile.errors import EnvironmentFault
from setup.console import Counter, step

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".aktensuche-setup"
REQUIREMENTS = PROJECT / "requirements"
LOCKS = (REQUIREMENTS / "bootstrap.txt", REQUIREMENTS / "dev.txt", PROJECT / "engine" / "maven" / "jgo.lock.toml")
INPUTS = (*LOCKS, PROJECT / "pyproject.toml")
NETWORK_SIGNS = (
    "NewConnectionError",
    "ConnectionError",
    "Temporary failure in name resolution",
    "Network is unreachable",
    "ConnectTimeout",
    "ReadTimeout",
    "ProxyError",
    "Connection refused",
    "Max retries exceeded",
)
NETWORK_REMEDY = (
    "Netzverbindung und Proxy prüfen und denselben Befehl wiederholen; er geht dort weiter, wo er aufgehört hat. Ohne "
    "Netz: auf einer verbundenen Maschine „make bundle“ ausführen und das Archiv hier in bundle/ ablegen "
    "(docs/betrieb.md)."
)


def is_current() -> bool:
    return STAMP.is_file() and STAMP.read_text(encoding="utf-8") == _fingerprint() and _works()


def ensure(bundle: Path | None) -> None:
    """Raises EnvironmentFault `network_missing` or `python_packages`."""
    if is_current():
        return
    STAMP.unlink(missing_ok=True)
    _create()
    _repair()
    source = ["--no-index", "--find-links", str(bundle / "wheels")] if bundle else []
    _install("bootstrap.txt", source, "Werkzeuge zum Einrichten")
    _install("dev.txt", source, "Python-Pakete")
    _pip(["install", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(PROJECT)], None)


def mark_current() -> None:
    """Called when all of the set-up is done."""
    STAMP.write_text(_fingerprint(), encoding="utf-8")


def _fingerprint() -> str:
    digest = hashlib.sha256(sys.version.encode() + str(PROJECT).encode())
    for path in INPUTS:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _works() -> bool:
    """The environment's Python runs, is of this version, and has its pip."""
    wanted = f"{sys.version_info.major}.{sys.version_info.minor}"
    code = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() == wanted


def _create() -> None:
    if VENV.exists() and _works() and all(_is_whole(info) for info in _installed("pip-*")):
        return
    step("Virtuelle Umgebung .venv/ anlegen")
    if VENV.exists():
        shutil.rmtree(VENV)
    answer = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise EnvironmentFault(
            "venv_failed",
            f"Die virtuelle Umgebung lässt sich nicht anlegen: {(answer.stdout + answer.stderr).strip()[-300:]}",
            "Das Paket python3-venv installieren und denselben Befehl wiederholen.",
        )


def _repair() -> None:
    """Forget packages whose installation was cut off; pip would take them for installed."""
    for info in _installed("*"):
        if not _is_whole(info):
            shutil.rmtree(info)
    for leftover in VENV.glob("lib/python*/site-packages/~*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _installed(name: str) -> list[Path]:
    return list(VENV.glob(f"lib/python*/site-packages/{name}.dist-info"))


def _is_whole(info: Path) -> bool:
    """RECORD, which pip writes last, is there, and so is every file that it lists."""
    record = info / "RECORD"
    if not record.is_file():
        return False
    with record.open(encoding="utf-8", newline="") as lines:
        names = [row[0] for row in csv.reader(lines) if row]
    return all((info.parent / name).exists() for name in names if not name.endswith(".pyc"))


def _install(file: str, source: list[str], label: str) -> None:
    requirements = REQUIREMENTS / file
    total = len(re.findall(r"^[A-Za-z0-9].*==", requirements.read_text(encoding="utf-8"), re.MULTILINE))
    step(f"{label} installieren ({total}, jedes mit Prüfsumme)")
    counter = Counter("geladen", total)
    options = ["--require-hashes", "--no-deps", "--no-build-isolation", "--progress-bar", "off", "--retries", "2"]
    _pip(["install", *options, *source, "-r", str(requirements)], counter)
    counter.finish()


def _pip(arguments: list[str], counter: Counter | None) -> None:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            lines.append(line)
            if counter and line.startswith(("Collecting ", "Requirement already satisfied")):
                counter.advance()
    if process.returncode == 0:
        return
    output = "".join(lines)
    if any(sign in output for sign in NETWORK_SIGNS):
        raise EnvironmentFault("network_missing", "Die Python-Pakete können nicht geladen werden.", NETWORK_REMEDY)
    raise EnvironmentFault(
        "python_packages",
        f"Die Python-Pakete lassen sich nicht installieren:\n{''.join(lines[-6:]).rstrip()}",
        "Meldung prüfen und denselben Befehl wiederholen.",
    )
