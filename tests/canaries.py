"""Cases with words that stand nowhere else, people who may see some of them, and every route asked about all of them.

A check is one answer held against one canary: its word stands there although it must not, or is missing where it must
stand. The routes come from the app; one that this module does not know how to ask raises KeyError.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from casefile.database.accounts import RightKind, UserRow
from casefile.database.events import Channel
from casefile.database.ledger import now
from casefile.model import Confidentiality, CoverSheet, Role
from oversight.access.changes import Right, give
from oversight.access.tree import place_unit
from oversight.accounts import add_user
from oversight.audit import Actor
from search_ui.services import Services
from search_ui.web.current import EXTENSION
from tests.shelf import Shelf, Shelved
from tests.web import PASSWORD, Person, form_token, without_reference

EVERYWHERE = "Gemeinschaftswort"
NORMAL, CONFIDENTIAL, STRICT = Confidentiality
ACTOR = Actor("", Channel.CLI, "test")


@dataclass(frozen=True)
class Canary:
    """A case whose word stands in its text, path, cover sheet, kind and failures."""

    word: str
    unit: str
    level: Confidentiality
    shelved: Shelved

    @property
    def document(self) -> str:
        return next(iter(self.shelved.documents.values()))


@dataclass(frozen=True)
class Staff:
    """`sees`: written down here once more, in other words than in `oversight.rights`."""

    role: Role
    units: tuple[str, ...]
    sees: Callable[[Canary], bool]


def _in(levels: Sequence[Confidentiality], *units: str) -> Callable[[Canary], bool]:
    return lambda canary: canary.level in levels and (not units or canary.unit in units)


def _either(*sees: Callable[[Canary], bool]) -> Callable[[Canary], bool]:
    return lambda canary: any(one(canary) for one in sees)


UP_TO_CONFIDENTIAL, ALL = (NORMAL, CONFIDENTIAL), (NORMAL, CONFIDENTIAL, STRICT)
UNIT_3 = _in(UP_TO_CONFIDENTIAL, "Leistung 3")
STAFF: Mapping[str, Staff] = {
    "sach1": Staff(Role.CASEWORKER, ("Leistung 1",), _in(UP_TO_CONFIDENTIAL, "Leistung 1")),
    "sach2": Staff(Role.CASEWORKER, ("  leistung  2 ",), _in(UP_TO_CONFIDENTIAL, "Leistung 2")),
    "sachalle": Staff(Role.CASEWORKER, ("*",), _in(UP_TO_CONFIDENTIAL)),
    "leitung1": Staff(Role.LEAD, ("Leistung 1",), _in(ALL, "Leistung 1")),
    "leitungalle": Staff(Role.LEAD, ("*",), _in(ALL)),
    "archiv2": Staff(Role.RECORDS_ADMIN, ("Leistung 2",), _in(ALL, "Leistung 2")),
    "oben": Staff(Role.LEAD, ("Leistung",), _in(ALL, "Leistung 1", "Leistung 2")),
    "vertretung": Staff(Role.CASEWORKER, ("Leistung 3",), _either(_in(ALL, "Leistung 1"), UNIT_3)),
    "stufe0": Staff(Role.LEAD, ("Leistung 1",), _in((NORMAL,), "Leistung 1")),
    "befangen": Staff(Role.CASEWORKER, ("Leistung 1",), _in((CONFIDENTIAL,), "Leistung 1")),
    "gast": Staff(Role.CASEWORKER, ("Leistung 3",), _either(_in((STRICT,), "Leistung 2"), UNIT_3)),
    "revision": Staff(Role.AUDITOR, ("*",), _in(())),
    "technik": Staff(Role.SYSTEM_ADMIN, ("*",), _in(())),
    "niemand": Staff(Role.CASEWORKER, ("Nirgends",), _in(())),
}
# Single rights beside role and units: name → kind, and the canaries it is about (a deputy is about none).
SINGLE: Mapping[str, tuple[RightKind, Callable[[Canary], bool]]] = {
    "befangen": (RightKind.BLOCK, _in((NORMAL,))),
    "gast": (RightKind.GRANT, _in((STRICT,), "Leistung 2")),
}


@dataclass
class Aviary:
    app: Flask
    canaries: tuple[Canary, ...]
    checks: int = 0
    wrong: list[str] = field(default_factory=list)
    alone: dict[str, list[str]] = field(default_factory=dict)  # what was answered before there was anything foreign
    absent: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)  # answers to what does not exist

    @property
    def services(self) -> Services:
        services: Services = self.app.extensions[EXTENSION]
        return services

    def hold(self, right: bool, what: str) -> None:
        self.checks += 1
        if not right:
            self.wrong.append(what)


def put_canaries(shelf: Shelf, units: Sequence[str], each: int = 1) -> tuple[Canary, ...]:
    return tuple(
        put_canary(shelf, unit, level, number) for unit in units for level in Confidentiality for number in range(each)
    )


def put_canary(
    shelf: Shelf, unit: str, level: Confidentiality, number: int = 0, *, shared: str = EVERYWHERE, pages: int = 1
) -> Canary:
    """`shared`: a word that other canaries have as well; `number`: tells apart those of one unit and level."""
    word = f"Kanarie{(unit or 'ohne').replace(' ', '')}{level.name.replace('_', '').lower()}{'abcdefgh'[number]}ende"
    cover = CoverSheet(
        aktenzeichen=f"{word}-Az", betreff=f"{word}-Betreff", stelle=unit, vertraulichkeit=level,
        schlagwoerter=(f"{word}-Schlagwort",),
    )  # fmt: skip
    text = f"{shared} und {word} auf dieser Seite"
    shelved = shelf.put(f"{word}-Ordner", cover, {f"{word}-Datei.pdf": [text] * pages}, kind=f"{word}-Art")
    shelf.put_failed(shelved, f"{word}-Ordner", f"{word}-kaputt.pdf", "corrupt")
    return Canary(word, unit, level, shelved)


def add_staff(services: Services, canaries: Sequence[Canary]) -> None:
    for name, staff in STAFF.items():
        add_user(services.accounts, name, staff.role, staff.units, PASSWORD)
    for unit in ("Leistung 1", "Leistung 2"):
        place_unit(services.accounts, unit, "Leistung", ACTOR)
    soon = now() + timedelta(days=2)
    give(services.accounts, "vertretung", Right(RightKind.DEPUTY, "leitung1", "Urlaub", soon), ACTOR)
    give(services.accounts, "stufe0", Right(RightKind.LEVEL, "0"), ACTOR)
    give_single_rights(services, canaries)


def give_single_rights(services: Services, canaries: Sequence[Canary]) -> None:
    for name, (kind, about) in SINGLE.items():
        for canary in filter(about, canaries):
            give(services.accounts, name, Right(kind, canary.shelved.case, "Test"), ACTOR)


LAST = ("own_searches.forget", "own_searches.forget_recent", "sign_in.leave")  # what takes away what others ask for


@dataclass(frozen=True)
class Asked:
    """`about`: the canary whose id stands in the address; `shows`: those who may see it must be shown it."""

    endpoint: str
    method: str
    path: str
    form: Mapping[str, str] = field(default_factory=dict)
    about: Canary | None = None


def ask_everything(aviary: Aviary, name: str) -> None:
    """Every route of the app as this person, and what their searches lead to. Signs out at the end."""
    person = Person(aviary.app, name)
    token = form_token(person.get("/"))
    person.post("/suchen/leeren")  # the words that somebody typed before are offered to them again
    search = person.post("/suche", q=EVERYWHERE).headers["Location"]
    asked = sorted(_requests(aviary, search), key=lambda it: (it.endpoint in LAST, it.endpoint))
    for it in asked:
        form = {**it.form, "csrf_token": token}
        answer = person.get(it.path) if it.method == "GET" else person.client.post(it.path, data=form)
        _hold(aviary, name, it, answer)
        if it.endpoint.startswith("search.") and answer.status_code == 303:
            _hold(aviary, name, it, person.get(answer.headers["Location"]))
        answer.close()


def _requests(aviary: Aviary, search: str) -> Iterator[Asked]:
    with aviary.app.test_request_context():
        for rule in aviary.app.url_map.iter_rules():
            for about, values in _fillings(aviary, rule.arguments, search):
                path = aviary.app.url_for(rule.endpoint, **values)
                for method in sorted(rule.methods & {"GET", "POST"}):
                    forms = FORMS[rule.endpoint](aviary) if method == "POST" else [{}]
                    yield from (Asked(rule.endpoint, method, path, form, about) for form in forms)


def _fillings(aviary: Aviary, arguments: set[str], search: str) -> Iterator[tuple[Canary | None, dict[str, object]]]:
    """The values of a route's arguments: once for each canary where one is named, else once."""
    if arguments & {"document_id", "case_id"}:
        for canary in aviary.canaries:
            known = {"document_id": canary.document, "number": 1, "case_id": canary.shelved.case}
            yield canary, {name: known[name] for name in arguments}
    elif "user_id" in arguments:
        with aviary.services.accounts() as session:
            identifiers = list(session.scalars(select(UserRow.id)))
        yield from ((None, {"user_id": identifier}) for identifier in identifiers)
    else:
        known = {"identifier": search.removeprefix("/suche/"), "filename": "app.css"}
        yield None, {name: known[name] for name in arguments}


