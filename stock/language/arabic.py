"""Arabic as a printer without shaping needs it: presentation forms in visual order, from Unicode's own tables."""

from __future__ import annotations

import unicodedata
from functools import cache

_FORMS = ("isolated", "initial", "medial", "final")


@cache
def _table() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for code in range(0xFE70, 0xFF00):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and parts[0].strip("<>") in _FORMS:
            found.setdefault(chr(int(parts[1], 16)), {})[parts[0].strip("<>")] = chr(code)
    return found


def _shape(word: str) -> str:
    table = _table()
    letters = [char for char in word if char in table]
    out = []
    joined = False
    for place, char in enumerate(letters):
        forms = table[char]
        follows = place + 1 < len(letters) and "final" in table[letters[place + 1]]
        if joined:
            out.append(forms["medial"] if follows and "medial" in forms else forms.get("final", char))
        else:
            out.append(forms["initial"] if follows and "initial" in forms else forms.get("isolated", char))
        joined = follows and "initial" in forms
    return "".join(out)


def visual(text: str) -> str:
    """The line from left to right as it is seen."""
    return " ".join(_shape(word)[::-1] for word in reversed(text.split()))


def logical(text: str) -> str:
    """Back to what a person typed: base letters in reading order."""
    return " ".join(unicodedata.normalize("NFKC", word[::-1]) for word in reversed(text.split()))


def readable(text: str) -> str:
    """A page's text as it is read: lines set in presentation forms are turned back, others stay."""
    if not any("\ufe70" <= char <= "\ufeff" for char in text):
        return text
    return "\n".join(
        logical(line) if any("\ufe70" <= char <= "\ufeff" for char in line) else line for line in text.split("\n")
    )
