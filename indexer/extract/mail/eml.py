"""Internet messages (RFC 5322, MIME): every part's text, also where alternatives differ, and every attachment.

The standard library's parser takes a message apart (with its oldest policy: that one raises nothing); what each part
is, is decided here.
"""

from __future__ import annotations

import email
import io
import re
from collections.abc import Iterator
from email.generator import BytesGenerator
from email.message import Message
from email.utils import collapse_rfc2231_value

from indexer.extract.formats.calendar import read_calendar
from indexer.extract.formats.encoding import decode_text
from indexer.extract.formats.html import data_pictures, html_text, read_html
from indexer.extract.formats.rtf import read_rtf
from indexer.extract.formats.union import join_texts
from indexer.extract.mail.cms import unwrap
from indexer.extract.mail.header import decode_field, header_of
from indexer.extract.mail.inline import take_files, unflowed, without_pgp
from indexer.extract.mail.message import Collected, Mail, joined_alternatives
from indexer.extract.markup import tidy
from indexer.extract.result import Embedded

_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_CMS = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_CALENDARS = frozenset({"text/calendar", "text/x-vcalendar", "text/vcard", "text/x-vcard", "text/directory"})
_RTF = frozenset({"text/rtf", "application/rtf", "text/richtext-rtf"})
_MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})
_EMLX = re.compile(rb"\s*(\d{1,12})[ \t]*\r?\n")
_BEFORE = re.compile(rb"(?:\xef\xbb\xbf|\s|>?From [^\r\n]*\r?\n)+")
_CID = re.compile(r"""cid:([^"'\s>)]+)""", re.IGNORECASE)
_MIME_ENTITY = re.compile(
    rb"\s*(?:[A-Za-z][A-Za-z0-9-]*:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)*?(?:Content|MIME)-", re.I
)
_DEEPEST = 40


def read_eml(raw: bytes) -> Mail:
    return read_message(email.message_from_bytes(_trimmed(raw)))


def read_message(message: Message) -> Mail:
    reader = _Reader()
    bodies = [tidy(text) for text in reader.texts(message, 0)]
    distinct = tuple(dict.fromkeys(filter(None, bodies)))
    return Mail(header_of(message), distinct, tuple(reader.found.documents), tuple(reader.found.pictures))


def is_mime_entity(raw: bytes) -> bool:
    """Whether these bytes start with a header that names a content, as what is signed in a mail does."""
    return _MIME_ENTITY.match(raw[:20_000]) is not None


def _trimmed(raw: bytes) -> bytes:
    """Without what mail programs put before the header: Apple's count of bytes, a mailbox's line, blank lines."""
    size = _EMLX.match(raw)
    if size is not None:
        return raw[size.end() : size.end() + int(size.group(1))]
    before = _BEFORE.match(raw)
    return raw[before.end() :] if before else raw


