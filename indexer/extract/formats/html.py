"""HTML to text: what is shown, and what stands in attributes only (descriptions of pictures, values of fields)."""

from __future__ import annotations

import binascii
import html
import re
from collections.abc import Iterator

from lxml import etree

from indexer.extract.formats.encoding import decode_text
from indexer.extract.formats.union import join_texts, missing_lines
from indexer.extract.markup import element_text, local_name, tidy

_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE
)
_DECLARED_WITHIN = 8192
_SPOKEN = ("alt", "title", "placeholder", "aria-label", "label", "summary")
_META = frozenset({"description", "keywords", "author", "subject", "title"})
_VALUES = frozenset({"", "text", "search", "email", "tel", "url", "number", "date", "button", "submit", "reset"})
_PICTURE_NAME = re.compile(r"[\w.-]{1,80}\.(?:png|gif|jpe?g|bmp|svg|webp)", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_UNSHOWN = re.compile(r"<(script|style|head|title)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LEAST_READ = 0.95
_DATA = re.compile(rb"""data:(image/[\w.+-]{1,40});base64,\s*([A-Za-z0-9+/\s%]{80,}={0,2})""")
_KEEPS_BLANKS = frozenset({"pre", "textarea", "listing", "xmp"})


def read_html(raw: bytes, declared: tuple[str, ...] = ()) -> str:
    """`declared`: encodings named outside the document (the mail part's); they go before the document's own word."""
    named = _DECLARED.search(raw[:_DECLARED_WITHIN])
    own = (named.group(1).decode("ascii"),) if named else ()
    return html_text(decode_text(raw, (*declared, *own)))


def html_text(markup: str) -> str:
    """Text of a page or of a piece of one; what the parser cannot reach is taken from behind the tags."""
    root = _parse(_CONTROLS.sub(" ", markup))
    if root is None:
        return ""
    attributes = tidy("\n".join(_attributes(root)))
    _collapse(root)
    text = element_text(root)
    title = tidy(" ".join(t for e in root.iter("title") if (t := "".join(map(str, e.itertext())).strip())))
    if _letters(text) < _letters(shown := tidy(html.unescape(_TAG.sub(" ", _UNSHOWN.sub(" ", markup))))) * _LEAST_READ:
        text = join_texts(text, shown)
    whole = "\n\n".join(filter(None, (missing_lines(text, title), text)))
    return join_texts(whole, attributes)


def data_pictures(raw: bytes) -> list[tuple[str, bytes]]:
    """Type and bytes of the pictures that are written into the page itself."""
    found = []
    for kind, packed in _DATA.findall(raw):
        try:
            found.append((kind.decode("ascii").lower(), binascii.a2b_base64(re.sub(rb"\s+|%0[AaDd]", b"", packed))))
        except binascii.Error:
            continue
    return found


def _parse(markup: str) -> etree._Element | None:
    raw = markup.encode("utf-8", "replace")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root: etree._Element | None = etree.fromstring(raw, parser)
    except etree.LxmlError:  # nothing but blanks and comments
        return None
    return root


def _attributes(root: etree._Element) -> Iterator[str]:
    for element in root.iter():
        name = local_name(element)
        values = [element.get(key) for key in _SPOKEN]
        if name == "meta" and (element.get("name") or "").lower() in _META:
            values.append(element.get("content"))
        elif name == "input" and (element.get("type") or "").lower() in _VALUES:
            values.append(element.get("value"))
        elif name == "a" and (element.get("href") or "").lower().startswith(("mailto:", "tel:")):
            values.append((element.get("href") or "").partition(":")[2].partition("?")[0])
        elif name == "iframe" and element.get("srcdoc"):
            values.append(html.unescape(_TAG.sub(" ", element.get("srcdoc") or "")))
        yield from (_BLANKS.sub(" ", v) for v in values if v and v.strip() and not _PICTURE_NAME.fullmatch(v.strip()))


def _collapse(root: etree._Element) -> None:
    """Line ends of the source are blanks, but where the page says that they count."""
    kept = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        keeps = local_name(node) in _KEEPS_BLANKS
        if event == "start":
            kept += keeps
            if node.text and not kept:
                node.text = _BLANKS.sub(" ", node.text)
            continue
        kept -= keeps
        if node.tail and not kept:
            node.tail = _BLANKS.sub(" ", node.tail)


def _letters(text: str) -> int:
    return sum(c.isalnum() for c in text)
