"""What live tests share: reading single files through the real Tika, and both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile.settings import Settings, load_settings
from indexer.extract import Extracted, RecognitionPool, TikaClient, extract
from tests.material import Read
from tests.postgres import Cluster


@pytest.fixture(scope="module")
def pool(engine: Settings) -> Iterator[RecognitionPool]:
    with RecognitionPool(engine, workers=1) as pool:
        yield pool


@pytest.fixture(scope="module")
def read(engine: Settings, pool: RecognitionPool) -> Read:
    """Reads one file; further arguments are settings, `depth` that of a container."""
    tika = TikaClient(engine)

    def run(path: Path, depth: int = 0, **changes: int) -> Extracted:
        return extract(path, engine.model_copy(update=changes), tika, pool, depth=depth)

    return run


@pytest.fixture(params=["sqlite", "postgresql"])
def either_database(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a new home, once with each database."""
    if request.param == "sqlite":
        return load_settings(home=tmp_path)
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.settings(tmp_path)
