"""Sets a letter: letterhead, address window, information block, subject, text, footer, page numbers."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from stock.pages.draft import Block, Frame, Para
from stock.pages.layout import (
    GREY,
    Flow,
    Style,
    emblem,
)
from stock.pages.page import (
    A4,
    Box,
    Page,
    Rule,
    Sheet,
    wrap,
)

# With how few lines a last page looks left over: clerks differ. What they try: shares of size and leading.
_FEW = (8, 13)
_FITS = ((0.98, 0.95), (0.95, 0.9), (0.93, 0.86), (1.0, 1.07), (1.0, 1.14), (1.02, 1.2), (1.04, 1.24))


def letter(frame: Frame, blocks: tuple[Block, ...], look: Style, rng: random.Random) -> tuple[Page, ...]:
    """A letter after DIN 5008.

    If only a few lines would go to the last page, it is set a little tighter or wider, as a clerk would.
    """
    few = rng.randint(*_FEW)
    flow = _set(frame, blocks, look, rng)
    for size, leading in _FITS:
        if _last(flow) >= few:
            break
        other = replace(look, size=round(look.size * size, 2), leading=look.leading * leading)
        flow = max(flow, _set(frame, blocks, other, rng), key=_last)
    _finish(flow, frame, flow.look)
    return tuple(sheet.page() for sheet in flow.sheets)


def _last(flow: Flow) -> float:
    """Lines on the last page; a single page has enough."""
    return len(flow.sheets[-1].lines) if len(flow.sheets) > 1 else math.inf


def _set(frame: Frame, blocks: tuple[Block, ...], look: Style, rng: random.Random) -> Flow:
    flow = Flow(look, rng)
    _head(flow.sheet, frame, look, rng)
    _address(flow.sheet, frame, look)
    _info(flow.sheet, frame, look)
    flow.y = 282.0
    if look.window:
        for mark in (297.6, 595.3):
            flow.sheet.shapes.append(Rule(8, mark, 22, mark, 0.4, GREY))
    for part in wrap(frame.subject, look.bold, look.size, flow.width):
        flow.y += look.leading
        flow.sheet.put(look.left, flow.y, part, look.bold, look.size)
    flow.y += look.leading * 1.1
    if frame.salutation:
        flow.para(Para(frame.salutation))
    for block in blocks:
        flow.block(block)
    return flow


def _head(sheet: Sheet, frame: Frame, look: Style, rng: random.Random) -> None:
    name, *rest = frame.sender
    size = 17.0 if len(name) < 28 else 13.0
    if look.head == "plain" or frame.look == "person":
        sheet.put(look.left, 60, name, look.bold, 12)
        for number, line in enumerate(rest):
            sheet.put(look.left, 75 + number * 13, line, look.body, 9.5)
        return
    if look.head == "band":
        sheet.shapes.append(Box(0, 24, A4[0], 40, 0, look.tint, look.tint))
        sheet.put(look.left, 50, name, look.bold, size, colour=(1.0, 1.0, 1.0))
    else:
        align = look.head
        place = {"left": look.left + 44, "right": A4[0] - look.right - 48, "centre": A4[0] / 2}[align]
        sheet.put(place, 56, name, look.bold, size, align=align, colour=look.tint)
        mark = {"left": look.left, "right": A4[0] - look.right - 36, "centre": look.left}[align]
        sheet.shapes += emblem(mark, 32, 34, look.tint, rng.randrange(9) if frame.look != "authority" else len(name))
    for number, line in enumerate(rest):
        sheet.put(look.left + (44 if look.head == "left" else 0), 74 + number * 11, line, look.body, 8, colour=GREY)


def _address(sheet: Sheet, frame: Frame, look: Style) -> None:
    top = 128.0 + look.window
    back = " · ".join(part for part in frame.sender if part)[:90]
    sheet.put(look.left, top, back, look.body, 6.5)
    sheet.shapes.append(Rule(look.left, top + 3, look.left + 220, top + 3, 0.3))
    for number, line in enumerate(frame.recipient):
        sheet.put(look.left, top + 22 + number * look.size * 1.25, line, look.body, look.size)


def _info(sheet: Sheet, frame: Frame, look: Style) -> None:
    left = 355.0
    y = 132.0 + look.window
    small = look.size * 0.82
    for label, value in frame.info:
        sheet.put(left, y, label, look.body, small, colour=GREY)
        lines = wrap(value, look.body, small, A4[0] - look.right - left - 76)
        for line in lines:
            sheet.put(left + 76, y, line, look.body, small)
            y += small * 1.35
        y += 1.5


def _finish(flow: Flow, frame: Frame, look: Style) -> None:
    count = len(flow.sheets)
    for number, sheet in enumerate(flow.sheets, start=1):
        if number > 1:
            sheet.put(A4[0] - look.right, 50, f"Seite {number} von {count}", look.body, 8.5, align="right")
        if frame.footer and number == 1:
            sheet.shapes.append(Rule(look.left, 772, A4[0] - look.right, 772, 0.5, look.tint))
            step = (A4[0] - look.left - look.right) / len(frame.footer)
            for column, text in enumerate(frame.footer):
                for row, line in enumerate(text.split("|")):
                    sheet.put(look.left + column * step, 784 + row * 9, line, look.body, 6.8, colour=GREY)
