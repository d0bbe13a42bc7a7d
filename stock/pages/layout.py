"""Sets blocks as office paper: styles, running text, tables, signatures, emblems, boxes to tick."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from stock.pages.draft import (
    Block,
    Para,
    Sign,
    Table,
)
from stock.pages.fonts import face, fitting
from stock.pages.page import (
    A4,
    Box,
    Colour,
    Curve,
    Page,
    Rule,
    Sheet,
    wrap,
)

BLUE: Colour = (0.08, 0.16, 0.5)
GREY: Colour = (0.45, 0.45, 0.45)


@dataclass(frozen=True)
class Style:
    """The looks of one office's paper."""

    body: str
    bold: str
    size: float
    leading: float
    left: float
    right: float
    justify: bool
    head: str
    tint: Colour
    window: float


_BODIES = (
    ("sans", "sans-bold"),
    ("helvetica", "helvetica-bold"),
    ("serif", "serif-bold"),
    ("times", "times-bold"),
    ("dejavu", "dejavu-bold"),
    ("stix", "stix-bold"),
    ("narrow", "narrow-bold"),
    ("dejavu-serif", "dejavu-serif-bold"),
)
_TINTS: tuple[Colour, ...] = ((0.0, 0.0, 0.0), (0.1, 0.2, 0.45), (0.45, 0.08, 0.1), (0.1, 0.35, 0.2), (0.3, 0.3, 0.3))


def style(rng: random.Random, look: str = "authority") -> Style:
    """A style at random; `typed` looks like a typewriter, `mono` like an old host printer."""
    if look in ("typed", "mono"):
        key = "typed" if look == "typed" else rng.choice(("courier", "mono", "dejavu-mono"))
        bold = key + "-bold" if key != "dejavu-mono" else "mono-bold"
        return Style(key, bold, 10.0, rng.choice((13.5, 15.0)), 64, 50, False, "plain", _TINTS[0], 0.0)
    body, bold = rng.choice(_BODIES)
    size = rng.choice((9.5, 10.0, 10.5, 11.0)) - (1.0 if body.startswith("dejavu") else 0.0)
    return Style(
        body,
        bold,
        size,
        size * rng.uniform(1.18, 1.42),
        rng.choice((64.0, 70.9, 72.0)),
        rng.choice((48.0, 56.7, 70.0)),
        rng.random() < 0.3,
        rng.choice(("left", "right", "centre", "band")),
        rng.choice(_TINTS),
        rng.choice((0.0, 4.0)),
    )


class Flow:
    """Sets blocks one after the other and turns the page when it is full."""

    def __init__(self, look: Style, rng: random.Random, bottom: float = 84.0, top: float = 70.0) -> None:
        self.look = look
        self.rng = rng
        self.bottom = A4[1] - bottom
        self.top = top
        self.sheets = [Sheet()]
        self.y = top

    @property
    def sheet(self) -> Sheet:
        return self.sheets[-1]

    @property
    def width(self) -> float:
        return A4[0] - self.look.left - self.look.right

    def need(self, height: float) -> None:
        if self.y + height > self.bottom:
            self.sheets.append(Sheet())
            self.y = self.top

    def block(self, block: Block) -> None:
        if isinstance(block, Para):
            self.para(block)
        elif isinstance(block, Table):
            self.table(block)
        else:
            self.sign(block)

    def para(self, para: Para) -> None:
        look = self.look
        key = look.bold if para.style == "head" else look.body
        size = look.size * (0.8 if para.style == "small" else 1.0)
        indent = 18.0 if para.style == "item" else 0.0
        lines = wrap(para.text, key, size, self.width - indent)
        step = look.leading * (0.82 if para.style == "small" else 1.0)
        for number, line in enumerate(lines):
            self.need(step)
            self.y += step
            if indent and not number:
                self.sheet.put(look.left + 4, self.y, "-", key, size)
            self._line(line, key, size, indent, last=number + 1 == len(lines))
        self.y += step * (0.25 if para.style in ("item", "head") else 0.7)

    def _line(self, line: str, key: str, size: float, indent: float, *, last: bool) -> None:
        spread = 0.0
        pieces = line.split()
        if self.look.justify and not last and len(pieces) > 3:
            used = sum(face(fitting(key, piece)).width(piece, size) for piece in pieces)
            used += face(key).width(" ", size) * (len(pieces) - 1)
            spread = max(0.0, (self.width - indent - used) / (len(pieces) - 1))
        self.sheet.put(self.look.left + indent, self.y, line, key, size, spread=spread)

    def table(self, table: Table) -> None:
        look = self.look
        size = look.size * 0.88
        step = size * 1.5
        total = sum(table.widths)
        edges = [look.left]
        for share in table.widths:
            edges.append(edges[-1] + self.width * share / total)
        self.need(step * 3)
        for number, row in enumerate((table.head, *table.rows)):
            if not any(row):
                continue
            self.need(step)
            self.y += step
            key = look.bold if number == 0 else look.body
            self._row(table, row, edges, key, size)
            if table.ruled or number == 0:
                self.sheet.shapes.append(Rule(edges[0], self.y + size * 0.35, edges[-1], self.y + size * 0.35, 0.4))
        self.y += step * 0.8

    def _row(self, table: Table, row: tuple[str, ...], edges: list[float], key: str, size: float) -> None:
        for column, cell in enumerate(row):
            right = column < len(table.head) and table.head[column].startswith(">")
            text = cell.removeprefix(">")
            lines = wrap(text, key, size, edges[column + 1] - edges[column] - 3) or [""]
            first = lines[0]
            if len(lines) > 1:
                first = " ".join(lines)
                size_here = size * min(
                    1.0, (edges[column + 1] - edges[column] - 3) / face(key).width(self._plain(first, key), size)
                )
            else:
                size_here = size
            place = edges[column + 1] - 3 if right else edges[column] + 2
            self.sheet.put(place, self.y, first, key, round(size_here, 2), align="right" if right else "left")

    @staticmethod
    def _plain(text: str, key: str) -> str:
        return text if face(key).can(text) else "n" * len(text)

    def sign(self, sign: Sign) -> None:
        self.need(74)
        self.y += 40
        self.sheet.shapes += signature(
            self.rng, self.look.left + 4, self.y - 8, BLUE if self.rng.random() < 0.6 else (0.1, 0.1, 0.1)
        )
        self.y += 12
        self.sheet.put(self.look.left, self.y, sign.name, self.look.body, self.look.size)
        if sign.note:
            self.y += self.look.leading
            self.sheet.put(self.look.left, self.y, sign.note, self.look.body, self.look.size * 0.85)
        self.y += self.look.leading


