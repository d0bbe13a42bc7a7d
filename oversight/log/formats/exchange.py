"""What log, witness and verifier send each other: requests to cosign (C2SP tlog-witness), proofs (tlog-proof)."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from oversight.log.formats.checkpoint import hash_line, parse_hash
from oversight.log.formats.note import MAX_BYTES, NoteError

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63
_NUMBER = r"(0|[1-9][0-9]{0,18})"
_REQUEST = re.compile(rf"old {_NUMBER}")
_INDEX = re.compile(rf"index {_NUMBER}")


@dataclass(frozen=True)
class CosignRequest:
    """The body of `add-checkpoint`. `checkpoint`: the signed note."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def to_text(self) -> str:
        return f"old {self.old_size}\n{_hash_lines(self.proof)}\n{self.checkpoint}"


@dataclass(frozen=True)
class InclusionProof:
    """`extra`: whatever the verifier needs to make the leaf; nothing vouches for it but the leaf's hash."""

    extra: bytes
    index: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def to_text(self) -> str:
        extra = f"extra {base64.b64encode(self.extra).decode()}\n" if self.extra else ""
        return f"{PROOF_HEADER}\n{extra}index {self.index}\n{_hash_lines(self.proof)}\n{self.checkpoint}"


def parse_request(content: str) -> CosignRequest:
    """Raises NoteError."""
    head, checkpoint = _parts(content)
    found = _REQUEST.fullmatch(head[0])
    if found is None:
        raise NoteError("not a request for a cosignature")
    return CosignRequest(int(found[1]), _hashes(head[1:]), checkpoint)


def parse_proof(content: str) -> InclusionProof:
    """Raises NoteError."""
    head, checkpoint = _parts(content)
    extra = b""
    if len(head) > 1 and head[1].startswith("extra "):
        extra = base64.b64decode(head.pop(1).removeprefix("extra "))
    found = _INDEX.fullmatch(head[1]) if len(head) > 1 else None
    if head[0] != PROOF_HEADER or found is None:
        raise NoteError("not a proof")
    return InclusionProof(extra, int(found[1]), _hashes(head[2:]), checkpoint)


def _parts(content: str) -> tuple[list[str], str]:
    head, blank, checkpoint = content.partition("\n\n")
    if not blank or len(content) > 2 * MAX_BYTES:
        raise NoteError("no checkpoint in it")
    return head.split("\n"), checkpoint


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    if len(lines) > MAX_HASHES:
        raise NoteError("too many hashes")
    return tuple(map(parse_hash, lines))


def _hash_lines(hashes: Sequence[bytes]) -> str:
    return "".join(map(hash_line, hashes))
