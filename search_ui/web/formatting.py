"""How values are written in German."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from casefile.database.events import (
    ACTION_NAMES,
    CHANNEL_NAMES,
    OUTCOME_NAMES,
    Action,
    Channel,
    Detail,
    Outcome,
    detail_value,
)
from casefile.errors import remedy
from casefile.model import Confidentiality, Role
from casefile.pagetext import TextSource
from casefile.wording import counted, number
from oversight.access.names import KIND_NAMES
from oversight.units import ALL_UNITS
from search_ui import ledgerview
from search_ui.reading.pages import PageView
from search_ui.retrieval.marking import Why
from search_ui.web.dates import german_date
from search_ui.web.markup import page_text_html, snippet_html

BERLIN = ZoneInfo("Europe/Berlin")
NARROW_SPACE = "\u202f"

RIGHTS = {Detail.ROLE: "Rolle", Detail.UNITS: "Stellen", Detail.ACTIVE: "aktiv"}  # of a changed account
ROLES: dict[str, str] = {
    Role.CASEWORKER: "Sachbearbeitung",
    Role.LEAD: "Leitung",
    Role.AUDITOR: "Revision",
    Role.RECORDS_ADMIN: "Registratur",
    Role.SYSTEM_ADMIN: "Technik",
}
COMMANDS = {"set-password": "Kennwort neu gesetzt"}  # of an account, where its rights stay
LEVELS = {
    Confidentiality.NORMAL: "normal",
    Confidentiality.CONFIDENTIAL: "vertraulich",
    Confidentiality.STRICTLY_CONFIDENTIAL: "streng vertraulich",
}
REASONS = {
    Why.INFLECTED: "gebeugt",
    Why.REFERENCE: "andere Schreibweise",
    Why.DATE: "andere Schreibweise",
    Why.SPELLING: "andere Schreibweise",
    Why.COVER: "auf dem Deckblatt",
    Why.TITLE: "im Titel",
    Why.FILE_NAME: "im Dateinamen",
    Why.TOLERANT: "ähnlich geschrieben",
}
SOURCES = {TextSource.LAYER: "Text der Datei", TextSource.OCR: "Texterkennung", TextSource.NONE: "leere Seite"}


def seconds(value: float) -> str:
    return f"{value:.2f}{NARROW_SPACE}s".replace(".", ",")


def percent(value: float) -> str:
    return f"{round(value)}{NARROW_SPACE}%"


def moment(value: datetime) -> str:
    return value.astimezone(BERLIN).strftime("%d.%m.%Y %H:%M:%S")


def quality(value: float | None) -> str:
    """In words first; the number is the mean word confidence."""
    if value is None:
        return "ohne Text"
    word = "gut" if value >= 85 else "mäßig" if value >= 65 else "schlecht"
    return f"{word} ({percent(value)})"


def account_change(detail: Mapping[str, Any]) -> str:
    """„m.muster“: Rolle Sachbearbeitung → Leitung; Stellen A → B, C"""
    before, after = (_rights(detail_value(detail, key)) for key in (Detail.BEFORE, Detail.AFTER))
    changes = [
        f"{title} {_right(before[key])} → {_right(after[key])}" if key in before else f"{title} {_right(after[key])}"
        for key, title in RIGHTS.items()
        if key in after and before.get(key) != after[key]
    ]
    command = str(detail_value(detail, Detail.COMMAND) or "")
    said = "; ".join(changes) or COMMANDS.get(command, command)
    return ": ".join(filter(None, (f"„{detail_value(detail, Detail.ACCOUNT) or ''}“", said)))


def right_change(detail: Mapping[str, Any]) -> str:
    """„m.muster“: Akte gesperrt (eigene Akte); beendet wird mit „Ende: …“ gesagt."""
    kind = KIND_NAMES.get(str(detail.get(Detail.RIGHT, "")), "")
    ended = "Ende: " if detail.get(Detail.COMMAND) == "take" else ""
    said = f"{ended}{kind}" if kind else f"{detail.get(Detail.COMMAND, '')} {detail.get(Detail.VALUE, '')}"
    named = str(detail.get(Detail.ACCOUNT) or "")
    reason = str(detail.get(Detail.REASON) or "")
    return ": ".join(filter(None, (named and f"„{named}“", said))) + (f" ({reason})" if reason else "")


def ignored_search(detail: Mapping[str, Any]) -> bool:
    """Whether a search was named that is not the user's own."""
    return detail_value(detail, Detail.IGNORED_SEARCH) is not None


def _rights(detail: object) -> dict[Detail, object]:
    given = detail if isinstance(detail, dict) else {}
    return {key: value for key in RIGHTS if (value := detail_value(given, key)) is not None}


def _right(value: object) -> str:
    if isinstance(value, list):
        return "alle" if value == [ALL_UNITS] else ", ".join(map(str, value)) or "keine"
    return {True: "ja", False: "nein"}[value] if isinstance(value, bool) else ROLES.get(str(value), str(value))


def citation(view: PageView) -> str:
    """Where the page is found, as it goes into a note: Akte, document, day, page."""
    day = f" vom {german_date(view.document.date)}" if view.document.date and not view.document.date_inferred else ""
    return f"Akte {view.case.title}, {view.title}{day}, Seite {number(view.number)}"


def cause(code: str) -> str:
    """What happened, without what to do about it: the remedy's first sentence."""
    return re.split(r"(?<=[a-zäöüß)])\. ", remedy(code), maxsplit=1)[0].rstrip(".")


def reason(why: Why) -> str:
    """Why a hit matched, where that is not plain to see; "" for the word as it was typed."""
    return "" if why is Why.LITERAL else REASONS.get(why, why.value)


def _named(names: Mapping[Any, str], kind: Callable[[Any], Any]) -> Callable[[Any], str]:
    def name(value: Any) -> str:
        try:
            return names[kind(value)]
        except (ValueError, KeyError):
            return str(value)

    return name


ALL: dict[str, Callable[..., object]] = {
    "number": number,
    "counted": counted,
    "seconds": seconds,
    "percent": percent,
    "moment": moment,
    "quality": quality,
    "german_date": german_date,
    "account_change": account_change,
    "right_change": right_change,
    "ignored_search": ignored_search,
    "action": _named(ACTION_NAMES, Action),
    "outcome": _named(OUTCOME_NAMES, Outcome),
    "channel": _named(CHANNEL_NAMES, Channel),
    "role": _named(ROLES, Role),
    "units": lambda units: _right(list(units)),
    "level": _named(LEVELS, Confidentiality),
    "source": _named(SOURCES, TextSource),
    "cause": cause,
    "reason": reason,
    "page_text": page_text_html,
    "document_title": ledgerview.document_title,
    "citation": citation,
    "snippet": snippet_html,
}
