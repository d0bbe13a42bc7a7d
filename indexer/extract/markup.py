"""Marked-up text (XHTML, HTML) to plain text: paragraphs, lines, and table rows with tabs."""

from __future__ import annotations

import re
import unicodedata

from lxml import etree

from casefile.text.edits import edited
from casefile.text.spacing import wide_run_edits

_SKIPPED = frozenset({"head", "script", "style", "title"})
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "dl", "blockquote", "pre"})
_LINES = frozenset(
    {
        *(
            "div",
            "tr",
            "li",
            "dt",
            "dd",
            "address",
            "section",
            "article",
            "header",
            "footer",
            "caption",
            "hr",
            "center",
        ),
        *(
            "main",
            "nav",
            "aside",
            "figure",
            "figcaption",
            "details",
            "summary",
            "noscript",
            "form",
            "fieldset",
            "legend",
        ),
        *("option", "optgroup", "select", "textarea", "button"),
    }
)
_CELLS = frozenset({"td", "th"})
_INDENT = re.compile(r"\n[ \t]+")
_PARAGRAPH, _LINE = "\n\n", "\n"


def element_text(element: etree._Element, skip_classes: frozenset[str] = frozenset()) -> str:
    """The element's text, without elements of some classes."""
    return _Writer(skip_classes).text(element)


def local_name(element: etree._Element) -> str:
    """Without the namespace; "" for comments and processing instructions."""
    tag: object = element.tag  # a function for comments and processing instructions
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


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
            name = local_name(node)
            hidden = not name or name in _SKIPPED or (node.get("class") or "") in self._skip
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


_WITHOUT_WIDTH = re.compile("[\u200b\u200c\u2060\ufeff]|\u00ad(?![^\\S\\n]{0,8}\\n)")
_SPACES = re.compile(r"[^\S\n\t]+")


def tidy(text: str) -> str:
    """One kind of blank, no blanks at line ends, at most one empty line; signs without width go.

    A soft hyphen at a line's end stays. Spaced letters are joined where wider blanks tell their words apart, because
    afterwards nothing does.
    Composed to NFC, as questions are: the engine's analysers would keep "u\u0308" and "ü" apart.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    text = _WITHOUT_WIDTH.sub("", text)
    text = unicodedata.normalize("NFC", text)
    text = edited(text, wide_run_edits(text))
    text = _SPACES.sub(" ", text)
    text = re.sub(r" *\t *", "\t", text)
    text = re.sub(r"[ \t]+\n", "\n", text)
    text = re.sub(r"\n +", "\n", text)
    text = re.sub(r"\n{3,}", "\n\n", text)
    return text.strip()


_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


def fold_ligatures(text: str) -> str:
    """One sign for several letters becomes the letters; for texts without boxes, whose words have no place to keep."""
    return text.translate(_LIGATURES)
