"""Recognition of a part of a page: what is read already is painted white, boxes are those of the whole page."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image, ImageDraw

from casefile.imaging.render import PageImage
from casefile.pagetext import PageText, Word
from indexer.extract.result import Box, Region

# Boxes of words are tight, and letters overhang (fraction of the page).
_GROW = 0.003


def part_of(page: PageImage, region: Region) -> PageImage:
    """The image of the region; `width` and `height` stay those of the page."""
    left, top, right, bottom = _pixels(region.clip, page.image)
    image = page.image.crop((left, top, right, bottom))
    draw = ImageDraw.Draw(image)
    for box in region.read:
        x0, y0, x1, y1 = _pixels(box, page.image, _GROW)
        draw.rectangle((x0 - left, y0 - top, x1 - left, y1 - top), fill="white")
    return replace(page, image=image)


def placed(text: PageText, region: Region) -> PageText:
    """Boxes of the region as boxes of the page."""
    left, top, right, bottom = region.clip
    width, height = right - left, bottom - top
    words = tuple(
        Word(
            w.start,
            w.end,
            left + w.left * width,
            top + w.top * height,
            left + w.right * width,
            top + w.bottom * height,
            w.confidence,
        )
        for w in text.words
    )
    return replace(text, words=words)


def _pixels(box: Box, image: Image.Image, grow: float = 0.0) -> tuple[int, int, int, int]:
    width, height = image.size
    return (
        max(0, int((box[0] - grow) * width)),
        max(0, int((box[1] - grow) * height)),
        min(width, int((box[2] + grow) * width) + 1),
        min(height, int((box[3] + grow) * height) + 1),
    )
