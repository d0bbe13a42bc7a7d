"""Reads cover sheets (Deckblatt) in four formats and registers, into one form.

Lenient where nothing is lost by it (German dates, field spellings), strict where rights depend on it: an unknown
confidentiality counts as the highest. Whatever could not be understood is named in `problems`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar

from casefile.model import (
    CONFIDENTIALITY_NAMES,
    Confidentiality,
    CoverSheet,
    ListedDocument,
    PaperRemainder,
    Person,
)
from casefile.names import one_line
from casefile.references import find_dates
from casefile.wording import caused, counted, number
from indexer.coverfields import KNOWN, WRAPPERS, CoverSheetError, field_key, is_known, refuse_twice
from indexer.coverformats import DAMAGE, reader_of, table_rows

MAX_BYTES = 8 * 1024 * 1024
MAX_REGISTER_BYTES = 512 * 1024 * 1024
T = TypeVar("T")
# The columns of the ledger are as wide, and the engine takes no keyword of more than 32,766 bytes.
LIMITS = {
    "aktenzeichen": 500,
    "betreff": 1000,
    "stelle": 200,
    "federfuehrung": 200,
    "bearbeiter": 200,
    "aktenplan": 200,
    "schlagwoerter": 200,
    "name": 200,
    "vorname": 200,
    "rolle": 200,
    "kennungen": 200,
    "weitere_namen": 200,
    "datei": 4096,
    "art": 200,
    "absender": 1000,
    "empfaenger": 1000,
    "umfang": 1000,
    "ort": 1000,
}
# A case has a few of them; a list without end would be in every page's record.
MOST = {
    "personen": 1000,
    "dokumente": 20_000,
    "schlagwoerter": 1000,
    "nicht_digitalisiert": 1000,
    "kennungen": 100,
    "weitere_namen": 100,
}
_MOST_UNKNOWN = 20
_LONGEST_FOLDER = 4096
_LONGEST_QUOTE = 100
_TEXT_FIELDS = ("aktenzeichen", "betreff", "stelle", "federfuehrung", "bearbeiter", "aktenplan")
_DATE_FIELDS = ("laufzeit_von", "laufzeit_bis", "aussonderung")


@dataclass(frozen=True)
class ReadCoverSheet:
    cover: CoverSheet
    problems: tuple[str, ...] = ()


def read_cover_sheet(path: Path) -> ReadCoverSheet:
    """Raises CoverSheetError where the file as a whole cannot be read, OSError where it cannot be opened."""
    if path.stat().st_size > MAX_BYTES:
        raise CoverSheetError(f"größer als {MAX_BYTES // 1024**2} MB")
    name, reader = reader_of(path.suffix)
    try:
        data, problems = reader(path.read_bytes())
        read = build_cover_sheet(_fields(data))
        return replace(read, problems=(*problems, *read.problems))
    except DAMAGE as error:
        raise CoverSheetError(caused(f"kein gültiges {name}", error)) from error


def _fields(data: object) -> Mapping[str, Any]:
    """The mapping with the fields, out of what some programs wrap around it.

    Raises CoverSheetError where no field is known: it may say anything, also that nobody is to see the case.
    """
    while isinstance(data, Mapping) and len(data) == 1:
        ((name, inner),) = data.items()
        if field_key(str(name)) not in WRAPPERS or not isinstance(inner, Mapping):
            break
        data = inner
    if not isinstance(data, Mapping) or not data:
        raise CoverSheetError("enthält keine Felder")
    if not any(is_known(str(name)) for name in data):
        raise CoverSheetError("enthält kein bekanntes Feld (Aktenzeichen, Betreff, Stelle, Vertraulichkeit …)")
    return data


def read_register(path: Path) -> Iterator[tuple[str | None, ReadCoverSheet]]:
    """Rows of a register as (folder, cover sheet); "" is the root, None a row that names no folder.

    Raises CoverSheetError where the table cannot be read as a whole: rights must not rest on a part of it.
    """
    if path.stat().st_size > MAX_REGISTER_BYTES:
        raise CoverSheetError(f"größer als {MAX_REGISTER_BYTES // 1024**2} MB")
    try:
        yield from _register_rows(path.read_bytes())
    except DAMAGE as error:
        raise CoverSheetError(caused("keine lesbare Tabelle", error)) from error


def _register_rows(raw: bytes) -> Iterator[tuple[str | None, ReadCoverSheet]]:
    rows = table_rows(raw)
    header = [field_key(cell) for cell in next(rows, [])]
    if "ordner" not in header:
        raise CoverSheetError("Spalte „Ordner“ fehlt")
    refuse_twice([name for name in header if name])
    for row in rows:
        data = dict(zip(header, row, strict=False))
        folder = _folder(data.pop("ordner", ""))
        read = build_cover_sheet(_register_person(data))
        yield folder, _locked(read) if _has_stray_cell(header, row) else read


def _folder(cell: str) -> str | None:
    """A blank cell is a mistake: taken for the root, it would give one row's rights to all that have no row."""
    if cell == ".":
        return ""
    parts = [part for part in unicodedata.normalize("NFC", cell).replace("\\", "/").split("/") if part not in ("", ".")]
    folder = "/".join(parts)
    return None if not folder or len(folder) > _LONGEST_FOLDER or "\0" in folder else folder


