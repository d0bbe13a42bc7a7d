"""Outlook's properties (MAPI, [MS-OXPROPS]) as an internet message, so that all mails are read in one way.

Outlook's files, TNEF and mailboxes hold the same properties in different cases; here they become one message with all
forms of the body and every attachment.
"""

from __future__ import annotations

import base64
import contextlib
import email
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import format_datetime

import compressed_rtf

from indexer.extract.formats.encoding import decode_text

Value = str | bytes | int | datetime
Properties = Mapping[int, Value]

SUBJECT, CLASS, HEADERS, BODY, HTML, RTF = 0x0037, 0x001A, 0x007D, 0x1000, 0x1013, 0x1009
MESSAGE_ID, IN_REPLY_TO, REPLY_NAMES = 0x1035, 0x1042, 0x0050
SENT, DELIVERED, CREATED = 0x0039, 0x0E06, 0x3007
DISPLAY_NAME, ADDRESS, SMTP_ADDRESS, RECIPIENT_TYPE = 0x3001, 0x3003, 0x39FE, 0x0C15
MESSAGE_CODE_PAGE, INTERNET_CODE_PAGE = 0x3FFD, 0x3FDE
ATTACH_DATA, ATTACH_METHOD, ATTACH_LONG_NAME, ATTACH_NAME = 0x3701, 0x3705, 0x3707, 0x3704
ATTACH_TYPE, ATTACH_CONTENT_ID, ATTACH_PATH = 0x370E, 0x3712, 0x3708
_SENDERS = ((0x0042, (0x5D02, 0x0065)), (0x0C1A, (0x5D01, 0x0C1F)))
# Receipts and reports name only the message that they are about.
_SUBJECTS = (SUBJECT, 0x0E1D, 0x0049, 0x0070)
_REPORT_TEXT = 0x1001
_DISPLAYED = {1: 0x0E04, 2: 0x0E03, 3: 0x0E02}
_FIELDS = {1: "To", 2: "Cc", 3: "Bcc"}
BY_REFERENCE = frozenset({2, 3, 4, 7})
MOST_RTF = 100 * 1024**2
_MAIL_CLASSES = ("IPM.NOTE", "REPORT", "IPM.SCHEDULE", "IPM.OUTLOOK.RECALL", "IPM.RECALL", "IPM.POST")
# Of contacts, appointments and tasks everything that is text says something, but for what serves programs.
_TECHNICAL = frozenset(
    {
        *(SUBJECT, CLASS, HEADERS, BODY, HTML, RTF, MESSAGE_ID, IN_REPLY_TO, 0x0E1D, 0x0070, 0x003D, 0x3FF8, 0x3FFA),
        *(0x0064, 0x0075, 0x0077, 0x0C1E, 0x3002, 0x0E28, 0x0E29, 0x4022, 0x4023, 0x4024, 0x4025, 0x4038, 0x4039),
        *(0x6619, 0x6662, 0x663A, 0x001D, 0x300B, 0x5D0A, 0x5D0B, 0x0FF9, 0x3604, 0x3613),
    }
)


@dataclass(frozen=True)
class MapiAttachment:
    """`content`: bytes, or a message; `path`: where a file lies that is only linked."""

    name: str
    content: bytes | Message
    media_type: str = ""
    content_id: str = ""
    path: str = ""


def moment(filetime: int) -> datetime | None:
    """From units of 100 ns since 1601."""
    try:
        return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=filetime // 10)
    except OverflowError:
        return None


def code_page(properties: Properties, key: int = MESSAGE_CODE_PAGE) -> str:
    value = properties.get(key)
    return {65001: "utf-8", 20127: "cp1252"}.get(value, f"cp{value}") if isinstance(value, int) and value else ""


def attachment_of(properties: Properties, content: bytes | Message) -> MapiAttachment:
    linked = properties.get(ATTACH_METHOD) in BY_REFERENCE and not content
    return MapiAttachment(
        name=text_of(properties, ATTACH_LONG_NAME)
        or text_of(properties, ATTACH_NAME)
        or text_of(properties, DISPLAY_NAME),
        content=content,
        media_type=text_of(properties, ATTACH_TYPE),
        content_id=text_of(properties, ATTACH_CONTENT_ID),
        path=text_of(properties, 0x370D) or text_of(properties, ATTACH_PATH) if linked else "",
    )


