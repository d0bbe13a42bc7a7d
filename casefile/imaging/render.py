"""Page -> image, for recognition and for the page view.

Files are hostile and pdfium is not thread-safe: call this in a worker process with limits, one page at a time.
Raises DocumentFault: `too_large`, `truncated`, `encrypted`, `corrupt`, `render_failed`, `pages_missing`.
"""

from __future__ import annotations

import functools
import importlib
import logging
import math
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageOps, UnidentifiedImageError

from casefile.errors import DocumentFault, Reason
from casefile.imaging.media import PDF, ImageFormat, base_type, image_format
from casefile.wording import caused

POINTS_PER_INCH = 72.0
A4_SHORT_SIDE_INCHES, A4_LONG_SIDE_INCHES = 8.27, 11.69
# A picture this many times as high as wide is a long screenshot: as wide as a sheet, however long.
LONG_PAGE = 2.2
# A sheet between a receipt and an A0 plan; a resolution that makes the page smaller or larger is taken for wrong,
# and the long side for that of A4.
PLAUSIBLE_SHORT_SIDE_INCHES = (2.5, 34.0)
PLAUSIBLE_LONG_SIDE_INCHES = (4.0, 48.0)
# What programs and cameras write that know nothing about paper.
SCREEN_DPI = frozenset({72, 96})
# A picture smaller than a screen's page is a cutting, no sheet: it is not blown up to one.
LEAST_SHEET_DPI = 72.0
# An A0 plan at 150 dpi has 35 megapixels; larger renderings cost memory and time and show no more.
MAX_RENDERED_MEGAPIXELS = 40
MAX_LONG_MEGAPIXELS = 160  # of a long screenshot, which is read in strips
MIN_DPI = 40.0
_FILLS_PAGE = 0.8  # share of the page, so that it is a scan
MAX_SHOWN_HEIGHT = 16_383  # pixels; WebP has no more


@dataclass(frozen=True)
class PageImage:
    """A rendered page, upright as shown. `dpi`: what it was rendered at; `width`, `height` in points.

    `native_dpi`: the resolution that the picture itself has; None where the page is not one picture.
    """

    image: Image.Image
    dpi: float
    width: float
    height: float
    native_dpi: float | None = None


def render_page(
    path: Path,
    media_type: str,
    page: int,
    *,
    dpi: float | None = None,
    width_px: int | None = None,
    colour: bool = False,
    max_megapixels: int = 200,
) -> PageImage:
    """Render page `page` (from 1) at a resolution or to a width; grey unless `colour`.

    `max_megapixels` bounds what is decoded, not what comes out.
    """
    if (dpi is None) == (width_px is None):
        raise ValueError("either dpi or width_px")
    if base_type(media_type) == PDF:
        return _render_pdf(path, page, dpi, width_px, colour)
    with open_image(path, media_type, max_megapixels) as image:
        seek_frame(image, page, max_megapixels)
        return _scale(image, dpi, width_px, colour)


def target_dpi(width: float, height: float, dpi: float | None, width_px: int | None) -> float:
    """The resolution for a page of `width` × `height` points, lowered where the image would be too large."""
    shown = min((width_px or 1) / width, MAX_SHOWN_HEIGHT / height) * POINTS_PER_INCH
    wanted = dpi if dpi is not None else shown
    megapixels = width * height * (wanted / POINTS_PER_INCH) ** 2 / 1e6
    most = MAX_LONG_MEGAPIXELS if height > LONG_PAGE * width else MAX_RENDERED_MEGAPIXELS
    if megapixels > most:
        wanted *= math.sqrt(most / megapixels)
        if wanted < MIN_DPI:
            raise DocumentFault(Reason.TOO_LARGE, f"Seite von {width / 72:.0f} × {height / 72:.0f} Zoll")
    return wanted


# --- PDF


