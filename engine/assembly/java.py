"""Find a Java that runs OpenSearch: version 21 or newer, asked of the program itself, with the full set of locales.

Also used by the set-up, before any package is installed: the standard library only.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casefile.errors import EnvironmentFault

MINIMUM_JAVA = 21
JVM_ROOT = Path("/usr/lib/jvm")
# OpenSearch loads Thai break data when it builds its analyzers; runtimes cut down to the essentials lack the module.
NEEDED_MODULE = "jdk.localedata"
INSTALL_ADVICE = (
    "Ein JDK oder JRE ab Version 21 installieren: Debian 13 und Ubuntu ab 22.04 "
    "„apt-get install openjdk-21-jre-headless“; Debian 12 hat keines, dort das Paket „temurin-21-jre“ oder "
    "„temurin-25-jdk“ von Eclipse Temurin. "
    "Liegt es an anderer Stelle: AKTENSUCHE_JAVA_HOME auf den Ordner setzen."
)


@dataclass(frozen=True)
class Java:
    """A Java runtime: the path of its `java` program and its feature version (25 for 25.0.1)."""

    program: Path
    version: int


def parse_version(output: str) -> int | None:
    """The feature version from what `java -version` prints; `1.8.0_392` is 8; None if there is none to see."""
    match = re.search(r'version "(\d+)(?:\.(\d+))?', output)
    if match is None:
        return None
    major = int(match[1])
    return int(match[2]) if major == 1 and match[2] else major


def find_java(java_home: Path | None = None, jvm_root: Path = JVM_ROOT) -> Java:
    """The first suitable Java: `java_home` if it is given (then no other), JAVA_HOME, PATH, /usr/lib/jvm.

    Raises EnvironmentFault `java_missing`, `java_too_old` or `java_incomplete`.
    """
    seen: list[Java] = []
    for program in _candidates(java_home, jvm_root):
        java = _inspect(program)
        if java is None:
            continue
        if java.version >= MINIMUM_JAVA and _has_locales(java):
            return java
        seen.append(java)
    raise _fault(seen, java_home)


def _candidates(java_home: Path | None, jvm_root: Path) -> Iterator[Path]:
    """Distinct programs; a path and its links count once."""
    if java_home:
        yield java_home / "bin" / "java"
        return
    found = [Path(home) / "bin" / "java" for home in [os.environ.get("JAVA_HOME")] if home]
    found += [Path(path) for path in [shutil.which("java")] if path]
    found += sorted(jvm_root.glob("*/bin/java"), key=_version_in_name, reverse=True)
    seen: set[Path] = set()
    for program in found:
        resolved = program.resolve()
        if resolved not in seen:
            seen.add(resolved)
            yield resolved


def _version_in_name(program: Path) -> int:
    """25 for `temurin-25-jdk-amd64`; only decides which is asked first."""
    numbers = re.findall(r"\d+", re.sub(r"amd64|aarch64|x64", "", program.parent.parent.name))
    return max((int(number) for number in numbers), default=0)


def _inspect(program: Path) -> Java | None:
    output = _ask(program, "-version")
    version = parse_version(output) if output else None
    return Java(program, version) if version else None


def _has_locales(java: Java) -> bool:
    return NEEDED_MODULE in _ask(java.program, "--list-modules")


def _ask(program: Path, option: str) -> str:
    try:
        answer = subprocess.run([program, option], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout + answer.stderr if answer.returncode == 0 else ""


def _fault(seen: list[Java], java_home: Path | None) -> EnvironmentFault:
    if not seen:
        where = f" in {java_home} (AKTENSUCHE_JAVA_HOME)" if java_home else ""
        return EnvironmentFault("java_missing", f"Es wurde kein Java gefunden{where}.", INSTALL_ADVICE)
    listed = ", ".join(f"Java {java.version} ({java.program})" for java in seen)
    if all(java.version < MINIMUM_JAVA for java in seen):
        message = f"Das gefundene Java ist zu alt: {listed}. OpenSearch braucht Version {MINIMUM_JAVA} oder neuer."
        return EnvironmentFault("java_too_old", message, INSTALL_ADVICE)
    message = f"Das gefundene Java ist zu alt oder unvollständig (Modul {NEEDED_MODULE} fehlt): {listed}."
    return EnvironmentFault("java_incomplete", message, INSTALL_ADVICE)
