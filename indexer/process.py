"""The stages of one file, in order: open and hash → extract → recognise → load → read back → final state.

Then the same for each of its attachments.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from casefile.batches import batches
from casefile.database.ledger import FileRow
from casefile.errors import DocumentFault, Reason
from casefile.model import CaseFile, document_id
from casefile.sandbox import Budget
from casefile.storage.scratch import scratch_file
from indexer.context import Context
from indexer.crash import stage
from indexer.extract import Allowance, Embedded
from indexer.ledger import cleanup, documents
from indexer.load import load_document, unload_documents
from indexer.read import Origin, ReadDocument, read_document, record_failure
from indexer.source.open import OpenedFile, SourcePlace, open_source
from indexer.source.steady import SourceChanged


def process_file(ctx: Context, file: FileRow) -> None:
    """A file that changes while it is read stays pending: the next run reads what it is then.

    Raises only what stops a run: environment faults and interruption. Anything else is the file's own state.
    """
    ctx.check()
    with contextlib.suppress(SourceChanged):
        try:
            with stage("Abschluss", ctx.settings.home):
                _process_file(ctx, file)
                file.state = documents.close_file(ctx.sessions, file.id)
        except DocumentFault as fault:
            _fail_file(ctx, file, fault)
    ctx.progress(file)


def _process_file(ctx: Context, file: FileRow) -> None:
    with contextlib.ExitStack() as held:
        try:
            with stage("Öffnen", ctx.settings.home):
                opened = held.enter_context(_open_source(ctx, file))
        except DocumentFault as fault:
            _fail_whole(ctx, file, fault)
        else:
            _process_opened(ctx, file, opened)


def _process_opened(ctx: Context, file: FileRow, opened: OpenedFile) -> None:
    budget = Budget(ctx.settings.file_timeout)
    ctx = replace(ctx, tika=ctx.tika.within(budget), pool=ctx.pool.within(budget))
    if file.sha256 != opened.sha256 or cleanup.is_unfinished(ctx.sessions, file.id):
        case = documents.case_of(ctx.sessions, file.case_id or "", ctx.root.name)
        origin = Origin(file.path, opened.local, opened.sha256, opened=opened)
        _replace_outdated(ctx, file, origin)
        allowance = Allowance.of_file(file.size, ctx.settings)
        kept = set(process_document(ctx, file, case, origin, allowance))
        drop(ctx, cleanup.stray_documents(ctx.sessions, file.id, kept))


def _fail_whole(ctx: Context, file: FileRow, fault: DocumentFault) -> None:
    """One failed page for the whole file. It has no hash, so its place alone is its id."""
    case = documents.case_of(ctx.sessions, file.case_id or "", ctx.root.name)
    origin = Origin(file.path, Path(), "")
    _replace_outdated(ctx, file, origin)
    kept = {_fail_document(ctx, file, case, origin, fault)}
    drop(ctx, cleanup.stray_documents(ctx.sessions, file.id, kept))


def _fail_file(ctx: Context, file: FileRow, fault: DocumentFault) -> None:
    """After a crash outside the stages of a document. Where even this cannot be recorded, the file's row says so."""
    try:
        with stage("Nachweis des Fehlers", ctx.settings.home):
            _fail_whole(ctx, file, fault)
            file.state = documents.close_file(ctx.sessions, file.id)
    except DocumentFault:
        file.state = documents.fail_file(ctx.sessions, file.id, fault)


def process_document(
    ctx: Context, file: FileRow, case: CaseFile, origin: Origin, allowance: Allowance, content: bytes | None = None
) -> Iterator[str]:
    """One document and, below it, its attachments; yields the ids of all of them.

    `content`: an attachment's bytes, which the derived store keeps.
    """
    try:
        read = _process_own(ctx, file, case, origin, allowance, content)
    except DocumentFault as fault:
        yield _fail_document(ctx, file, case, origin, fault)
        return
    yield read.id
    names = _entry_names(read)
    for embedded in read.extracted.embedded if read.extracted else ():
        ctx.check()
        allowance.documents -= 1
        if allowance.documents < 0:
            place = f"{origin.path}!(weitere Anlagen)"
            rest = Origin(place, origin.local, "", read.id, origin.depth + 1, entry="(weitere Anlagen)")
            too_many = DocumentFault(Reason.TOO_LARGE, "Zu viele Anlagen (AKTENSUCHE_MAX_EMBEDDED)")
            yield _fail_document(ctx, file, case, rest, too_many)
            return
        yield from _process_embedded(
            ctx, file, case, Attachment(origin, read.id, embedded, names[embedded.ordinal]), allowance
        )


