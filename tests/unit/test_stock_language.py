"""The language of the stock against law text: vocabulary and frequencies grow and fall alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.stock_language import measure

LAW = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "gesetze-md"


@pytest.mark.corpus
@pytest.mark.skipif(not LAW.is_dir(), reason="the shared corpus is absent")
def test_heaps_and_zipf_are_those_of_law_text() -> None:
    found = measure(LAW, seed=1, cases=90, count=150_000)
    for law in ("heaps", "zipf"):
        assert found["stock"][law] == pytest.approx(found["law"][law], rel=0.1)
