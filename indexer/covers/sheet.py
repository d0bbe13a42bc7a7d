"""Reads cover sheets (Deckblatt) in four formats and registers, into one form.

Lenient where nothing is lost by it (German dates, field spellings), strict where rights depend on it: an unknown
confidentiality counts as the highest. Whatever could not be understood is named in `problems`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import zip_longest
from typing import Any

from casefile.model import Confidentiality, CoverSheet, ListedDocument, PaperRemainder, Person, ScanNote
from casefile.wording import caused, counted
from indexer.covers.fields import (
    DATE_FIELDS,
    KNOWN,
    LINK,
    TEXT_FIELDS,
    WRAPPERS,
    CoverSheetError,
    field_key,
    is_known,
    refuse_twice,
)
from indexer.covers.formats import DAMAGE, decode, reader_of, table_rows
from indexer.covers.places import line_of_error, with_lines
from indexer.covers.values import (
    confidentiality,
    iso_date,
    levels,
    limited,
    link,
    one_text,
    quote,
    records,
    words,
)

_MOST_UNKNOWN = 20
_LONGEST_FOLDER = 4096
_EMPTY: tuple[object, ...] = ("", (), ScanNote())


@dataclass(frozen=True)
class ReadCoverSheet:
    cover: CoverSheet
    problems: tuple[str, ...] = ()


def parse_cover_sheet(raw: bytes, suffix: str) -> ReadCoverSheet:
    """Raises CoverSheetError where the file as a whole cannot be read. `suffix` of its name, with the dot."""
    name, reader = reader_of(suffix)
    try:
        data, problems = reader(raw)
        read = build_cover_sheet(_fields(data))
    except DAMAGE as error:
        line = line_of_error(error)
        place = f" (Zeile {line})" if line else ""
        raise CoverSheetError(caused(f"kein gültiges {name}{place}", error)) from error
    return replace(read, problems=with_lines(decode(raw), (*problems, *read.problems)))


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


def parse_register(raw: bytes) -> list[tuple[str | None, ReadCoverSheet]]:
    """Rows of a register as (folder, cover sheet); "" is the root, None a row that names no folder.

    Raises CoverSheetError where the table cannot be read as a whole: rights must not rest on a part of it.
    """
    try:
        return list(_register_rows(raw))
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
    """None for a blank or impossible name. Taken as the root, a blank one would apply to all cases without a row."""
    if cell == ".":
        return ""
    parts = [part for part in unicodedata.normalize("NFC", cell).replace("\\", "/").split("/") if part not in ("", ".")]
    folder = "/".join(parts)
    return None if not folder or len(folder) > _LONGEST_FOLDER or "\0" in folder else folder


def _has_stray_cell(header: Sequence[str], row: Sequence[str]) -> bool:
    return any(cell and not name for name, cell in zip_longest(header, row, fillvalue=""))


def _locked(read: ReadCoverSheet) -> ReadCoverSheet:
    """An extra delimiter has shifted the values between columns, so the case gets the highest confidentiality."""
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
        **{name: limited(name, given.get(name), problems) for name in TEXT_FIELDS},
        **{name: iso_date(given.get(name), name, problems) for name in DATE_FIELDS},
        vertraulichkeit=max(confidentiality(level, problems) for level in levels(given)),
        schlagwoerter=words("schlagwoerter", given.get("schlagwoerter"), problems, commas=True),
        personen=tuple(_person(p, problems) for p in records("personen", given.get("personen"), "name", problems)),
        dokumente=tuple(_listed(d, problems) for d in records("dokumente", given.get("dokumente"), "datei", problems)),
        dms=link(given.get("dms"), problems),
        scanvermerk=_scan_note(given.get("scanvermerk"), problems),
        nicht_digitalisiert=tuple(
            PaperRemainder(limited("umfang", r.get("umfang"), problems), limited("ort", r.get("ort"), problems))
            for r in records("nicht_digitalisiert", given.get("nicht_digitalisiert"), "umfang", problems)
        ),
    )
    return ReadCoverSheet(cover, tuple(dict.fromkeys(problems)))


def _unknown_fields(keys: Sequence[str]) -> list[str]:
    named = [f"unbekanntes Feld „{quote(key)}“" for key in keys[:_MOST_UNKNOWN]]
    rest = len(keys) - len(named)
    return [*named, f"und {counted(rest, 'weiteres unbekanntes Feld', 'weitere unbekannte Felder')}"] if rest else named


def _misshapen(given: Mapping[str, Any]) -> list[str]:
    single = [n for n in (*TEXT_FIELDS, *DATE_FIELDS, LINK) if isinstance(given.get(n), (Mapping, list))]
    lists = ("schlagwoerter", "personen", "dokumente", "nicht_digitalisiert", "scanvermerk")
    return single + [n for n in lists if not isinstance(given.get(n), (str, Mapping, list, type(None)))]


def merge(first: CoverSheet, second: CoverSheet) -> CoverSheet:
    """`first`, its empty fields filled from `second` (a register knows less than the case's own sheet)."""
    empty = {f.name: getattr(second, f.name) for f in fields(CoverSheet) if getattr(first, f.name) in _EMPTY}
    stricter = max(first.vertraulichkeit, second.vertraulichkeit)
    return replace(first, **{**empty, "vertraulichkeit": stricter})


def _register_person(data: dict[str, str]) -> dict[str, Any]:
    person = {key: data.pop(key, "") for key in ("name", "vorname", "geburtsdatum", "kennungen")}
    return {**data, "personen": [person] if person["name"] or person["vorname"] else []}


def _person(data: Mapping[str, Any], problems: list[str]) -> Person:
    name, vorname = one_text(data.get("name")), one_text(data.get("vorname"))
    if "," in name and not vorname:
        name, vorname = (part.strip() for part in name.split(",", 1))
    return Person(
        name=limited("name", name, problems),
        vorname=limited("vorname", vorname, problems),
        geburtsdatum=iso_date(data.get("geburtsdatum"), "geburtsdatum", problems),
        rolle=limited("rolle", data.get("rolle"), problems),
        kennungen=words("kennungen", data.get("kennungen"), problems),
        weitere_namen=words("weitere_namen", data.get("weitere_namen"), problems),
    )


def _scan_note(value: object, problems: list[str]) -> ScanNote:
    """The first record; a plain text says who scanned."""
    for data in records("scanvermerk", value, "wer", problems)[:1]:
        texts = {name: limited(name, data.get(name), problems) for name in ("wer", "originale")}
        return ScanNote(datum=iso_date(data.get("datum"), "datum", problems), **texts)
    return ScanNote()


def _listed(data: Mapping[str, Any], problems: list[str]) -> ListedDocument:
    texts = {key: limited(key, data.get(key), problems) for key in ("betreff", "art", "absender", "empfaenger")}
    dates = {key: iso_date(data.get(key), key, problems) for key in ("datum", "posteingang")}
    file, address = limited("datei", data.get("datei"), problems).replace("\\", "/"), link(data.get("dms"), problems)
    return ListedDocument(datei=file, dms=address, **texts, **dates)
