"""Cases in the ledger: cover sheets with their versions, and which file belongs to which case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from casefile.batches import batches
from casefile.database.ledger import (
    MAX_SENDER,
    AclRow,
    CaseRow,
    DocumentRow,
    FileRow,
)
from casefile.database.sessions import insert_if_absent, read_session
from casefile.errors import Reason
from casefile.model import (
    CaseFile,
    Confidentiality,
    CoverSheet,
    CoverState,
    FileRole,
    ListedDocument,
    acl_id,
)
from indexer.covers.cases import (
    REGISTER,
    Assignment,
    CaseEntry,
    KnownCase,
)
from indexer.infer.model import Inferred

BATCH = 500
# Beside the cover sheet's own fields: the level that the sheet itself gives, and state and level without the lock of a
# broken register.
SHEET, UNLOCKED = "sheet", "unlocked"
STALE = -1  # `indexed_version` of a case whose first load was overtaken by a change


def known_cases(sessions: sessionmaker[Session], root_id: int) -> dict[str, KnownCase]:
    """The root's cases as the run before left them, by folder."""
    with read_session(sessions) as session:
        return {row.folder: _known(row) for row in session.scalars(select(CaseRow).where(CaseRow.root_id == root_id))}


def register_is_gone(sessions: sessionmaker[Session], root_id: int) -> bool:
    """Whether there was a register in an earlier run and there is none now."""
    is_register = (FileRow.root_id == root_id) & (func.lower(FileRow.path) == REGISTER)
    with read_session(sessions) as session:
        roles = set(session.scalars(select(FileRow.role).where(is_register)))
    return FileRole.REMOVED in roles and FileRole.REGISTER not in roles


def _known(row: CaseRow) -> KnownCase:
    state, level = row.cover.get(UNLOCKED, (row.cover_state, row.confidentiality))
    locked, sheet_level = Confidentiality(row.confidentiality), Confidentiality(row.cover.get(SHEET, 0))
    return KnownCase(CoverState(state), row.unit, Confidentiality(level), locked, sheet_level)


def store_cases(sessions: sessionmaker[Session], root_id: int, entries: Iterable[CaseEntry]) -> None:
    """Insert new cases; a case whose metadata changed gets the next version. Other writers come between the parts."""
    with read_session(sessions) as session:
        known = {row.id: row for row in session.scalars(select(CaseRow).where(CaseRow.root_id == root_id))}
    wanted = [entry for entry in entries if entry.case.id not in known or _changed(known[entry.case.id], entry)]
    for part in batches(wanted, BATCH):
        with sessions.begin() as session:
            for entry in part:
                _store_case(session, root_id, entry)


def _store_case(session: Session, root_id: int, entry: CaseEntry) -> None:
    row = session.get(CaseRow, entry.case.id)
    if row is None:
        row = CaseRow(id=entry.case.id, root_id=root_id, folder=entry.case.folder, version=1, indexed_version=0)
        session.add(row)
    else:
        row.version += 1
        row.indexed_version = row.indexed_version or STALE
    _fill(row, entry)
    _ensure_acl(session, row.unit, Confidentiality(row.confidentiality), "")


def assign_files(sessions: sessionmaker[Session], root_id: int, assignments: Mapping[int, Assignment]) -> None:
    """Write each file's case. A document that moves to another case makes that case stale: its rights change."""
    with read_session(sessions) as session:
        current = _cases_of_files(session, root_id)
    moved = [file_id for file_id, target in assignments.items() if current.get(file_id) != target.case_id]
    for part in batches(moved, BATCH):
        with sessions.begin() as session:
            for file_id in part:
                target = assignments[file_id]
                session.execute(
                    update(FileRow).where(FileRow.id == file_id).values(case_id=target.case_id, vorgang=target.vorgang)
                )
                _move_documents(session, file_id, target.case_id)


def stale_cases(sessions: sessionmaker[Session], root_id: int) -> list[str]:
    """Cases whose newest metadata the index does not hold yet."""
    with read_session(sessions) as session:
        query = select(CaseRow.id).where(CaseRow.root_id == root_id, CaseRow.version != CaseRow.indexed_version)
        return list(session.scalars(query.order_by(CaseRow.folder)))


def orphaned_cases(sessions: sessionmaker[Session], root_id: int, alive: set[str]) -> list[str]:
    """Cases that neither a file nor a cover sheet keeps alive any more."""
    with read_session(sessions) as session:
        empty = ~exists().where(FileRow.case_id == CaseRow.id) & ~exists().where(DocumentRow.case_id == CaseRow.id)
        query = select(CaseRow.id).where(CaseRow.root_id == root_id, empty)
        return [identifier for identifier in session.scalars(query) if identifier not in alive]


def delete_cases(sessions: sessionmaker[Session], ids: Sequence[str]) -> None:
    for part in batches(ids, BATCH):
        with sessions.begin() as session:
            session.execute(delete(CaseRow).where(CaseRow.id.in_(part)))


def load_case(session: Session, identifier: str, root: str) -> CaseFile:
    row = session.get_one(CaseRow, identifier)
    return CaseFile(row.id, root, row.folder, row.cover_state, CoverSheet.from_json(row.cover))


