"""Sample case of the unit "Leistung 2": Kowalska."""

from __future__ import annotations

from dataclasses import replace

from stock.samples.case import COPIER, Case, Document, born, scanned
from stock.samples.letters import Reference, authority, plain
from stock.samples.offices import jobcenter, objection_jobcenter

# ruff: noqa: E501 - German letters, one paragraph a line
UNIT = "Leistung 2"
OFFICE = jobcenter(UNIT)

NOTICE = f"""Sehr geehrte Frau Kowalska,

die Bewilligung von Leistungen für die Monate Februar und März 2023 wird nach § 48 Absatz 1 Satz 2 Nummer 3 SGB X teilweise aufgehoben. Für diese Zeit sind Ihnen 738,50 Euro zu Unrecht gezahlt worden. Dieser Betrag ist nach § 50 SGB X zu erstatten.

# Begründung
Sie haben am 01.02.2023 eine Beschäftigung bei der Großküche Hansen aufgenommen. Das Arbeitsentgelt ist Ihnen am 28.02.2023 und am 31.03.2023 zugeflossen. Die Aufnahme der Arbeit wurde erst durch den Datenabgleich vom 14.04.2023 bekannt.

| Monat | Netto | Überzahlung
| Februar 2023 | 612,40 Euro | 351,20 Euro
| März 2023 | 659,80 Euro | 387,30 Euro
| Summe | 1.272,20 Euro | 738,50 Euro

In Ihrer Anhörung haben Sie vorgetragen, den Arbeitsvertrag an der Information abgegeben zu haben. Ein Eingang ließ sich in der Akte nicht feststellen. Auf Vertrauen können Sie sich nicht berufen, da der Wegfall des Anspruchs auf dem Zufluss von Einkommen beruht.

Der Betrag wird mit monatlich 50,20 Euro gegen Ihre laufenden Leistungen aufgerechnet, erstmals zum 01.07.2023.

{objection_jobcenter()}

Mit freundlichen Grüßen
Im Auftrag
~ Ahrens"""

CONTRACT = """^ Arbeitsvertrag
zwischen Großküche Hansen, Inhaberin Birte Hansen, Am Güterbahnhof 11, 27999 Brunnstetten, und Frau Agnieszka Kowalska, Deichstraße 70, 27999 Brunnstetten

# 1. Beginn und Tätigkeit
Das Arbeitsverhältnis beginnt am 1. Februar 2023. Frau Kowalska wird als Küchenhilfe eingestellt. Die ersten drei Monate gelten als Probezeit.

# 2. Arbeitszeit
Die wöchentliche Arbeitszeit beträgt 15 Stunden, verteilt auf Montag bis Freitag von 6.00 Uhr bis 9.00 Uhr.

# 3. Vergütung
Der Stundenlohn beträgt 12,40 Euro brutto. Er wird zum Monatsende auf das Konto der Arbeitnehmerin überwiesen.

# 4. Urlaub
Der Urlaub beträgt 24 Werktage im Kalenderjahr.
===
# 5. Arbeitsverhinderung
Eine Verhinderung ist vor Dienstbeginn telefonisch anzuzeigen. Bei Krankheit von mehr als drei Tagen ist die ärztliche Bescheinigung spätestens am vierten Tag vorzulegen.

# 6. Hygienevorschriften
Die Belehrung nach § 43 Infektionsschutzgesetz durch das Gesundheitsamt ist vor Aufnahme der Arbeit nachzuweisen. Arbeitskleidung wird gestellt und gewaschen.

Brunnstetten, 27. Januar 2023
~ Birte Hansen
~ Agnieszka Kowalska"""


def case() -> Case:
    ref = Reference("27903-BG-0021190", "Herr Ahrens", "3.05", "22.05.2023")
    to = "Frau; Agnieszka Kowalska; Deichstraße 70; 27999 Brunnstetten"
    noisy = replace(COPIER, skew=-0.9, noise=0.035, pale=0.35, speckle=0.52, shadow=0.12, blur=0.8, quality=45)
    return Case(
        f"Jobcenter/{UNIT}/BG 0021190 Kowalska",
        "register",
        {
            "aktenzeichen": ref.number,
            "betreff": "Erstattung SGB II Kowalska, Agnieszka",
            "personen": [{"name": "Kowalska", "vorname": "Agnieszka", "geburtsdatum": "05.04.1985"}],
            "stelle": UNIT,
            "schlagwoerter": ["Erstattung", "Überzahlung", "Arbeitsaufnahme"],
            "laufzeit_von": "01.02.2023",
            "laufzeit_bis": "31.12.2023",
            "aussonderung": "31.12.2033",
            "vertraulichkeit": "normal",
        },
        (
            Document(
                "00012345.pdf", "pdf", scanned(plain(CONTRACT, "serif", 11), noisy), faults=("noisy", "scanner_name")
            ),
            Document(
                "Aufhebungs- und Erstattungsbescheid.pdf",
                "pdf",
                born(authority(OFFICE, to, ref, "Aufhebung und Erstattung von Leistungen", NOTICE, "times")),
            ),
            Document("Thumbs.db", "system", faults=("system_file",)),
        ),
    )
