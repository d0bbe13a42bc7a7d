"""Kinds of faults that people report about other programs, in mails, office files, texts and archives: none is lost.

Each case names a query and the page it must be on; here the page's text is looked at, before any index analysis.
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile.canonical.references import find_dates
from casefile.errors import DocumentFault
from casefile.settings import PROJECT
from indexer.extract import Extracted
from tests.material import Read

REPORTS = PROJECT.parent / "shared" / "corpus" / "reports"
FOLDERS = (
    "Archiv-Faelle/",
    "Buero-Faelle/",
    "Mail-Faelle/",
    "Outlook-Faelle/",
    "Text-Faelle/",
    "Runde-zwei/",
    "Runde-drei/",
)
# PDFs have tests of their own; what two words apart, other spellings and the index make of a query is not read here.
NOT_HERE = (".pdf", "haeufiger-name")

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not REPORTS.is_dir(), reason="the shared corpus is not there"),
]


def cases() -> list[dict[str, object]]:
    if not REPORTS.is_dir():
        return []
    found = [json.loads(line) for line in (REPORTS / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    wanted = [c for c in found if str(c.get("file", "")).startswith(FOLDERS)]
    return [c for c in wanted if not str(c["file"]).endswith(NOT_HERE[0]) and NOT_HERE[1] not in str(c["file"])]


def documents(read: Read, path: Path, place: str, tmp_path: Path, depth: int = 0) -> Iterator[tuple[str, Extracted]]:
    """The file and everything in it, with the place as the cases write it."""
    try:
        found = read(path, depth=depth)
    except DocumentFault:
        return
    yield place, found
    for entry in found.embedded:
        if entry.fault is None:
            inner = tmp_path / f"{depth}-{entry.ordinal}{Path(entry.name).suffix}"
            inner.write_bytes(entry.content)
            yield from documents(read, inner, f"{place}/{entry.name}", tmp_path / str(depth), depth + 1)


def says(text: str, query: str) -> bool:
    words = set(re.findall(r"\S+", text)) | set(re.findall(r"\w+", text))
    dates = find_dates(query)
    return all(part in words for part in query.split()) or bool(dates and set(dates) & set(find_dates(text)))


@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case["id"]))
def test_no_case_is_lost(case: dict[str, object], read: Read, tmp_path: Path) -> None:
    place, query = str(case["file"]), str(case["query"])
    for depth in range(4):
        (tmp_path / "/".join(map(str, range(depth)))).mkdir(parents=True, exist_ok=True)
    found = dict(documents(read, REPORTS / place, place, tmp_path))
    (expected,) = case["expected"]  # type: ignore[misc]
    for where, document in found.items():
        if fnmatch.fnmatch(where, glob_literal(expected["path"])):
            for page in document.pages:
                if page.needs_ocr or (page.text is not None and says(page.text.text, query)):
                    assert expected["page"] in (None, page.number)
                    return
    pytest.fail(f"{query} is in none of {sorted(found)}")


def glob_literal(path: str) -> str:
    """Only `*` means anything; names have brackets too."""
    return path.replace("[", "[[]").replace("?", "[?]")
