"""Law text as a second collection, with query sets of its own: no word, form or compound comes from the generator.

A section (§) is a document, cut into pages wherever a page is full; a law is a case.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.retrieval.collection import Case, Collection, Document, Query
from bench.retrieval.forms import forms_of
from casefile.model import CoverSheet
from casefile.settings import PROJECT

CORPUS = PROJECT.parent / "shared" / "corpus" / "gesetze-md"
_PAGE = 1800  # letters
_SECTION = re.compile(r"^#{2,6} +(§+ ?\d+[a-z]?|Art(?:ikel)? ?\d+[a-z]?) +(.+)$", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]+")
_UNFIT = re.compile(r'["„“”\[\]|]')  # of a phrase: quotes, marks of footnotes and tables
_SENTENCE_END = re.compile(r"(?<=[a-zäöüß]{3})[.;:]\s")
_LINKS = ("", "s", "es", "n", "en", "er")
_SHORTEST_PART = 4
_TRIES = 12  # pages looked at for each query wanted


def read_law(laws: int, count: int, seed: int) -> Collection:
    """`laws` drawn laws, at most `count` queries a class."""
    chance = random.Random(seed)
    paths = sorted(CORPUS.glob("*.md"))
    cases = tuple(case for path in chance.sample(paths, min(laws, len(paths))) if (case := _case(path)).documents)
    text = _Text(Collection("law", cases))
    asked: dict[str, list[Query]] = {}
    twins: dict[str, list[Query]] = {}
    for name, make in _CLASSES.items():
        pairs = list(_asked(text, make, count, random.Random(f"{seed}/{name}")))
        asked[name] = [Query(f"{name}-{place:05d}", one.text, one.right) for place, one in enumerate(pairs)]
        if any(one.stands for one in pairs):
            twins[name] = [Query(f"{name}-{place:05d}", one.stands, one.right) for place, one in enumerate(pairs)]
    return Collection("law", cases, asked, twins)


def absent_words(stock: Collection, count: int, seed: int) -> list[Query]:
    """Words of law text that stand on no page of the stock."""
    known = {word for _, page in stock.pages() for word in _words(page)}
    found = {word for path in sorted(CORPUS.glob("*.md"))[:60] for word in _words(path.read_text("utf-8"))}
    absent = sorted(word for word in found - known if len(word) >= 5)
    chosen = random.Random(seed).sample(absent, min(count, len(absent)))
    return [Query(f"law_words_absent-{place:05d}", word, frozenset()) for place, word in enumerate(chosen)]


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _case(path: Path) -> Case:
    text = path.read_text("utf-8")
    title = re.search(r"^Title: (.+)$", text, re.MULTILINE)
    heads = list(_SECTION.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)][: len(heads)]
    documents = tuple(
        _document(path.stem, place, head, text[head.end() : end])
        for place, (head, end) in enumerate(zip(heads, ends, strict=True), 1)
    )
    return Case(path.stem, CoverSheet(betreff=title[1] if title else path.stem, stelle="Gesetze"), documents)


def _document(folder: str, place: int, head: re.Match[str], body: str) -> Document:
    """Named by its number alone: the heading stands on the page and nowhere else."""
    plain = re.sub(r"^#+ .*$", "", body, flags=re.MULTILINE)
    plain = re.sub(r"\s*\n\s*\n\s*", "\n\n", plain)
    plain = re.sub(r"(?<!\n)\n(?!\n)", " ", plain).replace("\n\n", "\n")
    return Document(f"{folder}/{place:04d}.pdf", tuple(_cut(f"{head[1]} {head[2]}\n{plain.strip()}")))


def _cut(text: str) -> Iterator[str]:
    while len(text) > _PAGE:
        end = text.rfind(" ", 0, _PAGE)
        yield text[:end]
        text = text[end + 1 :]
    yield text


@dataclass(frozen=True)
class _Asked:
    """`stands`: the same question in the words of the page, "" where it is asked in them anyway."""

    text: str
    right: frozenset[str]
    stands: str = ""


@dataclass(frozen=True)
class _Text:
    """The pages with what is needed to make and judge queries."""

    collection: Collection

    @cached_property
    def pages(self) -> dict[str, str]:
        return dict(self.collection.pages())

    @cached_property
    def words(self) -> dict[str, frozenset[str]]:
        """The pages of each word."""
        found: dict[str, set[str]] = defaultdict(set)
        for name, text in self.pages.items():
            for word in _words(text):
                found[word].add(name)
        return {word: frozenset(pages) for word, pages in found.items()}

    @cached_property
    def nouns(self) -> frozenset[str]:
        """Words that are nearly always written with a capital, in lower case."""
        capital, all_of = Counter[str](), Counter[str]()
        for text in self.pages.values():
            for word in _WORD.findall(text):
                all_of[word.lower()] += 1
                capital[word.lower()] += word[0].isupper()
        return frozenset(word for word, times in all_of.items() if capital[word] >= 0.9 * times)

    @cached_property
    def limit(self) -> int:
        return max(3, len(self.pages) // 40)

    @cached_property
    def compounds(self) -> dict[str, tuple[str, str]]:
        """Compounds whose two parts stand in the text as nouns, too."""
        return {word: parts for word in self.nouns if (parts := self._parts(word))}

    def _parts(self, word: str) -> tuple[str, str] | None:
        for place in range(len(word) - _SHORTEST_PART, _SHORTEST_PART, -1):
            last = word[place:]
            if last not in self.nouns:
                continue
            for link in _LINKS:
                first = word[:place].removesuffix(link) if link else word[:place]
                if len(first) >= _SHORTEST_PART and first in self.nouns and first + link + last == word:
                    return first, last
        return None

    def with_all(self, needs: list[frozenset[str]]) -> frozenset[str]:
        """Pages that have at least one word of each need."""
        found = [frozenset().union(*(self.words.get(word, frozenset()) for word in need)) for need in needs]
        return frozenset.intersection(*found)

    def rare(self, page: str) -> list[str]:
        words = dict.fromkeys(_words(self.pages[page]))
        return [word for word in words if len(word) >= 5 and len(self.words[word]) <= self.limit]


_Make = Callable[[_Text, str, random.Random], "_Asked | None"]


def _asked(text: _Text, make: _Make, count: int, chance: random.Random) -> Iterator[_Asked]:
    names = sorted(text.pages)
    chance.shuffle(names)
    made: set[str] = set()
    for name in names[: count * _TRIES]:
        asked = make(text, name, chance)
        if asked and asked.text not in made:
            made.add(asked.text)
            yield asked
        if len(made) == count:
            return


def _exact(text: _Text, page: str, chance: random.Random) -> _Asked | None:
    rare = text.rare(page)
    if len(rare) < 3:
        return None
    picked = chance.sample(rare, chance.choice((2, 3)))
    return _Asked(" ".join(picked), text.with_all([frozenset({word}) for word in picked]))


def _inflected(text: _Text, page: str, chance: random.Random) -> _Asked | None:
    """Three words, each in another form that stands elsewhere in the text."""
    table = {word: forms for word in text.rare(page) if len(forms := forms_of(word, text.words, text.nouns)) > 1}
    if len(table) < 3:
        return None
    picked = chance.sample(sorted(table), 3)
    asked = [chance.choice(sorted(table[word] - {word})) for word in picked]
    return _Asked(" ".join(asked), text.with_all([table[word] for word in picked]), " ".join(picked))


def _by_parts(text: _Text, page: str, chance: random.Random) -> _Asked | None:
    """Two compounds of the page, each asked for by its parts."""
    found = [word for word in text.rare(page) if word in text.compounds]
    if len(found) < 2:
        return None
    picked = chance.sample(found, 2)
    needs = [
        frozenset({word, *(forms_of(part, text.words, text.nouns))}) for word in picked for part in text.compounds[word]
    ]
    return _Asked(" ".join(part for word in picked for part in text.compounds[word]), text.with_all(needs))


def _by_compound(text: _Text, page: str, chance: random.Random) -> _Asked | None:
    """A compound whose parts stand on the page as words of their own, with a rare word of the page."""
    here, rare = set(_words(text.pages[page])), text.rare(page)
    fitting = [word for word, (first, last) in text.compounds.items() if first in here and last in here]
    fitting = sorted(word for word in fitting if word not in here)
    if not fitting or not rare:
        return None
    word, extra = chance.choice(fitting), chance.choice(rare)
    needs = [frozenset({word, *forms_of(part, text.words, text.nouns)}) for part in text.compounds[word]]
    return _Asked(f"{word} {extra}", text.with_all([*needs, frozenset({extra})]))


def _phrase(text: _Text, page: str, chance: random.Random) -> _Asked | None:
    tokens = text.pages[page].split()
    if len(tokens) < 12:
        return None
    start = chance.randrange(len(tokens) - 5)
    picked = " ".join(tokens[start : start + 5])
    if _UNFIT.search(picked) or len(_WORD.findall(picked)) < 5:
        return None
    needs = [frozenset({word}) for word in _words(picked)]
    holds = {name for name in text.with_all(needs) if picked.lower() in " ".join(text.pages[name].lower().split())}
    return _Asked(f'"{picked}"', frozenset(holds)) if len(holds) <= 10 else None


def _across_border(text: _Text, page: str, _chance: random.Random) -> _Asked | None:
    """The last words of a page and the first of the next one; either page answers."""
    name, _, number = page.rpartition("#")
    following = f"{name}#{int(number) + 1}"
    if following not in text.pages:
        return None
    picked = " ".join([*text.pages[page].split()[-3:], *text.pages[following].split()[:3]])
    if _UNFIT.search(picked) or len(_WORD.findall(picked)) < 6:
        return None
    return _Asked(f'"{picked}"', frozenset({page, following}))


def _title(text: _Text, page: str, _chance: random.Random) -> _Asked | None:
    """The heading of a section; every section with this heading is right."""
    name, _, number = page.rpartition("#")
    heading = text.pages[page].partition("\n")[0].partition(" ")[2].partition(" ")[2]
    if number != "1" or len(_WORD.findall(heading)) < 3:
        return None
    same = {
        other.rpartition("#")[0]
        for other in text.with_all([frozenset({word}) for word in _words(heading)])
        if other.endswith("#1") and text.pages[other].partition("\n")[0].endswith(heading)
    }
    return _Asked(heading, frozenset(same)) if len(same) <= 3 and name in same else None


def _statement(text: _Text, page: str, chance: random.Random) -> _Asked | None:
    """A sentence told otherwise: without function words, a fifth left out, in other forms, its halves exchanged.

    Sections that hold all its long words are right, too: they say the same.
    """
    sentences = [_words(sentence) for sentence in _SENTENCE_END.split(text.pages[page].partition("\n")[2])]
    told = [[word for word in sentence if len(word) >= 5] for sentence in sentences]
    fitting = [words for words in told if 8 <= len(set(words)) <= 25]
    if not fitting:
        return None
    picked = list(dict.fromkeys(chance.choice(fitting)))
    kept = sorted(chance.sample(range(len(picked)), len(picked) - len(picked) // 5))
    asked = [chance.choice(sorted(forms_of(picked[place], text.words, text.nouns))) for place in kept]
    half = len(asked) // 2
    same = text.with_all([frozenset({word}) for word in picked])
    right = frozenset(name.rpartition("#")[0] for name in same)
    return _Asked(" ".join((*asked[half:], *asked[:half])), right) if len(right) <= 3 else None


_CLASSES: dict[str, _Make] = {
    "exact": _exact,
    "inflected": _inflected,
    "compound_by_parts": _by_parts,
    "parts_by_compound": _by_compound,
    "phrase": _phrase,
    "phrase_across_border": _across_border,
    "title": _title,
    "statement": _statement,
}
