"""A mail's header: fields decoded as they were meant, and as lines for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from casefile.names import one_line
from indexer.extract.formats.encoding import decode_text
from indexer.extract.markup import tidy

_ENCODED = re.compile(r"(=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)(?:\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?))?")
# Fields beside the usual ones that say something to people: field -> label.
_FURTHER = {
    "sender": "Gesendet von",
    "resent-from": "Weitergeleitet von",
    "resent-to": "Weitergeleitet an",
    "resent-cc": "Weitergeleitet in Kopie",
    "organization": "Stelle",
    "keywords": "Schlagwörter",
    "comments": "Bemerkung",
}


@dataclass(frozen=True)
class MailHeader:
    """`created`: ISO 8601 in UTC, or what stands there where it is no date; people are "Name <address>" lists."""

    sender: str = ""
    reply_to: str = ""
    to: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    created: str = ""
    further: tuple[tuple[str, str], ...] = ()
    message_id: str = ""
    in_reply_to: str = ""

    def text(self) -> str:
        """Only the lines that say something."""
        reply_to = self.reply_to if self.reply_to not in self.sender else ""
        lines = (
            ("Von", self.sender),
            ("Antwort an", reply_to),
            ("An", self.to),
            ("Kopie", self.cc),
            ("Blindkopie", self.bcc),
            ("Betreff", self.subject),
            ("Datum", local_date(self.created)),
            *(entry for entry in self.further if entry[1] not in self.sender),
        )
        return "\n".join(f"{name}: {tidy(one_line(value))}" for name, value in lines if value.strip())

    def metadata(self) -> dict[str, str]:
        """By the names that Tika uses."""
        values = {
            "dc:title": self.subject,
            "dc:creator": self.sender,
            "dc:subject": self.subject,
            "dcterms:created": self.created,
            "Message-From": self.sender,
            "Message-To": self.to,
            "Message-Cc": self.cc,
            "Message-Bcc": self.bcc,
            "Message:Raw-Header:Message-ID": self.message_id,
            "Message:Raw-Header:In-Reply-To": self.in_reply_to,
        }
        return {key: value for key, value in values.items() if value}


def header_of(message: Message) -> MailHeader:
    fields = decoded_fields(message)

    def joined(name: str) -> str:
        return ", ".join(filter(None, fields.get(name, ())))

    return MailHeader(
        sender=joined("from"),
        reply_to=joined("reply-to"),
        to=joined("to"),
        cc=joined("cc"),
        bcc=joined("bcc"),
        subject=joined("subject"),
        created=_moment(fields.get("date", ())),
        further=tuple((label, joined(name)) for name, label in _FURTHER.items() if joined(name)),
        message_id=joined("message-id"),
        in_reply_to=joined("in-reply-to"),
    )


def decoded_fields(message: Message) -> dict[str, list[str]]:
    """All values of each field, by its name in lower case."""
    fields: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        fields.setdefault(name.lower(), []).append(decode_field(str(value)))
    return fields


def decode_field(value: str) -> str:
    """A header's value to text: encoded words (RFC 2047) and, against the rules, raw bytes of any encoding.

    `value`: as the standard library keeps it, with surrogates for bytes beyond ASCII.
    """
    raw = value.encode("utf-8", "surrogateescape")
    text = value if value.isascii() else decode_text(raw)
    return one_line(_decoded_words(text))


def _decoded_words(text: str) -> str:
    """Neighbouring encoded words are joined as bytes first: a letter may be split between two of them."""
    pieces: list[tuple[bytes, str]] = []
    out: list[str] = []
    end = 0
    for match in _ENCODED.finditer(text):
        if match.start() > end or not pieces:
            out += [_joined(pieces), text[end : match.start()]]
            pieces = []
        pieces.append(_word(match.group(1)))
        end = match.end()
    return "".join([*out, _joined(pieces), text[end:]])


def _word(encoded: str) -> tuple[bytes, str]:
    try:
        ((content, charset),) = decode_header(encoded.replace("\n", ""))
    except (ValueError, LookupError):
        return encoded.encode("utf-8", "surrogateescape"), "utf-8"
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
    return raw, (charset or "utf-8").partition("*")[0].lower()


def _joined(pieces: Sequence[tuple[bytes, str]]) -> str:
    text, pending, charset = "", b"", ""
    for raw, name in pieces:
        if name != charset:
            text, pending = text + _decoded(pending, charset), b""
        charset, pending = name, pending + raw
    return text + _decoded(pending, charset)


def _decoded(raw: bytes, charset: str) -> str:
    return decode_text(raw, (charset,)) if raw else ""


def _moment(values: Iterable[str]) -> str:
    for value in values:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return stamp(moment)
    return next((value for value in values if value), "")


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC, as Tika writes it. A moment without a zone is taken for UTC."""
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError):
        return ""


def local_date(moment: str) -> str:
    """Of an ISO stamp: people remember the time on their screen. Anything else stays as it is."""
    local = _local(moment)
    return local.strftime("%d.%m.%Y %H:%M") if local else moment


def local_day(moment: str) -> str:
    """ISO date of an ISO stamp where the authority is; "" of anything else."""
    local = _local(moment)
    return local.date().isoformat() if local else ""


def _local(moment: str) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(moment)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(_authority_zone())
    except (OverflowError, ValueError):
        return None


def _authority_zone() -> tzinfo:
    try:
        return ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:  # a system without time zones
        return UTC
