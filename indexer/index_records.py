"""Index records from ledger rows and texts. Pure; ids are stable, so a repeated load overwrites and never doubles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from casefile.canonical.references import normalise_reference
from casefile.database.ledger import DocumentRow
from casefile.facets import COVER_FACETS, FACETS, Facet
from casefile.index import fields
from casefile.model import CaseFile, acl_id
from casefile.pagetext import PageText
from casefile.text.compounds import compound_parts
from casefile.text.headings import headings
from casefile.text.spellings import spellings
from casefile.text.words import path_words
from indexer.enrich import Findings

MAX_DOCUMENT_CHARS = 20_000_000  # the engine's request limit is 100 MB; pages are complete in any case
MAX_DOCUMENT_FINDINGS = 50_000  # of one kind


@dataclass(frozen=True)
class LoadedPage:
    """A page that is ready for the index."""

    number: int
    text: PageText
    language: str
    findings: Findings


def page_record(case: CaseFile, document: DocumentRow, page: LoadedPage) -> dict[str, Any]:
    common = _case_part(case) | _document_part(document)
    searched = "\n".join((page.text.text, *common[fields.TITLE], *common[fields.CASE_WORDS]))
    return _present(
        common
        | {
            fields.PAGE: page.number,
            fields.TEXT: page.text.text,
            fields.HEADING: list(headings(page.text)),
            fields.SPELLINGS: [*spellings(searched), *compound_parts(searched)],
            fields.LANGUAGE: page.language,
            fields.QUALITY: page.text.quality,
            fields.SOURCE: page.text.source.value,
        }
        | page.findings.indexed
    )


def document_record(case: CaseFile, document: DocumentRow, pages: Sequence[LoadedPage]) -> dict[str, Any]:
    return _present(
        _case_part(case)
        | _document_part(document)
        | {
            fields.PAGE_COUNT: document.page_count,
            fields.MEDIA_TYPE: document.media_type,
            fields.TEXT: "\n".join(page.text.text for page in pages)[:MAX_DOCUMENT_CHARS],
            fields.HEADING: [*filter(None, (document.title, document.kind)), *_first_headings(pages)],
            **_findings_of_all(pages),
        }
    )


def _first_headings(pages: Sequence[LoadedPage]) -> tuple[str, ...]:
    return headings(pages[0].text) if pages else ()


def _findings_of_all(pages: Sequence[LoadedPage]) -> dict[str, list[str]]:
    """By kind the values of all pages, each once."""
    found: dict[str, dict[str, None]] = {}
    for page in pages:
        for kind, values in page.findings.indexed.items():
            found.setdefault(kind, {}).update(dict.fromkeys(values))
    return {kind: list(values)[:MAX_DOCUMENT_FINDINGS] for kind, values in found.items()}


def case_record(case: CaseFile) -> dict[str, Any]:
    cover = case.cover
    return _present(
        _case_part(case)
        | {
            fields.ACL_ID: acl_id(cover.stelle, cover.vertraulichkeit, ""),
            fields.AKTENZEICHEN: cover.aktenzeichen,
            fields.SUBJECT: cover.betreff,
            fields.PERSONS: [person.display for person in cover.personen],
            fields.PERIOD_FROM: cover.laufzeit_von,
            fields.PERIOD_TO: cover.laufzeit_bis,
            fields.RETENTION: cover.aussonderung,
            fields.COVER_STATE: case.cover_state,
        }
    )


def _case_part(case: CaseFile) -> dict[str, Any]:
    cover = case.cover
    names = [name for p in cover.personen for name in (p.name, p.vorname, *p.weitere_namen)]
    searched = [value for facet in COVER_FACETS if facet.searched for value in facet.cover_values(cover)]
    identifiers = [cover.aktenzeichen, *(k for p in cover.personen for k in p.kennungen)]
    return {
        fields.ROOT: case.root,
        fields.CASE_ID: case.id,
        fields.CASE_WORDS: [w for w in (cover.aktenzeichen, cover.betreff, *names, *identifiers[1:], *searched) if w],
        fields.CASE_REFERENCES: [r for text in identifiers if (r := normalise_reference(text))],
        **{facet.field: _one_or_many(facet, facet.cover_values(cover)) for facet in COVER_FACETS},
    }


def _document_part(document: DocumentRow) -> dict[str, Any]:
    return {
        fields.DOCUMENT_ID: document.id,
        fields.ACL_ID: document.acl_id,
        fields.PATH: document.path,
        fields.TITLE: [t for t in dict.fromkeys((document.title, document.own_title, path_words(document.path))) if t],
        fields.LANGUAGE: document.language,
        **{facet.field: getattr(document, facet.document) for facet in FACETS if facet.document},
    }


def _one_or_many(facet: Facet, values: tuple[str, ...]) -> Any:
    return list(values) if facet.many else next(iter(values), "")


def _present(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value not in ("", None, [])}
