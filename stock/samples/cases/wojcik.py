"""Sample case of the unit "Ausländerbehörde 32.2": Wojcik."""

from __future__ import annotations

from dataclasses import replace

from stock.samples.case import COPIER, Case, Document, born, scanned
from stock.samples.letters import Reference, authority, plain
from stock.samples.offices import immigration

# ruff: noqa: E501 - German letters, one paragraph a line
UNIT = "Ausländerbehörde 32.2"
OFFICE = immigration(UNIT)

CERTIFICATE = """Sehr geehrter Herr Wójcik,

auf Ihren Antrag vom 03.08.2020 wird bescheinigt, dass Sie seit dem 01.07.2020 fünf Jahre ständig rechtmäßig im Bundesgebiet leben und damit das Daueraufenthaltsrecht nach § 4a des Freizügigkeitsgesetzes/EU erworben haben.

Das Recht geht verloren, wenn Sie sich länger als zwei aufeinanderfolgende Jahre nicht in Deutschland aufhalten. Die Bescheinigung ersetzt kein Ausweisdokument. Die Gebühr von 10,00 Euro haben Sie bei der Vorsprache entrichtet.

Mit freundlichen Grüßen
Im Auftrag
~ Stapelfeldt"""

PROOF = """# Zimmerei Hinrichs GmbH
Am Sägewerk 2, 27999 Brunnstetten

^ Arbeitsbescheinigung
Herr Piotr Wójcik, geboren am 28.10.1982, ist seit dem 1. Juli 2015 ununterbrochen als Zimmerer in unserem Betrieb beschäftigt. Das Arbeitsverhältnis ist unbefristet und ungekündigt. Die regelmäßige Arbeitszeit beträgt 40 Stunden in der Woche.

Herr Wójcik führt seit 2018 eine eigene Kolonne im Dachstuhlbau und bildet zwei Lehrlinge aus.

Brunnstetten, 29. Juli 2020
~ Onno Hinrichs
===
# Entgeltübersicht zur Arbeitsbescheinigung
| Jahr | Brutto
| 2015 (ab Juli) | 14.280,00
| 2016 | 29.640,00
| 2017 | 31.200,00
| 2018 | 35.880,00
| 2019 | 37.440,00
Die Beträge stimmen mit den Meldungen zur Sozialversicherung überein. In den Wintermonaten wurde Saison-Kurzarbeitergeld gezahlt."""


def case() -> Case:
    ref = Reference("32.2-WO-2020/0915", "Frau Stapelfeldt", "212", "18.08.2020")
    return Case(
        f"{UNIT}/Wójcik, Piotr",
        "register",
        {
            "aktenzeichen": ref.number,
            "betreff": "Daueraufenthalt Wójcik, Piotr",
            "personen": [{"name": "Wójcik", "vorname": "Piotr", "geburtsdatum": "28.10.1982"}],
            "stelle": UNIT,
            "schlagwoerter": ["Freizügigkeit", "Daueraufenthalt"],
            "laufzeit_von": "03.08.2020",
            "laufzeit_bis": "18.08.2020",
            "aussonderung": "31.12.2030",
            "vertraulichkeit": "normal",
        },
        (
            Document(
                "Arbeitsbescheinigung.pdf",
                "pdf",
                scanned(plain(PROOF, "serif", 11.5), replace(COPIER, mode="1bit", skew=-0.7, speckle=0.1)),
                faults=("one_bit",),
            ),
            Document(
                "Bescheinigung Daueraufenthalt.pdf",
                "pdf",
                born(
                    authority(
                        OFFICE,
                        "Herrn; Piotr Wójcik; Am Sägewerk 9; 27999 Brunnstetten",
                        ref,
                        "Bescheinigung des Daueraufenthaltsrechts",
                        CERTIFICATE,
                    )
                ),
            ),
        ),
    )
