"""A second look into DOCX, XLSX and PPTX: what stands in the parts' XML, and what no text reader shows.

Tracked deletions and descriptions of pictures are labelled; the rest is plain paragraphs, compared with Tika's text.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from indexer.extract.formats.html import read_html
from indexer.extract.mail.eml import read_eml
from indexer.extract.markup import local_name, tidy
from indexer.extract.result import Embedded

DELETED, DESCRIBED = "Nachverfolgte Löschung", "Bildbeschreibung"
# Parts that hold no text of the document.
_SKIPPED = ("styles", "theme", "settings", "fonttable", "numbering", "websettings", "stylesWithEffects", "presprops")
_FOLDERS = ("word/", "xl/", "ppt/", "visio/")
_NO_TEXT = ("/_rels/", "/theme/", "/worksheets/", "/tablestyles", "/slidelayouts/", "/slidemasters/", "/glossary/")
_PARAGRAPHS = frozenset({"p", "si", "is", "comment", "text", "tx", "pt", "cm"})
_TEXTS = frozenset({"t", "text", "v"})
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
}
_MOST_PICTURES = 200
_MOST_PICTURE = 50 * 1024**2
_MOST_PART = 200 * 1024**2


def read_ooxml(path: Path) -> str:
    """Raises OSError or ValueError where the container cannot be read."""
    lines: list[str] = []
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.file_size > _MOST_PART:
                continue
            if _holds_text(info.filename):
                lines += _part(archive.read(info))
            elif _is_chunk(info.filename):
                lines.append(_chunk(archive.read(info)))
    return tidy("\n".join(lines))


def stored_pictures(path: Path) -> tuple[Embedded, ...]:
    """The pictures that the container holds, whether or not somebody finds where they are shown."""
    found: list[Embedded] = []
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            kind = _PICTURES.get(posixpath.splitext(info.filename)[1].lower())
            if kind and "/media/" in info.filename and len(found) < _MOST_PICTURES and info.file_size < _MOST_PICTURE:
                found.append(Embedded(posixpath.basename(info.filename), 0, archive.read(info), kind))
    return tuple(found)


def _holds_text(name: str) -> bool:
    low = name.lower()
    stem = posixpath.basename(low).partition(".")[0]
    return (
        low.endswith(".xml")
        and low.startswith(_FOLDERS)
        and stem not in _SKIPPED
        and not any(n in low for n in _NO_TEXT)
    )


def _is_chunk(name: str) -> bool:
    """A whole document of another format, which Word shows as part of this one (altChunk)."""
    return name.lower().startswith("word/") and name.lower().endswith((".htm", ".html", ".xhtml", ".mht"))


def _chunk(raw: bytes) -> str:
    page = read_html(raw)
    return page if raw.lstrip()[:1] == b"<" else "\n".join(read_eml(raw).bodies) or page


def _part(raw: bytes) -> list[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=True)
    root: etree._Element | None = etree.fromstring(raw, parser)
    if root is None:
        return []
    return [*_paragraphs(root), *_deletions(root), *_descriptions(root)]


def _paragraphs(root: etree._Element) -> Iterator[str]:
    """One line for each paragraph, in which those inside it (text boxes) have their own."""
    open_lines: list[list[str]] = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        name = local_name(node)
        if name in _PARAGRAPHS and (len(node) or name != "text"):
            if event == "start":
                open_lines.append([])
            elif open_lines:
                yield "".join(open_lines.pop())
        elif event == "start" and open_lines:
            open_lines[-1].append((node.text or "") if name in _TEXTS else _BREAKS.get(name, ""))
        elif event == "start" and name in _TEXTS and node.text:
            yield node.text


def _deletions(root: etree._Element) -> Iterator[str]:
    for node in root.iter():
        if local_name(node) == "del":
            text = "".join(each.text or "" for each in node.iter() if local_name(each) == "delText").strip()
            if text:
                yield f"{DELETED}: {text}"


def _descriptions(root: etree._Element) -> Iterator[str]:
    for node in root.iter():
        if local_name(node) in {"docPr", "cNvPr"}:
            yield from (f"{DESCRIBED}: {v}" for key in ("descr", "title") if (v := (node.get(key) or "").strip()))
        elif local_name(node) in {"shape", "imagedata"}:
            yield from (f"{DESCRIBED}: {v}" for key in ("alt",) if (v := (node.get(key) or "").strip()))
