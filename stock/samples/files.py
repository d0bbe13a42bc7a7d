"""Turns documents into the bytes of their files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pikepdf

from stock.carriers import scan
from stock.carriers.pdf import ImagePage, Info, write
from stock.pages.page import Page
from stock.rng import stream
from stock.samples.case import Document, Side
from stock.samples.office import mail_file, table_file, word_file

_INFO = Info("", "", "Brunnstetten Schriftgut 4.2", date(2024, 1, 2))
# What Windows leaves behind in folders with pictures: the head of a compound file and nothing of interest.
_SYSTEM_FILE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1528)


@dataclass(frozen=True)
class PageTruth:
    """What stands on a page; `scanned`: as a picture, `layer`: with hidden text over it."""

    text: str
    scanned: bool
    layer: bool = False


def pages_of(document: Document) -> list[PageTruth]:
    """The pages an index should find; a file without sides is one page, its attachments follow."""
    own = [PageTruth(side.page.text, side.damage is not None, side.layer) for side in document.sides]
    if document.text:
        own.append(PageTruth(document.text, scanned=False))
    for attached in document.attachments:
        own += pages_of(attached)
    return own


def content(document: Document, seed: int) -> bytes:
    """The file."""
    if document.carrier == "system":
        return _SYSTEM_FILE
    if document.carrier == "docx":
        return word_file(document.text)
    if document.carrier == "xlsx":
        return table_file(document.text)
    if document.carrier == "eml":
        return mail_file(document.text, [(part.file, content(part, seed)) for part in document.attachments])
    if document.carrier == "tiff":
        return scan.tiff([shown for _, shown in _sides(document, seed) if shown is not None])
    data = write([_as_page(side, shown) for side, shown in _sides(document, seed)], _INFO)
    if document.carrier == "encrypted":
        return _encrypted(data)
    # Cut inside the picture: neither this nor the object of the page behind it can be read.
    return data[: len(data) * 3 // 5] if document.carrier == "cut" else data


def _sides(document: Document, seed: int) -> Iterator[tuple[Side, scan.Side | None]]:
    """Each page with its scan, where it has one."""
    for number, side in enumerate(document.sides):
        rng = stream(seed, "samples", f"{document.file}/{number}")
        yield side, next(iter(scan.scan([side.page], [side.damage], rng, seed))) if side.damage else None


def _as_page(side: Side, shown: scan.Side | None) -> Page | ImagePage:
    if shown is None:
        return side.page
    return scan.pdf_page(shown, shown.words if side.layer else ())


def _encrypted(data: bytes) -> bytes:
    """Needs a password to open. RC4: the newer method draws random keys, and the bytes must be the same each time."""
    out = io.BytesIO()
    lock = pikepdf.Encryption(owner="Registratur-2023", user="Akte-2023", R=3, aes=False, metadata=False)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out, static_id=True, encryption=lock)
    return out.getvalue()
