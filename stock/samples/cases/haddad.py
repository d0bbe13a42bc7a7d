"""Sample case of the unit "Leistung 2": Haddad."""

from __future__ import annotations

from dataclasses import replace

from stock.samples.case import COPIER, Case, Document, born, scanned, stamped
from stock.samples.letters import Reference, authority, private
from stock.samples.offices import jobcenter, objection_jobcenter

# ruff: noqa: E501 - German letters, one paragraph a line
UNIT = "Leistung 2"
RECEIVED = "EINGEGANGEN\n29. AUG. 2023\nJobcenter Brunnstetten"
OFFICE = jobcenter(UNIT)

NOTICE = f"""Sehr geehrter Herr Haddad,

Ihr Antrag vom 28.08.2023 auf Leistungen für die Erstausstattung der Wohnung Rosenhof 9 wird teilweise bewilligt. Sie erhalten einmalig 1.148,00 Euro.

# Anerkannter Bedarf
| Kleiderschrank | 120,00 Euro
| zwei Betten mit Matratzen und Lattenrost | 360,00 Euro
| Kühlschrank und Herd | 410,00 Euro
| Waschmaschine | 180,00 Euro
| Lampen und Gardinenstangen | 78,00 Euro
| Summe | 1.148,00 Euro

Nicht bewilligt werden der Fernseher und die Einbauküche. Ein Fernsehgerät gehört nach der Rechtsprechung des Bundessozialgerichts nicht zur Erstausstattung. Für die Küche genügen die bewilligten Einzelgeräte.

Bitte bewahren Sie die Kaufbelege auf und legen Sie sie bis zum 31.10.2023 vor. Gebrauchte Möbel erhalten Sie auch im Sozialkaufhaus, Ziegelhof 5.

{objection_jobcenter()}

Mit freundlichen Grüßen
Im Auftrag
~ Demuth"""

REQUEST = """Sehr geehrte Frau Demuth,

seit dem 15. August wohne ich mit meiner Frau Rima und unserer Tochter in der Wohnung Rosenhof 9. Vorher haben wir in der Unterkunft am Sportpark gelebt. Dort waren alle Möbel gestellt, eigene haben wir nicht.

Ich beantrage deshalb Geld für die Erstausstattung. Wir brauchen zwei Betten, einen Kleiderschrank, einen Kühlschrank, einen Herd, eine Waschmaschine, Lampen, eine Küche und einen Fernseher. Meine Tochter schläft zurzeit auf einer Luftmatratze.

Frau Petersen von der Migrationsberatung hat mir beim Schreiben geholfen. Wenn Sie Fragen haben, können Sie sie gern anrufen. Ich lerne vormittags im Integrationskurs und bin ab 13 Uhr erreichbar.

Mit freundlichen Grüßen
~ Samir Haddad"""


def case() -> Case:
    ref = Reference("27903-BG-0022003", "Frau Demuth", "3.02", "14.09.2023")
    sender = "Samir Haddad; Rosenhof 9; 27999 Brunnstetten"
    letter = private(
        sender,
        "Jobcenter Brunnstetten; Leistung 2; Am Kornspeicher 4; 27999 Brunnstetten",
        "Brunnstetten, 28.08.2023",
        "Antrag auf Erstausstattung",
        REQUEST,
    )
    copied = replace(COPIER, skew=0.5, holes=True)
    return Case(
        f"Jobcenter/{UNIT}/BG 0022003",
        "",
        {},
        (
            Document(
                "Antrag Erstausstattung.pdf",
                "pdf",
                scanned(stamped(letter, RECEIVED), copied),
                faults=("stamp", "punch_holes", "no_cover"),
            ),
            Document(
                "Bescheid Erstausstattung.pdf",
                "pdf",
                born(
                    authority(OFFICE, "Herrn; " + sender, ref, "Einmalige Leistungen nach § 24 Absatz 3 SGB II", NOTICE)
                ),
                faults=("no_cover",),
            ),
        ),
    )
