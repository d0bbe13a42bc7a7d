"""Column types: members of an enumeration and moments in UTC, so that rows carry typed values."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import DateTime, Dialect, String, TypeDecorator

E = TypeVar("E", bound=StrEnum)


class WordColumn(TypeDecorator[E]):
    """A member of a closed set, stored as its value.

    A value that this program does not know (a newer or older one wrote it) is read as `unknown_word`, because one
    such row must not break the answer in which it stands.
    """

    impl = String
    cache_ok = True

    def __init__(self, kind: type[E], length: int) -> None:
        super().__init__(length)
        self.kind = kind
        self.length = length

    def process_bind_param(self, value: E | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:  # noqa: ARG002
        if value is None:
            return None
        try:
            return self.kind(value)
        except ValueError:
            return unknown_word(self.kind, value)


def unknown_word(kind: type[E], value: str) -> E:
    """A word of this kind that is no member of it: it equals its text and none of the members.

    So an unknown state is not final and counts as pending, and an unknown role has no rights.
    """
    word = str.__new__(kind, value)
    word._name_, word._value_ = value, value
    return word


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC. SQLite keeps no time zone, so that all of ours are stored in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
