"""Many queries at once → a TREC run file. Plain words rank by all words first, then by some of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO
from urllib.parse import quote

from sqlalchemy.orm import Session

from casefile.batches import batches
from casefile.database.events import Action, Channel, Detail
from casefile.database.ledger import CaseRow, DocumentRow
from casefile.errors import UsageFault
from casefile.index.reader import IndexReader
from casefile.index.schema import IndexKind
from casefile.storage.atomic import replacing
from oversight.audit import Actor, Event, operating_system_user
from oversight.rights import AccessScope
from search_ui import ledgerview
from search_ui.answering import answering, looking
from search_ui.retrieval.answer import permitted
from search_ui.retrieval.found import check_index
from search_ui.retrieval.query import Tier
from search_ui.retrieval.question.clauses import MAX_CLAUSES
from search_ui.retrieval.question.fitting import fitting_text
from search_ui.retrieval.question.form import clean_text
from search_ui.retrieval.question.syntax.parser import parse, plain_question
from search_ui.retrieval.question.terms import Terms
from search_ui.retrieval.question.tree import Plain, Question
from search_ui.retrieval.ranking.bodies import ranked_tolerant_body
from search_ui.retrieval.ranking.lists import COLLAPSE, Unit, ask_in_parts, rank
from search_ui.retrieval.result import PageHit, page_hits
from search_ui.services import Services

CHUNK = 40  # queries in one request to the engine, and in one transaction of the audit log
STANDARD_OUTPUT = Path("-")
MAX_WORDS = 64  # of a query
MAX_RANKED_CLAUSES = MAX_CLAUSES // 2  # a ranked query asks for some of the words and for all of them


@dataclass(frozen=True)
class Query:
    id: str
    text: str
    question: Question
    cut: bool = False  # more words than are searched for


@dataclass(frozen=True)
class Order:
    user: str
    unit: Unit
    depth: int
    tag: str
    purpose: str = ""


def read_queries(path: Path, *, syntax: bool) -> list[Query]:
    """Lines `qid<TAB>text`, each qid once. Raises UsageFault naming the first line that is not so."""
    queries: dict[str, Query] = {}
    for number, line in enumerate(_queries_text(path).split("\n"), 1):
        if not line.strip():
            continue
        identifier, tab, text = line.partition("\t")
        identifier = identifier.strip()
        if not tab or len(identifier.split()) != 1 or not identifier.isprintable():
            raise UsageFault("queries_invalid", f"{path}, Zeile {number}: erwartet wird „qid<TAB>Text“.")
        if identifier in queries:
            raise UsageFault("queries_invalid", f"{path}, Zeile {number}: die qid „{identifier}“ gab es schon.")
        queries[identifier] = _query(identifier, text, syntax=syntax)
    return list(queries.values())


def _queries_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageFault("queries_invalid", f"{path} ist nicht in UTF-8 geschrieben.") from error


def _query(identifier: str, text: str, *, syntax: bool) -> Query:
    """A query that is too long for the engine is cut at its end; one of them must not end the run."""
    read = parse if syntax else plain_question
    words = clean_text(text).split()
    kept = fitting_text(" ".join(words[:MAX_WORDS]), read, MAX_RANKED_CLAUSES)
    return Query(identifier, kept, read(kept), cut=kept != " ".join(words))


def run(services: Services, order: Order, queries: Sequence[Query], target: Path) -> int:
    """Write the run. Gives the number of queries with hits."""
    answered = 0
    with _opened(target) as out:
        for chunk in batches(queries, CHUNK):
            lines, hits = _answer_chunk(services, order, chunk)
            out.writelines(lines)
            answered += hits
        if queries and not answered:
            check_index(services.index(), services.databases)
    return answered


@contextmanager
def _opened(target: Path) -> Iterator[IO[str]]:
    """A file appears under its name only when it is complete. What is no file (link, pipe, device) is written into."""
    if target == STANDARD_OUTPUT:
        with _standard_output() as out:
            yield out
    elif target.is_dir():
        raise UsageFault("run_invalid", f"{target} ist ein Ordner.")
    elif target.is_symlink() or (target.exists() and not target.is_file()):
        with target.open("w", encoding="utf-8") as out:
            yield out
    else:
        with _replacing(target) as out:
            yield out


@contextmanager
def _standard_output() -> Iterator[IO[str]]:
    wrapper = TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
    try:
        yield wrapper
    finally:
        wrapper.detach()  # flushes, and leaves the stream open for what comes after


@contextmanager
def _replacing(target: Path) -> Iterator[IO[str]]:
    with replacing(target) as stream:
        out = TextIOWrapper(stream, encoding="utf-8")
        yield out
        out.detach()  # flushes, and leaves the stream open


def _answer_chunk(services: Services, order: Order, queries: Sequence[Query]) -> tuple[list[str], int]:
    """Search, check every hit again, write the audit rows, and only then hand out the lines.

    The engine's scores depend on pages that the user may not see, so they stay here; tools that read a run want a
    number that falls with the rank.
    """
    actor = Actor(order.user, Channel.BATCH, operating_system_user())
    with looking(services.databases, actor) as look:
        scope = look.scope
    ranked = _ranked(services.index(), scope, order, queries)
    with answering(services.databases, actor) as now:
        names = _names(now.ledger, order.unit, [hit for hits in ranked for hit in hits])
        shown = permitted(now, names)
        ranked = [[hit for hit in hits if hit in shown] for hits in ranked]
        now.record(*(_event(actor, order, query, hits) for query, hits in zip(queries, ranked, strict=True)))
    lines = [
        f"{query.id} Q0 {names[hit]} {rank} {order.depth - rank + 1} {order.tag}\n"
        for query, hits in zip(queries, ranked, strict=True)
        for rank, hit in enumerate(hits, 1)
    ]
    return lines, sum(bool(hits) for hits in ranked)


def _event(actor: Actor, order: Order, query: Query, hits: Sequence[PageHit]) -> Event:
    detail = {Detail.QUERY: query.id, Detail.UNIT: order.unit}
    return Event(actor, Action.SEARCH, purpose=order.purpose, text=query.text, hits=len(hits), detail=detail)


def _ranked(index: IndexReader, scope: AccessScope, order: Order, queries: Sequence[Query]) -> list[list[PageHit]]:
    ranked = rank(index, scope, order.unit, order.depth, [query.question.tree for query in queries])
    terms = [query.question.tree.terms if isinstance(query.question.tree, Plain) else Terms() for query in queries]
    empty = [i for i, hits in enumerate(ranked) if not hits and terms[i].every_word]
    if empty:
        again = [ranked_tolerant_body(terms[i], scope, order.depth, COLLAPSE[order.unit]) for i in empty]
        answers = ask_in_parts(index, [(IndexKind.PAGES, body) for body in again])
        for i, answer in zip(empty, answers, strict=True):
            ranked[i] = list(page_hits(answer, Tier.TOLERANT))
    return ranked


def _names(ledger: Session, unit: Unit, hits: Sequence[PageHit]) -> dict[PageHit, str]:
    """What the indexer dropped since the hits were checked has no name."""
    if unit is Unit.CASE:
        cases = ledgerview.cases(ledger, (hit.case_id for hit in hits))
        return {hit: case_name(cases[hit.case_id]) for hit in hits if hit.case_id in cases}
    documents = ledgerview.documents(ledger, (hit.document_id for hit in hits))
    files = ledgerview.file_paths(ledger, (row.file_id for row in documents.values()))
    known = ledgerview.with_parents(ledger, documents)
    named = {key: row for key, row in documents.items() if row.file_id in files and _has_parents(row, known)}
    names = {key: document_name(row, known, files[row.file_id]) for key, row in named.items()}
    if unit is Unit.DOCUMENT:
        return {hit: names[hit.document_id] for hit in hits if hit.document_id in names}
    return {hit: f"{names[hit.document_id]}#{hit.number}" for hit in hits if hit.document_id in names}


def _has_parents(row: DocumentRow, known: Mapping[str, DocumentRow]) -> bool:
    while row.parent_id is not None:
        if row.parent_id not in known:
            return False
        row = known[row.parent_id]
    return True


def document_name(row: DocumentRow, known: Mapping[str, DocumentRow], file_path: str) -> str:
    """Path relative to the root, percent-encoded but for `/`; `!name` for an attachment. A `!` in a name is encoded."""
    names: list[str] = []
    while row.parent_id is not None:
        parent = known[row.parent_id]
        names.insert(0, row.path[len(parent.path) + 1 :])
        row = parent
    return "!".join(quote(name, safe="/") for name in (file_path, *names))


def case_name(row: CaseRow) -> str:
    return quote(row.folder, safe="/") or "."
