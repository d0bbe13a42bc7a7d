"""winmail.dat ([MS-OXTNEF]): a mail's properties and attachments as Outlook sends them to other programs."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from indexer.extract.formats.encoding import decode_text
from indexer.extract.mail.mapi import (
    ATTACH_DATA,
    ATTACH_NAME,
    BODY,
    SUBJECT,
    MapiAttachment,
    Value,
    attachment_of,
    moment,
    to_message,
)
from indexer.extract.office.ole import unwrap_object

SIGNATURE = b"\x78\x9f\x3e\x22"
_SUBJECT, _BODY, _PROPERTIES, _RECIPIENTS, _CODE_PAGE = 0x8004, 0x800C, 0x9003, 0x9004, 0x9007
_NEW_ATTACHMENT, _TITLE, _DATA, _ATTACHMENT_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_MESSAGE_INTERFACE = bytes.fromhex("0703020000000000c000000000000046")
_SIZES = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_STRING, _UNICODE, _OBJECT, _BINARY, _TIME = 0x1E, 0x1F, 0x0D, 0x102, 0x40
_DEEPEST = 10
_MOST_VALUES = 100_000


def read_tnef(raw: bytes, depth: int = 0) -> Message:
    """What can be read of it, also where its end is missing. Raises ValueError where it is no TNEF."""
    if not raw.startswith(SIGNATURE):
        raise ValueError("no TNEF signature")
    content = _Content(depth)
    for identifier, data in _attributes(raw):
        content.take(identifier, data)
    return content.message()


def _attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    position = 6
    while position + 9 <= len(raw):
        _level, identifier, _type, size = struct.unpack_from("<BHHI", raw, position)
        yield identifier, raw[position + 9 : position + 9 + size]
        position += 9 + size + 2


@dataclass
class _Content:
    depth: int
    page: str = "cp1252"
    properties: dict[int, Value] = field(default_factory=dict)
    recipients: list[dict[int, Value]] = field(default_factory=list)
    attachments: list[dict[int, Value]] = field(default_factory=list)

    def take(self, identifier: int, data: bytes) -> None:
        if identifier == _CODE_PAGE and len(data) >= 4:
            self.page = f"cp{int.from_bytes(data[:4], 'little')}"
        elif identifier == _SUBJECT:
            self.properties.setdefault(SUBJECT, self._text(data))
        elif identifier == _BODY:
            self.properties.setdefault(BODY, self._text(data))
        elif identifier == _PROPERTIES:
            self.properties.update(dict(self._read(data)))
        elif identifier == _RECIPIENTS:
            self._take_recipients(data)
        else:
            self._take_attachment(identifier, data)

    def _take_attachment(self, identifier: int, data: bytes) -> None:
        if identifier == _NEW_ATTACHMENT:
            self.attachments.append({})
        elif identifier in {_TITLE, _DATA, _ATTACHMENT_PROPERTIES}:
            if not self.attachments:
                self.attachments.append({})
            last = self.attachments[-1]
            if identifier == _TITLE:
                last.setdefault(ATTACH_NAME, self._text(data))
            elif identifier == _DATA:
                last[ATTACH_DATA] = data
            else:
                last.update({key: value for key, value in self._read(data) if key not in last or key != ATTACH_DATA})

    def _take_recipients(self, data: bytes) -> None:
        """A count, then a list of properties for each."""
        reader = _Values(data, self.page)
        for _ in range(min(reader.number(), 10_000)):
            row = dict(reader.properties())
            if not row:
                return
            self.recipients.append(row)

    def message(self) -> Message:
        return to_message(self.properties, self.recipients, [self._attachment(each) for each in self.attachments])

    def _attachment(self, properties: dict[int, Value]) -> MapiAttachment:
        content = properties.get(ATTACH_DATA, b"")
        raw = content if isinstance(content, bytes) else b""
        if raw.startswith(_MESSAGE_INTERFACE) and raw[16:20] == SIGNATURE and self.depth < _DEEPEST:
            return attachment_of(properties, read_tnef(raw[16:], self.depth + 1))
        inner = unwrap_object(raw[16:]) or unwrap_object(raw)
        return MapiAttachment(*inner) if inner else attachment_of(properties, raw)

    def _read(self, data: bytes) -> Iterator[tuple[int, Value]]:
        return _Values(data, self.page).properties()

    def _text(self, data: bytes) -> str:
        return decode_text(data.rstrip(b"\0"), (self.page,))


class _Values:
    """Reads a list of MAPI properties from the front; a list that breaks off ends it."""

    def __init__(self, data: bytes, page: str) -> None:
        self._data, self._at, self._page = data, 0, page

    def number(self) -> int:
        return int.from_bytes(self._take(4), "little")

    def properties(self) -> Iterator[tuple[int, Value]]:
        for _ in range(min(self.number(), _MOST_VALUES)):
            if self._at >= len(self._data):
                return
            kind, key = struct.unpack("<HH", self._take(4).ljust(4, b"\0"))
            if key >= 0x8000:
                self._skip_name()
            value = self._value(kind)
            if value is not None:
                yield key, value

    def _skip_name(self) -> None:
        self._take(16)
        if self.number() == 0:
            self._take(4)
        else:
            self._padded(self.number())

    def _value(self, kind: int) -> Value | None:
        several, kind = kind & 0x1000, kind & 0xEFFF
        if kind in {_STRING, _UNICODE, _OBJECT, _BINARY}:
            values = [self._padded(self.number()) for _ in range(min(self.number(), _MOST_VALUES))]
            return self._decoded(kind, values[0]) if values else None
        size = _SIZES.get(kind)
        if size is None:
            self._at = len(self._data)  # of unknown size: nothing behind it can be read
            return None
        count = self.number() if several else 1
        raw = self._take(size * min(count, _MOST_VALUES))[:size]
        return moment(int.from_bytes(raw, "little")) if kind == _TIME else int.from_bytes(raw, "little")

    def _decoded(self, kind: int, raw: bytes) -> Value:
        if kind == _UNICODE:
            return raw.decode("utf-16-le", "replace").rstrip("\0")
        return decode_text(raw.rstrip(b"\0"), (self._page,)) if kind == _STRING else raw

    def _padded(self, size: int) -> bytes:
        value = self._take(size)
        self._take(-size % 4)
        return value

    def _take(self, size: int) -> bytes:
        value = self._data[self._at : self._at + size]
        self._at += size
        return value
