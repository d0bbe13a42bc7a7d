"""The table of facets fits the index, the cover sheet and the ledger; nothing that is made from it can collide."""

from __future__ import annotations

from dataclasses import fields as attributes
from typing import get_type_hints

import pytest

from casefile.database.ledger import DocumentRow
from casefile.facets import COVER_FACETS, FACETS, KEYWORDS, KIND, UNIT, Facet
from casefile.index.schema import IndexKind, load_mapping
from casefile.model import CoverSheet

OTHER_NAMES = {"text", "case", "date_from", "date_to", "cases", "documents"}  # keys of kept searches, names of counts
OTHER_KEYS = {"q", "exakt", "zweck", "von", "bis", "akte", "from", "to", "case", "plus", "minus", "csrf_token"}


@pytest.mark.parametrize("column", ["name", "form", "option", "field"])
def test_no_two_facets_share_a_key(column: str) -> None:
    keys = [getattr(facet, column) for facet in FACETS]
    assert len(set(keys)) == len(keys)


def test_no_facet_takes_the_key_of_something_else() -> None:
    assert not {facet.name for facet in FACETS} & OTHER_NAMES
    assert not {key for facet in FACETS for key in (facet.form, facet.option)} & OTHER_KEYS


@pytest.mark.parametrize("facet", FACETS, ids=lambda facet: facet.name)
def test_each_facet_has_one_source_and_a_field_in_the_index_of_pages(facet: Facet) -> None:
    assert bool(facet.cover) != bool(facet.document)
    if facet.cover:
        assert (get_type_hints(CoverSheet)[facet.cover] is str) != facet.many
        assert facet.heading
    else:
        assert facet.document in DocumentRow.__table__.columns
    mapped = load_mapping(IndexKind.PAGES)["mappings"]["properties"][facet.field]
    assert mapped["type"] == ("date" if facet.by_year else "keyword")


def test_the_values_of_a_cover_sheet() -> None:
    cover = CoverSheet(stelle="Leistung 2", schlagwoerter=("Miete", "", "Heizung"))
    assert UNIT.cover_values(cover) == ("Leistung 2",)
    assert KEYWORDS.cover_values(cover) == ("Miete", "Heizung")
    assert KIND.cover_values(cover) == ()
    assert not any(facet.cover_values(CoverSheet()) for facet in COVER_FACETS)
    assert {facet.cover for facet in COVER_FACETS} <= {attribute.name for attribute in attributes(CoverSheet)}
