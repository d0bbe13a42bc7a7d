"""Signs that are drawn differently, or not at all, but mean the same letters."""

from __future__ import annotations

import re

from casefile.text.edits import Edit

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "ĳ": "ij", "Ĳ": "IJ"}
_LONG_S = {"ſ": "s"}
# Soft hyphen, zero-width blank, word joiner, byte order mark, marks and embeddings of the writing direction.
_WITHOUT_WIDTH = dict.fromkeys(
    "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff", ""
)
_SAME = _LIGATURES | _LONG_S | _WITHOUT_WIDTH
_LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff\ufb00-\ufb06"
# Joiners keep ligatures apart in German; in Persian and Hindi, and between emojis, they carry meaning.
_SIGN = re.compile(f"[{''.join(_SAME)}]|(?<=[{_LATIN}])[\u200c\u200d]{{1,8}}(?=[{_LATIN}])")


def letter_edits(text: str) -> list[Edit]:
    return [Edit(m.start(), m.end(), _SAME.get(m.group(), "")) for m in _SIGN.finditer(text)]
