"""Sample case of the unit "Leistung 1": Baecker."""

from __future__ import annotations

from dataclasses import replace

from stock.samples.case import COPIER, Case, Document, about, born, scanned
from stock.samples.letters import Reference, authority, plain
from stock.samples.offices import jobcenter

# ruff: noqa: E501 - German letters, one paragraph a line
UNIT = "Leistung 1"
OFFICE = jobcenter(UNIT)
CITY = "Jobcenter Brunnstetten; Am Kornspeicher 4; 27999 Brunnstetten"

FAX = """# Telefax an 04999 55-119
# Praxis für Orthopädie Dr. med. Silke Amberg, Torfweg 2, 27999 Brunnstetten

An das Jobcenter Brunnstetten, Leistung 1
Patient: Bäcker, Jörn, geboren am 03.12.1980
Datum: 12.02.2024, Seiten: 3

Sehr geehrte Frau Ohlsen,

auf Ihre Anfrage vom 8. Februar teile ich mit Einwilligung des Patienten mit: Herr Bäcker befindet sich seit dem 15. Januar 2024 in meiner Behandlung. Er war in der Zeit vom 22. Januar bis 9. Februar 2024 arbeitsunfähig. Den Termin am 30. Januar konnte er aus gesundheitlichen Gründen nicht wahrnehmen.
===
# Anlage 1: Befundbericht
Diagnose: Lumboischialgie links bei Bandscheibenvorwölbung in Höhe L4/L5.

Der Patient klagt über ausstrahlende Schmerzen in das linke Bein, die beim Sitzen zunehmen. Eine neurologische Ausfallsymptomatik besteht nicht. Verordnet wurden Krankengymnastik sowie ein Schmerzmittel für die Nacht.

Leichte Tätigkeiten in wechselnder Körperhaltung sind nach Abschluss der Behandlung voraussichtlich ab März 2024 wieder vollschichtig möglich. Heben und Tragen über 10 Kilogramm ist zu vermeiden.
===
# Anlage 2: Bescheinigung
Es wird bescheinigt, dass Herr Jörn Bäcker am 30. Januar 2024 von 9.15 Uhr bis 10.40 Uhr in der Praxis anwesend war. Er konnte wegen der akuten Beschwerden weder öffentliche Verkehrsmittel benutzen noch längere Zeit sitzen.

~ Dr. S. Amberg"""

HEARING = """Sehr geehrter Herr Bäcker,

mit Schreiben vom 16.01.2024 wurden Sie zu einem Gespräch am 30.01.2024 um 9.30 Uhr eingeladen. Zu diesem Termin sind Sie nicht erschienen und haben bislang keinen Grund dafür genannt.

Nach dem derzeitigen Stand ist das Bürgergeld für einen Monat um 10 Prozent des maßgebenden Regelbedarfs zu mindern, das sind 56,30 Euro. Bevor hierüber entschieden wird, erhalten Sie nach § 24 SGB X Gelegenheit, sich zu äußern.

Bitte antworten Sie bis zum 26.02.2024. Sie können sich schriftlich, telefonisch oder im persönlichen Gespräch äußern. Wenn ein wichtiger Grund vorlag, fügen Sie bitte einen Nachweis bei, zum Beispiel eine ärztliche Bescheinigung darüber, dass Sie den Termin nicht wahrnehmen konnten.

Mit freundlichen Grüßen
Im Auftrag
~ Ohlsen"""

NOTE = "Vermerk\n27903-BG-0014480, Bäcker, Jörn\nBrunnstetten, 15.02.2024\n1. Herr Bäcker hat heute telefonisch mitgeteilt, dass er am 30.01. beim Orthopäden war. Das Fax der Praxis liegt seit 12.02. vor.\n2. Ein wichtiger Grund im Sinne von § 32 Absatz 1 Satz 2 SGB II ist nachgewiesen. Die Minderung tritt nicht ein.\n3. Neuer Termin: 05.03.2024, 10.00 Uhr, Zimmer 2.14. Einladung ist raus.\n4. Ärztlichen Dienst vorerst nicht einschalten; Leistungsfähigkeit im März erneut ansprechen.\n5. Wiedervorlage 06.03.2024.\nOhlsen"


def case() -> Case:
    ref = Reference("27903-BG-0014480", "Frau Ohlsen", "2.14", "08.02.2024")
    to = "Herrn; Jörn Bäcker; Fährweg 31 a; 27999 Brunnstetten"
    return Case(
        f"Jobcenter/{UNIT}/BG 0014480 Bäcker, Jörn",
        "csv",
        {
            "aktenzeichen": ref.number,
            "betreff": "Meldeversäumnis Bäcker, Jörn",
            "personen": [{"name": "Bäcker, Jörn"}],
            "stelle": UNIT,
            "schlagwoerter": ["Meldeversäumnis", "Anhörung", "Arbeitsunfähigkeit"],
            "laufzeit_von": "16.01.2024",
            "laufzeit_bis": "06.03.2024",
            "aussonderung": "31.12.2034",
            "vertraulichkeit": "vertraulich",
            "bearbeiter": "Ohlsen",
        },
        (
            Document(
                "Anhörung.pdf",
                "pdf",
                born(authority(OFFICE, to, ref, "Anhörung zur Minderung des Bürgergeldes", HEARING)),
                about=about("Anhörung", "Anhörung", "08.02.2024", "Jobcenter Brunnstetten"),
            ),
            Document(
                "Fax Praxis Amberg.tif",
                "tiff",
                scanned(plain(FAX, size=12), replace(COPIER, mode="1bit", noise=0.01, speckle=0.14, skew=0.4)),
                faults=("one_bit",),
            ),
            Document("Vermerk 15.02.2024.docx", "docx", text=NOTE),
        ),
    )
