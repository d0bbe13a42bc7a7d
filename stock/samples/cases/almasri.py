"""Sample case of the unit "Ausländerbehörde 32.1": Almasri."""

from __future__ import annotations

from dataclasses import replace

from stock.samples.case import COPIER, Case, Document, about, born, scanned
from stock.samples.letters import Reference, authority, plain, private
from stock.samples.offices import action_city, immigration

# ruff: noqa: E501 - German letters, one paragraph a line
UNIT = "Ausländerbehörde 32.1"
OFFICE = immigration(UNIT)
CITY = "Stadt Brunnstetten; Ausländerbehörde; Rathausplatz 1; 27999 Brunnstetten"

NOTICE = f"""Sehr geehrte Frau Al-Masri,

Ihre Aufenthaltserlaubnis nach § 25 Absatz 2 Satz 1 Alternative 2 des Aufenthaltsgesetzes wird bis zum 29.11.2025 verlängert. Die Erwerbstätigkeit ist erlaubt.

# Wohnsitzauflage
Die Verpflichtung, den Wohnsitz im Land zu nehmen, ist mit Ablauf von drei Jahren nach der Anerkennung erloschen. Eine neue Auflage wird nicht verfügt.

# Elektronischer Aufenthaltstitel
Ihr Aufenthaltstitel wird als Karte ausgestellt. Sobald die Karte hier vorliegt, erhalten Sie eine Nachricht. Bringen Sie zur Abholung bitte den Reiseausweis und den bisherigen Titel mit. Die Gebühr von 93,00 Euro ist vor der Aushändigung zu zahlen.

# Hinweis zur Niederlassungserlaubnis
Nach § 26 Absatz 3 Aufenthaltsgesetz kann frühestens ab dem 12.08.2024 eine Niederlassungserlaubnis erteilt werden. Voraussetzung sind unter anderem hinreichende Kenntnisse der deutschen Sprache und die überwiegende Sicherung des Lebensunterhalts.

{action_city()}

Mit freundlichen Grüßen
Im Auftrag
~ Wiegand"""

FORM = """^ Antrag auf Verlängerung des Aufenthaltstitels
> Ausländerbehörde der Stadt Brunnstetten – Formblatt 7

Name:: Al-Masri
Vorname:: Nour
Geburtsdatum:: 01.01.1994
Geburtsort:: Homs
Staatsangehörigkeit:: syrisch
Anschrift:: Kastanienring 52
Familienstand:: verheiratet seit 2017
Reiseausweis gültig bis:: 08.10.2024

# Zweck des Aufenthalts
[x] humanitärer Aufenthalt
[ ] Erwerbstätigkeit
[ ] Ausbildung oder Studium
[ ] Familienzusammenführung

# Lebensunterhalt
[x] Arbeitsentgelt: Bäckerei Lohmann, 20 Stunden in der Woche
[ ] Leistungen nach dem SGB II
[ ] Verpflichtungserklärung

# Straftaten
[x] Ich bin nicht vorbestraft, gegen mich wird nicht ermittelt.

Brunnstetten, 17.10.2022
~ Nour Al-Masri"""

REUNION = """Sehr geehrte Frau Wiegand,

mein Mann Tarek Al-Masri lebt seit vier Jahren getrennt von mir in Beirut. Wir haben am 9. März 2017 in Homs geheiratet. Ich bitte Sie, dem Visum zum Familiennachzug zuzustimmen. Mein Mann hat am 3. Februar einen Termin bei der Botschaft.

Die Heiratsurkunde habe ich übersetzen lassen, das Original liegt bei meiner Schwiegermutter. Wir haben eine Wohnung mit zwei Zimmern im Kastanienring, sie ist groß genug für uns beide. In der Bäckerei kann ich ab März Vollzeit arbeiten, Herr Lohmann hat es mir schriftlich bestätigt.

Mein Mann ist Elektriker. Er hat den Sprachkurs A1 schon bestanden und könnte hier sofort arbeiten. Bitte geben Sie mir Bescheid, ob noch Unterlagen fehlen.

Mit freundlichen Grüßen
~ Nour Al-Masri"""

