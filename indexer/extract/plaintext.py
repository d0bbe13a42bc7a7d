"""Files of an unknown type: whether they are text at all."""

from __future__ import annotations

from pathlib import Path

from indexer.extract.formats.encoding import decode_text, plausibility, wide_encoding
from indexer.extract.markup import tidy

# Text of an unknown kind (logs, exports) is read up to this size; larger ones are data.
_MOST_UNKNOWN = 5_000_000
_LEAST_PLAUSIBLE = 0.6


def plain_text(path: Path) -> str:
    """The file's text where it is one, though its type is unknown; "" for anything binary."""
    if path.stat().st_size > _MOST_UNKNOWN:
        return ""
    raw = path.read_bytes()
    if not wide_encoding(raw) and any(byte < 9 or 13 < byte < 32 for byte in raw):
        return ""
    text = tidy(decode_text(raw))
    return text if plausibility(text) > _LEAST_PLAUSIBLE else ""


def is_pdf_source(path: Path) -> bool:
    with path.open("rb") as stream:
        start = stream.read(65536)
    return b"endobj" in start and b" obj" in start
