"""What the commands print for people."""

from __future__ import annotations

from typing import Any

import click

from casefile.counts import Counts
from indexer.failures import Failure
from indexer.verify import FINDING_TEXTS, RootReport


def number(value: int) -> str:
    """1234567 → 1.234.567"""
    return f"{value:,}".replace(",", ".")


def print_status(source: Counts, embedded: Counts, report: dict[str, Any]) -> None:
    files, pages = source.files, source.pages
    click.echo(
        f"Dateien: {number(files.total)} = {number(files.searchable)} durchsuchbar + {number(files.partial)} teilweise"
        f" + {number(files.blank)} leer + {number(files.failed)} fehlgeschlagen + {number(files.ignored)} ohne"
        f" Akteninhalt + {number(files.pending)} offen"
    )
    for label, part in (("Seiten", pages), ("Seiten in Anlagen", embedded.pages)):
        click.echo(
            f"{label}: {number(part.total)} = {number(part.searchable)} durchsuchbar + {number(part.blank)} leer"
            f" + {number(part.failed)} fehlgeschlagen + {number(part.pending)} offen"
        )
    if report.get("interrupted"):
        click.echo("Unterbrochen; derselbe Befehl setzt fort.")
    if report.get("running"):
        rate, eta = report.get("pages_per_second"), report.get("eta_seconds")
        click.echo(f"Läuft gerade: {rate} Seiten/s" + (f", noch etwa {round(eta / 60)} min" if eta else ""))
    if pages.failed or embedded.pages.failed:
        click.echo("Was fehlt und was zu tun ist: aktensuche failures")


def print_failures(found: list[Failure]) -> None:
    if not found:
        click.echo("Alles ist durchsuchbar oder leer.")
    for failure in found:
        page = f", Seite {failure.page}" if failure.page else ""
        click.echo(f"{failure.path}{page}: {failure.code}. {failure.detail or failure.remedy}")
        if failure.detail and failure.detail != failure.remedy:
            click.echo(f"    {failure.remedy}")


def print_reports(reports: list[RootReport]) -> None:
    for report in reports:
        verdict = "alles erklärt" if report.ok else "NICHT alles erklärt"
        pages = report.source.pages
        click.echo(
            f"{report.root}: {verdict}. {number(report.source_files)} Dateien im Quellordner; {number(pages.total)}"
            f" Seiten = {number(pages.searchable)} durchsuchbar + {number(pages.blank)} leer"
            f" + {number(pages.failed)} mit Grund gemeldet + {number(pages.pending)} offen"
        )
        for code, finding in report.findings.items():
            if finding.count:
                click.echo(f"  {number(finding.count)} {FINDING_TEXTS[code]}")
                for example in finding.examples[:5]:
                    click.echo(f"    {example}")
    if not reports:
        click.echo("Es ist noch kein Bestand eingelesen.")
