"""The head of every case: who, where, which unit, which references. A pure function of seed and number.

So a case can name its relatives' cases without any list being kept: memory stays flat at any size.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from stock.rng import chance, number, stream
from stock.world import identifiers, people, places
from stock.world.people import Person
from stock.world.places import Address

UNITS = {
    "jobcenter": ("Leistung 1", "Leistung 2", "Leistung 3", "Unterhaltsstelle", "Widerspruchsstelle"),
    "abh": ("Ausländerbehörde 32.1", "Ausländerbehörde 32.2", "Rückführung 32.4", "Einbürgerung 33"),
}
OFFICES = {"jobcenter": "Jobcenter", "abh": "Ausländerbehörde"}
_LINKED = 0.42


@dataclass(frozen=True)
class Case:
    """The facts of a case that others may know."""

    seed: int
    index: int
    authority: str
    reference: str
    other_reference: str
    unit: str
    worker: str
    room: str
    town: str
    office_street: str
    persons: tuple[Person, ...]
    home: Address
    former_home: Address
    landlord: str
    landlord_home: Address
    employer: str
    start: date
    end: date
    related: tuple[int, ...]
    customer: str
    topic: str

    @property
    def head(self) -> Person:
        return self.persons[0]

    @property
    def office(self) -> str:
        return f"{OFFICES[self.authority]} {self.town}"


@dataclass(frozen=True)
class World:
    """A stock's world: its seed and how many cases there are."""

    seed: int
    cases: int

    def case(self, index: int) -> Case:
        return _case(self.seed, self.cases, index)


def _twin(seed: int, count: int, index: int) -> int | None:
    """The case of the same family, if there is one: numbers 2n and 2n+1 may belong together."""
    other = index ^ 1
    linked = chance(stream(seed, "family", index // 2), _LINKED)
    return other if linked and other < count else None


def _persons(rng: random.Random, seed: int, index: int, authority: str, twin: int | None) -> tuple[Person, ...]:
    shared = stream(seed, "family name", index // 2) if twin is not None else rng
    where = people.origin(shared, "abh" if twin is not None else authority)
    family = people.family_name(shared, where)
    base = index * 8
    found = [people.person(rng, where, family, "Antragsteller", (24, 62), base)]
    if chance(rng, 0.55):
        found.append(people.person(rng, where, family, "Ehegatte", (22, 60), base + 1))
    found += [people.person(rng, where, family, "Kind", (1, 17), base + 2 + turn) for turn in range(rng.randint(0, 3))]
    return tuple(found)


@lru_cache(maxsize=512)
def _case(seed: int, count: int, index: int) -> Case:
    rng = stream(seed, "case", index)
    authority = "abh" if (index + (index // 2) % 2) % 2 else "jobcenter"
    twin = _twin(seed, count, index)
    serial = identifiers.serial(index, number(seed, "serial"))
    start = date(2006, 1, 1) + timedelta(days=rng.randint(0, 5600))
    end = min(start + timedelta(days=rng.randint(200, 3600)), date(2025, 9, 30))
    town = places.towns()[number(seed, "town") % len(places.towns())]
    if authority == "jobcenter":
        reference = identifiers.jobcenter_reference(serial)
        other = f"317D{serial:06d}"
    else:
        reference = identifiers.foreigners_reference(serial, start.year, serial % 3)
        other = identifiers.azr(index * 8)
    related = [twin] if twin is not None else []
    related += [rng.randrange(count) for _ in range(3)]
    worker_sex = rng.choice(("Herr", "Frau"))
    return Case(
        seed,
        index,
        authority,
        reference,
        other,
        rng.choice(UNITS[authority]),
        f"{worker_sex} {people.family_name(rng, 'germ').spellings[0]}",
        f"{rng.choice('ABC')} {rng.randint(1, 4)}{rng.randint(0, 29):02d}",
        town,
        f"{'Rathausplatz' if authority == 'abh' else 'Am Alten Güterbahnhof'} {number(seed, authority) % 20 + 1}",
        _persons(rng, seed, index, authority, twin),
        places.address(rng, town),
        places.address(rng),
        _company(rng, ("Wohnungsbau", "Hausverwaltung", "Immobilien", "Wohnungsgenossenschaft")),
        places.address(rng, town),
        _company(rng, ("Gebäudereinigung", "Logistik", "Gastronomie", "Bau", "Pflegedienst", "Metallbau", "Spedition")),
        start,
        end,
        tuple(other for other in dict.fromkeys(related) if other != index),
        identifiers.customer(rng),
        "wohnen" if authority == "jobcenter" else "recht",
    )


def _company(rng: random.Random, trades: tuple[str, ...]) -> str:
    name = people.family_name(rng, "germ").spellings[0]
    return f"{name} {rng.choice(trades)} {rng.choice(('GmbH', 'GmbH & Co. KG', 'e. K.', 'KG'))}"
