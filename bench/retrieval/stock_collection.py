"""The generator's stock with its query sets, and classes that are made here from its truth."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from bench.retrieval.collection import Case, Collection, Document, Query
from casefile.model import CoverSheet, Person
from stock import queries
from stock.build import build
from stock.cases.plan import size
from stock.queries.features import forms, words

Record = dict[str, Any]
_AMOUNT = re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d{3})*,\d\d)(?= (?:EUR|€))")


def make_stock(folder: Path, cases: int, pages: float, seed: int, count: int) -> Path:
    """Build a stock without scans and its query sets below `folder`, once; gives the folder of its truth."""
    truth = folder / "truth"
    if not (truth / "queries" / "exact.tsv").exists():
        plan = size(str(cases), pages=pages, scans=0.0)
        build(str(cases), seed, folder / "source", truth, plan=plan)
        queries.write(truth, seed, count)
    return truth


def read_stock(truth: Path, count: int, seed: int) -> Collection:
    """At most `count` queries a class."""
    sheets = {case["folder"]: case for case in _json_lines(truth / "cases.jsonl")}
    records = [page for page in _json_lines(truth / "pages.jsonl") if page["readable"]]
    cases = tuple(
        Case(folder, _cover(sheets.get(folder)), tuple(_documents(list(pages))))
        for folder, pages in groupby(records, key=lambda page: _path(page["id"]).partition("/")[0])
    )
    chance = random.Random(seed)
    asked = {path.stem: _read(path)[:count] for path in sorted((truth / "queries").glob("*.tsv"))}
    asked["cover_and_page"] = _judged_by_cover(asked["cover_and_page"], records, sheets.values())
    asked["amount_spelling"] = list(_amounts(records, chance, count))
    asked["rent_contract"] = list(_rent_contracts(records, sheets.values()))[:count]
    twins = {"inflected": _as_they_stand(asked["inflected"], records)}
    return Collection("stock", cases, asked, twins)


def _json_lines(path: Path) -> Iterator[Record]:
    with path.open(encoding="utf-8") as source:
        yield from map(json.loads, source)


def _path(identifier: str) -> str:
    """The truth's id of a page as a path; an attachment becomes a file beside the mail."""
    return unquote(identifier.rpartition("#")[0].replace("!", "/"))


def _name(identifier: str) -> str:
    """The same as the name of a page in a run."""
    return f"{quote(_path(identifier), safe='/')}#{identifier.rpartition('#')[2]}"


def _documents(records: Sequence[Record]) -> Iterator[Document]:
    for path, group in groupby(records, key=lambda page: _path(page["id"])):
        pages = sorted(group, key=lambda page: page["page"])
        first = pages[0]
        texts = {page["page"]: page["text"] for page in pages}
        whole = tuple(texts.get(number, "") for number in range(1, max(texts) + 1))
        title = path.rpartition("/")[2].rpartition(".")[0]
        yield Document(path, whole, title, first["art"], first["date"])


def _cover(case: Record | None) -> CoverSheet:
    if case is None or case["cover"] == "none":
        return CoverSheet()
    return CoverSheet(
        aktenzeichen=case["case"],
        betreff=case["subject"],
        personen=tuple(_person(person) for person in case["persons"]),
        stelle=case["unit"],
        schlagwoerter=tuple(case["keywords"]),
    )


def _person(person: Mapping[str, Any]) -> Person:
    given, _, family = person["name"].rpartition(" ")
    return Person(name=family, vorname=given, geburtsdatum=person["birth"])


def _read(path: Path) -> list[Query]:
    right: dict[str, set[str]] = defaultdict(set)
    for line in path.with_suffix(".qrels").read_text("utf-8").splitlines():
        name, _, page, _ = line.split(" ")
        right[name].add(_name(page))
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return [Query(name, text, frozenset(right[name])) for name, text in rows]


def _as_they_stand(asked: Iterable[Query], records: Iterable[Record]) -> list[Query]:
    """The inflected queries with the forms that stand on a right page."""
    texts = {_name(page["id"]): set(words(page["text"])) for page in records}
    table, found = forms(), []
    for query in asked:
        page = texts[min(query.right)]
        there = (next((form for form in table[word] if form in page), word) for word in query.text.split())
        found.append(Query(query.id, " ".join(there), query.right))
    return found


def _judged_by_cover(asked: Iterable[Query], records: Iterable[Record], cases: Iterable[Record]) -> list[Query]:
    """Cases share keywords and family names: the word's pages in each of these cases are right, and pages with both."""
    covers: dict[str, set[str]] = defaultdict(set)
    for case in (one for one in cases if one["cover"] != "none"):
        for told in (*case["keywords"], *(person["name"].split()[-1] for person in case["persons"])):
            covers[told.lower()].add(case["case"])
    pages: dict[str, list[Record]] = defaultdict(list)
    for page in records:
        for word in set(words(page["text"])):
            pages[word].append(page)
    found = []
    for query in asked:
        told, _, word = query.text.lower().rpartition(" ")
        right = {_name(it["id"]) for it in pages[word] if it["filed"] in covers[told] or told in it["text"].lower()}
        found.append(Query(query.id, query.text, query.right | right))
    return found


def _amounts(records: Iterable[Record], chance: random.Random, count: int) -> Iterator[Query]:
    """Amounts of money that stand on few pages, with other points, commas and words."""
    right: dict[str, set[str]] = defaultdict(set)
    for page in records:
        for amount in _AMOUNT.findall(page["text"]):
            right[amount].add(_name(page["id"]))
    rare = sorted(amount for amount, pages in right.items() if len(pages) <= 5)
    for place, amount in enumerate(chance.sample(rare, min(count, len(rare)))):
        plain = amount.replace(".", "")
        ways = [f"{plain} Euro", f"{amount} €", f"EUR {amount}", plain, plain.replace(",", ".")]
        yield Query(f"amount_spelling-{place:05d}", chance.choice(ways), frozenset(right[amount]))


def _rent_contracts(records: Iterable[Record], cases: Iterable[Record]) -> Iterator[Query]:
    """„Müller Mietvertrag“: the contract's pages in the case of the person, whose name stands on the cover sheet."""
    pages: dict[str, set[str]] = defaultdict(set)
    for page in records:
        if page["kind"] == "rent_contract":
            pages[page["filed"]].add(_name(page["id"]))
    covered = [case for case in cases if case["case"] in pages and case["cover"] != "none"]
    right: dict[str, set[str]] = defaultdict(set)
    for case in covered:
        right[case["persons"][0]["name"]] |= pages[case["case"]]
    for place, (name, found) in enumerate(sorted(right.items())):
        yield Query(f"rent_contract-{place:05d}", f"{name} Mietvertrag", frozenset(found))
