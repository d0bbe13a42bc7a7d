"""Kind, date and sender of one document."""

from __future__ import annotations

from indexer.infer.dates import infer_date
from indexer.infer.kind import infer_kind
from indexer.infer.model import Evidence, Inferred
from indexer.infer.sender import infer_sender


def infer(evidence: Evidence) -> Inferred:
    return Inferred(infer_kind(evidence), infer_date(evidence), infer_sender(evidence))
