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
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from casefile.wording import caused

MAX_BYTES = 8 * 1024 * 1024
MAX_REGISTER_BYTES = 512 * 1024 * 1024
MAX_TEXT = 5000
MAX_KEYWORD = 200
_LIMITS = {"stelle": 200, "aktenzeichen": 500, "federfuehrung": 200, "bearbeiter": 200, "aktenplan": 200}
# What parsers raise on damaged or hostile input; ValueError includes wrong bytes and numbers without end.
_DAMAGE = (ValueError, LookupError, RecursionError, csv.Error, yaml.YAMLError, ParseError, DefusedXmlException)
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


class CoverSheetError(Exception):
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
    name, reader = _READERS.get(path.suffix.lower(), ("YAML", _from_yaml))
    try:
        data = reader(raw)
        if not isinstance(data, Mapping) or not data:
            raise CoverSheetError("enthält keine Felder")
        return build_cover_sheet(data)
    except _DAMAGE as error:
        raise CoverSheetError(caused(f"kein gültiges {name}", error)) from error


def read_register(path: Path) -> Iterator[tuple[str, ReadCoverSheet]]:
    """Rows of a register as (folder, cover sheet).

    Raises CoverSheetError where the table cannot be read as a whole: rights must not rest on a part of it.
    """
    if path.stat().st_size > MAX_REGISTER_BYTES:
        raise CoverSheetError(f"größer als {MAX_REGISTER_BYTES // 1024**2} MB")
    try:
        yield from _register_rows(path.read_bytes())
    except _DAMAGE as error:
        raise CoverSheetError(caused("keine lesbare Tabelle", error)) from error


def _register_rows(raw: bytes) -> Iterator[tuple[str, ReadCoverSheet]]:
    rows = _csv_rows(decode(raw))
    header = [field_key(cell) for cell in next(rows, [])]
    if "ordner" not in header:
        raise CoverSheetError("Spalte „Ordner“ fehlt")
    _refuse_twice([name for name in header if name])
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        data = dict(zip(header, (cell.strip() for cell in row), strict=False))
        folder = unicodedata.normalize("NFC", data.pop("ordner")).replace("\\", "/").strip("/")
        yield folder, build_cover_sheet(_register_person(data))


def build_cover_sheet(data: Mapping[str, Any]) -> ReadCoverSheet:
    """From plain values of any of the formats; keys in any usual spelling.

    Raises CoverSheetError where a field is given twice: which one holds is not for the program to guess.
    """
    _refuse_twice([field_key(str(key)) for key in data])
    given = {field_key(str(key)): value for key, value in data.items()}
    problems = [f"unbekanntes Feld „{key}“" for key in given if key not in _KNOWN]
    problems += [f"„{name}“ hat eine unerwartete Form" for name in _misshapen(given)]
    cover = CoverSheet(
        **{name: _limited(name, given.get(name), problems) for name in _TEXT_FIELDS},
        **{name: _date(given.get(name), name, problems) for name in _DATE_FIELDS},
        vertraulichkeit=_confidentiality(given.get("vertraulichkeit"), problems),
        schlagwoerter=tuple(dict.fromkeys(word[:MAX_KEYWORD] for word in _list(given.get("schlagwoerter")))),
        personen=tuple(_person(p, problems) for p in _records(given.get("personen"), "name")),
        dokumente=tuple(_listed(d, problems) for d in _records(given.get("dokumente"), "datei")),
        nicht_digitalisiert=tuple(
            PaperRemainder(_text(r.get("umfang")), _text(r.get("ort")))
            for r in _records(given.get("nicht_digitalisiert"), "umfang")
        ),
    )
    return ReadCoverSheet(cover, tuple(problems))


