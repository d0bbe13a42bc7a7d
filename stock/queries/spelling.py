"""Other spellings of references, identifiers and days. Written for the queries: the program's own tables stay out."""

from __future__ import annotations

import random
import re
from datetime import date

from stock.language.calendar import MONTHS


def reference(value: str, rng: random.Random) -> str:
    """The same reference with other separators, blanks, dashes or letters."""
    ways = [
        value.replace("-", "–"),
        value.replace("/", " / "),
        value.replace("//", " ").replace("/", " "),
        re.sub(r"[-/. ]+", "", value) if len(re.sub(r"\D", "", value)) >= 9 else value,
        value.lower(),
        value.replace(" ", ""),
        value.replace("//", "/"),
        re.sub(r"[-/]+", " ", value),
    ]
    others = [way for way in dict.fromkeys(ways) if way != value]
    return rng.choice(others) if others else value


def identifier(value: str, rng: random.Random) -> str:
    """With other grouping."""
    bare = re.sub(r"[\s.-]", "", value)
    ways = [bare, bare.lower()]
    ways += [" ".join(bare[place : place + step] for place in range(0, len(bare), step)) for step in (2, 3, 4)]
    others = [way for way in dict.fromkeys(ways) if way != value]
    return rng.choice(others) if others else value


def day(iso: str, rng: random.Random) -> str:
    """A day as somebody might type it."""
    when = date.fromisoformat(iso)
    month = MONTHS[when.month - 1]
    return rng.choice(
        (
            f"{when:%d.%m.%Y}",
            f"{when.day}.{when.month}.{when.year}",
            f"{when.day}. {month} {when.year}",
            f"{when.day}. {month[:3]}. {when.year}" if len(month) > 4 else f"{when.day}. {month} {when.year}",
            iso,
            f"{when.day}.{when.month}.{when:%y}",
            f"{when.day}/{when.month}/{when.year}",
        )
    )
