"""Draws a page as a printer would put it on paper: grey values, black on white."""

from __future__ import annotations

from functools import cache

from PIL import Image, ImageDraw, ImageFont

from stock.fonts import FACES, path_of
from stock.page import Box, Curve, Page, Shape

DPI = 200
# Drawn finer and averaged down: at 200 dpi, hinting widens the letters until they close the gaps between words.
_FINER = 3


@cache
def _font(key: str, pixels: float) -> ImageFont.FreeTypeFont:
    # The basic layout needs no shaping library, whose version would change the pixels.
    return ImageFont.truetype(path_of(FACES[key]), pixels, layout_engine=ImageFont.Layout.BASIC)


def draw(page: Page, dpi: int = DPI) -> Image.Image:
    """The page in grey."""
    scale = dpi * _FINER / 72
    size = round(page.width * dpi / 72) * _FINER, round(page.height * dpi / 72) * _FINER
    image = Image.new("L", size, 255)
    pen = ImageDraw.Draw(image)
    for shape in page.shapes:
        _shape(pen, shape, scale)
    for line in page.lines:
        for word in line:
            place = (word.x * scale, word.y * scale)
            pen.text(place, word.text, fill=_grey(word.colour), font=_font(word.face, word.size * scale), anchor="ls")
    return image.reduce(_FINER)


def _grey(colour: tuple[float, float, float]) -> int:
    red, green, blue = colour
    return round(255 * (0.3 * red + 0.59 * green + 0.11 * blue))


def _shape(pen: ImageDraw.ImageDraw, shape: Shape, scale: float) -> None:
    width = max(1, round(shape.width * scale))
    if isinstance(shape, Box):
        fill = _grey(shape.fill) if shape.fill is not None else None
        corners = (shape.x * scale, shape.y * scale, (shape.x + shape.w) * scale, (shape.y + shape.h) * scale)
        pen.rectangle(corners, fill=fill, outline=_grey(shape.colour) if shape.width else None, width=width)
    elif isinstance(shape, Curve):
        points = [(x * scale, y * scale) for x, y in _flatten(shape)]
        pen.line(points, fill=_grey(shape.colour), width=width, joint="curve")
    else:
        ends = (shape.x0 * scale, shape.y0 * scale, shape.x1 * scale, shape.y1 * scale)
        pen.line(ends, fill=_grey(shape.colour), width=width)


def _flatten(curve: Curve, steps: int = 12) -> list[tuple[float, float]]:
    points = [curve.points[0]]
    for start in range(1, len(curve.points) - 2, 3):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = curve.points[start - 1 : start + 3]
        for step in range(1, steps + 1):
            t = step / steps
            u = 1 - t
            parts = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
            x = parts[0] * ax + parts[1] * bx + parts[2] * cx + parts[3] * dx
            y = parts[0] * ay + parts[1] * by + parts[2] * cy + parts[3] * dy
            points.append((x, y))
    return points
