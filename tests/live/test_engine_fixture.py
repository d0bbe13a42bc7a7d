"""The session's engine is the real thing, with the limits that hostile files ask for."""

from __future__ import annotations

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from casefile.instance import opensearch_url, tika_url
from casefile.settings import Settings


def _get(url: str) -> bytes:
    with urlopen(url, timeout=30) as answer:
        body: bytes = answer.read()
        return body


def test_node_is_opensearch_with_core_analysis_only(engine: Settings) -> None:
    node = json.loads(_get(opensearch_url(engine)))
    assert node["version"]["distribution"] == "opensearch"
    modules = json.loads(_get(f"{opensearch_url(engine)}/_nodes/plugins"))["nodes"].popitem()[1]
    assert modules["plugins"] == []
    assert [m["name"] for m in modules["modules"] if m["name"].startswith("analysis")] == ["analysis-common"]


def test_indices_are_never_created_by_accident(engine: Settings) -> None:
    request = Request(
        f"{opensearch_url(engine)}/zufall/_doc/1", b"{}", {"Content-Type": "application/json"}, method="PUT"
    )
    with pytest.raises(HTTPError) as refused:
        urlopen(request, timeout=30)
    assert refused.value.code == 404
    refused.value.close()


def test_tika_offers_only_what_is_used(engine: Settings) -> None:
    assert b"Apache Tika 3.3.2" in _get(f"{tika_url(engine)}/version")
    for closed in ("parsers", "detectors", "mime-types", "status", "translate/all", "async", "pipes"):
        with pytest.raises(HTTPError) as refused:
            _get(f"{tika_url(engine)}/{closed}")
        assert refused.value.code == 404
        refused.value.close()


def test_instances_are_apart(instance: Settings, instance_environment: dict[str, str]) -> None:
    assert instance_environment["AKTENSUCHE_INDEX_PREFIX"] == instance.index_prefix
    assert instance_environment["AKTENSUCHE_HOME"] == str(instance.home)
