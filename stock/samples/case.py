"""What a sample case consists of, before any file is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stock.damage import marks
from stock.damage.damage import Damage
from stock.pages.page import Page

# The copier in the corridor: 200 dpi, a little soft, a little pale.
COPIER = Damage(dpi=200, noise=0.01, blur=0.6, pale=0.12, paper=0.03, quality=62)
_STAMP_INK = (0.25, 0.25, 0.3)


@dataclass(frozen=True)
class Side:
    """One page of a document: drawn by an office program, or (`damage`) scanned from paper."""

    page: Page
    damage: Damage | None = None
    layer: bool = False


@dataclass(frozen=True)
class Document:
    """One file. `carrier`: pdf, tiff, docx, xlsx, eml, encrypted (PDF), cut (PDF), system.

    `text` is the content of what has no sides; `about` is the entry in the cover sheet; `faults` are what an index
    has to notice or to cope with.
    """

    file: str
    carrier: str
    sides: tuple[Side, ...] = ()
    text: str = ""
    about: Mapping[str, str] | None = None
    faults: tuple[str, ...] = ()
    attachments: tuple[Document, ...] = ()


@dataclass(frozen=True)
class Case:
    """A folder; `cover` names the format of its sheet (json, yaml, xml, csv, register, or empty for none)."""

    folder: str
    cover: str
    sheet: Mapping[str, Any]
    documents: tuple[Document, ...]


def born(pages: list[Page]) -> tuple[Side, ...]:
    return tuple(Side(page) for page in pages)


def scanned(pages: list[Page], damage: Damage = COPIER, *, layer: bool = False) -> tuple[Side, ...]:
    return tuple(Side(page, damage, layer) for page in pages)


def stamped(pages: list[Page], text: str) -> list[Page]:
    """With the stamp of receipt on the first page, beside the heading."""
    texts = [(line, 11.0) for line in text.split("\n")]
    first = marks.imprint(pages[0], texts, (pages[0].width * 0.6, 28.0), 4.5, _STAMP_INK, 1.6)
    return [first, *pages[1:]]


def about(subject: str, kind: str, date: str, sender: str) -> dict[str, str]:
    return {"betreff": subject, "art": kind, "datum": date, "absender": sender}
