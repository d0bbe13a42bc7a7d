"""`aktensuche search | batch-search | serve`."""

from __future__ import annotations

from pathlib import Path

import click

from casefile.database.events import Channel
from casefile.errors import UsageFault
from casefile.facets import FACETS
from casefile.settings import Settings, load_settings
from casefile.wording import counted, number
from oversight.audit import Actor

_FILTERS = ", ".join((*(facet.form for facet in FACETS), "von", "bis", "akte"))


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0: ein freier (sonst AKTENSUCHE_WEB_PORT)")
@click.option("--ready-file", type=click.Path(path_type=Path), help="Datei, in die die Adresse geschrieben wird")
def serve(port: int | None, ready_file: Path | None) -> None:
    """Die Oberfläche bereitstellen (bis SIGTERM oder Strg+C)."""
    from search_ui import serving

    settings = load_settings()
    serving.serve(settings if port is None else settings.model_copy(update={"web_port": port}), ready_file)


@click.command()
@click.argument("text")
@click.option("--user", required=True, help="Konto, mit dessen Rechten gesucht wird")
@click.option("--filter", "filters", multiple=True, metavar="NAME=WERT", help=_FILTERS)
@click.option("--exact", is_flag=True, help="nur genau so geschrieben")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="höchstens so viele Seiten")
@click.option("--purpose", default="", help="Zweck der Suche (wird protokolliert)")
@click.option("--json", "as_json", is_flag=True, help="ein JSON-Dokument ausgeben")
def search(
    text: str, user: str, filters: tuple[str, ...], exact: bool, limit: int, purpose: str, as_json: bool
) -> None:
    """Suchen; Treffer als Akte, Dokument, Seite und Textstelle."""
    from casefile.index.client import COMMAND
    from oversight.rights import check_account
    from search_ui.retrieval import listing
    from search_ui.retrieval.question.purpose import search_needs_purpose
    from search_ui.services import Services

    services = Services(_allowed(load_settings()), COMMAND)
    try:
        check_account(services.databases, user)
        needed = search_needs_purpose(services, Actor(user, Channel.CLI))
        request = listing.parse_request(text, filters, exact, purpose, purpose_required=needed)
        answer = listing.list_hits(services, user, request, limit)
    finally:
        services.close()
    if as_json:
        click.echo(listing.as_json(answer))
    else:
        click.echo("\n".join(listing.as_lines(answer)))


@click.command("batch-search")
@click.option("--user", required=True, help="Konto, mit dessen Rechten gesucht wird")
@click.option(
    "--queries",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Datei mit Zeilen „qid<TAB>Text“",
)
@click.option(
    "--run",
    "run_file",
    required=True,
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="TREC-Ausgabe; -: Standardausgabe",
)
@click.option("--unit", type=click.Choice(["page", "document", "case"]), default="page", show_default=True)
@click.option("--depth", type=click.IntRange(1, 1000), default=100, show_default=True, help="Treffer je Anfrage")
@click.option("--tag", default="aktensuche", show_default=True, help="Name des Laufs")
@click.option("--syntax", is_flag=True, help="UND, ODER, NICHT, Klammern, Platzhalter … verstehen (docs/bedienung.md)")
@click.option("--purpose", default="", help="Zweck der Suchen (wird protokolliert)")
def batch_search(
    user: str, queries: Path, run_file: Path, unit: str, depth: int, tag: str, syntax: bool, purpose: str
) -> int:
    """Viele Anfragen auf einmal, Ergebnis als TREC-Lauf."""
    from casefile.index.client import BULK
    from oversight.rights import check_account
    from search_ui.retrieval import batch
    from search_ui.retrieval.question.purpose import search_needs_purpose
    from search_ui.retrieval.ranking.lists import Unit
    from search_ui.services import Services

    asked = batch.read_queries(queries, syntax=syntax)
    if cut := [query.id for query in asked if query.cut]:
        click.echo(f"Zu lang, nur der Anfang wird gesucht bei: {', '.join(cut)}", err=True)
    services = Services(_allowed(load_settings()), BULK)
    try:
        check_account(services.databases, user)
        if search_needs_purpose(services, Actor(user, Channel.BATCH)) and not purpose.strip():
            raise UsageFault("purpose_missing", "Jede Suche muss ihren Zweck nennen.", "--purpose angeben.")
        order = batch.Order(user, Unit(unit), depth, "".join(tag.split()) or "aktensuche", purpose.strip())
        answered = batch.run(services, order, asked, run_file)
    finally:
        services.close()
    place = "auf die Standardausgabe" if run_file == batch.STANDARD_OUTPUT else f"nach {run_file}"
    asked_for = counted(len(asked), "Anfrage", "Anfragen")
    click.echo(f"{asked_for}, {number(answered)} mit Treffern, geschrieben {place}", err=True)
    return 0


def _allowed(settings: Settings) -> Settings:
    if not settings.cli_search:
        raise UsageFault(
            "cli_search_off",
            "Das Suchen auf der Befehlszeile ist abgeschaltet.",
            "In der Oberfläche suchen, oder AKTENSUCHE_CLI_SEARCH setzen.",
        )
    return settings
