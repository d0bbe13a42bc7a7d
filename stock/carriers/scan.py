"""From a page to a scanned side: rendered as printed, damaged, encoded as scanners do."""

from __future__ import annotations

import io
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from casefile.imaging.render import render_page
from stock.carriers import pdf
from stock.damage import damage as wear
from stock.damage.damage import Damage
from stock.pages.page import Page

BoxedWord = tuple[str, float, float, float, float]


@dataclass(frozen=True)
class Side:
    """One scanned side: the picture, its words with boxes in its pixels."""

    image: wear.Image
    damage: Damage
    words: tuple[BoxedWord, ...]


def scan(pages: Sequence[Page], damages: Sequence[Damage], rng: random.Random, seed: int) -> list[Side]:
    """Render and damage each page."""
    info = pdf.Info("", "", "", date(2000, 1, 1))
    sides = []
    with tempfile.TemporaryDirectory(prefix="stock-") as folder:
        path = Path(folder) / "pages.pdf"
        path.write_bytes(pdf.write(pages, info))
        for number, (page, damage) in enumerate(zip(pages, damages, strict=True), start=1):
            drawn = render_page(path, "application/pdf", number, dpi=damage.dpi, colour=damage.mode == "colour").image
            image, matrix = wear.apply(np.array(drawn), damage, rng, seed)
            sides.append(Side(image, damage, _moved(page, damage.dpi / 72, matrix)))
    return sides


def _moved(page: Page, scale: float, matrix: wear.Matrix) -> tuple[BoxedWord, ...]:
    words = [word for line in page.lines for word in line]
    if not words:
        return ()
    boxes = np.array([word.box() for word in words]) * scale
    corners = np.stack([boxes[:, [0, 1]], boxes[:, [2, 1]], boxes[:, [2, 3]], boxes[:, [0, 3]]], axis=1)
    moved = cv2.perspectiveTransform(corners.astype(np.float64), matrix)
    low, high = moved.min(axis=1), moved.max(axis=1)
    return tuple(
        (word.text, round(float(a[0]), 1), round(float(a[1]), 1), round(float(b[0]), 1), round(float(b[1]), 1))
        for word, a, b in zip(words, low, high, strict=True)
    )


def jpeg(side: Side) -> bytes:
    """Encoded with the quality the device was set to."""
    out = io.BytesIO()
    Image.fromarray(side.image).save(out, "JPEG", quality=side.damage.quality, dpi=(side.damage.dpi, side.damage.dpi))
    return out.getvalue()


def _fax_strip(image: wear.Image) -> bytes:
    """CCITT group 4, as one strip of raw data."""
    out = io.BytesIO()
    Image.fromarray(image).convert("1", dither=Image.Dither.NONE).save(
        out, "TIFF", compression="group4", tiffinfo={278: image.shape[0]}
    )
    made = Image.open(io.BytesIO(out.getvalue()))
    tags = made.tag_v2  # type: ignore[attr-defined]
    start, length = tags[273][0], tags[279][0]
    return out.getvalue()[start : start + length]


def pdf_page(side: Side, hidden: tuple[BoxedWord, ...] = ()) -> pdf.ImagePage:
    """The side as a PDF page; `hidden` in pixels."""
    high, wide = side.image.shape[:2]
    scale = 72 / side.damage.dpi
    layer = tuple((text, x0 * scale, y0 * scale, x1 * scale, y1 * scale) for text, x0, y0, x1, y1 in hidden)
    colours = 3 if side.image.ndim == 3 else 1
    if side.damage.mode == "1bit":
        return pdf.ImagePage(
            wide * scale, high * scale, (wide, high), "CCITTFaxDecode", _fax_strip(side.image), 1, layer
        )
    return pdf.ImagePage(wide * scale, high * scale, (wide, high), "DCTDecode", jpeg(side), colours, layer)


def tiff(sides: Sequence[Side]) -> bytes:
    """A TIFF of one or more sides, group 4 for black and white, JPEG or LZW else."""
    images = []
    for side in sides:
        image = Image.fromarray(side.image)
        images.append(image.convert("1", dither=Image.Dither.NONE) if side.damage.mode == "1bit" else image)
    out = io.BytesIO()
    way = "group4" if all(side.damage.mode == "1bit" for side in sides) else "jpeg"
    if way == "jpeg":
        images = [image.convert("RGB") for image in images]
    dpi = sides[0].damage.dpi
    images[0].save(
        out,
        "TIFF",
        compression=way,
        save_all=True,
        append_images=images[1:],
        dpi=(dpi, dpi),
        **({"quality": 60} if way == "jpeg" else {}),
    )
    return out.getvalue()
