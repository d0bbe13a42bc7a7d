"""Delivery lists (`lieferliste.csv`): which files a contractor says he delivered, and of how many pages.

A table at the root with a heading; columns `Datei` and, if known, `Seiten`. Paths are relative to the root.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from casefile.wording import caused
from indexer.covers.fields import CoverSheetError, field_key
from indexer.covers.formats import DAMAGE, table_rows

DELIVERY_LIST = "lieferliste.csv"
MAX_PATH = 4096
MAX_PAGES = 10_000_000
_FILE_COLUMNS = ("datei", "dateiname", "pfad", "file")
_PAGE_COLUMNS = ("seiten", "seitenzahl", "anzahl_seiten", "pages")


@dataclass(frozen=True)
class ListedFile:
    """`pages`: None where the list does not say how many."""

    path: str
    pages: int | None


@dataclass(frozen=True)
class DeliveryList:
    """`problems`: German, what could not be understood."""

    files: tuple[ListedFile, ...]
    problems: tuple[str, ...] = ()


def parse_delivery_list(raw: bytes) -> DeliveryList:
    """Raises CoverSheetError where it is no table or names no files."""
    problems: list[str] = []
    try:
        return DeliveryList(tuple(_rows(raw, problems)), tuple(problems))
    except DAMAGE as error:
        raise CoverSheetError(caused("keine lesbare Tabelle", error)) from error


def _rows(raw: bytes, problems: list[str]) -> Iterator[ListedFile]:
    rows = table_rows(raw)
    header = [field_key(cell) for cell in next(rows, [])]
    file_column = next((header.index(name) for name in _FILE_COLUMNS if name in header), None)
    page_column = next((header.index(name) for name in _PAGE_COLUMNS if name in header), None)
    if file_column is None:
        raise CoverSheetError("Spalte „Datei“ fehlt")
    for number, row in enumerate(rows, 2):
        path = _path(row[file_column] if file_column < len(row) else "")
        pages = row[page_column] if page_column is not None and page_column < len(row) else ""
        if not path:
            problems.append(f"Zeile {number}: keine Datei genannt")
        elif pages and not (pages.isascii() and pages.isdigit() and int(pages[:9]) <= MAX_PAGES):
            problems.append(f"Zeile {number}: „{pages[:20]}“ ist keine Seitenzahl")
            yield ListedFile(path, None)
        else:
            yield ListedFile(path, int(pages[:9]) if pages else None)


def _path(cell: str) -> str:
    parts = [part for part in unicodedata.normalize("NFC", cell).replace("\\", "/").split("/") if part not in ("", ".")]
    path = "/".join(parts)
    return path if len(path) <= MAX_PATH and "\0" not in path else ""
