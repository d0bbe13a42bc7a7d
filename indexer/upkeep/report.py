"""What the commands print for people."""

from __future__ import annotations

import json
from typing import Any

import click

from casefile.database.counts import Counts
from casefile.names import visible
from casefile.wording import counted, number
from indexer.upkeep.failures import Failure
from indexer.upkeep.verify import RootReport

DONE, FAILED = 0, 1  # exit status
as_json = click.option("--json", "as_json", is_flag=True, help="ein JSON-Dokument auf der Standardausgabe")

# code → what one of it is called, and several
FINDING_TEXTS = {
    "new": (
        "Datei im Quellordner, die noch nicht erfasst ist → „aktensuche index“",
        "Dateien im Quellordner, die noch nicht erfasst sind → „aktensuche index“",
    ),
    "changed": (
        "Datei, die sich seit dem Einlesen geändert hat → „aktensuche index“",
        "Dateien, die sich seit dem Einlesen geändert haben → „aktensuche index“",
    ),
    "gone": (
        "erfasste Datei, die im Quellordner fehlt → Quelle prüfen, dann „aktensuche index“",
        "erfasste Dateien, die im Quellordner fehlen → Quelle prüfen, dann „aktensuche index“",
    ),
    "altered_content": (
        "Datei, deren Inhalt sich ohne Spur in den Dateidaten geändert hat → Original prüfen",
        "Dateien, deren Inhalt sich ohne Spur in den Dateidaten geändert hat → Original prüfen",
    ),
    "unfinished": (
        "Datei, deren Bearbeitung nicht abgeschlossen ist → „aktensuche index“",
        "Dateien, deren Bearbeitung nicht abgeschlossen ist → „aktensuche index“",
    ),
    "unaccounted": (
        "Dokument, dessen Seitenzahl nicht aufgeht → „aktensuche retry“",
        "Dokumente, deren Seitenzahl nicht aufgeht → „aktensuche retry“",
    ),
    "missing_texts": (
        "Dokument, dessen erkannter Text verloren ist → „aktensuche migrate“, dann „aktensuche index“",
        "Dokumente, deren erkannter Text verloren ist → „aktensuche migrate“, dann „aktensuche index“",
    ),
    "damaged_texts": (
        "beschädigter Teil im Textspeicher → „aktensuche index“ liest es neu",
        "beschädigte Teile im Textspeicher → „aktensuche index“ liest es neu",
    ),
    "altered_pages": (
        "Seite, deren Rechte oder Text im Suchindex nicht stimmen → „aktensuche migrate --deep“",
        "Seiten, deren Rechte oder Text im Suchindex nicht stimmen → „aktensuche migrate --deep“",
    ),
    "missing_pages": (
        "Seite, die im Suchindex fehlt → „aktensuche migrate“",
        "Seiten, die im Suchindex fehlen → „aktensuche migrate“",
    ),
    "orphaned_pages": (
        "Seite im Suchindex ohne Nachweis → „aktensuche migrate“",
        "Seiten im Suchindex ohne Nachweis → „aktensuche migrate“",
    ),
    "missing_documents": (
        "Dokument, das im Suchindex fehlt → „aktensuche migrate“",
        "Dokumente, die im Suchindex fehlen → „aktensuche migrate“",
    ),
    "orphaned_documents": (
        "Dokument im Suchindex ohne Nachweis → „aktensuche migrate“",
        "Dokumente im Suchindex ohne Nachweis → „aktensuche migrate“",
    ),
    "altered_documents": (
        "Dokument, dessen Rechte im Suchindex nicht stimmen → „aktensuche migrate“",
        "Dokumente, deren Rechte im Suchindex nicht stimmen → „aktensuche migrate“",
    ),
    "missing_cases": (
        "Akte, die im Suchindex fehlt → „aktensuche migrate“",
        "Akten, die im Suchindex fehlen → „aktensuche migrate“",
    ),
    "orphaned_cases": (
        "Akte im Suchindex ohne Nachweis → „aktensuche migrate“",
        "Akten im Suchindex ohne Nachweis → „aktensuche migrate“",
    ),
    "altered_cases": (
        "Akte, deren Rechte im Suchindex nicht stimmen → „aktensuche migrate“",
        "Akten, deren Rechte im Suchindex nicht stimmen → „aktensuche migrate“",
    ),
    "stale_cases": (
        "Akte, deren geändertes Deckblatt noch nicht im Suchindex steht → „aktensuche index“",
        "Akten, deren geändertes Deckblatt noch nicht im Suchindex steht → „aktensuche index“",
    ),
}


