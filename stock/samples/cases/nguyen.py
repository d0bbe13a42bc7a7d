"""Sample case of the unit "Leistung 2": Nguyen."""

from __future__ import annotations

from dataclasses import replace

from stock.samples.case import COPIER, Case, Document, about, born, scanned
from stock.samples.letters import Reference, authority, plain
from stock.samples.offices import cooperation, jobcenter, objection_jobcenter

# ruff: noqa: E501 - German letters, one paragraph a line
UNIT = "Leistung 2"
OFFICE = jobcenter(UNIT)

NOTICE = f"""Sehr geehrter Herr Nguyễn,

Ihnen werden für die Zeit vom 01.01.2024 bis 30.06.2024 vorläufig Leistungen nach § 41a SGB II in Höhe von monatlich 871,20 Euro bewilligt. Die Bewilligung ist vorläufig, weil die Höhe Ihres Einkommens aus selbständiger Tätigkeit noch nicht feststeht.

# Berechnung
| Regelbedarf | 563,00 Euro
| Kosten der Unterkunft und Heizung | 588,20 Euro
| Gewinn laut Anlage EKS, monatlich im Durchschnitt | 450,00 Euro
| davon frei nach § 11b SGB II | 170,00 Euro
| Zahlbetrag | 871,20 Euro

Nach Ablauf des Bewilligungszeitraums haben Sie die tatsächlichen Einnahmen und Ausgaben nachzuweisen. Dafür ist die abschließende Anlage EKS bis zum 31.08.2024 einzureichen. Geht sie nicht ein, wird festgestellt, dass ein Leistungsanspruch nicht bestand; die vorläufig erbrachten Leistungen wären dann zu erstatten.

# Hinweise zu Ihrem Betrieb
Die Anschaffung der zweiten Nähmaschine (1.190,00 Euro) wird als Betriebsausgabe nicht anerkannt, da sie nach der vorgelegten Auftragslage nicht notwendig ist. Die Miete des Ladenlokals am Fischmarkt wird in voller Höhe berücksichtigt. Für den Lieferwagen werden die Kosten je betrieblich gefahrenem Kilometer angesetzt; führen Sie bitte ein Fahrtenbuch.

{cooperation("vierzehn")}

{objection_jobcenter()}

Mit freundlichen Grüßen
Im Auftrag
~ Demuth"""

FORM = """^ Anlage EKS
> Erklärung zum Einkommen aus selbständiger Tätigkeit im Bewilligungszeitraum 01.01.2024 bis 30.06.2024

# A. Angaben zum Betrieb
Inhaber:: Nguyễn, Văn Hòa
Bezeichnung:: Änderungsschneiderei Hoa
Anschrift:: Fischmarkt 6, 27999 Brunnstetten
Gewerbeanmeldung vom:: 02.05.2021
Beschäftigte:: keine

# B. Voraussichtliche Betriebseinnahmen
| Monat | Änderungen | Verkauf
| Januar 2024 | 1.120,00 | 85,00
| Februar 2024 | 1.060,00 | 60,00
| März 2024 | 1.310,00 | 140,00
| April 2024 | 1.390,00 | 120,00
| Mai 2024 | 1.450,00 | 160,00
| Juni 2024 | 1.280,00 | 95,00
===
# C. Voraussichtliche Betriebsausgaben je Monat
| Miete Ladenlokal | 480,00
| Strom und Wasser | 92,00
| Garn, Reißverschlüsse, Stoffe | 130,00
| Telefon und Internet | 39,90
| Versicherung | 28,00
| Fahrtkosten | 60,00

# D. Erklärung
Ich versichere die Richtigkeit der Angaben. Die Belege werde ich mit der abschließenden Erklärung vorlegen.

Brunnstetten, 18.12.2023
~ Nguyen Van Hoa"""

RECEIPTS = """# Nähtechnik Brandes · Inhaber K. Brandes · Mühlenstraße 19 · 27801 Harlingen

# Rechnung Nr. 2023-1187
Kunde: Änderungsschneiderei Hoa, Fischmarkt 6, 27999 Brunnstetten
Datum: 30.11.2023

| Position | Menge | Betrag
| Overlockmaschine, gebraucht, geprüft | 1 | 1.000,00
| Umsatzsteuer 19 Prozent | – | 190,00
| Rechnungsbetrag | – | 1.190,00

Der Betrag ist zahlbar innerhalb von 14 Tagen ohne Abzug. Auf gebrauchte Maschinen gewähren wir ein Jahr Gewährleistung. Die Maschine bleibt bis zur vollständigen Bezahlung unser Eigentum.
===
# Quittung
Erhalten von Herrn Nguyễn für Ladenmiete Dezember 2023, Fischmarkt 6, 480,00 Euro in bar. Betrag dankend erhalten.

Brunnstetten, 4. Dezember 2023
~ Grundstücksverwaltung Jansen"""

