"""File references and identifiers of several shapes, unique where they must be."""

from __future__ import annotations

import random
from dataclasses import dataclass

_STEP = 48_271
_MODULUS = 999_983


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier: what it is and how it is written."""

    kind: str
    value: str


def serial(index: int, salt: int) -> int:
    """A number below a million that no other case has: an affine walk over a prime."""
    return (index * _STEP + salt % _MODULUS) % _MODULUS


def jobcenter_reference(number: int) -> str:
    """Number of the household: five digits of the office, two strokes, seven digits."""
    return f"31702//{number:07d}"


def foreigners_reference(number: int, year: int, shape: int) -> str:
    """File references of the immigration office; the shape changed with each reorganisation."""
    if shape == 0:
        return f"32.{number % 9 + 1}-{number}/{year}"
    if shape == 1:
        return f"50-33.{number % 90 + 10}/{number:06d}-{year}"
    return f"ABH {number:06d}/{year % 100:02d}"


def azr(number: int) -> str:
    """Central register of foreigners: twelve digits, printed in groups of three or without."""
    return f"{830_000_000_000 + number * 97:012d}"


def iban(rng: random.Random) -> str:
    """A German IBAN with right check digits and a bank code that no bank has."""
    body = f"999{rng.randrange(10**5):05d}{rng.randrange(10**10):010d}"
    check = 98 - int(body + "131400") % 97
    text = f"DE{check:02d}{body}"
    return " ".join(text[place : place + 4] for place in range(0, 22, 4))


def insurance(rng: random.Random, birth: str, letter: str) -> str:
    """A pension insurance number: area, birthday, letter, serial."""
    year, month, day = birth.split("-")
    return f"{rng.randint(2, 89):02d} {day}{month}{year[2:]} {letter} {rng.randrange(1000):03d}"


def passport(rng: random.Random) -> str:
    """A passport number."""
    return "".join(rng.choice("CFGHJKLMNPRTVWXYZ") for _ in range(2)) + f"{rng.randrange(10**7):07d}"


def court(rng: random.Random, year: int) -> str:
    """A court's file reference."""
    shape = rng.choice(("S {a} AS {b}/{y}", "{a} K {b}/{y}", "{a} F {b}/{y}", "L {a} AS {b}/{y} B ER"))
    return shape.format(a=rng.randint(1, 39), b=rng.randint(12, 2999), y=f"{year % 100:02d}")


def customer(rng: random.Random) -> str:
    """A supplier's customer number."""
    return rng.choice(("{:010d}", "KD-{:07d}", "{:03d}.{:03d}.{:03d}")).format(
        rng.randrange(10**3), rng.randrange(10**3), rng.randrange(10**3)
    )
