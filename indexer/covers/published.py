"""The JSON Schema of a cover sheet, for whoever writes one: `docs/deckblatt.schema.json`, made from the model.

`python -m indexer.covers.published` writes it; a test holds file and model together.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from casefile.model import (
    CONFIDENTIALITY_NAMES,
    CoverSheet,
    ListedDocument,
    PaperRemainder,
    Person,
    ScanNote,
)
from casefile.settings import PROJECT
from indexer.covers.fields import DATES, LINK
from indexer.covers.values import LIMITS, MOST

PLACE = PROJECT / "docs" / "deckblatt.schema.json"
_RECORDS: dict[str, type] = {"personen": Person, "dokumente": ListedDocument, "nicht_digitalisiert": PaperRemainder}
_REQUIRED: dict[type, list[str]] = {Person: ["name"], ListedDocument: ["datei"], PaperRemainder: ["umfang"]}
_WORDS = frozenset({"schlagwoerter", "kennungen", "weitere_namen"})


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12. Other spellings of the names that the program reads are not part of it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Deckblatt",
        "description": "Metadaten einer Akte (deckblatt.json). Feldnamen nach xdomea.",
        **_record(CoverSheet),
    }


def _record(kind: type) -> dict[str, Any]:
    properties = {field.name: _field(field.name) for field in fields(kind)}
    required = {"required": _REQUIRED[kind]} if kind in _REQUIRED else {}
    return {"type": "object", "properties": properties, "additionalProperties": False, **required}


def _field(name: str) -> dict[str, Any]:
    if name in _RECORDS:
        return {"type": "array", "maxItems": MOST[name], "items": _record(_RECORDS[name])}
    if name in _WORDS:
        return {"type": "array", "maxItems": MOST[name], "items": {"type": "string", "maxLength": LIMITS[name]}}
    if name == "scanvermerk":
        return _record(ScanNote)
    if name == "vertraulichkeit":
        return {"type": "string", "enum": list(CONFIDENTIALITY_NAMES)}
    if name in DATES:
        return {"type": "string", "format": "date"}
    uri = {"format": "uri", "pattern": "^https?://"} if name == LINK else {}
    return {"type": "string", "maxLength": LIMITS[name], **uri}


def as_text() -> str:
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    PLACE.write_text(as_text(), encoding="utf-8")
