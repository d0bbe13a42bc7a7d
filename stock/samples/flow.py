"""Sets running text on pages: a line of the text is a paragraph, its first sign says what kind.

`# ` heading, `- ` bullet, `| a | b` row of a table, `[x] ` and `[ ] ` box to tick, `Label:: value` field of a form,
`~ name` signature over the name, `> ` small print, `^ ` centred title, `===` next page, an empty line a gap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from stock.pages.page import (
    A4,
    Box,
    Curve,
    Page,
    Rule,
    Sheet,
    wrap,
)
from stock.rng import stream

LEFT = 71.0
BOTTOM = 775.0


@dataclass(frozen=True)
class Style:
    """Type face and size of a letter; `foot` stands at the bottom of every page, `top` heads the next ones."""

    key: str = "sans"
    size: float = 10.5
    left: float = LEFT
    right: float = A4[0] - 62
    foot: tuple[str, ...] = ()
    top: str = ""

    @property
    def bold(self) -> str:
        return self.key + "-bold"

    @property
    def leading(self) -> float:
        return self.size * 1.28

    @property
    def width(self) -> float:
        return self.right - self.left


class Flow:
    """Pages in the making; `y` is the base line of what was set last."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.done: list[Sheet] = []
        self.sheet = Sheet()
        self.y = 75.0

    def next_page(self) -> None:
        self.done.append(self.sheet)
        self.sheet = Sheet()
        self.y = 75.0
        if self.style.top:
            text = self.style.top.replace("{n}", str(len(self.done) + 1))
            self.sheet.put(self.style.left, 52, text, self.style.key, 9)

    def room(self, height: float) -> None:
        if self.y + height > BOTTOM:
            self.next_page()

    def pages(self) -> list[Page]:
        for sheet in [*self.done, self.sheet]:
            if self.style.foot:
                sheet.shapes.append(Rule(self.style.left, 790, self.style.right, 790, 0.5, (0.5, 0.5, 0.5)))
            for index, line in enumerate(self.style.foot):
                sheet.put(self.style.left, 800 + 9.5 * index, line, self.style.key, 7.5)
        return [sheet.page() for sheet in [*self.done, self.sheet]]

    def body(self, text: str) -> None:
        for line in text.strip("\n").split("\n"):
            self._paragraph(line.strip())

    def _paragraph(self, line: str) -> None:
        kinds: dict[str, Callable[[str], None]] = {
            "# ": self._heading,
            "- ": self._bullet,
            "| ": self._row,
            "[x]": lambda text: self._tick(text, True),
            "[ ]": lambda text: self._tick(text, False),
            "~ ": self._signature,
            "> ": self._small,
            "^ ": self._title,
        }
        if not line:
            self.y += self.style.leading * 0.6
        elif line == "===":
            self.next_page()
        elif ":: " in line:
            self._field(line)
        else:
            sign = next((sign for sign in kinds if line.startswith(sign)), "")
            kinds.get(sign, self._plain)(line.removeprefix(sign).strip())

    def _plain(self, text: str, indent: float = 0.0, key: str = "", size: float = 0.0) -> None:
        key, size = key or self.style.key, size or self.style.size
        for part in wrap(text, key, size, self.style.width - indent):
            self.room(size * 1.28)
            self.y += size * 1.28
            self.sheet.put(self.style.left + indent, self.y, part, key, size)

    def _heading(self, text: str) -> None:
        self.room(self.style.leading * 3)
        self.y += self.style.leading * 0.4
        self._plain(text, key=self.style.bold)

    def _title(self, text: str) -> None:
        self.y += 20
        centre = (self.style.left + self.style.right) / 2
        self.sheet.put(centre, self.y, text, self.style.bold, 15, align="centre")
        self.y += 8

    def _bullet(self, text: str) -> None:
        self.room(self.style.leading)
        self.sheet.put(self.style.left + 8, self.y + self.style.leading, "–", self.style.key, self.style.size)
        self._plain(text, indent=22)

    def _small(self, text: str) -> None:
        self._plain(text, size=8.5)

    def _tick(self, text: str, ticked: bool) -> None:
        self.room(self.style.leading)
        x, y, side = self.style.left + 2, self.y + self.style.leading - 8, 9.0
        self.sheet.shapes.append(Box(x, y, side, side))
        if ticked:
            self.sheet.shapes.append(Rule(x + 1.5, y + 1.5, x + side - 1.5, y + side - 1.5, 1.2))
            self.sheet.shapes.append(Rule(x + side - 1.5, y + 1.5, x + 1.5, y + side - 1.5, 1.2))
        self._plain(text, indent=20)
        self.y += 2

    def _row(self, text: str) -> None:
        """First column wide, the others narrow and flush right, as sums are written."""
        cells = [cell.strip() for cell in text.split("|")]
        self.room(18)
        top = self.y + 3
        self.y += 16
        last = self.style.right - 5
        step = 92.0
        self.sheet.put(self.style.left + 5, self.y, cells[0], self.style.key, self.style.size - 0.5)
        for index, cell in enumerate(cells[1:]):
            x = last - step * (len(cells) - 2 - index)
            self.sheet.put(x, self.y, cell, self.style.key, self.style.size - 0.5, align="right")
        self.sheet.shapes.append(Box(self.style.left, top, self.style.width, 18, 0.5))
        for index in range(len(cells) - 1):
            x = last + 5 - step * (len(cells) - 1 - index)
            self.sheet.shapes.append(Rule(x, top, x, top + 18, 0.5))
        self.y += 2

    def _field(self, line: str) -> None:
        """A box of a form: small caption on the left, what was filled in on the right, in typewriter face."""
        label, value = line.split(":: ", 1)
        self.room(24)
        top = self.y + 4
        self.sheet.shapes.append(Box(self.style.left, top, self.style.width, 22, 0.6))
        x = self.style.left + 0.36 * self.style.width
        self.sheet.shapes.append(Rule(x, top, x, top + 22, 0.6))
        self.sheet.put(self.style.left + 5, top + 14, label, self.style.key, 9)
        self.sheet.put(x + 6, top + 15, value, "mono", 10.5, ink="entry")
        self.y = top + 19

    def _signature(self, name: str) -> None:
        self.room(50)
        self.sheet.shapes.append(_stroke(name, self.style.left + 8, self.y + 24))
        self.y += 36
        self.sheet.put(self.style.left, self.y, name, self.style.key, self.style.size)


def _stroke(name: str, x: float, y: float) -> Curve:
    """Somebody's hand: the same for the same name."""
    rng = stream(0, "signature", name)
    knots = [(x, y)]
    for _ in range(min(len(name), 13)):
        x += rng.uniform(4, 10)
        knots.append((x, y + rng.uniform(-13, 7)))
    points = [knots[0]]
    for (ax, ay), (bx, by) in pairwise(knots):
        points += [(ax + rng.uniform(-3, 9), ay + rng.uniform(-9, 9)), (bx - rng.uniform(-3, 7), by - 5), (bx, by)]
    return Curve(tuple(points), 1.1, (0.1, 0.1, 0.35))
