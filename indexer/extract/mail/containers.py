"""What holds messages or files without being one: mailboxes (mbox) and signature containers."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from casefile.errors import DocumentFault, Reason
from indexer.extract.mail.cms import unwrap
from indexer.extract.mail.eml import is_mime_entity
from indexer.extract.mail.header import header_of
from indexer.extract.office.ole import suffix_of
from indexer.extract.result import Embedded

_FROM_LINE = re.compile(rb"(?:\A|(?<=\n)\r?\n)From [^\r\n]*\r?\n")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_ENCRYPTED = (
    "Die Datei ist mit einem Zertifikat verschlüsselt (CMS, S/MIME). Mit dem Schlüssel des Empfängers entschlüsseln und"
    " unverschlüsselt ablegen"
)


def read_mailbox(path: Path) -> tuple[Embedded, ...]:
    """The messages of an mbox file in order, named by their subjects."""
    return tuple(
        Embedded(f"{_subject(raw) or f'Nachricht {number + 1}'}.eml", number, raw, "message/rfc822")
        for number, raw in enumerate(_messages(path.read_bytes()))
    )


def _messages(raw: bytes) -> Iterator[bytes]:
    starts = [(match.start(), match.end()) for match in _FROM_LINE.finditer(raw)]
    ends = [start for start, _ in starts[1:]] + [len(raw)]
    for (_, start), end in zip(starts, ends, strict=True):
        message = _QUOTED.sub(rb"\1", raw[start:end])
        if message.strip():
            yield message


def _subject(raw: bytes) -> str:
    head = re.split(rb"\r?\n\r?\n", raw[:100_000], maxsplit=1)[0]
    return header_of(email.message_from_bytes(head)).subject[:150]


def read_container(path: Path) -> tuple[Embedded, ...]:
    """What was signed, compressed or time-stamped; empty for a signature that lies apart from its file.

    Raises DocumentFault `encrypted`, ValueError where it cannot be read.
    """
    inner = unwrap(path.read_bytes())
    if inner is None:
        raise ValueError("no signature container")
    if inner.encrypted:
        raise DocumentFault(Reason.ENCRYPTED, _ENCRYPTED)
    if inner.content is None:
        return ()
    return (Embedded(_inner_name(path, inner.content), 0, inner.content, "application/octet-stream"),)


def _inner_name(path: Path, content: bytes) -> str:
    """The container's name without its own suffix, where another is left; else by what the content is."""
    rest = PurePosixPath(path.name).stem
    if PurePosixPath(rest).suffix:
        return rest
    return f"inhalt{'.eml' if is_mime_entity(content) else suffix_of(content)}"
