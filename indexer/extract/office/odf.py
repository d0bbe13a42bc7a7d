"""A second look into OpenDocument files (ODT, ODS, ODP, also as one XML file): paragraphs, deletions, descriptions."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from indexer.extract.markup import local_name, tidy
from indexer.extract.office.ooxml import DELETED, DESCRIBED

_PARTS = ("content.xml", "styles.xml")
_PARAGRAPHS = frozenset({"p", "h"})
_APART = frozenset({"annotation", "note", "deletion"})
_MOST_PART = 200 * 1024**2


def read_odf(path: Path) -> str:
    """Raises OSError or ValueError where the container cannot be read."""
    if not zipfile.is_zipfile(path):
        return tidy("\n".join(_part(path.read_bytes())))
    lines: list[str] = []
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.filename.rpartition("/")[2] in _PARTS and info.file_size <= _MOST_PART:
                lines += _part(archive.read(info))
    return tidy("\n".join(lines))


def _part(raw: bytes) -> Iterator[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=True)
    root: etree._Element | None = etree.fromstring(raw, parser)
    if root is None:
        return
    for node in root.iter():
        name = local_name(node)
        if name in _PARAGRAPHS:
            text = _paragraph(node)
            yield f"{DELETED}: {text}" if _is_deleted(node) and text else text
        elif name in {"title", "desc"} and "svg" in str(node.tag):
            yield f"{DESCRIBED}: {''.join(map(str, node.itertext())).strip()}"


def _is_deleted(node: etree._Element) -> bool:
    parent = node.getparent()
    return parent is not None and local_name(parent) == "deletion"


def _paragraph(paragraph: etree._Element) -> str:
    """Without the paragraphs of notes and comments inside it, which come by themselves."""
    parts: list[str] = []
    apart = 0
    for event, node in etree.iterwalk(paragraph, events=("start", "end")):
        name = local_name(node)
        if event == "start":
            apart += name in _APART
            if not apart:
                parts.append({"tab": "\t", "line-break": "\n", "s": " "}.get(name, ""))
                parts.append((node.text or "") if name else "")
        else:
            apart -= name in _APART
            if not apart and node is not paragraph:
                parts.append(node.tail or "")
    return "".join(parts).strip()
