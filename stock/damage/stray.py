"""Plans stray sheets: one sheet of another case that went into the scanner with the wrong batch."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from stock.cases.plan import Item, Size, Stray
from stock.pages.page import Page
from stock.pages.render import make_draft
from stock.rng import chance, stream
from stock.world.cases import Case, World

_CARRIERS = ("scan-pdf", "scan-tiff", "ocr-good", "ocr-partial", "ocr-garbled")
_KINDS = ("enquiry", "objection", "phone_note", "note", "rent_certificate", "court")
# Batches lie in the order of the cases; a sheet slips into one near its own.
_NEAR = 3
_SERIAL = 8000


def among(world: World, wanted: Size, case: Case, items: list[Item]) -> list[Item]:
    """The items, one of them at times with a stray sheet between its pages."""
    rng = stream(world.seed, "stray", case.index)
    if world.cases < 2 or not chance(rng, min(0.5, wanted.faults * 6)):
        return items
    places = [place for place, item in enumerate(items) if _may(item, case)]
    rng.shuffle(places)
    for place in places:
        # A single sheet is no batch, and whose file it is could not be told any more.
        count = len(make_draft(world, items[place]).pages)
        if count > 1:
            page = rng.choice((1, rng.randint(2, count), count + 1))
            guest = _sheet(world, case, items[place].level, rng)
            struck = replace(items[place], stray=Stray(guest, page))
            return [*items[:place], struck, *items[place + 1 :]]
    return items


def _may(item: Item, case: Case) -> bool:
    return item.carrier in _CARRIERS and item.fault is None and item.origin == case.index


def _sheet(world: World, case: Case, level: str, rng: random.Random) -> Item:
    """A document of one page that says whose it is. It is in no other place: a sheet that strayed is missed at home."""
    near = [case.index + step for step in range(-_NEAR, _NEAR + 1) if step and 0 <= case.index + step < world.cases]
    owner = world.case(rng.choice(near))
    day = owner.start + timedelta(days=rng.randint(0, (owner.end - owner.start).days))
    serial = _SERIAL + case.index % 1000
    items = (Item(owner.index, serial, kind, "scan-pdf", level, day) for kind in rng.sample(_KINDS, len(_KINDS)))
    return next(item for item in items if _telling(make_draft(world, item).pages, owner))


def _telling(pages: tuple[Page, ...], owner: Case) -> bool:
    """True of a telephone slip at the latest."""
    return len(pages) == 1 and owner.reference in pages[0].flat
