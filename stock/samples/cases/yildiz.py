"""Sample case of the unit "Leistung 1": Yildiz."""

from __future__ import annotations

from dataclasses import replace

from stock.pages.page import A4, Page
from stock.samples.case import COPIER, Case, Document, about, born, scanned, stamped
from stock.samples.letters import Reference, authority, plain
from stock.samples.offices import cooperation, jobcenter, objection_jobcenter

# ruff: noqa: E501 - German letters, one paragraph a line
UNIT = "Leistung 1"
RECEIVED = "EINGEGANGEN\n06. MRZ. 2023\nJobcenter Brunnstetten"
OFFICE = jobcenter(UNIT)
CITY = "Jobcenter Brunnstetten; Am Kornspeicher 4; 27999 Brunnstetten"

NOTICE = f"""Sehr geehrte Frau Yıldız,

auf Ihren Antrag vom 06.03.2023 werden Ihnen und den mit Ihnen in Bedarfsgemeinschaft lebenden Personen für die Zeit vom 01.04.2023 bis 31.03.2024 Leistungen zur Sicherung des Lebensunterhalts in Höhe von monatlich 1.386,40 Euro bewilligt.

# Berechnung der Leistungen
| Bedarf | Aylin Yıldız | Emre Yıldız
| Regelbedarf | 502,00 Euro | 348,00 Euro
| Mehrbedarf für Alleinerziehende | 60,24 Euro | –
| Grundmiete | 241,50 Euro | 241,50 Euro
| Heizkosten | 48,25 Euro | 48,25 Euro
| Nebenkosten | 73,33 Euro | 73,33 Euro
| Kindergeld (abzusetzen) | – | - 250,00 Euro
| Zahlbetrag | 925,32 Euro | 461,08 Euro

Die Grundmiete wird direkt an die Vermieterin, die Wohnbau Kornmark eG, überwiesen. Der verbleibende Betrag geht auf das von Ihnen angegebene Konto. Die Leistungen für April werden am 31.03.2023 angewiesen.

# Begründung
Sie sind mit Ihrem Sohn Emre, geboren am 19.09.2014, in die Wohnung Lindenkamp 17 gezogen. Der Umzug war erforderlich, weil Ihr bisheriges Mietverhältnis durch Eigenbedarfskündigung endete. Die Kosten der neuen Unterkunft liegen mit 726,16 Euro im Rahmen der Richtlinie der Stadt Brunnstetten für einen Haushalt mit zwei Personen und werden in voller Höhe anerkannt.

Der Unterhaltsvorschuss für Ihren Sohn ist noch nicht bewilligt. Sobald die Unterhaltsvorschusskasse entschieden hat, erhalten Sie einen Änderungsbescheid. Ein Erstattungsanspruch gegenüber der Kasse ist angemeldet.

{cooperation("vierzehn")}

{objection_jobcenter()}

Mit freundlichen Grüßen
Im Auftrag
~ Ohlsen"""

LEASE = """^ Mietvertrag
Zwischen der Wohnbau Kornmark eG, Speicherstraße 40, 27999 Brunnstetten, vertreten durch den Vorstand, – Vermieterin –
und Frau Aylin Yıldız, zurzeit wohnhaft Amselstieg 5, 27999 Brunnstetten, – Mieterin –
wird folgender Mietvertrag geschlossen:

# § 1 Mieträume
Vermietet werden im Hause Lindenkamp 17, zweites Obergeschoss links, zwei Zimmer, eine Küche, ein Bad mit Toilette, ein Flur und ein Kellerraum mit der Nummer 8. Die Wohnfläche beträgt 58,40 Quadratmeter. Die Räume werden ausschließlich zu Wohnzwecken überlassen.

# § 2 Mietzeit
Das Mietverhältnis beginnt am 1. April 2023 und läuft auf unbestimmte Zeit. Für die Kündigung gelten die gesetzlichen Fristen. Die Kündigung bedarf der Schriftform.

# § 3 Miete und Nebenkosten
| Grundmiete | 483,00 Euro
| Vorauszahlung Betriebskosten | 146,66 Euro
| Vorauszahlung Heizung und Warmwasser | 96,50 Euro
| Gesamtmiete monatlich | 726,16 Euro
Die Miete ist monatlich im Voraus, spätestens am dritten Werktag, auf das Konto der Vermieterin zu zahlen. Über die Vorauszahlungen wird jährlich abgerechnet.

# § 4 Sicherheit
Die Mieterin leistet eine Kaution in Höhe von 1.449,00 Euro. Sie ist berechtigt, die Kaution in drei gleichen Monatsraten zu erbringen.
===
# § 5 Schönheitsreparaturen
Die Schönheitsreparaturen trägt die Mieterin, soweit die Abnutzung durch ihren Gebrauch entstanden ist. Zu den Schönheitsreparaturen gehören das Tapezieren, das Streichen der Wände und Decken sowie das Lackieren der Heizkörper und der Innentüren.

# § 6 Hausordnung und Reinigung
Treppenhaus und Kellergang werden im wöchentlichen Wechsel gereinigt. Zwischen 22 Uhr und 6 Uhr ist Ruhe zu halten. Fahrräder dürfen nur im Fahrradkeller abgestellt werden.

# § 7 Tierhaltung
Kleintiere dürfen gehalten werden. Die Haltung von Hunden und Katzen bedarf der Zustimmung der Vermieterin.

# § 8 Rückgabe der Mietsache
Bei Beendigung des Mietverhältnisses sind die Räume geräumt und besenrein mit sämtlichen Schlüsseln zurückzugeben. Übergeben wurden zwei Haustürschlüssel, drei Wohnungsschlüssel und ein Briefkastenschlüssel.

Brunnstetten, den 14. März 2023

Für die Vermieterin:
~ Harald Wessels
Die Mieterin:
~ Aylin Yıldız"""

