"""Opens a file of the source tree once and copies it: hash, type, text and images all come from the same bytes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from casefile.errors import DocumentFault, Reason
from casefile.storage.beneath import NotAFile, beneath, open_beneath
from casefile.storage.scratch import scratch_file
from casefile.wording import os_message
from indexer.source.discover import Stamp, ledger_stamp
from indexer.source.steady import RootIdentity, SourceChanged, check_root

BLOCK = 1 << 20


@dataclass(frozen=True)
class SourcePlace:
    """Where a file is: its root, that root's device and inode at the start of the run, and its path below."""

    root: Path
    place: RootIdentity | None
    raw_path: bytes


@dataclass(frozen=True)
class OpenedFile:
    """A private copy of a source file. `stamp`: the file's own, when it was copied."""

    where: SourcePlace
    local: Path
    sha256: str
    stamp: Stamp

    def check(self) -> None:
        """Raises EnvironmentFault `root_lost` or SourceChanged where the source is not what was copied any more."""
        check_root(self.where.root, self.where.place)
        try:
            with beneath(self.where.root, self.where.raw_path) as handle:
                now = ledger_stamp(os.fstat(handle))
        except OSError as error:
            raise SourceChanged from error
        if now != self.stamp:
            raise SourceChanged


@contextmanager
def open_source(where: SourcePlace, enumerated: Stamp, most: int, home: Path) -> Iterator[OpenedFile]:
    """`enumerated`: what the enumeration saw. `most`: bytes. The copy lies in the home folder until the block ends.

    Raises DocumentFault where the file cannot be read, is empty, too large or no file any more; SourceChanged where it
    is another than the one enumerated, or changes while it is copied; EnvironmentFault `root_lost`.
    """
    with _readable(where) as descriptor:
        stamp = ledger_stamp(os.fstat(descriptor))
        _compare(stamp, enumerated)
        if stamp[0] == 0:
            raise DocumentFault(Reason.EMPTY)
        if stamp[0] > most:
            raise DocumentFault(Reason.TOO_LARGE)
        with scratch_file(home, os.fsdecode(where.raw_path)) as copy:
            digest = _copy(_reader(where, descriptor), copy)
            if ledger_stamp(os.fstat(descriptor)) != stamp:
                raise SourceChanged
            yield OpenedFile(where, Path(copy.name), digest, stamp)


def _compare(stamp: Stamp, enumerated: Stamp) -> None:
    """Size and both times. ctime cannot be set by anybody, so these tell a swapped file; the inode is left out, since
    some network file systems give a file another one each time it is looked up.
    """
    if stamp[:3] != enumerated[:3]:
        raise SourceChanged


@contextmanager
def _readable(where: SourcePlace) -> Iterator[int]:
    with ExitStack() as held:
        try:
            descriptor = held.enter_context(open_beneath(where.root, where.raw_path))
        except OSError as error:
            raise _fault(where, error) from error
        yield descriptor


def _reader(where: SourcePlace, descriptor: int) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            return os.read(descriptor, BLOCK)
        except OSError as error:
            raise _fault(where, error) from error

    return read


def _copy(read: Callable[[], bytes], copy: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := read():
        digest.update(block)
        copy.write(block)
    copy.flush()
    return digest.hexdigest()


def _fault(where: SourcePlace, error: OSError) -> DocumentFault:
    """The file's own fault. Raises EnvironmentFault `root_lost` where the whole tree is gone."""
    check_root(where.root, where.place)
    if isinstance(error, NotAFile):
        if error.link:
            return DocumentFault(Reason.SYMLINK)
        return DocumentFault(Reason.UNREADABLE, "An dieser Stelle liegt keine gewöhnliche Datei mehr")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return DocumentFault(Reason.VANISHED)
    return DocumentFault(Reason.UNREADABLE, os_message(error))
