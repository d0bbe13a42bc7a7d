"""Outlook's archives (PST, OST): every message with all forms of its body and its attachments, folder by folder."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import pypff

from casefile.errors import Reason
from indexer.extract.mail.eml import written
from indexer.extract.mail.header import decode_field
from indexer.extract.mail.mapi import (
    ATTACH_DATA,
    SUBJECT,
    MapiAttachment,
    Properties,
    Value,
    attachment_of,
    moment,
    text_of,
    to_message,
)
from indexer.extract.result import Embedded

_UNICODE, _STRING, _BINARY, _TIME, _INTEGERS = 0x1F, 0x1E, 0x102, 0x40, frozenset({0x02, 0x03, 0x0B})
_DEEPEST = 50
_MOST_BYTES = 1024**3


def read_pst(path: Path) -> tuple[Embedded, ...]:
    """Messages as internet messages, named by folder and subject. What cannot be read of one is its own fault."""
    archive = pypff.file()
    archive.open(str(path))
    try:
        found: list[Embedded] = []
        size = 0
        for folder, item in _items(archive.get_root_folder(), "", 0):
            entry = _entry(folder, item, len(found))
            size += len(entry.content)
            if size > _MOST_BYTES:
                entry = Embedded(entry.name, entry.ordinal, b"", entry.media_type, Reason.TOO_LARGE)
            found.append(entry)
        return tuple(found)
    finally:
        archive.close()


def _items(folder: Any, way: str, depth: int) -> Iterator[tuple[str, Any]]:
    if depth > _DEEPEST:
        return
    for number in range(folder.number_of_sub_messages):
        yield way, folder.get_sub_message(number)
    for number in range(folder.number_of_sub_folders):
        inner = folder.get_sub_folder(number)
        yield from _items(inner, f"{way}{(inner.name or 'Ordner').replace('/', '_')}/", depth + 1)


def _entry(folder: str, item: Any, ordinal: int) -> Embedded:
    try:
        properties = _properties(item)
        message = _message(item, properties)
        name = text_of(properties, SUBJECT).replace("/", "_")[:150] or f"Nachricht {ordinal + 1}"
        return Embedded(f"{folder}{decode_field(name)}.eml", ordinal, written(message), "message/rfc822")
    except (OSError, ValueError, TypeError) as error:
        detail = f"Diese Nachricht des Archivs ist beschädigt. Technisch: {str(error)[:200]}"
        return Embedded(f"{folder}Nachricht {ordinal + 1}.eml", ordinal, b"", "message/rfc822", Reason.CORRUPT, detail)


def _message(item: Any, properties: Properties, depth: int = 0) -> Message:
    attachments = [_attachment(item.get_attachment(n), depth) for n in range(item.number_of_attachments)]
    recipients = item.recipients
    people = [_set_properties(each) for each in recipients.record_sets] if recipients is not None else []
    return to_message(properties, people, attachments)


def _attachment(attachment: Any, depth: int) -> MapiAttachment:
    properties = dict(_properties(attachment))
    try:
        size = attachment.get_size()
        content = attachment.read_buffer(size) if size else b""
    except OSError:
        content = b""
    if not content and attachment.number_of_sub_items and depth < 10:
        inner = attachment.get_sub_item(0)
        return attachment_of(properties, _message(inner, _properties(inner), depth + 1))
    properties.pop(ATTACH_DATA, None)
    return attachment_of(properties, content)


def _properties(item: Any) -> Properties:
    found: dict[int, Value] = {}
    for number in range(item.number_of_record_sets):
        found |= _set_properties(item.get_record_set(number))
    return found


def _set_properties(record_set: Any) -> dict[int, Value]:
    found: dict[int, Value] = {}
    for number in range(record_set.number_of_entries):
        entry = record_set.get_entry(number)
        key, kind = entry.entry_type, entry.value_type
        if key is None or key >= 0x8000:
            continue
        value = _value(entry, kind)
        if value is not None:
            found[key] = value
    return found


def _value(entry: Any, kind: int) -> Value | None:
    try:
        if kind in {_UNICODE, _STRING}:
            return str(entry.get_data_as_string() or "").removeprefix("\x01")
        if kind == _TIME:
            return moment(int.from_bytes(entry.data or b"", "little")) if entry.data else None
        if kind in _INTEGERS:
            return int.from_bytes(entry.data or b"", "little")
        return bytes(entry.data) if kind == _BINARY and entry.data else None
    except OSError:
        return None
