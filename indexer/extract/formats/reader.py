"""Which reader of our own reads a file, by its type; runs in a worker process."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from email.message import Message
from pathlib import Path

from lxml import etree

from casefile.errors import DocumentFault, Reason
from casefile.wording import unexpected
from indexer.extract.formats.calendar import read_calendar
from indexer.extract.formats.encoding import decode_text
from indexer.extract.formats.html import data_pictures, read_html
from indexer.extract.formats.reading import Reading
from indexer.extract.formats.rtf import read_rtf
from indexer.extract.formats.xml import read_xml
from indexer.extract.mail.containers import read_container, read_mailbox
from indexer.extract.mail.eml import read_eml, read_message
from indexer.extract.mail.message import Mail
from indexer.extract.mail.outlook import read_outlook
from indexer.extract.mail.pst import read_pst
from indexer.extract.mail.tnef import read_tnef
from indexer.extract.markup import tidy
from indexer.extract.office.odf import read_odf
from indexer.extract.office.ole import MAGIC
from indexer.extract.office.ooxml import read_ooxml, stored_pictures
from indexer.extract.result import Embedded

# Of text files no more is read; Tika says where a file goes beyond it.
MOST_TEXT = 50_000_000
_ERRORS = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError, RecursionError, EOFError)

Reader = Callable[[Path], Reading]


def reader_of(kind: str, suffix: str) -> str:
    """Name of the reader for this type (without parameters) and suffix (lower case), "" where there is none."""
    if (kind.startswith("text/") or kind == "application/octet-stream") and suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    for name, pattern in _BY_TYPE:
        if pattern.fullmatch(kind):
            return name
    return ""


def read_format(reader: str, path: Path, encoding: str) -> Reading:
    """`encoding`: what Tika takes the text for, "" where it says nothing. Raises DocumentFault `corrupt`."""
    try:
        if reader == "plain":
            return _plain(path, encoding)
        return _READERS[reader](path)
    except (*_ERRORS, struct.error, zlib.error, zipfile.BadZipFile, etree.LxmlError) as error:
        detail = unexpected("Das zweite Leseverfahren kann die Datei nicht lesen", error)
        raise DocumentFault(Reason.CORRUPT, detail) from error


def _plain(path: Path, encoding: str) -> Reading:
    with path.open("rb") as stream:
        raw = stream.read(MOST_TEXT)
    return Reading(tidy(decode_text(raw, (encoding,))), whole=True)


def _mail(mail: Mail) -> Reading:
    return Reading(
        mail.text(), documents=mail.documents, pictures=mail.pictures, header=mail.header, shortfalls=mail.shortfalls
    )


def _page(raw: bytes) -> Reading:
    """A page with pictures in its own source carries nothing else."""
    pictures = tuple(Embedded(f"bild-{n + 1}", 0, inner, kind) for n, (kind, inner) in enumerate(data_pictures(raw)))
    return Reading(read_html(raw), documents=() if pictures else None, pictures=pictures)


def _office(path: Path) -> Reading:
    with path.open("rb") as stream:
        if stream.read(len(MAGIC)) == MAGIC:
            return Reading(leads=False)  # protected with the program's own password; only Tika opens it
    return Reading(read_ooxml(path), leads=False, pictures=stored_pictures(path))


def _from_message(read: Callable[[bytes], Message]) -> Reader:
    return lambda path: _mail(read_message(read(path.read_bytes())))


_READERS: dict[str, Reader] = {
    "eml": lambda path: _mail(read_eml(path.read_bytes())),
    "outlook": _from_message(read_outlook),
    "tnef": _from_message(read_tnef),
    "mbox": lambda path: Reading(documents=read_mailbox(path)),
    "pst": lambda path: Reading(documents=read_pst(path)),
    "cms": lambda path: Reading(documents=read_container(path)),
    "calendar": lambda path: Reading(read_calendar(path.read_bytes()), whole=True),
    "html": lambda path: _page(path.read_bytes()),
    "xml": lambda path: Reading(read_xml(path.read_bytes())),
    "rtf": lambda path: Reading(read_rtf(path.read_bytes())),
    "ooxml": _office,
    "odf": lambda path: Reading(read_odf(path), leads=False),
}
_BY_SUFFIX = {
    ".eml": "eml",
    ".emlx": "eml",
    ".mht": "eml",
    ".mhtml": "eml",
    ".p7m": "cms",
    ".tsd": "cms",
    ".p7z": "cms",
    ".ics": "calendar",
    ".vcs": "calendar",
    ".vcf": "calendar",
    ".rtf": "rtf",
}
_BY_TYPE = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("eml", r"message/(?:rfc822|x-emlx|news|global)|multipart/related|application/x-mimearchive"),
        ("outlook", r"application/vnd\.ms-outlook"),
        ("tnef", r"application/(?:vnd\.)?ms-tnef"),
        ("mbox", r"application/mbox"),
        ("pst", r"application/vnd\.ms-outlook-pst"),
        ("cms", r"application/(?:x-)?pkcs7-(?:mime|signature)|application/timestamped-data"),
        ("calendar", r"text/(?:x-)?v?(?:calendar|vcard|card)"),
        ("html", r"text/html|application/xhtml\+xml"),
        ("rtf", r"(?:application|text)/rtf"),
        (
            "ooxml",
            r"application/vnd\.(?:openxmlformats-officedocument\..+|ms-(?:word|excel|powerpoint)\..+macroenabled\.12)",
        ),
        ("odf", r"application/vnd\.oasis\.opendocument\.(?!image|formula).+"),
        ("xml", r"(?:application|text)/xml|(?!image/svg)[a-z]+/[\w.-]+\+xml|image/svg\+xml"),
        ("plain", r"text/.+"),
    )
)
