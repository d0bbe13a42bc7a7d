"""Which case each file belongs to: the nearest folder upwards with a cover sheet or a row in the register.

Pure: enumerated paths in, cases and assignments out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from casefile.model import CaseFile, Confidentiality, CoverSheet, CoverState, case_id
from indexer.coversheet import ReadCoverSheet, merge


@dataclass(frozen=True)
class FoundSheet:
    """A cover sheet's file and what came of reading it; `error` where it cannot be read at all."""

    path: str
    folder: str
    read: ReadCoverSheet | None
    error: str = ""


@dataclass(frozen=True)
class CaseEntry:
    case: CaseFile
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assignment:
    """`vorgang`: the folders between the case's folder and the file, "" where it lies in the case itself."""

    case_id: str
    vorgang: str


def build_cases(
    root: str, sheets: Iterable[FoundSheet], register: Mapping[str, ReadCoverSheet]
) -> dict[str, CaseEntry]:
    """Cases with a cover sheet or a register row, by folder."""
    cases = {folder: _from_register(root, folder, row) for folder, row in register.items()}
    for sheet in sheets:
        cases[sheet.folder] = _from_sheet(root, sheet, cases.get(sheet.folder))
    return cases


def assign(root: str, path: str, cases: dict[str, CaseEntry]) -> Assignment:
    """The case of one file; a case without cover sheet is added to `cases` where none is found upwards."""
    parents = PurePosixPath(path).parent.parts
    for depth in range(len(parents), -1, -1):
        folder = "/".join(parents[:depth])
        if folder in cases:
            return Assignment(cases[folder].case.id, "/".join(parents[depth:]))
    folder = parents[0] if parents else ""
    cases[folder] = CaseEntry(CaseFile(case_id(root, folder), root, folder, CoverState.MISSING))
    return Assignment(cases[folder].case.id, "/".join(parents[1:]))


def lock_unknown(cases: dict[str, CaseEntry]) -> dict[str, CaseEntry]:
    """While a register cannot be read, cases that only it may know are for the most trusted alone."""
    return {folder: _locked(entry) if _unknown(entry) else entry for folder, entry in cases.items()}


def _unknown(entry: CaseEntry) -> bool:
    return entry.case.cover_state in (CoverState.MISSING, CoverState.REGISTER)


def _locked(entry: CaseEntry) -> CaseEntry:
    cover = replace(entry.case.cover, vertraulichkeit=Confidentiality.STRICTLY_CONFIDENTIAL)
    case = replace(entry.case, cover_state=CoverState.INVALID, cover=cover)
    return CaseEntry(case, (*entry.problems, "Register nicht lesbar"))


def _from_register(root: str, folder: str, row: ReadCoverSheet) -> CaseEntry:
    return CaseEntry(CaseFile(case_id(root, folder), root, folder, CoverState.REGISTER, row.cover), row.problems)


def _from_sheet(root: str, sheet: FoundSheet, registered: CaseEntry | None) -> CaseEntry:
    known = registered.case.cover if registered else CoverSheet()
    case = CaseFile(case_id(root, sheet.folder), root, sheet.folder, CoverState.INVALID)
    if sheet.read is None:  # what the sheet would have said is unknown, so nobody but the most trusted may see it
        locked = replace(known, vertraulichkeit=Confidentiality.STRICTLY_CONFIDENTIAL)
        return CaseEntry(replace(case, cover=locked), (sheet.error,))
    state = CoverState.INVALID if sheet.read.problems else CoverState.PRESENT
    return CaseEntry(replace(case, cover_state=state, cover=merge(sheet.read.cover, known)), sheet.read.problems)
