"""Sample case of the unit "Ausländerbehörde 32.1": Demir."""

from __future__ import annotations

from dataclasses import replace

from stock.samples.case import COPIER, Case, Document, about, born, scanned
from stock.samples.letters import Reference, authority, plain, private
from stock.samples.offices import immigration

# ruff: noqa: E501 - German letters, one paragraph a line
UNIT = "Ausländerbehörde 32.1"
OFFICE = immigration(UNIT)
CITY = "Stadt Brunnstetten; Ausländerbehörde; Rathausplatz 1; 27999 Brunnstetten"

HEARING = """Sehr geehrter Herr Demir,

es ist beabsichtigt, Sie nach § 53 Absatz 1 und 3 Aufenthaltsgesetz aus der Bundesrepublik Deutschland auszuweisen. Vor einer Entscheidung erhalten Sie Gelegenheit, sich nach § 28 des Verwaltungsverfahrensgesetzes zu äußern.

# Sachverhalt
Sie leben seit Ihrer Geburt am 16.02.1992 im Bundesgebiet und besitzen seit dem 22.04.2008 eine Niederlassungserlaubnis. Das Amtsgericht Harlingen hat Sie am 24.11.2022 wegen gefährlicher Körperverletzung zu einer Freiheitsstrafe von einem Jahr und acht Monaten verurteilt. Die Vollstreckung der Strafe wurde zur Bewährung ausgesetzt.

# Abwägung
Als türkischer Staatsangehöriger können Sie sich auf das Assoziationsrecht berufen. Eine Ausweisung setzt daher voraus, dass Ihr persönliches Verhalten gegenwärtig eine schwerwiegende Gefahr darstellt. Zu Ihren Gunsten sind die Dauer des Aufenthalts, Ihre feste Arbeitsstelle in der Tischlerei Broders und Ihre Beziehung zu Ihrer Tochter Defne zu berücksichtigen.

# Was Sie mitteilen können
- Stand des Anti-Gewalt-Trainings, zu dem Sie das Gericht verpflichtet hat,
- Umgang mit Ihrer Tochter und Höhe des gezahlten Unterhalts,
- Bindungen an die Türkei, insbesondere Sprache und Verwandte,
- Stellungnahme Ihrer Bewährungshelferin.

Ihre Äußerung wird bis zum 11.04.2023 erbeten. Danach wird nach Lage der Akten entschieden.

Mit freundlichen Grüßen
Im Auftrag
~ Rathke"""

TURKISH = """Sevgili oğlum Hakan,

mektubunu aldım, çok üzüldüm ama seni anlıyorum. Babanın ölümünden sonra köydeki evi sattık, burada artık kimsemiz kalmadı. Amcan İzmir'e taşındı, halan da Almanya'da. Türkiye'ye dönersen sana kim bakacak, nerede çalışacaksın?

Defne'nin resmini duvara astım. Her gün ona bakıp dua ediyorum. Lütfen öfkene hâkim ol ve mahkemenin söylediği kursa düzenli git. İşini bırakma, ustana selam söyle.

Yazın gelebilirsem doktor için gerekli kâğıtları da getireceğim. Gözlerinden öperim.

~ Annen Emine"""

PROBATION = """# Mitteilung der Bewährungshilfe
Herr Demir hält die Termine regelmäßig ein. Das Anti-Gewalt-Training hat er am 9. Januar 2023 begonnen und bisher sieben von zwölf Sitzungen besucht. Er zeigt sich einsichtig und hat die erste Rate des Schmerzensgeldes gezahlt.

Harlingen, 28. März 2023
~ Ilse Hennings, Bewährungshelferin"""


def case() -> Case:
    ref = Reference("32.1-DE-2019/0142", "Herr Rathke", "121", "07.03.2023")
    turk = private(
        "Emine Demir; Çınar Sokak 14; Akhisar",
        "Hakan Demir; Böttcherstraße 27; 27999 Brunnstetten",
        "12 Mart 2023",
        "Mektup",
        TURKISH,
    )
    return Case(
        f"{UNIT}/Demir, Hakan (Ausweisung)",
        "json",
        {
            "aktenzeichen": ref.number,
            "betreff": "Ausweisungsverfahren Demir, Hakan",
            "personen": [
                {
                    "name": "Demir",
                    "vorname": "Hakan",
                    "geburtsdatum": "16.02.1992",
                    "rolle": "Betroffener",
                    "kennungen": ["AZR 190142004417"],
                }
            ],
            "stelle": UNIT,
            "schlagwoerter": ["Ausweisung", "Anhörung", "Assoziationsrecht"],
            "laufzeit_von": "05.12.2022",
            "laufzeit_bis": "",
            "aussonderung": "31.12.2043",
            "vertraulichkeit": "streng vertraulich",
            "bearbeiter": "Rathke",
        },
        (
            Document(
                "Anhörung Ausweisung.pdf",
                "pdf",
                born(
                    authority(
                        OFFICE,
                        "Herrn; Hakan Demir; Böttcherstraße 27; 27999 Brunnstetten",
                        ref,
                        "Anhörung zur beabsichtigten Ausweisung",
                        HEARING,
                        "serif",
                    )
                ),
                about=about("Anhörung zur Ausweisung", "Anhörung", "07.03.2023", "Stadt Brunnstetten"),
            ),
            Document(
                "Brief der Mutter (türkisch).pdf",
                "pdf",
                scanned(turk, replace(COPIER, skew=0.8, paper=0.12, noise=0.016, shadow=0.12)),
                about=about("Brief der Mutter", "Schreiben", "12.03.2023", "Demir, Emine"),
                faults=("foreign_language",),
            ),
            Document(
                "Bewährungshilfe vertraulich.pdf",
                "encrypted",
                born(plain(PROBATION)),
                about=about(
                    "Mitteilung der Bewährungshilfe", "Stellungnahme", "28.03.2023", "Bewährungshilfe Harlingen"
                ),
                faults=("encrypted",),
            ),
        ),
    )