def signature(rng: random.Random, x: float, y: float, colour: Colour) -> list[Curve]:
    """A stroke of the pen that nobody can read."""
    points = [(x, y)]
    here = x
    for _ in range(rng.randint(4, 8)):
        step = rng.uniform(7, 18)
        high = rng.uniform(-22, 6)
        points += [
            (here + step * 0.2, y + high),
            (here + step * 0.9, y + rng.uniform(-16, 12)),
            (here + step, y + rng.uniform(-4, 4)),
        ]
        here += step
    flourish = (points[-1], (here - 10, y + 14), (x + 10, y + 8), (here + rng.uniform(5, 30), y + rng.uniform(-2, 6)))
    return [Curve(tuple(points), rng.uniform(0.8, 1.5), colour), Curve(flourish, rng.uniform(0.5, 1.0), colour)]


def emblem(x: float, y: float, size: float, tint: Colour, shape: int) -> list[Curve | Box]:
    """A made-up coat of arms or sign."""
    shield = (
        (x, y),
        (x + size * 0.3, y + size * 0.06),
        (x + size * 0.7, y + size * 0.06),
        (x + size, y),
        (x + size, y + size * 0.9),
        (x + size * 0.75, y + size * 1.1),
        (x + size * 0.5, y + size * 1.25),
        (x + size * 0.25, y + size * 1.1),
        (x, y + size * 0.9),
        (x, y),
    )
    if shape % 3 == 0:
        wave = tuple((x + size * part / 9, y + size * (0.55 + 0.12 * math.sin(part * 1.9))) for part in range(10))
        return [
            Curve(shield, 1.2, tint),
            Curve(wave, 3.0, tint),
            Box(x + size * 0.4, y + size * 0.15, size * 0.2, size * 0.25, 0, tint, tint),
        ]
    if shape % 3 == 1:
        return [
            Box(x, y, size, size, 0, tint, tint),
            Box(x + size * 0.2, y + size * 0.2, size * 0.6, size * 0.25, 0, tint, (1.0, 1.0, 1.0)),
        ]
    return [Box(x, y + size * part * 0.28, size * (1 - part * 0.2), size * 0.18, 0, tint, tint) for part in range(4)]


def plain(
    blocks: tuple[Block, ...], look: Style, rng: random.Random, title: str = "", note: str = ""
) -> tuple[Page, ...]:
    """Paper without a letterhead: notes, contracts, statements."""
    flow = Flow(look, rng, bottom=64, top=54)
    if title:
        flow.y += look.size * 1.8
        flow.sheet.put(
            A4[0] / 2 if look.head == "centre" else look.left,
            flow.y,
            title,
            look.bold,
            look.size * 1.45,
            align="centre" if look.head == "centre" else "left",
        )
        flow.y += look.leading
    for block in blocks:
        flow.block(block)
    for number, sheet in enumerate(flow.sheets, start=1):
        if note:
            sheet.put(look.left, A4[1] - 34, note, look.body, 7.5)
        if len(flow.sheets) > 1:
            sheet.put(A4[0] / 2, A4[1] - 34, f"- {number} -", look.body, 9, align="centre")
    return tuple(sheet.page() for sheet in flow.sheets)


def tick(sheet: Sheet, x: float, y: float, size: float, rng: random.Random, *, on: bool) -> None:
    """A box to tick; the cross is made by hand."""
    sheet.shapes.append(Box(x, y - size, size, size, 0.7))
    if on:
        lean = rng.uniform(-1.5, 1.5)
        sheet.shapes.append(Rule(x - 1, y - size - 1 + lean, x + size + 1, y + 1, 1.3, BLUE))
        sheet.shapes.append(Rule(x - 1 + lean, y + 1, x + size + 2, y - size - 1, 1.3, BLUE))
