"""How values are written in German."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from casefile.model import Confidentiality, Role
from casefile.pagetext import TextSource
from casefile.wording import counted, number
from oversight.audit import (
    Action,
    Channel,
    Outcome,
    utc,
)
from oversight.units import ALL_UNITS
from search_ui.web.dates import german_date
from search_ui.web.markup import marked_html, snippet_html

BERLIN = ZoneInfo("Europe/Berlin")
NARROW_SPACE = "\u202f"

ACTIONS = {
    Action.LOGIN: "Anmeldung",
    Action.LOGOUT: "Abmeldung",
    Action.SEARCH: "Suche",
    Action.OPEN_PAGE: "Seite geöffnet",
    Action.OPEN_IMAGE: "Seitenbild geöffnet",
    Action.OPEN_CASE: "Akte geöffnet",
    Action.STATUS: "Bestand angesehen",
    Action.AUDIT_READ: "Protokoll gelesen",
    Action.AUDIT_EXPORT: "Protokoll ausgegeben",
    Action.USER_CHANGED: "Konto geändert",
}
OUTCOMES = {Outcome.OK: "", Outcome.DENIED: "abgelehnt", Outcome.THROTTLED: "gebremst"}
CHANNELS = {Channel.WEB: "Web", Channel.CLI: "Befehl", Channel.BATCH: "Stapel"}
RIGHTS = {"rolle": "Rolle", "stellen": "Stellen", "aktiv": "aktiv"}  # in the detail of a changed account's row
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
SOURCES = {TextSource.LAYER: "Text der Datei", TextSource.OCR: "Texterkennung", TextSource.NONE: "leere Seite"}


def seconds(value: float) -> str:
    return f"{value:.2f}{NARROW_SPACE}s".replace(".", ",")


def percent(value: float) -> str:
    return f"{round(value)}{NARROW_SPACE}%"


def moment(value: datetime) -> str:
    return utc(value).astimezone(BERLIN).strftime("%d.%m.%Y %H:%M:%S")


def quality(value: float | None) -> str:
    """In words first; the number is the mean word confidence."""
    if value is None:
        return "ohne Text"
    word = "gut" if value >= 85 else "mäßig" if value >= 65 else "schlecht"
    return f"{word} ({percent(value)})"


def account_change(detail: Mapping[str, Any]) -> str:
    """„m.muster“: Rolle Sachbearbeitung → Leitung; Stellen A → B, C"""
    before, after = detail.get("vorher", {}), detail.get("nachher", {})
    changes = [
        f"{title} {_right(before[name])} → {_right(after[name])}"
        if name in before
        else f"{title} {_right(after[name])}"
        for name, title in RIGHTS.items()
        if name in after and before.get(name) != after[name]
    ]
    command = detail.get("befehl", "")
    said = "; ".join(changes) or COMMANDS.get(command, command)
    return ": ".join(filter(None, (f"„{detail.get('konto', '')}“", said)))


def _right(value: object) -> str:
    if isinstance(value, list):
        return "alle" if value == [ALL_UNITS] else ", ".join(map(str, value)) or "keine"
    return {True: "ja", False: "nein"}[value] if isinstance(value, bool) else ROLES.get(str(value), str(value))


def _named(names: dict[Any, str], kind: Callable[[Any], Any]) -> Callable[[Any], str]:
    def name(value: Any) -> str:
        try:
            return names[kind(value)]
        except (ValueError, KeyError):
            return str(value)

    return name


ALL: dict[str, Callable[..., str]] = {
    "number": number,
    "counted": counted,
    "seconds": seconds,
    "percent": percent,
    "moment": moment,
    "quality": quality,
    "german_date": german_date,
    "account_change": account_change,
    "action": _named(ACTIONS, Action),
    "outcome": _named(OUTCOMES, Outcome),
    "channel": _named(CHANNELS, Channel),
    "level": _named(LEVELS, Confidentiality),
    "source": _named(SOURCES, TextSource),
    "marked": marked_html,
    "snippet": snippet_html,
}
