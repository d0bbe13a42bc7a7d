"""`python -m stock.samples`: the twelve sample cases into a folder."""

from __future__ import annotations

from pathlib import Path

import click

from casefile.errors import UsageFault
from stock.samples.build import build


@click.command()
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--truth", type=click.Path(path_type=Path), required=True)
def main(seed: int, out: Path, truth: Path) -> None:
    """Die zwölf Musterakten nach OUT schreiben, die Wahrheit über sie nach TRUTH."""
    try:
        report = build(seed, out, truth)
    except UsageFault as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{report.cases} Akten, {report.documents} Dokumente, {report.pages} Seiten")
    click.echo(f"Nur im Scan: {report.scan_only_word}")


if __name__ == "__main__":
    main()