def _has_stray_cell(header: Sequence[str], row: Sequence[str]) -> bool:
    return any(cell and not name for name, cell in zip_longest(header, row, fillvalue=""))


def _locked(read: ReadCoverSheet) -> ReadCoverSheet:
    """A delimiter too many has moved the values: what stands in which column is unknown."""
    problem = "ein Wert steht unter keiner Spalte; die Akte gilt als „streng vertraulich“"
    cover = replace(read.cover, vertraulichkeit=Confidentiality.STRICTLY_CONFIDENTIAL)
    return ReadCoverSheet(cover, (*read.problems, problem))


def build_cover_sheet(data: Mapping[str, Any]) -> ReadCoverSheet:
    """From plain values of any of the formats; keys in any usual spelling.

    Raises CoverSheetError where a field is given twice: which one holds is not for the program to guess.
    """
    refuse_twice([field_key(str(key)) for key in data])
    given = {field_key(str(key)): value for key, value in data.items()}
    problems = _unknown_fields([key for key in given if key not in KNOWN])
    problems += [f"„{name}“ hat eine unerwartete Form" for name in _misshapen(given)]
    cover = CoverSheet(
        **{name: _limited(name, given.get(name), problems) for name in _TEXT_FIELDS},
        **{name: _date(given.get(name), name, problems) for name in _DATE_FIELDS},
        vertraulichkeit=max(_confidentiality(level, problems) for level in _levels(given)),
        schlagwoerter=_words("schlagwoerter", given.get("schlagwoerter"), problems),
        personen=tuple(_person(p, problems) for p in _records("personen", given.get("personen"), "name", problems)),
        dokumente=tuple(_listed(d, problems) for d in _records("dokumente", given.get("dokumente"), "datei", problems)),
        nicht_digitalisiert=tuple(
            PaperRemainder(_limited("umfang", r.get("umfang"), problems), _limited("ort", r.get("ort"), problems))
            for r in _records("nicht_digitalisiert", given.get("nicht_digitalisiert"), "umfang", problems)
        ),
    )
    return ReadCoverSheet(cover, tuple(dict.fromkeys(problems)))


def _unknown_fields(keys: Sequence[str]) -> list[str]:
    named = [f"unbekanntes Feld „{_quote(key)}“" for key in keys[:_MOST_UNKNOWN]]
    rest = len(keys) - len(named)
    return [*named, f"und {counted(rest, 'weiteres unbekanntes Feld', 'weitere unbekannte Felder')}"] if rest else named


def _misshapen(given: Mapping[str, Any]) -> list[str]:
    single = [n for n in (*_TEXT_FIELDS, *_DATE_FIELDS) if isinstance(given.get(n), (Mapping, list))]
    lists = ("schlagwoerter", "personen", "dokumente", "nicht_digitalisiert")
    return single + [n for n in lists if not isinstance(given.get(n), (str, Mapping, list, type(None)))]


def _limited(name: str, value: object, problems: list[str]) -> str:
    text, limit = _text(value), LIMITS[name]
    if len(text) > limit:
        problems.append(f"„{name}“ ist länger als {limit} Zeichen und wurde gekürzt")
    return text[:limit].rstrip()


def _words(name: str, value: object, problems: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_limited(name, word, problems) for word in _bounded(name, _list(value), problems)))


