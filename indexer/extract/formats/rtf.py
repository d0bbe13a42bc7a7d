"""RTF to text, also where it carries a mail's HTML ([MS-OXRTFEX]); sources: RTF Specification 1.9.1."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from indexer.extract.formats.html import html_text
from indexer.extract.markup import tidy

_TOKEN = re.compile(
    r"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9A-Fa-f]{2})|\\(?P<sign>[^A-Za-z])"
    r"|(?P<brace>[{}])|(?P<plain>[^\\{}\r\n]+)|[\r\n]+"
)
# Nothing in these groups is text of the document.
_SKIPPED = frozenset(
    {
        *(
            "colortbl",
            "stylesheet",
            "info",
            "pict",
            "objdata",
            "objclass",
            "fldinst",
            "themedata",
            "datastore",
            "filetbl",
        ),
        *("listtable", "listoverridetable", "rsidtbl", "generator", "xmlnstbl", "latentstyles", "revtbl", "mhtmltag"),
        *("bkmkstart", "bkmkend", "sp", "datafield", "colorschememapping", "mmathPr", "pgptbl", "falt", "panose"),
        *(
            "template",
            "xe",
            "tc",
            "nonesttables",
            "private",
            "userprops",
            "blipuid",
            "wgrffmtfilter",
            "ftnsep",
            "ftnsepc",
        ),
        *("aftnsep", "aftnsepc", "aftncn", "ftncn", "do", "background", "formfield", "atrfstart", "atrfend", "atndate"),
        *(
            "listlevel",
            "leveltext",
            "levelnumbers",
            "listname",
            "atnref",
            "atnid",
            "passwordhash",
            "operator",
            "hlinkbase",
            "docvar",
        ),
    }
)
# Starred groups ("may be ignored") that hold text all the same.
_STARRED_TEXT = frozenset({"annotation", "atnauthor", "shpinst", "shptxt", "footnote", "htmltag", "ud", "bkmkstart"})
_NOTES = frozenset({"footnote", "annotation"})
_APART = frozenset({"header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "shptxt"})
_BREAKS = {
    **dict.fromkeys(("par", "sect", "page", "row", "nestrow"), "\n"),
    **dict.fromkeys(("line", "column", "softline", "lbr"), "\n"),
    **dict.fromkeys(("tab", "cell", "nestcell"), "\t"),
}
_SIGNS = {
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
    "zwj": "",
    "zwnj": "",
}
_ESCAPES = {"~": "\u00a0", "_": "-", "-": "", "{": "{", "}": "}", "\\": "\\", "\n": "\n", "\r": "\n", "*": ""}
# \fcharset -> code page
_CHARSETS = {
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "gbk",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
_CODE_PAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850", "ansi": "cp1252"}


@dataclass(frozen=True)
class _Group:
    """What holds inside the braces. `skip_after`: characters that stand in for each \\u."""

    skipped: bool = False
    starred: bool = False
    fonts: bool = False
    in_tag: bool = False
    hidden: bool = False
    encoding: str = ""
    skip_after: int = 1
    closing: str = ""


def read_rtf(raw: bytes) -> str:
    """Footnotes and comments stand in brackets at their place; nothing of the layout is kept but lines and tabs."""
    reader = _Reader(raw.decode("latin-1"))
    text = reader.read().replace("\0", "")
    return html_text(text) if reader.holds_html else tidy(text)


@dataclass
class _Reader:
    source: str
    holds_html: bool = False
    _out: list[str] = field(default_factory=list)
    _bytes: bytearray = field(default_factory=bytearray)
    _group: _Group = field(default_factory=_Group)
    _outer: list[_Group] = field(default_factory=list)
    _default: str = "cp1252"
    _fonts: dict[int, str] = field(default_factory=dict)
    _font: int = -1
    _surrogate: int = 0
    _to_skip: int = 0

    def read(self) -> str:
        self.holds_html = "\\fromhtml1" in self.source[:2000]
        for token in self._tokens():
            self._take(token)
        self._flush()
        return "".join(self._out)

    def _tokens(self) -> Iterator[re.Match[str]]:
        """Binary data (\\bin) is passed over; a lone backslash at the end is no token."""
        position = 0
        while (token := _TOKEN.match(self.source, position)) is not None:
            position = token.end()
            if token["word"] == "bin":
                position += max(0, int(token["number"] or 0))
                continue
            yield token

    def _take(self, token: re.Match[str]) -> None:
        if token["brace"]:
            self._open() if token["brace"] == "{" else self._close()
        elif token["word"]:
            self._control(token["word"], token["number"])
        elif token["hex"]:
            self._hex(int(token["hex"], 16))
        elif token["sign"]:
            self._sign(token["sign"])
        elif token["plain"]:
            self._plain(token["plain"])

    def _open(self) -> None:
        self._flush()
        self._outer.append(self._group)
        self._group = replace(self._group, starred=False, closing="")

    def _close(self) -> None:
        self._flush()
        if not self._group.skipped:
            self._out.append(self._group.closing)
        if self._outer:
            self._group = self._outer.pop()
        self._to_skip = 0

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self._group = replace(self._group, starred=True)
        elif not self._stand_in(1):
            self._put(_ESCAPES.get(sign, ""))

    def _plain(self, text: str) -> None:
        skipped = min(self._to_skip, len(text))
        self._to_skip -= skipped
        text = text[skipped:]
        if text.isascii():
            self._put(text)
        else:
            for letter in text:
                self._byte(ord(letter))

    def _stand_in(self, characters: int) -> bool:
        """Whether this is what stands in for a \\u before it."""
        if self._to_skip <= 0:
            return False
        self._to_skip -= characters
        return True

    def _hex(self, value: int) -> None:
        if not self._stand_in(1):
            self._byte(value)

    def _byte(self, value: int) -> None:
        if not self._silent:
            self._bytes.append(value)

    def _put(self, text: str) -> None:
        self._flush()
        if not self._silent and text:
            self._out.append(text)

    @property
    def _silent(self) -> bool:
        group = self._group
        return group.skipped or group.fonts or (self.holds_html and group.hidden and not group.in_tag)

    def _flush(self) -> None:
        if self._bytes:
            encoding = self._group.encoding or self._fonts.get(self._font, "") or self._default
            self._out.append(bytes(self._bytes).decode(encoding, "replace"))
            self._bytes.clear()

    # --- control words

    def _control(self, word: str, number: str | None) -> None:
        if word == "u" and number is not None:
            self._unicode(int(number))
            return
        if (self._group.starred and word not in _STARRED_TEXT) or word in _SKIPPED:
            self._group = replace(self._group, skipped=True, starred=False)
            return
        self._group = replace(self._group, starred=False)
        if word in _BREAKS:
            self._put(_BREAKS[word])
        elif word in _SIGNS:
            self._put(_SIGNS[word])
        elif not self._destination(word):
            self._setting(word, number)

    def _destination(self, word: str) -> bool:
        if word in _NOTES:
            self._put(" [")
            self._group = replace(self._group, closing="] ")
        elif word in _APART:
            self._put("\n")
            self._group = replace(self._group, closing="\n")
        elif word == "atnauthor":
            self._put(" ")
            self._group = replace(self._group, closing=" ")
        elif word == "htmltag":
            self._group = replace(self._group, in_tag=True)
        elif word == "fonttbl":
            self._group = replace(self._group, fonts=True)
        else:
            return False
        return True

    def _setting(self, word: str, number: str | None) -> None:
        value = int(number or 0)
        if word == "uc":
            self._group = replace(self._group, skip_after=max(0, min(value, 10)))
        elif word == "htmlrtf":
            self._flush()
            self._group = replace(self._group, hidden=number != "0")
        elif word == "ansicpg":
            self._default = _known(f"cp{value}") or self._default
        elif word in _CODE_PAGES:
            self._default = _CODE_PAGES[word]
        elif word == "f":
            self._select_font(value)
        elif word == "fcharset" and self._group.fonts:
            self._fonts[self._font] = _CHARSETS.get(value, "")

    def _select_font(self, value: int) -> None:
        self._flush()
        self._font = value
        if not self._group.fonts:
            self._group = replace(self._group, encoding=self._fonts.get(value, ""))

    def _unicode(self, value: int) -> None:
        self._to_skip = 0
        code = value & 0xFFFF
        if 0xD800 <= code < 0xDC00:
            self._surrogate = code
        elif 0xDC00 <= code < 0xE000:
            if self._surrogate:
                self._put(chr(0x10000 + ((self._surrogate - 0xD800) << 10) + code - 0xDC00))
            self._surrogate = 0
        elif 0xF000 <= code < 0xF100:
            self._put(chr(code - 0xF000) if code > 0xF01F else " ")  # signs of a symbol font
        else:
            self._put(chr(code))
        self._to_skip = self._group.skip_after


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding.replace("cp65001", "utf-8").replace("cp10000", "mac_roman")).name
    except LookupError:
        return ""