def to_message(
    properties: Properties,
    recipients: Sequence[Properties] = (),
    attachments: Sequence[MapiAttachment] = (),
    keywords: Sequence[str] = (),
) -> Message:
    """All forms of the body as alternatives; the boundaries depend on the content alone."""
    message = Message()
    _put_header(message, properties, recipients)
    if keywords:
        message["Keywords"] = _encoded(", ".join(keywords))
    bodies = _bodies(properties)
    parts = [_multipart("alternative", bodies)] if len(bodies) > 1 else bodies
    fields = _further_texts(properties)
    parts += [_text(fields, "plain")] if fields else []
    parts += [_attached(attachment) for attachment in attachments]
    _fill(message, "mixed", parts)
    return message


def text_of(properties: Properties, key: int) -> str:
    value = properties.get(key, "")
    if isinstance(value, bytes):
        value = decode_text(value.rstrip(b"\0"))
    return value.strip("\0 \r\n\t") if isinstance(value, str) else ""


def _first(properties: Properties, keys: Sequence[int]) -> str:
    return next((text for key in keys if (text := text_of(properties, key))), "")


# --- header


def _put_header(message: Message, properties: Properties, recipients: Sequence[Properties]) -> None:
    values = [("From", _sender(properties)), ("Subject", _first(properties, _SUBJECTS))]
    values += [(field, _people(properties, recipients, kind)) for kind, field in _FIELDS.items()]
    sent = next((v for key in (SENT, DELIVERED, CREATED) if isinstance(v := properties.get(key), datetime)), None)
    values += [
        ("Date", format_datetime(sent) if sent else ""),
        ("Reply-To", text_of(properties, REPLY_NAMES)),
        ("Message-ID", text_of(properties, MESSAGE_ID)),
        ("In-Reply-To", text_of(properties, IN_REPLY_TO)),
    ]
    for name, value in values:
        if value:
            message[name] = _encoded(value)


def _sender(properties: Properties) -> str:
    found = []
    for name, addresses in _SENDERS:
        person = _person(text_of(properties, name), [text_of(properties, key) for key in addresses])
        if person and person not in found:
            found.append(person)
    return ", ".join(found)


def _people(properties: Properties, recipients: Sequence[Properties], kind: int) -> str:
    people = [
        _person(text_of(r, DISPLAY_NAME), [text_of(r, SMTP_ADDRESS), text_of(r, ADDRESS)])
        for r in recipients
        if (r.get(RECIPIENT_TYPE, 1) or 1) == kind
    ]
    listed = ", ".join(filter(None, people))
    shown = [name.strip() for name in text_of(properties, _DISPLAYED[kind]).split(";")]
    return ", ".join(filter(None, (listed, *(name for name in shown if name and name.strip("'") not in listed))))


def _person(name: str, addresses: Sequence[str]) -> str:
    address = next((a for a in addresses if "@" in a and not a.startswith("/")), "")
    if address and address not in name:
        return f"{name} <{address}>".strip()
    return name or next(filter(None, addresses), "")


def _encoded(value: str) -> str:
    """Base64 words (RFC 2047); the reader joins their bytes."""
    if value.isascii() and value.isprintable() and "=?" not in value and len(value) < 500:
        return value
    raw = " ".join(value.split()).encode("utf-8", "replace")
    return "\n ".join(f"=?utf-8?b?{base64.b64encode(raw[n : n + 42]).decode()}?=" for n in range(0, len(raw), 42))


# --- body


