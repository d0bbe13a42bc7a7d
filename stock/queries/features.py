"""What a page offers to be found by: words, references, identifiers, persons, days. Read from the truth alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from stock.language.calendar import MONTHS

Record = dict[str, Any]
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_DAY = re.compile(r"\b(\d{1,2})\. ?(\d{1,2}|" + "|".join(MONTHS) + r")\.? ?(\d{4}|\d{2})\b")
_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")


@dataclass(frozen=True)
class PageFacts:
    """A page's record with everything that can be asked for, each as one string with its class in front."""

    record: Record
    features: frozenset[str]

    @property
    def id(self) -> str:
        return str(self.record["id"])

    @property
    def document(self) -> str:
        return self.id.rpartition("#")[0]


def words(text: str) -> list[str]:
    """Words without numbers, in lower case."""
    return [word.lower() for word in _WORD.findall(text)]


def days(text: str) -> set[str]:
    """All days in a text, as ISO."""
    found = set()
    for day, month, year in _DAY.findall(text):
        number = MONTHS.index(month) + 1 if month in MONTHS else int(month)
        found |= _iso(int(year) + (2000 if len(year) == 2 else 0), number, int(day))
    for year, month, day in _ISO.findall(text):
        found |= _iso(int(year), int(month), int(day))
    return found


def _iso(year: int, month: int, day: int) -> set[str]:
    try:
        return {date(year, month, day).isoformat()}
    except ValueError:
        return set()


def pages(truth: Path) -> Iterator[PageFacts]:
    """All pages that anybody can read, in the order of the stock."""
    with (truth / "pages.jsonl").open(encoding="utf-8") as source:
        for row in source:
            record = json.loads(row)
            if record["readable"] and not record["blank"]:
                yield PageFacts(record, _features(record))


def _features(record: Record) -> frozenset[str]:
    found = set(words(record["text"]))
    found |= {f"ref:{value}" for value in (*record["references"], *record["identifiers"])}
    found |= {f"person:{person['case']}/{person['name']}" for person in record["persons"]}
    found |= {f"day:{day}" for day in days(record["text"].replace("\n", " "))}
    return frozenset(found)


@cache
def forms() -> dict[str, tuple[str, ...]]:
    """Every form of a known word to all forms of the same word (lower case), from the generator's own grammar."""
    from stock.language.composer import inflect
    from stock.language.lexicon import load

    lexicon = load()
    found: dict[str, tuple[str, ...]] = {}
    for noun in (*lexicon.core, *lexicon.tail):
        all_forms = tuple(form.lower() for form in noun.forms())
        for form in all_forms:
            found.setdefault(form, all_forms)
    for adjective in lexicon.adjectives:
        all_forms = tuple(dict.fromkeys(inflect(adjective, ending) for ending in ("e", "en", "er", "es", "em")))
        for form in all_forms:
            found.setdefault(form, all_forms)
    return found
