"""What an XFA form shows: the page of such a PDF often says no more than "please wait". Worker process only.

The form is XML in the PDF: `template` holds captions, fixed texts, defaults and lists of choices, `datasets` what was
filled in (XFA 3.3, parts 2 and 4). Both are written out as lines, "caption: value".
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from lxml import etree

from casefile.errors import DocumentFault, Reason
from casefile.wording import caused
from indexer.extract.markup import tidy

_MOST_PACKETS = 100
_MOST_BYTES = 50_000_000
_DECLARATION = re.compile(rb"<\?xml[^>]*\?>")
_FIXED = frozenset({"draw", "field", "exclGroup", "subform"})


def xfa_text(document: pypdfium2.PdfDocument) -> str:
    """The form's text, "" where the PDF has none. Raises DocumentFault `form_not_read` where its XML is damaged."""
    raw = b"".join(_DECLARATION.sub(b"", packet) for packet in _packets(document))
    if not raw.strip():
        return ""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, recover=True)
    try:
        root = etree.fromstring(b"<form>" + raw + b"</form>", parser)
    except etree.XMLSyntaxError as error:
        detail = caused("Das XFA-Formular ist nicht lesbar", error.msg)
        raise DocumentFault(Reason.FORM_NOT_READ, detail) from error
    if root is None:
        raise DocumentFault(Reason.FORM_NOT_READ, "Das XFA-Formular ist nicht lesbar")
    return tidy("\n".join(_lines(root)))


def _packets(document: pypdfium2.PdfDocument) -> Iterator[bytes]:
    """The form's parts in their order, however the file divides it."""
    size = ctypes.c_ulong()
    for index in range(min(max(0, pdfium.FPDF_GetXFAPacketCount(document.raw)), _MOST_PACKETS)):
        if not pdfium.FPDF_GetXFAPacketContent(document.raw, index, None, 0, size):
            continue
        if size.value > _MOST_BYTES:
            raise DocumentFault(Reason.FORM_NOT_READ, f"XFA-Formular mit mehr als {_MOST_BYTES // 10**6} MB")
        buffer = ctypes.create_string_buffer(size.value)
        if pdfium.FPDF_GetXFAPacketContent(document.raw, index, buffer, size.value, size):
            yield buffer.raw


def _lines(root: etree._Element) -> Iterator[str]:
    template = next((e for e in root.iter() if _name(e) == "template"), None)
    captions: dict[str, str] = {}
    shown: dict[str, dict[str, str]] = {}
    if template is not None:
        for element in template.iter():
            if _name(element) in _FIXED:
                _note_field(element, captions, shown)
        yield from _fixed_texts(template)
    for data in (e for e in root.iter() if _name(e) == "datasets"):
        yield from _filled_in(data, captions, shown)


def _note_field(element: etree._Element, captions: dict[str, str], shown: dict[str, dict[str, str]]) -> None:
    """The caption of a named field, and what its choices show for what they store."""
    name = element.get("name") or ""
    caption = next((_text(child) for child in element if _name(child) == "caption"), "")
    if name and caption:
        captions.setdefault(name, caption)
    lists = [[_text(item) for item in child] for child in element if _name(child) == "items"]
    if name and len(lists) == 2:
        labels, values = sorted(lists, key=lambda items: _is_stored(element, lists.index(items)))
        shown[name] = dict(zip(values, labels, strict=False))


def _is_stored(element: etree._Element, index: int) -> bool:
    lists = [child for child in element if _name(child) == "items"]
    return lists[index].get("save") == "1"


def _fixed_texts(template: etree._Element) -> Iterator[str]:
    """Captions, fixed texts and defaults, in the order of the form."""
    for element in template.iter():
        if _name(element) in _FIXED:
            own = [_text(child) for child in element if _name(child) in {"caption", "value"}]
            line = " ".join(filter(None, own))
            if line:
                yield line


def _filled_in(
    data: etree._Element, captions: Mapping[str, str], shown: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    for element in data.iter():
        name = _name(element)
        value = tidy(element.text or "") if name and not _is_group(element) else ""
        if not value:
            continue
        label = captions.get(name, name)
        choice = shown.get(name, {}).get(value, "")
        yield f"{label}: {' '.join(dict.fromkeys(filter(None, (choice, value))))}"


def _is_group(element: etree._Element) -> bool:
    return any(_name(child) for child in element) and not (element.text or "").strip()


def _text(element: etree._Element) -> str:
    return tidy(" ".join(str(text) for text in element.itertext()))


def _name(element: Any) -> str:
    tag: object = element.tag  # a function for comments and processing instructions
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""