Forms = list[Mapping[str, str]]
# What is posted where. A new route that takes forms needs its line here.
FORMS: Mapping[str, Callable[[Aviary], Forms]] = {
    "search.submit": lambda aviary: [
        {"q": EVERYWHERE},
        *({"q": canary.word, "exakt": "1"} for canary in aviary.canaries),
        {"q": f"{aviary.canaries[0].word[:-4]}anfang"},
        *({"q": EVERYWHERE, "akte": canary.shelved.case} for canary in aviary.canaries[::3]),
    ],
    "search.change_filter": lambda aviary: [
        {"plus": f"{facet}:{value}"}
        for canary in aviary.canaries[::3]
        for facet, value in (("art", f"{canary.word}-Art"), ("akte", canary.shelved.case))
    ],
    "sign_in.submit": lambda _aviary: [{"name": "wer", "kennwort": "falsch"}],
    "rights.give": lambda aviary: [
        {"art": "block", "akte": f"{canary.word}-Az", "grund": ""} for canary in aviary.canaries[::3]
    ],
    "rights.take": lambda _aviary: [{"recht": "1"}],
    "own_searches.save": lambda _aviary: [{"name": "gemerkt"}],
    "own_searches.forget": lambda _aviary: [{}],
    "own_searches.forget_recent": lambda _aviary: [{}],
    "reasons.state": lambda _aviary: [{"zweck": "Test"}],
    "reasons.take": lambda aviary: [
        {"akte": f"{canary.word}-Az", "grund": "eilige Anfrage der Polizei"} for canary in aviary.canaries[::3]
    ],
    "sign_in.leave": lambda _aviary: [{}],
}
# Where a canary that may be seen must stand in the answer.
SHOWS = frozenset({"page.show", "case.show"})