def _process_own(
    ctx: Context, file: FileRow, case: CaseFile, origin: Origin, allowance: Allowance, content: bytes | None
) -> ReadDocument:
    """The document without its attachments. Raises DocumentFault `crashed` where a stage raised what it should not."""
    home = ctx.settings.home
    with stage("Lesen", home):
        _unload_earlier(ctx, origin)
        with ctx.contents.hold(origin.sha256, ctx.check):
            if content is not None:
                ctx.derived.put_original(origin.sha256, content)
            read = read_document(ctx, file, case, origin, allowance)
    with stage("Laden in den Suchindex", home):
        load_document(ctx.sessions, ctx.store, ctx.derived, case, read.id)
    return read


@dataclass(frozen=True)
class Attachment:
    """An embedded document with the document that holds it (`outer`, of the id `parent`). `name`: unique in there."""

    outer: Origin
    parent: str
    embedded: Embedded
    name: str


def _process_embedded(
    ctx: Context, file: FileRow, case: CaseFile, attachment: Attachment, allowance: Allowance
) -> Iterator[str]:
    """A crash outside the stages of a document fails this attachment alone."""
    outer, embedded = attachment.outer, attachment.embedded
    sha256 = hashlib.sha256(embedded.content).hexdigest()
    path = f"{outer.path}!{attachment.name}"
    origin = Origin(path, outer.local, sha256, attachment.parent, outer.depth + 1, entry=_plain_name(embedded))
    try:
        with stage("Anlage", ctx.settings.home):
            _refuse_faulty(ctx, embedded, origin)
            with _temporary_copy(ctx, embedded) as local:
                copied = replace(origin, local=local)
                yield from process_document(ctx, file, case, copied, allowance, embedded.content)
    except DocumentFault as fault:
        yield _fail_document(ctx, file, case, origin, fault)


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


def _refuse_faulty(ctx: Context, embedded: Embedded, origin: Origin) -> None:
    if embedded.fault is not None:
        raise DocumentFault(embedded.fault, embedded.detail)
    if origin.depth > ctx.settings.max_depth:
        raise DocumentFault(Reason.TOO_DEEP)


def _plain_name(embedded: Embedded) -> str:
    return embedded.name or f"Anlage-{embedded.ordinal + 1}"


def _entry_names(read: ReadDocument) -> dict[int, str]:
    """Attachments' names by ordinal, unique among their siblings: two `image.png` in one mail are two documents."""
    siblings = read.extracted.embedded if read.extracted else ()
    first: dict[str, int] = {}
    for embedded in sorted(siblings, key=lambda sibling: sibling.ordinal):
        first.setdefault(embedded.name, embedded.ordinal)
    return {
        embedded.ordinal: _plain_name(embedded)
        if first[embedded.name] == embedded.ordinal
        else f"{_plain_name(embedded)}~{embedded.ordinal + 1}"
        for embedded in siblings
    }


@contextlib.contextmanager
def _temporary_copy(ctx: Context, embedded: Embedded) -> Iterator[Path]:
    with scratch_file(ctx.settings.home, embedded.name) as stream:
        stream.write(embedded.content)
        stream.flush()
        yield Path(stream.name)


def _open_source(ctx: Context, file: FileRow) -> contextlib.AbstractContextManager[OpenedFile]:
    """Raises DocumentFault for a folder that could not be listed."""
    if file.reason == Reason.UNREADABLE.value and file.path.endswith("/"):
        raise DocumentFault(Reason.UNREADABLE, "Dieser Ordner kann nicht gelesen werden; sein Inhalt fehlt im Bestand.")
    where = SourcePlace(Path(ctx.root.path), ctx.place, file.raw_path)
    enumerated = file.size, file.mtime_ns, file.ctime_ns, file.inode
    return open_source(where, enumerated, ctx.settings.max_file_mb * 1024**2, ctx.settings.home)


def _replace_outdated(ctx: Context, file: FileRow, origin: Origin) -> None:
    drop(ctx, cleanup.outdated_documents(ctx.sessions, file.id, origin.path, origin.sha256))
    documents.set_file(ctx.sessions, file.id, sha256=origin.sha256)


def drop(ctx: Context, outdated: dict[str, int]) -> None:
    """Deletes from the index, then from the ledger, so that a kill in between repeats the work.

    Their contents are marked before and after: in between, another run may find them known and take the mark away.
    """
    if not outdated:
        return
    ids = list(outdated)
    contents = cleanup.contents_of(ctx.sessions, ids)
    unload_documents(ctx.store, outdated)
    ctx.derived.mark_dropped(contents)
    for part in batches(ids, cleanup.BATCH):
        documents.drop_documents(ctx.sessions, part)
    ctx.derived.mark_dropped(contents)