MAIL = """Von: Demuth, Jobcenter Brunnstetten <leistung2@jc-brunnstetten.example>
An: Văn Hòa Nguyễn <schneiderei.hoa@post.example>
Datum: Tue, 09 Jan 2024 10:12:00 +0100
Betreff: AW: Anlage EKS / 27903-BG-0020811

Sehr geehrter Herr Nguyễn,

vielen Dank für die Anlage EKS. Bitte schicken Sie mir noch den Mietvertrag des Ladenlokals. Die Rechnung über die Overlockmaschine liegt vor, die Anschaffung kann ich aber voraussichtlich nicht anerkennen. Die Kündigungsbestätigung des Stellplatzes füge ich Ihnen zur Kenntnis bei.

Mit freundlichen Grüßen
Demuth

-----Ursprüngliche Nachricht-----
Von: Văn Hòa Nguyễn
Gesendet: Montag, 8. Januar 2024 21:40
An: Leistung 2
Betreff: Anlage EKS

Guten Abend Frau Demuth,

im Anhang war am 18. Dezember die Anlage EKS. Haben Sie alles bekommen? Die zweite Maschine brauche ich wegen der Aufträge vom Theater, die alte näht keine dicken Stoffe mehr. Den Stellplatz für den Lieferwagen habe ich gekündigt.

Viele Grüße
Hòa Nguyễn"""

ENDING = """# Parkraum Brunnstetten GmbH
Ziegelhof 1, 27999 Brunnstetten

Sehr geehrter Herr Nguyễn,

wir bestätigen die Kündigung des Stellplatzes Nr. 41 in der Sammelgarage Ziegelhof zum 31. Januar 2024. Die Chipkarte geben Sie bitte beim Pförtner ab. Das Pfand von 25,00 Euro wird danach auf Ihr Konto überwiesen.

Mit freundlichen Grüßen
~ Petra Niehus"""


def case() -> Case:
    ref = Reference("27903-BG-0020811", "Frau Demuth", "3.02", "11.01.2024")
    to = "Herrn; Văn Hòa Nguyễn; Fischmarkt 6; 27999 Brunnstetten"
    mixed = (
        *born(plain(FORM, size=10)),
        *scanned(plain(RECEIPTS, "times"), replace(COPIER, skew=-1.1, noise=0.016, shadow=0.12, speckle=0.07)),
    )
    attached = Document("Kündigungsbestätigung.pdf", "pdf", born(plain(ENDING)))
    return Case(
        f"Jobcenter/{UNIT}/BG 0020811 Nguyễn, Văn Hòa",
        "json",
        {
            "aktenzeichen": ref.number,
            "betreff": "Leistungen SGB II, selbständig: Nguyễn, Văn Hòa",
            "personen": [
                {
                    "name": "Nguyễn",
                    "vorname": "Văn Hòa",
                    "geburtsdatum": "30.08.1978",
                    "rolle": "Antragsteller",
                    "kennungen": ["903A020811"],
                }
            ],
            "stelle": UNIT,
            "schlagwoerter": ["Selbständigkeit", "Anlage EKS", "vorläufige Bewilligung"],
            "laufzeit_von": "18.12.2023",
            "laufzeit_bis": "30.06.2024",
            "aussonderung": "31.12.2034",
            "vertraulichkeit": "normal",
            "bearbeiter": "Demuth",
        },
        (
            Document(
                "Anlage EKS mit Belegen.pdf",
                "pdf",
                mixed,
                about=about("Anlage EKS 1. Halbjahr 2024 mit Belegen", "Antrag", "18.12.2023", "Nguyễn, Văn Hòa"),
                faults=("mixed",),
            ),
            Document(
                "E-Mail 2024-01-09.eml",
                "eml",
                text=MAIL,
                about=about("Rückfrage zur Anlage EKS", "E-Mail", "09.01.2024", "Jobcenter Brunnstetten"),
                attachments=(attached,),
            ),
            Document(
                "Bescheid vorläufig.pdf",
                "pdf",
                born(authority(OFFICE, to, ref, "Vorläufige Bewilligung von Leistungen nach § 41a SGB II", NOTICE)),
                about=about("Vorläufiger Bescheid", "Bescheid", "11.01.2024", "Jobcenter Brunnstetten"),
            ),
        ),
    )
