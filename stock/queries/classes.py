"""The classes of queries: from a page to what somebody would type, and what a right answer must have."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from stock.language.lexicon import load
from stock.queries import spelling
from stock.queries.features import PageFacts, Record, forms, words
from stock.rng import stream

Need = frozenset[str]


@dataclass(frozen=True)
class Query:
    """`needs`: of each set at least one is there. `scope`: page, document or case. `phrase`: these words in a row."""

    text: str
    needs: tuple[Need, ...]
    scope: str = "page"
    phrase: str = ""
    case: str = ""


@dataclass(frozen=True)
class Source:
    """Where a query comes from: a page, its neighbours, its case, and how common words are."""

    page: PageFacts
    document: tuple[PageFacts, ...]
    neighbours: tuple[PageFacts, ...]
    case: Record
    common: Callable[[str], int]
    limit: int


def _rare(source: Source, rng: random.Random, page: PageFacts, count: int, *, known: bool = False) -> list[str]:
    """Words of the page that stand on few pages."""
    table = forms() if known else {}
    found = [
        word
        for word in dict.fromkeys(words(page.record["text"]))
        if len(word) >= 5 and source.common(word) <= source.limit and (not known or len(table.get(word, ())) > 1)
    ]
    return rng.sample(found, count) if len(found) >= count else []


def exact(source: Source, rng: random.Random) -> Query | None:
    picked = _rare(source, rng, source.page, rng.choice((2, 3, 4)))
    return Query(" ".join(picked), tuple(frozenset({word}) for word in picked)) if picked else None


def inflected(source: Source, rng: random.Random) -> Query | None:
    picked = _rare(source, rng, source.page, 3, known=True)
    if not picked:
        return None
    table = forms()
    asked = [rng.choice([form for form in table[word] if form != word]) for word in picked]
    return Query(" ".join(asked), tuple(frozenset(table[word]) for word in picked))


def by_parts(source: Source, rng: random.Random) -> Query | None:
    """A compound asked for by its parts; pages that have the parts as words answer it too."""
    found = source.page.record["compounds"]
    if not found:
        return None
    whole, first, last = rng.choice(found)
    stem = _noun_forms(first), _noun_forms(last)
    same = frozenset({whole.lower()})
    extra = [word for word in _rare(source, rng, source.page, 1) if word not in same | stem[0] | stem[1]]
    needs = (same | stem[0], same | stem[1], *(frozenset({word}) for word in extra))
    return Query(" ".join((first, last, *extra)), needs)


def by_compound(source: Source, rng: random.Random) -> Query | None:
    """Two words that stand on the page, asked for as one compound."""
    present = set(words(source.page.record["text"]))
    nouns = [noun for noun in load().core if noun.lemma.lower() in present and noun.gender != "p"]
    if len(nouns) < 2:
        return None
    first, last = rng.sample(nouns, 2)
    whole = first.link + last.lemma.lower()
    extra = _rare(source, rng, source.page, 1)
    if not extra:
        return None
    same = frozenset({whole.lower(), whole.lower() + "s"})
    needs = (same | _noun_forms(first.lemma), same | _noun_forms(last.lemma), frozenset(extra))
    return Query(f"{whole} {extra[0]}", needs)


def _noun_forms(lemma: str) -> Need:
    return frozenset(forms().get(lemma.lower(), (lemma.lower(),)))


def name(source: Source, rng: random.Random) -> Query | None:
    """A person in a spelling that does not stand on the page."""
    for person in source.page.record["persons"]:
        known = [one for one in source.case["persons"] if one["name"] == person["name"]]
        others = [
            text for one in known for text in one["spellings"] if text.lower() not in source.page.record["text"].lower()
        ]
        if others and person["case"] == source.case["case"]:
            return Query(rng.choice(others), (frozenset({f"person:{person['case']}/{person['name']}"}),))
    return None


def reference(source: Source, rng: random.Random) -> Query | None:
    found = source.page.record["references"]
    if not found:
        return None
    value = rng.choice(found)
    return Query(spelling.reference(value, rng), (frozenset({f"ref:{value}"}),))


def identifier(source: Source, rng: random.Random) -> Query | None:
    found = source.page.record["identifiers"]
    if not found:
        return None
    value = rng.choice(found)
    return Query(spelling.identifier(value, rng), (frozenset({f"ref:{value}"}),))


def day(source: Source, rng: random.Random) -> Query | None:
    found = sorted(feature[4:] for feature in source.page.features if feature.startswith("day:"))
    extra = _rare(source, rng, source.page, 1)
    if not found or not extra:
        return None
    iso = rng.choice(found)
    return Query(f"{spelling.day(iso, rng)} {extra[0]}", (frozenset({f"day:{iso}"}), frozenset(extra)))


def phrase(source: Source, rng: random.Random) -> Query | None:
    lines = [line.split() for line in source.page.record["text"].split("\n")]
    lines = [
        line for line in lines if len(line) >= 5 and all(any(char.isalpha() for char in word) for word in line[:5])
    ]
    if not lines:
        return None
    line = rng.choice(lines)
    start = rng.randrange(len(line) - 3)
    picked = " ".join(line[start : start + 4]).strip(".,;:()")
    needed = words(picked)
    if '"' in picked or len(needed) < 4 or min(source.common(word) for word in needed) > source.limit * 4:
        return None
    return Query(f'"{picked}"', tuple(frozenset({word}) for word in needed), phrase=" ".join(picked.lower().split()))


def _scattered(source: Source, rng: random.Random, pages: tuple[PageFacts, ...], scope: str) -> Query | None:
    if len(pages) < 2:
        return None
    chosen = rng.sample(pages, 2)
    picked = [word for page in chosen for word in _rare(source, rng, page, 2)[:2]]
    if len(picked) < 4 or any(all(word in page.features for word in picked) for page in pages):
        return None
    return Query(" ".join(picked), tuple(frozenset({word}) for word in picked), scope)


def over_document(source: Source, rng: random.Random) -> Query | None:
    return _scattered(source, rng, source.document, "document")


def over_case(source: Source, rng: random.Random) -> Query | None:
    return _scattered(source, rng, source.neighbours, "case")


def cover(source: Source, rng: random.Random) -> Query | None:
    """A name or keyword of the cover sheet with a word of the page."""
    if source.case["cover"] == "none" or "wrong_keywords" in source.case["faults"]:
        return None
    names = [person["name"].split()[-1] for person in source.case["persons"][:1]]
    asked = rng.choice([*names, *source.case["keywords"]])
    if asked.lower() in source.page.record["text"].lower():
        return None
    extra = _rare(source, rng, source.page, 1)
    if not extra:
        return None
    return Query(f"{asked} {extra[0]}", (frozenset(extra),), case=source.case["case"])


def nowhere(source: Source, rng: random.Random) -> Query | None:
    """Words that could be German and stand nowhere."""
    parts = ("brol", "quim", "tarf", "zwell", "knup", "schlorm", "wibb", "fraut", "grenk", "mulz")
    ends = ("ung", "heit", "schaft", "erei", "nis", "haus", "weg")
    word = "".join(rng.sample(parts, 3)) + rng.choice(ends)
    return Query(word, (frozenset({word}),)) if source.common(word) >= 0 else None


CLASSES: dict[str, Callable[[Source, random.Random], Query | None]] = {
    "exact": exact,
    "inflected": inflected,
    "compound_by_parts": by_parts,
    "parts_by_compound": by_compound,
    "name_spelling": name,
    "reference_spelling": reference,
    "identifier_spelling": identifier,
    "date_spelling": day,
    "phrase": phrase,
    "over_document": over_document,
    "over_case": over_case,
    "cover_and_page": cover,
    "nowhere": nowhere,
}


def make(kind: str, source: Source, seed: int) -> Query | None:
    """One query of that class for that page."""
    return CLASSES[kind](source, stream(seed, "query", kind, source.page.id))
