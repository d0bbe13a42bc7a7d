"""A person's own searches: the last ones, and those kept under a name. Nobody else sees them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import SearchRow
from casefile.settings import Settings
from search_ui.retrieval.kept import oldest_kept
from search_ui.retrieval.question.request import SearchRequest

MAX_NAME = 200
MOST_RECENT = 8
LOOKED_THROUGH = 80  # the same words are often searched with one filter after the other
MOST_SAVED = 100


@dataclass(frozen=True)
class OwnSearch:
    id: str
    name: str
    request: SearchRequest


@dataclass(frozen=True)
class OwnSearches:
    """`recent`: the newest first, each text once; `saved`: by name."""

    recent: tuple[OwnSearch, ...]
    saved: tuple[OwnSearch, ...]


def own_searches(accounts: Session, settings: Settings, user_id: int) -> OwnSearches:
    """Searches without words are left out of the recent ones: nobody would know them again."""
    own = select(SearchRow).where(SearchRow.user_id == user_id)
    newest = own.where(SearchRow.name == "", SearchRow.created >= oldest_kept(settings))
    recent: dict[str, OwnSearch] = {}
    for row in accounts.scalars(newest.order_by(SearchRow.created.desc(), SearchRow.id).limit(LOOKED_THROUGH)):
        search = _as_search(row)
        if search.request.text and len(recent) < MOST_RECENT:
            recent.setdefault(search.request.text.casefold(), search)
    saved = accounts.scalars(own.where(SearchRow.name != "").order_by(SearchRow.name, SearchRow.id).limit(MOST_SAVED))
    return OwnSearches(tuple(recent.values()), tuple(map(_as_search, saved)))


def save_search(accounts: sessionmaker[Session], user_id: int, identifier: str, name: str) -> bool:
    """Keeps it under this name without an end. False where it is not this user's."""
    with accounts.begin() as session:
        named = session.execute(
            update(SearchRow)
            .where(SearchRow.id == identifier, SearchRow.user_id == user_id)
            .values(name=name)
            .returning(SearchRow.id)
        )
        return named.first() is not None


def delete_search(accounts: sessionmaker[Session], user_id: int, identifier: str) -> None:
    _delete(accounts, user_id, SearchRow.id == identifier)


def delete_recent(accounts: sessionmaker[Session], user_id: int) -> None:
    _delete(accounts, user_id, SearchRow.name == "")


def _delete(accounts: sessionmaker[Session], user_id: int, which: ColumnElement[bool]) -> None:
    with accounts.begin() as session:
        session.execute(delete(SearchRow).where(SearchRow.user_id == user_id, which))


def _as_search(row: SearchRow) -> OwnSearch:
    return OwnSearch(row.id, row.name, SearchRequest.from_json(row.request))
