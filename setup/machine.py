"""Everything a fresh machine needs, in order. Every step is cheap where it has been done."""

from __future__ import annotations

import fcntl
import subprocess
import time

from casefile.errors import AktensucheError
from setup import bundle, environment, system
from setup.console import step

LOCK = environment.PROJECT / ".cache" / "setup.lock"


class SetupFailed(AktensucheError):
    """A step that runs as a program of its own has failed and has said why."""

    exit_status = 3


def prepare(*, tests: bool) -> None:
    began = time.monotonic()
    if environment.is_current():
        # Nothing is written where all is done: an ordinary user may use what root has set up.
        system.ensure(tests=tests)
        _provision_engine([])
    else:
        _prepare_anew(tests=tests)
    step(f"Einrichtung vollständig ({time.monotonic() - began:.0f} s)")


def _prepare_anew(*, tests: bool) -> None:
    source = bundle.find()
    if source:
        bundle.check(source)
        bundle.offer_models(source)
    system.ensure(tests=tests)
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        environment.ensure(source)
        _provision_engine([str(source)] if source else [])
        environment.mark_current()
        bundle.forget_unpacked()


def _provision_engine(arguments: list[str]) -> None:
    command = [str(environment.PYTHON), "-m", "engine.assembly.provision", *arguments]
    if subprocess.run(command, cwd=environment.PROJECT, check=False).returncode != 0:
        raise SetupFailed(
            "engine_missing", "Die Programmdateien von OpenSearch und Tika fehlen.", "Siehe die Meldung darüber."
        )
