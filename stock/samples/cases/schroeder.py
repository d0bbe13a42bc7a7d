"""Sample case of the unit "Leistung 1": Schroeder."""

from __future__ import annotations

from dataclasses import replace

from stock.samples.case import COPIER, Case, Document, about, born, scanned
from stock.samples.letters import Reference, authority, plain, private
from stock.samples.offices import cooperation, jobcenter, objection_jobcenter

# ruff: noqa: E501 - German letters, one paragraph a line
UNIT = "Leistung 1"
OFFICE = jobcenter(UNIT)
CITY = "Jobcenter Brunnstetten; Am Kornspeicher 4; 27999 Brunnstetten"

CERTIFICATE = """^ Mietbescheinigung
> Zur Vorlage beim Jobcenter Brunnstetten. Vom Vermieter auszufüllen.

# Angaben zum Mietverhältnis
Mieter:: Uwe Schröder
Anschrift der Wohnung:: Hafenstraße 88, 27999 Brunnstetten
Einzug am:: 15.05.2019
Wohnfläche:: 44,00 qm
Grundmiete monatlich:: 318,00 Euro
Betriebskosten monatlich:: 85,00 Euro
Heizkosten monatlich:: 71,00 Euro
Art der Heizung:: Gaszentralheizung

# Mietrückstände
[ ] Es bestehen keine Mietrückstände.
[x] Es besteht ein Rückstand von 142,00 Euro.

# Vermieter
Name:: Margarete Folkerts
Anschrift:: Quellmoorgasse 23, 27999 Brunnstetten
Bankverbindung:: DE00 2799 0000 0031 2200 14

Ich bestätige, dass die Angaben der Wahrheit entsprechen. Die Heizkosten wurden zum 1. September 2023 angepasst; der Anspruch auf die Nachzahlung aus der Abrechnung 2022 bleibt davon unberührt.

Brunnstetten, den 27. September 2023
~ M. Folkerts"""

NOTICE = f"""Sehr geehrter Herr Schröder,

der Bescheid vom 12.06.2023 wird für die Zeit ab 01.09.2023 nach § 48 Absatz 1 SGB X aufgehoben und durch diesen Bescheid ersetzt. Ihnen stehen ab 01.09.2023 monatlich 976,00 Euro zu.

# Was sich geändert hat
| Bedarf | bisher | ab 01.09.2023
| Regelbedarf | 502,00 Euro | 502,00 Euro
| Grundmiete | 318,00 Euro | 318,00 Euro
| Betriebskosten | 85,00 Euro | 85,00 Euro
| Heizkosten | 54,00 Euro | 71,00 Euro
| Zahlbetrag | 959,00 Euro | 976,00 Euro

Die Nachzahlung von 34,00 Euro für September und Oktober 2023 wird mit der nächsten Auszahlung überwiesen. Die Heizkosten werden in tatsächlicher Höhe übernommen, weil sie den Grenzwert des Heizspiegels für Gaszentralheizungen nicht überschreiten.

# Mietrückstand
Zu dem von Ihrer Vermieterin bescheinigten Rückstand haben Sie bisher keine Angaben gemacht. Wenn Sie ein Darlehen nach § 22 Absatz 8 SGB II wünschen, sprechen Sie bitte bis zum 10.11.2023 vor und bringen Sie den Schriftwechsel mit der Vermieterin mit.

{cooperation("zehn")}

{objection_jobcenter()}

Mit freundlichen Grüßen
Im Auftrag
~ Tiedemann"""

OBJECTION = """Sehr geehrte Damen und Herren,

gegen den Bescheid vom 12. Juni 2023, bei mir eingegangen am 16. Juni, lege ich Widerspruch ein.

Sie haben bei den Heizkosten nur 54 Euro berücksichtigt. Das stimmt schon seit dem Frühjahr nicht mehr. Meine Vermieterin hat den Abschlag erhöht, weil der Gasversorger teurer geworden ist. Die Mitteilung habe ich am 22. Mai in Ihren Hausbriefkasten geworfen. Ein Zeuge kann das bestätigen.

Außerdem ist mir unverständlich, warum die Reparatur der Waschmaschine nicht als Darlehen bewilligt wurde. Ich habe drei Kostenvoranschläge eingereicht. Der günstigste lag bei 189 Euro. Ich bin seit meinem Bandscheibenvorfall nicht in der Lage, die Wäsche in den Waschsalon am Bahnhof zu tragen.

Ich bitte um Überprüfung und um einen schriftlichen Bescheid. Bis dahin bitte ich, von einer Aufrechnung abzusehen.

Mit freundlichen Grüßen
~ Uwe Schröder"""

ROWS = "Datum;Buchungstext;Betrag\n01.08.2023;Jobcenter Brunnstetten Leistung 08/23;959,00\n02.08.2023;Miete Hafenstraße 88;-474,00\n07.08.2023;Stadtwerke Brunnstetten Abschlag Strom;-46,00\n15.08.2023;Barauszahlung Automat Markt;-120,00\n21.08.2023;Mobilfunk Prepaid;-15,00\n29.08.2023;Erstattung Bücherei;8,50"


def case() -> Case:
    ref = Reference("27903-BG-0013002", "Herr Tiedemann", "2.09", "19.10.2023")
    sender = "Uwe Schröder; Hafenstraße 88; 27999 Brunnstetten"
    pale = replace(COPIER, skew=0.7, pale=0.81, paper=0.2, noise=0.013, blur=0.7)
    return Case(
        f"Jobcenter/{UNIT}/BG 0013002 Schröder, Uwe",
        "yaml",
        {
            "aktenzeichen": ref.number,
            "betreff": "Leistungen SGB II Schröder, Uwe",
            "personen": [
                {
                    "name": "Schröder",
                    "vorname": "Uwe",
                    "geburtsdatum": "1971-02-11",
                    "rolle": "Antragsteller",
                    "kennungen": ["903A013002"],
                }
            ],
            "stelle": UNIT,
            "schlagwoerter": ["Heizkosten", "Widerspruch", "Mietrückstand"],
            "laufzeit_von": "2023-06-12",
            "laufzeit_bis": "2024-05-31",
            "aussonderung": "2034-12-31",
            "vertraulichkeit": "normal",
            "bearbeiter": "Tiedemann",
        },
        (
            Document(
                "Mietbescheinigung Hafenstraße 88.pdf",
                "pdf",
                scanned(plain(CERTIFICATE)),
                about=about("Mietbescheinigung", "Nachweis", "2023-09-27", "Folkerts, Margarete"),
            ),
            Document(
                "Widerspruch.pdf",
                "pdf",
                scanned(
                    private(
                        sender,
                        CITY,
                        "Brunnstetten, 21. Juni 2023",
                        "Widerspruch gegen den Bescheid vom 12.06.2023; BG 0013002",
                        OBJECTION,
                        "mono",
                    ),
                    pale,
                ),
                about=about("Widerspruch gegen Bescheid vom 12.06.2023", "Widerspruch", "2023-06-21", "Schröder, Uwe"),
                faults=("low_contrast",),
            ),
            Document(
                "Änderungsbescheid.pdf",
                "pdf",
                born(authority(OFFICE, "Herrn; " + sender, ref, "Änderungsbescheid nach § 48 SGB X", NOTICE)),
                about=about("Änderungsbescheid ab 01.09.2023", "Bescheid", "2023-10-19", "Jobcenter Brunnstetten"),
            ),
            Document("Kontoübersicht August.xlsx", "xlsx", text=ROWS),
        ),
    )
