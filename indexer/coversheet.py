"""Reads cover sheets (Deckblatt) in four formats and registers, into one form.

Lenient where nothing is lost by it (German dates, field spellings), strict where rights depend on it: an unknown
confidentiality counts as the highest. Whatever could not be understood is named in `problems`.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import yaml
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from casefile.model import (
    CONFIDENTIALITY_NAMES,
    Confidentiality,
    CoverSheet,
    ListedDocument,
    PaperRemainder,
    Person,
)
from casefile.references import find_dates

MAX_BYTES = 8 * 1024 * 1024
MAX_REGISTER_BYTES = 512 * 1024 * 1024
_TEXT_FIELDS = ("aktenzeichen", "betreff", "stelle", "federfuehrung", "bearbeiter", "aktenplan")
_DATE_FIELDS = ("laufzeit_von", "laufzeit_bis", "aussonderung")
_SYNONYMS = {
    "az": "aktenzeichen",
    "kennzeichen": "aktenzeichen",
    "geschaeftszeichen": "aktenzeichen",
    "schlagworte": "schlagwoerter",
    "vertraulichkeitsstufe": "vertraulichkeit",
    "aktenplaneinheit": "aktenplan",
    "vornamen": "vorname",
    "nachname": "name",
    "familienname": "name",
    "aufbewahrung_bis": "aussonderung",
    "aussonderungsdatum": "aussonderung",
}
_KNOWN = {f.name for f in fields(CoverSheet)}


class CoverSheetError(ValueError):
    """The file as a whole cannot be read; the message is German."""


@dataclass(frozen=True)
class ReadCoverSheet:
    cover: CoverSheet
    problems: tuple[str, ...] = ()


def read_cover_sheet(path: Path) -> ReadCoverSheet:
    """Raises CoverSheetError where the file as a whole cannot be read, OSError where it cannot be opened."""
    if path.stat().st_size > MAX_BYTES:
        raise CoverSheetError(f"größer als {MAX_BYTES // 1024**2} MB")
    raw = path.read_bytes()
    reader = {".json": _from_json, ".xml": _from_xml, ".csv": _from_csv}.get(path.suffix.lower(), _from_yaml)
    data = reader(raw)
    if not isinstance(data, Mapping):
        raise CoverSheetError("enthält keine Felder")
    return build_cover_sheet(data)


def read_register(path: Path) -> Iterator[tuple[str, ReadCoverSheet]]:
    """Rows of a register as (folder, cover sheet). Raises CoverSheetError where a column `Ordner` is missing."""
    if path.stat().st_size > MAX_REGISTER_BYTES:
        raise CoverSheetError(f"größer als {MAX_REGISTER_BYTES // 1024**2} MB")
    rows = _csv_rows(decode(path.read_bytes()))
    header = [field_key(cell) for cell in next(rows, [])]
    if "ordner" not in header:
        raise CoverSheetError("Spalte „Ordner“ fehlt")
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        data = dict(zip(header, (cell.strip() for cell in row), strict=False))
        folder = unicodedata.normalize("NFC", data.pop("ordner")).replace("\\", "/").strip("/")
        yield folder, build_cover_sheet(_register_person(data))


def build_cover_sheet(data: Mapping[str, Any]) -> ReadCoverSheet:
    """From plain values of any of the formats; keys in any usual spelling."""
    given = {field_key(str(key)): value for key, value in data.items()}
    problems = [f"unbekanntes Feld „{key}“" for key in given if key not in _KNOWN]
    cover = CoverSheet(
        **{name: _text(given.get(name)) for name in _TEXT_FIELDS},
        **{name: _date(given.get(name), name, problems) for name in _DATE_FIELDS},
        vertraulichkeit=_confidentiality(given.get("vertraulichkeit"), problems),
        schlagwoerter=tuple(dict.fromkeys(_list(given.get("schlagwoerter")))),
        personen=tuple(_person(p, problems) for p in _records(given.get("personen"), "name")),
        dokumente=tuple(_listed(d, problems) for d in _records(given.get("dokumente"), "datei")),
        nicht_digitalisiert=tuple(
            PaperRemainder(_text(r.get("umfang")), _text(r.get("ort")))
            for r in _records(given.get("nicht_digitalisiert"), "umfang")
        ),
    )
    return ReadCoverSheet(cover, tuple(problems))


def merge(first: CoverSheet, second: CoverSheet) -> CoverSheet:
    """`first`, its empty fields filled from `second` (a register knows less than the case's own sheet)."""
    empty = {f.name: getattr(second, f.name) for f in fields(CoverSheet) if getattr(first, f.name) in ("", ())}
    stricter = max(first.vertraulichkeit, second.vertraulichkeit)
    return replace(first, **{**empty, "vertraulichkeit": stricter})


def field_key(name: str) -> str:
    """`Laufzeit von` → `laufzeit_von`, `Schlagwörter` → `schlagwoerter`, `Az.` → `aktenzeichen`."""
    key = unicodedata.normalize("NFC", name).strip().strip(".:").casefold()
    for umlaut, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        key = key.replace(umlaut, plain)
    key = re.sub(r"[\s.-]+", "_", key)
    return _SYNONYMS.get(key, key)


def decode(raw: bytes) -> str:
    """UTF-8 (with or without BOM), UTF-16 with BOM, else Windows-1252: what German offices write."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


class _NoAliases(yaml.SafeLoader):
    """Anchors can blow a few bytes up to gigabytes; no cover sheet needs them."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("Verweise (*) sind nicht erlaubt")
        return super().compose_node(parent, index)


def _from_json(raw: bytes) -> Any:
    try:
        return json.loads(decode(raw))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CoverSheetError(f"kein gültiges JSON ({error})") from error


def _from_yaml(raw: bytes) -> Any:
    try:
        return yaml.load(decode(raw), Loader=_NoAliases)  # noqa: S506 (derives from SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise CoverSheetError(f"kein gültiges YAML ({' '.join(str(error).split())})") from error


def _from_xml(raw: bytes) -> Any:
    try:
        root = fromstring(raw)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise CoverSheetError(f"kein gültiges XML ({error})") from error
    return {_local(child): _element_value(child) for child in root}


def _from_csv(raw: bytes) -> Any:
    rows = [row for row in _csv_rows(decode(raw)) if any(cell.strip() for cell in row)]
    pairs = {row[0].strip(): row[1].strip() for row in rows if len(row) > 1}
    pairs = {key: value for key, value in pairs.items() if key.casefold() != "feld"}  # a head row
    if not pairs:
        raise CoverSheetError("keine Zeilen der Form „Feld;Wert“")
    return pairs


def _csv_rows(text: str) -> Iterator[list[str]]:
    sample = text[:20_000]
    delimiter = max(";,\t|", key=sample.split("\n", 1)[0].count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _element_value(element: Element) -> Any:
    children = list(element)
    if not children:
        return (element.text or "").strip()
    names = {_local(child) for child in children}
    if len(names) == 1 and names != {_local(element)} and _is_plural(_local(element)):
        return [_element_value(child) for child in children]
    return {_local(child): _element_value(child) for child in children}


def _is_plural(name: str) -> bool:
    return field_key(name) in {
        "personen",
        "dokumente",
        "schlagwoerter",
        "nicht_digitalisiert",
        "kennungen",
        "weitere_namen",
    }


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _register_person(data: dict[str, str]) -> dict[str, Any]:
    person = {key: data.pop(key, "") for key in ("name", "vorname", "geburtsdatum", "kennungen")}
    return {**data, "personen": [person] if person["name"] or person["vorname"] else []}


def _text(value: object) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    return unicodedata.normalize("NFC", " ".join(str(value).split()))


def _list(value: object) -> list[str]:
    if isinstance(value, str):
        value = re.split(r"[|;]", value)
    if not isinstance(value, Sequence):
        return []
    return [text for item in value if (text := _text(item))]


def _records(value: object, main_field: str) -> list[dict[str, Any]]:
    """Lists of records; a plain text (CSV: `A|B`) stands for its main field."""
    if isinstance(value, Mapping):
        value = [value]
    if isinstance(value, str):
        value = _list(value)
    if not isinstance(value, Sequence):
        return []
    whole = [item if isinstance(item, Mapping) else {main_field: item} for item in value]
    return [{field_key(str(k)): v for k, v in record.items()} for record in whole]


def _person(data: Mapping[str, Any], problems: list[str]) -> Person:
    name, vorname = _text(data.get("name")), _text(data.get("vorname"))
    if "," in name and not vorname:
        name, vorname = (part.strip() for part in name.split(",", 1))
    return Person(
        name=name,
        vorname=vorname,
        geburtsdatum=_date(data.get("geburtsdatum"), "geburtsdatum", problems),
        rolle=_text(data.get("rolle")),
        kennungen=tuple(_list(data.get("kennungen"))),
        weitere_namen=tuple(_list(data.get("weitere_namen"))),
    )


def _listed(data: Mapping[str, Any], problems: list[str]) -> ListedDocument:
    texts = {key: _text(data.get(key)) for key in ("betreff", "art", "absender", "empfaenger")}
    dates = {key: _date(data.get(key), key, problems) for key in ("datum", "posteingang")}
    return ListedDocument(datei=_text(data.get("datei")).replace("\\", "/"), **texts, **dates)


def _date(value: object, name: str, problems: list[str]) -> str:
    text = _text(value)
    if not text:
        return ""
    found = find_dates(text[:10] if re.match(r"\d{4}-\d\d-\d\d[T ]", text) else text)
    if len(found) == 1:
        return found[0]
    problems.append(f"„{text}“ in „{name}“ ist kein Datum")
    return ""


def _confidentiality(value: object, problems: list[str]) -> Confidentiality:
    text = _text(value).casefold().replace("_", " ")
    if not text:
        return Confidentiality.NORMAL
    if text in CONFIDENTIALITY_NAMES:
        return CONFIDENTIALITY_NAMES[text]
    problems.append(f"unbekannte Vertraulichkeit „{text}“, gilt als „streng vertraulich“")
    return Confidentiality.STRICTLY_CONFIDENTIAL
