"""Which case each file belongs to: the nearest folder upwards with a cover sheet or a row in the register.

Pure: enumerated paths in, cases and assignments out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from casefile.model import CaseFile, Confidentiality, CoverSheet, CoverState, case_id
from indexer.covers.sheet import ReadCoverSheet, merge

REGISTER = "register.csv"
_VANISHED = "Deckblatt oder Registerzeile fehlt; Stelle und Vertraulichkeit gelten weiter"
_SHEET_VANISHED = "das Deckblatt fehlt, das es gab; seine Vertraulichkeit gilt weiter"
_REGISTER_LOST = "das Register fehlt oder ist nicht lesbar; die bisherige Vertraulichkeit gilt weiter"


@dataclass(frozen=True)
class FoundSheet:
    """A cover sheet's file and what came of reading it; `error` where it cannot be read at all."""

    path: str
    folder: str
    read: ReadCoverSheet | None
    error: str = ""


@dataclass(frozen=True)
class CaseEntry:
    """`sheet_level`: the level that the case's own sheet gives it, whatever the register says.

    `state_before_lock`: of a case that an unreadable register locks, the state and level that hold when it can be read.
    """

    case: CaseFile
    problems: tuple[str, ...] = ()
    sheet_level: Confidentiality = Confidentiality.NORMAL
    state_before_lock: tuple[CoverState, Confidentiality] | None = None


@dataclass(frozen=True)
class KnownCase:
    """A case as the previous run stored it. `level`: without the lock of an unreadable register, `level_while_locked`:
    with it; `sheet_level`: what its own sheet gave it when it was last there.
    """

    state: CoverState
    unit: str
    level: Confidentiality
    level_while_locked: Confidentiality
    sheet_level: Confidentiality = Confidentiality.NORMAL


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


class CaseDepths:
    """How deep the cases of a root lie, learnt from those with a sheet or a register row.

    A folder without a sheet among `Team 1/<case>` is a case like its neighbours; its first folder is no case for all.
    """

    def __init__(self, folders: Iterable[str]) -> None:
        self._below: dict[str, Counter[int]] = defaultdict(Counter)
        for folder in folders:
            parts = folder.split("/") if folder else []
            for length in range(len(parts)):
                self._below["/".join(parts[:length])][len(parts)] += 1

    def depth(self, parents: Sequence[str]) -> int:
        """Of the case that a file in these folders belongs to: as most of the nearest neighbours have it, else 1."""
        for length in range(len(parents) - 1, -1, -1):
            if depths := self._below.get("/".join(parents[:length])):
                usual = max(depths, key=lambda depth: (depths[depth], -depth))
                return min(usual, len(parents))
        return 1


def assign(root: str, path: str, cases: dict[str, CaseEntry], depths: CaseDepths) -> Assignment:
    """The case of one file; a case without cover sheet is added to `cases` where none is found upwards."""
    parents = PurePosixPath(path).parent.parts
    for depth in range(len(parents), -1, -1):
        folder = "/".join(parents[:depth])
        if folder in cases:
            return Assignment(cases[folder].case.id, "/".join(parents[depth:]))
    depth = depths.depth(parents) if parents else 0
    folder = "/".join(parents[:depth])
    cases[folder] = _without_sheet(root, folder)
    return Assignment(cases[folder].case.id, "/".join(parents[depth:]))


def add_lost(
    root: str, paths: Iterable[str], cases: dict[str, CaseEntry], known: Mapping[str, KnownCase]
) -> dict[str, CaseEntry]:
    """Adds confidential cases that lost sheet and row, so that their files do not fall to a case above them."""
    folders = {"/".join(path.split("/")[:depth]) for path in paths for depth in range(path.count("/") + 1)}
    lost = [folder for folder, case in known.items() if case.level and folder in folders and folder not in cases]
    return cases | {folder: _without_sheet(root, folder) for folder in lost}


def keep_known(
    cases: Mapping[str, CaseEntry], known: Mapping[str, KnownCase], *, register_lost: bool
) -> dict[str, CaseEntry]:
    """When a sheet or register vanishes, the case keeps its last level and unit; a problem is reported."""
    return {folder: _kept(entry, known.get(folder), register_lost) for folder, entry in cases.items()}


def _kept(entry: CaseEntry, before: KnownCase | None, register_lost: bool) -> CaseEntry:
    case, cover = entry.case, entry.case.cover
    if before is None:
        return entry
    if case.cover_state is CoverState.MISSING:
        if before.state is CoverState.MISSING or not (before.level or before.unit):
            return entry
        cover = replace(cover, stelle=before.unit, vertraulichkeit=before.level)
        return CaseEntry(replace(case, cover_state=CoverState.VANISHED, cover=cover), (_VANISHED,), before.sheet_level)
    if case.cover_state is CoverState.REGISTER and cover.vertraulichkeit < before.sheet_level:
        cover = replace(cover, vertraulichkeit=before.sheet_level)
        problems = (*entry.problems, _SHEET_VANISHED)
        return CaseEntry(replace(case, cover_state=CoverState.VANISHED, cover=cover), problems, before.sheet_level)
    if register_lost and cover.vertraulichkeit < before.level_while_locked:
        cover = replace(cover, vertraulichkeit=before.level_while_locked)
        case = replace(case, cover_state=CoverState.INVALID, cover=cover)
        return replace(entry, case=case, problems=(*entry.problems, _REGISTER_LOST))
    return entry


def lock_unknown(cases: dict[str, CaseEntry]) -> dict[str, CaseEntry]:
    """While a register cannot be read, cases known only through it count as strictly confidential."""
    return {folder: _locked(entry) if _unknown(entry) else entry for folder, entry in cases.items()}


def _unknown(entry: CaseEntry) -> bool:
    return entry.case.cover_state in (CoverState.MISSING, CoverState.VANISHED, CoverState.REGISTER)


def _locked(entry: CaseEntry) -> CaseEntry:
    cover = replace(entry.case.cover, vertraulichkeit=Confidentiality.STRICTLY_CONFIDENTIAL)
    case = replace(entry.case, cover_state=CoverState.INVALID, cover=cover)
    before = entry.case.cover_state, entry.case.cover.vertraulichkeit
    return replace(entry, case=case, problems=(*entry.problems, "Register nicht lesbar"), state_before_lock=before)


def _without_sheet(root: str, folder: str) -> CaseEntry:
    return CaseEntry(CaseFile(case_id(root, folder), root, folder, CoverState.MISSING))


def _from_register(root: str, folder: str, row: ReadCoverSheet) -> CaseEntry:
    return CaseEntry(CaseFile(case_id(root, folder), root, folder, CoverState.REGISTER, row.cover), row.problems)


def _from_sheet(root: str, sheet: FoundSheet, registered: CaseEntry | None) -> CaseEntry:
    known = registered.case.cover if registered else CoverSheet()
    case = CaseFile(case_id(root, sheet.folder), root, sheet.folder, CoverState.INVALID)
    if sheet.read is None:  # its level is unknown, so the highest one applies
        locked = replace(known, vertraulichkeit=Confidentiality.STRICTLY_CONFIDENTIAL)
        return CaseEntry(replace(case, cover=locked), (sheet.error,), locked.vertraulichkeit)
    state = CoverState.INVALID if sheet.read.problems else CoverState.PRESENT
    case = replace(case, cover_state=state, cover=merge(sheet.read.cover, known))
    return CaseEntry(case, sheet.read.problems, sheet.read.cover.vertraulichkeit)
