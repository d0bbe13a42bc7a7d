"""The two invented authorities and the passages that recur in their letters."""

from __future__ import annotations

from stock.samples.letters import Office

_JOB_FOOT = (
    "Öffnungszeiten: Mo, Di, Do, Fr 8.00–12.00 Uhr, Do auch 14.00–17.30 Uhr · Haltestelle Kornspeicher (Bus 3, 7)",
    "Bankverbindung: Stadtsparkasse Brunnstetten · IBAN DE00 2799 0000 0000 4711 00",
)
_CITY_FOOT = (
    "Stadt Brunnstetten · Rathausplatz 1 · 27999 Brunnstetten · Vorsprache nur nach Vereinbarung",
    "Gläubiger-ID DE00ZZZ00000047110 · Stadtkasse Brunnstetten · IBAN DE00 2799 0000 0000 0815 00",
)


def jobcenter(unit: str) -> Office:
    number = unit.rsplit(maxsplit=1)[-1]
    mail = f"leistung{number}@jc-brunnstetten.example"
    place = ("Am Kornspeicher 4", "27999 Brunnstetten", f"04999 55-1{number}0", mail)
    return Office("Jobcenter Brunnstetten", unit, *place, _JOB_FOOT)


def immigration(unit: str) -> Office:
    number = unit.rsplit(maxsplit=1)[-1]
    place = ("Rathausplatz 1", "27999 Brunnstetten", f"04999 50-{number.replace('.', '')}", "abh@brunnstetten.example")
    return Office("Stadt Brunnstetten", f"Der Oberbürgermeister · {unit}", *place, _CITY_FOOT)


def objection_jobcenter() -> str:
    return """# Rechtsbehelfsbelehrung
Gegen diesen Bescheid kann jede betroffene Person oder ein von dieser bevollmächtigter Dritter innerhalb eines Monats nach Bekanntgabe Widerspruch erheben. Für Minderjährige oder nicht geschäftsfähige Personen handelt deren gesetzlicher Vertreter. Der Widerspruch ist schriftlich oder zur Niederschrift beim Jobcenter Brunnstetten, Am Kornspeicher 4, 27999 Brunnstetten, einzulegen.

Diese Entscheidung beruht auf den Vorschriften des Zweiten Buches Sozialgesetzbuch (SGB II)."""  # noqa: E501


def action_city(court: str = "Verwaltungsgericht Harlingen, Marktwall 12, 27801 Harlingen") -> str:
    return f"""# Rechtsbehelfsbelehrung
Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Klage erhoben werden. Die Klage ist beim {court}, schriftlich oder zur Niederschrift des Urkundsbeamten der Geschäftsstelle zu erheben. Sie muss den Kläger, den Beklagten und den Gegenstand des Klagebegehrens bezeichnen."""  # noqa: E501


def cooperation(days: str) -> str:
    return f"""# Mitwirkungspflichten
Sie sind verpflichtet, alle Änderungen in den Verhältnissen, die für die Leistung erheblich sind, unverzüglich und unaufgefordert mitzuteilen (§ 60 Absatz 1 Satz 1 Nummer 2 SGB I). Dazu gehören insbesondere:
- die Aufnahme einer Beschäftigung, auch einer geringfügigen,
- ein Umzug sowie Änderungen der Miete oder der Heizkosten,
- der Zufluss von Einkommen, Erstattungen und Vermögen,
- Zeiten der Ortsabwesenheit.
Nachweise reichen Sie bitte innerhalb von {days} Tagen ein. Für bereits erbrachte Leistungen kann sonst eine Erstattung nach § 50 SGB X verlangt werden."""  # noqa: E501