def _hold(aviary: Aviary, name: str, asked: Asked, answer: TestResponse) -> None:
    sees = STAFF[name].sees
    said = _said(answer)
    if asked.endpoint == "audit_log.show":
        said = _TYPED.sub("", said)  # what a lead's people typed as searches is what she may read there
    for canary in aviary.canaries:
        typed = canary.word in str(asked.form)
        aviary.hold(typed or sees(canary) or canary.word not in said, f"{name} {asked.path}: {canary.word} leaked")
    if asked.about is not None:
        permitted = sees(asked.about)
        aviary.hold((answer.status_code < 400) is permitted, f"{name} {asked.path}: {answer.status_code}")
        if permitted and asked.endpoint in SHOWS:
            aviary.hold(asked.about.word in said, f"{name} {asked.path}: wrongly hidden")
        if not permitted:
            aviary.hold(
                _is_as_absent(aviary, name, asked.path, answer), f"{name} {asked.path}: told apart from what is absent"
            )
    elif asked.endpoint == "stock.show":
        for canary in filter(sees, aviary.canaries):
            aviary.hold(canary.word in said, f"{name} {asked.path}: {canary.word} wrongly hidden")
    elif "exakt" in asked.form and answer.status_code == 200:
        (canary,) = [canary for canary in aviary.canaries if canary.word == asked.form["q"]]
        aviary.hold(("Keine Treffer" not in said) is sees(canary), f"{name} searching {canary.word}: hits")


def _said(answer: TestResponse) -> str:
    """All that leaves the program: headers, and the body as far as it is text."""
    body = answer.get_data() if answer.mimetype != "image/webp" else b""
    return f"{answer.headers}\n{body.decode('utf-8', 'replace')}"


def _is_as_absent(aviary: Aviary, name: str, path: str, answer: TestResponse) -> bool:
    """The same as for an id that nothing has."""
    nothing = re.sub("[0-9a-f]{32}", "0" * 32, path)  # read with GET: a form for what is absent says the same
    absent = aviary.absent.get((name, nothing))
    if absent is None:
        told = Person(aviary.app, name).get(nothing)
        absent = aviary.absent[name, nothing] = (told.status_code, without_reference(told.get_data(as_text=True)))
    return (answer.status_code, without_reference(answer.get_data(as_text=True))) == absent


_TYPED = re.compile("<q>.*?</q>", re.DOTALL)
_CHANGING = re.compile(r"[0-9a-f]{32}(?=[\"'/?&])|[0-9]+,[0-9]+\u202fs|(?<= am )[0-9.]{10} [0-9:]{8}")


def comparable(answer: TestResponse) -> str:
    """The body without what differs with every answer: numbers of errors, form tokens, search ids, times."""
    return _CHANGING.sub("", without_reference(answer.get_data(as_text=True)))
