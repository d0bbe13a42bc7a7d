"""What Tika lists within a document, and which of it is a document of its own."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from casefile.errors import DocumentFault, Reason
from casefile.imaging.media import PDF, base_type, is_image
from casefile.names import one_line
from indexer.extract.formats.union import words_of
from indexer.extract.matching import entry_name, match_files, without_uuid
from indexer.extract.office.drawing import pdf_inside
from indexer.extract.pictures import (
    LARGE_LONG_SIDE,
    LARGE_SHORT_SIDE,
    LEGIBLE_LONG_SIDE,
    LEGIBLE_SHORT_SIDE,
)
from indexer.extract.result import Embedded
from indexer.extract.text import CONTAINER_TYPES, MAIL_TYPES, mail_text
from indexer.extract.tika.client import Parsed, TikaClient
from indexer.extract.tika.traces import reason_of
from indexer.extract.tika.xhtml import body_text

# Parts of a file format, no documents.
_PARTS = frozenset({"THUMBNAIL", "MACRO", "METADATA", "FONT", "RENDERING", "VERSION"})
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_DRAWINGS = frozenset({"image/emf", "image/wmf", "image/svg+xml"})
# Charts, formulas and the like: without bytes and text of their own they are part of the page they stand on.
_OBJECTS = frozenset(
    {
        "application/vnd.ms-graph",
        "application/vnd.ms-equation",
        "application/x-tika-msoffice",
        "application/octet-stream",
    }
)
# The list counts nested documents too; what it leaves out still comes with the bytes.
LIST_LIMIT = 20_000


@dataclass
class Found:
    """`pictures`: shown within the text; `left_out`: objects of which nothing could be had."""

    documents: list[Embedded] = field(default_factory=list)
    pictures: list[Embedded] = field(default_factory=list)
    left_out: int = 0


def documents_of(
    path: Path,
    parsed: Parsed,
    children: Sequence[Parsed],
    kind: str,
    files: dict[str, bytes],
    fault: DocumentFault | None,
    tika: TikaClient,
) -> Found:
    """The documents in the container's order."""
    matched = match_files(children, files)
    texts = _Texts(path, tika)
    found = Found()
    names = " ".join(child_name(child, position) for position, child in enumerate(children))
    shown = functools.cache(lambda: words_of(f"{body_text(parsed.xhtml)} {names}"))
    for position, child in enumerate(children):
        content = files.get(matched.get(position, ""), b"")
        if not is_document(child, kind):
            _add_picture(found, child, position, content, texts, shown)
        elif position in matched:
            found.documents.append(Embedded(child_name(child, position), 0, content, base_type(child.media_type)))
        elif fault is not None:
            found.documents.append(_faulty(child, 0, fault))
        else:
            without_bytes = texts.of(child, position)
            found.left_out += not without_bytes
            found.documents += without_bytes
    for name in sorted(files.keys() - set(matched.values())):  # not in the list: it was too long, or failed
        found.documents.append(Embedded(without_uuid(name), 0, files[name], "application/octet-stream"))
    return found


def _add_picture(
    found: Found, child: Parsed, position: int, content: bytes, texts: _Texts, shown: Callable[[], set[str]]
) -> None:
    if not may_hold_text(child):
        return
    kind = base_type(child.media_type)
    if kind in _DRAWINGS:
        # A drawing's letters are characters, and Excel for Mac hides the whole embedded PDF in it.
        inside = pdf_inside(content)
        written = [] if inside else [entry for entry in texts.of(child, position) if _says_more(entry, shown)]
        found.documents += [Embedded(f"{child_name(child, position)}.pdf", 0, inside, PDF)] if inside else written
    elif content:
        found.pictures.append(Embedded(child_name(child, position), 0, content, kind))
    else:
        found.left_out += 1


def _says_more(entry: Embedded, shown: Callable[[], set[str]]) -> bool:
    """An attachment's icon is a drawing too, and says nothing but the attachment's name."""
    return entry.fault is not None or bool(words_of(entry.content.decode("utf-8", "replace")) - shown())


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
            return Embedded(f"{child_name(parsed, ordinal)}.txt", ordinal, text.encode(), "text/plain")
        empty = parsed.first("Content-Length") == "0" and base_type(parsed.media_type) not in MAIL_TYPES
        detail = "" if empty else "Die Anlage steckt in einer angehängten Nachricht; sie einzeln ablegen"
        return _faulty(parsed, ordinal, DocumentFault(Reason.EMPTY if empty else Reason.UNSUPPORTED, detail))

    def _load(self) -> list[Parsed]:
        if self._all is None:
            try:
                self._all = self._tika.parse_embedded(self._path, LIST_LIMIT)
            except DocumentFault:
                self._all = []
        return self._all


def _faulty(child: Parsed, ordinal: int, fault: DocumentFault) -> Embedded:
    return Embedded(child_name(child, ordinal), ordinal, b"", base_type(child.media_type), fault.reason, fault.detail)


def is_document(child: Parsed, container: str) -> bool:
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


def may_hold_text(child: Parsed) -> bool:
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


def child_name(child: Parsed, position: int) -> str:
    return plain_name(entry_name(child)) or f"anlage-{position + 1}"


def plain_name(name: str) -> str:
    """No way out of a folder, no control characters, composed like the names of source files."""
    parts = [part.strip() for part in one_line(name).replace("\\", "/").split("/")]
    parts = [part for part in parts if part not in {"", ".", ".."}]
    return "/".join(parts)[-300:]
