"""Searches kept on the server under an opaque id, so that no term ever stands in a URL. Only their user opens them."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import SearchRow
from casefile.database.events import Action, Detail
from casefile.database.ledger import now
from casefile.database.sessions import read_session
from casefile.errors import AccessDenied
from casefile.model import is_identifier
from casefile.settings import Settings
from oversight.audit import Actor, Event
from search_ui.answering import refuse
from search_ui.retrieval.question.request import SearchRequest
from search_ui.services import Services

ID_LOGGED = 64  # characters of an id that a refusal keeps


def oldest_kept(settings: Settings) -> datetime:
    """Searches from before are not opened any more."""
    return now() - timedelta(days=settings.search_days)


def keep_search(accounts: sessionmaker[Session], user_id: int, request: SearchRequest) -> str:
    """Stores the request and gives its id."""
    identifier = secrets.token_hex(16)
    with accounts.begin() as session:
        session.add(SearchRow(id=identifier, user_id=user_id, request=request.to_json()))
    return identifier


def kept_search(accounts: Session, settings: Settings, user_id: int, identifier: str) -> SearchRequest | None:
    """None for another user's search, for one that does not exist and for one too old."""
    if not is_identifier(identifier):
        return None
    query = select(SearchRow).where(SearchRow.id == identifier, SearchRow.user_id == user_id)
    row = accounts.scalar(query.where((SearchRow.created >= oldest_kept(settings)) | (SearchRow.name != "")))
    return SearchRequest.from_json(row.request) if row is not None else None


def own_search(services: Services, actor: Actor, user_id: int, identifier: str) -> SearchRequest:
    """The kept search of this user. Raises AccessDenied `search_gone`."""
    with read_session(services.accounts) as session:
        request = kept_search(session, services.settings, user_id, identifier)
    if request is None:
        raise refuse_search(services, actor, identifier)
    return request


def refuse_search(services: Services, actor: Actor, identifier: str) -> AccessDenied:
    """Writes down that the search was asked for in vain; gives the error, in the same words for all reasons."""
    refuse(services.databases, Event(actor, Action.SEARCH, detail={Detail.SEARCH: identifier[:ID_LOGGED]}))
    return AccessDenied("search_gone", "Diese Suche gibt es nicht oder nicht mehr.")
