"""Writes cover sheets in the four formats an authority's systems deliver, and the register of a root."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import yaml

from stock.samples.case import Case

_CHILD = {"schlagwoerter": "schlagwort", "personen": "person", "dokumente": "dokument", "kennungen": "kennung"}
_COLUMNS = (
    "Ordner",
    "Aktenzeichen",
    "Betreff",
    "Name",
    "Vorname",
    "Geburtsdatum",
    "Stelle",
    "Schlagworte",
    "Laufzeit von",
    "Laufzeit bis",
    "Aussonderung",
    "Vertraulichkeit",
)


def whole_sheet(case: Case) -> dict[str, Any]:
    """The sheet with the list of documents."""
    listed = [{"datei": document.file, **document.about} for document in case.documents if document.about]
    return {**case.sheet, "dokumente": listed} if listed else dict(case.sheet)


def cover_file(case: Case) -> tuple[str, bytes] | None:
    """Name and content of the cover sheet, where the case has one."""
    sheet = whole_sheet(case)
    if case.cover == "json":
        return "deckblatt.json", json.dumps(sheet, ensure_ascii=False, indent=2).encode()
    if case.cover == "yaml":
        return "deckblatt.yaml", yaml.safe_dump(sheet, allow_unicode=True, sort_keys=False).encode()
    if case.cover == "xml":
        return "deckblatt.xml", _xml(sheet)
    if case.cover == "csv":
        return "deckblatt.csv", _csv(sheet)
    return None


def _xml(sheet: Mapping[str, Any]) -> bytes:
    root = Element("deckblatt")
    _fill(root, sheet)
    indent(root)
    data: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return data


def _fill(parent: Element, record: Mapping[str, Any]) -> None:
    for key, value in record.items():
        child = SubElement(parent, key)
        if isinstance(value, str):
            child.text = value
            continue
        for item in value:
            entry = SubElement(child, _CHILD.get(key, "eintrag"))
            if isinstance(item, str):
                entry.text = item
            else:
                _fill(entry, item)


def _csv(sheet: Mapping[str, Any]) -> bytes:
    """Rows of field and value, without a head. Only flat values: of a list of records the main field."""
    rows: list[tuple[str, str]] = []
    main = {"personen": "name", "dokumente": "datei"}
    for key, value in sheet.items():
        text = value if isinstance(value, str) else "|".join(v if isinstance(v, str) else v[main[key]] for v in value)
        rows.append((key, text))
    return _table(rows).encode("utf-8-sig")


def register_file(cases: list[Case]) -> bytes:
    """One row a case, in the code page of the old program that wrote it."""
    rows: list[tuple[str, ...]] = [_COLUMNS]
    for case in cases:
        sheet, person = case.sheet, case.sheet["personen"][0]
        rows.append(
            (
                case.folder,
                *(sheet[key] for key in ("aktenzeichen", "betreff")),
                *(person[key] for key in ("name", "vorname", "geburtsdatum")),
                sheet["stelle"],
                "|".join(sheet["schlagwoerter"]),
                *(sheet[key] for key in ("laufzeit_von", "laufzeit_bis", "aussonderung", "vertraulichkeit")),
            )
        )
    return _table(rows).encode("cp1252")


def _table(rows: list[tuple[str, ...]] | list[tuple[str, str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return out.getvalue()
