"""A batch on its way into the scanner: sheets with the marks of the office, blank backs, at times a stray sheet."""

from __future__ import annotations

import random

from stock.cases.plan import Item
from stock.damage import marks
from stock.kinds.forms import blank_back
from stock.pages.draft import Draft
from stock.pages.page import Page
from stock.rng import stream
from stock.world.cases import World

_RECEIVED = frozenset(
    [
        "objection",
        "court",
        "medical",
        "foreign",
        "settlement",
        "employer",
        "rent_contract",
        "rent_certificate",
        "utility_bill",
        "landlord",
        "certificate",
        "fax",
        "statement",
        "application",
        "bank_statement",
        "payslip",
    ]
)
# Serials from here on are documents that left their own case's folder; the numbers on the leaves stay small.
_LEAVES = 1000


def sheets(
    world: World, item: Item, pages: tuple[Page, ...], rng: random.Random, stray: Draft | None = None
) -> tuple[Page, ...]:
    """All sides in the order in which the device takes them."""
    pages = _handled(world, item, pages, rng)
    both = item.level in ("office", "worn") and rng.random() < 0.12
    if item.stray is not None and stray is not None:
        # No blank backs here: the stray sheet's back would be one more page of the other case.
        guest = item.stray.item
        found = _handled(world, guest, stray.pages, stream(world.seed, "stray marks", guest.origin, guest.serial))
        before = item.stray.page - 1
        return (*pages[:before], *found, *pages[before:])
    return tuple(side for page in pages for side in (page, blank_back(page))) if both else pages


def _handled(world: World, item: Item, pages: tuple[Page, ...], rng: random.Random) -> tuple[Page, ...]:
    """Paper that went through the office carries its marks."""
    if item.secret:
        return pages
    office = world.case(item.origin).office
    found = []
    for number, page in enumerate(pages):
        made = page
        if number == 0 and item.level != "clean" and item.kind in _RECEIVED and rng.random() < 0.7:
            made = marks.stamp(made, office, item.day, rng)
        if item.level != "clean" and rng.random() < 0.45:
            made = marks.pen(made, rng)
        if rng.random() < 0.3:
            made = marks.shelf_mark(made, item.serial % _LEAVES * 3 + number + 1, rng)
        found.append(made)
    return tuple(found)
