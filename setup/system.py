"""System packages: what is missing is installed as root on a Debian-like system, and named exactly everywhere else."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casefile.errors import EnvironmentFault
from casefile.tessdata import find_models
from engine.assembly.java import find_java
from setup.console import step

LIST = Path(__file__).parent / "packages.toml"
TRUE = ("1", "true", "yes", "on")


@dataclass(frozen=True)
class Package:
    """A need of the program and the packages that fill it, best first."""

    names: tuple[str, ...]
    purpose: str
    needs: str
    why: str
    elsewhere: str


def read_packages(path: Path = LIST) -> tuple[Package, ...]:
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["packages"]
    return tuple(
        Package(tuple(e["names"]), e["purpose"], e["needs"], e["why"], e.get("elsewhere", "")) for e in entries
    )


def ensure(*, tests: bool) -> None:
    """Raises EnvironmentFault `packages_missing` with the exact list where they cannot be installed here."""
    missing = missing_packages(tests=tests)
    if not missing:
        return
    if not may_install():
        raise _fault(missing, "")
    step(f"Systempakete installieren: {', '.join(package.names[0] for package in missing)}")
    problem = _install(missing)
    left = missing_packages(tests=tests)
    if left:
        raise _fault(left, problem)


def missing_packages(*, tests: bool) -> list[Package]:
    wanted = ("run", "demo", "test") if tests else ("run", "demo")
    return [package for package in read_packages() if package.purpose in wanted and not is_met(package.needs)]


def is_met(need: str) -> bool:
    kind, _, name = need.partition(":")
    try:
        match kind:
            case "command":
                return shutil.which(name) is not None
            case "module":
                return importlib.util.find_spec(name) is not None
            case "file":
                return Path(name).is_file()
            case "java":
                return bool(find_java(_path("AKTENSUCHE_JAVA_HOME")))
            case _:
                return bool(find_models(name, _path("AKTENSUCHE_TESSDATA")))
    except EnvironmentFault:
        return False


def _path(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value) if value else None


def may_install() -> bool:
    forbidden = os.environ.get("AKTENSUCHE_NO_INSTALL", "").lower() in TRUE
    return not forbidden and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install(missing: Sequence[Package]) -> str:
    """Returns what went wrong, empty if nothing did. Each need by itself: one that cannot be met stops no other."""
    if any(_offered(package) is None for package in missing):
        _apt("update")
    problems = []
    for package in missing:
        name = _offered(package)
        if name is None:
            problems.append(f"{package.names[0]} gibt es in dieser Distribution nicht")
            continue
        output = _apt("install", "--yes", "--no-install-recommends", name)
        if output and (_apt("update") or _apt("install", "--yes", "--no-install-recommends", name)):
            problems.append(output)
    return "; ".join(problems)


def _offered(package: Package) -> str | None:
    """The first of its names that the package sources have."""
    for name in package.names:
        answer = subprocess.run(["apt-cache", "policy", name], capture_output=True, text=True, check=False, env=_env())
        candidates = [line for line in answer.stdout.splitlines() if line.strip().startswith("Candidate:")]
        if candidates and "(none)" not in candidates[0]:
            return name
    return None


def _apt(*arguments: str) -> str:
    """The last line of the error output; empty on success."""
    answer = subprocess.run(["apt-get", "-q", *arguments], capture_output=True, text=True, check=False, env=_env())
    if answer.returncode == 0:
        return ""
    return (answer.stderr.strip().splitlines() or [f"apt-get {arguments[0]}: Status {answer.returncode}"])[-1]


def _env() -> dict[str, str]:
    return os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}


def _fault(missing: Sequence[Package], problem: str) -> EnvironmentFault:
    listed = "".join(f"\n  - {' oder '.join(package.names)}: {package.why}" for package in missing)
    reason = f"\n  ({problem})" if problem else ""
    return EnvironmentFault("packages_missing", f"Es fehlen Systempakete:{listed}{reason}", _advice(missing))


def _advice(missing: Sequence[Package]) -> str:
    """The very command, and what it cannot bring."""
    # Without package lists (a fresh image) nothing is offered: then the usual names are the best advice.
    offered = {package: _offered(package) for package in missing} if shutil.which("apt-cache") else {}
    elsewhere = [package.elsewhere for package in missing if package.elsewhere and not offered.get(package)]
    names = [offered.get(p) or p.names[0] for p in missing if offered.get(p) or not p.elsewhere]
    command = [f"Als root „apt-get install {' '.join(names)}“ ausführen."] if names else []
    return " ".join([*command, *elsewhere, "Dann denselben Befehl wiederholen."])
