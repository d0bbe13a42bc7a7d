"""Streets and towns: German town names from `faker`, street names built from parts."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

_HEADS = [
    "Ahorn",
    "Amsel",
    "Bach",
    "Berg",
    "Birken",
    "Brunnen",
    "Buchen",
    "Burg",
    "Dorf",
    "Eichen",
    "Erlen",
    "Feld",
    "Fichten",
    "Flieder",
    "Garten",
    "Hafen",
    "Heide",
    "Hirsch",
    "Kastanien",
    "Kirch",
    "Kloster",
    "Linden",
    "Lerchen",
    "Markt",
    "Mühlen",
    "Nord",
    "Post",
    "Quell",
    "Rosen",
    "Schiller",
    "Schul",
    "Sonnen",
    "Süd",
    "Tannen",
    "Ulmen",
    "Wald",
    "Weiden",
    "Wiesen",
    "Ziegel",
]
_TAILS = ("straße", "weg", "allee", "gasse", "platz", "ring", "ufer", "stieg", "damm")


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody lives."""

    street: str
    zip: str
    town: str

    @property
    def line(self) -> str:
        return f"{self.street}, {self.zip} {self.town}"


@cache
def towns() -> tuple[str, ...]:
    """German towns."""
    from faker.providers.address.de_DE import Provider

    return tuple(sorted({str(town) for town in Provider.cities if " " not in town}))


def address(rng: random.Random, town: str = "") -> Address:
    """An address; streets repeat, as in one town."""
    head = rng.choice(_HEADS)
    if rng.random() < 0.3:
        from faker.providers.person.de_DE import Provider

        head = rng.choice(Provider.last_names) + "-"
        street = head + rng.choice(_TAILS).capitalize()
    else:
        street = head + rng.choice(_TAILS)
    letter = rng.choice(("", "", "", "", "a", "b"))
    return Address(
        f"{street} {rng.randint(1, 148)}{letter}",
        f"{rng.randint(10, 99)}{rng.randint(0, 999):03d}",
        town or rng.choice(towns()),
    )