@contextmanager
def open_pdf(path: Path) -> Iterator[pypdfium2.PdfDocument]:
    """An empty user password is tried by pdfium itself; any other makes the file `encrypted`."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code == pdfium.FPDF_ERR_PASSWORD:
            raise DocumentFault(Reason.ENCRYPTED) from error
        if code == pdfium.FPDF_ERR_SECURITY:
            raise DocumentFault(Reason.ENCRYPTED, "Unbekanntes Verschlüsselungsverfahren") from error
        raise DocumentFault(Reason.CORRUPT, "Die PDF-Datei lässt sich nicht öffnen") from error
    try:
        yield document
    finally:
        document.close()


def init_forms(document: pypdfium2.PdfDocument) -> None:
    """Filled-in form fields are drawn and can be read; XFA forms in the plain form that is beside them."""
    if document.get_formtype() in {pdfium.FORMTYPE_ACRO_FORM, pdfium.FORMTYPE_XFA_FOREGROUND}:
        logging.getLogger("pypdfium2").setLevel(logging.ERROR)  # warns that XFA is not compiled in
        document.init_forms()


def load_pdf_page(document: pypdfium2.PdfDocument, page: int) -> pypdfium2.PdfPage:
    if not 1 <= page <= len(document):
        raise DocumentFault(Reason.PAGES_MISSING, f"Seite {page} von {len(document)}")
    try:
        sheet = document[page - 1]
        if min(sheet.get_size()) <= 0:  # the part to be shown lies outside the sheet: as other viewers, show all of it
            sheet.set_cropbox(*sheet.get_mediabox())
            sheet.close()
            sheet = document[page - 1]
    except pypdfium2.PdfiumError as error:
        raise DocumentFault(Reason.RENDER_FAILED, f"Seite {page} ist nicht lesbar") from error
    return sheet


def _render_pdf(path: Path, page: int, dpi: float | None, width_px: int | None, colour: bool) -> PageImage:
    with open_pdf(path) as document:
        init_forms(document)
        sheet = load_pdf_page(document, page)
        width, height = sheet.get_size()
        if width <= 0 or height <= 0:
            raise DocumentFault(Reason.RENDER_FAILED, f"Seite {page} hat keine Fläche")
        resolution = target_dpi(width, height, dpi, width_px)
        try:
            # A hair less: the renderer rounds up, and 1000.0001 would become 1001 pixels.
            bitmap = sheet.render(scale=resolution / POINTS_PER_INCH * (1 - 1e-7), grayscale=not colour)
            image = bitmap.to_pil().copy()  # the bitmap's memory goes with the document
        except (pypdfium2.PdfiumError, MemoryError, ValueError) as error:
            detail = caused(f"Seite {page} lässt sich nicht darstellen", error)
            raise DocumentFault(Reason.RENDER_FAILED, detail) from error
        image = image.convert("RGB" if colour else "L")
        return PageImage(image, resolution, width, height, native_dpi=_picture_dpi(sheet))


def _picture_dpi(sheet: pypdfium2.PdfPage) -> float | None:
    """Resolution of the picture that fills the page; None where there is none, as on a page of text."""
    width, height = sheet.get_size()
    for picture in sheet.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        left, bottom, right, top = picture.get_bounds()
        if (right - left) * (top - bottom) >= _FILLS_PAGE * width * height and right > left:
            return float(picture.get_px_size()[0] / (right - left) * POINTS_PER_INCH)
    return None


# --- images


@contextmanager
def open_image(path: Path, media_type: str, max_megapixels: int) -> Iterator[Image.Image]:
    """Open by the detected type alone; every decoder's error inside the block becomes a DocumentFault."""
    found = image_format(media_type)
    if found is None:
        raise DocumentFault(Reason.UNSUPPORTED, f"Kein Seitenbild für {media_type}")
    if found.plugin:
        _load_plugin(found)
    with image_faults(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damaged metadata; size is checked here, with the administrator's limit
        Image.MAX_IMAGE_PIXELS = None
        with Image.open(path, formats=[found.decoder]) as image:
            check_pixels(image, max_megapixels)
            yield image


@functools.cache
def _load_plugin(found: ImageFormat) -> None:
    """Registered on first use: a decoder that no file asks for is not loaded."""
    module, _, function = found.plugin.partition(":")
    plugin = importlib.import_module(module)
    Image.init()
    if function:
        getattr(plugin, function)()


@contextmanager
def image_faults() -> Iterator[None]:
    """Pillow's decoders raise nearly anything on damaged input."""
    try:
        yield
    except DocumentFault:
        raise
    except UnidentifiedImageError as error:
        raise DocumentFault(Reason.CORRUPT, "Das Bild lässt sich nicht öffnen") from error
    except MemoryError as error:
        raise DocumentFault(Reason.TOO_LARGE, "Das Bild braucht zu viel Speicher") from error
    except (EOFError, struct.error) as error:
        raise DocumentFault(Reason.TRUNCATED, caused("Das Bild ist abgeschnitten", error)) from error
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise DocumentFault(_image_reason(error), caused("Das Bild ist nicht lesbar", error)) from error
    except (ZeroDivisionError, AttributeError, RuntimeError, NotImplementedError, zlib.error) as error:
        raise DocumentFault(Reason.CORRUPT, caused("Das Bild ist nicht lesbar", error)) from error


def _image_reason(error: Exception) -> Reason:
    message = str(error).lower()
    if "truncated" in message or "broken data stream" in message or "unexpected end" in message:
        return Reason.TRUNCATED
    return Reason.CORRUPT


def check_pixels(image: Image.Image, max_megapixels: int) -> None:
    width, height = image.size
    if width * height > max_megapixels * 1_000_000:
        raise DocumentFault(Reason.TOO_LARGE, f"Bild mit {width} × {height} Bildpunkten")
    if width < 1 or height < 1:
        raise DocumentFault(Reason.CORRUPT, "Das Bild hat keine Fläche")


def seek_frame(image: Image.Image, page: int, max_megapixels: int) -> None:
    if page == 1:
        return
    try:
        image.seek(page - 1)
    except EOFError as error:
        raise DocumentFault(Reason.PAGES_MISSING, f"Seite {page} fehlt") from error
    check_pixels(image, max_megapixels)


def frame_inches(image: Image.Image) -> tuple[float, float]:
    """Width and height of the frame on paper, from its resolution where that is plausible, else as A4.

    Fax TIFFs have different resolutions across and down; both count.
    """
    width, height = image.size
    across, down = _stated_dpi(image)
    if across > 0 and down > 0 and round(across) not in SCREEN_DPI:
        inches = (width / across, height / down)
        short, long = min(inches), max(inches)
        if (
            PLAUSIBLE_SHORT_SIDE_INCHES[0] <= short <= PLAUSIBLE_SHORT_SIDE_INCHES[1]
            and PLAUSIBLE_LONG_SIDE_INCHES[0] <= long <= PLAUSIBLE_LONG_SIDE_INCHES[1]
        ):
            return inches
    is_long = height > LONG_PAGE * width
    dpi = max(LEAST_SHEET_DPI, width / A4_SHORT_SIDE_INCHES if is_long else max(width, height) / A4_LONG_SIDE_INCHES)
    return width / dpi, height / dpi


def _stated_dpi(image: Image.Image) -> tuple[float, float]:
    stated = image.info.get("dpi", (0, 0))
    try:
        across, down = float(stated[0]), float(stated[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return 0.0, 0.0
    if not (math.isfinite(across) and math.isfinite(down)):
        return 0.0, 0.0
    # PNG counts pixels per metre: 150 dpi come back as 150.01, and the same page would get other pixels.
    across, down = (round(v) if abs(v - round(v)) < 0.1 else v for v in (across, down))
    return across, down


def _scale(image: Image.Image, dpi: float | None, width_px: int | None, colour: bool) -> PageImage:
    across, down = frame_inches(image)
    upright = ImageOps.exif_transpose(image)
    if (upright.size[0] < upright.size[1]) != (image.size[0] < image.size[1]):
        across, down = down, across
    flat = _flatten(upright, colour)
    width, height = across * POINTS_PER_INCH, down * POINTS_PER_INCH
    resolution = target_dpi(width, height, dpi, width_px)
    size = (max(1, round(across * resolution)), max(1, round(down * resolution)))
    if size != flat.size:
        flat = flat.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return PageImage(flat, resolution, width, height, native_dpi=upright.size[0] / across)


def _flatten(image: Image.Image, colour: bool) -> Image.Image:
    """Grey or RGB on white paper."""
    wanted = "RGB" if colour else "L"
    if image.mode.startswith(("I", "F")):
        return _stretch(image).convert(wanted)
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        rgba = image.convert("RGBA")
        paper = Image.new("RGBA", rgba.size, "white")
        paper.alpha_composite(rgba)
        return paper.convert(wanted)
    return image.convert(wanted)


def _stretch(image: Image.Image) -> Image.Image:
    """16 bit and floating point to 8 bit; Pillow's own conversion clips instead of scaling."""
    values = np.asarray(image, dtype=np.float64)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    span = high - low or 1.0
    return Image.fromarray(np.nan_to_num((values - low) * (255.0 / span)).astype(np.uint8))
