"""The `aktensuche` command: a table of contents. Each command lives beside the code it calls and is loaded on use."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable

import click

from aktensuche.usage import told
from casefile import __version__
from casefile.errors import AktensucheError
from casefile.wording import os_message

# command → module that defines it as a click command of that name (dashes become underscores)
COMMANDS = {
    "up": "engine.cli",
    "down": "engine.cli",
    "index": "indexer.cli",
    "work": "indexer.cli",
    "status": "indexer.cli",
    "failures": "indexer.cli",
    "retry": "indexer.cli",
    "verify": "indexer.upkeep.cli",
    "migrate": "indexer.upkeep.cli",
    "search": "search_ui.cli",
    "batch-search": "search_ui.cli",
    "serve": "search_ui.cli",
    "users": "oversight.users_cli",
    "rights": "oversight.access.cli",
    "audit": "oversight.audit_cli",
    "witness": "oversight.witness_cli",
    "demo": "aktensuche.demo",
    "demo-stop": "aktensuche.demo",
}
# Called by the Makefile; not part of an administrator's daily work.
HIDDEN = ("demo", "demo-stop")


class LazyGroup(click.Group):
    """Imports a command's module only when it is called: `status` must not load the OCR engine."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return [name for name in COMMANDS if name not in HIDDEN]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name])
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Volltextsuche über digitalisierte Akten."""


def run(command: Callable[..., object]) -> int:
    """Exit status: 0 done, 1 done but something failed, 2 wrong usage, 3 the environment is missing something."""
    try:
        result = command(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.ClickException as error:
        click.echo(told(error), err=True)
        return 2
    except click.Abort:
        click.echo("Abgebrochen.", err=True)
        return 1
    except AktensucheError as error:
        click.echo(f"Fehler ({error.code}): {error.message}", err=True)
        if error.remedy:
            click.echo(f"Abhilfe: {error.remedy}", err=True)
        return error.exit_status
    except OSError as error:
        return _report_os_error(error)
    return result if isinstance(result, int) else 0


def _report_os_error(error: OSError) -> int:
    place = f": {error.filename}" if error.filename else ""
    click.echo(f"Fehler (os_{error.errno}): {os_message(error)}{place}", err=True)
    click.echo("Abhilfe: Speicherplatz, Rechte und Pfad prüfen, dann denselben Befehl wiederholen.", err=True)
    return 3


def main() -> None:
    # What is written holds personal data: for this user alone, whatever the shell says.
    os.umask(0o077)
    sys.exit(run(cli))
