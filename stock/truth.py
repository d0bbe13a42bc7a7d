"""The truth beside the stock: one record a page, a file, a case, a planted fault.

`id` is the path under the source root, percent-encoded but for `/`, with `!name` for an attachment and `#page`.
Boxes are x0, y0, x1, y1 from the upper left corner, in points (`pt`) for PDF, in pixels (`px`) for images.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from stock.cases.coversheet import Sheet
from stock.cases.plan import CasePlan, Fault, Item
from stock.pages.draft import Draft, Mention
from stock.pages.render import PageTruth, Rendered
from stock.world.cases import Case, World

Record = dict[str, Any]


def page_id(path: str, page: int, attachment: str = "") -> str:
    """The id judgements use."""
    tail = "!" + quote(attachment, safe="") if attachment else ""
    return f"{quote(path, safe='/')}{tail}#{page}"


def file_faults(world: World, case: Case, item: Item, made: Rendered, path: str) -> list[Record]:
    """What is planted in this file, and the proof of it; with `page` where it is planted on that page alone."""
    if item.stray is not None:
        right = world.case(item.stray.item.origin).reference
        page = item.stray.page
        return [{"fault": Fault.MISFILED.value, "path": path, "page": page, "case": case.reference, "detail": right}]
    if item.fault is None:
        return []
    detail = ""
    if item.fault in (Fault.DUPLICATE, Fault.MISFILED):
        detail = world.case(item.origin).reference
    elif item.fault is Fault.WRONG_SUFFIX:
        detail = made.suffix
    elif item.fault is Fault.PAGES_MISSING:
        detail = str(len(made.pages) + 2)
    return [{"fault": item.fault.value, "path": path, "case": case.reference, "detail": detail}]


def file_record(case: Case, item: Item, made: Rendered, path: str, planted: list[Record]) -> Record:
    """One record a file."""
    return {
        "path": path,
        "case": case.reference,
        "kind": made.draft.kind,
        "carrier": item.carrier,
        "level": item.level,
        "pages": sum(1 for page in made.pages if not page.attachment),
        "bytes": len(made.data),
        "faults": [entry["fault"] for entry in planted if "page" not in entry],
    }


def page_record(
    world: World, case: Case, item: Item, made: Rendered, page: PageTruth, path: str, planted: list[Record]
) -> tuple[Record, Record | None]:
    """One record a page, and its boxes apart."""
    draft = page.draft or made.draft
    flat = page.text.replace("\n", " ")
    found = [mention for mention in draft.mentions if mention.value in flat]
    name = page_id(path, page.page, page.attachment)
    record: Record = {
        "id": name,
        "path": path,
        "page": page.page,
        "attachment": page.attachment,
        "filed": case.reference,
        "case": world.case(draft.case).reference,
        "kind": draft.kind,
        "art": draft.art,
        "subject": draft.subject,
        "date": draft.day.isoformat(),
        "language": draft.language,
        "carrier": item.carrier,
        "scanned": page.scanned,
        "level": page.level,
        "dpi": page.dpi,
        "turned": page.turned,
        "layer": page.layer,
        "blank": not page.text.strip(),
        "readable": item.fault not in (Fault.ENCRYPTED, Fault.EMPTY, Fault.CUT_OFF),
        "persons": _people(world, found),
        "references": _values(found, "reference"),
        "foreign_references": [
            mention.value for mention in found if mention.kind == "reference" and mention.case != draft.case
        ],
        "identifiers": _values(found, "identifier") + _values(found, "court") + _values(found, "iban"),
        "dates": _values(found, "date"),
        "compounds": _compounds(draft, flat),
        "faults": [entry["fault"] for entry in planted if entry.get("page", page.page) == page.page],
        "text": page.text,
    }
    if not page.words:
        return record, None
    return record, {"id": name, "unit": page.unit, "size": page.size, "words": page.words}


def _values(found: list[Mention], kind: str) -> list[str]:
    return [mention.value for mention in found if mention.kind == kind]


def _people(world: World, found: list[Mention]) -> list[Record]:
    return [
        {
            "written": mention.value,
            "name": world.case(mention.case).persons[mention.person].name,
            "case": world.case(mention.case).reference,
        }
        for mention in found
        if mention.kind == "person" and 0 <= mention.person < len(world.case(mention.case).persons)
    ]


def _compounds(draft: Draft, flat: str) -> list[tuple[str, str, str]]:
    words = {word.strip(".,;:()") for word in flat.split()}
    return [entry for entry in draft.compounds if entry[0] in words]


def case_record(case: Case, plan: CasePlan, folder: str, sheet: Sheet, planted: list[str]) -> Record:
    """One record a case: what its cover sheet says or should say."""
    return {
        "case": case.reference,
        "index": case.index,
        "folder": folder,
        "authority": case.authority,
        "unit": case.unit,
        "cover": plan.cover,
        "persons": [
            {
                "name": person.name,
                "spellings": person.spellings(),
                "maiden": person.maiden,
                "birth": person.birth.isoformat(),
            }
            for person in case.persons
        ],
        "related": list(case.related),
        "keywords": sheet["schlagwoerter"],
        "subject": sheet["betreff"],
        "faults": planted,
    }
