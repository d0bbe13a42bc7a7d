"""What is put on paper after it was printed: the stamp of the post room, strokes, ticks and remarks of the pen."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from datetime import date, timedelta

from stock.pages.fonts import face
from stock.pages.layout import BLUE
from stock.pages.page import (
    Box,
    Colour,
    Curve,
    Line,
    Page,
    Rule,
    Shape,
    Word,
)

_MONTHS = ("JAN", "FEB", "MÄRZ", "APR", "MAI", "JUNI", "JULI", "AUG", "SEP", "OKT", "NOV", "DEZ")
_INKS: tuple[Colour, ...] = ((0.62, 0.12, 0.16), (0.16, 0.2, 0.55), (0.25, 0.25, 0.3), (0.15, 0.4, 0.3))
_REMARKS = ("z.d.A.", "erl.", "Wv.", "Kopie", "fehlt!", "geprüft", "s. Anlage", "KdU?", "nachfordern")


def _turned(text: str, x: float, y: float, size: float, angle: float, ink: Colour, name: str = "sans-bold") -> Line:
    turn = math.radians(angle)
    words = []
    for piece in text.split():
        words.append(Word(piece, x, y, size, name, ink, angle, "stamp"))
        step = face(name).width(piece + " ", size)
        x, y = x + step * math.cos(turn), y - step * math.sin(turn)
    return tuple(words)


def stamp(page: Page, office: str, day: date, rng: random.Random) -> Page:
    """The stamp of receipt, never quite straight, somewhere free near the top."""
    ink = rng.choice(_INKS)
    angle = rng.uniform(-7, 7)
    place = rng.uniform(300, 400), rng.uniform(196, 262)
    received = day + timedelta(days=rng.randint(1, 4))
    texts = (
        (office, 8.0),
        ("EINGANG", 13.0),
        (f"{received.day:02d}. {_MONTHS[received.month - 1]} {received.year}", 12.0),
        (f"Anl. {rng.randint(1, 9)}", 7.5),
    )
    return imprint(page, texts, place, angle, ink, rng.uniform(1.0, 1.8))


def imprint(
    page: Page, texts: Sequence[tuple[str, float]], place: tuple[float, float], angle: float, ink: Colour, frame: float
) -> Page:
    """Lines with their sizes in a frame, turned by `angle` degrees about its upper left corner. Lengths in points."""
    x, y = place
    turn = math.radians(angle)
    lines: list[Line] = []
    down = 0.0
    for text, size in texts:
        down += size * 1.3
        lines.append(_turned(text, x + 8 + down * math.sin(turn), y + down * math.cos(turn), size, angle, ink))
    wide, high = 152.0, down + 10

    def corner(across: float, along: float) -> tuple[float, float]:
        return (
            x + across * math.cos(turn) + along * math.sin(turn),
            y - across * math.sin(turn) + along * math.cos(turn),
        )

    corners = [corner(0, 0), corner(wide, 0), corner(wide, high), corner(0, high)]
    edges: list[Shape] = [Rule(*corners[side], *corners[(side + 1) % 4], frame, ink) for side in range(4)]
    return Page(page.width, page.height, (*page.lines, *lines), (*page.shapes, *edges))


def pen(page: Page, rng: random.Random) -> Page:
    """Underlinings, a mark in the margin, a remark of a word or two."""
    ink = BLUE if rng.random() < 0.6 else rng.choice(((0.1, 0.1, 0.1), (0.65, 0.1, 0.1), (0.15, 0.45, 0.2)))
    shapes: list[Shape] = []
    lines = [line for line in page.lines if len(line) > 3 and not line[0].angle]
    for line in rng.sample(lines, min(len(lines), rng.randint(0, 3))):
        first = rng.randrange(len(line) - 2)
        last = min(len(line) - 1, first + rng.randint(1, 4))
        y = line[0].y + 2.5
        end = line[last].x + line[last].width
        middle = (line[first].x + end) / 2
        points = ((line[first].x, y), (middle, y + rng.uniform(-2, 2)), (middle, y + rng.uniform(-2, 2)), (end, y))
        shapes.append(Curve(points, rng.uniform(0.7, 1.5), ink))
    if lines and rng.random() < 0.6:
        y = rng.choice(lines)[0].y
        x = rng.uniform(28, 44)
        shapes.append(Curve(((x, y - 14), (x - 6, y - 4), (x + 5, y + 8), (x, y + 20)), 1.3, ink))
        shapes.append(Curve(((x + 5, y), (x + 7, y + 6), (x + 8, y + 6), (x + 14, y - 9)), 1.3, ink))
    added: tuple[Line, ...] = ()
    if rng.random() < 0.55:
        x, y = rng.uniform(380, 470), rng.uniform(715, 760)
        added = (_turned(rng.choice(_REMARKS), x, y, rng.uniform(11, 15), rng.uniform(-4, 12), ink, "stix-italic"),)
    if rng.random() < 0.4:
        x, y = rng.uniform(400, 500), rng.uniform(20, 40)
        shapes.append(Curve(((x, y), (x + 10, y - 20), (x + 14, y + 16), (x + 24, y - 4)), 1.2, ink))
    return Page(page.width, page.height, (*page.lines, *added), (*page.shapes, *shapes))


def shelf_mark(page: Page, number: int, rng: random.Random) -> Page:
    """The number of the leaf, written in the corner when the paper file was kept."""
    line = _turned(str(number), page.width - 46, 34, 15, rng.uniform(-8, 14), BLUE, "stix-italic")
    ring = Box(page.width - 52, 18, 30, 22, 0, BLUE) if number % 7 else Box(page.width - 52, 18, 30, 22, 0.9, BLUE)
    return Page(page.width, page.height, (*page.lines, line), (*page.shapes, ring))
