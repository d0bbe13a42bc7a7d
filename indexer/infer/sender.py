"""Who a document comes from: a mail's header, the sender's line above the address window, the letterhead."""

from __future__ import annotations

import re

from indexer.infer.model import Evidence, Guess

_WINDOW = re.compile(r"^(?P<name>[^·•|\n]{3,80}?)\s+[·•|]\s+[^\n]*\d{4,5}\s+\w", re.MULTILINE)
_FROM = re.compile(r"^\s*(von|absender|from)\s*:\s*(?P<name>[^\n]{3,120})$", re.MULTILINE | re.IGNORECASE)
HEAD = 1500


def infer_sender(evidence: Evidence) -> Guess:
    if evidence.sender:
        return Guess(evidence.sender, sure=True)
    head = evidence.first[:HEAD]
    for pattern in (_WINDOW, _FROM):
        if match := pattern.search(head):
            return Guess(" ".join(match["name"].split()), sure=True)
    return Guess()
