"""Questions in full sentences, with the paragraphs that answer them: the German part of XQuAD in the shared corpus."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import groupby

from bench.retrieval.collection import Case, Collection, Document, Query
from casefile.model import CoverSheet
from casefile.settings import PROJECT

CORPUS = PROJECT.parent / "shared" / "corpus" / "xquad-de"


def read_questions(count: int) -> Collection:
    """A paragraph is a document of one page, an article a case."""
    rows = [json.loads(line) for line in (CORPUS / "docs.jsonl").read_text("utf-8").splitlines()]
    names: dict[str, str] = {}
    cases = []
    for title, group in groupby(rows, key=lambda row: str(row["title"])):
        documents = {row["id"]: Document(f"{title}/{row['id']}.txt", (row["text"],)) for row in group}
        names |= {identifier: document.name for identifier, document in documents.items()}
        cases.append(Case(title, CoverSheet(stelle="Fragen"), tuple(documents.values())))
    right: dict[str, set[str]] = defaultdict(set)
    for line in (CORPUS / "qrels.tsv").read_text("utf-8").splitlines():
        query, _, document, _ = line.split("\t")
        right[query].add(names[document])
    asked = (line.split("\t") for line in (CORPUS / "queries.tsv").read_text("utf-8").splitlines())
    questions = [Query(query, text, frozenset(right[query])) for query, text in asked if right[query]]
    return Collection("questions", tuple(cases), {"question": questions[:count]})
