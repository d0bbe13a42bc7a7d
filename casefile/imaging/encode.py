"""Page images for the browser: small, and legible at a glance."""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image, ImageFilter

# What a page image may weigh at 1000 pixels width, and in the thrifty form for a slow line.
PAGE_BYTES = 80_000
THRIFTY_BYTES = 45_000
# Darkest and lightest tone are spread over the whole range, but not more than this: an empty page stays empty.
_LEAST_CONTRAST = 96


def encode_page(image: Image.Image, *, thrifty: bool = False, colour: bool = False, most: int | None = None) -> bytes:
    """WebP for the browser: in 4 grey levels (2 when thrifty) without loss, or lossy for photos and `colour`.

    Text stays sharp in few grey levels at a fraction of a JPEG's size. `most`: bytes the result should not exceed
    (default PAGE_BYTES or THRIFTY_BYTES); noisy pages are smoothed, then given fewer levels, then lossy compression.
    """
    budget = most or (THRIFTY_BYTES if thrifty else PAGE_BYTES)
    encoded = b""
    for encoded in _encodings(image, thrifty, colour):
        if len(encoded) <= budget:
            break
    return encoded


def _encodings(image: Image.Image, thrifty: bool, colour: bool) -> Iterator[bytes]:
    """From the best to the smallest."""
    if colour:
        picture = image.convert("RGB")
        for quality in (30, 15, 5) if thrifty else (50, 30, 15):
            yield _webp(picture, quality=quality)
        return
    grey = _stretch_contrast(image.convert("L"))
    yield _webp(_levels(grey, 2 if thrifty else 4), lossless=True, quality=60)
    smooth = grey.filter(ImageFilter.MedianFilter(3))
    yield _webp(_levels(smooth, 2 if thrifty else 4), lossless=True, quality=60)
    if not thrifty:
        yield _webp(_levels(smooth, 2), lossless=True, quality=60)
    for quality in (25, 10, 2):
        yield _webp(smooth, quality=quality)
    yield _webp(smooth.filter(ImageFilter.GaussianBlur(3)), quality=1)


def _webp(image: Image.Image, *, quality: int, lossless: bool = False) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", lossless=lossless, quality=quality, method=4)
    return out.getvalue()


def _stretch_contrast(grey: Image.Image) -> Image.Image:
    """The paper's tone becomes white and the ink black, so that pale typewriting survives few grey levels."""
    tones = grey.histogram()
    total = sum(tones)
    ink, middle, light = (_tone(tones, total * share) for share in (0.005, 0.5, 0.99))
    paper = middle if middle > 150 else light  # on a photo there is no paper
    span = max(_LEAST_CONTRAST, paper - ink)
    return grey.point([max(0, min(255, round((value - paper + span) * 255 / span))) for value in range(256)])


def _tone(tones: list[int], count: float) -> int:
    seen = 0
    for tone, number in enumerate(tones):
        seen += number
        if seen > count:
            return tone
    return 255


def _levels(grey: Image.Image, levels: int) -> Image.Image:
    step = 255.0 / (levels - 1)
    return grey.point([round(round(value / step) * step) for value in range(256)])
