"""The search engine behind a small protocol. The only module that imports opensearchpy.

Short time-outs for people, long ones for bulk work. The client's errors become this program's errors here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from opensearchpy import OpenSearch, OpenSearchException
from opensearchpy.exceptions import (
    AuthenticationException,
    AuthorizationException,
    ConnectionTimeout,
    NotFoundError,
    TransportError,
)
from opensearchpy.exceptions import (
    ConnectionError as EngineConnectionError,
)

from casefile.batches import batches
from casefile.errors import EnvironmentFault
from casefile.index import fields
from casefile.index.schema import (
    IndexKind,
    alias_name,
    index_name,
    load_mapping,
)
from casefile.instance import opensearch_remedy, opensearch_url
from casefile.settings import Settings
from casefile.wording import caused

BULK_BYTES = 8 * 1024 * 1024
SCAN_PAGE = 2000

T = TypeVar("T")


class Patience(NamedTuple):
    """How long one request may take. A connection that fails is tried again so often, a request in time-out never."""

    seconds: int
    retries: int


PEOPLE = Patience(4, 0)  # whoever looks at a screen knows within five seconds
COMMAND = Patience(30, 2)
BULK = Patience(120, 2)


@dataclass(frozen=True)
class ItemOutcome:
    """What became of one item of a bulk request; `error` is empty on success."""

    id: str
    error: str = ""


class Store:
    """All access to the engine's three indices, through their aliases."""

    def __init__(self, client: OpenSearch, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._prefix = settings.index_prefix

    @classmethod
    def for_indexing(cls, settings: Settings) -> Store:
        return cls(_connect(settings, settings.opensearch_user, settings.opensearch_password_file, BULK), settings)

    @classmethod
    def for_searching(cls, settings: Settings, patience: Patience = PEOPLE) -> Store:
        """With the read-only account where one is configured."""
        user = settings.opensearch_reader or settings.opensearch_user
        secret = settings.opensearch_reader_password_file or settings.opensearch_password_file
        return cls(_connect(settings, user, secret, patience), settings)

    def close(self) -> None:
        self._client.close()

    def create_indices(self) -> None:
        """Create what is missing; an index that exists is never changed."""
        for kind in IndexKind:
            if not self._index_exists(kind):
                self._create_index(kind)

    def _index_exists(self, kind: IndexKind) -> bool:
        name = index_name(self._prefix, kind)
        return bool(self._guarded(lambda: self._client.indices.exists(index=name)))

    def _create_index(self, kind: IndexKind) -> None:
        name = index_name(self._prefix, kind)
        body = load_mapping(kind) | {"aliases": {alias_name(self._prefix, kind): {}}}
        try:
            self._guarded(lambda: self._client.indices.create(index=name, body=body))
        except EnvironmentFault:
            if not self._index_exists(kind):  # else another run was quicker
                raise

    def indices_exist(self) -> bool:
        names = ",".join(alias_name(self._prefix, kind) for kind in IndexKind)
        own = f"{self._prefix}-*"  # without it a restricted account would be asking about all indices
        return bool(self._guarded(lambda: self._client.indices.exists_alias(name=names, index=own)))

    def index_bulk(self, kind: IndexKind, records: Iterable[tuple[str, Mapping[str, Any]]]) -> list[ItemOutcome]:
        """Write records by id, in requests of bounded size. One outcome per record, in order."""
        outcomes: list[ItemOutcome] = []
        for body in _bulk_bodies(records):
            answer = self._bulk(kind, body)
            outcomes.extend(_outcome(item["index"]) for item in answer["items"])
        return outcomes

    def delete_ids(self, kind: IndexKind, ids: Sequence[str]) -> None:
        """Delete by id; ids that are not there are no error."""
        for part in batches(ids, SCAN_PAGE):
            lines = [json.dumps({"delete": {"_id": i}}) for i in part]
            self._bulk(kind, "\n".join(lines) + "\n")

    def refresh(self) -> None:
        names = ",".join(alias_name(self._prefix, kind) for kind in IndexKind)
        self._guarded(lambda: self._client.indices.refresh(index=names))

    def search(self, kind: IndexKind, body: Mapping[str, Any]) -> dict[str, Any]:
        """Raises EnvironmentFault also when only a part of the shards answered: a part is not an answer."""
        answer: dict[str, Any] = self._guarded(
            lambda: self._client.search(
                index=alias_name(self._prefix, kind),
                body=dict(body),
                params={"allow_partial_search_results": "false"},
            )
        )
        return answer

    def holds_anything(self, kind: IndexKind) -> bool:
        body = {"size": 0, "track_total_hits": 1, "query": {"match_all": {}}}
        return bool(self.search(kind, body)["hits"]["total"]["value"])

    def msearch(self, kind: IndexKind, bodies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Many searches in requests of bounded size, answers in order. One that fails fails all."""
        header = json.dumps({"index": alias_name(self._prefix, kind), "allow_partial_search_results": False})
        answers: list[dict[str, Any]] = []
        for part in _parts(f"{header}\n{json.dumps(body)}\n" for body in bodies):
            answers += self._guarded(lambda p=part: self._client.msearch(body=p))["responses"]  # type: ignore[misc]
        failed = next((answer for answer in answers if "error" in answer), None)
        if failed is not None:
            raise _fault("engine_error", f"Die Suchmaschine meldet einen Fehler ({failed.get('status')}).")
        return answers

    def present_ids(self, kind: IndexKind, ids: Sequence[str]) -> set[str]:
        """Read back: which of these ids the engine holds (realtime, without a refresh)."""
        found: set[str] = set()
        for part in batches(ids, SCAN_PAGE):
            answer = self._guarded(
                lambda p=part: self._client.mget(  # type: ignore[misc]
                    index=alias_name(self._prefix, kind), body={"ids": p}, params={"_source": "false"}
                )
            )
            found.update(doc["_id"] for doc in answer["docs"] if doc.get("found"))
        return found

    def count(self, kind: IndexKind, root: str) -> int:
        """Records of one root, as far as the last refresh shows them."""
        body = {"query": {"term": {fields.ROOT: root}}}
        return int(self._guarded(lambda: self._client.count(index=alias_name(self._prefix, kind), body=body))["count"])

    def ids(self, kind: IndexKind, root: str | None = None) -> Iterator[str]:
        """Every id of the index (of one root), streamed."""
        for identifier, _ in self.scan(kind, root, ()):
            yield identifier

    def scan(self, kind: IndexKind, root: str | None, source: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every record of the index (of one root) as (id, these fields), streamed through a point in time."""
        query: dict[str, Any] = {"term": {fields.ROOT: root}} if root is not None else {"match_all": {}}
        yield from self._scan(kind, query, source)

    def strangers(self, kind: IndexKind, roots: Sequence[str]) -> list[str]:
        """Ids of records that belong to none of these roots."""
        query = {"bool": {"must_not": [{"terms": {fields.ROOT: list(roots)}}]}}
        return [identifier for identifier, _ in self._scan(kind, query, ())]

    def _scan(
        self, kind: IndexKind, query: dict[str, Any], source: Sequence[str]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        alias = alias_name(self._prefix, kind)
        point = self._guarded(lambda: self._client.create_pit(index=alias, params={"keep_alive": "5m"}))["pit_id"]
        try:
            after: list[Any] | None = None
            while hits := self._scan_page(query, source, point, after):
                yield from ((hit["_id"], hit.get("_source", {})) for hit in hits)
                after = hits[-1]["sort"]
        finally:
            self._guarded(lambda: self._client.delete_pit(body={"pit_id": [point]}))

    def _scan_page(
        self, query: dict[str, Any], source: Sequence[str], point: str, after: list[Any] | None
    ) -> list[dict[str, Any]]:
        body: dict[str, Any] = {
            "size": SCAN_PAGE,
            "query": query,
            "_source": list(source) or False,
            "pit": {"id": point, "keep_alive": "5m"},
            "sort": [{"_shard_doc": "asc"}],
            "track_total_hits": False,
        }
        if after:
            body["search_after"] = after
        hits: list[dict[str, Any]] = self._guarded(lambda: self._client.search(body=body))["hits"]["hits"]
        return hits

    def _bulk(self, kind: IndexKind, body: str) -> dict[str, Any]:
        alias = alias_name(self._prefix, kind)
        answer: dict[str, Any] = self._guarded(lambda: self._client.bulk(body=body, index=alias))
        return answer

    def _guarded(self, call: Callable[[], T]) -> T:
        """Run one call to the engine; its failures become environment faults with a stable code."""
        try:
            return call()
        except ConnectionTimeout as error:
            raise _fault("engine_slow", "Die Suchmaschine antwortet nicht rechtzeitig.") from error
        except EngineConnectionError as error:
            remedy = opensearch_remedy(self._settings)
            raise _fault("engine_down", "Die Suchmaschine ist nicht erreichbar.", remedy) from error
        except (AuthenticationException, AuthorizationException) as error:
            remedy = "Konto und Kennwort prüfen (AKTENSUCHE_OPENSEARCH_USER, AKTENSUCHE_OPENSEARCH_READER)."
            raise _fault("engine_denied", "Die Suchmaschine weist die Anmeldung zurück.", remedy) from error
        except NotFoundError as error:
            raise _fault("index_missing", "Der Suchindex fehlt.", "Mit „aktensuche index“ aufbauen.") from error
        except TransportError as error:
            message = f"Die Suchmaschine meldet einen Fehler ({error.status_code})."
            raise _fault("engine_error", caused(message, error.error)) from error
        except OpenSearchException as error:
            message = caused("Die Suchmaschine meldet einen Fehler.", type(error).__name__)
            raise _fault("engine_error", message) from error


def _connect(settings: Settings, user: str | None, secret: Any, patience: Patience) -> OpenSearch:
    options: dict[str, Any] = {
        "timeout": patience.seconds,
        "max_retries": patience.retries,
        "retry_on_timeout": False,
        "http_compress": True,
    }
    if user and secret:
        options["http_auth"] = (user, secret.read_text(encoding="utf-8").strip())
    if settings.opensearch_ca:
        options |= {"ca_certs": str(settings.opensearch_ca), "verify_certs": True}
    return OpenSearch(opensearch_url(settings), **options)


def _bulk_bodies(records: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    yield from _parts(
        json.dumps({"index": {"_id": identifier}}) + "\n" + json.dumps(source, ensure_ascii=False) + "\n"
        for identifier, source in records
    )


def _parts(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces joined to bodies of bounded size; one that is larger by itself stands alone."""
    lines: list[str] = []
    size = 0
    for piece in pieces:
        if lines and size + len(piece) > BULK_BYTES:
            yield "".join(lines)
            lines, size = [], 0
        lines.append(piece)
        size += len(piece)
    if lines:
        yield "".join(lines)


def _outcome(item: dict[str, Any]) -> ItemOutcome:
    error = item.get("error")
    if not error:
        return ItemOutcome(item["_id"])
    if item.get("status") in (403, 429, 503):  # read-only, full or overloaded: the engine's trouble, not the record's
        raise EnvironmentFault(
            "engine_refuses",
            caused("Die Suchmaschine nimmt nichts an.", error.get("reason", error)),
            "Speicherplatz und Zustand der Suchmaschine prüfen, dann denselben Befehl wiederholen.",
        )
    return ItemOutcome(item["_id"], caused("Die Suchmaschine nahm den Eintrag nicht an", error.get("reason", error)))


def _fault(code: str, message: str, remedy: str = "In einer Minute erneut versuchen.") -> EnvironmentFault:
    return EnvironmentFault(code, message, remedy)
