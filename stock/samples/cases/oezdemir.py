"""Sample case of the unit "Ausländerbehörde 32.2": Oezdemir."""

from __future__ import annotations

from dataclasses import replace

from stock.samples.case import COPIER, Case, Document, about, born, scanned
from stock.samples.letters import Reference, authority, plain
from stock.samples.offices import action_city, immigration

# ruff: noqa: E501 - German letters, one paragraph a line
UNIT = "Ausländerbehörde 32.2"
OFFICE = immigration(UNIT)

ASSURANCE = f"""Sehr geehrte Frau Özdemir,

Ihnen wird die Einbürgerung in den deutschen Staatsverband für den Fall zugesichert, dass Sie den Verlust der türkischen Staatsangehörigkeit nachweisen. Diese Zusicherung gilt bis zum 11.05.2025.

# Voraussetzungen
Sie leben seit 2009 rechtmäßig in Deutschland, haben den Einbürgerungstest mit 31 von 33 Punkten bestanden und als Erzieherin ein auskömmliches Einkommen. Die Anfrage beim Bundeszentralregister ergab keine Eintragung.

# Weiteres Verfahren
Bitte beantragen Sie beim Generalkonsulat die Entlassung und legen Sie die Urkunde hier vor. Die Gebühr für die Einbürgerung beträgt 255,00 Euro; sie wird mit der Aushändigung der Urkunde fällig.

{action_city()}

Mit freundlichen Grüßen
Im Auftrag
~ Brömmel"""

NOTE = """# Stadt Brunnstetten – 32.2 – Aktenvermerk
Az. 32.2-ÖZ-2022/0310

Frau Özdemir hat heute vorgesprochen und das Original der Geburtsurkunde sowie drei Gehaltsabrechnungen vorgelegt. Kopien sind zur Akte genommen. Die Loyalitätserklärung wurde nach Belehrung unterschrieben.

Sie fragt, ob die Entlassung aus der türkischen Staatsangehörigkeit nach der angekündigten Gesetzesänderung noch nötig ist. Auf die geltende Rechtslage wurde hingewiesen. Sie möchte die Entlassung vorerst nicht beantragen und den Herbst abwarten.

Wiedervorlage: 01.12.2023

Brunnstetten, 23.05.2023
~ Brömmel"""


def case() -> Case:
    ref = Reference("32.2-ÖZ-2022/0310", "Herr Brömmel", "209", "12.05.2023")
    return Case(
        f"{UNIT}/Özdemir, Elif – Einbürgerung",
        "json",
        {
            "aktenzeichen": ref.number,
            "betreff": "Einbürgerung Özdemir, Elif",
            "personen": [
                {"name": "Özdemir", "vorname": "Elif", "geburtsdatum": "18.03.1991", "rolle": "Antragstellerin"}
            ],
            "stelle": UNIT,
            "schlagwoerter": ["Einbürgerung", "Zusicherung"],
            "laufzeit_von": "14.09.2022",
            "laufzeit_bis": "",
            "aussonderung": "31.12.2052",
            "vertraulichkeit": "vertraulich",
            "bearbeiter": "Brömmel",
        },
        (
            Document(
                "Einbürgerungszusicherung.pdf",
                "pdf",
                born(
                    authority(
                        OFFICE,
                        "Frau; Elif Özdemir; Schulstraße 61; 27999 Brunnstetten",
                        ref,
                        "Einbürgerungszusicherung",
                        ASSURANCE,
                    )
                ),
                about=about("Einbürgerungszusicherung", "Bescheid", "12.05.2023", "Stadt Brunnstetten"),
            ),
            Document(
                "Vermerk Vorsprache.pdf",
                "pdf",
                scanned(plain(NOTE, "mono", 10.5), replace(COPIER, skew=-0.4, pale=0.42, holes=True)),
                about=about("Vermerk über die Vorsprache", "Vermerk", "23.05.2023", "Brömmel"),
                faults=("punch_holes",),
            ),
        ),
    )
