"""The stages in order. Read this first.

A root: discover → ledger → cover sheets → changed cases → lost records → each pending file (process.py) → what
no document needs any more.
"""

from __future__ import annotations

import contextlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from casefile.database.ledger import FileRow, RootRow
from casefile.database.sessions import database_errors
from casefile.errors import DocumentFault, EnvironmentFault, UsageFault
from casefile.imaging.media import IMAGE_SUFFIXES
from casefile.index.schema import PUBLISHED, IndexKind, Schema
from casefile.model import CaseFile
from casefile.settings import Settings
from indexer.context import Context, Interrupted, Progress, open_context, open_ledger
from indexer.covers.settle import Known, settle_cases
from indexer.crash import stage
from indexer.ledger import cases as case_ledger
from indexer.ledger import cleanup, deliveries, documents, enumeration, runs
from indexer.load import load_cases, load_document, unload_documents
from indexer.process import drop, process_file
from indexer.source.discover import discover
from indexer.upkeep import tidy
from indexer.upkeep.damage import reread_damaged
from indexer.upkeep.heal import heal_root, is_whole

# Cheap and likely wanted first: office files and mail, then PDF, then pictures; within these the newest.
_FIRST = frozenset({".txt", ".eml", ".msg", ".docx", ".odt", ".rtf", ".xlsx", ".html"})


@dataclass(frozen=True)
class Summary:
    """What one run found and did; numbers of files of the source tree."""

    root: str
    total: int
    new: int
    changed: int
    removed: int
    processed: int


def index_root(
    settings: Settings,
    folder: Path,
    name: str,
    progress: Progress,
    *,
    accept_removals: bool = False,
    stop: threading.Event | None = None,
    schema: Schema = PUBLISHED,
) -> Summary:
    """Bring ledger and index up to the source tree. Safe to repeat, to interrupt and to kill."""
    require_utf8_root(folder, name)
    _refuse_own_home(settings, folder)
    with database_errors("ledger"):
        sessions = open_ledger(settings)
        root = runs.ensure_root(sessions, name, folder)
        with (
            runs.run_on(sessions, root, settings.home) as run,
            open_context(settings, root, progress, stop, schema) as ctx,
        ):
            tidy.clear_leftovers(settings.home, sessions, ctx.derived)
            entries = discover(folder)
            found = enumeration.enumerate_into(sessions, root.id, run.id, entries, accept_removals=accept_removals)
            runs.save_root_path(sessions, root)
            remove_obsolete(ctx, found.removed)
            assign_cases(ctx)
            heal_if_needed(ctx)
            reread_damaged(sessions, ctx.derived, root)
            processed = process_pending(ctx)
            remove_dropped(ctx)
            ctx.store.refresh()
    return Summary(name, found.total, found.new, found.changed, len(found.removed), processed)


def require_utf8_root(folder: Path, name: str) -> None:
    """Files may be called anything; the root's own path and name are text in the ledger and in every message."""
    for what, said in (("Pfad des Quellordners", str(folder)), ("Name des Bestands", name)):
        if any("\ud800" <= letter <= "\udfff" for letter in said):
            shown = os.fsencode(said).decode("utf-8", "replace")
            raise UsageFault(
                "root_not_utf8",
                f"Der {what} ist kein gültiges UTF-8: {shown}",
                "Den Ordner umbenennen oder unter einem anderen Pfad einbinden; für den Bestand „--root NAME“ angeben.",
            )


def _refuse_own_home(settings: Settings, folder: Path) -> None:
    if settings.home.is_relative_to(folder.resolve()):
        raise UsageFault(
            "root_holds_home",
            f"Im Quellordner {folder} liegt der Arbeitsordner {settings.home} des Programms.",
            "Den Arbeitsordner (AKTENSUCHE_HOME) außerhalb des Quellordners wählen.",
        )


def remove_obsolete(ctx: Context, removed: tuple[int, ...]) -> None:
    drop(ctx, cleanup.obsolete_documents(ctx.sessions, ctx.root.id, removed))
    enumeration.mark_removed(ctx.sessions, removed)


