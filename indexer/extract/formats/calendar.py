"""Calendar entries and visiting cards (iCalendar RFC 5545, vCard 2.1 to 4.0) as lines for people."""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.extract.formats.encoding import decode_text
from indexer.extract.formats.html import html_text
from indexer.extract.mail.header import local_date
from indexer.extract.markup import tidy

_LABELS = {
    "SUMMARY": "Termin",
    "LOCATION": "Ort",
    "DTSTART": "Beginn",
    "DTEND": "Ende",
    "DUE": "Fällig",
    "DESCRIPTION": "Beschreibung",
    "ORGANIZER": "Organisator",
    "ATTENDEE": "Teilnehmer",
    "CONTACT": "Kontakt",
    "COMMENT": "Bemerkung",
    "CATEGORIES": "Kategorien",
    "FN": "Name",
    "N": "Name",
    "ORG": "Stelle",
    "TITLE": "Funktion",
    "ADR": "Anschrift",
    "TEL": "Telefon",
    "EMAIL": "E-Mail",
    "BDAY": "Geburtstag",
    "NOTE": "Notiz",
    "X-ALT-DESC": "Beschreibung",
}
# For programs; nobody looks for them.
_TECHNICAL = frozenset(
    {
        *("BEGIN", "END", "VERSION", "PRODID", "METHOD", "CALSCALE", "UID", "DTSTAMP", "CREATED", "LAST-MODIFIED"),
        *("SEQUENCE", "TRANSP", "CLASS", "PRIORITY", "TRIGGER", "ACTION", "REV", "TZID", "TZOFFSETFROM", "TZOFFSETTO"),
        *("TZNAME", "RRULE", "EXDATE", "PHOTO", "LOGO", "SOUND", "KEY", "ATTACH", "REPEAT", "DURATION", "PARTSTAT"),
    }
)
_TIME_ZONE = re.compile(r"^BEGIN:VTIMEZONE$.*?^END:VTIMEZONE$\n?", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_MOMENT = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d)(?::?\d\d)?(Z?))?")
_ESCAPED = re.compile(r"\\([nN,;:\\])")


@dataclass(frozen=True)
class _Property:
    name: str
    parameters: dict[str, str]
    value: str


def read_calendar(raw: bytes, declared: tuple[str, ...] = ()) -> str:
    return calendar_text(decode_text(raw, declared))


def calendar_text(text: str) -> str:
    """One line for each property that says something, in the file's order; entries apart by an empty line."""
    lines: list[str] = []
    for item in _properties(text):
        if item.name == "BEGIN":
            lines.append("")
        elif item.name not in _TECHNICAL and not item.name.startswith("X-MICROSOFT"):
            said = _said(item)
            if said:
                lines.append(f"{_LABELS.get(item.name, item.name.removeprefix('X-').capitalize())}: {said}")
    return tidy("\n".join(dict.fromkeys(lines)) if len(lines) < 200 else "\n".join(lines))


def _properties(text: str) -> Iterator[_Property]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"\n[ \t]", "", text)
    for line in _TIME_ZONE.sub("", _joined_printable(text)).split("\n"):
        head, colon, value = _split_head(line)
        if not colon:
            continue
        name, *parameters = re.split(r";(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", head)
        pairs = (p.partition("=") for p in parameters)
        named = {(key if sign else "ENCODING").upper(): v if sign else key for key, sign, v in pairs}
        yield _Property(name.rpartition(".")[2].strip().upper(), named, _decoded(value, named))


def _split_head(line: str) -> tuple[str, str, str]:
    """At the first colon outside quotation marks."""
    quoted = False
    for at, letter in enumerate(line[:2000]):
        quoted ^= letter == '"'
        if letter == ":" and not quoted:
            return line[:at], ":", line[at + 1 :]
    return line.partition(":")


def _joined_printable(text: str) -> str:
    """vCard 2.1 breaks quoted-printable values with "=" at the line's end."""
    lines: list[str] = []
    open_value = False
    for line in text.split("\n"):
        if open_value:
            lines[-1] = lines[-1][:-1] + line
        else:
            lines.append(line)
        head = lines[-1].partition(":")[0].upper()
        open_value = line.endswith("=") and "QUOTED-PRINTABLE" in head
    return "\n".join(lines)


def _decoded(value: str, parameters: dict[str, str]) -> str:
    encoding = parameters.get("ENCODING", "").upper()
    if encoding == "QUOTED-PRINTABLE":
        raw = quopri.decodestring(value.encode("utf-8", "replace"))
        return decode_text(raw, (parameters.get("CHARSET", ""),))
    if encoding in {"B", "BASE64"}:
        try:
            raw = binascii.a2b_base64(value)
        except binascii.Error:
            return ""
        return decode_text(raw) if b"\0" not in raw[:100] else ""
    return value


def _said(item: _Property) -> str:
    if item.name == "X-ALT-DESC":
        return html_text(_unescaped(item.value))
    if item.name in {"N", "ADR", "ORG"}:
        parts = [_unescaped(p).strip() for p in re.split(r"(?<!\\);", item.value)]
        return ", ".join(filter(None, parts))
    value = _unescaped(item.value)
    if item.name in {"ORGANIZER", "ATTENDEE", "EMAIL"}:
        address = re.sub(r"^mailto:", "", value.strip(), flags=re.IGNORECASE)
        name = item.parameters.get("CN", "").strip('"')
        return f"{name} <{address}>" if name and address and name != address else name or address
    if item.name in {"DTSTART", "DTEND", "DUE", "BDAY", "RECURRENCE-ID", "COMPLETED"}:
        return _MOMENT.sub(_german_moment, value)
    return value.strip()


def _german_moment(match: re.Match[str]) -> str:
    year, month, day, hour, minute, utc = match.groups()
    if utc:
        return local_date(f"{year}-{month}-{day}T{hour}:{minute}:00+00:00")
    return f"{day}.{month}.{year}{f' {hour}:{minute}' if hour else ''}"


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda m: "\n" if m.group(1) in "nN" else m.group(1), value)
