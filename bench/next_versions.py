"""Versions of all three indices that the product does not have: other analysis, and one field more. For the measurement
of migrations and for tests.
"""

from __future__ import annotations

import copy
from typing import Any

from casefile.index import fields
from casefile.index.schema import IndexKind, Schema, build_body

NEW_FIELD = "shape"


def next_body(kind: IndexKind) -> dict[str, Any]:
    body = copy.deepcopy(build_body(kind))
    body["settings"]["analysis"]["analyzer"]["stem"]["filter"].append("asciifolding")
    properties = body["mappings"]["properties"]
    properties[NEW_FIELD] = {"type": "keyword"}
    properties[fields.CASE_WORDS]["fields"]["whole"] = {"type": "keyword", "ignore_above": 200}
    return body


def schema_up_to(version: int) -> Schema:
    """All indices at that version; those between the published one and it are all alike."""
    bodies = {(kind, n): next_body(kind) for kind in IndexKind for n in range(2, version + 1)}
    return Schema(dict.fromkeys(IndexKind, version), bodies)


SECOND = schema_up_to(2)
