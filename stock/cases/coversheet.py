"""Cover sheets as authorities deliver them: JSON, YAML, XML, CSV, or a row in one register for many."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from xml.sax.saxutils import escape

import yaml

from stock.cases.plan import CasePlan, Fault
from stock.pages.draft import Draft
from stock.rng import stream
from stock.world.cases import Case

Sheet = dict[str, Any]
_SINGULAR = {
    "schlagwoerter": "schlagwort",
    "personen": "person",
    "dokumente": "dokument",
    "nicht_digitalisiert": "teil",
    "kennungen": "kennung",
    "weitere_namen": "name",
}
REGISTER = (
    "Ordner;Aktenzeichen;Betreff;Name;Vorname;Geburtsdatum;Stelle;Schlagworte;"
    "Laufzeit von;Laufzeit bis;Aussonderung;Vertraulichkeit"
)
_WORDS = {
    "jobcenter": (
        "Kosten der Unterkunft",
        "Regelbedarf",
        "Erstausstattung",
        "Unterhalt",
        "Erstattung",
        "Minderung",
        "Einkommensanrechnung",
        "Mietschulden",
        "Bildung und Teilhabe",
        "Mehrbedarf",
        "Darlehen",
    ),
    "abh": (
        "Aufenthaltserlaubnis",
        "Familiennachzug",
        "Niederlassungserlaubnis",
        "Duldung",
        "Passbeschaffung",
        "Einbürgerung",
        "Wohnsitzauflage",
        "Erwerbstätigkeit",
        "Integrationskurs",
        "Rückführung",
    ),
}


def keywords(case: Case, other: bool = False) -> list[str]:
    """The case's keywords; `other`: those of the wrong authority, as after a slip of the register."""
    rng = stream(case.seed, "keywords", case.index)
    authority = case.authority if not other else ("abh" if case.authority == "jobcenter" else "jobcenter")
    return rng.sample(_WORDS[authority], rng.randint(2, 4))


def facts(case: Case, plan: CasePlan, filed: Sequence[tuple[str, Draft]]) -> Sheet:
    """All fields of a cover sheet."""
    rng = stream(case.seed, "cover", case.index)
    words = keywords(case, plan.cover_fault is Fault.WRONG_KEYWORDS)
    subject = f"{'Leistungsakte' if case.authority == 'jobcenter' else 'Ausländerakte'} {case.head.family.spellings[0]}"
    sheet: Sheet = {
        "aktenzeichen": case.reference,
        "betreff": subject,
        "personen": [_person(case, turn) for turn in range(len(case.persons))],
        "stelle": case.unit,
        "federfuehrung": case.office,
        "schlagwoerter": words,
        "laufzeit_von": case.start.isoformat(),
        "laufzeit_bis": case.end.isoformat(),
        "aussonderung": retention(case).isoformat(),
        "vertraulichkeit": confidentiality(case),
        "aktenplan": f"{rng.randint(30, 59)}.{rng.randint(1, 40):02d}",
        "bearbeiter": case.worker,
    }
    if rng.random() < 0.6:
        sheet["dokumente"] = [_document(name, draft) for name, draft in filed]
    if rng.random() < 0.25:
        sheet["nicht_digitalisiert"] = [
            {"umfang": f"{rng.randint(1, 4)} Pläne in Übergröße", "ort": f"Registratur, Fach {rng.randint(1, 300)}"}
        ]
    return sheet


def confidentiality(case: Case) -> str:
    """How secret a case is."""
    return stream(case.seed, "secrecy", case.index).choices(
        ("normal", "vertraulich", "streng vertraulich"), (90, 8, 2)
    )[0]


def retention(case: Case) -> date:
    """Ten years after the end."""
    return case.end + timedelta(days=3653)


def _person(case: Case, turn: int) -> dict[str, Any]:
    person = case.persons[turn]
    found: dict[str, Any] = {
        "name": person.family.spellings[0],
        "vorname": person.given.spellings[0],
        "geburtsdatum": person.birth.isoformat(),
        "rolle": person.role,
    }
    if turn == 0:
        found["kennungen"] = [case.other_reference] if case.authority == "jobcenter" else [person.azr, person.passport]
    names = list(person.spellings()[1:2]) + ([person.maiden] if person.maiden else [])
    if names and stream(case.seed, "names", case.index, turn).random() < 0.5:
        found["weitere_namen"] = names
    return found


