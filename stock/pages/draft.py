"""A document before it gets a carrier: its blocks, its facts, and later its pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from stock.pages.page import Page


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph; `style`: body, head, item, small, closing."""

    text: str
    style: str = "body"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: relative widths, heading row, rows; columns whose name starts with > stand right."""

    widths: tuple[float, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    ruled: bool = True

    @property
    def grid(self) -> tuple[tuple[str, ...], ...]:
        """All rows as they are read."""
        return tuple(tuple(cell.removeprefix(">") for cell in row) for row in (self.head, *self.rows))


@dataclass(frozen=True, slots=True)
class Sign:
    """The place for a signature."""

    name: str
    note: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for line in (self.name, self.note) if line)


Block = Para | Table | Sign


@dataclass(frozen=True, slots=True)
class Mention:
    """Something a query may ask for and where it belongs: `case` is the number of the case it is about."""

    kind: str
    value: str
    case: int
    person: int = -1


@dataclass(frozen=True)
class Frame:
    """What stands around the text of a letter."""

    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    info: tuple[tuple[str, str], ...]
    subject: str
    salutation: str = ""
    footer: tuple[str, ...] = ()
    look: str = "authority"


@dataclass(frozen=True)
class Draft:
    """One document. `case` is the case it rightly belongs to."""

    case: int
    kind: str
    art: str
    subject: str
    day: date
    language: str
    sender: str
    recipient: str
    blocks: tuple[Block, ...]
    pages: tuple[Page, ...]
    mentions: tuple[Mention, ...]
    compounds: tuple[tuple[str, str, str], ...] = ()
    sheets: tuple[Table, ...] = field(default=())

    @property
    def text(self) -> str:
        """The text of the blocks, for carriers without pages."""
        parts: list[str] = []
        for block in self.blocks:
            if isinstance(block, Para):
                parts.append(block.text)
            elif isinstance(block, Table):
                parts += [" ".join(cell for cell in row if cell) for row in block.grid]
            else:
                parts += block.lines
        return "\n".join(part for part in parts if part)
