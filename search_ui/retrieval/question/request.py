"""A search as it was asked, parsed once, and the form in which it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from casefile.facets import VALUE_FACETS, Facet
from search_ui.retrieval.question.fitting import fitting
from search_ui.retrieval.question.terms import Terms
from search_ui.retrieval.question.tree import Question, positive_terms


@dataclass(frozen=True)
class Filters:
    """What narrows the search. Dates are ISO, both ends included; empty means: no limit.

    `values`: by the facet's name, never empty: any of them may match, in any order of facets.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    case: str = ""
    date_from: str = ""
    date_to: str = ""

    @property
    def any(self) -> bool:
        return self != Filters()

    def chosen(self, facet: Facet) -> tuple[str, ...]:
        return self.values.get(facet.name, ())

    def choosing(self, facet: Facet, values: Iterable[str]) -> Filters:
        """With these values of the facet instead of those it had, each once."""
        changed = {**self.values, facet.name: tuple(dict.fromkeys(values))}
        return replace(self, values={name: chosen for name, chosen in changed.items() if chosen})

    def to_json(self) -> dict[str, Any]:
        """What is set, and nothing else."""
        single = {"case": self.case, "date_from": self.date_from, "date_to": self.date_to}
        lists = {name: list(chosen) for name, chosen in self.values.items()}
        return {**lists, **{name: value for name, value in single.items() if value}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Filters:
        filters = cls(case=data.get("case", ""), date_from=data.get("date_from", ""), date_to=data.get("date_to", ""))
        for facet in VALUE_FACETS:
            filters = filters.choosing(facet, data.get(facet.name, ()))
        return filters


@dataclass(frozen=True)
class SearchRequest:
    text: str = ""
    filters: Filters = field(default_factory=Filters)
    exact: bool = False
    purpose: str = ""

    @cached_property
    def question(self) -> Question:
        """The parsed text, cut where it is too long for the engine; queries work with this one."""
        return fitting(self.text)

    @cached_property
    def terms(self) -> Terms:
        """Every word, phrase and finding that is asked for: what is marked."""
        return positive_terms(self.question.tree)

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "filters": self.filters.to_json(),
            "exact": self.exact,
            "purpose": self.purpose,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SearchRequest:
        """The inverse of `to_json`, for searches that another version of the program kept, too.

        What an older one did not know has its default; what only a newer one knows is left out.
        """
        filters = Filters.from_json(data.get("filters", {}))
        return cls(data.get("text", ""), filters, data.get("exact", False), data.get("purpose", ""))
