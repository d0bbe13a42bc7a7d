"""Many queries at once → a TREC run file. Plain words rank by all words first, then by some of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from casefile import fields
from casefile.errors import UsageFault
from casefile.ledger import CaseRow, DocumentRow
from casefile.mappings import IndexKind
from search_ui import records
from search_ui.access import AccessScope, current_scope
from search_ui.audit import Action, Actor, Channel, Event, operating_system_user, record
from search_ui.context import Context
from search_ui.query import Tier, ranked_body, ranked_tolerant_body
from search_ui.request import clean_text
from search_ui.result import PageHit, page_hits
from search_ui.service import recheck
from search_ui.terms import Terms, parse_terms, plain_terms

CHUNK = 40  # queries in one request to the engine, and in one transaction of the audit log
MAX_WORDS = 64  # of a query; more would exceed the engine's limit of clauses


class Unit(StrEnum):
    PAGE = "page"
    DOCUMENT = "document"
    CASE = "case"


COLLAPSE = {Unit.PAGE: None, Unit.DOCUMENT: fields.DOCUMENT_ID, Unit.CASE: fields.CASE_ID}


@dataclass(frozen=True)
class Query:
    id: str
    text: str
    terms: Terms


@dataclass(frozen=True)
class Order:
    user: str
    unit: Unit
    depth: int
    tag: str


def read_queries(path: Path, *, syntax: bool) -> list[Query]:
    """Lines `qid<TAB>text`. Raises UsageFault naming the first line that is not so."""
    queries = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        identifier, tab, text = line.partition("\t")
        if not tab or not identifier.strip() or len(identifier.split()) != 1:
            raise UsageFault("queries_invalid", f"{path}, Zeile {number}: erwartet wird „qid<TAB>Text“.")
        text = " ".join(clean_text(text).split()[:MAX_WORDS])
        queries.append(Query(identifier.strip(), text, parse_terms(text) if syntax else plain_terms(text)))
    return queries


def run(context: Context, order: Order, queries: Sequence[Query], target: Path) -> int:
    """Write the run file; it appears under its name only when it is complete. Gives the number of queries with hits."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    answered = 0
    try:
        with temporary.open("w", encoding="utf-8") as out:
            for chunk in _chunks(queries):
                lines, hits = _answer(context, order, chunk)
                out.writelines(lines)
                answered += hits
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return answered


def _answer(context: Context, order: Order, queries: Sequence[Query]) -> tuple[list[str], int]:
    """Search, check every hit again, write the audit rows, and only then hand out the lines."""
    scope = current_scope(context, order.user)
    ranked = _ranked(context, scope, order, queries)
    permitted = set(recheck(context, order.user, (hit for hits in ranked for hit in hits)))
    ranked = [[hit for hit in hits if hit in permitted] for hits in ranked]
    names = _names(context, order.unit, [hit for hits in ranked for hit in hits])
    actor = Actor(order.user, Channel.BATCH, operating_system_user())
    events = [
        Event(actor, Action.SEARCH, text=query.text, hits=len(hits), detail={"qid": query.id, "unit": order.unit.value})
        for query, hits in zip(queries, ranked, strict=True)
    ]
    record(context.accounts, *events)
    lines = [
        f"{query.id} Q0 {names[hit]} {rank} {hit.score:.6f} {order.tag}\n"
        for query, hits in zip(queries, ranked, strict=True)
        for rank, hit in enumerate(hits, 1)
    ]
    return lines, sum(bool(hits) for hits in ranked)


def _ranked(context: Context, scope: AccessScope, order: Order, queries: Sequence[Query]) -> list[list[PageHit]]:
    collapse = COLLAPSE[order.unit]
    store = context.engine.store()
    bodies = [ranked_body(query.terms, scope, order.depth, collapse) for query in queries]
    ranked = [list(page_hits(answer, Tier.ALL)) for answer in store.msearch(IndexKind.PAGES, bodies)]
    empty = [i for i, hits in enumerate(ranked) if not hits and not queries[i].terms.empty]
    if empty:
        again = [ranked_tolerant_body(queries[i].terms, scope, order.depth, collapse) for i in empty]
        for i, answer in zip(empty, store.msearch(IndexKind.PAGES, again), strict=True):
            ranked[i] = list(page_hits(answer, Tier.TOLERANT))
    return ranked


def _names(context: Context, unit: Unit, hits: Sequence[PageHit]) -> dict[PageHit, str]:
    if unit is Unit.CASE:
        cases = records.cases(context, (hit.case_id for hit in hits))
        return {hit: case_name(cases[hit.case_id]) for hit in hits}
    documents = records.documents(context, (hit.document_id for hit in hits))
    files = records.file_paths(context, (row.file_id for row in documents.values()))
    names = {key: document_name(row, files[row.file_id]) for key, row in documents.items()}
    if unit is Unit.DOCUMENT:
        return {hit: names[hit.document_id] for hit in hits}
    return {hit: f"{names[hit.document_id]}#{hit.number}" for hit in hits}


def document_name(row: DocumentRow, file_path: str) -> str:
    """Path relative to the root, percent-encoded but for `/`; `!name` for an attachment."""
    inner = row.path[len(file_path) :] if row.parent_id is not None else ""
    return quote(file_path, safe="/") + quote(inner, safe="/!")


def case_name(row: CaseRow) -> str:
    return quote(row.folder, safe="/") or "."


def _chunks(queries: Sequence[Query]) -> Iterator[list[Query]]:
    waiting = iter(queries)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk
