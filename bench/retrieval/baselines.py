"""Five usual ways to search German text, in the same engine, on the same pages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.request import Request, urlopen

from bench.retrieval.collection import Collection, Query
from casefile.batches import batches

Body = dict[str, Any]
Run = dict[str, list[str]]  # of each query the names of what was found, best first

_ANALYSIS: Body = {
    "filter": {
        "stems": {"type": "snowball", "language": "German"},
        "grams": {"type": "ngram", "min_gram": 4, "max_gram": 4, "preserve_original": True},
    },
    "analyzer": {
        name: {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "german_normalization", last]}
        for name, last in {"stemmed": "stems", "grams": "grams"}.items()
    },
}
_FIELDS = {"standard": "standard", "german": "german", "stemmed": "stemmed", "grams": "grams"}


def _match(name: str, text: str, **more: object) -> Body:
    return {"match": {f"text.{name}": {"query": text, **more}}}


WAYS: Mapping[str, Any] = {
    "standard": lambda text: _match("standard", text),
    "german": lambda text: _match("german", text),
    "snowball + fuzzy": lambda text: _match("stemmed", text, fuzziness="AUTO"),
    "4-grams": lambda text: _match("grams", text),
    "snowball + .5 × 4-grams": lambda text: {
        "bool": {"should": [_match("stemmed", text), _match("grams", text, boost=0.5)]}
    },
}


class Baselines:
    """An index of its own on the engine at `url`; `pages` as the program was given them."""

    def __init__(self, url: str, index: str) -> None:
        self._base = f"{url}/{index}"

    def load(self, collection: Collection) -> None:
        texts = {name: {"type": "text", "analyzer": analyser} for name, analyser in _FIELDS.items()}
        properties = {
            "document": {"type": "keyword"},
            "text": {"type": "text", "index": False, "norms": False, "fields": texts},
        }
        body = {
            "settings": {"number_of_shards": 1, "number_of_replicas": 0, "analysis": _ANALYSIS},
            "mappings": {"properties": properties, "_source": {"enabled": False}},
        }
        self._send("PUT", "", json.dumps(body))
        for part in batches(list(collection.pages()), 500):
            lines = "".join(f"{json.dumps({'index': {'_id': name}})}\n{_record(name, text)}\n" for name, text in part)
            if self._send("POST", "/_bulk", lines)["errors"]:
                raise RuntimeError("the engine refused a page of the baselines")
        self._send("POST", "/_refresh", "")

    def remove(self) -> None:
        self._send("DELETE", "", "")

    def run(self, way: str, queries: Sequence[Query], depth: int, *, documents: bool) -> Run:
        found: Run = {}
        for part in batches(queries, 50):
            bodies = "".join(f"{{}}\n{json.dumps(_body(way, query.text, depth, documents))}\n" for query in part)
            answers = self._send("POST", "/_msearch", bodies)["responses"]
            found |= {query.id: list(_names(answer, documents)) for query, answer in zip(part, answers, strict=True)}
        return found

    def _send(self, method: str, path: str, body: str) -> Body:
        request = Request(self._base + path, body.encode() or None, {"Content-Type": "application/x-ndjson"})  # noqa: S310
        request.method = method
        if not path:
            request.add_header("Content-Type", "application/json")
        with urlopen(request, timeout=300) as answer:  # noqa: S310 - the engine's own address
            found: Body = json.load(answer)
        return found


def _record(name: str, text: str) -> str:
    return json.dumps({"document": name.rpartition("#")[0], "text": text})


def _body(way: str, text: str, depth: int, documents: bool) -> Body:
    body = {"query": WAYS[way](text), "size": depth, "_source": False, "track_total_hits": False}
    return body | {"collapse": {"field": "document"}} if documents else body


def _names(answer: Body, documents: bool) -> Iterable[str]:
    names = (str(hit["_id"]) for hit in answer["hits"]["hits"])
    return (name.rpartition("#")[0] for name in names) if documents else names
