"""Merkle trees as in RFC 6962, section 2.1: hashes, and proofs verified as in RFC 9162, section 2.1.3 and 2.1.4."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
TILE_HEIGHT = 8  # tlog-tiles: 256 hashes a tile

# The root of the perfect subtree of `2**height` leaves with this index among its equals.
Perfect = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes."""
    frontier = Frontier()
    for leaf in hashes:
        frontier.append(leaf)
    return frontier.root()


@dataclass
class Frontier:
    """The roots of the perfect subtrees at a tree's right edge, the largest first: all that appending needs."""

    size: int = 0
    roots: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Adds a leaf hash. Gives what it completed of the tiles above: level, index in the level, hash."""
        completed = []
        self.roots.append(leaf)
        rest, height = self.size, 0
        while rest & 1:
            right = self.roots.pop()
            self.roots[-1] = node_hash(self.roots[-1], right)
            rest, height = rest >> 1, height + 1
            if height % TILE_HEIGHT == 0:
                completed.append((height // TILE_HEIGHT, rest, self.roots[-1]))
        self.size += 1
        return completed

    def root(self) -> bytes:
        if not self.roots:
            return EMPTY_ROOT
        whole = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            whole = node_hash(left, whole)
        return whole

    def to_bytes(self) -> bytes:
        return b"".join(self.roots)

    @classmethod
    def from_bytes(cls, size: int, content: bytes) -> Frontier:
        """Raises ValueError where they do not belong together."""
        roots = [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]
        if len(roots) != size.bit_count() or len(content) % HASH_BYTES:
            raise ValueError(f"{len(content)} bytes are no frontier of {size} leaves")
        return cls(size, roots)


def range_root(start: int, end: int, perfect: Perfect) -> bytes:
    """The Merkle tree hash over the leaves from `start` to `end` (excluded), `start` being where RFC 6962 splits."""
    count = end - start
    if count == 0:
        return EMPTY_ROOT
    if count.bit_count() == 1:
        return perfect(count.bit_length() - 1, start // count)
    middle = start + _split(count)
    return node_hash(range_root(start, middle, perfect), range_root(middle, end, perfect))


def inclusion_proof(index: int, size: int, perfect: Perfect) -> list[bytes]:
    """RFC 6962, 2.1.1: from the leaf's sibling up to the root's child."""
    return _path(index, 0, size, perfect)


def consistency_proof(first: int, second: int, perfect: Perfect) -> list[bytes]:
    """RFC 6962, 2.1.2. Empty where one of the trees is empty or both are the same."""
    return _subproof(first, 0, second, True, perfect) if 0 < first < second else []


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes) -> bool:
    """RFC 9162, 2.1.4.2; an empty tree is consistent with every other."""
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == EMPTY_ROOT
    if not 0 < first < second or not proof:
        return False
    steps = list(proof) if first.bit_count() > 1 else [first_root, *proof]
    return _climb(first - 1, second - 1, steps) == (first_root, second_root)


def _climb(at: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots, from the rightmost perfect subtree of the older tree upwards; None for a proof of another length."""
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    return (old, new) if last == 0 else None


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _path(index: int, start: int, end: int, perfect: Perfect) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, perfect), range_root(middle, end, perfect)]
    return [*_path(index, middle, end, perfect), range_root(start, middle, perfect)]


def _subproof(first: int, start: int, end: int, whole: bool, perfect: Perfect) -> list[bytes]:
    if first == end:
        return [] if whole else [range_root(start, end, perfect)]
    middle = start + _split(end - start)
    if first <= middle:
        return [*_subproof(first, start, middle, whole, perfect), range_root(middle, end, perfect)]
    return [*_subproof(first, middle, end, False, perfect), range_root(start, middle, perfect)]