def assign_cases(ctx: Context) -> None:
    """Cover sheets into the ledger, then every case whose metadata the index does not hold."""
    known = Known(
        case_ledger.known_cases(ctx.sessions, ctx.root.id), case_ledger.register_is_gone(ctx.sessions, ctx.root.id)
    )
    files = documents.all_files(ctx.sessions, ctx.root.id)
    settled = settle_cases(ctx.root.name, Path(ctx.root.path), files, known, ctx.pool)
    case_ledger.store_cases(ctx.sessions, ctx.root.id, settled.cases.values())
    case_ledger.assign_files(ctx.sessions, ctx.root.id, settled.assignments)
    case_ledger.report_sheets(ctx.sessions, ctx.root.id, settled.problems)
    if settled.delivery is not None:
        deliveries.store_delivery(ctx.sessions, ctx.root.id, settled.delivery)
    alive = {entry.case.id for entry in settled.cases.values()}
    gone = case_ledger.orphaned_cases(ctx.sessions, ctx.root.id, alive)
    ctx.store.delete_ids(IndexKind.CASES, gone)
    case_ledger.delete_cases(ctx.sessions, gone)
    for identifier in case_ledger.stale_cases(ctx.sessions, ctx.root.id):
        if not ctx.stop.is_set():
            refresh_case(ctx, identifier)


def refresh_case(ctx: Context, identifier: str) -> None:
    """Rights first in the ledger, then the index; until then every answer denies the case."""
    version = case_ledger.case_version(ctx.sessions, identifier)
    case = documents.case_of(ctx.sessions, identifier, ctx.root.name)
    for document in case_ledger.refresh_documents(ctx.sessions, case):
        _reload(ctx, case, document)
    if not load_cases(ctx.store, [case]):
        case_ledger.mark_indexed(ctx.sessions, identifier, version)


def _reload(ctx: Context, case: CaseFile, document: str) -> None:
    """Load a document again from the derived store.

    One that is not read to its end, whose texts are lost or whose load crashes leaves the index: there it carries the
    old rights. Its file is read again, which records what is wrong with it.
    """
    with contextlib.suppress(DocumentFault), stage("Laden in den Suchindex", ctx.settings.home):
        if documents.is_read(ctx.sessions, document):
            result = load_document(ctx.sessions, ctx.store, ctx.derived, case, document)
            if not result.missing:
                return
    unload_documents(ctx.store, cleanup.highest_pages(ctx.sessions, [document]))
    cleanup.reset_files(ctx.sessions, [documents.file_of(ctx.sessions, document)])


def heal_if_needed(ctx: Context) -> None:
    """An index that was deleted or damaged is filled again from the derived store before new work begins.

    All roots share the indices: where they were lost, the others' records were lost with this root's.
    """
    ctx.store.refresh()
    for root in runs.all_roots(ctx.sessions):
        if is_whole(ctx.sessions, ctx.store, root):
            continue
        if root.id == ctx.root.id:
            heal_root(ctx.sessions, ctx.store, ctx.derived, root)
        else:
            _heal_other(ctx, root)


def _heal_other(ctx: Context, root: RootRow) -> None:
    try:
        with runs.run_on(ctx.sessions, root, ctx.settings.home):
            heal_root(ctx.sessions, ctx.store, ctx.derived, root)
    except EnvironmentFault as fault:
        if fault.code != "index_running":  # its own run heals it
            raise


def process_pending(ctx: Context) -> int:
    """All files with work left, several at a time. The first environment fault stops the run; so does a signal."""
    pending = sorted(documents.pending_files(ctx.sessions, ctx.root.id), key=_priority)
    ctx.progress.expect(len(pending))
    with ThreadPoolExecutor(ctx.settings.worker_count + 1, "file") as threads:
        futures = [threads.submit(process_file, ctx, file) for file in pending]
        try:
            for future in as_completed(futures):
                future.result()
        except Interrupted:
            threads.shutdown(cancel_futures=True)
        except BaseException:
            ctx.stop.set()
            threads.shutdown(cancel_futures=True)
            raise
    return len(pending)


def remove_dropped(ctx: Context) -> None:
    """Runs when every file has been read, because a moved file reuses the texts of its old path."""
    with contextlib.suppress(Interrupted):
        ctx.check()
        tidy.remove_dropped(ctx.sessions, ctx.derived, ctx.contents, ctx.check)


def _priority(file: FileRow) -> tuple[int, int, str]:
    suffix = PurePosixPath(file.path).suffix.lower()
    rank = 0 if suffix in _FIRST else 2 if suffix in IMAGE_SUFFIXES else 1
    return rank, -file.mtime_ns, file.path
