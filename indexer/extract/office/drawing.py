"""Windows metafiles (EMF): Office for Mac draws an embedded PDF as one and hides the PDF itself in a comment."""

from __future__ import annotations


def pdf_inside(content: bytes) -> bytes:
    """The PDF within these bytes, b"" where there is none. Nothing is decoded."""
    start = content.find(b"%PDF-")
    end = content.rfind(b"%%EOF")
    return content[start : end + 5] if 0 <= start < end else b""
