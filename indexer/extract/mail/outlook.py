"""Outlook's message files ([MS-OXMSG]): properties, recipients and attachments from the compound file."""

from __future__ import annotations

import io
import re
import struct
from email.message import Message

import olefile

from indexer.extract.formats.encoding import decode_text
from indexer.extract.mail.mapi import (
    ATTACH_DATA,
    MapiAttachment,
    Properties,
    Value,
    attachment_of,
    code_page,
    moment,
    to_message,
)
from indexer.extract.office.ole import unwrapped

_STREAM = "__substg1.0_"
# One value of several; named properties have no fixed number, and of those only the categories are lists of words.
_LISTED = re.compile(r"__substg1\.0_[89A-Fa-f][0-9A-Fa-f]{3}101[EF]-[0-9A-Fa-f]{8}")
_TAG = re.compile(r"__substg1\.0_([0-9A-Fa-f]{4})([0-9A-Fa-f]{4})")
_FIXED = "__properties_version1.0"
_ATTACHMENT, _RECIPIENT = "__attach_version1.0_", "__recip_version1.0_"
_UNICODE, _STRING, _BINARY, _OBJECT, _LONG, _SHORT, _BOOL, _TIME = 0x1F, 0x1E, 0x102, 0x0D, 0x03, 0x02, 0x0B, 0x40
_HEADER_SIZES = {"root": 32, "inner": 24, "part": 8}
_DEEPEST = 10

Storage = list[str]


def read_outlook(raw: bytes) -> Message:
    """Raises OSError where the compound file is broken."""
    with olefile.OleFileIO(io.BytesIO(raw)) as ole:
        return _Reader(ole).message([], 0)


class _Reader:
    def __init__(self, ole: olefile.OleFileIO) -> None:
        self._ole = ole
        self._children: dict[tuple[str, ...], list[str]] = {}
        for path in ole.listdir(streams=True, storages=True):
            self._children.setdefault(tuple(path[:-1]), []).append(path[-1])

    def message(self, place: Storage, depth: int) -> Message:
        properties = self._properties(place, "inner" if place else "root")
        parts = sorted(self._children.get(tuple(place), ()))
        recipients = [self._properties([*place, name], "part") for name in parts if name.startswith(_RECIPIENT)]
        attachments = [
            found
            for name in parts
            if name.startswith(_ATTACHMENT)
            for found in self._attachments([*place, name], depth)
        ]
        return to_message(properties, recipients, attachments, self._keywords(place))

    def _keywords(self, place: Storage) -> tuple[str, ...]:
        values = []
        for name in sorted(filter(_LISTED.fullmatch, self._children.get(tuple(place), ()))):
            raw = self._ole.openstream([*place, name]).read()
            values.append(raw.decode("utf-16-le", "replace") if "101F" in name.upper() else decode_text(raw))
        return tuple(value.strip("\0 ") for value in values)

    def _attachments(self, place: Storage, depth: int) -> list[MapiAttachment]:
        properties = self._properties(place, "part")
        inner = [*place, f"{_STREAM}{ATTACH_DATA:04X}{_OBJECT:04X}"]
        if tuple(inner) not in self._children:
            content = properties.get(ATTACH_DATA, b"")
            return [attachment_of(properties, content if isinstance(content, bytes) else b"")]
        if _FIXED in self._children[tuple(inner)] and depth < _DEEPEST:
            return [attachment_of(properties, self.message(inner, depth + 1))]
        named = attachment_of(properties, b"")
        files = list(unwrapped(self._ole, inner))
        return [MapiAttachment(name, content) for name, content in files] or [named]

    def _properties(self, place: Storage, layout: str) -> Properties:
        found: dict[int, Value] = dict(self._fixed(place, layout))
        page = code_page(found)
        for name in self._children.get(tuple(place), ()):
            tag = _TAG.fullmatch(name)
            if tag is not None:
                key, kind = int(tag[1], 16), int(tag[2], 16)
                value = self._stream([*place, name], kind, page)
                if value is not None:
                    found[key] = value
        return found

    def _fixed(self, place: Storage, layout: str) -> list[tuple[int, Value]]:
        if _FIXED not in self._children.get(tuple(place), ()):
            return []
        raw = self._ole.openstream([*place, _FIXED]).read()
        found: list[tuple[int, Value]] = []
        for kind, key, _flags, value in struct.iter_unpack("<HHIQ", _whole_entries(raw[_HEADER_SIZES[layout] :])):
            if kind in {_LONG, _SHORT, _BOOL}:
                found.append((key, value & 0xFFFFFFFF))
            elif kind == _TIME and (time := moment(value)) is not None and value:
                found.append((key, time))
        return found

    def _stream(self, path: Storage, kind: int, page: str) -> Value | None:
        if kind not in {_UNICODE, _STRING, _BINARY}:
            return None
        raw = self._ole.openstream(path).read()
        if kind == _UNICODE:
            return str(raw.decode("utf-16-le", "replace"))
        return decode_text(raw.rstrip(b"\0"), (page,)) if kind == _STRING else bytes(raw)


def _whole_entries(raw: bytes) -> bytes:
    return raw[: len(raw) // 16 * 16]
