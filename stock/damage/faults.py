"""Damages files on purpose: what a faulty delivery looks like."""

from __future__ import annotations

import io
import random

import pikepdf

from stock.cases.plan import Fault

PASSWORD = "geheim-4711"  # noqa: S105 - the planted file is meant to be opened by nobody; the truth names it


def strike(data: bytes, fault: Fault | None, rng: random.Random) -> bytes:
    """The bytes as delivered."""
    if fault is Fault.EMPTY:
        return b""
    if fault is Fault.CUT_OFF:
        return data[: int(len(data) * rng.uniform(0.35, 0.7))]
    if fault is Fault.ENCRYPTED:
        return encrypt(data)
    return data


def encrypt(data: bytes) -> bytes:
    """A PDF that asks for a password: RC4, revision 3, since the newer ways draw a salt by chance."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(
            out,
            encryption=pikepdf.Encryption(user=PASSWORD, owner=PASSWORD + "!", R=3, aes=False, metadata=False),
            static_id=True,
        )
    return out.getvalue()


def wrong_suffix(suffix: str, rng: random.Random) -> str:
    """A suffix that lies."""
    return rng.choice([other for other in (".pdf", ".tif", ".docx", ".jpg", ".msg") if other != suffix])
