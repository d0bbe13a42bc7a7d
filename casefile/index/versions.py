"""Versions of the indices side by side: begin one, fill it, swap it in, remove the old one.

The engine alone says how far a build is: `PREFIX-KIND-building` on an index means that it is being filled and that
every writer writes it too. Whoever calls this holds the lease of the build, so that there is one at a time.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from casefile.batches import batches
from casefile.index.names import KindState, alias_name, building_alias, index_name
from casefile.index.reader import SCAN_PAGE
from casefile.index.schema import IndexKind
from casefile.index.writer import IndexWriter, ItemOutcome, Record

GRACE_S = 5.0  # a search that chose the old index just before the swap has reached it by then
LONGEST_WAIT_S = 360.0  # a point in time lives five minutes after its last use
_BUSY = ("query_current", "fetch_current", "suggest_current", "scroll_current", "point_in_time_current")


class IndexVersions(IndexWriter):
    """A writer that can also begin, fill and swap versions."""

    def due(self) -> dict[IndexKind, int]:
        """Kinds whose index in use is older than the program, with the version that is to come."""
        states = self.states()
        return {
            kind: version
            for kind, version in self.schema.versions.items()
            if (live := states[kind].live) is not None and live < version
        }

    def begin(self, due: Mapping[IndexKind, int]) -> None:
        """Create what is to be filled; what an interrupted build of the same version has filled is kept."""
        for kind, state in self.states().items():
            if state.building is not None and state.building != due.get(kind):
                self._abandon(kind, state)
        self._remove_unused()
        states = self.states()
        for kind, version in due.items():
            if states[kind].building != version:
                self._create(kind, version, building_alias(self._prefix, kind))

    def _abandon(self, kind: IndexKind, state: KindState) -> None:
        """Of a build that is not wanted any more (the program was changed), or was taken into use as it stood."""
        name = index_name(self._prefix, kind, state.building or 0)
        if state.building == state.live:
            self._engine.call(lambda c: c.indices.delete_alias(index=name, name=building_alias(self._prefix, kind)))
        else:
            self._engine.call(lambda c: c.indices.delete(index=name))

    def fill(self, kind: IndexKind, version: int, records: Sequence[Record]) -> list[ItemOutcome]:
        """Write what is absent. What a run has written meanwhile is newer than what the build read, and stays.

        Returns one outcome for each record that was absent.
        """
        return [outcome for outcome in self._send(kind, version, "create", records) or () if not outcome.present]

    def delete_version_ids(self, kind: IndexKind, version: int, ids: Sequence[str]) -> None:
        for part in batches(ids, SCAN_PAGE):
            self._send(kind, version, "delete", [(identifier, {}) for identifier in part])

    def swap(self, due: Mapping[IndexKind, int]) -> None:
        """All kinds in one request: a search sees the old versions or the new ones, never both and never neither."""
        states = self.states()
        actions: list[dict[str, Any]] = []
        for kind, version in due.items():
            new, alias = index_name(self._prefix, kind, version), alias_name(self._prefix, kind)
            old = index_name(self._prefix, kind, states[kind].live or version)
            actions += [
                {"remove": {"index": old, "alias": alias}},
                {"add": {"index": new, "alias": alias}},
                {"remove": {"index": new, "alias": building_alias(self._prefix, kind)}},
            ]
        self._engine.call(lambda c: c.indices.update_aliases(body={"actions": actions}))

    def remove_old(self, grace: float = GRACE_S) -> bool:
        """Remove versions that no alias names, once nobody searches them. False where somebody still does."""
        if not any(state.unused for state in self.states().values()):
            return True
        time.sleep(grace)
        deadline = time.monotonic() + LONGEST_WAIT_S
        while self._searched():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.5)
        self._remove_unused()
        return True

    def _unused(self) -> list[tuple[IndexKind, int]]:
        return [(kind, version) for kind, state in self.states().items() for version in sorted(state.unused)]

    def _searched(self) -> bool:
        names = ",".join(index_name(self._prefix, kind, version) for kind, version in self._unused())
        if not names:
            return False
        answer = self._engine.call(lambda c: c.indices.stats(index=names, metric="search"))
        found = answer["_all"]["total"]["search"]
        return any(found.get(name, 0) for name in _BUSY)

    def _remove_unused(self) -> None:
        for kind, version in self._unused():
            name = index_name(self._prefix, kind, version)
            self._engine.call(lambda c, n=name: c.indices.delete(index=n))  # type: ignore[misc]
