"""Search fields of the query language: `az:50.2-1187/2021`, `name:Yıldız`, `vom:2021..2022`, `art:Bescheid` …

The facets' prefixes come from their table; by year is `vom:`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from casefile.facets import VALUE_FACETS, YEAR
from search_ui.retrieval.question.periods import Period, parse_period
from search_ui.retrieval.question.terms import Terms, parse_terms

REFERENCE: Final = "az"
NAME: Final = "name"
PERIOD: Final = "vom"
KEYS = (REFERENCE, NAME, PERIOD, *(facet.form for facet in VALUE_FACETS))
ALIASES: Mapping[str, str] = {
    **{key: key for key in KEYS},
    "aktenzeichen": REFERENCE,
    "person": NAME,
    "datum": PERIOD,
    YEAR.form: PERIOD,
}


@dataclass(frozen=True)
class Field:
    """`key`: of `KEYS`. `value`: as typed. `period`: of `vom:`. `terms`: what of it is marked on a page."""

    key: str
    value: str
    period: Period | None = None
    terms: Terms = field(default_factory=Terms)


def known_prefix(name: str) -> str | None:
    """The key that is meant by what stands before a colon."""
    return ALIASES.get(name.lower())


def field_of(key: str, value: str) -> Field | None:
    """None where the value is none of this field: a period that is no date."""
    if key == PERIOD:
        period = parse_period(value)
        return Field(key, value, period) if period else None
    if key in (REFERENCE, NAME):
        return Field(key, value, terms=parse_terms(value.replace("*", " ").replace('"', " ")))
    return Field(key, value)


def known_prefixes() -> str:
    """For people: `az:, name: …`."""
    return ", ".join(f"{key}:" for key in KEYS)
