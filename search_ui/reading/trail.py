"""What the audit row of something opened says of the search that led there."""

from __future__ import annotations

from dataclasses import replace

from casefile.database.events import Detail
from oversight.audit import Event
from search_ui.retrieval.kept import ID_LOGGED
from search_ui.retrieval.question.request import SearchRequest


def led_by(event: Event, request: SearchRequest | None, search_id: str) -> Event:
    """The row names the search that led here. An id of another user's search is recorded as ignored."""
    if request is not None:
        return replace(event, purpose=request.purpose, detail={Detail.SEARCH: search_id})
    return replace(event, detail={Detail.IGNORED_SEARCH: search_id[:ID_LOGGED]}) if search_id else event
