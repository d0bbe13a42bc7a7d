"""Looks for known vulnerabilities in the locked packages: `python -m tools.vulnerabilities`, part of `make lint`.

Where the index gives no answer (no network, or a mirror that does not know about vulnerabilities), it says for how many
packages, and does not fail: the project must build on a machine without network.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from casefile.settings import PROJECT

LOCKED = ("requirements/runtime.txt", "requirements/dev.txt")
# The lock files name every package with its version, so nothing has to be resolved.
AUDIT = ("-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner", "off", "--timeout", "15", "-f", "json")
WAIT_S = 120


def main() -> int:
    answer = _audit()
    if answer is None:
        return _say("Schwachstellen wurden nicht gesucht: keine Antwort (kein Netz?).", 0)
    skipped = sum("skip_reason" in package for package in answer)
    found = [(package, entry) for package in answer for entry in package.get("vulns", ())]
    for package, entry in found:
        mended = ", ".join(entry["fix_versions"]) or "noch keine"
        _say(f"{package['name']} {package['version']}: {entry['id']}; behoben in Version: {mended}", 1)
    if skipped:
        _say(f"Schwachstellen: Zu {skipped} von {len(answer)} Paketen weiß dieses Verzeichnis nichts.", 0)
    return 1 if found else 0


def _audit() -> list[dict[str, Any]] | None:
    """One entry per package; None without an answer."""
    files = [argument for name in LOCKED for argument in ("-r", name)]
    command = [sys.executable, *AUDIT, *files]
    try:
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=WAIT_S)
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None
    return packages


def _say(text: str, status: int) -> int:
    sys.stderr.write(f"{text}\n")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
