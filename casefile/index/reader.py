"""What may be asked of the three indices, through their aliases. All that the interface ever gets of the engine.

Short time-outs for people, long ones for bulk work.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Self

from casefile.batches import batches
from casefile.index import fields
from casefile.index.client import PEOPLE, EngineClient, Patience, engine_fault, missing_index
from casefile.index.names import KindState, alias_name, index_name, index_states
from casefile.index.schema import PUBLISHED, IndexKind, Schema
from casefile.settings import Settings

REQUEST_BYTES = 8 * 1024 * 1024
SCAN_PAGE = 2000
LAST = "\uffff"  # after every id
# Checks compare the index with the ledger in this order, so that neither has to fit into memory. Each field with the
# value that a record without it has in the order.
SORTED_BY: Mapping[IndexKind, Mapping[str, str | int]] = {
    IndexKind.PAGES: {fields.DOCUMENT_ID: LAST, fields.PAGE: 0},
    IndexKind.DOCUMENTS: {fields.DOCUMENT_ID: LAST},
    IndexKind.CASES: {fields.CASE_ID: LAST},
}


class IndexReader:
    """Reads with the read-only account where one is configured."""

    def __init__(self, engine: EngineClient, prefix: str, schema: Schema = PUBLISHED) -> None:
        self._engine = engine
        self._prefix = prefix
        self.schema = schema

    @classmethod
    def open(cls, settings: Settings, patience: Patience = PEOPLE, schema: Schema = PUBLISHED) -> Self:
        return cls(EngineClient(settings, patience, writes=False), settings.index_prefix, schema)

    def close(self) -> None:
        self._engine.close()

    def states(self) -> dict[IndexKind, KindState]:
        """Which versions of each index there are, from one answer of the engine."""
        own = f"{self._prefix}-*"  # a restricted account may not ask about other indices
        return index_states(self._prefix, self._engine.call(lambda c: c.indices.get_alias(index=own)))

    def indices_exist(self) -> bool:
        return all(state.live is not None for state in self.states().values())

    def migration_due(self) -> bool:
        """Whether an index in use is of an older version than this program's."""
        return any(
            state.live is not None and state.live < self.schema.versions[kind] for kind, state in self.states().items()
        )

    def search(self, kind: IndexKind, body: Mapping[str, Any]) -> dict[str, Any]:
        """Raises EnvironmentFault also when only a part of the shards answered: a part is not an answer."""
        alias, whole = alias_name(self._prefix, kind), {"allow_partial_search_results": "false"}
        answer: dict[str, Any] = self._engine.call(lambda c: c.search(index=alias, body=dict(body), params=whole))
        return answer

    def msearch(self, searches: Sequence[tuple[IndexKind, Mapping[str, Any]]]) -> list[dict[str, Any]]:
        """Many searches in requests of bounded size, answers in order. One that fails fails all."""
        answers: list[dict[str, Any]] = []
        for part in bounded(f"{self._header(kind)}\n{json.dumps(body)}\n" for kind, body in searches):
            answers += self._engine.call(lambda c, p=part: c.msearch(body=p))["responses"]  # type: ignore[misc]
        failed = next((answer for answer in answers if "error" in answer), None)
        if failed is not None and failed.get("status") == HTTPStatus.NOT_FOUND:
            raise missing_index()
        if failed is not None:
            raise engine_fault("engine_error", f"Die Suchmaschine meldet einen Fehler ({failed.get('status')}).")
        return answers

    def _header(self, kind: IndexKind) -> str:
        return json.dumps({"index": alias_name(self._prefix, kind), "allow_partial_search_results": False})

    def holds_anything(self, kind: IndexKind) -> bool:
        body = {"size": 0, "track_total_hits": 1, "query": {"match_all": {}}}
        return bool(self.search(kind, body)["hits"]["total"]["value"])

    def count(self, kind: IndexKind, root: str) -> int:
        """Records of one root, as far as the last refresh shows them."""
        body = {"query": {"term": {fields.ROOT: root}}}
        return int(self._engine.call(lambda c: c.count(index=alias_name(self._prefix, kind), body=body))["count"])

    def present_ids(self, kind: IndexKind, ids: Sequence[str], version: int | None = None) -> set[str]:
        """Read back: which of these ids the engine holds (realtime, without a refresh)."""
        found: set[str] = set()
        for part in batches(ids, SCAN_PAGE):
            body = {"ids": part}
            answer = self._engine.call(
                lambda c, b=body: c.mget(index=self._name(kind, version), body=b, params={"_source": "false"})  # type: ignore[misc]
            )
            found.update(doc["_id"] for doc in answer["docs"] if doc.get("found"))
        return found

    def scan(
        self,
        kind: IndexKind,
        query: Mapping[str, Any],
        source: Sequence[str],
        version: int | None = None,
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every record that fits, as (id, these fields), in the order of SORTED_BY, streamed through a point in time.

        `version`: of that version instead of the one in use.
        """
        name = self._name(kind, version)
        point = self._engine.call(lambda c: c.create_pit(index=name, params={"keep_alive": "5m"}))["pit_id"]
        try:
            after: list[Any] | None = None
            while hits := self._scan_page(kind, query, source, point, after):
                yield from ((hit["_id"], hit.get("_source", {})) for hit in hits)
                after = hits[-1]["sort"]
        finally:
            self._engine.call(lambda c: c.delete_pit(body={"pit_id": [point]}))

    def _scan_page(
        self,
        kind: IndexKind,
        query: Mapping[str, Any],
        source: Sequence[str],
        point: str,
        after: list[Any] | None,
    ) -> list[dict[str, Any]]:
        body: dict[str, Any] = {
            "size": SCAN_PAGE,
            "query": dict(query),
            "_source": list(source) or False,
            "pit": {"id": point, "keep_alive": "5m"},
            "sort": [
                *({name: {"order": "asc", "missing": absent}} for name, absent in SORTED_BY[kind].items()),
                {"_shard_doc": "asc"},
            ],
            "track_total_hits": False,
        }
        if after:
            body["search_after"] = after
        hits: list[dict[str, Any]] = self._engine.call(lambda c: c.search(body=body))["hits"]["hits"]
        return hits

    def _name(self, kind: IndexKind, version: int | None) -> str:
        return alias_name(self._prefix, kind) if version is None else index_name(self._prefix, kind, version)


def bounded(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces joined to bodies of bounded size; one that is larger by itself stands alone."""
    lines: list[str] = []
    size = 0
    for piece in pieces:
        if lines and size + len(piece) > REQUEST_BYTES:
            yield "".join(lines)
            lines, size = [], 0
        lines.append(piece)
        size += len(piece)
    if lines:
        yield "".join(lines)
