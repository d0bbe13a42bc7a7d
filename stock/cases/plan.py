"""Sizes of a stock and what is planned for each case: which documents, on which carriers, with which faults."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum


class Fault(StrEnum):
    """Everything that is planted on purpose. Each is recorded in the truth."""

    ENCRYPTED = "encrypted"
    CUT_OFF = "cut_off"
    EMPTY = "empty"
    WRONG_SUFFIX = "wrong_suffix"
    DUPLICATE = "duplicate"
    MISFILED = "misfiled"
    WRONG_KEYWORDS = "wrong_keywords"
    NO_COVER = "no_cover"
    COVER_ERROR = "cover_error"
    PAGES_MISSING = "pages_missing"
    FILE_MISSING = "file_missing"


FILE_FAULTS = (Fault.ENCRYPTED, Fault.CUT_OFF, Fault.EMPTY, Fault.WRONG_SUFFIX, Fault.PAGES_MISSING)
COVER_FAULTS = (Fault.WRONG_KEYWORDS, Fault.NO_COVER, Fault.COVER_ERROR)


@dataclass(frozen=True)
class Item:
    """One file of a case. `origin` is the case whose document it is (another one if misfiled or a duplicate)."""

    origin: int
    serial: int
    kind: str
    carrier: str
    level: str
    day: date
    folder: str = ""
    fault: Fault | None = None
    secret: str = ""
    stray: Stray | None = None


@dataclass(frozen=True)
class Stray:
    """A sheet of another case within a scanned file, and the page as which it is found there."""

    item: Item
    page: int


@dataclass(frozen=True)
class CasePlan:
    """All files of a case and how its cover sheet is kept."""

    index: int
    cover: str
    items: tuple[Item, ...]
    cover_fault: Fault | None = None
    missing_files: int = 0
    style: str = "reference"


@dataclass(frozen=True)
class Size:
    """How much is made. `pages`: mean a case; `scans`: share of files that are scanned; `most_scans`: bound for all."""

    name: str
    cases: int
    pages: float
    scans: float
    most_scans: int = 0
    faults: float = 0.012
    script: str = ""
    text_only: bool = False
    levels: tuple[tuple[str, float], ...] = field(
        default=(("clean", 3.0), ("office", 4.0), ("worn", 2.0), ("poor", 2.0), ("fax", 0.6), ("photo", 0.5))
    )


SIZES = {
    "demo12": Size("demo12", 12, 5, 0.4, script="demo12.txt"),
    "demo": Size("demo", 40, 16, 0.62, most_scans=200, faults=0.035),
    "test": Size("test", 6, 6, 0.25, faults=0.2),
}


def size(name: str, *, pages: float = 30, scans: float = 0.1, text_only: bool = False) -> Size:
    """A named size, or any number of cases."""
    if name in SIZES:
        return replace(SIZES[name], text_only=text_only)
    return Size(f"n{int(name)}", int(name), pages, scans, text_only=text_only)
