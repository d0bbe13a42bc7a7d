"""Signed notes (C2SP signed-note), with the two Ed25519 signature types in use: plain, and timestamped cosignatures.

Private keys are written as Go's `sumdb/note` writes them, so that its tools can sign and verify with them too.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MAX_BYTES = 1_000_000
MAX_SIGNATURES = 100
KEY_BYTES = 32
TIMESTAMP_BYTES = 8
_SIGNATURE_LINE = re.compile(r"— (\S+) (\S+)")
_NAME = re.compile(r"[^\s+]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteError(ValueError):
    """Not a note, not a key, or a signature that does not hold."""


class Kind(IntEnum):
    """Signature types of the specification."""

    PLAIN = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True)
class Signature:
    """`value`: the signature without the key id; of a cosignature, with its timestamp."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        return f"— {self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"

    @property
    def timestamp(self) -> int:
        """Of a cosignature, in seconds since 1970."""
        return int.from_bytes(self.value[:TIMESTAMP_BYTES], "big")


@dataclass(frozen=True)
class Note:
    """`text` ends with a newline."""

    text: str
    signatures: tuple[Signature, ...]

    def to_text(self) -> str:
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)


@dataclass(frozen=True)
class VerifierKey:
    """A public key with its name; `str` is its vkey."""

    name: str
    kind: Kind
    public: bytes

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"

    def made(self, signature: Signature) -> bool:
        """Name and id alone: whether the signature holds is another question."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def holds(self, text: str, signature: Signature) -> bool:
        try:
            value = signature.value
            if self.kind is Kind.COSIGNATURE:
                text, value = cosigned(text, signature.timestamp), value[TIMESTAMP_BYTES:]
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    name: str
    kind: Kind
    seed: bytes

    @classmethod
    def new(cls, name: str, kind: Kind) -> SigningKey:
        return cls(_checked_name(name), kind, secrets.token_bytes(KEY_BYTES))

    @property
    def verifier(self) -> VerifierKey:
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, self.kind, public)

    def sign(self, text: str, timestamp: int = 0) -> Signature:
        """`timestamp` (seconds since 1970): of cosignatures."""
        stamp = b""
        if self.kind is Kind.COSIGNATURE:
            text, stamp = cosigned(text, timestamp), timestamp.to_bytes(TIMESTAMP_BYTES, "big")
        value = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        return Signature(self.name, self.verifier.key_id, stamp + value)

    def secret(self) -> str:
        """For a file that nobody else reads."""
        data = base64.b64encode(bytes([self.kind]) + self.seed).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{data}"


def cosigned(text: str, timestamp: int) -> str:
    """What a cosignature/v1 signs (C2SP tlog-cosignature)."""
    return f"cosignature/v1\ntime {timestamp}\n{text}"


def parse_note(content: str) -> Note:
    """Raises NoteError."""
    if len(content) > MAX_BYTES or _CONTROL.search(content):
        raise NoteError("not a note: too long, or with control characters")
    text, blank, below = content.rpartition("\n\n")
    if not blank or not below.endswith("\n"):
        raise NoteError("not a note: no blank line before the signatures, or no newline at the end")
    return Note(text + "\n", parse_signatures(below))


def parse_signatures(lines: str) -> tuple[Signature, ...]:
    """Raises NoteError where a line is no signature, or there is none."""
    found = tuple(map(_signature, lines.removesuffix("\n").split("\n")))
    if len(found) > MAX_SIGNATURES:
        raise NoteError("too many signatures")
    return found


def parse_verifier(vkey: str) -> VerifierKey:
    """Raises NoteError, also where the id in it is not the key's."""
    name, identifier, data = _three(vkey.strip())
    key = VerifierKey(_checked_name(name), _kind(data), data[1:])
    if key.key_id.hex() != identifier or len(key.public) != KEY_BYTES:
        raise NoteError(f"not a verifier key: {name}")
    return key


def parse_secret(content: str) -> SigningKey:
    """Raises NoteError."""
    prefix, found, rest = content.strip().partition("PRIVATE+KEY+")
    if prefix or not found:
        raise NoteError("not a signing key")
    name, identifier, data = _three(rest)
    key = SigningKey(_checked_name(name), _kind(data), data[1:])
    if len(key.seed) != KEY_BYTES or key.verifier.key_id.hex() != identifier:
        raise NoteError(f"not a signing key: {name}")
    return key


def verified(note: Note, keys: Iterable[VerifierKey]) -> list[tuple[VerifierKey, Signature]]:
    """The signatures of known keys, at least one. Raises NoteError where there is none, or one does not hold."""
    found = known_signatures(note.text, note.signatures, keys)
    if not found:
        raise NoteError("no signature of a known key")
    return found


def known_signatures(
    text: str, signatures: Sequence[Signature], keys: Iterable[VerifierKey]
) -> list[tuple[VerifierKey, Signature]]:
    """Raises NoteError where a signature of a known key does not hold; those of unknown keys do not matter."""
    found = [(key, signature) for key in keys for signature in signatures if key.made(signature)]
    for key, signature in found:
        if not key.holds(text, signature):
            raise NoteError(f"a signature of {key.name} does not hold")
    return found


def _signature(line: str) -> Signature:
    found = _SIGNATURE_LINE.fullmatch(line)
    data = _decoded(found[2]) if found else b""
    if found is None or len(data) < 5 or not _NAME.fullmatch(found[1]):
        raise NoteError("not a signature line")
    return Signature(found[1], data[:4], data[4:])


def _three(text: str) -> tuple[str, str, bytes]:
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise NoteError("not a key")
    return parts[0], parts[1], _decoded(parts[2])


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise NoteError("not base64") from error


def _kind(data: bytes) -> Kind:
    try:
        return Kind(data[0])
    except (IndexError, ValueError) as error:
        raise NoteError("an unknown kind of key") from error


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise NoteError("a key's name has no spaces and no plus")
    return name
