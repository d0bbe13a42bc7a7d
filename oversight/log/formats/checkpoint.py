"""Checkpoints (C2SP tlog-checkpoint): origin, number of leaves and root of a tree, as the text of a signed note."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from oversight.log.formats.note import Note, NoteError, SigningKey, parse_note
from oversight.log.formats.tree import HASH_BYTES

_TEXT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n((?:[^\n]+\n)*)")


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes

    def to_text(self) -> str:
        return f"{self.origin}\n{self.size}\n{hash_line(self.root)}"


def parse_checkpoint(text: str) -> Checkpoint:
    """Of a note's text. Raises NoteError."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise NoteError("not a checkpoint")
    return Checkpoint(found[1], int(found[2]), parse_hash(found[3]))


def parse_signed(content: str) -> tuple[Checkpoint, Note]:
    """The signatures are not verified. Raises NoteError."""
    note = parse_note(content)
    return parse_checkpoint(note.text), note


def signed(checkpoint: Checkpoint, key: SigningKey) -> str:
    text = checkpoint.to_text()
    return Note(text, (key.sign(text),)).to_text()


def hash_line(value: bytes) -> str:
    return base64.b64encode(value).decode() + "\n"


def parse_hash(line: str) -> bytes:
    """Raises NoteError."""
    try:
        value = base64.b64decode(line, validate=True)
    except binascii.Error as error:
        raise NoteError("not a hash") from error
    if len(value) != HASH_BYTES:
        raise NoteError("not a hash")
    return value