def _bounded(name: str, items: Sequence[T], problems: list[str]) -> Sequence[T]:
    """Raises CoverSheetError for documents: whose kind is left out could be seen by more people."""
    most = MOST[name]
    if len(items) <= most:
        return items
    if name == "dokumente":
        raise CoverSheetError(f"mehr als {number(most)} Einträge in „{name}“")
    problems.append(f"„{name}“ hat mehr als {number(most)} Einträge; die übrigen wurden nicht gelesen")
    return items[:most]


def _quote(text: str) -> str:
    return one_line(text[:_LONGEST_QUOTE])


def merge(first: CoverSheet, second: CoverSheet) -> CoverSheet:
    """`first`, its empty fields filled from `second` (a register knows less than the case's own sheet)."""
    empty = {f.name: getattr(second, f.name) for f in fields(CoverSheet) if getattr(first, f.name) in ("", ())}
    stricter = max(first.vertraulichkeit, second.vertraulichkeit)
    return replace(first, **{**empty, "vertraulichkeit": stricter})


def _register_person(data: dict[str, str]) -> dict[str, Any]:
    person = {key: data.pop(key, "") for key in ("name", "vorname", "geburtsdatum", "kennungen")}
    return {**data, "personen": [person] if person["name"] or person["vorname"] else []}


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, (Mapping, list)) else one_line(str(value))


def _list(value: object) -> list[str]:
    if isinstance(value, str):
        value = re.split(r"[|;]", value)
    if not isinstance(value, Sequence):
        return []
    return [text for item in value if (text := _text(item))]


def _records(name: str, value: object, main_field: str, problems: list[str]) -> list[dict[str, Any]]:
    """Lists of records; a plain text (CSV: `A|B`) stands for its main field."""
    if isinstance(value, Mapping):
        value = [value]
    if isinstance(value, str):
        value = _list(value)
    if not isinstance(value, Sequence):
        return []
    whole = [item if isinstance(item, Mapping) else {main_field: item} for item in _bounded(name, value, problems)]
    return [{field_key(str(k)): v for k, v in record.items()} for record in whole]


def _person(data: Mapping[str, Any], problems: list[str]) -> Person:
    name, vorname = _text(data.get("name")), _text(data.get("vorname"))
    if "," in name and not vorname:
        name, vorname = (part.strip() for part in name.split(",", 1))
    return Person(
        name=_limited("name", name, problems),
        vorname=_limited("vorname", vorname, problems),
        geburtsdatum=_date(data.get("geburtsdatum"), "geburtsdatum", problems),
        rolle=_limited("rolle", data.get("rolle"), problems),
        kennungen=_words("kennungen", data.get("kennungen"), problems),
        weitere_namen=_words("weitere_namen", data.get("weitere_namen"), problems),
    )


def _listed(data: Mapping[str, Any], problems: list[str]) -> ListedDocument:
    texts = {key: _limited(key, data.get(key), problems) for key in ("betreff", "art", "absender", "empfaenger")}
    dates = {key: _date(data.get(key), key, problems) for key in ("datum", "posteingang")}
    return ListedDocument(datei=_limited("datei", data.get("datei"), problems).replace("\\", "/"), **texts, **dates)


def _date(value: object, name: str, problems: list[str]) -> str:
    text = _text(value)
    if not text:
        return ""
    found = find_dates(text[:10] if re.match(r"\d{4}-\d\d-\d\d[T ]", text) else text)
    if len(found) == 1:
        return found[0]
    problems.append(f"„{_quote(text)}“ in „{name}“ ist kein Datum")
    return ""


def _levels(given: Mapping[str, Any]) -> Iterator[object]:
    """The case's own confidentiality, then what the sheet says of its parts: the case holds them all."""
    yield given.get("vertraulichkeit")
    inner = [value for name, value in given.items() if name != "vertraulichkeit"]
    while inner:
        value = inner.pop()
        if isinstance(value, Mapping):
            yield from (level for name, level in value.items() if field_key(str(name)) == "vertraulichkeit")
            inner += value.values()
        elif isinstance(value, list):
            inner += value


def _confidentiality(value: object, problems: list[str]) -> Confidentiality:
    text = _text(value).casefold().replace("_", " ")
    if value in (None, ""):
        return Confidentiality.NORMAL
    if text in CONFIDENTIALITY_NAMES:
        return CONFIDENTIALITY_NAMES[text]
    problems.append(f"unbekannte Vertraulichkeit „{_quote(text)}“, gilt als „streng vertraulich“")
    return Confidentiality.STRICTLY_CONFIDENTIAL
