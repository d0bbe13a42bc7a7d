"""Kind, date and sender of one document."""

from __future__ import annotations

from indexer.infer.dates import infer_date
from indexer.infer.kind import infer_kind
from indexer.infer.model import Evidence, Inferred
from indexer.infer.sender import infer_sender

# Raised whenever the rules give other answers: documents of an older version are looked at anew when next loaded.
INFERENCE = 1


def infer(evidence: Evidence) -> Inferred:
    return Inferred(infer_kind(evidence), infer_date(evidence), infer_sender(evidence))
