"""Plain text: which encoding it is in, and whether it is text at all."""

from __future__ import annotations

from pathlib import Path

from indexer.extract.tika.client import WRITE_LIMIT, Parsed
from indexer.extract.tika.xhtml import tidy

_EXPECTED = frozenset("äöüÄÖÜßéèêàáâçñóôúûíîëïøåæœğışŞİčćžšłńęążź§°€–—„“”‚‘’«»…·•²³µ½¼¾©®×\u00a0")
_ENCODINGS = ("utf-8", "cp1252", "cp850")
# Text of an unknown kind (logs, exports) is read up to this size; larger ones are data.
_MOST_UNKNOWN = 5_000_000


def repair_encoding(path: Path, parsed: Parsed, body: str) -> str:
    """Tika takes short German texts for Cyrillic or Greek: the likely encodings are tried, the most German one wins."""
    if body.isascii() or parsed.first("Content-Encoding").upper().startswith("UTF"):
        return body
    with path.open("rb") as stream:
        raw = stream.read(WRITE_LIMIT)
    return max((body, *_readings(raw)), key=_expected_share)


def plain_text(path: Path) -> str:
    """The file's text where it is one, though its type is unknown; "" for anything binary."""
    if path.stat().st_size > _MOST_UNKNOWN:
        return ""
    raw = path.read_bytes()
    if any(byte < 9 or 13 < byte < 32 for byte in raw):
        return ""
    text = max(_readings(raw), key=_expected_share, default="")
    return text if _expected_share(text) > 0.9 else ""


def is_pdf_source(path: Path) -> bool:
    with path.open("rb") as stream:
        start = stream.read(65536)
    return b"endobj" in start and b" obj" in start


def _readings(raw: bytes) -> list[str]:
    found: list[str] = []
    for encoding in _ENCODINGS:
        try:
            found.append(tidy(raw.decode(encoding)))
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8":
            break  # hardly anything else is valid UTF-8 by chance
    return found


def _expected_share(text: str) -> float:
    special = [c for c in text if not c.isascii()]
    return sum(c in _EXPECTED for c in special) / len(special) if special else 1.0
