"""Loads the mappings of the three indices; a version is a file (see mappings/README.md)."""

from __future__ import annotations

import json
from enum import StrEnum
from importlib import resources
from typing import Any


class IndexKind(StrEnum):
    PAGES = "pages"
    DOCUMENTS = "documents"
    CASES = "cases"


VERSIONS = {IndexKind.PAGES: 1, IndexKind.DOCUMENTS: 1, IndexKind.CASES: 1}


def load_mapping(kind: IndexKind, version: int | None = None) -> dict[str, Any]:
    """Settings and mappings as the engine takes them."""
    name = f"{kind.value}.v{version or VERSIONS[kind]}.json"
    body: dict[str, Any] = json.loads(resources.files("mappings").joinpath(name).read_text(encoding="utf-8"))
    return body


def alias_name(prefix: str, kind: IndexKind) -> str:
    return f"{prefix}-{kind.value}"


def index_name(prefix: str, kind: IndexKind, version: int | None = None) -> str:
    return f"{prefix}-{kind.value}-v{version or VERSIONS[kind]}"
