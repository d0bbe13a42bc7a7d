"""Sample case of the unit "Ausländerbehörde 32.2": Tran."""

from __future__ import annotations

from dataclasses import replace

from stock.samples.case import COPIER, Case, Document, about, born, scanned, stamped
from stock.samples.letters import Reference, authority, plain
from stock.samples.offices import action_city, immigration

# ruff: noqa: E501 - German letters, one paragraph a line
UNIT = "Ausländerbehörde 32.2"
OFFICE = immigration(UNIT)

NOTICE = f"""Sehr geehrte Frau Trần,

Ihnen wird eine Aufenthaltserlaubnis zur Berufsausbildung nach § 16a Absatz 1 Aufenthaltsgesetz erteilt. Sie gilt bis zum 31.08.2026 und ist an die Ausbildung zur Pflegefachfrau beim Klinikum Brunnstetten gebunden.

# Nebenbestimmungen
- Eine von der Ausbildung unabhängige Beschäftigung ist bis zu 20 Stunden je Woche erlaubt.
- Der Abbruch der Ausbildung ist binnen zwei Wochen anzuzeigen.
- Die Erlaubnis erlischt mit dem Ende des Ausbildungsverhältnisses.

# Lebensunterhalt
Ihre Ausbildungsvergütung beträgt im ersten Jahr 1.340,69 Euro brutto. Zusammen mit der Verpflichtungserklärung Ihres Onkels vom 10.07.2023 ist der Lebensunterhalt gesichert.

{action_city()}

Mit freundlichen Grüßen
Im Auftrag
~ Brömmel"""

PLEDGE = """^ Verpflichtungserklärung
> nach § 68 in Verbindung mit § 66 und § 67 des Aufenthaltsgesetzes

Name:: Trần
Vorname:: Quốc Bảo
Geburtsdatum:: 22.11.1969
Anschrift:: Windmühlenweg 15
Beruf:: Gastwirt, selbständig

verpflichtet sich gegenüber der Ausländerbehörde, für

Name, Vorname:: Trần, Thị Mai
Geburtsdatum:: 09.05.2003
Geburtsort:: Huế, Vietnam
Verwandtschaft:: Nichte

vom Tag der Einreise bis zur Beendigung des Aufenthalts die Kosten für den Lebensunterhalt und die Kosten für die Ausreise zu tragen. Die Verpflichtung umfasst auch die Kosten der Versorgung mit Wohnraum sowie bei Krankheit und Pflegebedürftigkeit.

Über die Reichweite der Haftung und die Bindungswirkung von fünf Jahren wurde ich belehrt. Ich habe keine weiteren Verpflichtungserklärungen abgegeben.

Brunnstetten, 10. Juli 2023
~ Quoc Bao Tran"""

TRAINING = """^ Ausbildungsvertrag
Zwischen dem Klinikum Brunnstetten und Frau Trần Thị Mai wird ein Vertrag über die Ausbildung zur Pflegefachfrau geschlossen. Die Ausbildung beginnt am 1. September 2023 und endet am 31. August 2026. Die Probezeit beträgt sechs Monate. Praktische Einsätze finden auch in der ambulanten Pflege statt.

~ Dr. Nora Lüttjohann"""


def case() -> Case:
    ref = Reference("32.2-TR-2023/0077", "Herr Brömmel", "209", "05.09.2023")
    return Case(
        f"{UNIT}/Trần, Thị Mai",
        "json",
        {
            "aktenzeichen": ref.number,
            "betreff": "Aufenthalt zur Ausbildung Trần, Thị Mai",
            "personen": [
                {"name": "Trần", "vorname": "Thị Mai", "geburtsdatum": "09.05.2003", "rolle": "Antragstellerin"},
                {"name": "Trần", "vorname": "Quốc Bảo", "geburtsdatum": "22.11.1969", "rolle": "Verpflichtungsgeber"},
            ],
            "stelle": UNIT,
            "schlagwoerter": ["Ausbildung", "Verpflichtungserklärung", "Pflege"],
            "laufzeit_von": "10.07.2023",
            "laufzeit_bis": "31.08.2026",
            "aussonderung": "31.12.2036",
            "vertraulichkeit": "normal",
            "bearbeiter": "Brömmel",
        },
        (
            Document(
                "Ausbildungsvertrag.pdf",
                "cut",
                scanned(plain(TRAINING)),
                about=about("Ausbildungsvertrag", "Vertrag", "03.07.2023", "Klinikum Brunnstetten"),
                faults=("cut_off",),
            ),
            Document(
                "Bescheid § 16a.pdf",
                "pdf",
                born(
                    authority(
                        OFFICE,
                        "Frau; Thị Mai Trần; Windmühlenweg 15; 27999 Brunnstetten",
                        ref,
                        "Aufenthaltserlaubnis zur Berufsausbildung",
                        NOTICE,
                    )
                ),
                about=about("Aufenthaltserlaubnis zur Ausbildung", "Bescheid", "05.09.2023", "Stadt Brunnstetten"),
            ),
            Document(
                "Verpflichtungserklärung.pdf",
                "pdf",
                scanned(
                    stamped(plain(PLEDGE, top=84), "Stadt Brunnstetten\n10. JULI 2023"),
                    replace(COPIER, skew=0.9, noise=0.013, holes=True),
                ),
                about=about("Verpflichtungserklärung", "Erklärung", "10.07.2023", "Trần, Quốc Bảo"),
                faults=("stamp", "punch_holes"),
            ),
        ),
    )
