"""Formats without pages: mail, office files, web pages, plain text, archives."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from casefile.errors import DocumentFault, Reason
from casefile.imaging.media import base_type
from casefile.pagetext import PageText, TextSource
from casefile.wording import number
from indexer.extract.formats.reading import Reading
from indexer.extract.formats.union import join_texts
from indexer.extract.mail.header import MailHeader
from indexer.extract.markup import fold_ligatures
from indexer.extract.plaintext import is_pdf_source, plain_text
from indexer.extract.result import ExtractedPage
from indexer.extract.split import split_text
from indexer.extract.tika.client import WRITE_LIMIT, Parsed
from indexer.extract.tika.traces import describe, reason_of
from indexer.extract.tika.xhtml import body_text

MAIL_TYPES = frozenset({"message/rfc822", "application/vnd.ms-outlook"})
# Nothing but a case around documents: their page is the list of what they contain.
CONTAINER_TYPES = frozenset(
    {
        "application/mbox",
        "application/vnd.ms-outlook-pst",
        "application/vnd.ms-tnef",
        "application/pkcs7-mime",
        "application/pkcs7-signature",
        "application/timestamped-data",
        "application/zip",
        "application/x-tar",
        "application/gzip",
        "application/x-gzip",
        "application/x-bzip2",
        "application/x-xz",
        "application/x-7z-compressed",
        "application/x-rar-compressed",
        "application/java-archive",
    }
)
# Where no text means a blank document; for any other type it means that the type cannot be read.
_WRITTEN = (
    "text/",
    "message/",
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
)
_WRITTEN_TYPES = frozenset(
    {
        *MAIL_TYPES,
        "application/msword",
        "application/rtf",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.ms-word.document.macroenabled.12",
        "application/vnd.ms-excel.sheet.macroenabled.12",
        "application/xml",
        "application/xhtml+xml",
        "application/json",
    }
)
# Their text would be the title of a song or the name of a function, not a document.
_UNREADABLE = ("audio/", "video/", "font/", "image/", "application/x-executable", "application/x-msdownload")
_ZIP_BASED = ("application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.")


def read_text(
    path: Path, parsed: Parsed, reading: Reading | None, entries: Sequence[str], most_pages: int
) -> tuple[ExtractedPage, ...]:
    """The document's text in one page, or in several where it is long. `entries`: what an archive contains.

    What goes beyond `most_pages` is one page with a fault. Raises DocumentFault where there is no text and a reason
    for it.
    """
    kind = base_type(parsed.media_type)
    text = document_text(path, parsed, reading, entries)
    fault = _incomplete(path, parsed, kind)
    if fault is not None and reading is not None and reading.leads and reading.text and not _cut_short(parsed):
        fault = None  # what Tika gives up on was read here
    if not text:
        if fault is not None:
            raise fault
        if not _is_written(kind) and (reading is None or not reading.leads):
            raise DocumentFault(Reason.UNSUPPORTED, f"Dateityp {kind}")
        return (ExtractedPage(1, text=PageText("", TextSource.NONE)),)
    _refuse(path, kind)
    pieces = split_text(text)
    pages = [
        ExtractedPage(position, text=PageText(piece, TextSource.LAYER, quality=100.0))
        for position, piece in enumerate(pieces[:most_pages], start=1)
    ]
    for missing in filter(None, (_beyond(len(pieces), most_pages), fault)):
        # what was read counts, what is missing counts as one page
        pages.append(ExtractedPage(len(pages) + 1, fault=missing.reason, detail=missing.detail))
    return tuple(pages)


def _beyond(pages: int, most: int) -> DocumentFault | None:
    """Somebody's log or export would crowd out the letters of a whole authority."""
    if pages <= most:
        return None
    read = f"gelesen {'ist die erste' if most == 1 else f'sind die ersten {number(most)}'}"
    detail = f"Der Text füllt {number(pages)} Seiten; {read} (AKTENSUCHE_MAX_TEXT_PAGES)"
    return DocumentFault(Reason.TOO_LARGE, detail)