def refresh_documents(sessions: sessionmaker[Session], case: CaseFile) -> list[str]:
    """Bring rights and listed metadata of the case's documents up to its cover sheet; returns their ids."""
    with sessions.begin() as session:
        query = select(DocumentRow, FileRow.path).join(FileRow).where(DocumentRow.case_id == case.id)
        documents = list(session.execute(query))
        listed = listed_documents(case)
        for row, file_path in documents:
            apply_cover(session, row, case, listed, file_path)
    return [row.id for row, _ in documents]


def mark_indexed(sessions: sessionmaker[Session], identifier: str, version: int) -> None:
    with sessions.begin() as session:
        session.execute(update(CaseRow).where(CaseRow.id == identifier).values(indexed_version=version))


def case_version(sessions: sessionmaker[Session], identifier: str) -> int:
    with read_session(sessions) as session:
        return session.get_one(CaseRow, identifier).version


def listed_documents(case: CaseFile) -> dict[str, ListedDocument]:
    """What the cover sheet says of single documents, by path relative to the root."""
    prefix = f"{case.folder}/" if case.folder else ""
    return {prefix + listed.datei: listed for listed in case.cover.dokumente}


def apply_cover(
    session: Session, row: DocumentRow, case: CaseFile, listed: Mapping[str, ListedDocument], file_path: str
) -> None:
    """Kind, date, sender, title and the right of one document, as the sheet has them now: what it no longer says goes.

    Attachments inherit kind and sender of the file they came in (`file_path`). Where the sheet says nothing, the
    inferred kind and date hold, and the sender of a mail's own header; rights never rest on them.
    """
    entry = listed.get(row.path) or listed.get(file_path) or ListedDocument("")
    inferred = Inferred.from_json(row.inferred or {})
    row.kind, row.date = entry.art or inferred.kind.value, entry.datum or inferred.date.value
    row.sender = (entry.absender or str((row.header or {}).get("sender", "")))[:MAX_SENDER]
    row.kind_inferred, row.date_inferred = bool(row.kind) and not entry.art, bool(row.date) and not entry.datum
    row.title = entry.betreff if entry.betreff and row.parent_id is None else row.own_title
    row.acl_id = _ensure_acl(session, case.cover.stelle, case.cover.vertraulichkeit, entry.art)


def report_sheets(sessions: sessionmaker[Session], root_id: int, problems: Mapping[str, str]) -> None:
    """Note on each cover sheet's and register's file what is wrong with it; clears what has been mended."""
    roles = (FileRole.COVER_SHEET, FileRole.REGISTER)
    with read_session(sessions) as session:
        query = select(FileRow.id, FileRow.path, FileRow.detail, FileRow.reason)
        rows = list(session.execute(query.where(FileRow.root_id == root_id, FileRow.role.in_(roles))))
    wanted = [(row, _sheet_problem(row.id, problems.get(row.path, ""))) for row in rows]
    changed = [v for row, v in wanted if (row.detail, row.reason) != (v["detail"], v["reason"])]
    for part in batches(changed, BATCH):
        with sessions.begin() as session:
            session.execute(update(FileRow), part)


def _sheet_problem(file_id: int, problem: str) -> dict[str, object]:
    return {"id": file_id, "detail": problem[:2000], "reason": Reason.COVER_SHEET_INVALID.value if problem else ""}


def _changed(row: CaseRow, entry: CaseEntry) -> bool:
    return row.cover != _stored(entry) or row.cover_state != entry.case.cover_state


def _stored(entry: CaseEntry) -> dict[str, Any]:
    stored = entry.case.cover.to_json()
    if entry.sheet_level:
        stored[SHEET] = int(entry.sheet_level)
    if entry.state_before_lock is not None:
        state, level = entry.state_before_lock
        stored[UNLOCKED] = [state.value, int(level)]
    return stored


def _fill(row: CaseRow, entry: CaseEntry) -> None:
    cover = entry.case.cover
    row.cover = _stored(entry)
    row.cover_state = entry.case.cover_state
    row.cover_problem = "; ".join(entry.problems)[:2000]
    row.aktenzeichen = cover.aktenzeichen[:500]
    row.unit = cover.stelle[:200]
    row.period_from, row.period_to = _day(cover.laufzeit_von), _day(cover.laufzeit_bis)
    row.retention = _day(cover.aussonderung)
    row.confidentiality = int(cover.vertraulichkeit)


def _day(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None


def _ensure_acl(session: Session, unit: str, confidentiality: Confidentiality, kind: str) -> str:
    identifier = acl_id(unit, confidentiality, kind)
    if session.get(AclRow, identifier) is None:
        insert_if_absent(session, AclRow, id=identifier, unit=unit, confidentiality=int(confidentiality), kind=kind)
    return identifier


def _cases_of_files(session: Session, root_id: int) -> dict[int, str | None]:
    query = select(FileRow.id, FileRow.case_id).where(FileRow.root_id == root_id)
    return {row.id: row.case_id for row in session.execute(query)}


def _move_documents(session: Session, file_id: int, case: str) -> None:
    loaded = session.scalar(select(func.count()).where(DocumentRow.file_id == file_id))
    session.execute(update(DocumentRow).where(DocumentRow.file_id == file_id).values(case_id=case))
    if loaded:
        row = session.get_one(CaseRow, case)
        row.version += 1
        row.indexed_version = row.indexed_version or STALE
