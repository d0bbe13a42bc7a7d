"""C2SP tlog-tiles: where a log's tiles and entry bundles stand, and what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH = 256
MAX_ENTRY = 2**16 - 1


@dataclass(frozen=True)
class Tile:
    """`width` hashes (or entries) from `start` on, counted in the level."""

    level: int
    index: int
    width: int

    @property
    def start(self) -> int:
        return self.index * WIDTH

    @property
    def path(self) -> str:
        return f"tile/{self.level}/{_place(self.index, self.width)}"

    @property
    def entries_path(self) -> str:
        return f"tile/entries/{_place(self.index, self.width)}"


def tiles(size: int) -> Iterator[Tile]:
    """All tiles of a tree with so many leaves, the partial ones at its edge too."""
    level, count = 0, size
    while count:
        yield from level_tiles(level, count)
        level, count = level + 1, count // WIDTH


def level_tiles(level: int, count: int) -> Iterator[Tile]:
    full, partial = divmod(count, WIDTH)
    yield from (Tile(level, index, WIDTH) for index in range(full))
    if partial:
        yield Tile(level, full, partial)


def bundle(entries: Sequence[bytes]) -> bytes:
    """Raises ValueError for an entry that is too long for the format."""
    if any(len(entry) > MAX_ENTRY for entry in entries):
        raise ValueError("an entry has at most 65,535 bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unbundle(content: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        end = at + 2 + int.from_bytes(content[at : at + 2], "big")
        if end > len(content):
            raise ValueError("a bundle that ends within an entry")
        yield content[at + 2 : end]
        at = end


def _place(index: int, width: int) -> str:
    parts = [f"{index % 1000:03}"]
    while index := index // 1000:
        parts.insert(0, f"x{index % 1000:03}")
    return "/".join(parts) + (f".p/{width}" if width < WIDTH else "")
