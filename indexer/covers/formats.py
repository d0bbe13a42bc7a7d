"""Cover sheets and registers from bytes to plain values: JSON, YAML, XML and tables in any usual encoding.

What a reader has to leave out it names; where rights could rest on it, the file is refused, which locks the case.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import yaml
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from indexer.covers.fields import (
    LISTS,
    RIGHTS,
    WRAPPERS,
    CoverSheetError,
    field_key,
    is_known,
    refuse_twice,
)

# What parsers raise on damaged or hostile input; ValueError includes wrong bytes and numbers without end.
DAMAGE = (ValueError, LookupError, RecursionError, csv.Error, yaml.YAMLError, ParseError, DefusedXmlException)
# They say how the file is written, nothing about the case.
_TECHNICAL = ("{http://www.w3.org/2001/XMLSchema-instance}", "{http://www.w3.org/XML/1998/namespace}")

_DEEPEST = 50  # levels of YAML; a cover sheet has four

Table = list[list[str]]
Read = tuple[Any, list[str]]  # plain values, and what had to be left out


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


def table_rows(raw: bytes) -> Iterator[list[str]]:
    """Rows of a table without blanks around its cells; empty rows are left out."""
    text = decode(raw)
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep="):  # a hint for spreadsheet programs, no data
        text = rest
        first = text.partition("\n")[0]
    delimiter = max(";,\t|", key=first.count)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        cells = [cell.strip() for cell in row]
        if any(cells):
            yield cells


# --- JSON and YAML


class _PlainYaml(yaml.CBaseLoader):
    """Scalars stay text: a cover sheet needs no dates, numbers or objects made by the loader."""

    def construct_scalar(self, node: Any) -> Any:
        empty = node.style in (None, "") and node.value in ("~", "null", "Null", "NULL")
        return None if empty else super().construct_scalar(node)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        refuse_twice([str(key.value) for key, _ in node.value])
        return super().construct_mapping(node, deep=deep)


def _from_json(raw: bytes) -> Read:
    return json.loads(decode(raw), object_pairs_hook=_pairs, parse_int=str, parse_float=str), []


def _from_yaml(raw: bytes) -> Read:
    text = decode(raw)
    _refuse_dangerous(text)
    return yaml.load(text, Loader=_PlainYaml), []  # noqa: S506 (makes nothing but text, lists and mappings)


def _refuse_dangerous(text: str) -> None:
    """Anchors can blow a few bytes up to gigabytes, tags can call code, nesting without end exhausts the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None):
            raise CoverSheetError("Verweise (*) und Typangaben (!) sind in YAML nicht erlaubt")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise CoverSheetError(f"tiefer verschachtelt als {_DEEPEST} Ebenen")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    refuse_twice([key for key, _ in pairs])
    return dict(pairs)


# --- XML: elements and attributes are fields alike


def _from_xml(raw: bytes) -> Read:
    root = fromstring(raw)
    return _pairs([*_attributes(root), *((_local(child.tag), _element_value(child)) for child in root)]), []


def _element_value(element: Element) -> Any:
    children, attributes = list(element), _attributes(element)
    if not children:
        text = (element.text or "").strip()
        if text:
            _refuse_attributes(element, attributes)
        return _pairs(attributes) if attributes else text
    names = {_local(child.tag) for child in children}
    name = _local(element.tag)
    if len(names) == 1 and names != {name} and field_key(name) in LISTS:
        _refuse_attributes(element, attributes)
        return [_element_value(child) for child in children]
    return _pairs([*attributes, *((_local(child.tag), _element_value(child)) for child in children)])


def _attributes(element: Element) -> list[tuple[str, Any]]:
    return [(_local(name), value) for name, value in element.attrib.items() if not name.startswith(_TECHNICAL)]


def _refuse_attributes(element: Element, attributes: list[tuple[str, Any]]) -> None:
    """Beside a text or a list there is no place for them, and one of them may be the confidentiality."""
    if attributes:
        name = attributes[0][0]
        raise CoverSheetError(f"Attribut „{name}“ am Feld „{_local(element.tag)}“: als eigenes Feld angeben")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


# --- tables: fields one below the other, or side by side with their values below


def _from_csv(raw: bytes) -> Read:
    rows = list(table_rows(raw))
    if not rows:
        raise CoverSheetError("keine Zeilen der Form „Feld;Wert“")
    across, down = sum(map(is_known, rows[0])), sum(is_known(row[0]) for row in rows)
    if rows[0][0].casefold() == "feld" or down > across:
        return _one_below_the_other(rows)
    if across > down:
        return _side_by_side(rows)
    if len(rows) != 2 and across < 2:  # side by side there would be two
        return _one_below_the_other(rows)
    raise CoverSheetError("stehen die Felder neben- oder untereinander? Mit der Zeile „Feld;Wert“ beginnen")


def _side_by_side(rows: Table) -> Read:
    if len(rows) != 2:
        raise CoverSheetError("unter den Feldnamen steht nicht genau eine Zeile mit Werten")
    columns = list(zip_longest(*rows, fillvalue=""))
    if any(value and not name for name, value in columns):
        raise CoverSheetError("ein Wert steht unter keinem Feldnamen")
    return _pairs([(name, value) for name, value in columns if name]), []


def _one_below_the_other(rows: Table) -> Read:
    pairs: list[tuple[str, Any]] = []
    problems: list[str] = []
    for name, *values in rows:
        if name.casefold() == "feld" or (field_key(name) in WRAPPERS and not any(values)):
            continue  # headings
        if not values and not is_known(name):
            problems.append(_left_out(name, name))
        else:
            pairs.append((name, _cell_value(name, values, problems)))
    if not pairs:
        raise CoverSheetError("keine Zeilen der Form „Feld;Wert“")
    return _pairs(pairs), problems


def _cell_value(name: str, values: list[str], problems: list[str]) -> str:
    """The second column; lists may go on to the right."""
    value, rest = "".join(values[:1]), [cell for cell in values[1:] if cell]
    if not name or (rest and not value):
        raise CoverSheetError(f"der Wert „{value or rest[0]}“ steht nicht neben seinem Feldnamen")
    if field_key(name) in LISTS:
        return "|".join([value, *rest])
    problems += [_left_out(name, cell) for cell in rest]
    return value


def _left_out(name: str, cell: str) -> str:
    """Raises CoverSheetError where rights may rest on it."""
    if field_key(name) in RIGHTS or "vertraulich" in cell.casefold():
        raise CoverSheetError(f"„{cell}“ steht nicht in der Form „Feld;Wert“")
    return f"„{cell}“ steht nicht in der Form „Feld;Wert“ und wurde nicht gelesen"


_READERS: dict[str, tuple[str, Callable[[bytes], Read]]] = {
    ".json": ("JSON", _from_json),
    ".xml": ("XML", _from_xml),
    ".csv": ("CSV", _from_csv),
}


def reader_of(suffix: str) -> tuple[str, Callable[[bytes], Read]]:
    """The format's name and what reads it into plain values."""
    return _READERS.get(suffix.lower(), ("YAML", _from_yaml))
