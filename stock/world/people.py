"""Persons who do not exist: names of six origins with their spellings, birthdays, identifiers."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from stock.rng import weighted
from stock.world import identifiers

_DATA = Path(__file__).parent.parent / "data"
_ORIGINS = {
    "jobcenter": (("germ", 5.0), ("turk", 1.6), ("arab", 1.6), ("ukr", 1.2), ("pol", 0.8), ("viet", 0.4)),
    "abh": (("arab", 3.0), ("turk", 2.0), ("ukr", 2.4), ("viet", 1.0), ("pol", 0.8), ("germ", 0.2)),
}
STATES = {
    "arab": ("Syrien", "Irak", "Libanon", "Marokko", "Tunesien", "Ägypten"),
    "turk": ("Türkei",),
    "ukr": ("Ukraine",),
    "pol": ("Polen",),
    "viet": ("Vietnam",),
    "germ": ("Deutschland",),
}


@dataclass(frozen=True, slots=True)
class Name:
    """A name with the spellings it is met in, and in its own script where that is not Latin."""

    spellings: tuple[str, ...]
    script: str = ""


@dataclass(frozen=True)
class Person:
    """A made-up person."""

    given: Name
    family: Name
    sex: str
    birth: date
    origin: str
    state: str
    role: str
    azr: str
    insurance: str
    passport: str
    iban: str
    maiden: str = ""

    @property
    def name(self) -> str:
        return f"{self.given.spellings[0]} {self.family.spellings[0]}"

    @property
    def address_form(self) -> str:
        return "Herr" if self.sex == "m" else "Frau"

    def spelled(self, turn: int) -> str:
        """The name as another office spells it."""
        given, family = self.given.spellings, self.family.spellings
        return f"{given[turn % len(given)]} {family[turn % len(family)]}"

    def spellings(self) -> tuple[str, ...]:
        """All spellings of the whole name, the first being the passport's."""
        count = max(len(self.given.spellings), len(self.family.spellings))
        return tuple(dict.fromkeys(self.spelled(turn) for turn in range(count)))


def _rows(file: str) -> list[list[str]]:
    return [line.split("\t") for line in (_DATA / file).read_text("utf-8").splitlines()]


def _name(cells: list[str]) -> Name:
    script = cells[3] if len(cells) > 3 else ""
    return Name(tuple(cell for cell in cells[:3] if cell), script)


@cache
def _given() -> dict[tuple[str, str], tuple[Name, ...]]:
    from faker.providers.person.de_DE import Provider as German

    found: dict[tuple[str, str], list[Name]] = {}
    for origin, sex, *cells in _rows("given_names.tsv"):
        found.setdefault((origin, sex), []).append(_name(cells))
    for sex, names in (("m", German.first_names_male), ("f", German.first_names_female)):
        found["germ", sex] = [Name((name,)) for name in sorted(set(names)) if "-" not in name and "." not in name]
    return {key: tuple(names) for key, names in found.items()}


@cache
def _family() -> dict[str, tuple[Name, ...]]:
    from faker.providers.person.de_DE import Provider as German

    found: dict[str, list[Name]] = {}
    for origin, *cells in _rows("family_names.tsv"):
        found.setdefault(origin, []).append(_name(cells))
    known = {name.spellings[0] for name in found["germ"]}
    found["germ"] += [Name((name,)) for name in sorted(set(German.last_names)) if name not in known]
    return {key: tuple(names) for key, names in found.items()}


def origin(rng: random.Random, authority: str) -> str:
    """Where a family comes from."""
    return weighted(rng, _ORIGINS[authority])


def family_name(rng: random.Random, where: str) -> Name:
    """A family name; a rare one is often double, as in life, so that names keep growing with the stock."""
    names = _family()[where]
    first = rng.choice(names)
    if where == "germ" and rng.random() < 0.25:
        second = rng.choice(names).spellings[0]
        return Name(tuple(f"{first_spelling}-{second}" for first_spelling in first.spellings))
    return first


def person(rng: random.Random, where: str, family: Name, role: str, age: tuple[int, int], number: int) -> Person:
    """One person of a family."""
    sex = rng.choice("mf")
    given = rng.choice(_given()[where, sex])
    birth = date(2024, 1, 1) - timedelta(days=rng.randint(age[0] * 365, age[1] * 365))
    maiden = ""
    if sex == "f" and role != "Kind" and rng.random() < 0.4:
        maiden = family_name(rng, where).spellings[0]
    return Person(
        given,
        family,
        sex,
        birth,
        where,
        rng.choice(STATES[where]),
        role,
        identifiers.azr(number),
        identifiers.insurance(rng, birth.isoformat(), family.spellings[0][0].upper()),
        identifiers.passport(rng),
        identifiers.iban(rng),
        maiden,
    )
