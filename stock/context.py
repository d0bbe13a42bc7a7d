"""What a kind of document is made from: the case, its people, a day in its story, and ready phrases."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from stock.language.calendar import MONTHS
from stock.language.composer import Composer, money
from stock.language.typos import slip
from stock.pages.draft import (
    Block,
    Draft,
    Mention,
    Para,
)
from stock.pages.page import Page
from stock.rng import chance, stream
from stock.world.cases import Case, World

_PHRASES = Path(__file__).parent / "data" / "phrases"


@cache
def phrases() -> dict[str, tuple[str, ...]]:
    """All boilerplate by section."""
    found: dict[str, list[str]] = {}
    for file in sorted(_PHRASES.glob("*.txt")):
        section = ""
        for line in file.read_text("utf-8").splitlines():
            if line.startswith("["):
                section = line.strip("[]")
                found[section] = []
            elif line:
                found[section].append(line)
    return {key: tuple(lines) for key, lines in found.items()}


def long_date(day: date) -> str:
    """12. März 2021."""
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """12.03.2021."""
    return f"{day:%d.%m.%Y}"


@dataclass
class Context:
    """One document in the making."""

    world: World
    case: Case
    serial: int
    day: date
    rng: random.Random
    composer: Composer
    mentions: list[Mention] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    typing: float = 0.0

    def mention(self, kind: str, value: str, case: int | None = None, person: int = -1) -> str:
        """Note down what is written, and hand it back for writing."""
        self.mentions.append(Mention(kind, value, self.case.index if case is None else case, person))
        return value

    def sum(self, low: int = 2000, high: int = 180000) -> str:
        return money(self.rng.randint(low, high))

    def written(self, day: date) -> str:
        """A date in one of the usual spellings."""
        dice = self.rng.random()
        if dice < 0.72:
            text = short_date(day)
        elif dice < 0.9:
            text = long_date(day)
        elif dice < 0.96:
            text = f"{day.day}.{day.month}.{day:%y}"
        else:
            text = day.isoformat()
        return self.mention("date", text)

    def say(self, section: str, count: int) -> list[str]:
        """Some phrases of a section in their order, filled in."""
        known = phrases()[section]
        picked = sorted(self.rng.sample(range(len(known)), min(count, len(known))))
        return [self.fill(known[place]) for place in picked]

    def fill(self, text: str) -> str:
        """Facts first, then the composer's places, then slips of the typist."""
        for name in _slots(text):
            if name in _FACTS:
                text = text.replace("{" + name + "}", self._fact(name), 1)
        if "{" in text:
            text = self.composer.fill(text)
        return slip(text, self.rng, self.typing) if self.typing else text

    def free(self, sentences: int) -> str:
        """A paragraph nobody planned."""
        text = self.composer.paragraph(sentences)
        return slip(text, self.rng, self.typing) if self.typing else text

    def _fact(self, name: str) -> str:
        if name in self.facts:
            return self.facts[name]
        rng, case = self.rng, self.case
        days = {
            "day_before": -rng.randint(5, 90),
            "from": rng.randint(1, 30),
            "until": rng.randint(150, 700),
            "deadline": rng.randint(10, 40),
        }
        if name in days:
            return self.written(self.day + timedelta(days=days[name]))
        if name == "other_name" or name == "other_az":
            return self._other(name)
        simple = {
            "sum": lambda: self.sum(30000, 240000),
            "sum2": lambda: self.sum(2500, 90000),
            "floor": lambda: str(rng.randint(1, 6)),
            "rooms": lambda: str(rng.randint(2, 5)),
            "iban": lambda: self.mention("iban", case.head.iban),
            "town": lambda: case.town,
            "az": lambda: self.mention("reference", case.reference),
            "other_id": lambda: self.mention("identifier", case.other_reference),
            "name": lambda: self.name(0),
            "child": lambda: self.name(len(case.persons) - 1),
            "landlord": lambda: case.landlord,
            "worker": lambda: case.worker,
            "room": lambda: case.room,
            "street": lambda: case.home.street,
            "office": lambda: case.office,
            "passport": lambda: self.mention("identifier", case.head.passport),
            "birth": lambda: self.mention("date", short_date(case.head.birth)),
        }
        return simple[name]()

    def _other(self, name: str) -> str:
        other = self.world.case(self.rng.choice(self.case.related) if self.case.related else self.case.index)
        self.facts["other_az"] = self.mention("reference", other.reference, other.index)
        self.facts["other_name"] = self.mention("person", other.head.spelled(self.rng.randrange(3)), other.index, 0)
        return self.facts[name]

    def name(self, person: int, *, own: bool = True) -> str:
        """A person's name; other offices' papers spell it otherwise."""
        who = self.case.persons[person]
        if (
            who.maiden
            and self.day < self.case.start + (self.case.end - self.case.start) / 3
            and self.rng.random() < 0.5
        ):
            return self.mention("person", f"{who.given.spellings[0]} {who.maiden}", person=person)
        turn = 0 if own and self.rng.random() < 0.75 else self.rng.randrange(3)
        return self.mention("person", who.spelled(turn), person=person)

    def cite(self, share: float = 0.75) -> list[Block]:
        """Rightly cited references of other cases."""
        if not self.case.related or not chance(self.rng, share):
            return []
        self.facts.pop("other_az", None)
        self.facts.pop("other_name", None)
        return [Para(text) for text in self.say("cite", self.rng.randint(1, 2))]

    def draft(
        self,
        kind: str,
        art: str,
        subject: str,
        blocks: list[Block],
        pages: tuple[Page, ...],
        *,
        sender: str,
        recipient: str,
        language: str = "de",
    ) -> Draft:
        compounds = tuple((form, *parts) for form, parts in sorted(self.composer.used.compounds.items()))
        return Draft(
            self.case.index,
            kind,
            art,
            subject,
            self.day,
            language,
            sender,
            recipient,
            tuple(blocks),
            pages,
            tuple(dict.fromkeys(self.mentions)),
            compounds,
        )


_FACTS = frozenset(
    [
        "sum",
        "sum2",
        "floor",
        "rooms",
        "iban",
        "town",
        "az",
        "other_id",
        "name",
        "child",
        "landlord",
        "worker",
        "room",
        "street",
        "office",
        "passport",
        "birth",
        "day_before",
        "from",
        "until",
        "deadline",
        "other_name",
        "other_az",
    ]
)


@cache
def _slots(text: str) -> tuple[str, ...]:
    return tuple(part.partition("}")[0] for part in text.split("{")[1:])


def context(world: World, index: int, serial: int, day: date) -> Context:
    """The context of the n-th document of a case."""
    case = world.case(index)
    rng = stream(world.seed, "document", index, serial)
    return Context(world, case, serial, day, rng, Composer(rng, case.topic))
