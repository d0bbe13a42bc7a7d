"""The derived store: texts with boxes per page, kept outside the index, because recognising them again is dear.

Packed per document content (SHA-256 of the bytes), so identical copies in two cases share one recognition. While a
document is being worked on, its pages lie as single files in `work/<sha>/`: after a kill the next run goes on with
the page that is missing. A finished document is one ZIP: `manifest.json`, `<key>.json.zst` per page and, for an
embedded document, its bytes as `original`. ZIP's CRC-32 guards each entry. `dropped/<sha>` marks a content that may
have lost its last document; `tmp/` holds packs that are being written.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import zstandard

from casefile.pagetext import PageText
from casefile.storage.atomic import replacing, sync_folder, write_atomic
from casefile.storage.scratch import is_old, scratch_prefix

MANIFEST = "manifest.json"
ORIGINAL = "original"
_SUFFIX = ".json.zst"
COMPRESSION_LEVEL = 6
WRITE_ATTEMPTS = 100
# All that zipfile raises on damaged bytes; RuntimeError where a flipped bit claims encryption.
_DAMAGE = (FileNotFoundError, KeyError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError)
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


class DerivedStore:
    """One folder on a local or shared file system. A damaged or missing entry reads as None: it is made again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put_page(self, sha256: str, key: str, page: PageText) -> None:
        """Keep one page of a document that is being worked on; durable when this returns."""
        _write_durably(self._work(sha256) / f"{key}{_SUFFIX}", _encode(page))

    def put_original(self, sha256: str, content: bytes) -> None:
        _write_durably(self._work(sha256) / ORIGINAL, content)

    def get_page(self, sha256: str, key: str) -> PageText | None:
        name = f"{key}{_SUFFIX}"
        raw = _read_file(self._work(sha256) / name) or self._read_packed(sha256, name)
        return _decode(raw) if raw else None

    def packed_keys(self, sha256: str) -> frozenset[str]:
        """Keys of the pages in the document's pack; empty where there is none."""
        try:
            with zipfile.ZipFile(self._pack(sha256)) as archive:
                names = archive.namelist()
        except _DAMAGE:
            return frozenset()
        return frozenset(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))

    def manifest(self, sha256: str) -> Manifest | None:
        raw = self._read_packed(sha256, MANIFEST)
        return Manifest.from_bytes(raw) if raw else None

    def original(self, sha256: str) -> bytes | None:
        return _read_file(self._work(sha256) / ORIGINAL) or self._read_packed(sha256, ORIGINAL)

    def pack(
        self,
        sha256: str,
        manifest: Manifest,
        fresh: Mapping[str, PageText] | None = None,
        keep: Collection[str] = (),
    ) -> None:
        """Turn a document's pages into its pack, replacing an older one whole; then drop the loose pages.

        `fresh`: texts by key that were cheap to get and were never put down as loose pages. `keep`: keys of pages that
        identical copies of the document need, which may have been read in another way.
        """
        new = {f"{key}{_SUFFIX}": _encode(page) for key, page in (fresh or {}).items()}
        entries = {MANIFEST: manifest.to_bytes()}
        for name in sorted({f"{key}{_SUFFIX}" for key in {*manifest.keys.values(), *keep}} | {ORIGINAL}):
            raw = new.get(name) or _read_file(self._work(sha256) / name) or self._read_packed(sha256, name)
            if raw is not None:
                entries[name] = raw
        target = self._pack(sha256)
        for folder in (target.parent, self.scratch):
            folder.mkdir(parents=True, exist_ok=True)
        with replacing(target, temporary=self.scratch / f"{scratch_prefix()}{sha256}") as stream:
            _write_pack(stream, entries)
        shutil.rmtree(self._work(sha256), ignore_errors=True)

    def remove(self, sha256: str) -> None:
        self._pack(sha256).unlink(missing_ok=True)
        shutil.rmtree(self._work(sha256), ignore_errors=True)
        self.unmark_dropped(sha256)

    @property
    def scratch(self) -> Path:
        return self.folder / "tmp"

    def packed(self) -> Iterator[str]:
        """Every content that has a pack."""
        return (pack.stem for pack in self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*.zip"))

    def stale_work(self) -> list[str]:
        """Contents whose loose pages nobody has touched for so long that no run is working on them."""
        return [work.name for work in self._entries("work") if is_old(work)]

    def mark_dropped(self, contents: Iterable[str]) -> None:
        """Durable when this returns, so that a kill after it forgets nothing."""
        marks = [self._mark(sha256) for sha256 in contents if sha256]
        for mark in marks:
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        if marks:
            sync_folder(self.folder / "dropped")

    def dropped(self) -> list[str]:
        return sorted(mark.name for mark in self._entries("dropped"))

    def unmark_dropped(self, sha256: str) -> None:
        self._mark(sha256).unlink(missing_ok=True)

    def _entries(self, name: str) -> list[Path]:
        folder = self.folder / name
        return list(folder.iterdir()) if folder.is_dir() else []

    def _mark(self, sha256: str) -> Path:
        return self.folder / "dropped" / sha256

    def _read_packed(self, sha256: str, name: str) -> bytes | None:
        try:
            with zipfile.ZipFile(self._pack(sha256)) as archive:
                return archive.read(name)
        except _DAMAGE:
            return None

    def _pack(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256[2:4] / f"{sha256}.zip"

    def _work(self, sha256: str) -> Path:
        return self.folder / "work" / sha256


def _encode(page: PageText) -> bytes:
    raw = json.dumps(page.to_json(), ensure_ascii=False, separators=(",", ":")).encode()
    return zstandard.compress(raw, COMPRESSION_LEVEL)


def _decode(raw: bytes) -> PageText | None:
    try:
        return PageText.from_json(json.loads(zstandard.decompress(raw)))
    except (zstandard.ZstdError, ValueError, KeyError, IndexError, TypeError):
        return None


def _read_file(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write_durably(path: Path, content: bytes) -> None:
    """Another process may remove the folder at any moment, done with its own copy of the document."""
    for _ in range(WRITE_ATTEMPTS - 1):
        with contextlib.suppress(FileNotFoundError, FileExistsError):  # the latter of mkdir: there, then gone
            return _write_once(path, content)
    return _write_once(path, content)


def _write_once(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, content)


def _write_pack(stream: BinaryIO, entries: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, raw in entries.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), raw)
