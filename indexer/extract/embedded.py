"""Documents inside documents: attachments, archive entries, large pictures in office files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from casefile.errors import DocumentFault, Reason, Shortfall
from casefile.imaging.media import PDF, base_type, is_image
from casefile.sandbox import WorkerPool
from casefile.settings import Settings
from casefile.wording import counted
from indexer.extract.allowance import Allowance
from indexer.extract.formats.reading import Reading
from indexer.extract.ocr.recognise import RecognitionPool
from indexer.extract.pictures import with_text
from indexer.extract.result import Embedded
from indexer.extract.tika.children import LIST_LIMIT, child_name, documents_of, is_document, may_hold_text, plain_name
from indexer.extract.tika.client import UNPACK_LIMIT, Parsed, TikaClient
from indexer.extract.tika.traces import reason_of
from indexer.extract.ziparchive import unpack_zip


@dataclass(frozen=True)
class Contents:
    """`names`: the entries as the container has them, for an archive's own page. `shortfalls`: what was left out."""

    documents: tuple[Embedded, ...] = ()
    names: tuple[str, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()


@dataclass(frozen=True)
class Unpacking:
    """What extracting embedded documents needs. `depth`: of the container, from 0; `room`: the limit that their number
    and size count against."""

    settings: Settings
    tika: TikaClient
    pool: RecognitionPool
    depth: int
    room: Allowance


def read_embedded(path: Path, parsed: Parsed, reading: Reading | None, unpacking: Unpacking) -> Contents:
    """What the document contains.

    Raises EnvironmentFault, and DocumentFault where unpacking a ZIP takes too long or kills its process; any other
    document that cannot be unpacked is listed with its fault.
    """
    kind = base_type(parsed.media_type)
    settings, tika, depth, room = unpacking.settings, unpacking.tika, unpacking.depth, unpacking.room
    if reading is not None and reading.documents is not None:
        return _own(reading, unpacking)
    if not _may_contain(kind, parsed):
        return Contents()
    if kind == "application/zip":
        most = settings.max_embedded if depth < settings.max_depth else 0
        entries = _zip_entries(path, settings, unpacking.pool, most, room)
        if entries is not None:
            return _archive(entries, settings, depth)
    children = _list(path, tika)
    names = tuple(child_name(child, n) for n, child in enumerate(children))
    if depth >= settings.max_depth:
        fault: DocumentFault | None = _too_deep(settings)
        files: dict[str, bytes] = {}
    else:
        files, fault = _unpack(path, parsed, children, kind, tika)
    found = documents_of(path, parsed, children, kind, files, fault, tika)
    unseen = _unseen(reading, files) if depth < settings.max_depth else []
    pictures, unread = with_text([*found.pictures, *unseen], settings, unpacking.pool)
    documents = _numbered([*found.documents, *pictures])
    short = _not_read(unread + found.left_out)
    return Contents(_limited(list(room.admit(documents)), settings), names, short)


def _own(reading: Reading, unpacking: Unpacking) -> Contents:
    """What a reader of our own took out, and the pictures in it that hold text."""
    pictures, unread = with_text(reading.pictures, unpacking.settings, unpacking.pool)
    named = _numbered([*(reading.documents or ()), *pictures])
    names = tuple(entry.name for entry in named)
    if unpacking.depth >= unpacking.settings.max_depth:
        fault = _too_deep(unpacking.settings)
        named = [replace(e, content=b"", fault=fault.reason, detail=fault.detail) for e in named]
    return Contents(_limited(list(unpacking.room.admit(named)), unpacking.settings), names, _not_read(unread))


def _unseen(reading: Reading | None, files: dict[str, bytes]) -> list[Embedded]:
    """Pictures in the container that Tika does not name."""
    known = {hashlib.sha256(content).digest() for content in files.values()}
    stored = reading.pictures if reading is not None else ()
    return [picture for picture in stored if hashlib.sha256(picture.content).digest() not in known]


def _numbered(documents: Sequence[Embedded]) -> list[Embedded]:
    return [
        replace(each, name=plain_name(each.name) or f"anlage-{number + 1}", ordinal=number)
        for number, each in enumerate(documents)
    ]


def _zip_entries(path: Path, settings: Settings, pool: WorkerPool, most: int, room: Allowance) -> list[Embedded] | None:
    entries, left = pool.run(unpack_zip, path, most, room, timeout=settings.ocr_timeout, reason=Reason.TIMEOUT)
    room.bytes, room.likely = left.bytes, left.likely
    return entries


def _archive(entries: list[Embedded], settings: Settings, depth: int) -> Contents:
    named = [replace(e, name=plain_name(e.name) or f"anlage-{e.ordinal + 1}") for e in entries]
    names = tuple(entry.name for entry in named)
    if depth >= settings.max_depth:
        fault = _too_deep(settings)
        named = [replace(entry, fault=fault.reason, detail=fault.detail) for entry in named]
    return Contents(_limited(named, settings), names)


def _too_deep(settings: Settings) -> DocumentFault:
    return DocumentFault(Reason.TOO_DEEP, f"Tiefer als {counted(settings.max_depth, 'Ebene', 'Ebenen')}")


def _may_contain(kind: str, parsed: Parsed) -> bool:
    if is_image(kind) or kind in {"text/plain", "text/csv", "text/html"}:
        return False
    if kind == PDF:
        return 'class="embedded"' in parsed.xhtml or parsed.first("pdf:hasCollection") == "true"
    return True


def _not_read(left_out: int) -> tuple[Shortfall, ...]:
    if not left_out:
        return ()
    these = counted(left_out, "Bild oder Objekt", "Bilder oder Objekte")
    return (Shortfall(Reason.PICTURE_NOT_READ, f"{these} nicht gelesen"),)


def _list(path: Path, tika: TikaClient) -> list[Parsed]:
    try:
        return tika.list_embedded(path, LIST_LIMIT)
    except DocumentFault:
        return []  # one attachment kills the parser: the bytes can still be had, without types and order


def _unpack(
    path: Path, parsed: Parsed, children: Sequence[Parsed], kind: str, tika: TikaClient
) -> tuple[dict[str, bytes], DocumentFault | None]:
    if children and not any(is_document(child, kind) or may_hold_text(child) for child in children):
        return {}, None
    try:
        return tika.unpack(path), None
    except DocumentFault as fault:
        if parsed.exception:
            return {}, DocumentFault(reason_of(parsed.exception))
        if path.stat().st_size > UNPACK_LIMIT // 2:  # Tika does not say why it gave up
            return {}, DocumentFault(Reason.TOO_LARGE, f"Anlagen mit mehr als {UNPACK_LIMIT // 1024**2} MB")
        return {}, fault


def _limited(documents: list[Embedded], settings: Settings) -> tuple[Embedded, ...]:
    """At most `max_embedded`; one entry with a fault stands for all that follow."""
    most = settings.max_embedded
    if len(documents) <= most:
        return tuple(documents)
    left = len(documents) - most
    detail = f"Mehr als {counted(most, 'Anlage', 'Anlagen')} (AKTENSUCHE_MAX_EMBEDDED)"
    name = f"({counted(left, 'weitere Anlage', 'weitere Anlagen')})"
    return (*documents[:most], Embedded(name, most, b"", "application/octet-stream", Reason.TOO_LARGE, detail))
