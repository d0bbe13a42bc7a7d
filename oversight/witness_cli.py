"""`aktensuche witness`: the second party's program. It needs its own folder and nothing of the instance it watches."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import click

from casefile.wording import counted
from oversight.log.formats.checkpoint import parse_checkpoint
from oversight.witness import Refusal, create_witness, open_witness

FOLDER = click.Path(file_okay=False, path_type=Path)
REFUSED = 1


@click.group()
def witness() -> None:
    """Zeuge für das Zugriffsprotokoll: bei Datenschutz, Personalrat oder einer anderen Behörde."""


@witness.command("init")
@click.argument("folder", type=FOLDER)
@click.option("--name", required=True, help="Name des Zeugen, etwa datenschutz.amt.example/zeuge")
@click.option("--log", "logs", multiple=True, required=True, help="Schlüssel, wie „aktensuche audit key“ ihn ausgibt")
def init(folder: Path, name: str, logs: tuple[str, ...]) -> None:
    """Einrichten: legt im Ordner einen Schlüssel an und gibt seinen öffentlichen Teil aus."""
    click.echo(create_witness(folder, name, list(logs)).key.verifier)


@witness.command("cosign")
@click.argument("folder", type=FOLDER)
@click.argument("request", type=click.File(encoding="utf-8"))
def cosign(folder: Path, request: TextIO) -> int:
    """Eine Bitte („aktensuche audit request“; Datei oder -) prüfen und den Prüfpunkt mitunterschreiben."""
    try:
        click.echo(open_witness(folder).cosign(request.read()), nl=False)
    except Refusal as refusal:
        click.echo(f"Nicht bezeugt ({refusal.status}): {refusal}", err=True)
        if refusal.remembered is not None:
            click.echo(f"Neue Bitte: „aktensuche audit request --old {refusal.remembered} …“.", err=True)
        return REFUSED
    return 0


@witness.command("checkpoint")
@click.argument("folder", type=FOLDER)
def checkpoint(folder: Path) -> None:
    """Die zuletzt bezeugten Prüfpunkte ausgeben: für „aktensuche audit verify --checkpoint“."""
    opened = open_witness(folder)
    for log in opened.logs:
        note = opened.remembered(log.name)
        if note is None:
            click.echo(f"Für {log.name} wurde noch nichts bezeugt.", err=True)
            continue
        click.echo(f"{log.name}: {counted(parse_checkpoint(note.text).size, 'Eintrag', 'Einträge')}", err=True)
        click.echo(note.to_text(), nl=False)
