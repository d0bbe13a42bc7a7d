"""What is searched and what is asked: cases with their documents and pages, queries with the pages that answer them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from casefile.model import CoverSheet


@dataclass(frozen=True)
class Document:
    """`path`: relative to the source root; `pages`: their texts in order."""

    path: str
    pages: tuple[str, ...]
    title: str = ""
    kind: str = ""
    date: str = ""

    @property
    def name(self) -> str:
        """As a run of `aktensuche batch-search` names it."""
        return quote(self.path, safe="/")

    def page_name(self, number: int) -> str:
        return f"{self.name}#{number}"


@dataclass(frozen=True)
class Case:
    folder: str
    cover: CoverSheet
    documents: tuple[Document, ...]


@dataclass(frozen=True)
class Query:
    """`right`: names of the pages (or documents) that answer; none where the words stand nowhere."""

    id: str
    text: str
    right: frozenset[str]


@dataclass(frozen=True)
class Collection:
    """`queries` by class. `twins`: by class, the same questions with the words as they stand on the page."""

    name: str
    cases: tuple[Case, ...]
    queries: Mapping[str, Sequence[Query]] = field(default_factory=dict)
    twins: Mapping[str, Sequence[Query]] = field(default_factory=dict)

    def asking(self, name: str, queries: Sequence[Query]) -> Collection:
        """With another class."""
        return replace(self, queries={**self.queries, name: queries})

    def documents(self) -> Iterator[Document]:
        for case in self.cases:
            yield from case.documents

    def pages(self) -> Iterator[tuple[str, str]]:
        """Name and text of every page."""
        for document in self.documents():
            for number, text in enumerate(document.pages, 1):
                yield document.page_name(number), text


def write_trec(folder: Path, name: str, queries: Sequence[Query]) -> Path:
    """`name.tsv` (qid, text) and `name.qrels`; gives the path of the queries."""
    folder.mkdir(parents=True, exist_ok=True)
    asked = folder / f"{name}.tsv"
    asked.write_text("".join(f"{query.id}\t{query.text}\n" for query in queries), "utf-8")
    lines = (f"{query.id} 0 {page} 1\n" for query in queries for page in sorted(query.right))
    (folder / f"{name}.qrels").write_text("".join(lines), "utf-8")
    return asked
