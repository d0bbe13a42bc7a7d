"""Stage: read all cover sheets and registers of a root and settle which case each file belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from casefile.database.ledger import FileRow
from casefile.model import FileRole
from casefile.sandbox import WorkerPool
from indexer.covers.cases import (
    REGISTER,
    Assignment,
    CaseDepths,
    CaseEntry,
    FoundSheet,
    KnownCase,
    add_lost,
    assign,
    build_cases,
    keep_known,
    lock_unknown,
)
from indexer.covers.delivery import DELIVERY_LIST, ListedFile
from indexer.covers.fields import CoverSheetError
from indexer.covers.reading import read_delivery, read_register, read_sheets
from indexer.covers.sheet import ReadCoverSheet, merge
from indexer.source.discover import COVER_SHEET_NAMES

MOST_NAMED = 20  # rows of a delivery list that are named as wrong


@dataclass(frozen=True)
class Settled:
    """Cases by folder, the case of every document file by its id, and what is wrong with sheets by their path.

    `delivery`: the files that a delivery list names, None where there is none that can be read.
    """

    cases: dict[str, CaseEntry]
    assignments: dict[int, Assignment]
    problems: dict[str, str]
    delivery: tuple[ListedFile, ...] | None = None


@dataclass(frozen=True)
class Known:
    """What the ledger knows of a root: its cases by folder, and whether a register that was there is gone."""

    cases: Mapping[str, KnownCase]
    register_gone: bool = False


def settle_cases(root_name: str, root_path: Path, files: Iterable[FileRow], known: Known, pool: WorkerPool) -> Settled:
    by_role: dict[str, list[FileRow]] = {}
    for file in files:
        by_role.setdefault(file.role, []).append(file)
    problems: dict[str, str] = {}
    register, broken = _read_registers(root_path, by_role.get(FileRole.REGISTER, []), problems, pool)
    best = _best_sheets(by_role.get(FileRole.COVER_SHEET, []), problems)
    sheets = [_found(file, read) for file, read in read_sheets(root_path, best, pool)]
    documents = by_role.get(FileRole.DOCUMENT, [])
    cases = build_cases(root_name, sheets, register)
    cases = add_lost(root_name, [file.path for file in documents], cases, known.cases)
    depths = CaseDepths(cases)
    assignments = {file.id: assign(root_name, file.path, cases, depths) for file in documents}
    # What a register would have said is unknown, so no case may become less confidential.
    cases = keep_known(cases, known.cases, register_lost=broken or known.register_gone)
    problems |= {
        sheet.path: "; ".join(cases[sheet.folder].problems) for sheet in sheets if cases[sheet.folder].problems
    }
    delivery = _read_delivery(root_path, by_role.get(FileRole.REGISTER, []), problems, pool)
    return Settled(lock_unknown(cases) if broken else cases, assignments, problems, delivery)


def _read_delivery(
    root_path: Path, files: list[FileRow], problems: dict[str, str], pool: WorkerPool
) -> tuple[ListedFile, ...] | None:
    """A list that cannot be read is reported; the previous one stays in force."""
    lists = [file for file in files if PurePosixPath(file.path).name.casefold() == DELIVERY_LIST]
    for file in lists:
        try:
            read = read_delivery(root_path, file, pool)
        except CoverSheetError as error:
            problems[file.path] = str(error)
            return None
        if read.problems:
            problems[file.path] = " | ".join(read.problems[:MOST_NAMED])
        return read.files
    return ()


def _best_sheets(files: list[FileRow], problems: dict[str, str]) -> list[FileRow]:
    """One sheet a folder, in the order of COVER_SHEET_NAMES; a second one is reported, not read."""
    best: dict[str, FileRow] = {}
    for file in sorted(files, key=_preference):
        chosen = best.setdefault(_folder(file.path), file)
        if chosen is not file:
            problems[file.path] = f"zweites Deckblatt, nicht gelesen; es gilt {PurePosixPath(chosen.path).name}"
    return list(best.values())


def _preference(file: FileRow) -> tuple[int, str]:
    return COVER_SHEET_NAMES.index(PurePosixPath(file.path).name.casefold()), file.path


def _found(file: FileRow, read: ReadCoverSheet | str) -> FoundSheet:
    folder = _folder(file.path)
    return FoundSheet(file.path, folder, None, read) if isinstance(read, str) else FoundSheet(file.path, folder, read)


def _read_registers(
    root_path: Path, files: list[FileRow], problems: dict[str, str], pool: WorkerPool
) -> tuple[Mapping[str, ReadCoverSheet], bool]:
    """All rows by folder, and whether a register could not be read."""
    rows: dict[str, ReadCoverSheet] = {}
    wrong: list[str] = []
    broken = False
    registers = [file for file in files if PurePosixPath(file.path).name.casefold() == REGISTER]
    for file in registers:
        try:
            for folder, row in read_register(root_path, file, pool):
                if folder is None:
                    wrong.append(_without_folder(row))
                else:
                    rows[folder] = _strictest(rows.get(folder), row)
        except CoverSheetError as error:
            problems[file.path], broken = str(error), True
    wrong += [f"{folder}: {'; '.join(row.problems)}" for folder, row in rows.items() if row.problems]
    if wrong:
        problems.setdefault(registers[0].path, " | ".join(wrong))
    return rows, broken


def _without_folder(row: ReadCoverSheet) -> str:
    reference = row.cover.aktenzeichen or "ohne Aktenzeichen"
    return f"Zeile ohne Ordner nicht gelesen ({reference}); der Quellordner selbst heißt „.“"


def _strictest(first: ReadCoverSheet | None, second: ReadCoverSheet) -> ReadCoverSheet:
    """Of two rows for one folder, the first with the stricter confidentiality of both; the duplicate is reported."""
    if first is None:
        return second
    return ReadCoverSheet(merge(first.cover, second.cover), (*first.problems, "mehrere Zeilen für diesen Ordner"))


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
