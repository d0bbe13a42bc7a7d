"""XML without a reader of its own (specialist procedures' exports): text of the elements and values of attributes."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from indexer.extract.formats.encoding import decode_text
from indexer.extract.formats.union import words_of
from indexer.extract.markup import local_name, tidy

_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}"
# Office formats in one XML file: their attributes are layout.
_LAYOUT = ("schemas.microsoft.com/office/word", "urn:schemas-microsoft-com:office", "opendocument:xmlns:office")


def read_xml(raw: bytes) -> str:
    """One line for each piece of text and each attribute, in the document's order. No entity is ever resolved."""
    root = _parse(raw)
    if root is None:
        return ""
    # Mixed content ("ein <b>fettes</b> Wort") is right without breaks, a record of fields is right with them.
    lines = tidy("\n".join(filter(None, _lines(root))))
    known = words_of(lines)
    mixed = [line for line in _mixed(root) if words_of(line) - known]
    return "\n\n".join(filter(None, (lines, tidy("\n".join(mixed)))))


def _parse(raw: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=True)
    try:
        strict = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        return etree.fromstring(raw, strict)
    except (etree.XMLSyntaxError, LookupError, ValueError):
        text = decode_text(raw).partition("?>")
        cleaned = (text[2] or text[0]) if text[0].lstrip("\ufeff \n\r\t").startswith("<?xml") else "".join(text)
        try:
            root: etree._Element | None = etree.fromstring(cleaned.encode("utf-8", "replace"), parser)
        except etree.LxmlError:
            return None
        return root


def _lines(root: etree._Element) -> Iterator[str]:
    layout = any(mark in str(uri) for uri in root.nsmap.values() for mark in _LAYOUT)
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if not local_name(node):
            if event == "end":
                yield _flat(node.tail)
        elif event == "start":
            if not layout:
                yield from (_flat(value) for name, value in node.attrib.items() if not str(name).startswith(_SCHEMA))
            yield _flat(node.text)
        else:
            yield _flat(node.tail)


def _mixed(root: etree._Element) -> Iterator[str]:
    """Elements with text beside child elements, as one line each."""
    for node in root.iter():
        if local_name(node) and len(node) and any((child.tail or "").strip() for child in node):
            yield _flat("".join(map(str, node.itertext())))


def _flat(text: str | bytes | None) -> str:
    return " ".join(str(text).split()) if text else ""
