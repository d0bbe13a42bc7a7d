"""Only what the lock names, with the checksum it names, in a place that is whole or not there."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from casefile.errors import EnvironmentFault
from engine.assembly import layout
from engine.assembly.artifacts import (
    LOCK,
    SPEC,
    Artifact,
    fetch,
    read_lock,
)
from engine.assembly.layout import Engine, assemble


def _artifact(name: str, content: bytes, version: str = "1.0") -> Artifact:
    return Artifact("org.example", name, version, "", "jar", hashlib.sha256(content).hexdigest())


def _silent(done: int, total: int) -> None:
    """No progress wanted."""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    (tmp_path / "bundle" / "engine").mkdir(parents=True)
    return tmp_path / "bundle"


def test_lock_belongs_to_its_specification_and_names_no_host() -> None:
    text = LOCK.read_text(encoding="utf-8")
    assert f'spec_hash = "{hashlib.sha256(SPEC.read_bytes()).hexdigest()[:16]}"' in text, "run `make lock`"
    assert "://" not in text
    assert {"opensearch", "tika-server-standard"} <= {artifact.name for artifact in read_lock()}


def test_lock_without_checksum_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "lock.toml"
    lock.write_text('[[dependencies]]\ngroupId="g"\nartifactId="a"\nversion="1"\npackaging="jar"\n', encoding="utf-8")
    with pytest.raises(EnvironmentFault) as fault:
        read_lock(lock)
    assert fault.value.code == "engine_lock"


def test_damaged_file_is_thrown_away(tmp_path: Path, bundle: Path) -> None:
    artifact = _artifact("a", b"true content")
    (bundle / "engine" / artifact.file_name).write_bytes(b"other content")
    with pytest.raises(EnvironmentFault) as fault:
        fetch([artifact], _silent, bundle, tmp_path / "store")
    assert fault.value.code == "artifact_damaged"
    assert list((tmp_path / "store").iterdir()) == []


def test_interrupted_run_goes_on_and_repairs(tmp_path: Path, bundle: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    whole, cut_off, missing = (_artifact(name, name.encode()) for name in ("whole", "cut", "missing"))
    (store / whole.file_name).write_bytes(b"whole")
    (store / cut_off.file_name).write_bytes(b"cu")
    for artifact in (cut_off, missing):
        (bundle / "engine" / artifact.file_name).write_bytes(artifact.name.encode())
    steps: list[int] = []
    fetch([whole, cut_off, missing], lambda done, _: steps.append(done), bundle, store)
    assert steps == [1, 2, 3]
    assert (store / cut_off.file_name).read_bytes() == b"cut"


def test_every_jar_has_one_place_and_all_modules_are_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(tmp_path / "engine-x", "3.8.0", "3.3.2")
    monkeypatch.setattr(layout, "assembled_engine", lambda: engine)
    store = tmp_path / "store"
    store.mkdir()
    for artifact in read_lock():
        (store / artifact.file_name).write_bytes(b"")
    assemble(read_lock(), engine, store)
    jars = [path.name for path in engine.root.rglob("*.jar")]
    assert len(jars) == len(set(jars))
    for module in layout.MODULES:
        folder = engine.opensearch / "modules" / module.name
        assert list(folder.glob("*.jar"))
        assert "opensearch.version=3.8.0" in (folder / "plugin-descriptor.properties").read_text(encoding="utf-8")
    assert engine.tika_jar.is_file()
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []
