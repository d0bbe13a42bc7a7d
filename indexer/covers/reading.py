"""Reads cover sheets and registers of a root: opened like any hostile file, taken apart in worker processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TypeVar

from casefile.database.ledger import FileRow
from casefile.errors import DocumentFault, Reason
from casefile.sandbox import WorkerPool
from casefile.storage.beneath import NotAFile, read_beneath
from casefile.wording import os_message, unexpected
from indexer.covers.delivery import DeliveryList, parse_delivery_list
from indexer.covers.fields import CoverSheetError
from indexer.covers.sheet import ReadCoverSheet, parse_cover_sheet, parse_register

MAX_BYTES = 8 * 1024 * 1024
MAX_REGISTER_BYTES = 512 * 1024 * 1024
# A sheet takes milliseconds; one without end must not delay the run.
SHEET_SECONDS = 60
REGISTER_SECONDS = 600
# Sheets per task: passing one to a process costs as much as reading it.
TOGETHER = 40
# Tasks under way; their bytes are in memory.
_WINDOW = 4

T = TypeVar("T")
Rows = list[tuple[str | None, ReadCoverSheet]]
Outcome = ReadCoverSheet | str  # the sheet, or what is wrong with it as a whole (German)


@dataclass(frozen=True)
class _Raw:
    """A sheet's bytes, or why there are none."""

    suffix: str
    content: bytes = b""
    problem: str = ""


def read_sheets(root: Path, files: Iterable[FileRow], pool: WorkerPool) -> Iterator[tuple[FileRow, Outcome]]:
    """In the order of `files`."""
    stream = iter(files)
    running: list[tuple[list[FileRow], list[_Raw], Future[list[Outcome]]]] = []
    while True:
        while len(running) < _WINDOW and (part := list(islice(stream, TOGETHER))):
            raws = [_read(root, file, MAX_BYTES) for file in part]
            running.append((part, raws, _schedule(pool, raws)))
        if not running:
            return
        part, raws, future = running.pop(0)
        yield from zip(part, _outcome(pool, raws, future), strict=True)


def read_register(root: Path, file: FileRow, pool: WorkerPool) -> Rows:
    """Raises CoverSheetError where the table cannot be read as a whole: rights must not rest on a part of it."""
    return _read_table(root, file, pool, parse_rows)


def read_delivery(root: Path, file: FileRow, pool: WorkerPool) -> DeliveryList:
    """Raises CoverSheetError where the list cannot be read."""
    return _read_table(root, file, pool, parse_delivery)


def _read_table(root: Path, file: FileRow, pool: WorkerPool, parse: Callable[[bytes], T | str]) -> T:
    raw = _read(root, file, MAX_REGISTER_BYTES)
    if raw.problem:
        raise CoverSheetError(raw.problem)
    try:
        table = pool.run(parse, raw.content, timeout=REGISTER_SECONDS, reason=Reason.TIMEOUT)
    except DocumentFault as fault:
        raise CoverSheetError(_refused(fault)) from fault
    if isinstance(table, str):
        raise CoverSheetError(table)
    return table


def _read(root: Path, file: FileRow, most: int) -> _Raw:
    suffix = PurePosixPath(file.path).suffix
    try:
        content = read_beneath(root, file.raw_path, most)
    except NotAFile as error:
        return _Raw(suffix, problem="Verknüpfung, nicht gelesen" if error.link else "keine gewöhnliche Datei")
    except OSError as error:
        return _Raw(suffix, problem=f"nicht lesbar: {os_message(error)}")
    return _Raw(suffix, problem=f"größer als {most // 1024**2} MB") if content is None else _Raw(suffix, content)


def _schedule(pool: WorkerPool, raws: list[_Raw]) -> Future[list[Outcome]]:
    return pool.schedule(parse_sheets, raws, timeout=SHEET_SECONDS, reason=Reason.TIMEOUT)


def _outcome(pool: WorkerPool, raws: list[_Raw], future: Future[list[Outcome]]) -> list[Outcome]:
    """Where a task fails as a whole, its sheets are read one by one to find the one that causes it."""
    try:
        return future.result()
    except DocumentFault as fault:
        if len(raws) == 1:
            return [_refused(fault)]
        return [read for raw in raws for read in _outcome(pool, [raw], _schedule(pool, [raw]))]


def _refused(fault: DocumentFault) -> str:
    if fault.reason is Reason.TIMEOUT:
        return "das Lesen dauerte zu lange"
    return fault.detail or "das Lesen brauchte zu viel Speicher oder stürzte ab"


# --- in the worker


def parse_sheets(raws: list[_Raw]) -> list[Outcome]:
    return [raw.problem or _parse_sheet(raw) for raw in raws]


def _parse_sheet(raw: _Raw) -> Outcome:
    try:
        return parse_cover_sheet(raw.content, raw.suffix)
    except CoverSheetError as error:
        return str(error)
    except Exception as error:
        return unexpected("unerwarteter Fehler beim Lesen", error)


def parse_rows(raw: bytes) -> Rows | str:
    try:
        return parse_register(raw)
    except CoverSheetError as error:
        return str(error)


def parse_delivery(raw: bytes) -> DeliveryList | str:
    try:
        return parse_delivery_list(raw)
    except CoverSheetError as error:
        return str(error)
