"""The stages in order. Read this first.

A root: discover → ledger → cover sheets → changed cases → each pending file.
A file: hash → extract → recognise → load → read back → final state; then the same for each of its attachments.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from casefile.database import database_errors
from casefile.errors import DocumentFault, EnvironmentFault, Reason, UsageFault
from casefile.ledger import FileRow
from casefile.mappings import IndexKind
from casefile.model import CaseFile, document_id
from casefile.settings import Settings
from indexer.context import Context, Interrupted, Progress, open_context, open_ledger
from indexer.covers import settle_cases
from indexer.discover import content_hash, discover, stamp_of
from indexer.extract import Embedded
from indexer.heal import heal_root, is_whole
from indexer.ledger import cases as case_ledger
from indexer.ledger import cleanup, documents, enumeration, runs
from indexer.load import load_cases, load_document, unload_documents
from indexer.read import Origin, ReadDocument, read_document, record_failure

# Cheap and likely wanted first: office files and mail, then PDF, then pictures; within these the newest.
_FIRST = frozenset({".txt", ".eml", ".msg", ".docx", ".odt", ".rtf", ".xlsx", ".html"})
_LAST = frozenset({".tif", ".tiff", ".jpg", ".jpeg", ".png", ".webp", ".bmp", ".jp2", ".gif"})


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
) -> Summary:
    """Bring ledger and index up to the source tree. Safe to repeat, to interrupt and to kill."""
    _refuse_own_home(settings, folder)
    sessions = open_ledger(settings)
    root = runs.ensure_root(sessions, name, folder)
    with (
        database_errors("ledger"),
        runs.run_on(sessions, root, settings.home) as run,
        open_context(settings, root, progress, stop) as ctx,
    ):
        found = enumeration.enumerate_into(sessions, root.id, run.id, discover(folder), accept_removals=accept_removals)
        remove_obsolete(ctx, found.removed)
        settle(ctx)
        heal_if_needed(ctx)
        processed = process_pending(ctx)
    return Summary(name, found.total, found.new, found.changed, len(found.removed), processed)


def _refuse_own_home(settings: Settings, folder: Path) -> None:
    if settings.home.is_relative_to(folder.resolve()):
        raise UsageFault(
            "root_holds_home",
            f"Im Quellordner {folder} liegt der Arbeitsordner {settings.home} des Programms.",
            "Den Arbeitsordner (AKTENSUCHE_HOME) außerhalb des Quellordners wählen.",
        )


def remove_obsolete(ctx: Context, removed: tuple[int, ...]) -> None:
    _drop(ctx, cleanup.obsolete_documents(ctx.sessions, ctx.root.id, removed))
    enumeration.mark_removed(ctx.sessions, removed)


def settle(ctx: Context) -> None:
    """Cover sheets into the ledger, then every case whose metadata the index does not hold."""
    settled = settle_cases(ctx.root.name, Path(ctx.root.path), documents.all_files(ctx.sessions, ctx.root.id))
    case_ledger.store_cases(ctx.sessions, ctx.root.id, settled.cases.values())
    case_ledger.assign_files(ctx.sessions, ctx.root.id, settled.assignments)
    case_ledger.report_sheets(ctx.sessions, ctx.root.id, settled.problems)
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

    One that is not read to its end, or whose texts are lost, leaves the index: there it carries the old rights.
    """
    if documents.is_read(ctx.sessions, document):
        result = load_document(ctx.sessions, ctx.store, ctx.derived, case, document)
        if not result.missing:
            return
    unload_documents(ctx.store, cleanup.highest_pages(ctx.sessions, [document]))
    cleanup.reset_files(ctx.sessions, [documents.file_of(ctx.sessions, document)])


def heal_if_needed(ctx: Context) -> None:
    """An index that was deleted or damaged is filled again from the derived store before new work begins."""
    ctx.store.refresh()
    if not is_whole(ctx.sessions, ctx.store, ctx.root):
        heal_root(ctx.sessions, ctx.store, ctx.derived, ctx.root)


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


def process_file(ctx: Context, file: FileRow) -> None:
    ctx.check()
    case = documents.case_of(ctx.sessions, file.case_id or "", ctx.root.name)
    try:
        origin = _open_source(ctx, file)
    except DocumentFault as fault:
        origin = Origin(file.path, ctx.source(file), "")  # cannot even be hashed: its place alone is its id
        _replace_outdated(ctx, file, origin)
        kept = {_fail_document(ctx, file, case, origin, fault)}
        _drop(ctx, cleanup.stray_documents(ctx.sessions, file.id, kept))
    else:
        if file.sha256 != origin.sha256 or cleanup.is_unfinished(ctx.sessions, file.id):
            _replace_outdated(ctx, file, origin)
            kept = set(process_document(ctx, file, case, origin))
            _drop(ctx, cleanup.stray_documents(ctx.sessions, file.id, kept))
    file.state = documents.close_file(ctx.sessions, file.id).value
    ctx.progress(file)


