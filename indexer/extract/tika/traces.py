"""What Tika's stack traces say about a document."""

from __future__ import annotations

import re

from casefile.errors import Reason
from casefile.wording import caused

# A mark in the trace -> why the document is not readable. The first match counts.
_EXCEPTIONS: tuple[tuple[str, Reason], ...] = (
    ("EncryptedDocumentException", Reason.ENCRYPTED),
    ("InvalidPasswordException", Reason.ENCRYPTED),
    ("ZeroByteFileException", Reason.EMPTY),
    ("WriteLimitReachedException", Reason.TOO_LARGE),
    ("zip bomb", Reason.TOO_LARGE),
    ("Zip bomb", Reason.TOO_LARGE),
    ("MemoryLimit", Reason.TOO_LARGE),
    ("OutOfMemoryError", Reason.TOO_LARGE),
    ("RecordFormatException: Tried to allocate", Reason.TOO_LARGE),
    ("maximum level of nesting", Reason.TOO_DEEP),
    ("UnsupportedFormatException", Reason.UNSUPPORTED),
    ("Strict OOXML", Reason.UNSUPPORTED),
    ("cannot parse detached pkcs7", Reason.UNSUPPORTED),
    ("UnsupportedZipFeatureException", Reason.UNSUPPORTED),
    ("OldWordFileFormatException", Reason.UNSUPPORTED),
    ("OldExcelFormatException", Reason.UNSUPPORTED),
    ("EOFException", Reason.TRUNCATED),
    ("Truncated", Reason.TRUNCATED),
    ("must start and end within the same entity", Reason.TRUNCATED),
    ("Unexpected end of", Reason.TRUNCATED),
    ("TimeoutException", Reason.TIMEOUT),
)


def reason_of(trace: str) -> Reason:
    for mark, reason in _EXCEPTIONS:
        if mark in trace:
            return reason
    return Reason.CORRUPT


def describe(trace: str) -> str:
    """A sentence for a report, with the innermost cause's own words behind it; "" without a trace."""
    return caused("Tika meldet einen Fehler in der Datei", innermost(trace)) if trace else ""


def innermost(trace: str) -> str:
    """The innermost cause's own words, short enough for a report."""
    lines = [line for line in trace.splitlines() if line and not line.startswith(("\t", "..."))]
    last = re.sub(r"^Caused by: ", "", lines[-1]) if lines else ""
    last = re.sub(r"/\S*/apache-tika-\S+", "die Datei", last)  # the server's own copy
    return re.sub(r"(?:[a-z]\w*\.)+([A-Z]\w*)", r"\1", last)[:200]
