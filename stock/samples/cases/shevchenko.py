"""Sample case of the unit "Ausländerbehörde 32.1": Shevchenko."""

from __future__ import annotations

from dataclasses import replace

from stock.samples.case import COPIER, Case, Document, about, born, scanned
from stock.samples.letters import Reference, authority, plain, private
from stock.samples.offices import action_city, immigration

# ruff: noqa: E501 - German letters, one paragraph a line
UNIT = "Ausländerbehörde 32.1"
OFFICE = immigration(UNIT)
CITY = "Stadt Brunnstetten; Ausländerbehörde; Rathausplatz 1; 27999 Brunnstetten"

NOTICE = f"""Sehr geehrte Frau Shevchenko,

Ihnen und Ihrem Sohn Danylo wird eine Aufenthaltserlaubnis zum vorübergehenden Schutz nach § 24 Absatz 1 Aufenthaltsgesetz erteilt. Sie gilt bis zum 04.03.2024. Die Erwerbstätigkeit ist erlaubt.

# Begründung
Sie sind ukrainische Staatsangehörige und haben am 24.02.2022 Ihren Wohnsitz in Charkiw gehabt. Am 13.03.2022 sind Sie über Polen eingereist. Damit gehören Sie zu dem Personenkreis, für den der Rat der Europäischen Union den vorübergehenden Schutz eingeführt hat.

# Wohnsitz
Sie sind der Stadt Brunnstetten zugewiesen. Ein Umzug in eine andere Gemeinde bedarf der Zustimmung der dortigen Ausländerbehörde, wenn Sie dort keine Arbeit aufnehmen.

{action_city()}

Mit freundlichen Grüßen
Im Auftrag
~ Wiegand"""

REGISTRATION = """# Stadt Brunnstetten
Bürgerservice, Rathausplatz 1, 27999 Brunnstetten

^ Amtliche Meldebestätigung
Für die nachstehenden Personen wird die Anmeldung nach § 24 Absatz 2 des Bundesmeldegesetzes bestätigt.

Familienname:: Shevchenko
Vornamen:: Oksana Petrivna
Geburtsdatum:: 14.12.1983
Sohn:: Shevchenko, Danylo, 02.07.2013
Einzug am:: 21.03.2022
Neue Wohnung:: Pastorenkamp 3, 27999 Brunnstetten
Wohnungsgeber:: Kirchengemeinde St. Marien

Brunnstetten, den 22. März 2022
~ Borchers
===
# Wohnungsgeberbestätigung nach § 19 Bundesmeldegesetz
Die Kirchengemeinde St. Marien bestätigt als Eigentümerin den Einzug von Frau Oksana Shevchenko und ihrem Sohn Danylo in das Gemeindehaus, Obergeschoss, am 21. März 2022. Die Überlassung erfolgt bis auf Weiteres unentgeltlich; erhoben wird nur eine Pauschale für Strom und Wasser in Höhe von 40 Euro monatlich.

Brunnstetten, 21. März 2022
~ Pastorin Gesa Lührs"""

ENGLISH = """To whom it may concern,

we hereby confirm that Ms Oksana Shevchenko was employed with our company as a senior accountant from 1 September 2014 until 23 February 2022. Her employment ended because our offices in Kharkiv had to be closed.

Ms Shevchenko was responsible for payroll, annual accounts and the correspondence with our suppliers in Germany and Poland. She is a reliable and careful colleague, and we would employ her again at any time.

For any questions please do not hesitate to contact us by e-mail.

Yours sincerely
~ Andriy Melnyk"""


def case() -> Case:
    ref = Reference("32.1-SH-2022/1204", "Frau Wiegand", "117", "16.06.2022")
    letter = private(
        "Slobozhan Trade LLC; Human Resources; Lviv, Ukraine",
        CITY,
        "Lviv, 2 May 2022",
        "Confirmation of employment",
        ENGLISH,
        "sans",
    )
    return Case(
        f"{UNIT}/Shevchenko, Oksana und Danylo",
        "json",
        {
            "aktenzeichen": ref.number,
            "betreff": "Vorübergehender Schutz Shevchenko",
            "personen": [
                {"name": "Shevchenko", "vorname": "Oksana", "geburtsdatum": "14.12.1983", "rolle": "Antragstellerin"},
                {"name": "Shevchenko", "vorname": "Danylo", "geburtsdatum": "02.07.2013", "rolle": "Kind"},
            ],
            "stelle": UNIT,
            "schlagwoerter": ["vorübergehender Schutz", "Ukraine", "Meldebestätigung"],
            "laufzeit_von": "22.03.2022",
            "laufzeit_bis": "04.03.2024",
            "aussonderung": "31.12.2034",
            "vertraulichkeit": "normal",
            "bearbeiter": "Wiegand",
        },
        (
            Document(
                "Arbeitgeberbescheinigung (englisch).pdf",
                "pdf",
                scanned(letter, replace(COPIER, skew=-0.5)),
                about=about("Bescheinigung des Arbeitgebers", "Nachweis", "02.05.2022", "Slobozhan Trade LLC"),
                faults=("foreign_language",),
            ),
            Document(
                "Meldebestätigung.pdf",
                "pdf",
                scanned(plain(REGISTRATION, "serif", 11), replace(COPIER, skew=0.3, noise=0.006), layer=True),
                about=about(
                    "Meldebestätigung mit Wohnungsgeberbestätigung", "Nachweis", "22.03.2022", "Stadt Brunnstetten"
                ),
                faults=("hidden_text_layer",),
            ),
            Document(
                "Aufenthaltserlaubnis § 24.pdf",
                "pdf",
                born(
                    authority(
                        OFFICE,
                        "Frau; Oksana Shevchenko; Pastorenkamp 3; 27999 Brunnstetten",
                        ref,
                        "Aufenthaltserlaubnis zum vorübergehenden Schutz",
                        NOTICE,
                    )
                ),
                about=about("Aufenthaltserlaubnis nach § 24", "Bescheid", "16.06.2022", "Stadt Brunnstetten"),
            ),
        ),
    )
