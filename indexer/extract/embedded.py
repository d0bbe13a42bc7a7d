"""Documents inside documents: attachments, archive entries, large pictures in office files."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casefile.errors import DocumentFault, Reason
from casefile.media import base_type, is_image
from casefile.settings import Settings
from indexer.extract.result import Embedded
from indexer.extract.text import ARCHIVE_TYPES, MAIL_TYPES
from indexer.extract.tika_client import Parsed, TikaClient, reason_of

# A pasted scan or photographed letter is larger, a logo or signature smaller (pixels).
LARGE_SHORT_SIDE = 400
LARGE_LONG_SIDE = 600
# Parts of a file format, no documents.
_PARTS = frozenset({"THUMBNAIL", "MACRO", "METADATA", "FONT", "RENDERING", "VERSION"})
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_UUID = re.compile(r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-")
# The list counts nested documents too; what it leaves out still comes with the bytes.
_LIST_LIMIT = 20_000


@dataclass(frozen=True)
class Contents:
    """`names`: the entries as the container has them, for an archive's own page."""

    documents: tuple[Embedded, ...] = ()
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_embedded(path: Path, parsed: Parsed, settings: Settings, tika: TikaClient, depth: int) -> Contents:
    """What the document contains. `depth` of the container, from 0.

    Raises EnvironmentFault only; a document that cannot be unpacked is listed with its fault.
    """
    kind = base_type(parsed.media_type)
    if not _may_contain(kind, parsed):
        return Contents()
    children = _list(path, tika)
    wanted = [child for child in children if _is_document(child, kind)]
    names = tuple(_name(child, n) for n, child in enumerate(children))
    if children and not wanted:
        return Contents(names=names, notes=_left_out(len(children)))
    documents = _unpack(path, parsed, settings, tika, depth, wanted, children)
    return Contents(documents, names, _left_out(len(children) - len(wanted)))


def _may_contain(kind: str, parsed: Parsed) -> bool:
    if is_image(kind) or kind in {"text/plain", "text/csv", "text/html", "application/rtf"} or not parsed.xhtml:
        return kind == "application/rtf"
    if kind == "application/pdf":
        return 'class="embedded"' in parsed.xhtml or parsed.first("pdf:hasCollection") == "true"
    return True


def _left_out(count: int) -> tuple[str, ...]:
    return (f"{count} kleine Bilder oder Dateiteile nicht als Dokument übernommen.",) if count else ()


def _list(path: Path, tika: TikaClient) -> list[Parsed]:
    try:
        return tika.list_embedded(path, _LIST_LIMIT)
    except DocumentFault:
        return []  # one attachment kills the parser: the bytes can still be had, without names and types


def _unpack(
    path: Path,
    parsed: Parsed,
    settings: Settings,
    tika: TikaClient,
    depth: int,
    wanted: Sequence[Parsed],
    children: Sequence[Parsed],
) -> tuple[Embedded, ...]:
    if depth >= settings.max_depth and wanted:
        deep = DocumentFault(Reason.TOO_DEEP, f"Tiefer als {settings.max_depth} Ebenen")
        return _limited([_faulty(c, n, deep) for n, c in enumerate(wanted)], settings)
    try:
        files = tika.unpack(path)
    except DocumentFault:
        if parsed.exception:
            fault = DocumentFault(reason_of(parsed.exception))
        return _limited([_faulty(c, n, fault) for n, c in enumerate(wanted)], settings)
    matched = match_files(children, files)
    documents = [_document(c, n, matched.get(id(c)), files) for n, c in enumerate(wanted)]
    for name in sorted(files.keys() - set(matched.values())):  # not in the list: it was too long, or failed
        documents.append(Embedded(_plain(name), len(documents), files[name], "application/octet-stream"))
    return _limited(documents, settings)


