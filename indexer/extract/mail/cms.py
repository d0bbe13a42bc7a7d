"""Signature containers (CMS/PKCS#7, RFC 5652; RFC 3274 compressed; RFC 5544 time-stamped): what is inside them."""

from __future__ import annotations

import binascii
import re
import zlib
from dataclasses import dataclass

from asn1crypto import cms, core, tsp

MOST_BYTES = 512 * 1024**2
_ARMOUR = re.compile(rb"-----BEGIN [A-Z0-9 ]+-----(.*?)-----END", re.DOTALL)
_DEEPEST = 10
_SEALED = frozenset(
    {
        "enveloped_data",
        "encrypted_data",
        "signed_and_enveloped_data",
        "authenticated_enveloped_data",
        "authenticated_data",
    }
)


@dataclass(frozen=True)
class Unwrapped:
    """`content`: the innermost signed bytes, None where there are none (a signature apart, only certificates)."""

    content: bytes | None = None
    encrypted: bool = False


def unwrap(raw: bytes) -> Unwrapped | None:
    """Through signatures, compression and time stamps to the content; None for what is no such container."""
    found: Unwrapped | None = None
    for _ in range(_DEEPEST):
        inner = _unwrap_once(raw)
        if inner is None:
            return found
        if inner.content is None:
            return inner
        found, raw = inner, inner.content
    return found


def _unwrap_once(raw: bytes) -> Unwrapped | None:
    der = _binary(raw)
    if der is None:
        return None
    try:
        info = cms.ContentInfo.load(der, strict=False)
        kind = str(info["content_type"].native)
        content = info["content"]
        # Known to the library only since its module for time stamps is imported.
        return (
            Unwrapped(_octets(content["content"]))
            if isinstance(content, tsp.TimeStampedData)
            else _inside(kind, content)
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _inside(kind: str, content: core.Asn1Value) -> Unwrapped | None:
    if kind in _SEALED:
        return Unwrapped(encrypted=True)
    if kind == "signed_data" or kind == "compressed_data":
        inner = content["encap_content_info"]["content"]
        value = _octets(inner)
        if value is not None and kind == "compressed_data":
            value = zlib.decompressobj().decompress(value, MOST_BYTES)
        return Unwrapped(value)
    return None


def _octets(value: core.Asn1Value) -> bytes | None:
    native = value.native
    if isinstance(native, bytes):
        return native
    # PKCS#7 1.5 lets any type stand for the content; its own bytes are the content then.
    return None if native is None else bytes(value.contents or b"")


def _binary(raw: bytes) -> bytes | None:
    """DER or BER, also from PEM or bare Base64."""
    if raw[:1] == b"\x30":
        return raw
    armoured = _ARMOUR.search(raw)
    packed = re.sub(rb"\s+", b"", armoured.group(1) if armoured else raw)
    if not packed.startswith(b"M") or not re.fullmatch(rb"[A-Za-z0-9+/]+=*", packed):
        return None
    try:
        return binascii.a2b_base64(packed)
    except binascii.Error:
        return None
