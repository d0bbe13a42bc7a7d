"""Fetch and assemble the engine: `python -m engine.assembly.provision [BUNDLE]`, run by the set-up. Repeatable."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from casefile.errors import AktensucheError
from casefile.storage.filelock import locked
from engine.assembly.artifacts import CACHE, fetch, read_lock
from engine.assembly.layout import Engine, assemble, locked_engine


def provision(bundle: Path | None = None) -> None:
    engine = locked_engine()
    if engine.root.is_dir():
        return
    with locked(CACHE / "provision.lock", wait=True):
        if not engine.root.is_dir():
            _fetch_and_assemble(engine, bundle)


def _fetch_and_assemble(engine: Engine, bundle: Path | None) -> None:
    artifacts = read_lock()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("Archive"))
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(f"OpenSearch {engine.opensearch_version} und Tika {engine.tika_version}")
        fetch(artifacts, lambda done, total: bar.update(task, completed=done, total=total), bundle)
    assemble(artifacts, engine)


def main(arguments: list[str]) -> int:
    try:
        provision(Path(arguments[0]) if arguments else None)
    except AktensucheError as error:
        click.echo(f"Fehler ({error.code}): {error.message}\nAbhilfe: {error.remedy}", err=True)
        return error.exit_status
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