def _document(name: str, draft: Draft) -> dict[str, str]:
    return {
        "datei": name,
        "betreff": draft.subject,
        "art": draft.art,
        "datum": draft.day.isoformat(),
        "absender": draft.sender,
        "empfaenger": draft.recipient,
        "posteingang": (draft.day + timedelta(days=2)).isoformat(),
    }


def spoil(sheet: Sheet, case: Case) -> Sheet:
    """Errors as clerks make them: an impossible day, a wrong reference, a mistyped name."""
    rng = stream(case.seed, "cover error", case.index)
    how = rng.choice(("birth", "end", "reference"))
    if how == "birth":
        sheet["personen"][0]["geburtsdatum"] = f"{case.head.birth.year}-13-{case.head.birth.day:02d}"
    elif how == "end":
        sheet["laufzeit_bis"] = (case.start - timedelta(days=400)).isoformat()
    else:
        sheet["aktenzeichen"] = case.reference[:-1] + str((int(case.reference[-1]) + 1) % 10)
    sheet["#"] = how
    return sheet


def write(sheet: Sheet, form: str) -> tuple[str, bytes]:
    """File name and bytes."""
    clean = {key: value for key, value in sheet.items() if key != "#"}
    if form == "json":
        return "deckblatt.json", (json.dumps(clean, ensure_ascii=False, indent=2) + "\n").encode()
    if form == "yaml":
        return "deckblatt.yaml", yaml.safe_dump(clean, allow_unicode=True, sort_keys=False).encode()
    if form == "xml":
        body = "".join(_xml(key, value, 1) for key, value in clean.items())
        return "deckblatt.xml", f'<?xml version="1.0" encoding="UTF-8"?>\n<deckblatt>\n{body}</deckblatt>\n'.encode()
    rows = ["feld;wert", *(f"{key};{_flat(value)}" for key, value in clean.items())]
    return "deckblatt.csv", ("\r\n".join(rows) + "\r\n").encode("utf-8-sig")


def _xml(key: str, value: Any, depth: int) -> str:
    pad = "  " * depth
    if isinstance(value, list):
        inner = "".join(_xml(_SINGULAR[key], item, depth + 1) for item in value)
        return f"{pad}<{key}>\n{inner}{pad}</{key}>\n"
    if isinstance(value, Mapping):
        inner = "".join(_xml(name, item, depth + 1) for name, item in value.items())
        return f"{pad}<{key}>\n{inner}{pad}</{key}>\n"
    return f"{pad}<{key}>{escape(str(value))}</{key}>\n"


def _flat(value: Any) -> str:
    """A list in one cell: keywords as they are, of records the main field (persons as `Name, Vorname`)."""
    if not isinstance(value, list):
        return str(value).replace(";", ",")
    parts = []
    for item in value:
        if not isinstance(item, Mapping):
            parts.append(str(item))
        elif "vorname" in item:
            parts.append(f"{item['name']}, {item['vorname']}")
        else:
            parts.append(str(next(iter(item.values()))))
    return "|".join(part.replace(";", ",").replace("|", "/") for part in parts)


def register_row(folder: str, case: Case, plan: CasePlan) -> str:
    """The case's row in the register of all."""
    person = case.head
    words = ", ".join(keywords(case, plan.cover_fault is Fault.WRONG_KEYWORDS))
    cells = (
        folder,
        case.reference,
        f"Akte {person.family.spellings[0]}",
        person.family.spellings[0],
        person.given.spellings[0],
        f"{person.birth:%d.%m.%Y}",
        case.unit,
        words,
        f"{case.start:%d.%m.%Y}",
        f"{case.end:%d.%m.%Y}",
        f"{retention(case):%d.%m.%Y}",
        confidentiality(case),
    )
    return ";".join(cell.replace(";", ",") for cell in cells)
