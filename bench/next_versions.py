"""Versions of all three indices that the product does not have: other analysis, and one field more. For the measurement
of migrations and for tests.
"""

from __future__ import annotations

import copy
from typing import Any

from casefile.index import fields
from casefile.index.schema import VERSIONS, IndexKind, Schema, build_body

NEW_FIELD = "shape"
CURRENT = max(VERSIONS.values())


def next_body(kind: IndexKind) -> dict[str, Any]:
    body = copy.deepcopy(build_body(kind))
    body["settings"]["analysis"]["analyzer"]["stem"]["filter"].append("unique")
    properties = body["mappings"]["properties"]
    properties[NEW_FIELD] = {"type": "keyword"}
    properties[fields.CASE_WORDS]["fields"]["whole"] = {"type": "keyword", "ignore_above": 200}
    return body


def schema_up_to(version: int) -> Schema:
    """All indices at that version; those between the published one and it are all alike."""
    bodies = {(kind, n): next_body(kind) for kind in IndexKind for n in range(CURRENT + 1, version + 1)}
    return Schema(dict.fromkeys(IndexKind, version), bodies)


NEXT = schema_up_to(CURRENT + 1)
