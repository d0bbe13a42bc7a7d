"""How a text is cut into words: the same for the engine's analysis, for questions and for marks.

The engine's tokenizer (Unicode, UAX 29) does most of it. It keeps together what people write without a blank but mean
as two words (`Dr.Name`, `Name:Wert`, `Konto_4711`, `nº129`), and tells `O’Brien`, `O'Brien` and `OBrien` apart; so
these signs are changed before it sees them.
"""

from __future__ import annotations

import re

APOSTROPHES = "'’‘´`ʼ"
GLUE = ".:"  # a blank only between letters: 12.30, 2.0.1 stay whole
ALWAYS_APART = "_º"
_LETTER = r"[^\W\d_]"
_APOSTROPHE = re.compile(f"(?<={_LETTER})[{APOSTROPHES}](?={_LETTER})")
_WORD = re.compile(rf"[^\W{ALWAYS_APART}]+(?:(?<=\d)[.,;](?=\d)[^\W{ALWAYS_APART}]+)*")
_PATH_JOINT = re.compile(r"[\W_]|(?<=[^\W\d_A-ZÄÖÜ])(?=[A-ZÄÖÜ])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


def words_of(text: str) -> list[str]:
    """In order, in small letters; a number with its comma and points is one word."""
    return _WORD.findall(without_apostrophes(text).lower())


def without_apostrophes(text: str) -> str:
    """O’Brien, O'Brien and OBrien are one word."""
    return _APOSTROPHE.sub("", text)


def path_words(path: str) -> str:
    """The words of folder and file names, parted at signs, changes of case and between letters and digits."""
    return " ".join(filter(None, _PATH_JOINT.split(path)))
