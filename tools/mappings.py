"""Writes the mappings of the current index versions: `python -m tools.mappings`.

Refuses to change a file that is there: a published version is never edited (mappings/README.md).
"""

from __future__ import annotations

import json
import sys

from casefile.index.schema import VERSIONS, IndexKind, build_body, file_name
from casefile.settings import PROJECT

FOLDER = PROJECT / "mappings"


def file_text(kind: IndexKind) -> str:
    """The file of the current version, byte for byte."""
    return json.dumps(build_body(kind), ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    wrong = 0
    for kind, version in VERSIONS.items():
        target = FOLDER / file_name(kind, version)
        if not target.exists():
            target.write_text(file_text(kind), encoding="utf-8")
        elif target.read_text(encoding="utf-8") != file_text(kind):
            sys.stderr.write(f"{target.name} exists and differs: raise the version in casefile/index/schema.py\n")
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
