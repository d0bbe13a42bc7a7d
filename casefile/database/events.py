"""The audit log's words: what can happen, which way and how it ended, with their German names beside them.

A new kind of event is a member of `Action` and its line in `ACTION_NAMES`; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Channel(StrEnum):
    WEB = "web"
    CLI = "cli"
    BATCH = "batch"


class Action(StrEnum):
    LOGIN = "login"
    LOGOUT = "logout"
    SEARCH = "search"
    EXPORT = "export"
    OPEN_PAGE = "open_page"
    OPEN_IMAGE = "open_image"
    OPEN_CASE = "open_case"
    STATUS = "status"
    AUDIT_READ = "audit_read"
    AUDIT_EXPORT = "audit_export"
    AUDIT_PROOF = "audit_proof"
    AUDIT_EXPIRED = "audit_expired"
    AUDIT_ERASED = "audit_erased"
    USER_CHANGED = "user_changed"
    RIGHTS_CHANGED = "rights_changed"
    RIGHTS_READ = "rights_read"
    PURPOSE_ASKED = "purpose_asked"
    PURPOSE_STATED = "purpose_stated"
    EMERGENCY = "emergency"
    EMERGENCY_READ = "emergency_read"


class Outcome(StrEnum):
    OK = "ok"
    DENIED = "denied"
    THROTTLED = "throttled"


ACTION_NAMES: Mapping[Action, str] = {
    Action.LOGIN: "Anmeldung",
    Action.LOGOUT: "Abmeldung",
    Action.SEARCH: "Suche",
    Action.EXPORT: "Trefferliste ausgegeben",
    Action.OPEN_PAGE: "Seite geöffnet",
    Action.OPEN_IMAGE: "Seitenbild geöffnet",
    Action.OPEN_CASE: "Akte geöffnet",
    Action.STATUS: "Bestand angesehen",
    Action.AUDIT_READ: "Protokoll gelesen",
    Action.AUDIT_EXPORT: "Protokoll ausgegeben",
    Action.AUDIT_PROOF: "Nachweis einer Protokollzeile ausgegeben",
    Action.AUDIT_EXPIRED: "Protokoll eines Monats nach Fristablauf gelöscht",
    Action.AUDIT_ERASED: "Angaben im Protokoll gelöscht",
    Action.USER_CHANGED: "Konto geändert",
    Action.RIGHTS_CHANGED: "Rechte geändert",
    Action.RIGHTS_READ: "Rechte angesehen",
    Action.PURPOSE_ASKED: "Nach dem Zweck gefragt",
    Action.PURPOSE_STATED: "Zweck angegeben",
    Action.EMERGENCY: "Notzugriff",
    Action.EMERGENCY_READ: "Notzugriffe angesehen",
}
OUTCOME_NAMES: Mapping[Outcome, str] = {
    Outcome.OK: "",
    Outcome.DENIED: "abgelehnt",
    Outcome.THROTTLED: "gebremst",
}
CHANNEL_NAMES: Mapping[Channel, str] = {Channel.WEB: "Web", Channel.CLI: "Befehl", Channel.BATCH: "Stapel"}


class Detail(StrEnum):
    """Keys of a row's `detail`. Rows are never rewritten: those of earlier programs keep the keys in `EARLIER_KEYS`."""

    SEARCH = "search"  # id of the kept search in which something was opened
    IGNORED_SEARCH = "ignored_search"  # id of a search that was given and is not the user's own
    FILTERS = "filters"
    EXACT = "exact"
    QUERY = "query"  # id of a query in a batch
    UNIT = "unit"  # of a batch's hits: page, document, case
    FORMAT = "format"
    ADDRESS = "address"
    COUNT = "count"  # refused sign-ins that one row stands for
    PAGE = "page"  # a page number too large for its column
    COMMAND = "command"
    ACCOUNT = "account"
    BEFORE = "before"
    AFTER = "after"
    ROLE = "role"
    UNITS = "units"
    ACTIVE = "active"
    RIGHT = "right"  # what kind of right was changed
    VALUE = "value"
    UNTIL = "until"
    REASON = "reason"
    DAY = "day"  # as of which rights were asked for
    SHOWN = "shown"  # of a search: the documents whose snippets were shown, by case
    ROWS = "rows"  # numbers of audit rows
    FIELDS = "fields"
    MONTH = "month"


EARLIER_KEYS: Mapping[Detail, str] = {
    Detail.SEARCH: "suche",
    Detail.IGNORED_SEARCH: "suche_ignoriert",
    Detail.QUERY: "qid",
    Detail.ADDRESS: "adresse",
    Detail.PAGE: "seite",
    Detail.COMMAND: "befehl",
    Detail.ACCOUNT: "konto",
    Detail.BEFORE: "vorher",
    Detail.AFTER: "nachher",
    Detail.ROLE: "rolle",
    Detail.UNITS: "stellen",
    Detail.ACTIVE: "aktiv",
}


def detail_value(detail: Mapping[str, object], key: Detail) -> object:
    """What a row says under this key, or under the one that earlier programs wrote; None where it says nothing."""
    return detail.get(key, detail.get(EARLIER_KEYS.get(key, "")))
