"""What a route needs: every view says so, the app refuses to start with one that does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask

from casefile.database.events import Action
from casefile.model import Role
from oversight.rights import CONTENT_LEVELS, MANAGES_RIGHTS, READS_AUDIT

View = TypeVar("View", bound=Callable[..., Any])
_NEED, _ACTION = "_needs", "_refused_as"


class Need(StrEnum):
    """Beside it, what is shown is checked piece by piece where it is read."""

    NOTHING = "nothing"  # answered without a session
    ACCOUNT = "account"
    CONTENT = "content"  # a role that sees cases
    AUDIT = "audit"
    RIGHTS = "rights"


ROLES: Mapping[Need, frozenset[Role]] = {
    Need.ACCOUNT: frozenset(Role),
    Need.CONTENT: frozenset(role for role, levels in CONTENT_LEVELS.items() if levels),
    Need.AUDIT: READS_AUDIT,
    Need.RIGHTS: MANAGES_RIGHTS,
}


def needs(need: Need, refused_as: Action | None = None) -> Callable[[View], View]:
    """`refused_as`: the event under which a refusal by role goes into the audit log."""
    if (need in (Need.NOTHING, Need.ACCOUNT)) is not (refused_as is None):
        raise TypeError("A need that some roles do not meet, and no other, has an event for its refusals.")

    def declare(view: View) -> View:
        setattr(view, _NEED, need)
        setattr(view, _ACTION, refused_as)
        return view

    return declare


def need_of(app: Flask, endpoint: str) -> Need | None:
    return getattr(app.view_functions[endpoint], _NEED, None)


def refused_as(app: Flask, endpoint: str) -> Action:
    action: Action = getattr(app.view_functions[endpoint], _ACTION)
    return action


def meets(need: Need, role: Role) -> bool:
    """A role that this program does not know meets nothing."""
    return role in ROLES[need]


def check_declared(app: Flask) -> None:
    """Raises RuntimeError naming the routes that do not say what they need."""
    silent = sorted(endpoint for endpoint in app.view_functions if need_of(app, endpoint) is None)
    if silent:
        raise RuntimeError(f"routes that do not say what they need: {', '.join(silent)}")
