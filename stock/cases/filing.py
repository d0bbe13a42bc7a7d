"""Writes one case: its folder, its files, its cover sheet; returns the truth about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stock import truth
from stock.cases import coversheet, naming
from stock.cases.plan import CasePlan, Fault, Item
from stock.damage import faults
from stock.pages.draft import Draft
from stock.pages.render import Rendered, render
from stock.rng import stream
from stock.world.cases import Case, World


@dataclass
class Filed:
    """What a case left behind, ready to be written down by the process that collects."""

    pages: list[dict[str, Any]] = field(default_factory=list)
    boxes: list[dict[str, Any]] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    case: dict[str, Any] = field(default_factory=dict)
    register: str = ""
    delivery: list[str] = field(default_factory=list)


def file_case(world: World, plan: CasePlan, out: Path) -> Filed:
    """Make and write all of a case."""
    case = world.case(plan.index)
    folder = naming.folder(case)
    filed = Filed()
    taken: set[str] = set()
    listed: list[tuple[str, Draft]] = []
    for counter, item in enumerate(plan.items, start=1):
        made = render(world, item)
        rng = stream(world.seed, "file", plan.index, counter)
        suffix = faults.wrong_suffix(made.suffix, rng) if item.fault is Fault.WRONG_SUFFIX else made.suffix
        inner = item.folder + "/" if item.folder else ""
        name = inner + naming.file(
            made.draft, rng, counter, taken, suffix, scanned=any(page.scanned for page in made.pages)
        )
        path = f"{folder}/{name}"
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(faults.strike(made.data, item.fault, rng))
        listed.append((name, made.draft))
        _record(filed, world, case, item, made, path)
    _cover(filed, case, plan, folder, listed, out)
    _missing(filed, case, plan, folder)
    return filed


def _record(filed: Filed, world: World, case: Case, item: Item, made: Rendered, path: str) -> None:
    planted = truth.file_faults(world, case, item, made, path)
    filed.faults += planted
    filed.files.append(truth.file_record(case, item, made, path, planted))
    for page in made.pages:
        record, boxes = truth.page_record(world, case, item, made, page, path, planted)
        filed.pages.append(record)
        if boxes:
            filed.boxes.append(boxes)
    count = sum(1 for page in made.pages if not page.attachment)
    missing = 2 if item.fault is Fault.PAGES_MISSING else 0
    filed.delivery.append(f"{path};{count + missing}")


def _cover(filed: Filed, case: Case, plan: CasePlan, folder: str, listed: list[tuple[str, Draft]], out: Path) -> None:
    sheet = coversheet.facts(case, plan, listed)
    planted: list[str] = []
    detail = ""
    if plan.cover_fault is Fault.COVER_ERROR:
        sheet = coversheet.spoil(sheet, case)
        detail = sheet["#"]
    if plan.cover_fault is not None:
        planted = [plan.cover_fault.value]
        filed.faults.append({"fault": plan.cover_fault.value, "path": folder, "case": case.reference, "detail": detail})
    if plan.cover == "register":
        filed.register = coversheet.register_row(folder, case, plan)
    elif plan.cover != "none":
        name, data = coversheet.write(sheet, plan.cover)
        (out / folder).mkdir(parents=True, exist_ok=True)
        (out / folder / name).write_bytes(data)
    filed.case = truth.case_record(case, plan, folder, sheet, planted)


def _missing(filed: Filed, case: Case, plan: CasePlan, folder: str) -> None:
    """Files the contractor lists and did not deliver."""
    for turn in range(plan.missing_files):
        path = f"{folder}/{90000 + turn:08d}.pdf"
        filed.delivery.append(f"{path};{turn % 5 + 1}")
        filed.faults.append(
            {"fault": Fault.FILE_MISSING.value, "path": path, "case": case.reference, "detail": str(turn % 5 + 1)}
        )
