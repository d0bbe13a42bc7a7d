"""How values are written in German."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from casefile.model import Confidentiality
from casefile.pagetext import TextSource
from casefile.wording import counted, number
from search_ui.audit import Action, Channel, Outcome, utc
from search_ui.request import german_date

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
    """„m.muster“: Rolle caseworker → lead; Stellen A → B, C"""
    before, after = detail.get("vorher", {}), detail.get("nachher", {})
    changes = [
        f"{title} {_right(before[name])} → {_right(after[name])}"
        if name in before
        else f"{title} {_right(after[name])}"
        for name, title in RIGHTS.items()
        if name in after and before.get(name) != after[name]
    ]
    return ": ".join(filter(None, (f"„{detail.get('konto', '')}“", "; ".join(changes) or detail.get("befehl", ""))))


def _right(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "keine"
    return {True: "ja", False: "nein"}[value] if isinstance(value, bool) else str(value)


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
}
