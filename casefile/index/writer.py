"""Writes the indices. While a version is being built, every write goes into the version in use and into the new one.

A write looks up its targets, writes, and looks again: a version whose building began in between is written too. So a
version that is built from the ledger after its creation misses nothing that was under way then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from casefile.batches import batches
from casefile.errors import EnvironmentFault
from casefile.index.client import BULK, EngineClient, Patience, engine_fault
from casefile.index.names import KindState, alias_name, index_name
from casefile.index.reader import SCAN_PAGE, IndexReader, bounded
from casefile.index.schema import PUBLISHED, IndexKind, Schema
from casefile.settings import Settings
from casefile.wording import caused

Record = tuple[str, Mapping[str, Any]]
_NO_INDEX, _PRESENT = "index_not_found_exception", "version_conflict_engine_exception"


@dataclass(frozen=True)
class ItemOutcome:
    """What became of one item of a bulk request; `error` is empty on success.

    `present`: the record was to be created only where it is absent, and it was there.
    """

    id: str
    error: str = ""
    present: bool = False


class IndexWriter(IndexReader):
    """Reads and writes, with the indexer's account."""

    @classmethod
    def open(cls, settings: Settings, patience: Patience = BULK, schema: Schema = PUBLISHED) -> Self:
        return cls(EngineClient(settings, patience, writes=True), settings.index_prefix, schema)

    def create_indices(self) -> None:
        """Create what is missing, in the program's version. An index in use is never changed, of whichever version."""
        for kind, state in self.states().items():
            if state.live is None:
                self._create_live(kind, state)

    def index_bulk(self, kind: IndexKind, records: Iterable[Record]) -> list[ItemOutcome]:
        """Write records by id, in requests of bounded size. One outcome per record, in order.

        A record that only the version being built refuses is no error here: its build finds it missing and says so.
        """
        outcomes: list[ItemOutcome] = []
        for part in batches(records, SCAN_PAGE):
            outcomes += self._write(kind, "index", part)
        return outcomes

    def delete_ids(self, kind: IndexKind, ids: Sequence[str]) -> None:
        """Delete by id; ids that are not there are no error."""
        for part in batches(ids, SCAN_PAGE):
            self._write(kind, "delete", [(identifier, {}) for identifier in part])

    def refresh(self) -> None:
        names = ",".join(
            index_name(self._prefix, kind, version)
            for kind, state in self.states().items()
            for version in (state.live, state.building)
            if version is not None
        )
        if not names:
            raise engine_fault("index_missing", "Der Suchindex fehlt.", "Mit „aktensuche index“ aufbauen.")
        self._engine.call(lambda c: c.indices.refresh(index=names, params={"ignore_unavailable": "true"}))

    def _write(self, kind: IndexKind, action: str, records: Sequence[Record]) -> list[ItemOutcome]:
        written: dict[int, list[ItemOutcome] | None] = {}
        targets = self._targets(kind)
        while todo := [version for version in targets if version not in written]:
            for version in todo:
                written[version] = self._send(kind, version, action, records)
            targets = self._targets(kind)
        outcomes = written[targets[0]]
        if outcomes is None:
            raise engine_fault("index_missing", "Der Suchindex fehlt.", "Mit „aktensuche index“ aufbauen.")
        return outcomes

    def _targets(self, kind: IndexKind) -> list[int]:
        """Versions to write: the one in use first.

        Raises EnvironmentFault where there is none, or one that this program does not know: its records would lack
        what the newer version holds.
        """
        state = self.states()[kind]
        if state.live is None:
            raise engine_fault("index_missing", "Der Suchindex fehlt.", "Mit „aktensuche index“ aufbauen.")
        targets = [version for version in dict.fromkeys((state.live, state.building)) if version is not None]
        if max(targets) > self.schema.versions[kind]:
            raise EnvironmentFault(
                "index_newer",
                f"Der Suchindex wird auf Stand {max(targets)} geführt, dieses Programm kennt nur Stand"
                f" {self.schema.versions[kind]}.",
                "Das neuere Programm verwenden; laufende Dienste neu starten.",
            )
        return targets

    def _send(self, kind: IndexKind, version: int, action: str, records: Sequence[Record]) -> list[ItemOutcome] | None:
        """None where the index has gone meanwhile: it was replaced by a newer version."""
        names = self.schema.field_names(kind, version)
        outcomes: list[ItemOutcome] = []
        for body in bounded(_line(action, identifier, source, names) for identifier, source in records):
            answer = self._engine.call(
                lambda c, b=body: c.bulk(body=b, index=index_name(self._prefix, kind, version))  # type: ignore[misc]
            )
            for item in answer["items"]:
                if _error_type(item[action]) == _NO_INDEX:
                    return None
                outcomes.append(_outcome(item[action]))
        return outcomes

    def _create_live(self, kind: IndexKind, state: KindState) -> None:
        """Where only the version being built is left, it is taken into use; a repair fills what it lacks."""
        version, alias = self.schema.versions[kind], alias_name(self._prefix, kind)
        if state.building is not None or version in state.unused:
            name = index_name(self._prefix, kind, state.building or version)
            self._engine.call(lambda c: c.indices.put_alias(index=name, name=alias))
        else:
            self._create(kind, version, alias)

    def _create(self, kind: IndexKind, version: int, alias: str) -> None:
        """Index and alias in one step. Another process may be quicker."""
        name = index_name(self._prefix, kind, version)
        body = dict(self.schema.body(kind, version)) | {"aliases": {alias: {}}}
        try:
            self._engine.call(lambda c: c.indices.create(index=name, body=body))
        except EnvironmentFault:
            if not self._engine.call(lambda c: c.indices.exists(index=name)):
                raise


def _line(action: str, identifier: str, source: Mapping[str, Any], names: frozenset[str]) -> str:
    head = json.dumps({action: {"_id": identifier}}) + "\n"
    if action == "delete":
        return head
    return head + json.dumps({k: v for k, v in source.items() if k in names}, ensure_ascii=False) + "\n"


def _error_type(item: Mapping[str, Any]) -> str:
    error = item.get("error")
    return str(error.get("type", "")) if isinstance(error, Mapping) else ""


def _outcome(item: Mapping[str, Any]) -> ItemOutcome:
    error = item.get("error")
    if not error:
        return ItemOutcome(item["_id"])
    if _error_type(item) == _PRESENT:
        return ItemOutcome(item["_id"], present=True)
    if item.get("status") in (403, 429, 503):  # read-only, full or overloaded: the engine's trouble, not the record's
        raise EnvironmentFault(
            "engine_refuses",
            caused("Die Suchmaschine nimmt nichts an.", error.get("reason", error)),
            "Speicherplatz und Zustand der Suchmaschine prüfen, dann denselben Befehl wiederholen.",
        )
    return ItemOutcome(item["_id"], caused("Die Suchmaschine nahm den Eintrag nicht an", error.get("reason", error)))