class _Reader:
    def __init__(self) -> None:
        self.found = Collected()
        self._shown: set[str] = set()

    def texts(self, part: Message, depth: int) -> list[str]:
        """The part's texts in order; documents are collected on the way."""
        kind = part.get_content_type()
        payload = part.get_payload()
        if isinstance(payload, list) and kind.startswith("multipart/") and depth < _DEEPEST:
            return self._multipart(part, kind, depth)
        if kind.startswith("message/") and isinstance(payload, list):
            return self._inner_message(part, kind, depth)
        return self._single(part, kind, depth)

    def _multipart(self, part: Message, kind: str, depth: int) -> list[str]:
        children = [child for child in part.get_payload() if isinstance(child, Message)]
        if kind == "multipart/encrypted":
            self.found.add_encrypted("Verschlüsselter Inhalt", "PGP")
            return []
        self._note_shown(part)
        if kind == "multipart/alternative":
            forms = ["\n\n".join(map(tidy, self.texts(child, depth + 1))) for child in children]
            apart = [child.get_content_type() in _CALENDARS for child in children]
            written = [form for form, is_calendar in zip(forms, apart, strict=True) if not is_calendar]
            dates = [form for form, is_calendar in zip(forms, apart, strict=True) if is_calendar]
            return [join_texts(joined_alternatives(written), *dates)]
        texts = [text for child in children for text in self.texts(child, depth + 1)]
        return [*texts, _plain_lines(part.epilogue or "")]

    def _note_shown(self, part: Message) -> None:
        """Which pictures the HTML shows within itself; they may stand before it."""
        for child in part.walk():
            if child.get_content_type() == "text/html" and not child.is_multipart():
                self._shown.update(_CID.findall(decode_text(_content(child))))

    def _inner_message(self, part: Message, kind: str, depth: int) -> list[str]:
        inner = [child for child in part.get_payload() if isinstance(child, Message)]
        if kind == "message/partial":
            return self._piece(part, inner, depth)
        if kind not in _MESSAGES:  # reports of delivery: blocks of fields
            return [text for child in inner for text in _report(child)]
        raw = _message_bytes(part, inner)
        name = file_name(part) or header_of(email.message_from_bytes(raw)).subject[:150] or "Nachricht"
        self.found.add(name if name.lower().endswith(".eml") else f"{name}.eml", raw, "message/rfc822")
        return []

    def _piece(self, part: Message, inner: list[Message], depth: int) -> list[str]:
        """Of a message that was sent in pieces only the first one can be read, as far as it goes."""
        number = str(part.get_param("number", "?"))
        self.found.add_piece(number, str(part.get_param("total", "?")))
        return [text for child in inner for text in self.texts(child, depth + 1)] if number == "1" else []

    def _single(self, part: Message, kind: str, depth: int) -> list[str]:
        name, content = file_name(part), _content(part)
        if kind in _SIGNATURES:
            return []
        if kind == "message/external-body":
            self.found.add_linked(name, str(part.get_payload()))
            return []
        if kind in _CMS or name.lower().endswith(".p7m"):
            return self._container(name, content, kind, depth)
        attached = _disposition(part) == "attachment" or bool(name)
        if not attached and (kind.startswith(("text/", "multipart/", "message/")) or kind in _RTF):
            return self._text(part, kind, content)
        self._file(part, name, content, kind)
        return []

    def _file(self, part: Message, name: str, content: bytes, kind: str) -> None:
        identifier = (part.get("Content-ID") or "").strip().strip("<>")
        way = _disposition(part)
        placed = bool(part.get("Content-Location")) and way != "attachment"  # a saved page's own pictures
        shown = placed or (
            bool(identifier) and (way == "inline" or (identifier in self._shown and way != "attachment"))
        )
        if kind.startswith("image/") and shown and content:
            self.found.pictures.append(Embedded(name, 0, content, kind))
        elif content or name:
            self.found.add(name, content, kind)

    def _container(self, name: str, content: bytes, kind: str, depth: int) -> list[str]:
        inner = unwrap(content)
        if inner is not None and inner.encrypted:
            self.found.add_encrypted(name or "smime.p7m", "S/MIME")
        elif inner is not None and inner.content is not None and is_mime_entity(inner.content):
            entity = email.message_from_bytes(inner.content)
            return [header_of(entity).text(), *self.texts(entity, depth + 1)]
        elif content:
            self.found.add(name or "smime.p7m", content, kind)
        return []

    def _text(self, part: Message, kind: str, content: bytes) -> list[str]:
        declared = (_charset(part),)
        if kind == "text/html":
            found = enumerate(data_pictures(content))
            self.found.pictures += [Embedded(f"bild-{n + 1}", 0, raw, shown) for n, (shown, raw) in found]
            return [read_html(content, declared)]
        if kind in _CALENDARS:
            return [read_calendar(content, declared)]
        if kind in _RTF or content.startswith(b"{\\rtf"):
            return [read_rtf(content)]
        text = decode_text(content, declared)
        if kind in {"text/enriched", "text/richtext"}:
            return [html_text(text.replace("<<", "&lt;"))]
        return [self._plain(part, text)]

    def _plain(self, part: Message, text: str) -> str:
        if str(part.get_param("format", "")).lower() == "flowed":
            text = unflowed(text, str(part.get_param("delsp", "")).lower() == "yes")
        text, files = take_files(text.replace("\r\n", "\n"))
        for name, content in files:
            self.found.add(name, content, "application/octet-stream")
        text, encrypted = without_pgp(text)
        if encrypted:
            self.found.add_encrypted("Verschlüsselter Inhalt", "PGP")
        return text


def _report(message: Message) -> Iterator[str]:
    yield "\n".join(f"{name}: {decode_field(str(value))}" for name, value in message.raw_items())
    if not message.is_multipart():
        yield decode_text(_content(message), (_charset(message),))


def file_name(part: Message) -> str:
    """The attachment's name, whatever way it is written; "" where it has none."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        value = _parameter(part, header, parameter)
        if value:
            return value
    return ""


def _parameter(part: Message, header: str, parameter: str) -> str:
    """Parsed from the decoded line: the standard library gives up at raw bytes in it."""
    for name, value in part.raw_items():
        if name.lower() == header:
            line = str(value)
            whole = Message()
            whole[header] = line if line.isascii() else decode_field(line)
            found = whole.get_param(parameter, header=header)
            if isinstance(found, tuple):
                return decode_field(collapse_rfc2231_value(found))
            return decode_field(str(found)) if found else ""
    return ""


def _disposition(part: Message) -> str:
    return str(part.get("Content-Disposition") or "").partition(";")[0].strip().lower()


def _charset(part: Message) -> str:
    return _parameter(part, "content-type", "charset")


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _message_bytes(part: Message, inner: list[Message]) -> bytes:
    """The attached message as it was sent; also where, against the rules, it is encoded as a whole."""
    coding = str(part.get("Content-Transfer-Encoding") or "").strip().lower()
    raw = written(inner[0]) if inner else b""
    if inner and coding in {"base64", "quoted-printable"} and not inner[0].keys():
        carrier = Message()
        carrier["Content-Transfer-Encoding"] = coding
        carrier.set_payload(raw.lstrip(b"\r\n").decode("ascii", "surrogateescape"))
        raw = _content(carrier) or raw
    return raw


def written(message: Message) -> bytes:
    """The message as bytes again, no line of it folded anew."""
    out = io.BytesIO()
    BytesGenerator(out, mangle_from_=False, maxheaderlen=0).flatten(message)
    return out.getvalue()


def _plain_lines(text: str) -> str:
    """What follows the last part: mostly nothing, sometimes a mailing list's footer."""
    return decode_field(text) if text.strip() else ""
