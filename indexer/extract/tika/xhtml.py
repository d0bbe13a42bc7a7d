"""Tika's XHTML: sound or mended, as one text or a PDF's pages one by one."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from lxml import etree

from casefile.errors import DocumentFault, Reason
from casefile.wording import caused
from indexer.extract.markup import element_text, local_name

_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:[0-8]|1[124-9]|2\d|3[01]);")
_HEAD = re.compile(r"<head>.*?</head>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_LEAST_READ = 0.99


@dataclass(frozen=True)
class PdfText:
    """A PDF's text by page, and what Tika gives outside any page (form data, bookmarks)."""

    pages: tuple[str, ...]
    form: str


def parse(xhtml: str) -> etree._Element:
    """Tika's XHTML is sound but for rare bugs (nested links, broken forms); then it is read as far as nothing is lost.

    No entity is ever resolved. Raises DocumentFault `corrupt` where a part of the text cannot be reached.
    """
    cleaned = _UNWANTED.sub(" ", xhtml).encode("utf-8", "replace")
    try:
        return etree.fromstring(cleaned, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        message = error.msg
    shown = _letters(html.unescape(_TAG.sub(" ", _HEAD.sub(" ", xhtml)))) * _LEAST_READ
    for parser in (
        etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=True),
        etree.HTMLParser(no_network=True, huge_tree=True),
    ):
        root: etree._Element | None = etree.fromstring(cleaned, parser)
        if root is not None and _letters(str(etree.tostring(_body(root), method="text", encoding="unicode"))) >= shown:
            return root
    raise DocumentFault(Reason.CORRUPT, caused("Die Antwort von Tika ist nicht lesbar", message))


def _letters(text: str) -> int:
    return sum(c.isalnum() for c in text)


def body_text(xhtml: str, skip_classes: frozenset[str] = frozenset(), skip_first: tuple[str, ...] = ()) -> str:
    """The whole body as clean text, without elements of some classes and without its first elements `skip_first`."""
    if not xhtml.strip():
        return ""
    body = _body(parse(xhtml))
    for name in skip_first:
        if len(body) and local_name(body[0]) == name:
            _remove(body, body[0])
    return element_text(body, skip_classes)


def _remove(parent: etree._Element, first: etree._Element) -> None:
    """Take the first child out; the text behind it, which lxml hangs on it, stays."""
    parent.text = f"{parent.text or ''}{first.tail or ''}"
    parent.remove(first)


def pdf_text(xhtml: str) -> PdfText:
    if not xhtml.strip():
        return PdfText((), "")
    body = _body(parse(xhtml))
    pages = [element for element in body if _class(element) == "page"]
    forms = [e for e in body if _class(e) in {"acroform", "xfa_form", "xfa"}]
    return PdfText(
        tuple(element_text(page) for page in pages),
        "\n".join(filter(None, (element_text(form) for form in forms))),
    )


def _body(root: etree._Element) -> etree._Element:
    for element in root:
        if local_name(element) == "body":
            return element
    return root


def _class(element: etree._Element) -> str:
    return element.get("class") or ""
