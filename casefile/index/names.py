"""Names of indices and aliases. An index is `PREFIX-KIND-vN`; searches use the alias `PREFIX-KIND`.

The alias `PREFIX-KIND-building` marks a version that is being built beside the one in use: writers write both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casefile.index.schema import IndexKind


def alias_name(prefix: str, kind: IndexKind) -> str:
    return f"{prefix}-{kind.value}"


def building_alias(prefix: str, kind: IndexKind) -> str:
    return f"{prefix}-{kind.value}-building"


def index_name(prefix: str, kind: IndexKind, version: int) -> str:
    return f"{prefix}-{kind.value}-v{version}"


@dataclass(frozen=True)
class KindState:
    """Versions of one index that the engine holds: in use, being built, and neither (`unused`)."""

    live: int | None = None
    building: int | None = None
    unused: frozenset[int] = frozenset()


def index_states(prefix: str, found: Mapping[str, Any]) -> dict[IndexKind, KindState]:
    """From the engine's answer to `GET /PREFIX-*/_alias`: {index: {"aliases": {name: …}}}."""
    return {kind: _kind_state(prefix, kind, found) for kind in IndexKind}


def _kind_state(prefix: str, kind: IndexKind, found: Mapping[str, Any]) -> KindState:
    pattern = re.compile(rf"{re.escape(alias_name(prefix, kind))}-v(\d+)")
    versions = {int(match[1]): entry["aliases"] for name, entry in found.items() if (match := pattern.fullmatch(name))}
    live = max((n for n, aliases in versions.items() if alias_name(prefix, kind) in aliases), default=None)
    building = max((n for n, aliases in versions.items() if building_alias(prefix, kind) in aliases), default=None)
    return KindState(live, building, frozenset(versions) - {live, building})
