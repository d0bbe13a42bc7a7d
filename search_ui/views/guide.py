"""The help page. Its examples find something in the sample cases of `make demo`."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint
from werkzeug.wrappers import Response

from search_ui.web import htmx
from search_ui.web.current import services
from search_ui.web.needs import Need, needs

blueprint = Blueprint("guide", __name__)


@dataclass(frozen=True)
class Example:
    typed: str
    finds: str


@dataclass(frozen=True)
class Chapter:
    title: str
    text: str
    examples: tuple[Example, ...]


CHAPTERS = (
    Chapter(
        "Wörter",
        "Mehrere Wörter: Gezeigt werden Seiten, die alle enthalten, auch gebeugt und auch, wenn eines davon nur "
        "auf dem Deckblatt der Akte steht. Groß- und Kleinschreibung ist gleich.",
        (
            Example("Vermieter Bescheinigung", "Seiten mit beiden Wörtern"),
            Example('"gegen Ihren Bescheid"', "die Wörter genau so hintereinander"),
        ),
    ),
    Chapter(
        "Nummern und Daten",
        "Aktenzeichen, Daten, Beträge, Telefonnummern und Ausweisnummern werden in jeder üblichen Schreibweise "
        "gefunden.",
        (Example("17. September 2019", "der Tag, gleich wie er geschrieben ist"),),
    ),
    Chapter(
        "Oder, nicht, nahe",
        "UND, ODER, NICHT und NAHE werden groß geschrieben (ebenso AND, OR, NOT, NEAR). Klammern fassen zusammen; "
        "ohne Klammern gilt UND vor ODER. NICHT und ein Minuszeichen vor dem Wort nehmen das ganze Dokument "
        "heraus, wenn das Wort auf irgendeiner seiner Seiten steht. NAHE: höchstens zehn Wörter dazwischen, "
        "NAHE/3: höchstens drei.",
        (
            Example("Bescheid (Widerspruch ODER Klage)", "Bescheid und mindestens eines der beiden anderen"),
            Example("Miete -Mietvertrag", "Dokumente mit Miete, in denen nirgends Mietvertrag steht"),
            Example('Bescheid NICHT "gegen Ihren Bescheid"', "ohne Dokumente, die diese Wortfolge enthalten"),
            Example("Widerspruch NAHE/5 Bescheid", "beide Wörter nahe beieinander"),
        ),
    ),
    Chapter(
        "Platzhalter",
        "Der Stern steht für beliebige Buchstaben, am Anfang, am Ende oder in der Mitte des Wortes; das "
        "Fragezeichen in der Mitte für genau einen. Mindestens drei Buchstaben müssen daneben stehen.",
        (
            Example("Wohn*", "Wohnung, Wohngeld, Wohnungsgeber …"),
            Example("*vertrag", "Mietvertrag, Arbeitsvertrag …"),
            Example("Besch?id", "genau ein Buchstabe an dieser Stelle"),
        ),
    ),
    Chapter(
        "Suchfelder",
        "Vor dem Doppelpunkt steht, worin gesucht wird: az: (Aktenzeichen der Akte oder auf der Seite genannt), "
        "name: (Person auf dem Deckblatt oder mit Anrede im Text), vom: (Datum des Dokuments), art:, stelle:, "
        "schlagwort:. Werte mit Leerzeichen stehen in Anführungszeichen. Ein Minuszeichen davor schließt aus.",
        (
            Example("az:31702//0454514", "die Akte mit diesem Zeichen, und Seiten, die es nennen"),
            Example("name:Bondarenko Antrag", "Antrag in Akten dieser Person, oder wo sie genannt ist"),
            Example("art:Bescheid vom:2010..2020", "Bescheide aus diesen Jahren"),
            Example("Bescheid vom:>=03/2011", "ab März 2011"),
            Example("Miete -art:Mietvertrag", "keine Mietverträge"),
        ),
    ),
)


@blueprint.get("/hilfe")
@needs(Need.ACCOUNT)
def show() -> Response:
    return htmx.page("hilfe.html", chapters=CHAPTERS, purpose_required=services().settings.purpose_required)
