"""Bytes of unknown or wrongly declared encoding to text: every likely reading is scored, the most plausible wins."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence

import charset_normalizer

# What offices' programs of the last forty years write: Windows, DOS, Mac; then the neighbours' letters.
_LIKELY = ("cp1252", "cp850", "mac_roman", "cp1250", "cp1254", "cp1251", "koi8_r", "cp1253")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UMLAUTS = frozenset("äöüÄÖÜß")
_ICELANDIC = frozenset("þýðÞÝÐ")  # where Turkish has its own letters
_SIGNS = frozenset("§°€–—„“”‚‘’«»…·•²³µ½¼¾©®×\u00a0\u00ad\u2028\u2029\ufeff\u200b\u200c\u200d\u200e\u200f\u202f")
_SAMPLE = 200_000  # bytes that are scored; the whole text is decoded once
_GUESSED = 20_000
_UTF7 = re.compile(rb"\+(?:A[A-P][A-Za-z0-9+/])+[A-Za-z0-9+/]{0,3}-?")
_WIDE_SHARE = 0.3
_MAINFRAMES = frozenset({"cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140"})
_BLANK_SHARE = 0.02


def decode_text(raw: bytes, declared: Sequence[str] = ()) -> str:
    """The text of these bytes. `declared`: encodings that somebody named, the most trusted first.

    Bytes that no reading explains become U+FFFD; nothing is raised.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _decode(raw, encoding)
    wide = wide_encoding(raw)
    if wide:
        return _decode(raw, wide)
    mainframe = _mainframe_encoding(raw, declared)
    if mainframe:
        return _decode(raw, mainframe)
    if raw.isascii():
        return _decode_ascii(raw, declared)
    return _decode(raw, likely_encoding(raw, declared))


def wide_encoding(raw: bytes) -> str:
    """UTF-16 or UTF-32 without a mark at its start, told by where the zero bytes stand; "" where it is neither."""
    sample = raw[:8000]
    if len(sample) < 4 or sample.count(0) < len(sample) * _WIDE_SHARE:
        return ""
    zeros = [sample[position::4].count(0) / max(1, len(sample[position::4])) for position in range(4)]
    for encoding, filled in (("utf-32-le", (0,)), ("utf-32-be", (3,))):
        if all(zeros[n] > 0.9 for n in range(4) if n not in filled) and zeros[filled[0]] < 0.1:
            return encoding
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    if odd > 0.5 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.5 and odd < 0.1 else ""


def _mainframe_encoding(raw: bytes, declared: Sequence[str]) -> str:
    """EBCDIC where it is named and the blanks are the ones it has; "" else."""
    sample = raw[:_SAMPLE]
    if sample.count(0x40) <= 2 * sample.count(0x20) or sample.count(0x40) < len(sample) * _BLANK_SHARE:
        return ""
    return next((name for name in map(_known, declared) if name in _MAINFRAMES), "")


def _decode_ascii(raw: bytes, declared: Sequence[str]) -> str:
    """ASCII bytes may still be UTF-7 (declared, or with umlauts written in it) or one of the ISO 2022 family."""
    names = [name for name in map(_known, declared) if name]
    if "utf-7" in names or _UTF7.search(raw):
        text = _strict(raw, "utf-7")
        if text is not None and ("utf-7" in names or _gains_umlauts(text)):
            return text
    for name in names:
        if b"\x1b" in raw and name.startswith("iso2022"):
            return _decode(raw, name)
        if name == "hz":
            return _decode(raw, name)
    return raw.decode("ascii")


def _gains_umlauts(text: str) -> bool:
    special = [c for c in text if not c.isascii()]
    return bool(special) and all(c in _UMLAUTS or c in _SIGNS for c in special)


def likely_encoding(raw: bytes, declared: Sequence[str] = ()) -> str:
    """Of bytes beyond ASCII, eight bits a unit."""
    if _strict(raw, "utf-8") is not None:
        return "utf-8"  # hardly anything else is valid UTF-8 by chance
    sample = _sample(raw)
    named = set(map(_known, declared))
    scored = {name: plausibility(text) * _trust(name, named) for name, text in _readings(sample, declared)}
    return max(scored, key=lambda name: scored[name], default="cp1252")


