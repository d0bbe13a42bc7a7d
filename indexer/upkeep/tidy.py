"""Removes what no document needs any more: texts and bytes of contents that are gone, leftovers of killed runs.

A content is marked when a document of it is dropped, and looked at when the run has read everything: the file may only
have been moved, and recognising it again would be expensive.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from casefile.storage.derived import DerivedStore
from casefile.storage.scratch import remove_leftovers
from indexer.ledger import cleanup
from indexer.work.locks import ContentLocks


def clear_leftovers(home: Path, sessions: sessionmaker[Session], derived: DerivedStore) -> None:
    """Temporary files of killed runs; loose pages that no run came back for are marked like dropped contents."""
    remove_leftovers(home / "tmp")
    remove_leftovers(derived.scratch)
    derived.mark_dropped(cleanup.unknown_contents(sessions, derived.stale_work()))


def remove_dropped(
    sessions: sessionmaker[Session], derived: DerivedStore, contents: ContentLocks, check: Callable[[], None]
) -> None:
    """Remove marked contents that no document has any more, whichever root it is in.

    `check` is called in between; what it raises ends the work. What another run is reading right now stays marked.
    """
    for sha256 in derived.dropped():
        check()
        with contextlib.suppress(_Held), contents.hold(sha256, _held):
            if cleanup.unknown_contents(sessions, [sha256]):
                derived.remove(sha256)
            else:
                derived.unmark_dropped(sha256)


def mark_unknown(sessions: sessionmaker[Session], derived: DerivedStore) -> None:
    """Mark every pack without a document: what versions before the marks left behind, or a crash between two steps."""
    derived.mark_dropped(cleanup.unknown_contents(sessions, derived.packed()))


class _Held(Exception):
    """Another run holds the content."""


def _held() -> None:
    raise _Held
