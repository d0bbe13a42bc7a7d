"""How numbers and other programs' errors are said in German sentences, the same for commands, ledger and interface."""

from __future__ import annotations

import errno

LONGEST_CAUSE = 300
_OS_ERRORS = {
    errno.EACCES: "Keine Berechtigung",
    errno.EADDRINUSE: "Die Adresse ist belegt",
    errno.EADDRNOTAVAIL: "Diese Adresse hat der Rechner nicht",
    errno.EDQUOT: "Das Speicherkontingent ist erschöpft",
    errno.EEXIST: "Das gibt es schon",
    errno.EIO: "Der Datenträger meldet einen Lesefehler oder Schreibfehler",
    errno.EISDIR: "Das ist ein Ordner",
    errno.EMFILE: "Zu viele Dateien sind geöffnet",
    errno.ENAMETOOLONG: "Der Name ist zu lang",
    errno.ENOENT: "Die Datei oder der Ordner fehlt",
    errno.ENOMEM: "Der Arbeitsspeicher reicht nicht",
    errno.ENOSPC: "Auf dem Datenträger ist kein Platz mehr",
    errno.ENOTDIR: "Das ist kein Ordner",
    errno.EPERM: "Keine Berechtigung",
    errno.EROFS: "Der Datenträger ist schreibgeschützt",
    errno.ESTALE: "Das Netzlaufwerk ist nicht mehr verbunden",
    errno.ETIMEDOUT: "Es kam keine Antwort",
}


def number(value: float) -> str:
    """1.234"""
    return f"{int(value):,}".replace(",", ".")


def counted(value: int, one: str, many: str) -> str:
    """1 Seite, 1.234 Seiten"""
    return f"{number(value)} {one if value == 1 else many}"


def caused(sentence: str, cause: object) -> str:
    """The sentence stands by itself; a library's own words, mostly English, come behind it on the same line."""
    words = " ".join(str(cause).split())[:LONGEST_CAUSE].rstrip(".")
    return f"{sentence.rstrip('.')}. Technisch: {words}." if words else sentence


def unexpected(sentence: str, error: BaseException) -> str:
    """`caused` by an error that nobody expected: its type says more than its words."""
    return caused(sentence, f"{type(error).__name__}: {error}")


def os_message(error: OSError) -> str:
    """The system's error as a German sentence without its end; its own words only where there is none."""
    known = _OS_ERRORS.get(error.errno or 0)
    return known or caused("Das Betriebssystem meldet einen Fehler", error.strerror or error)
