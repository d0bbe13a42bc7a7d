"""The three indices, said once: analysis, fields, what each field is for. `mappings/*.json` are written from here.

`python -m tools.mappings` writes the files of the current versions. A version that was ever published is never edited:
to change an index, change it here, raise its number in `VERSIONS` and write the new file (mappings/README.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from casefile.facets import FACETS, Facet
from casefile.index import fields
from casefile.text.words import ALWAYS_APART, APOSTROPHES, GLUE


class IndexKind(StrEnum):
    PAGES = "pages"
    DOCUMENTS = "documents"
    CASES = "cases"


VERSIONS: Mapping[IndexKind, int] = {IndexKind.PAGES: 3, IndexKind.DOCUMENTS: 3, IndexKind.CASES: 3}

Body = dict[str, Any]

SETTINGS: Body = {
    "number_of_shards": 1,
    "number_of_replicas": 0,
    "refresh_interval": "5s",
    "translog": {"durability": "request"},  # "confirmed" means that the engine's log is on disk
    "max_result_window": 10000,
    "codec": "best_compression",
    "similarity": {"by_length": {"type": "BM25", "b": 1.0}},  # a word says more about a short text
}

CUTS = ["long_s", "apostrophes", "glue"]
STEMMED = ["lowercase", "german_normalization", "asciifolding", "streets", "snowball_de"]
# Only parts of the engine's module analysis-common, so that the official image runs the mappings as they are.
ANALYSIS: Body = {
    "char_filter": {
        "long_s": {
            "type": "mapping",
            "mappings": [
                *("ſ=>s", "\u00ad=>", "‐=>-", "‑=>-", "–=>-", "—=>-", "ﬁ=>fi", "ﬂ=>fl"),
                *(f"{sign}=>\\u0020" for sign in ALWAYS_APART),
            ],
        },
        "apostrophes": {
            "type": "pattern_replace",
            "pattern": f"(?<=\\p{{L}})[{APOSTROPHES}](?=\\p{{L}})",
            "replacement": "",
        },
        "glue": {"type": "pattern_replace", "pattern": f"(?<=\\p{{L}})[{GLUE}](?=\\p{{L}})", "replacement": " "},
    },
    "filter": {
        "snowball_de": {"type": "snowball", "language": "German"},
        # "Str." and "-str." are "Straße": ß is ss by then, and the tokenizer has taken the point.
        "streets": {"type": "pattern_replace", "pattern": "str$", "replacement": "strasse"},
        "pairs": {"type": "shingle", "min_shingle_size": 2, "max_shingle_size": 2, "output_unigrams": False},
    },
    "analyzer": {
        "exact": {"type": "custom", "char_filter": CUTS, "tokenizer": "standard", "filter": ["lowercase"]},
        "cased": {"type": "custom", "char_filter": CUTS, "tokenizer": "standard"},
        "stem": {
            "type": "custom",
            "char_filter": CUTS,
            "tokenizer": "standard",
            "filter": STEMMED,
        },
        "pairs": {"type": "custom", "char_filter": CUTS, "tokenizer": "standard", "filter": [*STEMMED, "pairs"]},
        "reversed": {
            "type": "custom",
            "char_filter": CUTS,
            "tokenizer": "standard",
            "filter": ["lowercase", "german_normalization", "asciifolding", "reverse"],
        },
    },
    "normalizer": {"folded": {"type": "custom", "filter": ["lowercase"]}},
}

KEYWORD: Body = {"type": "keyword"}
FOUND: Body = {"type": "keyword", "doc_values": False}  # never sorted or counted
DATE: Body = {"type": "date", "format": "strict_date"}
INTEGER: Body = {"type": "integer"}
WORDS: Body = {"type": "text", "analyzer": "exact", "fields": {"stem": {"type": "text", "analyzer": "stem"}}}
# Offsets let the highlighter mark a long page without analysing it again.
PAGE_TEXT: Body = {
    "type": "text",
    "analyzer": "exact",
    "fields": {
        "stem": {"type": "text", "analyzer": "stem", "index_options": "offsets"},
        "reversed": {"type": "text", "analyzer": "reversed", "index_options": "docs", "norms": False},
    },
    "index_options": "offsets",
}
SPELLINGS: Body = {"type": "text", "analyzer": "stem", "index_options": "docs", "norms": False}
# Documents are ranked by how often their words occur: few positions. Neighbouring words are terms of their own.
DOCUMENT_TEXT: Body = {
    "type": "text",
    "analyzer": "exact",
    "similarity": "by_length",
    "fields": {
        "cased": {"type": "text", "analyzer": "cased", "index_options": "freqs", "similarity": "by_length"},
        "stem": {"type": "text", "analyzer": "stem"},  # with positions: parts of a compound close together
        "pairs": {"type": "text", "analyzer": "pairs", "index_options": "freqs"},
    },
    "index_options": "freqs",
}
HEADING: Body = {"type": "text", "analyzer": "stem"}

PAGES, DOCUMENTS, CASES = (frozenset({kind}) for kind in IndexKind)
OF_DOCUMENTS = PAGES | DOCUMENTS
EVERYWHERE = OF_DOCUMENTS | CASES


@dataclass(frozen=True)
class Field:
    """A field of one or more indices. `purpose`: what reads it, or will; a field without one is to go."""

    name: str
    mapping: Body
    purpose: str
    kinds: frozenset[IndexKind]


def _facet_field(facet: Facet, kinds: frozenset[IndexKind]) -> Field:
    return Field(facet.field, DATE if facet.by_year else KEYWORD, f"facet and filter „{facet.label}“", kinds)


FIELDS: tuple[Field, ...] = (
    Field(fields.ROOT, KEYWORD, "limits checks and repairs to one source tree", EVERYWHERE),
    Field(fields.CASE_ID, KEYWORD, "hits and counts by case, single grants and blocks of rights", EVERYWHERE),
    Field(fields.ACL_ID, KEYWORD, "the right that the filter of every query compares", EVERYWHERE),
    *(_facet_field(facet, EVERYWHERE) for facet in FACETS if facet.cover),
    Field(fields.CASE_WORDS, WORDS, "copy of Aktenzeichen, persons, Betreff: searched with the text", EVERYWHERE),
    Field(fields.CASE_REFERENCES, KEYWORD, "the cover sheet's references and identifiers, canonical", EVERYWHERE),
    Field(fields.DOCUMENT_ID, KEYWORD, "hits and counts by document; order of checks", OF_DOCUMENTS),
    Field(fields.PATH, KEYWORD, "names the hit when the engine is asked without the ledger (diagnosis)", OF_DOCUMENTS),
    *(_facet_field(facet, OF_DOCUMENTS) for facet in FACETS if facet.document),
    Field(fields.LANGUAGE, KEYWORD, "language; for a filter, and for the choice of stemming", OF_DOCUMENTS),
    Field(
        fields.TITLE,
        WORDS,
        "title, words of folder and file names: searched with a lower weight than the text",
        OF_DOCUMENTS,
    ),
    Field(fields.PAGE, INTEGER, "number of the page, from 1; names the hit", PAGES),
    Field(fields.PAGE_COUNT, INTEGER, "length of a document, for the hit list of the documents index", DOCUMENTS),
    Field(fields.MEDIA_TYPE, KEYWORD, "type of the file, for a filter of the documents index", DOCUMENTS),
    Field(
        fields.TEXT, PAGE_TEXT, "the page's text: words, stems, and words from their end (`*wort`, compounds)", PAGES
    ),
    Field(
        fields.SPELLINGS,
        SPELLINGS,
        "parts of compounds and hyphenated words, of text, title and cover",
        PAGES,
    ),
    Field(
        fields.TEXT,
        DOCUMENT_TEXT,
        "the document's whole text, by which documents are ranked: as typed, words, stems, stems of two neighbours",
        DOCUMENTS,
    ),
    Field(fields.HEADING, HEADING, "headings and subject lines, of a document its kind too: titles", OF_DOCUMENTS),
    Field(fields.REFERENCES, KEYWORD, "references in canonical form: found in any spelling", OF_DOCUMENTS),
    Field(fields.DATES, DATE, "dates in ISO form: found in any spelling", OF_DOCUMENTS),
    Field(fields.FINDINGS, FOUND, "amounts, phones, identifiers … in canonical form: any spelling", OF_DOCUMENTS),
    Field(fields.QUALITY, {"type": "half_float"}, "mean confidence of recognition; for ranking damaged pages", PAGES),
    Field(fields.SOURCE, KEYWORD, "text layer or recognition; for a filter on recognised pages", PAGES),
    Field(fields.AKTENZEICHEN, KEYWORD, "the case's reference as written; shown and sorted", CASES),
    Field(fields.SUBJECT, WORDS, "Betreff: words that stand only on the cover sheet", CASES),
    Field(fields.PERSONS, WORDS, "persons of the cover sheet: words that stand only there", CASES),
    Field(fields.PERIOD_FROM, DATE, "begin of the Laufzeit; for a filter on cases", CASES),
    Field(fields.PERIOD_TO, DATE, "end of the Laufzeit; for a filter on cases", CASES),
    Field(fields.RETENTION, DATE, "retention date; for the supervisors' list of cases past it", CASES),
    Field(fields.COVER_STATE, KEYWORD, "state of the cover sheet; for the list of cases without one", CASES),
)

# The document's text is only searched, never shown: kept out of the stored record, it costs no space twice.
NOT_STORED: Mapping[IndexKind, list[str]] = {IndexKind.DOCUMENTS: [fields.TEXT]}


def build_body(kind: IndexKind) -> Body:
    """Settings and mappings of the current version, as this module says them."""
    mappings: Body = {
        "dynamic": "strict",
        "properties": {wanted.name: wanted.mapping for wanted in FIELDS if kind in wanted.kinds},
    }
    if kind in NOT_STORED:
        mappings["_source"] = {"excludes": NOT_STORED[kind]}
    return {"settings": {"index": SETTINGS, "analysis": ANALYSIS}, "mappings": mappings}


def file_name(kind: IndexKind, version: int) -> str:
    return f"{kind.value}.v{version}.json"


@cache
def load_mapping(kind: IndexKind, version: int | None = None) -> Body:
    """Settings and mappings of one published version (None: the current), as the engine takes them.

    Raises FileNotFoundError.
    """
    name = file_name(kind, version or VERSIONS[kind])
    text = resources.files("mappings").joinpath(name).read_text(encoding="utf-8")
    body: Body = json.loads(text)
    return body


@dataclass(frozen=True)
class Schema:
    """The versions that a program writes and reads. `unpublished`: versions that are no files (tests, measurements)."""

    versions: Mapping[IndexKind, int] = field(default_factory=lambda: VERSIONS)
    unpublished: Mapping[tuple[IndexKind, int], Body] = field(default_factory=dict)

    def body(self, kind: IndexKind, version: int) -> Body:
        return self.unpublished.get((kind, version)) or load_mapping(kind, version)

    def field_names(self, kind: IndexKind, version: int) -> frozenset[str]:
        """What records of that version may hold: an older index refuses the fields of a newer one."""
        return frozenset(self.body(kind, version)["mappings"]["properties"])


PUBLISHED = Schema()