FORM = """^ Antrag auf Leistungen zur Sicherung des Lebensunterhalts
> Bitte füllen Sie den Antrag in Druckbuchstaben aus. Zutreffendes bitte ankreuzen. Die Angaben werden nach den §§ 60 bis 65 SGB I und den §§ 67a bis 67c SGB X erhoben.

# 1. Persönliche Daten der antragstellenden Person
Familienname:: Yıldız
Vorname:: Aylin
Geburtsdatum:: 27.06.1989
Geburtsort:: Brunnstetten
Staatsangehörigkeit:: deutsch
Straße, Hausnummer:: Amselstieg 5
PLZ, Ort:: 27999 Brunnstetten
Telefon (freiwillig):: 0160 0004417

# 2. Familienstand
[ ] ledig
[ ] verheiratet
[x] dauernd getrennt lebend seit 11.2022
[ ] geschieden

# 3. Weitere Personen im Haushalt
Name, Vorname:: Yıldız, Emre
Geburtsdatum:: 19.09.2014
Verhältnis:: Sohn
===
# 4. Einkommen und Vermögen
[x] Ich erhalte Kindergeld in Höhe von 250,00 Euro monatlich.
[ ] Ich erhalte Arbeitsentgelt.
[x] Unterhaltsvorschuss ist beantragt, aber noch nicht bewilligt.
Kontostand am Tag des Antrags:: 312,77 Euro
Sparguthaben:: keines

# 5. Kosten der Unterkunft
Grundmiete:: 483,00 Euro ab 01.04.2023
Nebenkosten:: 146,66 Euro
Heizkosten:: 96,50 Euro
Einzug am:: 01.04.2023

Ich versichere, dass meine Angaben zutreffend sind. Änderungen werde ich unaufgefordert und unverzüglich mitteilen.

Brunnstetten, 06.03.2023
~ Aylin Yıldız"""


def case() -> Case:
    ref = Reference("27903-BG-0012457", "Frau Ohlsen", "2.14", "03.04.2023")
    skewed = replace(COPIER, skew=1.5, noise=0.013, holes=True, shadow=0.12, speckle=0.06)
    flat = replace(COPIER, skew=-0.6, holes=True, speckle=0.04)
    back = Page(A4[0], A4[1], ())
    lease_sides = [
        *scanned(plain(LEASE, "serif", 11), skewed),
        *scanned([back], replace(COPIER, skew=1.2, noise=0.013, shadow=0.12)),
    ]
    paper = plain(FORM, size=10, top=84)
    sides = (
        *scanned(stamped(paper[:1], RECEIVED), flat),
        *scanned(paper[1:], replace(COPIER, skew=-0.8, holes=True, speckle=0.02)),
    )
    name = "Frau; Aylin Yıldız; Lindenkamp 17; 27999 Brunnstetten"
    subject = "Leistungen zur Sicherung des Lebensunterhalts nach dem SGB II; Bewilligungsbescheid"
    return Case(
        f"Jobcenter/{UNIT}/BG 0012457 Yıldız, Aylin",
        "json",
        {
            "aktenzeichen": ref.number,
            "betreff": "Leistungen SGB II Yıldız, Aylin",
            "personen": [
                {
                    "name": "Yıldız",
                    "vorname": "Aylin",
                    "geburtsdatum": "27.06.1989",
                    "rolle": "Antragstellerin",
                    "kennungen": ["903A012457"],
                },
                {
                    "name": "Yıldız",
                    "vorname": "Emre",
                    "geburtsdatum": "19.09.2014",
                    "rolle": "Kind",
                    "kennungen": ["903A012458"],
                },
            ],
            "stelle": UNIT,
            "schlagwoerter": ["Umzug", "Alleinerziehend", "Kosten der Unterkunft"],
            "laufzeit_von": "06.03.2023",
            "laufzeit_bis": "31.03.2024",
            "aussonderung": "31.12.2034",
            "vertraulichkeit": "normal",
            "bearbeiter": "Ohlsen",
            "nicht_digitalisiert": [{"umfang": "1 Heft Kontoauszüge 2022", "ort": "Registratur, Raum K 12"}],
        },
        (
            Document(
                "Antrag vom 06.03.2023.pdf",
                "pdf",
                sides,
                about=about("Antrag auf Leistungen", "Antrag", "06.03.2023", "Yıldız, Aylin"),
                faults=("stamp", "punch_holes"),
            ),
            Document(
                "Bewilligungsbescheid 2023-04-03.pdf",
                "pdf",
                born(authority(OFFICE, name, ref, subject, NOTICE)),
                about=about(
                    "Bewilligungsbescheid April 2023 bis März 2024", "Bescheid", "03.04.2023", "Jobcenter Brunnstetten"
                ),
            ),
            Document(
                "Mietvertrag.pdf",
                "pdf",
                tuple(lease_sides),
                about=about("Mietvertrag Lindenkamp 17", "Vertrag", "14.03.2023", "Wohnbau Kornmark eG"),
                faults=("skewed", "blank_page", "punch_holes"),
            ),
        ),
    )
