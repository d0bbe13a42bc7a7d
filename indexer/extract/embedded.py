"""Documents inside documents: attachments, archive entries, large pictures in office files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from casefile.errors import DocumentFault, Reason, Shortfall
from casefile.imaging.media import PDF, base_type, is_image
from casefile.names import one_line
from casefile.sandbox import WorkerPool
from casefile.settings import Settings
from casefile.wording import counted
from indexer.extract.allowance import Allowance
from indexer.extract.formats.reading import Reading
from indexer.extract.matching import entry_name, match_files, without_uuid
from indexer.extract.ocr.recognise import RecognitionPool
from indexer.extract.office.drawing import pdf_inside
from indexer.extract.pictures import (
    LARGE_LONG_SIDE,
    LARGE_SHORT_SIDE,
    LEGIBLE_LONG_SIDE,
    LEGIBLE_SHORT_SIDE,
    with_text,
)
from indexer.extract.result import Embedded
from indexer.extract.text import CONTAINER_TYPES, MAIL_TYPES, mail_text
from indexer.extract.tika.client import UNPACK_LIMIT, Parsed, TikaClient
from indexer.extract.tika.traces import reason_of
from indexer.extract.ziparchive import unpack_zip

# Parts of a file format, no documents.
_PARTS = frozenset({"THUMBNAIL", "MACRO", "METADATA", "FONT", "RENDERING", "VERSION"})
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
# Charts, formulas and the like: without bytes and text of their own they are part of the page they stand on.
_DRAWINGS = frozenset({"image/emf", "image/wmf", "image/svg+xml"})
_OBJECTS = frozenset(
    {
        "application/vnd.ms-graph",
        "application/vnd.ms-equation",
        "application/x-tika-msoffice",
        "application/octet-stream",
    }
)
# The list counts nested documents too; what it leaves out still comes with the bytes.
_LIST_LIMIT = 20_000


@dataclass(frozen=True)
class Contents:
    """`names`: the entries as the container has them, for an archive's own page. `shortfalls`: what was left out."""

    documents: tuple[Embedded, ...] = ()
    names: tuple[str, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()


@dataclass(frozen=True)
class Unpacking:
    """What taking documents out of one needs. `depth` of the container, from 0; all of it is taken from `room`."""

    settings: Settings
    tika: TikaClient
    pool: RecognitionPool
    depth: int
    room: Allowance


def read_embedded(path: Path, parsed: Parsed, reading: Reading | None, how: Unpacking) -> Contents:
    """What the document contains.

    Raises EnvironmentFault, and DocumentFault where unpacking a ZIP takes too long or kills its process; any other
    document that cannot be unpacked is listed with its fault.
    """
    kind = base_type(parsed.media_type)
    settings, tika, depth, room = how.settings, how.tika, how.depth, how.room
    if reading is not None and reading.documents is not None:
        return _own(reading, how)
    if not _may_contain(kind, parsed):
        return Contents()
    if kind == "application/zip":
        most = settings.max_embedded if depth < settings.max_depth else 0
        entries = _zip_entries(path, settings, how.pool, most, room)
        if entries is not None:
            return _archive(entries, settings, depth)
    children = _list(path, tika)
    names = tuple(_name(child, n) for n, child in enumerate(children))
    if depth >= settings.max_depth:
        fault: DocumentFault | None = _too_deep(settings)
        files: dict[str, bytes] = {}
    else:
        files, fault = _unpack(path, parsed, children, kind, tika)
    found = _documents(path, children, kind, files, fault, tika)
    unseen = _unseen(reading, files) if depth < settings.max_depth else []
    pictures, unread = with_text([*found.pictures, *unseen], settings, how.pool)
    documents = _numbered([*found.documents, *pictures])
    short = _not_read(unread + found.left_out)
    return Contents(_limited(list(room.admit(documents)), settings), names, short)


def _own(reading: Reading, how: Unpacking) -> Contents:
    """What a reader of our own took out, and the pictures in it that hold text."""
    pictures, unread = with_text(reading.pictures, how.settings, how.pool)
    named = _numbered([*(reading.documents or ()), *pictures])
    names = tuple(entry.name for entry in named)
    if how.depth >= how.settings.max_depth:
        fault = _too_deep(how.settings)
        named = [replace(e, content=b"", fault=fault.reason, detail=fault.detail) for e in named]
    return Contents(_limited(list(how.room.admit(named)), how.settings), names, _not_read(unread))


def _unseen(reading: Reading | None, files: dict[str, bytes]) -> list[Embedded]:
    """Pictures in the container that Tika does not name."""
    known = {hashlib.sha256(content).digest() for content in files.values()}
    stored = reading.pictures if reading is not None else ()
    return [picture for picture in stored if hashlib.sha256(picture.content).digest() not in known]


def _numbered(documents: Sequence[Embedded]) -> list[Embedded]:
    return [
        replace(each, name=_plain(each.name) or f"anlage-{number + 1}", ordinal=number)
        for number, each in enumerate(documents)
    ]


def _zip_entries(path: Path, settings: Settings, pool: WorkerPool, most: int, room: Allowance) -> list[Embedded] | None:
    entries, left = pool.run(unpack_zip, path, most, room, timeout=settings.ocr_timeout, reason=Reason.TIMEOUT)
    room.bytes, room.likely = left.bytes, left.likely
    return entries


def _archive(entries: list[Embedded], settings: Settings, depth: int) -> Contents:
    named = [replace(e, name=_plain(e.name) or f"anlage-{e.ordinal + 1}") for e in entries]
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
        return tika.list_embedded(path, _LIST_LIMIT)
    except DocumentFault:
        return []  # one attachment kills the parser: the bytes can still be had, without types and order


def _unpack(
    path: Path, parsed: Parsed, children: Sequence[Parsed], kind: str, tika: TikaClient
) -> tuple[dict[str, bytes], DocumentFault | None]:
    if children and not any(_is_document(child, kind) or _may_hold_text(child) for child in children):
        return {}, None
    try:
        return tika.unpack(path), None
    except DocumentFault as fault:
        if parsed.exception:
            return {}, DocumentFault(reason_of(parsed.exception))
        if path.stat().st_size > UNPACK_LIMIT // 2:  # Tika does not say why it gave up
            return {}, DocumentFault(Reason.TOO_LARGE, f"Anlagen mit mehr als {UNPACK_LIMIT // 1024**2} MB")
        return {}, fault


@dataclass
class _Found:
    """`pictures`: shown within the text; `left_out`: objects of which nothing could be had."""

    documents: list[Embedded] = field(default_factory=list)
    pictures: list[Embedded] = field(default_factory=list)
    left_out: int = 0


def _documents(
    path: Path,
    children: Sequence[Parsed],
    kind: str,
    files: dict[str, bytes],
    fault: DocumentFault | None,
    tika: TikaClient,
) -> _Found:
    """The documents in the container's order."""
    matched = match_files(children, files)
    texts = _Texts(path, tika)
    found = _Found()
    for position, child in enumerate(children):
        content = files.get(matched.get(position, ""), b"")
        if not _is_document(child, kind):
            _add_picture(found, child, position, content, texts)
        elif position in matched:
            found.documents.append(Embedded(_name(child, position), 0, content, base_type(child.media_type)))
        elif fault is not None:
            found.documents.append(_faulty(child, 0, fault))
        else:
            without_bytes = texts.of(child, position)
            found.left_out += not without_bytes
            found.documents += without_bytes
    for name in sorted(files.keys() - set(matched.values())):  # not in the list: it was too long, or failed
        found.documents.append(Embedded(without_uuid(name), 0, files[name], "application/octet-stream"))
    return found


def _add_picture(found: _Found, child: Parsed, position: int, content: bytes, texts: _Texts) -> None:
    if not _may_hold_text(child):
        return
    kind = base_type(child.media_type)
    if kind in _DRAWINGS:
        # A drawing's letters are characters, and Excel for Mac hides the whole embedded PDF in it.
        inside = pdf_inside(content)
        written = [] if inside else texts.of(child, position)
        found.documents += [Embedded(f"{_name(child, position)}.pdf", 0, inside, PDF)] if inside else written
    elif content:
        found.pictures.append(Embedded(_name(child, position), 0, content, kind))
    else:
        found.left_out += 1


class _Texts:
    """Documents whose bytes Tika does not give (a mail attached in Outlook, the inside of a signature): their text."""

    def __init__(self, path: Path, tika: TikaClient) -> None:
        self._path = path
        self._tika = tika
        self._all: list[Parsed] | None = None

    def of(self, child: Parsed, ordinal: int) -> list[Embedded]:
        """The child and what is inside it, as plain text; empty for an object that is part of the page."""
        if child.exception:
            return [_faulty(child, ordinal, DocumentFault(reason_of(child.exception)))]
        way = child.first("X-TIKA:embedded_id_path")
        family = [p for p in self._load() if f"{p.first('X-TIKA:embedded_id_path')}/".startswith(f"{way}/")]
        family.sort(key=lambda p: [int(n) for n in re.findall(r"\d+", p.first("X-TIKA:embedded_id_path"))])
        if base_type(child.media_type) in _OBJECTS | _DRAWINGS and not any(mail_text(p) for p in family):
            return []
        return [self._as_text(p, ordinal + n) for n, p in enumerate(family or [child])]

    def _as_text(self, parsed: Parsed, ordinal: int) -> Embedded:
        text = mail_text(parsed)
        if text:
            return Embedded(f"{_name(parsed, ordinal)}.txt", ordinal, text.encode(), "text/plain")
        empty = parsed.first("Content-Length") == "0" and base_type(parsed.media_type) not in MAIL_TYPES
        detail = "" if empty else "Die Anlage steckt in einer angehängten Nachricht; sie einzeln ablegen"
        return _faulty(parsed, ordinal, DocumentFault(Reason.EMPTY if empty else Reason.UNSUPPORTED, detail))

    def _load(self) -> list[Parsed]:
        if self._all is None:
            try:
                self._all = self._tika.parse_embedded(self._path, _LIST_LIMIT)
            except DocumentFault:
                self._all = []
        return self._all


def _faulty(child: Parsed, ordinal: int, fault: DocumentFault) -> Embedded:
    return Embedded(_name(child, ordinal), ordinal, b"", base_type(child.media_type), fault.reason, fault.detail)


def _limited(documents: list[Embedded], settings: Settings) -> tuple[Embedded, ...]:
    """At most `max_embedded`; one entry with a fault stands for all that follow."""
    most = settings.max_embedded
    if len(documents) <= most:
        return tuple(documents)
    left = len(documents) - most
    detail = f"Mehr als {counted(most, 'Anlage', 'Anlagen')} (AKTENSUCHE_MAX_EMBEDDED)"
    name = f"({counted(left, 'weitere Anlage', 'weitere Anlagen')})"
    return (*documents[:most], Embedded(name, most, b"", "application/octet-stream", Reason.TOO_LARGE, detail))


def _is_document(child: Parsed, container: str) -> bool:
    """Pictures of a letter's own layout are none, unless they are so large that text may stand in them."""
    role = child.first("embeddedResourceType")
    kind = base_type(child.media_type)
    if role in _PARTS or kind in _SIGNATURES:
        return False
    if not kind.startswith("image/") or container in CONTAINER_TYPES:
        return True
    if container in MAIL_TYPES and role != "INLINE":
        return True
    return is_image(kind) and _is_large(child)


def _may_hold_text(child: Parsed) -> bool:
    if child.first("embeddedResourceType") in _PARTS or base_type(child.media_type) in _SIGNATURES:
        return False
    short, long = _sides(child)
    return short >= LEGIBLE_SHORT_SIDE and long >= LEGIBLE_LONG_SIDE


def _is_large(child: Parsed) -> bool:
    short, long = _sides(child)
    return short >= LARGE_SHORT_SIDE and long >= LARGE_LONG_SIDE


def _sides(child: Parsed) -> list[int]:
    """Short and long side in pixels; unknown ones count as large: rather one picture too many than a lost scan."""
    return sorted(_pixels(child.first(key)) for key in ("tiff:ImageWidth", "tiff:ImageLength"))


def _pixels(value: str) -> int:
    digits = re.match(r"\d{1,9}", value)
    # Size unknown: rather one picture too many than a lost scan.
    return int(digits.group()) if digits else LARGE_LONG_SIDE


def _name(child: Parsed, position: int) -> str:
    return _plain(entry_name(child)) or f"anlage-{position + 1}"


def _plain(name: str) -> str:
    """No way out of a folder, no control characters, composed like the names of source files."""
    parts = [part.strip() for part in one_line(name).replace("\\", "/").split("/")]
    parts = [part for part in parts if part not in {"", ".", ".."}]
    return "/".join(parts)[-300:]
