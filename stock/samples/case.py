"""What a sample case consists of, before any file is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stock.page import Page
from stock.samples.wear import CLEAN, Wear


@dataclass(frozen=True)
class Side:
    """One page of a document: drawn by an office program, or (`wear`) scanned from paper."""

    page: Page
    wear: Wear | None = None
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


def scanned(pages: list[Page], wear: Wear = CLEAN, *, layer: bool = False) -> tuple[Side, ...]:
    return tuple(Side(page, wear, layer) for page in pages)


def about(subject: str, kind: str, date: str, sender: str) -> dict[str, str]:
    return {"betreff": subject, "art": kind, "datum": date, "absender": sender}
