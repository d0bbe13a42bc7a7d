"""`aktensuche up` and `aktensuche down`."""

from __future__ import annotations

import click

from casefile.settings import load_settings
from engine import control


def _say(line: str) -> None:
    click.echo(line, err=True)


@click.command()
def up() -> None:
    """Suchmaschine und Tika starten (oder wieder in Gang bringen)."""
    started = control.start(load_settings(), _say)
    click.echo("Die Dienste laufen." if started else "Die Dienste laufen bereits.")


@click.command()
def down() -> None:
    """Suchmaschine und Tika beenden."""
    stopped = control.stop(load_settings())
    click.echo("Die Dienste sind beendet." if stopped else "Es lief nichts.")
