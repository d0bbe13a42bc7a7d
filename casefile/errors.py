"""One tree of errors in two families.

A *document fault* (encrypted, corrupt) is recorded in the ledger and the run goes on.
An *environment fault* (Tika down, disk full) stops the run; nothing is blamed on the document.
Messages and remedies are German: they are read by the people who use the program.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AktensucheError(Exception):
    """Base of all errors the program raises on purpose.

    `code` is stable (for logs, `--json` and tests), `message` says what happened, `remedy` what to do.
    """

    exit_status = 1

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    def __reduce__(self) -> tuple[type[AktensucheError], tuple[str, str, str]]:
        """Errors cross process borders (OCR and rendering workers)."""
        return type(self), (self.code, self.message, self.remedy)


class UsageFault(AktensucheError):
    """The command was called in a way that cannot work (exit status 2)."""

    exit_status = 2


class EnvironmentFault(AktensucheError):
    """Something the program needs is missing or broken (exit status 3)."""

    exit_status = 3


class AccessDenied(AktensucheError):
    """The answer is the same for what is forbidden and for what does not exist, so existence stays hidden."""


class Reason(StrEnum):
    """Why a file or page is not searchable, or what a searchable page lacks.

    Each value is a stable code in the ledger and in `failures --json`.
    """

    ENCRYPTED = "encrypted"
    CORRUPT = "corrupt"
    TRUNCATED = "truncated"
    EMPTY = "empty"
    UNSUPPORTED = "unsupported"
    WRONG_TYPE = "wrong_type"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    OCR_FAILED = "ocr_failed"
    OCR_TIMEOUT = "ocr_timeout"
    NO_TEXT = "no_text"
    RENDER_FAILED = "render_failed"
    PAGES_MISSING = "pages_missing"
    UNREADABLE = "unreadable"
    VANISHED = "vanished"
    REJECTED = "rejected"
    COVER_SHEET_INVALID = "cover_sheet_invalid"
    COVER_SHEET_VANISHED = "cover_sheet_vanished"
    NOT_DELIVERED = "not_delivered"
    PAGES_NOT_DELIVERED = "pages_not_delivered"
    SYSTEM_FILE = "system_file"
    SYMLINK = "symlink"
    PICTURE_NOT_READ = "picture_not_read"
    INK_NOT_READ = "ink_not_read"
    LOW_QUALITY = "low_quality"
    TEXT_LAYER_UNRELIABLE = "text_layer_unreliable"
    CONTENT_DIFFERS = "content_differs"
    ANNOTATION_NOT_READ = "annotation_not_read"
    FORM_NOT_READ = "form_not_read"
    PART_NOT_READ = "part_not_read"
    PART_ENCRYPTED = "part_encrypted"


REMEDIES: dict[Reason, str] = {
    Reason.ENCRYPTED: "Die Datei ist mit einem Kennwort geschützt. Ungeschützte Fassung beschaffen und ablegen.",
    Reason.CORRUPT: "Die Datei ist beschädigt. Vom Original neu scannen oder die Quelle erneut anfordern.",
    Reason.TRUNCATED: "Die Datei ist unvollständig (abgeschnitten). Übertragung wiederholen oder neu scannen.",
    Reason.EMPTY: "Die Datei ist leer (0 Byte). Übertragung wiederholen oder neu scannen.",
    Reason.UNSUPPORTED: "Dieses Dateiformat kann nicht gelesen werden. In PDF/A umwandeln und neu ablegen.",
    Reason.WRONG_TYPE: "Inhalt und Dateiendung passen nicht zusammen. Datei prüfen und richtig benennen.",
    Reason.TOO_LARGE: "Die Datei überschreitet die Größengrenze. Aufteilen oder die Grenze anheben (docs/settings.md).",
    Reason.TOO_DEEP: "Zu tief verschachtelte Anlagen. Anlagen einzeln ablegen.",
    Reason.TIMEOUT: "Das Lesen dauerte zu lange. Mit „aktensuche retry --reason timeout“ erneut versuchen.",
    Reason.CRASHED: "Das Lesen ist an dieser Datei abgestürzt. Datei prüfen; „aktensuche retry --reason crashed“.",
    Reason.OCR_FAILED: "Die Texterkennung ist fehlgeschlagen. Erneut: „aktensuche retry --reason ocr_failed“.",
    Reason.OCR_TIMEOUT: "Die Texterkennung dauerte zu lange. Seite prüfen; „aktensuche retry --reason ocr_timeout“.",
    Reason.NO_TEXT: "Die Seite ist nicht leer, aber es wurde kein Text erkannt (Foto, Handschrift?). Am Bild prüfen.",
    Reason.RENDER_FAILED: "Die Seite lässt sich nicht darstellen. Vom Original neu scannen.",
    Reason.PAGES_MISSING: "Es fehlen Seiten, die das Dokument haben müsste. Quelle prüfen, neu scannen.",
    Reason.UNREADABLE: "Die Datei kann nicht geöffnet werden. Leserechte im Quellordner prüfen.",
    Reason.VANISHED: "Die Datei ist nicht mehr da. Wurde sie absichtlich entfernt, ist nichts zu tun.",
    Reason.REJECTED: "Die Suchmaschine hat den Eintrag abgelehnt. Protokoll prüfen, dann „aktensuche retry“.",
    Reason.COVER_SHEET_INVALID: "Das Deckblatt ist fehlerhaft. Angaben im Deckblatt berichtigen.",
    Reason.COVER_SHEET_VANISHED: "Deckblatt oder Registerzeile fehlt. Wieder ablegen, notfalls ein neues Deckblatt.",
    Reason.NOT_DELIVERED: "Steht in der Lieferliste, ist aber nicht angekommen. Beim Dienstleister nachfordern.",
    Reason.PAGES_NOT_DELIVERED: "Es sind weniger Seiten da, als die Lieferliste nennt. Am Papier prüfen, nachscannen.",
    Reason.SYSTEM_FILE: "Systemdatei ohne Akteninhalt; nichts zu tun.",
    Reason.SYMLINK: "Verknüpfung; ihr wird nicht gefolgt. Die Datei selbst ablegen.",
    Reason.PICTURE_NOT_READ: "Ein Bild, in dem Text stehen kann, wurde nicht gelesen. Am Original prüfen.",
    Reason.INK_NOT_READ: "Auf der Seite steht etwas, das der Text nicht enthält. Am Seitenbild prüfen.",
    Reason.LOW_QUALITY: "Wörter können fehlen oder falsch sein (Handschrift?). Am Bild prüfen, besser neu scannen.",
    Reason.TEXT_LAYER_UNRELIABLE: "Die Textebene der PDF-Datei ist unzuverlässig. Am Bild prüfen; neu erzeugen lassen.",
    Reason.CONTENT_DIFFERS: "Ein zweites Leseverfahren sieht Text, der hier fehlt. Am Original prüfen.",
    Reason.ANNOTATION_NOT_READ: "Eine Anmerkung oder ein Stempel wurde nicht gelesen. Am Seitenbild prüfen.",
    Reason.FORM_NOT_READ: "Formularangaben wurden nicht gelesen. Formular als PDF/A ausgeben und neu ablegen.",
    Reason.PART_NOT_READ: "Ein Teil des Dokuments wurde nicht gelesen. Am Original prüfen, den Teil einzeln ablegen.",
    Reason.PART_ENCRYPTED: "Ein Teil des Dokuments ist verschlüsselt. Entschlüsselte Fassung beschaffen und ablegen.",
}


@dataclass(frozen=True)
class Shortfall:
    """What a searchable page is known to lack. `detail`: German, for the operator; "" where the reason says it all."""

    reason: Reason
    detail: str = ""


def remedy(code: str) -> str:
    """What to do about a code of the ledger, which a newer or older program may have written."""
    return REMEDIES[Reason(code)] if code in set(Reason) else "Der Grund ist nicht bekannt."


class DocumentFault(AktensucheError):
    """This document or page cannot be read; it is recorded with its reason and the run goes on."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason.value, detail or REMEDIES[reason], REMEDIES[reason] if detail else "")
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type[AktensucheError], tuple[Reason, str]]:  # type: ignore[override]
        return type(self), (self.reason, self.detail)
