"""A wrong call in German: what the command-line library says in English follows behind „Technisch:“."""

from __future__ import annotations

import click

from casefile.wording import caused


def told(error: click.ClickException) -> str:
    """Two lines: what is wrong with the call, and what to do."""
    ctx = getattr(error, "ctx", None)
    command = ctx.command_path if ctx is not None else "aktensuche"
    return f"Fehler (usage): {_sentence(error)}\nAbhilfe: „{command} --help“ zeigt, wie der Befehl aufgerufen wird."


def _sentence(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        return f"Die Option {error.option_name} gibt es nicht.{_meant(error.possibilities)}"
    if isinstance(error, click.NoSuchCommand):
        return f"Den Befehl „{error.command_name}“ gibt es nicht.{_meant(error.possibilities)}"
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return f"Es fehlt: {_name(error.param)}.{_choices(error.param)}"
    if isinstance(error, click.BadParameter) and error.param is not None:
        choices = _choices(error.param)
        wrong = f"Der Wert von {_name(error.param)} ist nicht möglich."
        return f"{wrong}{choices}" if choices else caused(wrong, error.message)
    if isinstance(error, click.BadOptionUsage):
        return caused(f"Die Option {error.option_name} ist falsch benutzt.", error.message)
    return caused("Der Aufruf ist falsch.", error.format_message())


def _name(param: click.Parameter) -> str:
    return param.human_readable_name if isinstance(param, click.Argument) else "/".join(param.opts)


def _choices(param: click.Parameter) -> str:
    return f" Möglich: {', '.join(map(str, param.type.choices))}." if isinstance(param.type, click.Choice) else ""


def _meant(possibilities: list[str] | None) -> str:
    return f" Gemeint ist vielleicht: {', '.join(possibilities)}." if possibilities else ""
