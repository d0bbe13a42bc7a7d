"""What the derived store keeps of one document, and reading it: a pack (ZIP) and the loose pages beside it.

Every entry has a checksum: the CRC-32 of the ZIP, that of the zstd frame for pages, and an original's SHA-256 is the
document's. What does not agree reads as missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import zstandard

from casefile.pagetext import PageText
from casefile.text.borders import ends_broken
from casefile.text.pages import searched_page

MANIFEST = "manifest.json"
ORIGINAL = "original"
_SUFFIX = ".json.zst"
COMPRESSION_LEVEL = 6
# All that zipfile raises on damaged bytes; RuntimeError where a flipped bit claims encryption.
_DAMAGE = (FileNotFoundError, KeyError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # fixed entry time: same pages, same bytes


@dataclass(frozen=True)
class Manifest:
    """Which key holds which page; a page that failed has no key. Page numbers count from 1."""

    media_type: str
    page_count: int
    keys: dict[int, str]

    def to_bytes(self) -> bytes:
        data = {"media_type": self.media_type, "page_count": self.page_count, "keys": self.keys}
        return json.dumps(data, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Manifest:
        data = json.loads(raw)
        return cls(data["media_type"], data["page_count"], {int(n): key for n, key in data["keys"].items()})


@dataclass(frozen=True)
class Check:
    """What of a document's pack is whole. `whole_keys`, `damaged_keys`: of its pages, of those in the pack and of those
    in the manifest; a page whose key is not among the whole ones must be read again. `manifest`, `original`: False
    where it is damaged (the manifest also where it is missing; only embedded documents have an original).
    `names`: False where an entry has a name that nobody wrote.
    """

    packed: bool
    whole_keys: frozenset[str]
    damaged_keys: frozenset[str]
    manifest: bool
    original: bool
    names: bool

    @property
    def is_whole(self) -> bool:
        return self.packed and not self.damaged_keys and self.manifest and self.original and self.names


class DocumentReader:
    """Context manager: opens the pack once for all pages of a document. Damaged or missing entries read as None."""

    def __init__(self, sha256: str, work: Path, pack: Path) -> None:
        self._sha256 = sha256
        self._work = work
        self._pack = pack
        self._archive: zipfile.ZipFile | None = None

    def __enter__(self) -> DocumentReader:
        with contextlib.suppress(*_DAMAGE):
            self._archive = zipfile.ZipFile(self._pack)
        return self

    def __exit__(self, *_: object) -> None:
        if self._archive is not None:
            self._archive.close()

    def page(self, key: str) -> PageText | None:
        raw = self.entry(page_entry(key))
        return decode_page(raw) if raw else None

    def searched_page(self, number: int, key: str) -> PageText | None:
        """As it is indexed and shown: a word that goes on on the following page is completed from there."""
        page = self.page(key)
        if page is None:
            return None
        manifest = self.manifest() if ends_broken(page.text) else None
        following = manifest.keys.get(number + 1) if manifest else None
        return searched_page(page, self.page(following) if following else None)

    def manifest(self) -> Manifest | None:
        raw = self._packed(MANIFEST)
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            return Manifest.from_bytes(raw) if raw else None
        return None

    def original(self) -> bytes | None:
        raw = self.entry(ORIGINAL)
        return raw if raw is not None and hashlib.sha256(raw).hexdigest() == self._sha256 else None

    def packed_keys(self) -> frozenset[str]:
        """Keys of the pages in the pack, whole or damaged."""
        return frozenset(name.removesuffix(_SUFFIX) for name in self._names() if name.endswith(_SUFFIX))

    def check(self) -> Check:
        """Reads every entry of the pack."""
        keys, manifest, names = self.packed_keys(), self.manifest(), self._names()
        whole = frozenset(key for key in keys if _is_page(self._packed(page_entry(key))))
        listed = frozenset(manifest.keys.values()) if manifest else frozenset()
        return Check(
            packed=self._archive is not None,
            whole_keys=whole,
            damaged_keys=(keys | listed) - whole,
            manifest=manifest is not None,
            original=ORIGINAL not in names or self.original() is not None,
            names=all(name in {MANIFEST, ORIGINAL} or name.endswith(_SUFFIX) for name in names),
        )

    def entry(self, name: str) -> bytes | None:
        """A loose file goes before the pack: it is the newer reading."""
        return read_file(self._work / name) or self._packed(name)

    def _names(self) -> list[str]:
        return self._archive.namelist() if self._archive is not None else []

    def _packed(self, name: str) -> bytes | None:
        if self._archive is None:
            return None
        try:
            return self._archive.read(name)
        except _DAMAGE:
            return None


def page_entry(key: str) -> str:
    """Name of a page's entry, in the pack and as a loose file."""
    return f"{key}{_SUFFIX}"


def write_pack(stream: BinaryIO, entries: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, raw in entries.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), raw)


def encode_page(page: PageText) -> bytes:
    raw = json.dumps(page.to_json(), ensure_ascii=False, separators=(",", ":")).encode()
    return zstandard.ZstdCompressor(level=COMPRESSION_LEVEL, write_checksum=True).compress(raw)


def decode_page(raw: bytes) -> PageText | None:
    try:
        return PageText.from_json(json.loads(zstandard.decompress(raw)))
    except (zstandard.ZstdError, ValueError, KeyError, IndexError, TypeError):
        return None


def read_file(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _is_page(raw: bytes | None) -> bool:
    return raw is not None and decode_page(raw) is not None
