"""Eight attacks on the audit log, a hundred times each by three attackers: how many of them are found."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench import Figure
from tests.attacks import ATTACKS, Attacker, prepare, restore, undetected
from tests.logs import opened

TIMES = 100


def figures() -> Iterable[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        original, attacked = Path(folder) / "vorlage", Path(folder) / "angegriffen"
        prepare(original)
        shutil.copytree(original, attacked)
        with opened(attacked) as log:
            for name in ATTACKS:
                for attacker in Attacker:
                    found = 0
                    for seed in range(TIMES):
                        restore(original, log)
                        found += not undetected(log, name, attacker, seed)
                    who = attacker.name.lower()
                    yield Figure(f"{name} by who writes {who}, found", found, f"of {TIMES}")
