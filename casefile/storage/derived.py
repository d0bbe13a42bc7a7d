"""The derived store: texts with boxes per page, kept outside the index, because recognising them again is expensive.

Packed per document content (SHA-256 of the bytes), so identical copies in two cases share one recognition. While a
document is being worked on, its pages lie as single files in `work/<sha>/`: after a kill the next run goes on with
the page that is missing. A finished document is one ZIP: `manifest.json`, `<key>.json.zst` per page and, for an
embedded document, its bytes as `original`. `dropped/<sha>` marks a content that may have lost its last document,
`damaged/<sha>` one whose pack was found damaged; `tmp/` holds packs that are being written.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from casefile.pagetext import PageText
from casefile.storage.atomic import replacing, sync_folder, write_atomic
from casefile.storage.packs import (
    MANIFEST,
    ORIGINAL,
    Check,
    DocumentReader,
    Manifest,
    encode_page,
    page_entry,
    write_pack,
)
from casefile.storage.scratch import is_old, scratch_prefix

WRITE_ATTEMPTS = 100


class DerivedStore:
    """One folder on a local or shared file system. A damaged or missing entry reads as None: it is made again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put_page(self, sha256: str, key: str, page: PageText) -> None:
        """Keep one page of a document that is being worked on; durable when this returns."""
        _write_durably(self._work(sha256) / page_entry(key), encode_page(page))

    def put_original(self, sha256: str, content: bytes) -> None:
        _write_durably(self._work(sha256) / ORIGINAL, content)

    def reader(self, sha256: str) -> DocumentReader:
        """For several pages of one document: its pack is opened once."""
        return DocumentReader(sha256, self._work(sha256), self._pack(sha256))

    def get_page(self, sha256: str, key: str) -> PageText | None:
        with self.reader(sha256) as document:
            return document.page(key)

    def searched_page(self, sha256: str, number: int, key: str) -> PageText | None:
        """The page as it is indexed, shown and marked; whoever compares one with another asks here."""
        with self.reader(sha256) as document:
            return document.searched_page(number, key)

    def packed_keys(self, sha256: str) -> frozenset[str]:
        """Keys of the pages in the document's pack, whole or damaged (`check` tells); empty where there is none."""
        with self.reader(sha256) as document:
            return document.packed_keys()

    def manifest(self, sha256: str) -> Manifest | None:
        with self.reader(sha256) as document:
            return document.manifest()

    def original(self, sha256: str) -> bytes | None:
        with self.reader(sha256) as document:
            return document.original()

    def check(self, sha256: str) -> Check:
        """Reads every entry of the document's pack and compares it with its checksum."""
        with self.reader(sha256) as document:
            return document.check()

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
        new = {page_entry(key): encode_page(page) for key, page in (fresh or {}).items()}
        entries = {MANIFEST: manifest.to_bytes()}
        wanted = {page_entry(key) for key in {*manifest.keys.values(), *keep}} | {ORIGINAL}
        with self.reader(sha256) as older:
            for name in sorted(wanted):
                raw = new.get(name) or older.entry(name)
                if raw is not None:
                    entries[name] = raw
        target = self._pack(sha256)
        for folder in (target.parent, self.scratch):
            folder.mkdir(parents=True, exist_ok=True)
        with replacing(target, temporary=self.scratch / f"{scratch_prefix()}{sha256}") as stream:
            write_pack(stream, entries)
        shutil.rmtree(self._work(sha256), ignore_errors=True)

    def remove(self, sha256: str) -> None:
        self._pack(sha256).unlink(missing_ok=True)
        shutil.rmtree(self._work(sha256), ignore_errors=True)
        self.unmark_dropped(sha256)
        self.unmark_damaged(sha256)

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
        self._set_marks("dropped", contents)

    def dropped(self) -> list[str]:
        return sorted(mark.name for mark in self._entries("dropped"))

    def unmark_dropped(self, sha256: str) -> None:
        (self.folder / "dropped" / sha256).unlink(missing_ok=True)

    def mark_damaged(self, contents: Iterable[str]) -> None:
        """Contents that the next run is to read again."""
        self._set_marks("damaged", contents)

    def damaged(self) -> list[str]:
        return sorted(mark.name for mark in self._entries("damaged"))

    def unmark_damaged(self, sha256: str) -> None:
        (self.folder / "damaged" / sha256).unlink(missing_ok=True)

    def _set_marks(self, kind: str, contents: Iterable[str]) -> None:
        """Durable when this returns, so that a kill after it forgets nothing."""
        marks = [self.folder / kind / sha256 for sha256 in contents if sha256]
        for mark in marks:
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        if marks:
            sync_folder(self.folder / kind)

    def _entries(self, name: str) -> list[Path]:
        folder = self.folder / name
        return list(folder.iterdir()) if folder.is_dir() else []

    def _pack(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256[2:4] / f"{sha256}.zip"

    def _work(self, sha256: str) -> Path:
        return self.folder / "work" / sha256


def _write_durably(path: Path, content: bytes) -> None:
    """Another process may remove the folder at any moment, done with its own copy of the document."""
    for _ in range(WRITE_ATTEMPTS - 1):
        with contextlib.suppress(FileNotFoundError, FileExistsError):  # the latter of mkdir: there, then gone
            return _write_once(path, content)
    return _write_once(path, content)


def _write_once(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, content)
