"""Outlook's mail files (MSG): a compound file with one stream a property, after MS-CFB and MS-OXMSG.

Only what readers need: subject, sender, recipient, body, attachments. No clock, no random class ids.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from stock.carriers.mail import Attachment, address
from stock.pages.draft import Draft

_SECTOR = 512
_MINI = 64
_CUTOFF = 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NONE = 0xFFFFFFFF


@dataclass
class _Node:
    """A storage (with children) or a stream (with data) of the compound file."""

    name: str
    data: bytes | None = None
    children: list[_Node] = field(default_factory=list)
    index: int = 0
    start: int = _END
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE

    def order(self) -> tuple[int, str]:
        return len(self.name), self.name.upper()


def _flatten(root: _Node) -> list[_Node]:
    found = [root]
    for node in found:
        node.index = found.index(node)
        node.children.sort(key=_Node.order)
        found += node.children
    for number, node in enumerate(found):
        node.index = number
    for node in found:
        node.child = _tree(node.children)
    return found


def _tree(nodes: list[_Node]) -> int:
    """A balanced search tree of siblings; all nodes black."""
    if not nodes:
        return _NONE
    middle = len(nodes) // 2
    nodes[middle].left = _tree(nodes[:middle])
    nodes[middle].right = _tree(nodes[middle + 1 :])
    return nodes[middle].index


def _padded(data: bytes, unit: int) -> bytes:
    return data + bytes(-len(data) % unit)


def _chain(table: list[int], count: int) -> int:
    """Append a chain of `count` sectors to an allocation table; returns its start."""
    start = len(table)
    table += [*range(start + 1, start + count), _END]
    return start


def _entry(node: _Node, kind: int, size: int) -> bytes:
    name = node.name.encode("utf-16-le") + b"\0\0"
    return (
        struct.pack("<64sHBBIII", name, len(name), kind, 1, node.left, node.right, node.child)
        + bytes(16 + 4 + 16)
        + struct.pack("<IQ", node.start, size)
    )


def compound(root: _Node) -> bytes:
    """The compound file (version 3, 512-byte sectors) of a tree."""
    nodes = _flatten(root)
    fat: list[int] = []
    mini_fat: list[int] = []
    body, mini = bytearray(), bytearray()
    for node in nodes:
        if node.data is None or not node.data:
            continue
        if len(node.data) < _CUTOFF:
            packed = _padded(node.data, _MINI)
            node.start = _chain(mini_fat, len(packed) // _MINI)
            mini += packed
        else:
            packed = _padded(node.data, _SECTOR)
            node.start = _chain(fat, len(packed) // _SECTOR)
            body += packed
    mini_size = len(mini)
    if mini:
        packed = _padded(bytes(mini), _SECTOR)
        root.start = _chain(fat, len(packed) // _SECTOR)
        body += packed
    mini_start, mini_count = _append_table(fat, body, mini_fat)
    directory = b"".join(
        _entry(
            node,
            5 if node is root else 1 if node.data is None else 2,
            mini_size if node is root else len(node.data or b""),
        )
        for node in nodes
    )
    directory += _entry(_Node(""), 0, 0) * (-len(nodes) % 4)
    directory_start = _chain(fat, len(directory) // _SECTOR)
    body += directory
    return _file(fat, bytes(body), directory_start, mini_start, mini_count)


def _append_table(fat: list[int], body: bytearray, table: list[int]) -> tuple[int, int]:
    if not table:
        return _END, 0
    filled = table + [_FREE] * (-len(table) % 128)
    body += struct.pack(f"<{len(filled)}I", *filled)
    return _chain(fat, len(filled) // 128), len(filled) // 128


def _file(fat: list[int], body: bytes, directory: int, mini_start: int, mini_count: int) -> bytes:
    count = 1
    while count * 128 < len(fat) + count:
        count += 1
    if count > 109:
        raise ValueError("a mail of more than 7 MB")
    places = list(range(len(fat), len(fat) + count))
    table = fat + [_FAT] * count
    table += [_FREE] * (-len(table) % 128)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, count, directory, 0, _CUTOFF, mini_start, mini_count, _END, 0)
    head += struct.pack("<109I", *(places + [_FREE] * (109 - count)))
    return head + body + struct.pack(f"<{len(table)}I", *table)


def _fixed(tag: int, value: int) -> bytes:
    return struct.pack("<IIQ", tag, 6, value)


def _storage(name: str, texts: dict[int, str], fixed: dict[int, int], head: bytes, blobs: dict[int, bytes]) -> _Node:
    """A storage with its property stream and one stream for each property of variable length."""
    node = _Node(name)
    rows = b"".join(_fixed(tag, value) for tag, value in sorted(fixed.items()))
    values = {tag: text.encode("utf-16-le") for tag, text in texts.items()} | blobs
    for tag, data in sorted(values.items()):
        node.children.append(_Node(f"__substg1.0_{tag:08X}", data))
        rows += struct.pack("<IIII", tag, 6, len(data) + (2 if tag & 0xFFFF == 0x1F else 0), 0)
    node.children.append(_Node("__properties_version1.0", head + rows))
    return node


def _filetime(draft: Draft) -> int:
    """Tenths of microseconds since 1601, ten o'clock."""
    return (draft.day.toordinal() - 584_389) * 864_000_000_000 + 10 * 36_000_000_000


def message(draft: Draft, attachments: list[Attachment]) -> bytes:
    """The mail as Outlook saves it."""
    sender, recipient = address(draft.sender, "post"), address(draft.recipient, "amt")
    texts = {
        0x001A001F: "IPM.Note",
        0x0037001F: draft.subject,
        0x1000001F: draft.text,
        0x0C1A001F: draft.sender,
        0x0C1F001F: sender,
        0x0C1E001F: "SMTP",
        0x0042001F: draft.sender,
        0x0065001F: sender,
        0x0E04001F: draft.recipient,
    }
    fixed = {
        0x340D0003: 0x40000,
        0x00390040: _filetime(draft),
        0x0E060040: _filetime(draft),
        0x0E070003: 1,
        0x3FDE0003: 65001,
    }
    counts = struct.pack("<8xIIII8x", 1, len(attachments), 1, len(attachments))
    root = _storage("Root Entry", texts, fixed, counts, {})
    named = _Node("__nameid_version1.0")
    named.children = [_Node(f"__substg1.0_{tag:08X}", b"") for tag in (0x00020102, 0x00030102, 0x00040102)]
    root.children.append(named)
    people = {0x3001001F: draft.recipient, 0x3003001F: recipient, 0x3002001F: "SMTP"}
    root.children.append(_storage("__recip_version1.0_#00000000", people, {0x0C150003: 1, 0x30000003: 0}, bytes(8), {}))
    for number, attachment in enumerate(attachments):
        names = {
            0x3704001F: attachment.name,
            0x3707001F: attachment.name,
            0x3703001F: "." + attachment.name.rsplit(".", 1)[-1],
        }
        root.children.append(
            _storage(
                f"__attach_version1.0_#{number:08X}",
                names,
                {0x37050003: 1, 0x0E210003: number},
                bytes(8),
                {0x37010102: attachment.data},
            )
        )
    return compound(root)