def _document(child: Parsed, ordinal: int, file: str | None, files: dict[str, bytes]) -> Embedded:
    if file is not None:
        return Embedded(_name(child, ordinal), ordinal, files[file], base_type(child.media_type))
    if child.first("Content-Length") == "0":
        return _faulty(child, ordinal, DocumentFault(Reason.EMPTY))
    reason = reason_of(child.exception) if child.exception else Reason.UNSUPPORTED
    return _faulty(child, ordinal, DocumentFault(reason, "Die Anlage lässt sich nicht entnehmen"))


def _faulty(child: Parsed, ordinal: int, fault: DocumentFault) -> Embedded:
    return Embedded(_name(child, ordinal), ordinal, b"", base_type(child.media_type), fault.reason, fault.detail)


def _limited(documents: list[Embedded], settings: Settings) -> tuple[Embedded, ...]:
    """At most `max_embedded`; one entry with a fault stands for all that follow."""
    most = settings.max_embedded
    if len(documents) <= most:
        return tuple(documents)
    left = len(documents) - most
    rest = Embedded(
        f"({left} weitere Anlagen)",
        most,
        b"",
        "application/octet-stream",
        Reason.TOO_LARGE,
        f"Mehr als {most} Anlagen (AKTENSUCHE_MAX_EMBEDDED)",
    )
    return (*documents[:most], rest)


def _is_document(child: Parsed, container: str) -> bool:
    """Pictures of a letter's own layout are none, unless they are so large that text may stand in them."""
    role = child.first("embeddedResourceType")
    kind = base_type(child.media_type)
    if role in _PARTS or kind in _SIGNATURES:
        return False
    if not kind.startswith("image/") or container in ARCHIVE_TYPES:
        return True
    if container in MAIL_TYPES and role != "INLINE":
        return True
    return is_image(kind) and _is_large(child)


def _is_large(child: Parsed) -> bool:
    sides = sorted(_pixels(child.first(key)) for key in ("tiff:ImageWidth", "tiff:ImageLength"))
    return sides[0] >= LARGE_SHORT_SIDE and sides[1] >= LARGE_LONG_SIDE


def _pixels(value: str) -> int:
    digits = re.match(r"\d{1,9}", value)
    # Size unknown: rather one picture too many than a lost scan.
    return int(digits.group()) if digits else LARGE_LONG_SIDE


def _name(child: Parsed, ordinal: int) -> str:
    return _plain(child.first("resourceName")) or f"anlage-{ordinal + 1}"


def _plain(name: str) -> str:
    """No way out of a folder, no control characters; Tika's UUID before a repeated name goes."""
    cleaned = re.sub(r"[\x00-\x1f\x7f]", " ", _UUID.sub("", name)).replace("\\", "/")
    parts = [part.strip() for part in cleaned.split("/") if part.strip() not in {"", ".", ".."}]
    return "/".join(parts)[-300:]


def match_files(children: Sequence[Parsed], files: dict[str, bytes]) -> dict[int, str]:
    """Which unpacked file belongs to which listed child, by id() of the child.

    Tika's list has the order and the types, its package the bytes, and nothing but the name ties them together: a
    repeated name has a random UUID in front, a missing one is a counter. Among equals, size and then the content's
    hash decide, so that the outcome is the same on every run.
    """
    free = dict.fromkeys(sorted(files, key=lambda n: (_UUID.match(n) is not None, hashlib.sha256(files[n]).digest())))
    matched: dict[int, str] = {}

    def take(child: Parsed, candidates: list[str]) -> None:
        size = child.first("Content-Length")
        best = next((n for n in candidates if str(len(files[n])) == size), candidates[0] if candidates else None)
        if best is not None:
            matched[id(child)] = best
            del free[best]

    for child in children:
        wanted = _normal(child.first("resourceName"))
        take(child, [n for n in free if wanted and _normal(_UUID.sub("", n)) == wanted])
    for child in children:
        if id(child) not in matched and child.first("Content-Length") != "0":
            take(child, sorted((n for n in free if re.match(r"\d+(\.|$)", n)), key=_counter)[:1])
    return matched


def _counter(name: str) -> int:
    return int(name.split(".", 1)[0])


def _normal(name: str) -> str:
    return posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/")
