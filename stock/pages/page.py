"""The page model: what stands where on a sheet of paper.

Lengths are points (1/72 inch), the origin is the upper left corner, `y` of a word is its base line. The order of the
lines is the reading order; a page's text is derived from it and from nothing else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from stock.pages.fonts import face, fitting

A4 = (595.28, 841.89)
BLACK = (0.0, 0.0, 0.0)
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Word:
    """One word; `ink` tells print from what was added later (form entry, stamp)."""

    text: str
    x: float
    y: float
    size: float
    face: str
    colour: Colour = BLACK
    angle: float = 0.0
    ink: str = "print"

    @property
    def width(self) -> float:
        return face(self.face).width(self.text, self.size)

    def box(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1; of a turned word the box around it."""
        high, low = face(self.face).height(self.text, self.size)
        if not self.angle:
            return self.x, self.y - high, self.x + self.width, self.y - low
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        corners = [
            (across * cos - up * sin, across * sin + up * cos) for across in (0, self.width) for up in (low, high)
        ]
        across, up = [point[0] for point in corners], [point[1] for point in corners]
        return self.x + min(across), self.y - max(up), self.x + max(across), self.y - min(up)


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line."""

    x0: float
    y0: float
    x1: float
    y1: float
    width: float = 0.6
    colour: Colour = BLACK
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, filled or outlined."""

    x: float
    y: float
    w: float
    h: float
    width: float = 0.6
    colour: Colour = BLACK
    fill: Colour | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A run of Bézier pieces (start, then groups of three points): signatures, strokes, emblems, portraits."""

    points: tuple[tuple[float, float], ...]
    width: float = 0.8
    colour: Colour = BLACK
    fill: Colour | None = None


Shape = Rule | Box | Curve
Line = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One side of a sheet."""

    width: float
    height: float
    lines: tuple[Line, ...]
    shapes: tuple[Shape, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(" ".join(word.text for word in line) for line in self.lines)

    @property
    def flat(self) -> str:
        """The text on one line, for finding what may be broken over two."""
        return " ".join(word.text for line in self.lines for word in line)


@dataclass
class Sheet:
    """A page in the making."""

    width: float = A4[0]
    height: float = A4[1]
    lines: list[Line] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)

    def put(
        self,
        x: float,
        y: float,
        text: str,
        key: str = "sans",
        size: float = 10,
        *,
        align: str = "left",
        colour: Colour = BLACK,
        spread: float = 0.0,
        ink: str = "print",
    ) -> float:
        """Set one line; returns its width. `spread` is added to every blank (justified text)."""
        pieces = text.split()
        faces = [fitting(key, piece) for piece in pieces]
        widths = [face(name).width(piece, size) for name, piece in zip(faces, pieces, strict=True)]
        blank = face(key).width(" ", size) + spread
        total = sum(widths) + blank * max(len(pieces) - 1, 0)
        x -= total if align == "right" else total / 2 if align == "centre" else 0.0
        words = []
        for name, piece, width in zip(faces, pieces, widths, strict=True):
            words.append(Word(piece, x, y, size, name, colour, 0.0, ink))
            x += width + blank
        if words:
            self.lines.append(tuple(words))
        return total

    def page(self) -> Page:
        return Page(self.width, self.height, tuple(self.lines), tuple(self.shapes))


def wrap(text: str, key: str, size: float, width: float, indent: float = 0.0) -> list[str]:
    """Break a paragraph into lines, as an office program does without hyphenation."""
    metrics = face(key)
    blank = metrics.width(" ", size)
    lines: list[str] = []
    current: list[str] = []
    used = indent
    for word in text.split():
        length = face(fitting(key, word)).width(word, size)
        if current and used + length > width:
            lines.append(" ".join(current))
            current, used = [], 0.0
        current.append(word)
        used += length + blank
    if current:
        lines.append(" ".join(current))
    return lines