SECOND_READER_MISSING = (
    "Das zweite Leseprogramm ist nicht installiert: unsichere Wörter werden nur einmal gelesen. Mit „make setup“ "
    "einrichten oder mit AKTENSUCHE_OCR_SECOND_OPINION=false abschalten."
)


def print_status(source: Counts, embedded: Counts, report: dict[str, Any]) -> None:
    files, pages = source.files, source.pages
    click.echo(
        f"Dateien: {number(files.total)} = {number(files.searchable)} durchsuchbar + {number(files.partial)} teilweise"
        f" + {number(files.blank)} leer + {number(files.failed)} fehlgeschlagen + {number(files.ignored)} ohne"
        f" Akteninhalt + {number(files.pending)} offen"
    )
    for label, part in (("Seiten", pages), ("Seiten in Anlagen", embedded.pages)):
        click.echo(
            f"{label}: {number(part.total)} = {number(part.searchable)} durchsuchbar + {number(part.partial)} teilweise"
            f" + {number(part.blank)} leer + {number(part.failed)} fehlgeschlagen + {number(part.pending)} offen"
        )
    if report.get("interrupted"):
        click.echo("Unterbrochen; derselbe Befehl setzt fort.")
    if report.get("running"):
        hosts = ", ".join(report.get("hosts", ()))
        click.echo(f"Läuft gerade auf {hosts}: {pace_text(report.get('pages_per_second'), report.get('eta_seconds'))}")
    if report.get("second_reader_missing"):
        click.echo(SECOND_READER_MISSING)
    if any(part.failed or part.partial for part in (pages, embedded.pages)):
        click.echo("Was fehlt und was zu tun ist: aktensuche failures")


def pace_text(pages_per_second: float | None, eta_seconds: float | None) -> str:
    rate = "Durchsatz noch unbekannt" if pages_per_second is None else f"{pages_per_second} Seiten/s".replace(".", ",")
    if eta_seconds is None:
        return rate
    return f"{rate}, noch etwa {counted(max(1, round(eta_seconds / 60)), 'Minute', 'Minuten')}"


def print_failures(found: list[Failure]) -> None:
    if not found:
        click.echo("Alles ist vollständig durchsuchbar oder leer.")
    for failure in found:
        page = f", Seite {failure.page}" if failure.page else ""
        click.echo(visible(f"{failure.path}{page}: {failure.code}. {failure.detail or failure.remedy}"))
        if failure.detail and failure.detail != failure.remedy:
            click.echo(f"    {failure.remedy}")


def print_reports(reports: list[RootReport]) -> None:
    for report in reports:
        verdict = "alles erklärt" if report.ok else "NICHT alles erklärt"
        pages = report.source.pages
        click.echo(
            f"{visible(report.root)}: {verdict}. {counted(report.source_files, 'Datei', 'Dateien')} im Quellordner;"
            f" {counted(pages.total, 'Seite', 'Seiten')} = {number(pages.searchable)} durchsuchbar"
            f" + {number(pages.partial)} teilweise + {number(pages.blank)} leer"
            f" + {number(pages.failed)} mit Grund gemeldet + {number(pages.pending)} offen"
        )
        if report.reported:
            reasons = ", ".join(f"{number(count)} {reason}" for reason, count in report.reported.items())
            click.echo(f"  Nicht durchsuchbare Seiten nach Grund, mit Anlagen: {reasons} → „aktensuche failures“")
        if report.incomplete:
            reasons = ", ".join(f"{number(count)} {reason}" for reason, count in report.incomplete.items())
            click.echo(f"  Teilweise durchsuchbare Seiten nach Grund, mit Anlagen: {reasons} → „aktensuche failures“")
        for code, finding in report.findings.items():
            if finding.count:
                click.echo(f"  {counted(finding.count, *FINDING_TEXTS[code])}")
                for example in finding.examples[:5]:
                    click.echo(f"    {visible(example)}")
    if not reports:
        click.echo("Es ist noch kein Bestand eingelesen.")


def print_migration_due(*, due: bool) -> None:
    if due:
        click.echo(
            "Der Suchindex hat einen älteren Stand als das Programm → „aktensuche migrate“; bis dahin gilt der alte."
        )


def print_json(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=str))
