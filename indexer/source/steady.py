"""Whether a fault is the file's own, or the source tree went away or changed under the run.

A share that drops out in the middle of a document must stop the run, not turn pages into failures that stay.
"""

from __future__ import annotations

import os
from pathlib import Path

from indexer.source.discover import (
    root_lost,
)

RootIdentity = tuple[int, int]


class SourceChanged(Exception):
    """The file is no longer the one that was being read. It stays pending; the next run sees what it is then."""


def root_identity(root: Path) -> RootIdentity | None:
    """Device and inode of a root that can be listed, else None. Under an unmounted share lies another folder."""
    try:
        with os.scandir(root) as scan:
            next(scan, None)
        info = root.stat()
    except OSError:
        return None
    return info.st_dev, info.st_ino


def check_root(root: Path, place: RootIdentity | None) -> None:
    """Raises EnvironmentFault `root_lost` where the root is not what it was at the start of the run."""
    if place is None or root_identity(root) != place:
        raise root_lost(root)
