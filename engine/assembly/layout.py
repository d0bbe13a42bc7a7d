"""Assemble the engine from its archives: one read-only directory per lock, shared by all instances.

A jar must not lie both in `lib/` and in a module ("jar hell": start-up refuses it), so that each has one place here.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from casefile.errors import EnvironmentFault
from engine.assembly.artifacts import (
    CACHE,
    LOCK,
    STORE,
    Artifact,
    read_lock,
)
from engine.assembly.java import MINIMUM_JAVA


@dataclass(frozen=True)
class Module:
    """A module of the official distribution; `jars` are patterns of artifact names."""

    name: str
    plugin_class: str
    jars: tuple[str, ...]
    extends: str = ""


MODULES = (
    Module(
        "transport-netty4",
        "org.opensearch.transport.Netty4ModulePlugin",
        ("transport-netty4-client", "netty-*", "opensearch-netty4"),
    ),
    Module(
        "analysis-common",
        "org.opensearch.analysis.common.CommonAnalysisModulePlugin",
        ("analysis-common",),
        extends="lang-painless",
    ),
    Module(
        "lang-painless",
        "org.opensearch.painless.PainlessModulePlugin",
        ("lang-painless", "antlr4-runtime", "asm", "asm-*", "opensearch-scripting-painless-spi"),
    ),
    Module(
        "reindex",
        "org.opensearch.index.reindex.ReindexModulePlugin",
        (
            "reindex-client",
            "opensearch-rest-client",
            "opensearch-ssl-config",
            "http*",
            "commons-logging",
            "commons-codec",
        ),
    ),
    Module(
        "mapper-extras",
        "org.opensearch.index.mapper.MapperExtrasModulePlugin",
        ("mapper-extras-client",),
        extends="lang-painless",
    ),
    Module("parent-join", "org.opensearch.join.ParentJoinModulePlugin", ("parent-join-client",)),
    Module("rank-eval", "org.opensearch.index.rankeval.RankEvalModulePlugin", ("rank-eval-client",)),
    Module("percolator", "org.opensearch.percolator.PercolatorModulePlugin", ("percolator-client",)),
    Module(
        "aggs-matrix-stats",
        "org.opensearch.search.aggregations.matrix.MatrixAggregationModulePlugin",
        ("aggs-matrix-stats-client",),
    ),
    Module(
        "ingest-common",
        "org.opensearch.ingest.common.IngestCommonModulePlugin",
        ("ingest-common", "opensearch-grok", "opensearch-dissect", "joni", "jcodings"),
        extends="lang-painless",
    ),
)
# Modules that are not used, and what only they need.
LEFT_OUT = (
    "geo",
    "ingest-user-agent",
    "lang-expression",
    "lang-mustache-client",
    "repository-url",
    "lucene-expressions",
    "compiler",
)
TIKA = "tika-server-standard"


@dataclass(frozen=True)
class Engine:
    """An assembled engine: where its parts are and which versions they have."""

    root: Path
    opensearch_version: str
    tika_version: str

    @property
    def opensearch(self) -> Path:
        return self.root / "opensearch"

    @property
    def tika_jar(self) -> Path:
        return self.root / "tika" / "tika-server.jar"


def locked_engine(cache: Path = CACHE) -> Engine:
    """The engine that belongs to the committed lock, assembled or not."""
    key = hashlib.sha256(LOCK.read_bytes() + Path(__file__).read_bytes()).hexdigest()[:12]
    versions = {a.name: a.version for a in read_lock()}
    return Engine(cache / f"engine-{key}", versions["opensearch"], versions[TIKA])


def assembled_engine() -> Engine:
    """Raises EnvironmentFault `engine_missing` where set-up has not been run."""
    engine = locked_engine()
    if not engine.root.is_dir():
        raise EnvironmentFault(
            "engine_missing",
            f"Die Programmdateien von OpenSearch und Tika fehlen ({engine.root}).",
            "Im Projektordner „make setup“ ausführen.",
        )
    return engine


def assemble(artifacts: Iterable[Artifact], engine: Engine, store: Path = STORE) -> None:
    """Put the directory together beside its place and rename it: it is there as a whole or not at all."""
    half_done = engine.root.with_suffix(f".{os.getpid()}.tmp")
    shutil.rmtree(half_done, ignore_errors=True)
    for artifact in artifacts:
        place = _place(artifact)
        if place is not None:
            _link(store / artifact.file_name, half_done / place)
    for module in MODULES:
        descriptor = half_done / "opensearch" / "modules" / module.name / "plugin-descriptor.properties"
        descriptor.write_text(_descriptor(module, engine.opensearch_version), encoding="utf-8")
        descriptor.chmod(0o644)
    # The node wants these to exist, and cannot make them in a directory that is not its own.
    for name in ("plugins", "bin"):
        _directory(half_done / "opensearch" / name)
    with suppress(FileExistsError, OSError):
        half_done.rename(engine.root)
    shutil.rmtree(half_done, ignore_errors=True)
    assembled_engine()


def _place(artifact: Artifact) -> Path | None:
    if artifact.name == TIKA:
        return Path("tika") / "tika-server.jar"
    if artifact.name in LEFT_OUT:
        return None
    for module in MODULES:
        if any(fnmatch.fnmatchcase(artifact.name, pattern) for pattern in module.jars):
            return Path("opensearch") / "modules" / module.name / artifact.file_name
    return Path("opensearch") / "lib" / artifact.file_name


def _descriptor(module: Module, version: str) -> str:
    lines = {
        "name": module.name,
        "description": module.name,
        "version": version,
        "opensearch.version": version,
        "java.version": str(MINIMUM_JAVA),
        "classname": module.plugin_class,
    }
    if module.extends:
        lines["extended.plugins"] = module.extends
    return "".join(f"{key}={value}\n" for key, value in lines.items())


def _link(source: Path, target: Path) -> None:
    _directory(target.parent)
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
    target.chmod(0o644)


def _directory(path: Path) -> None:
    """The engine runs as a user of its own and must be able to read this, whatever the umask was."""
    if not path.is_dir():
        _directory(path.parent)
        path.mkdir(exist_ok=True)
        path.chmod(0o755)
