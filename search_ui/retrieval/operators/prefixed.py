"""Values of search fields as clauses: the case's reference, a person, the document's date, kind, keywords."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casefile.canonical.references import normalise_reference
from casefile.facets import VALUE_FACETS
from casefile.index import fields
from search_ui.retrieval.operators.patterns import folded_pattern
from search_ui.retrieval.question.prefixes import NAME, PERIOD, REFERENCE, Field

Body = dict[str, Any]

OWN_BOOST, CITED_BOOST, COVER_BOOST = 12.0, 6.0, 2.0
_TITLES = ("Dr", "Prof", "Dipl", "Ing", "Mag", "med", "jur")
# What the page itself marks as a name; the index holds these as stems.
_BEFORE_NAMES = (
    *("Herr", "Herrn", "Frau", "Familie", "Eheleute", "geb", "geborene"),
    *("Name", "Vorname", "Nachname", "Familienname", "Geburtsname"),
)
_FACET_FIELDS = {facet.form: facet.field for facet in VALUE_FACETS}


def field_query(field: Field, exact: bool) -> Body:
    if field.key == REFERENCE:
        return _reference_field(field)
    if field.key == NAME:
        words = [_name_word(word, exact) for word in field.value.replace(",", " ").split()]
        return {"bool": {"must": words}}
    if field.key == PERIOD and field.period:
        ends = {"gte": field.period.first, "lte": field.period.last}
        return {"bool": {"filter": [{"range": {fields.DATE: {end: day for end, day in ends.items() if day}}}]}}
    return {"bool": {"filter": [_value(_FACET_FIELDS[field.key], field.value)]}}


def _reference_field(field: Field) -> Body:
    """The case itself before pages that name it; a star at the end stands for what follows."""
    canonical = [found.value for found in field.terms.references] or [normalise_reference(field.value)]
    names = {fields.CASE_REFERENCES: OWN_BOOST, fields.REFERENCES: CITED_BOOST}
    kind = "prefix" if field.value.endswith("*") else "term"
    ways: list[Body] = [
        {kind: {name: {"value": value, "boost": boost}}}
        for name, boost in names.items()
        for value in canonical
        if value
    ]
    if kind == "term":
        ways.append({"match_phrase": {fields.CASE_WORDS: {"query": field.value, "boost": COVER_BOOST}}})
        ways.append({"match_phrase": {fields.TEXT: {"query": field.value}}})
    return _any(ways)


def _name_word(word: str, exact: bool) -> Body:
    """A word of the cover sheet, of the title, or after a form of address on the page."""
    stem = {} if exact else {fields.CASE_WORDS_STEM: COVER_BOOST / 2, fields.TITLE_STEM: 0.5}
    names = {fields.CASE_WORDS: COVER_BOOST, fields.TITLE: 1.0, **stem}
    if "*" in word or "?" in word:
        return _any([_name_pattern(name, word.lower(), boost) for name, boost in names.items()])
    ways: list[Body] = [{"match": {name: {"query": word, "boost": boost}}} for name, boost in names.items()]
    return _any([*ways, _addressed(word, fields.TEXT if exact else fields.TEXT_STEM)])


def _name_pattern(name: str, pattern: str, boost: float) -> Body:
    folded = name in (fields.CASE_WORDS_STEM, fields.TITLE_STEM)
    return {"wildcard": {name: {"value": folded_pattern(pattern) if folded else pattern, "boost": boost}}}


def _addressed(word: str, field: str) -> Body:
    """After a form of address, a given name or a title between; after a title, one more word."""
    address, title = _one_of(_BEFORE_NAMES), _one_of(_TITLES)
    name = {"match": {"query": word, "max_gaps": 0, "ordered": True}}
    ways = [_ordered_within([address, name], 1), _ordered_within([address, title, name], 2)]
    return {"intervals": {field: {"any_of": {"intervals": ways}}}}


def _one_of(words: Sequence[str]) -> Body:
    return {"any_of": {"intervals": [{"match": {"query": word}} for word in words]}}


def _ordered_within(rules: list[Body], gaps: int) -> Body:
    return {"all_of": {"ordered": True, "max_gaps": gaps, "intervals": rules}}


def _value(field: str, value: str) -> Body:
    kind = "wildcard" if "*" in value or "?" in value else "term"
    return {
        kind: {field: {"value": value.replace("\\", "\\\\") if kind == "wildcard" else value, "case_insensitive": True}}
    }


def _any(ways: list[Body]) -> Body:
    return {"bool": {"should": ways, "minimum_should_match": 1}}
