"""Titles, names and other single lines that come from outside."""

from __future__ import annotations

import unicodedata


def one_line(text: str) -> str:
    """Composed (NFC, as questions are), blanks as single spaces. Control characters and half surrogates, which no
    database takes, become blanks.
    """
    clean = "".join(" " if unicodedata.category(ch) in ("Cc", "Cs") else ch for ch in text)
    return unicodedata.normalize("NFC", " ".join(clean.split()))


def visible(text: str) -> str:
    """For a terminal: whatever would break the line, move the cursor or turn the direction of writing is shown as a
    sign of its own (␊ for a line break, else its number). A file's name may hold any of them.
    """
    return "".join(_sign(ch) if unicodedata.category(ch) in _INVISIBLE else ch for ch in text)


_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def _sign(ch: str) -> str:
    if ch == "\xad":  # a soft hyphen is invisible but harmless
        return ch
    if ch < " ":
        return chr(0x2400 + ord(ch))
    return "\u2421" if ch == "\x7f" else f"\\u{ord(ch):04x}"
