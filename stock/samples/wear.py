"""What paper and scanners do to a page: skew, grain, pale toner, stamps, punch holes, shadows."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont, TiffImagePlugin

from stock.carriers.pdf import ImagePage
from stock.fonts import FACES, path_of
from stock.page import Page
from stock.rng import array_stream
from stock.samples.raster import DPI, draw

Words = tuple[tuple[str, float, float, float, float], ...]
_MM = DPI / 25.4


@dataclass(frozen=True)
class Wear:
    """How a page came through its life. Angles in degrees, `noise` in grey values, `ink` as the toner's blackness."""

    skew: float = 0.0
    noise: float = 3.0
    ink: float = 0.9
    paper: int = 247
    blur: float = 0.6
    stamp: str = ""
    holes: bool = False
    shadow: bool = False
    specks: int = 0
    bilevel: bool = False
    quality: int = 62


CLEAN = Wear()


def scan(page: Page, wear: Wear, seed: int, name: str) -> Image.Image:
    """The page as the scanner delivers it: grey, or black and white."""
    sheet = draw(page)
    if wear.stamp:
        _stamp(sheet, wear.stamp)
    if wear.holes:
        _holes(sheet)
    rng = array_stream(seed, "wear", name)
    grey: np.ndarray = 1 - (1 - np.asarray(sheet, dtype=np.float32) / 255) * wear.ink
    grey *= wear.paper
    grey = _turn(grey, wear)
    if wear.blur:
        grey = cv2.GaussianBlur(grey, (0, 0), wear.blur)
    if wear.shadow:
        grey *= _shadow(grey.shape[1])
    _specks(grey, wear.specks, rng)
    if wear.noise:
        grain = rng.standard_normal(grey.shape, dtype=np.float32)
        grey += cv2.GaussianBlur(grain, (0, 0), 0.7) * wear.noise * 2
    if wear.bilevel:
        return Image.fromarray(np.where(grey < 150, 0, 255).astype(np.uint8)).convert("1", dither=Image.Dither.NONE)
    return Image.fromarray(np.clip(np.rint(grey), 0, 255).astype(np.uint8))


def _turn(grey: np.ndarray, wear: Wear) -> np.ndarray:
    if not wear.skew:
        return grey
    height, width = grey.shape
    lid = wear.paper - 14
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), wear.skew, 1.0)
    turned: np.ndarray = cv2.warpAffine(
        grey,
        matrix,
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=lid,
    )
    return turned


def _shadow(width: int) -> np.ndarray:
    """The fold at the binding edge: darker towards the left, and a thin line of the lid on the right."""
    x = np.arange(width, dtype=np.float32)
    fall: np.ndarray = 1 - 0.28 * np.exp(-x / (7 * _MM))
    fall[-round(1.2 * _MM) :] *= 0.72
    return fall


def _specks(grey: np.ndarray, count: int, rng: np.random.Generator) -> None:
    height, width = grey.shape
    for _ in range(count):
        place = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        cv2.circle(grey, place, int(rng.integers(1, 3)), float(rng.integers(40, 140)), -1, cv2.LINE_AA)


def _holes(sheet: Image.Image) -> None:
    """Two holes, 80 mm apart, 12 mm from the edge; the black lid of the scanner shows through."""
    pen = ImageDraw.Draw(sheet)
    for offset in (-40, 40):
        x, y, radius = 12 * _MM, sheet.height / 2 + offset * _MM, 2.8 * _MM
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=70)


def _stamp(sheet: Image.Image, text: str) -> None:
    """A receipt stamp, set by hand: never straight, never evenly inked."""
    lines = text.split("\n")
    wide, high = round(58 * _MM), round((6 + 6.5 * len(lines)) * _MM)
    seal = Image.new("L", (wide, high), 0)
    pen = ImageDraw.Draw(seal)
    pen.rectangle((3, 3, wide - 4, high - 4), outline=190, width=5)
    font = ImageFont.truetype(path_of(FACES["sans-bold"]), 4.0 * _MM, layout_engine=ImageFont.Layout.BASIC)
    for index, line in enumerate(lines):
        pen.text((wide / 2, (6 + 6.5 * index) * _MM), line, fill=190, font=font, anchor="mm")
    seal = seal.rotate(4.5, expand=True, resample=Image.Resampling.BICUBIC)
    sheet.paste(60, (round(sheet.width * 0.60), round(sheet.height * 0.014)), seal)


def as_image_page(image: Image.Image, page: Page, wear: Wear, layer: Words = ()) -> ImagePage:
    """Packed for a PDF: JPEG, or G4 where the picture is black and white."""
    if image.mode == "1":
        return ImagePage(page.width, page.height, image.size, "CCITTFaxDecode", _fax(image), 1, layer)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=wear.quality, dpi=(DPI, DPI))
    return ImagePage(page.width, page.height, image.size, "DCTDecode", out.getvalue(), 1, layer)


def hidden_words(page: Page, skew: float) -> Words:
    """Boxes of the printed words where the scan shows them."""
    turn = partial(_turned, page=page, angle=math.radians(-skew))
    found = []
    for line in page.lines:
        for word in line:
            x0, y0, x1, y1 = word.box()
            (a, b), (c, d) = turn(x0, y0), turn(x1, y1)
            found.append((word.text, a, b, c, d))
    return tuple(found)


def _turned(x: float, y: float, *, page: Page, angle: float) -> tuple[float, float]:
    dx, dy = x - page.width / 2, y - page.height / 2
    cos, sin = math.cos(angle), math.sin(angle)
    return page.width / 2 + dx * cos - dy * sin, page.height / 2 + dx * sin + dy * cos


def tiff(images: list[Image.Image]) -> bytes:
    """A multi-page fax file: one bit, G4."""
    out = io.BytesIO()
    first, *rest = images
    first.save(out, "TIFF", save_all=True, append_images=rest, compression="group4", dpi=(DPI, DPI))
    return out.getvalue()


def _fax(image: Image.Image) -> bytes:
    """The G4 data alone: one strip, white is zero, as PDF reads it without further parameters."""
    out = io.BytesIO()
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[TiffImagePlugin.ROWSPERSTRIP] = image.height
    tags[TiffImagePlugin.PHOTOMETRIC_INTERPRETATION] = 0
    image.save(out, "TIFF", compression="group4", tiffinfo=tags)
    with Image.open(out) as read:
        tag = read.tag_v2  # type: ignore[attr-defined]
        start, length = tag[TiffImagePlugin.STRIPOFFSETS][0], tag[TiffImagePlugin.STRIPBYTECOUNTS][0]
        if len(tag[TiffImagePlugin.STRIPOFFSETS]) != 1:
            raise ValueError("more than one strip")
    return out.getvalue()[start : start + length]
