"""`make lock`: pin every package and archive anew, with checksums and without naming a host."""

from __future__ import annotations

import subprocess

from setup.environment import PROJECT, PYTHON, REQUIREMENTS

COMPILE = ["pip", "compile", "--universal", "--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet"]


def main() -> int:
    uv = str(PYTHON.parent / "uv")
    for source, options, target in (
        ("requirements/bootstrap.in", ["--allow-unsafe"], "bootstrap.txt"),
        ("pyproject.toml", ["--extra", "second-opinion"], "runtime.txt"),
        ("pyproject.toml", ["--extra", "dev"], "dev.txt"),
    ):
        output = str((REQUIREMENTS / target).relative_to(PROJECT))
        subprocess.run([uv, *COMPILE, source, *options, "-o", output], cwd=PROJECT, check=True)
    return subprocess.run([str(PYTHON), "-m", "engine.assembly.lock"], cwd=PROJECT, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
