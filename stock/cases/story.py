"""A case's life as a plan: years of applications, enquiries, papers, decisions, objections, and again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from stock.cases.plan import (
    COVER_FAULTS,
    FILE_FAULTS,
    CasePlan,
    Fault,
    Item,
    Size,
)
from stock.damage import stray
from stock.rng import chance, stream, weighted
from stock.world.cases import Case, World

_ROUND = (
    ("application", 1.0),
    ("enquiry", 0.7),
    ("bank_statement", 0.6),
    ("payslip", 0.6),
    ("rent_certificate", 0.45),
    ("rent_contract", 0.25),
    ("identity", 0.3),
    ("certificate", 0.2),
    ("mail", 0.5),
    ("note", 0.6),
    ("phone_note", 0.35),
    ("notice", 0.95),
    ("leaflet", 0.2),
    ("objection", 0.35),
    ("medical", 0.2),
    ("fax", 0.25),
    ("foreign", 0.25),
    ("rejection", 0.25),
    ("court", 0.2),
    ("settlement", 0.2),
    ("landlord", 0.25),
    ("utility_bill", 0.35),
    ("employer", 0.25),
    ("statement", 0.25),
)
_PAGES = {"application": 2.5, "notice": 1.8, "rent_contract": 2.2, "bank_statement": 1.2, "leaflet": 1.0}
_OWN = ("notice", "rejection", "enquiry", "note")
_SCANS = (
    ("scan-pdf", 6.0),
    ("scan-tiff", 1.6),
    ("scan-jpg", 0.8),
    ("mixed-pdf", 0.8),
    ("ocr-good", 1.0),
    ("ocr-partial", 0.5),
    ("ocr-garbled", 0.5),
)
_BORN = (("pdf", 8.0), ("docx", 0.8), ("odt", 0.25), ("rtf", 0.25), ("txt", 0.1))
_FOLDERS = {
    "notice": "Bescheide",
    "rejection": "Bescheide",
    "objection": "Widerspruch",
    "court": "Klage",
    "rent_contract": "Unterkunft",
    "rent_certificate": "Unterkunft",
    "utility_bill": "Unterkunft",
    "landlord": "Unterkunft",
    "payslip": "Einkommen",
    "bank_statement": "Einkommen",
    "identity": "Identität",
    "certificate": "Identität",
    "note": "Vermerke",
    "phone_note": "Vermerke",
    "mail": "Schriftverkehr",
    "fax": "Schriftverkehr",
}


def plan(world: World, wanted: Size, index: int) -> CasePlan:
    """The plan of a case, by itself: no list of the others is needed."""
    case = world.case(index)
    rng = stream(world.seed, "story", index)
    items = list(own_items(world, wanted, index))
    if wanted.faults:
        items = stray.among(world, wanted, case, _faulty(world, wanted, case, items, rng))
    cover = weighted(rng, (("json", 5.0), ("register", 3.0), ("yaml", 0.8), ("xml", 1.5), ("csv", 0.8)))
    fault = rng.choice(COVER_FAULTS) if chance(rng, min(0.5, wanted.faults * 6)) else None
    if fault is Fault.NO_COVER:
        cover = "none"
    if fault is Fault.COVER_ERROR and cover == "register":
        cover = "json"
    missing = rng.randint(1, 2) if chance(rng, min(0.3, wanted.faults * 3)) else 0
    return CasePlan(index, cover, tuple(items), fault, missing)


def own_items(world: World, wanted: Size, index: int) -> list[Item]:
    """The documents that rightly belong to a case."""
    case = world.case(index)
    rng = stream(world.seed, "items", index)
    target = max(3.0, rng.lognormvariate(0, 0.6) * wanted.pages * 0.84)
    folders = chance(rng, 0.4)
    items: list[Item] = []
    pages = 0.0
    kinds = _timeline(rng)
    serial = 0
    budget = _scan_budget(wanted)
    scanned = 0.0
    while pages < target:
        kind = next(kinds)
        day = _day(case, rng, pages / target)
        may = budget == 0 or scanned + _PAGES.get(kind, 1.3) <= budget
        item = _item(wanted, index, serial, kind, day, rng, folders, scans=may)
        weight = _PAGES.get(kind, 1.15)
        scanned += (
            weight * 1.3 if item.carrier not in ("pdf", "docx", "xlsx", "odt", "rtf", "txt", "eml", "msg", "zip") else 0
        )
        items.append(item)
        pages += weight
        serial += 1
    return items


def _scan_budget(wanted: Size) -> float:
    return wanted.most_scans / wanted.cases * 1.3 if wanted.most_scans else 0.0


def _timeline(rng: random.Random) -> Iterator[str]:
    """Rounds without end; the files of long cases begin anywhere, since old papers were thrown away."""
    place = rng.randrange(len(_ROUND)) if chance(rng, 0.5) else 0
    while True:
        kind, share = _ROUND[place % len(_ROUND)]
        place += 1
        if chance(rng, share * (0.6 if place > len(_ROUND) and kind == "application" else 1.0)):
            yield kind


def _day(case: Case, rng: random.Random, share: float) -> date:
    days = (case.end - case.start).days
    return case.start + timedelta(days=int(days * share) + rng.randint(0, max(3, days // 60)))


def _item(
    wanted: Size, index: int, serial: int, kind: str, day: date, rng: random.Random, folders: bool, *, scans: bool
) -> Item:
    share = wanted.scans * (0.55 if kind in _OWN else 1.25)
    level = weighted(rng, wanted.levels)
    if kind == "fax" and scans and chance(rng, min(1.0, wanted.scans * 4)):
        carrier, level = "scan-pdf", "fax"
    elif scans and chance(rng, share):
        carrier = weighted(rng, _SCANS)
        level = "photo" if carrier == "scan-jpg" and chance(rng, 0.7) else level
    elif kind == "mail":
        carrier = weighted(rng, (("eml", 4.0), ("msg", 1.0), ("zip", 0.4)))
    elif kind in ("bank_statement", "payslip") and chance(rng, 0.08):
        carrier = "xlsx"
    elif kind in ("identity", "application", "phone_note", "leaflet", "foreign"):
        carrier = "pdf"
    else:
        carrier = weighted(rng, _BORN)
    return Item(index, serial, kind, carrier, level, day, _FOLDERS.get(kind, "") if folders else "")


def _faulty(world: World, wanted: Size, case: Case, items: list[Item], rng: random.Random) -> list[Item]:
    """Strike some items, and put documents of other cases among them."""
    found: list[Item] = []
    for item in items:
        fault = rng.choice(FILE_FAULTS) if chance(rng, wanted.faults) else None
        if fault in (Fault.ENCRYPTED, Fault.PAGES_MISSING, Fault.CUT_OFF) and not item.carrier.endswith("pdf"):
            fault = None
        found.append(replace(item, fault=fault))
    if chance(rng, min(0.6, wanted.faults * 5)) and world.cases > 1:
        other = rng.choice(list(case.related or (0,)))
        if other != case.index:
            guests = own_items(world, wanted, other)
            guest = rng.choice(guests[: max(3, len(guests) // 2)])
            fault = rng.choice((Fault.DUPLICATE, Fault.MISFILED))
            if fault is Fault.MISFILED:
                guest = replace(guest, serial=7000 + case.index % 1000)
            found.insert(rng.randrange(len(found) + 1), replace(guest, fault=fault))
    return found