def _bodies(properties: Properties) -> list[Message]:
    bodies = []
    plain = properties.get(BODY)
    if plain:
        text = plain if isinstance(plain, str) else decode_text(_bytes(plain), (code_page(properties),))
        bodies.append(_text(text.replace("\0", ""), "plain"))
    if report := text_of(properties, _REPORT_TEXT):
        bodies.append(_text(report, "plain"))
    page = properties.get(HTML)
    if isinstance(page, str) and page:
        bodies.append(_text(page, "html"))
    elif isinstance(page, bytes) and page:
        bodies.append(_part("text/html", page, charset=code_page(properties, INTERNET_CODE_PAGE)))
    with contextlib.suppress(DamagedRtf) if bodies else contextlib.nullcontext():  # one form of several
        rtf = decompressed(_bytes(properties.get(RTF)))
        if rtf:
            bodies.append(_part("application/rtf", rtf))
    return bodies


class DamagedRtf(ValueError):
    """A body's only form cannot be read."""


def decompressed(raw: bytes) -> bytes:
    """Compressed RTF ([MS-OXRTFCP]); b"" where there is none. Raises DamagedRtf, also where it would not fit."""
    if not raw or raw.startswith(b"{\\rtf"):
        return raw
    if len(raw) < 16 or int.from_bytes(raw[4:8], "little") > MOST_RTF:
        raise DamagedRtf("RTF")
    try:
        return bytes(compressed_rtf.decompress(raw))
    except Exception as error:  # the library raises plain Exception at a wrong checksum
        raise DamagedRtf("RTF") from error


def _bytes(value: Value | None) -> bytes:
    return value if isinstance(value, bytes) else b""


def _further_texts(properties: Properties) -> str:
    kind = text_of(properties, CLASS).upper()
    if not kind or kind.startswith(_MAIL_CLASSES):
        return ""
    texts = [text_of(properties, key) for key in sorted(properties) if key not in _TECHNICAL]
    return "\n".join(
        dict.fromkeys(t for t in texts if len(t) > 1 and t.isprintable() and not t.startswith(("EX:", "/o=")))
    )


# --- parts


def _text(text: str, subtype: str) -> Message:
    return _part(f"text/{subtype}", text.encode("utf-8", "replace"), charset="utf-8")


def _part(media_type: str, content: bytes, charset: str = "") -> Message:
    part = Message()
    part["Content-Type"] = f'{media_type}; charset="{charset}"' if charset else media_type
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(content).decode("ascii"))
    return part


def _attached(attachment: MapiAttachment) -> Message:
    if attachment.path:
        part = Message()
        part["Content-Type"] = "message/external-body; access-type=local-file"
        part.set_payload(attachment.path)
    elif isinstance(attachment.content, Message):
        part = Message()
        part["Content-Type"] = "message/rfc822"
        part.set_payload([attachment.content])
    elif attachment.media_type.lower().startswith("multipart/"):
        return email.message_from_bytes(attachment.content)  # a clear-signed mail, kept whole by Outlook
    else:
        part = _part(_plausible_type(attachment.media_type), attachment.content)
    shown = "inline" if attachment.content_id else "attachment"
    if attachment.name:
        part.add_header("Content-Disposition", shown, filename=("utf-8", "", attachment.name))
    else:
        part["Content-Disposition"] = shown
    if attachment.content_id:
        part["Content-ID"] = f"<{attachment.content_id}>" if attachment.content_id.isascii() else ""
    return part


def _plausible_type(media_type: str) -> str:
    plain = media_type.strip().lower()
    usable = plain.count("/") == 1 and plain.isascii() and plain.isprintable() and not set(plain) & set(' ";,<>')
    # A message or a multipart would have to be taken apart, and its bytes are what counts.
    return plain if usable and not plain.startswith(("multipart/", "message/")) else "application/octet-stream"


def _multipart(subtype: str, parts: list[Message]) -> Message:
    whole = Message()
    _fill(whole, subtype, parts)
    return whole


def _fill(message: Message, subtype: str, parts: Sequence[Message]) -> None:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(repr((part.items(), str(part.get_payload())[:100_000])).encode("utf-8", "replace"))
    message["Content-Type"] = f'multipart/{subtype}; boundary="={digest.hexdigest()[:40]}="'
    message["MIME-Version"] = "1.0"
    message.set_payload(list(parts))
