"""The facets by which a search is narrowed, each described once.

Form, query, counts, chips, command line, kept searches, templates and index records are made from this table, in its
order. A new facet is a new entry here and, where its values come from the cover sheet, an attribute of `CoverSheet`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from casefile.model import CoverSheet


@dataclass(frozen=True)
class Facet:
    """`name`: its key in a kept search, in the audit log and among the counts; never changed, for older rows hold it.

    `form`: its key in forms, in filter buttons and on the command line; `option`: its English name there.
    `label`: what one value is called; `heading`: what the case page calls all of them.
    `field`: of the index. `cover` or `document`: the attribute of `CoverSheet` or `DocumentRow` that fills it.
    `many`: several values per record. `by_year`: a date; its years are counted, and chosen as a range of days.
    `searched`: its words are searched together with the page, as those of the case's reference are.
    """

    name: str
    form: str
    option: str
    label: str
    field: str
    cover: str = ""
    document: str = ""
    heading: str = ""
    many: bool = False
    by_year: bool = False
    searched: bool = False

    def cover_values(self, cover: CoverSheet) -> tuple[str, ...]:
        """What the cover sheet says, empty values left out; nothing for a facet of documents."""
        value: str | tuple[str, ...] = getattr(cover, self.cover) if self.cover else ()
        values = (value,) if isinstance(value, str) else value
        return tuple(one for one in values if one)


KIND: Final = Facet("kinds", "art", "kind", "Art", field="kind", document="kind")
YEAR: Final = Facet("years", "jahr", "year", "Jahr", field="date", document="date", by_year=True)
UNIT: Final = Facet("units", "stelle", "unit", "Stelle", field="unit", cover="stelle", heading="Stelle")
KEYWORDS: Final = Facet(
    "keywords",
    "schlagwort",
    "keyword",
    "Schlagwort",
    field="keywords",
    cover="schlagwoerter",
    heading="Schlagwörter",
    many=True,
    searched=True,
)

FACETS: Final = (KIND, YEAR, UNIT, KEYWORDS)
VALUE_FACETS: Final = tuple(facet for facet in FACETS if not facet.by_year)  # narrowed by values out of a list
COVER_FACETS: Final = tuple(facet for facet in FACETS if facet.cover)
