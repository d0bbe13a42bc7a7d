"""Reads the written plan of the demo's twelve cases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from stock.cases.plan import CasePlan, Fault, Item
from stock.rng import stream
from stock.world.cases import World

_FOLDERS = {
    "notice": "01 Bescheide",
    "rejection": "01 Bescheide",
    "objection": "02 Widerspruch",
    "court": "02 Widerspruch",
    "rent_contract": "03 Unterkunft",
}


def plans(world: World, file: str) -> tuple[CasePlan, ...]:
    """One plan a line."""
    text = (Path(__file__).parent / "data" / file).read_text("utf-8")
    rows = [line for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(_plan(world, index, row) for index, row in enumerate(rows))


def _plan(world: World, index: int, row: str) -> CasePlan:
    cover, _, rest = row.partition(" | ")
    case = world.case(index)
    days = max((case.end - case.start).days, 1)
    items = []
    for serial, entry in enumerate(rest.split()):
        kind, carrier, level = entry.rpartition(":")[2].split("/")
        day = case.start + timedelta(days=days * serial // 6)
        fault = Fault(level) if level in ("encrypted", "cut_off") else None
        secret = secret_word(world.seed) if level == "secret" else ""
        plain = level if level in ("clean", "office", "worn", "poor", "fax", "photo") else "clean"
        folder = _FOLDERS.get(kind, "") if index % 2 == 0 else ""
        items.append(Item(index, serial, kind, carrier, plain, day, folder, fault, secret))
    return CasePlan(index, cover, tuple(items), Fault.NO_COVER if cover == "none" else None)


def secret_word(seed: int) -> str:
    """A made-up street that stands on one scanned page only."""
    rng = stream(seed, "secret")
    first = rng.choice(("Hol", "Bar", "Wen", "Tor", "Mar", "Lin", "Kal", "Ros"))
    second = rng.choice(("der", "tel", "gen", "sen", "mer"))
    third = rng.choice(("bruck", "kamp", "horst", "wend", "brink"))
    return f"{first}{second}{third}{rng.choice(('weg', 'straße', 'allee', 'damm'))}"
