"""Titles, names and other single lines that come from outside."""

from __future__ import annotations

import unicodedata


def one_line(text: str) -> str:
    """Composed (NFC, as questions are), blanks as single spaces. Control characters and half surrogates, which no
    database takes, become blanks.
    """
    clean = "".join(" " if unicodedata.category(ch) in ("Cc", "Cs") else ch for ch in text)
    return unicodedata.normalize("NFC", " ".join(clean.split()))
