"""The words of the design as types. Field names of the cover sheet follow xdomea's terms."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field, fields
from enum import IntEnum, StrEnum
from typing import Any


class Role(StrEnum):
    CASEWORKER = "caseworker"
    LEAD = "lead"
    AUDITOR = "auditor"
    RECORDS_ADMIN = "records-admin"
    SYSTEM_ADMIN = "system-admin"


class Confidentiality(IntEnum):
    """Vertraulichkeitsstufe; a higher level includes the lower ones."""

    NORMAL = 0
    CONFIDENTIAL = 1
    STRICTLY_CONFIDENTIAL = 2


CONFIDENTIALITY_NAMES = {
    "normal": Confidentiality.NORMAL,
    "vertraulich": Confidentiality.CONFIDENTIAL,
    "streng vertraulich": Confidentiality.STRICTLY_CONFIDENTIAL,
}


class FileRole(StrEnum):
    """What a file of the source tree is for. Only documents are read; the others count as `ignored`."""

    DOCUMENT = "document"
    COVER_SHEET = "cover_sheet"
    REGISTER = "register"
    SYSTEM = "system"
    LINK = "link"
    REMOVED = "removed"  # no longer in the source tree; counts nowhere, but stays on record


class State(StrEnum):
    """Where a file, document or page stands. Written before the work it announces, so a kill leaves it visible."""

    FOUND = "found"
    EXTRACTED = "extracted"
    OCR = "ocr"
    SENT = "sent"
    CONFIRMED = "confirmed"
    PARTIAL = "partial"
    BLANK = "blank"
    FAILED = "failed"
    IGNORED = "ignored"

    @property
    def final(self) -> bool:
        return self in FINAL_STATES


FINAL_STATES = frozenset({State.CONFIRMED, State.PARTIAL, State.BLANK, State.FAILED, State.IGNORED})
PENDING_STATES = frozenset(State) - FINAL_STATES
# A partial page is searchable, but something on it is known to be missing.
SEARCHABLE_STATES = frozenset({State.CONFIRMED, State.PARTIAL})


class CoverState(StrEnum):
    """Where a case's metadata come from."""

    PRESENT = "present"
    REGISTER = "register"
    MISSING = "missing"
    INVALID = "invalid"
    VANISHED = "vanished"  # there was a sheet or a row in the register; its rights still hold


@dataclass(frozen=True)
class Person:
    name: str
    vorname: str = ""
    geburtsdatum: str = ""
    rolle: str = ""
    kennungen: tuple[str, ...] = ()
    weitere_namen: tuple[str, ...] = ()

    @property
    def display(self) -> str:
        return ", ".join(part for part in (self.name, self.vorname) if part)


@dataclass(frozen=True)
class ListedDocument:
    """What the cover sheet says about one of the case's documents; `datei` is relative to the cover sheet."""

    datei: str
    betreff: str = ""
    art: str = ""
    datum: str = ""
    absender: str = ""
    empfaenger: str = ""
    posteingang: str = ""
    dms: str = ""


@dataclass(frozen=True)
class PaperRemainder:
    """What of the case was not digitised, and where it lies."""

    umfang: str
    ort: str = ""


@dataclass(frozen=True)
class ScanNote:
    """Who scanned the case's paper, when (ISO), and what became of the originals (BSI TR-03138: Transfervermerk)."""

    wer: str = ""
    datum: str = ""
    originale: str = ""


@dataclass(frozen=True)
class CoverSheet:
    """Deckblatt. Dates are ISO (`YYYY-MM-DD`) or empty. `dms`: web address of the case in the DMS."""

    aktenzeichen: str = ""
    betreff: str = ""
    personen: tuple[Person, ...] = ()
    stelle: str = ""
    federfuehrung: str = ""
    bearbeiter: str = ""
    aktenplan: str = ""
    schlagwoerter: tuple[str, ...] = ()
    laufzeit_von: str = ""
    laufzeit_bis: str = ""
    aussonderung: str = ""
    vertraulichkeit: Confidentiality = Confidentiality.NORMAL
    dokumente: tuple[ListedDocument, ...] = ()
    nicht_digitalisiert: tuple[PaperRemainder, ...] = ()
    dms: str = ""
    scanvermerk: ScanNote = ScanNote()

    def to_json(self) -> dict[str, Any]:
        """As it comes back from a JSON column: tuples are lists, so that the two compare equal."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        if self.scanvermerk == ScanNote():
            del plain["scanvermerk"]
        return {name: value for name, value in plain.items() if value not in ("", [])}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> CoverSheet:
        """The inverse of `to_json`; unknown keys are dropped, so that an older ledger stays readable."""
        known = {f.name for f in fields(cls)}
        plain = {k: v for k, v in data.items() if k in known and k not in _NESTED}
        plain["schlagwoerter"] = tuple(plain.get("schlagwoerter", ()))
        plain["vertraulichkeit"] = Confidentiality(plain.get("vertraulichkeit", 0))
        return cls(
            **plain,
            personen=tuple(_person(p) for p in data.get("personen", ())),
            dokumente=tuple(ListedDocument(**d) for d in data.get("dokumente", ())),
            nicht_digitalisiert=tuple(PaperRemainder(**d) for d in data.get("nicht_digitalisiert", ())),
            scanvermerk=ScanNote(**data.get("scanvermerk", {})),
        )


_NESTED = frozenset({"personen", "dokumente", "nicht_digitalisiert", "scanvermerk"})


def _person(data: dict[str, Any]) -> Person:
    lists = {key: tuple(data.get(key, ())) for key in ("kennungen", "weitere_namen")}
    return Person(**{**data, **lists})


@dataclass(frozen=True)
class CaseFile:
    """A case of one source root. `folder` is relative to the root, "" for files directly in the root (ohne Akte)."""

    id: str
    root: str
    folder: str
    cover_state: CoverState
    cover: CoverSheet = field(default_factory=CoverSheet)

    @property
    def title(self) -> str:
        return self.cover.aktenzeichen or self.folder or "ohne Akte"


_IDENTIFIER = re.compile(r"[0-9a-f]{32}")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def is_identifier(text: str) -> bool:
    """Can this be the id of a case, a document or a search? Anything else need not be looked for."""
    return _IDENTIFIER.fullmatch(text) is not None


def case_id(root: str, folder: str) -> str:
    return _digest("case", root, folder)


def document_id(content_sha256: str, root: str, path: str) -> str:
    """Identity is content and place: the same bytes in two cases stay two hits with their own rights.

    `path`: relative to the root, NFC; for an attachment followed by `!name`.
    """
    return _digest("document", content_sha256, root, path)


def page_id(document: str, number: int) -> str:
    """Stable id of the page's index record; `number` counts from 1."""
    return f"{document}-{number:05d}"


def acl_id(unit: str, confidentiality: Confidentiality, kind: str) -> str:
    """The one right a page carries: unit × confidentiality × kind of document."""
    return _digest("acl", unit, str(int(confidentiality)), kind)[:16]
