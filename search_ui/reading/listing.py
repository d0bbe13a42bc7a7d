"""The documents of a case as its page lists them: by Vorgang, in a chosen order, attachments below their mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from casefile.database.ledger import DocumentRow
from search_ui.ledgerview import document_title

_DIGITS = re.compile(r"(\d+)")
_LAST = "9999"  # a document without a date stands behind those with one


class Order(StrEnum):
    DATE = "datum"
    NAME = "name"
    KIND = "art"


@dataclass(frozen=True)
class Listed:
    """A document; `level` 1 and deeper: how often it is embedded."""

    row: DocumentRow
    level: int


@dataclass(frozen=True)
class Vorgang:
    """`name`: the folders below the case's, "" for the case itself."""

    name: str
    documents: tuple[Listed, ...]


def by_vorgang(rows: Sequence[DocumentRow], folders: Mapping[int, str], order: Order) -> tuple[Vorgang, ...]:
    """`rows`: those that may be seen; an attachment whose mail is not among them stands for itself. `folders`: the
    Vorgang of each file, by its id.
    """
    children: dict[str, list[DocumentRow]] = {}
    known = {row.id for row in rows}
    tops: dict[str, list[DocumentRow]] = {}
    for row in rows:
        if row.parent_id in known:
            children.setdefault(str(row.parent_id), []).append(row)
        else:
            tops.setdefault(folders.get(row.file_id, ""), []).append(row)
    names = sorted(tops, key=natural)
    return tuple(Vorgang(name, tuple(_in_order(tops[name], children, order, 0))) for name in names)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts numbers within names by value: „Blatt 9“ before „Blatt 10“."""
    parts = _DIGITS.split(text.casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def _in_order(
    rows: Iterable[DocumentRow], children: Mapping[str, list[DocumentRow]], order: Order, level: int
) -> Iterable[Listed]:
    for row in sorted(rows, key=lambda row: _key(row, order if not level else Order.NAME)):
        yield Listed(row, level)
        yield from _in_order(children.get(row.id, ()), children, order, level + 1)


def _key(row: DocumentRow, order: Order) -> tuple[object, ...]:
    dated = (row.date or _LAST, natural(row.path))
    return {
        Order.DATE: dated,
        Order.NAME: (natural(document_title(row)), *dated),
        Order.KIND: (not row.kind, row.kind.casefold(), *dated),
    }[order]