def process_document(ctx: Context, file: FileRow, case: CaseFile, origin: Origin) -> Iterator[str]:
    """One document and, below it, its attachments; yields the ids of all of them."""
    _unload_earlier(ctx, origin)
    with ctx.contents.hold(origin.sha256):
        read = read_document(ctx, file, case, origin)
    load_document(ctx.sessions, ctx.store, ctx.derived, case, read.id)
    yield read.id
    for embedded in read.extracted.embedded if read.extracted else ():
        ctx.check()
        yield from _process_embedded(ctx, file, case, origin, read, embedded)


def _process_embedded(
    ctx: Context, file: FileRow, case: CaseFile, outer: Origin, read: ReadDocument, embedded: Embedded
) -> Iterator[str]:
    sha256 = hashlib.sha256(embedded.content).hexdigest()
    path = f"{outer.path}!{_entry_name(embedded, read)}"
    with _temporary_copy(ctx, embedded) as local:
        origin = Origin(path, local, sha256, read.id, outer.depth + 1)
        fault = _embedded_fault(ctx, embedded, origin)
        if fault is not None:
            yield _fail_document(ctx, file, case, origin, fault)
            return
        ctx.derived.put_original(sha256, embedded.content)
        yield from process_document(ctx, file, case, origin)


def _fail_document(ctx: Context, file: FileRow, case: CaseFile, origin: Origin, fault: DocumentFault) -> str:
    _unload_earlier(ctx, origin)
    failed = record_failure(ctx, file, case, origin, fault)
    load_document(ctx.sessions, ctx.store, ctx.derived, case, failed)
    return failed


def _unload_earlier(ctx: Context, origin: Origin) -> None:
    """An earlier attempt may have loaded pages that this one will not have; they leave the index before it begins."""
    identifier = document_id(origin.sha256, ctx.root.name, origin.path)
    earlier = cleanup.highest_pages(ctx.sessions, [identifier])
    if earlier[identifier]:
        unload_documents(ctx.store, earlier)


def _embedded_fault(ctx: Context, embedded: Embedded, origin: Origin) -> DocumentFault | None:
    if embedded.fault is not None:
        return DocumentFault(embedded.fault, embedded.detail)
    if origin.depth > ctx.settings.max_depth:
        return DocumentFault(Reason.TOO_DEEP)
    return None


def _entry_name(embedded: Embedded, read: ReadDocument) -> str:
    """The attachment's name, made unique among its siblings: two `image.png` in one mail are two documents."""
    name = embedded.name or f"Anlage-{embedded.ordinal + 1}"
    siblings = read.extracted.embedded if read.extracted else ()
    twin = any(other.name == embedded.name and other.ordinal < embedded.ordinal for other in siblings)
    return f"{name}~{embedded.ordinal + 1}" if twin else name


@contextmanager
def _temporary_copy(ctx: Context, embedded: Embedded) -> Iterator[Path]:
    folder = ctx.settings.home / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    suffix = PurePosixPath(embedded.name).suffix[:10]
    with tempfile.NamedTemporaryFile(dir=folder, suffix=suffix) as stream:
        stream.write(embedded.content)
        stream.flush()
        yield Path(stream.name)


def _open_source(ctx: Context, file: FileRow) -> Origin:
    """Hash the file. Raises DocumentFault where it cannot be opened, is empty or too large."""
    if file.reason == Reason.UNREADABLE.value and file.path.endswith("/"):
        raise DocumentFault(Reason.UNREADABLE, "Dieser Ordner kann nicht gelesen werden; sein Inhalt fehlt im Bestand.")
    local = ctx.source(file)
    try:
        stamp = stamp_of(local)
        if stamp[0] == 0:
            raise DocumentFault(Reason.EMPTY)
        if stamp[0] > ctx.settings.max_file_mb * 1024**2:
            raise DocumentFault(Reason.TOO_LARGE)
        return Origin(file.path, local, content_hash(local))
    except OSError as error:
        _check_root(ctx)
        gone = isinstance(error, FileNotFoundError)
        raise DocumentFault(Reason.VANISHED if gone else Reason.UNREADABLE, error.strerror or "") from error


def _check_root(ctx: Context) -> None:
    """A share that drops out must stop the run, not turn every file of it into a failure."""
    if not Path(ctx.root.path).is_dir():
        raise EnvironmentFault(
            "root_lost",
            f"Der Quellordner {ctx.root.path} ist nicht mehr erreichbar.",
            "Laufwerk wieder verbinden, dann denselben Befehl wiederholen.",
        )


def _replace_outdated(ctx: Context, file: FileRow, origin: Origin) -> None:
    _drop(ctx, cleanup.outdated_documents(ctx.sessions, file.id, origin.path, origin.sha256))
    documents.set_file(ctx.sessions, file.id, sha256=origin.sha256)


def _drop(ctx: Context, outdated: dict[str, int]) -> None:
    """Out of the index first, out of the ledger second: a kill in between repeats the work."""
    unload_documents(ctx.store, outdated)
    documents.drop_documents(ctx.sessions, list(outdated))


def _priority(file: FileRow) -> tuple[int, int, str]:
    suffix = PurePosixPath(file.path).suffix.lower()
    rank = 0 if suffix in _FIRST else 2 if suffix in _LAST else 1
    return rank, -file.mtime_ns, file.path