def _readings(sample: bytes, declared: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Likely encodings in the order in which they are believed when several are equally plausible."""
    names = [name for name in map(_known, declared) if name]
    guessed = _known(_guess(sample))
    for name in dict.fromkeys((*names, *_LIKELY, *filter(None, (guessed,)), "utf-8")):
        text = _strict(sample, name)
        if text is None and name in {"utf-8", *names[:1]}:
            text = _decode(sample, name)
        if text is not None:
            yield name, text


def _trust(name: str, named: set[str]) -> float:
    """Who names an encoding knows more than the letters tell. A few bytes make words of any encoding with several bytes
    a character, so that a mere guess of one counts less.
    """
    if name in named:
        return 1.5
    return 1.0 if name in _LIKELY or name == "utf-8" else 0.8


def _guess(sample: bytes) -> str:
    best = charset_normalizer.from_bytes(sample[:_GUESSED], explain=False).best()
    return best.encoding if best is not None else ""


def _sample(raw: bytes) -> bytes:
    """Around the first byte beyond ASCII, whole lines, so that no character of several bytes is cut."""
    if len(raw) <= _SAMPLE:
        return raw
    first = next((n for n, byte in enumerate(raw) if byte > 127), 0)
    start = raw.rfind(b"\n", 0, first) + 1
    end = raw.rfind(b"\n", start, start + _SAMPLE)
    return raw[start : end if end > first else start + _SAMPLE]


def plausibility(text: str) -> float:
    """0..1: how likely the characters beyond ASCII stand where they stand; 1 where there are none."""
    marks = [_mark(text, at) for at, letter in enumerate(text) if ord(letter) > 127]
    return sum(marks) / len(marks) if marks else 1.0


def _mark(text: str, at: int) -> float:
    letter = text[at]
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if letter.isalpha():
        return _letter_mark(letter, before, after)
    if letter in "’‘·\u00ad\u200c\u200d":
        return 0.8
    if unicodedata.category(letter) == "Mn":
        return 0.8 if before.isalpha() else 0.0
    if letter in _SIGNS:
        return 0.1 if before.isalpha() and after.isalpha() else 0.8
    return 0.2 if unicodedata.category(letter) not in {"Cc", "Cn", "Co"} and letter != "\ufffd" else 0.0


def _letter_mark(letter: str, before: str, after: str) -> float:
    neighbours = [c for c in (before, after) if c.isalpha()]
    if letter.isupper() and before.islower():
        return 0.0
    if _is_latin(letter):
        if letter in _UMLAUTS:
            return 1.0 if neighbours else 0.3
        if letter in _ICELANDIC:
            return 0.3
        strange = [c for c in neighbours if ord(c) > 127 and c not in _UMLAUTS]
        return 0.1 if len(strange) == len(neighbours) else 0.5
    # A word in one foreign script is as good as any; a foreign letter among Latin ones is a wrong reading.
    if any(_is_latin(c) for c in neighbours):
        return 0.0
    return 0.2 if not neighbours else 0.65 if letter.isupper() and before.isalpha() else 0.7


def _is_latin(letter: str) -> bool:
    code = ord(letter)
    return code < 0x250 or 0x1E00 <= code < 0x1F00 or 0xFB00 <= code < 0xFB07


def _known(name: str) -> str:
    """Python's name of a text encoding, "" for anything else."""
    try:
        info = codecs.lookup(name.strip().strip("\"'").lower())
    except (LookupError, ValueError):
        return ""
    if not getattr(info, "_is_text_encoding", True) or info.name in {"undefined", "idna", "punycode", "unicode_escape"}:
        return ""
    # What calls itself Latin-1 or ASCII mostly is Windows-1252; it has the same letters and more.
    return "cp1252" if info.name in {"iso8859-1", "ascii"} else info.name


def _strict(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except (UnicodeError, LookupError, ValueError):
        return None


def _decode(raw: bytes, encoding: str) -> str:
    return raw.decode(encoding, "replace")