CONSENT = """Sehr geehrte Damen und Herren,

im Visumverfahren des syrischen Staatsangehörigen Tarek Al-Masri, geboren am 20.05.1990, wird der Einreise nach § 31 Aufenthaltsverordnung zugestimmt.

Die Ehefrau besitzt eine Aufenthaltserlaubnis nach § 25 Absatz 2 Aufenthaltsgesetz. Von der Sicherung des Lebensunterhalts und vom Wohnraum ist nach § 29 Absatz 2 Satz 2 abzusehen, weil der Antrag innerhalb der Frist gestellt und durch die Anzeige vom 04.11.2021 gewahrt wurde. Sicherheitsbedenken wurden nicht mitgeteilt.

Die Echtheit der Heiratsurkunde bitte ich vor Ort zu prüfen.

Mit freundlichen Grüßen
Im Auftrag
~ Wiegand"""


def case() -> Case:
    ref = Reference("32.1-AM-2021/0388", "Frau Wiegand", "117", "30.11.2022")
    shot = replace(COPIER, skew=-1.3, holes=True, speckle=0.03)
    sender = "Nour Al-Masri; Kastanienring 52; 27999 Brunnstetten"
    sub = "Vorgang 2 Familiennachzug/"
    reply = Reference(ref.number, ref.clerk, ref.room, "21.02.2023")
    return Case(
        f"{UNIT}/Al-Masri, Nour",
        "xml",
        {
            "aktenzeichen": ref.number,
            "betreff": "Aufenthalt Al-Masri, Nour",
            "personen": [
                {"name": "Al-Masri", "vorname": "Nour", "geburtsdatum": "01.01.1994", "rolle": "Antragstellerin"},
                {"name": "Al-Masri", "vorname": "Tarek", "geburtsdatum": "20.05.1990", "rolle": "Ehemann"},
            ],
            "stelle": UNIT,
            "schlagwoerter": ["Aufenthaltserlaubnis", "Familiennachzug"],
            "laufzeit_von": "12.08.2021",
            "laufzeit_bis": "29.11.2025",
            "aussonderung": "31.12.2035",
            "vertraulichkeit": "vertraulich",
            "bearbeiter": "Wiegand",
            "nicht_digitalisiert": [{"umfang": "Lichtbilder, 2 Stück", "ort": "Handakte Zimmer 117"}],
        },
        (
            Document(
                "Antrag Verlängerung.pdf",
                "pdf",
                scanned(plain(FORM), shot),
                about=about("Antrag auf Verlängerung", "Antrag", "17.10.2022", "Al-Masri, Nour"),
                faults=("skewed", "punch_holes"),
            ),
            Document(
                "Bescheid 2022-11-30.pdf",
                "pdf",
                born(authority(OFFICE, "Frau; " + sender, ref, "Verlängerung der Aufenthaltserlaubnis", NOTICE)),
                about=about("Verlängerung der Aufenthaltserlaubnis", "Bescheid", "30.11.2022", "Stadt Brunnstetten"),
            ),
            Document(
                sub + "Schreiben Al-Masri.pdf",
                "pdf",
                scanned(
                    private(sender, CITY, "Brunnstetten, 19.01.2023", "Familiennachzug meines Ehemannes", REUNION),
                    replace(COPIER, skew=0.4),
                ),
                about=about("Bitte um Zustimmung zum Visum", "Schreiben", "19.01.2023", "Al-Masri, Nour"),
            ),
            Document(
                sub + "Zustimmung Visum.pdf",
                "pdf",
                born(
                    authority(
                        OFFICE,
                        "Auslandsvertretung; Visastelle; 1513 Beirut",
                        reply,
                        "Zustimmung im Visumverfahren Al-Masri, Tarek",
                        CONSENT,
                    )
                ),
                about=about("Zustimmung zur Visumerteilung", "Schreiben", "21.02.2023", "Stadt Brunnstetten"),
            ),
        ),
    )
