"""Text-only mode: pages as lines of JSON, for loading engines. No layout, no images, thousands of pages a second.

A page is an office letter's skeleton with the case's facts and composed sentences; the shape of a record is that of the
truth's pages, so that loaders need not know the difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from stock.cases import naming
from stock.damage.spread import in_order
from stock.language.composer import Composer
from stock.rng import stream
from stock.world.cases import World

_KINDS = ("notice", "enquiry", "note", "objection", "rejection", "court", "medical", "statement")
_CHUNK = 25


@dataclass(frozen=True)
class _Chunk:
    world: World
    first: int
    last: int
    pages: int


def lines(chunk: _Chunk) -> str:
    """All pages of some cases as JSON lines."""
    parts: list[str] = []
    for index in range(chunk.first, chunk.last):
        parts += _case(chunk.world, index, chunk.pages)
    return "".join(parts)


def _case(world: World, index: int, pages: int) -> Iterator[str]:
    case = world.case(index)
    rng = stream(world.seed, "text", index)
    composer = Composer(rng, case.topic)
    folder = quote(naming.folder(case))
    head = case.head
    days = (case.end - case.start).days
    others = [world.case(other) for other in case.related[:2]]
    own = f"{case.office}\nUnser Zeichen {case.reference}\nAuskunft erteilt {case.worker}\n{case.unit}\n"
    for page in range(pages):
        day = case.start + timedelta(days=days * page // pages)
        kind = _KINDS[rng.randrange(len(_KINDS))]
        sentences = [composer.sentence() for _ in range(rng.randint(11, 21))]
        cited = others[page % len(others)] if others and page % 3 == 0 else None
        if cited:
            sentences.insert(3, f"Auf die Akte {cited.reference} ({cited.head.name}) wird verwiesen.")
        text = f"{own}Datum {day:%d.%m.%Y}\n{head.spelled(page)}\n{case.home.line}\n" + "\n".join(sentences)
        record = {
            "id": f"{folder}/{page // 4:08d}.pdf#{page % 4 + 1}",
            "page": page % 4 + 1,
            "filed": case.reference,
            "case": case.reference,
            "unit": case.unit,
            "kind": kind,
            "date": day.isoformat(),
            "language": "de",
            "references": [case.reference] + ([cited.reference] if cited else []),
            "text": text,
        }
        yield json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"


def write(seed: int, cases: int, pages: int, out: Path, *, processes: int = 1) -> int:
    """Write `cases` times `pages` pages to `out` (a file of JSON lines); returns their number."""
    world = World(seed, cases)
    chunks = (_Chunk(world, first, min(first + _CHUNK, cases), pages) for first in range(0, cases, _CHUNK))
    with out.open("w", encoding="utf-8") as target:
        for text in in_order(lines, chunks, processes):
            target.write(text)
    return cases * pages