def _refuse_twice(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CoverSheetError(f"Feld „{twice[0]}“ steht doppelt")


def _misshapen(given: Mapping[str, Any]) -> list[str]:
    single = [n for n in (*_TEXT_FIELDS, *_DATE_FIELDS) if isinstance(given.get(n), (Mapping, list))]
    lists = ("schlagwoerter", "personen", "dokumente", "nicht_digitalisiert")
    return single + [n for n in lists if not isinstance(given.get(n), (str, Mapping, list, type(None)))]


def _limited(name: str, value: object, problems: list[str]) -> str:
    """Keyword fields have a bounded length in ledger and index; what is longer is no file reference."""
    text, limit = _text(value), _LIMITS.get(name, MAX_TEXT)
    if len(text) > limit:
        problems.append(f"„{name}“ ist länger als {limit} Zeichen und wurde gekürzt")
    return text[:limit]


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
        return raw.decode("utf-16", errors="replace")
    if raw[:200].count(0) * 3 > len(raw[:200]):  # every other byte is zero: UTF-16 without its mark
        return raw.decode("utf-16-le" if raw[1:2] == b"\0" else "utf-16-be", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


class _PlainYaml(yaml.BaseLoader):
    """Scalars stay text: a cover sheet needs no dates, numbers or objects made by the loader.

    Anchors can blow a few bytes up to gigabytes, tags can call code; no cover sheet needs either.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None):
            raise CoverSheetError("Verweise (*) und Typangaben (!) sind in YAML nicht erlaubt")
        return super().compose_node(parent, index)

    def construct_scalar(self, node: Any) -> Any:
        empty = node.style is None and node.value in ("~", "null", "Null", "NULL")
        return None if empty else super().construct_scalar(node)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        _refuse_twice([str(key.value) for key, _ in node.value])
        return super().construct_mapping(node, deep=deep)


def _from_json(raw: bytes) -> Any:
    return json.loads(decode(raw), object_pairs_hook=_pairs, parse_int=str, parse_float=str)


def _from_yaml(raw: bytes) -> Any:
    return yaml.load(decode(raw), Loader=_PlainYaml)  # noqa: S506 (makes nothing but text, lists and mappings)


def _from_xml(raw: bytes) -> Any:
    return _pairs([(_local(child), _element_value(child)) for child in fromstring(raw)])


def _from_csv(raw: bytes) -> Any:
    rows = [[cell.strip() for cell in row] for row in _csv_rows(decode(raw)) if any(cell.strip() for cell in row)]
    if len(rows) > 1 and len(rows[0]) > 1 and all(field_key(cell) in _KNOWN for cell in rows[0] if cell):
        return _pairs(list(zip(rows[0], rows[1], strict=False)))  # fields side by side, values below
    pairs = [(row[0], row[1]) for row in rows if len(row) > 1 and row[0].casefold() != "feld"]
    if not pairs:
        raise CoverSheetError("keine Zeilen der Form „Feld;Wert“")
    return _pairs(pairs)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _refuse_twice([key for key, _ in pairs])
    return dict(pairs)


_READERS: dict[str, tuple[str, Callable[[bytes], Any]]] = {
    ".json": ("JSON", _from_json),
    ".xml": ("XML", _from_xml),
    ".csv": ("CSV", _from_csv),
}


def _csv_rows(text: str) -> Iterator[list[str]]:
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep="):  # a hint for spreadsheet programs, no data
        text = rest
        first = text.partition("\n")[0]
    delimiter = max(";,\t|", key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _element_value(element: Element) -> Any:
    children = list(element)
    if not children:
        text = (element.text or "").strip()
        return dict(element.attrib) if element.attrib and not text else text
    names = {_local(child) for child in children}
    if len(names) == 1 and names != {_local(element)} and _is_plural(_local(element)):
        return [_element_value(child) for child in children]
    return _pairs([(_local(child), _element_value(child)) for child in children])


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
    """One line of text; half surrogates and control characters, which no database takes, become blanks."""
    if value is None or isinstance(value, (Mapping, list)):
        return ""
    clean = "".join(" " if unicodedata.category(ch) in ("Cc", "Cs") else ch for ch in str(value))
    return unicodedata.normalize("NFC", " ".join(clean.split()))


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
    if value in (None, ""):
        return Confidentiality.NORMAL
    if text in CONFIDENTIALITY_NAMES:
        return CONFIDENTIALITY_NAMES[text]
    problems.append(f"unbekannte Vertraulichkeit „{text}“, gilt als „streng vertraulich“")
    return Confidentiality.STRICTLY_CONFIDENTIAL