def document_text(path: Path, parsed: Parsed, reading: Reading | None, entries: Sequence[str]) -> str:
    """Out of Tika's reading and our own; a container's is the list of what it contains."""
    kind = base_type(parsed.media_type)
    if kind in CONTAINER_TYPES or (reading is not None and reading.documents is not None and not reading.text):
        return join_texts(reading.text if reading else "", "\n".join(entries) or body_text(parsed.xhtml))
    if reading is not None:
        return fold_ligatures(reading.with_witness(_witness(parsed)))
    text = mail_text(parsed)
    if not text and not _is_written(kind):
        return "\n".join(entries) or plain_text(path)
    return fold_ligatures(text)


def _witness(parsed: Parsed) -> str:
    """Tika's text to compare with; a mail's header is in our own reading."""
    if base_type(parsed.media_type) not in MAIL_TYPES:
        return mail_text(parsed)
    return body_text(parsed.xhtml, frozenset({"package-entry", "embedded"}), ("h1", "dl"))


def mail_text(parsed: Parsed) -> str:
    """The document's own words; a mail's header in front of them."""
    kind = base_type(parsed.media_type)
    # For Outlook's mails Tika writes subject and people above the text, in English; the header below says it too.
    own_header = ("h1", "dl") if kind == "application/vnd.ms-outlook" else ()
    body = body_text(parsed.xhtml, frozenset({"package-entry", "embedded"}), own_header)
    if kind not in MAIL_TYPES:
        return body
    return "\n\n".join(filter(None, (mail_header(parsed).text(), body)))


def _refuse(path: Path, kind: str) -> None:
    if kind.startswith(_UNREADABLE) and kind != "image/svg+xml":
        raise DocumentFault(Reason.UNSUPPORTED, f"Dateityp {kind}")
    if kind.startswith("text/") and path.suffix.lower() == ".pdf" and is_pdf_source(path):
        # Its head is damaged, so that it passes for text; what stands in it is no text for people.
        raise DocumentFault(Reason.CORRUPT, "Der Anfang der PDF-Datei ist beschädigt")


def _is_written(kind: str) -> bool:
    return kind.startswith(_WRITTEN) or kind in _WRITTEN_TYPES


def _incomplete(path: Path, parsed: Parsed, kind: str) -> DocumentFault | None:
    """Why Tika's text is not the whole document."""
    if _lacks_end(path, kind) and reason_of(parsed.exception) is Reason.CORRUPT:
        # Tika reads such a file from the front, as far as it goes, and calls that a success.
        return DocumentFault(Reason.TRUNCATED, "Das Ende der Datei fehlt")
    if parsed.exception:
        return DocumentFault(reason_of(parsed.exception), describe(parsed.exception))
    if _cut_short(parsed):
        return DocumentFault(Reason.TOO_LARGE, f"Mehr als {number(WRITE_LIMIT)} Zeichen; der Rest fehlt")
    return None


def _cut_short(parsed: Parsed) -> bool:
    return parsed.first("X-TIKA:EXCEPTION:write_limit_reached") == "true"


def _lacks_end(path: Path, kind: str) -> bool:
    """An office file in a ZIP without the directory at its end."""
    if not kind.startswith(_ZIP_BASED):
        return False
    with path.open("rb") as stream:
        return stream.read(4) == b"PK\x03\x04" and not zipfile.is_zipfile(path)


def mail_header(parsed: Parsed) -> MailHeader:
    """As Tika gives it, for mails without bytes of their own."""
    return MailHeader(
        sender=_sender(parsed),
        to=_people(parsed, "Message-To", "Message:To-Email"),
        cc=_people(parsed, "Message-Cc", "Message:CC-Email"),
        bcc=_people(parsed, "Message-Bcc", "Message:BCC-Email"),
        subject=parsed.first("dc:subject") or parsed.first("dc:title"),
        created=parsed.first("dcterms:created"),
    )


def _sender(parsed: Parsed) -> str:
    stated = parsed.first("Message-From") or parsed.first("Message:From-Name")
    address = parsed.first("Message:From-Email")
    return f"{stated} <{address}>".strip() if "@" in address and address not in stated else stated or address


def _people(parsed: Parsed, names: str, addresses: str) -> str:
    """Outlook keeps names and addresses apart; both are searched for."""
    stated = ", ".join(name for name in parsed.all(names) if name)
    missing = [address for address in parsed.all(addresses) if "@" in address and address not in stated]
    return ", ".join(filter(None, (stated, *missing)))
