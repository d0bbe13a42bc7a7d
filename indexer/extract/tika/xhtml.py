"""From Tika's XHTML to plain text: paragraphs, table rows with tabs, and a PDF's pages one by one."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

from lxml import etree

from casefile.errors import DocumentFault, Reason
from casefile.wording import caused

_SKIPPED = frozenset({"head", "script", "style", "title"})
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "dl", "blockquote", "pre"})
_LINES = frozenset({"div", "tr", "li", "dt", "dd", "address", "section", "article", "header", "footer", "caption"})
_CELLS = frozenset({"td", "th"})
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:[0-8]|1[124-9]|2\d|3[01]);")
_HEAD = re.compile(r"<head>.*?</head>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_LEAST_READ = 0.99
_INDENT = re.compile(r"\n[ \t]+")
_PARAGRAPH, _LINE = "\n\n", "\n"


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
        if len(body) and _name(body[0]) == name:
            del body[0]
    return _Writer(skip_classes).text(body)


def pdf_text(xhtml: str) -> PdfText:
    if not xhtml.strip():
        return PdfText((), "")
    body = _body(parse(xhtml))
    pages = [element for element in body if _class(element) == "page"]
    forms = [e for e in body if _class(e) in {"acroform", "xfa_form", "xfa"}]
    return PdfText(
        tuple(_Writer(frozenset()).text(page) for page in pages),
        "\n".join(filter(None, (_Writer(frozenset()).text(form) for form in forms))),
    )


def _body(root: etree._Element) -> etree._Element:
    for element in root:
        if _name(element) == "body":
            return element
    return root


def _name(element: etree._Element) -> str:
    tag: object = element.tag  # a function for comments and processing instructions
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def _class(element: etree._Element) -> str:
    return element.get("class") or ""


class _Writer:
    """Collects text and the strongest separator due before the next piece of it.

    A cell ends with a tab, a row with a newline, a paragraph with an empty line; inside a cell all of them are blanks.
    Walks without recursion: a hostile file nests deeper than Python does.
    """

    def __init__(self, skip_classes: frozenset[str]) -> None:
        self._skip = skip_classes
        self._parts: list[str] = []
        self._due = ""
        self._cells = 0

    def text(self, element: etree._Element) -> str:
        skipping = 0
        for event, node in etree.iterwalk(element, events=("start", "end")):
            name = _name(node)
            hidden = not name or name in _SKIPPED or _class(node) in self._skip
            if event == "start":
                skipping += hidden
                if not skipping:
                    self._break(name)
                    self._cells += name in _CELLS
                    self._add(node.text)
                continue
            if not skipping:
                self._close(name)
            skipping -= hidden
            if not skipping and node is not element:
                self._add(node.tail)
        return tidy("".join(self._parts))

    def _close(self, name: str) -> None:
        if name in _CELLS:
            self._cells -= 1
            if not self._cells:
                self._parts.append("\t")
                self._due = ""
                return
        self._break(name)

    def _break(self, name: str) -> None:
        if self._cells:
            separator = " " if name in _PARAGRAPHS or name in _LINES or name == "br" else ""
        else:
            separator = _PARAGRAPH if name in _PARAGRAPHS else _LINE if name in _LINES or name == "br" else ""
        if len(separator) > len(self._due) or (separator == _LINE and self._due == " "):
            self._due = separator

    def _add(self, text: str | None) -> None:
        if not text:
            return
        if text.strip():
            self._parts += [self._due if self._parts else "", _INDENT.sub("\n", text)]
            self._due = ""
        elif self._parts and not self._due and not self._parts[-1][-1:].isspace():
            self._parts.append(" ")  # layout of the XHTML itself, or the blank between two inline elements


_SPACES = re.compile(r"[^\S\n\t]+")


def tidy(text: str) -> str:
    """One kind of blank, no blanks at line ends, at most one empty line; soft hyphens and zero-width marks go.

    Composed to NFC, as questions are: the engine's analysers would keep "u\u0308" and "ü" apart.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    text = re.sub("[\u00ad\u200b\u200c\u2060\ufeff]", "", text)
    text = unicodedata.normalize("NFC", text)
    text = _SPACES.sub(" ", text)
    text = re.sub(r" *\t *", "\t", text)
    text = re.sub(r"[ \t]+\n", "\n", text)
    text = re.sub(r"\n +", "\n", text)
    text = re.sub(r"\n{3,}", "\n\n", text)
    return text.strip()
