"""Terms → clauses of the engine's query: how a word, a phrase, a reference or a date is matched. Pure functions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from casefile.canonical.amounts import ANY_DECIMALS
from casefile.canonical.kinds import keyword
from casefile.index import fields
from casefile.text.compounds import parts_of
from casefile.text.folding import fold
from casefile.text.spellings import joined
from search_ui.retrieval.operators.patterns import pattern_query
from search_ui.retrieval.question.clauses import tokens
from search_ui.retrieval.question.terms import SHORTEST_PART, VARIED_WORDS, Canonical, Terms

Body = dict[str, Any]

EXACT_BOOST = 2.0  # the word as it stands, above its other forms
COVER_BOOST = 0.4  # a word of the page says more about the page than one of the cover sheet or of the title
PHRASE_STEM_BOOST = 0.5
REFERENCE_BOOST = 12.0
CASE_REFERENCE_BOOST = 6.0
DATE_BOOST = 6.0
FINDING_BOOST = 6.0
SPELLING_BOOST = 0.5  # hyphenated, joined and parted spellings, below the word as it stands
PART_BOOST = 0.2  # the word ends another one, or its own parts stand close together
PARTS_SLOP = 8  # words between the parts of a compound that is written out: "Bescheinigung über die gezahlte Miete"

# Of several words half must be there, in a ranked list a quarter.
SOME_WORDS = "1<50%"
SOME_WORDS_RANKED = "1<25%"
ANY_WORD = "1"
# Words that look alike: so many letters may differ (docs/decisions/0004).
ONE_EDIT_FROM, TWO_EDITS_FROM = 5, 10
LONGEST_LIKE = 60  # letters: for longer words the engine refuses the automaton

# Fields of one analyser each: only then does a query over several fields take them for one.
EXACT_FIELDS = (
    f"{fields.TEXT}^{EXACT_BOOST}",
    f"{fields.CASE_WORDS}^{EXACT_BOOST * COVER_BOOST}",
    f"{fields.TITLE}^{EXACT_BOOST * COVER_BOOST}",
)
STEM_FIELDS = (
    fields.TEXT_STEM,
    f"{fields.CASE_WORDS_STEM}^{COVER_BOOST}",
    f"{fields.TITLE_STEM}^{COVER_BOOST}",
)
_AMOUNT, _MONTH = keyword("amount", ""), keyword("month", "")


def all_words(terms: Terms, exact: bool) -> Body:
    must = [*([_all_words_query(terms.words, exact)] if terms.words else []), *_undivided_queries(terms, exact)]
    return {"bool": {"must": must}} if must else {"match_all": {}}


def held_words(terms: Terms, exact: bool) -> Body:
    """The words themselves and their forms: what excludes a document; longer words that end with one of them do not."""
    words = [_literal_or_stem(terms.words, exact)] if terms.words else []
    return {"bool": {"must": [*words, *_undivided_queries(terms, exact)]}}


def some_words(terms: Terms, exact: bool, share: str = SOME_WORDS) -> Body:
    """A share of the words, or one of the references, dates and phrases; each of these is one thing and never split."""
    ways = [_share_of_words(terms.loose_words, exact, share)] if terms.loose_words else []
    ways += _undivided_queries(replace(terms, findings=tuple(one for one in terms.findings if not one.bare)), exact)
    return any_of_these(ways) if ways else {"match_none": {}}


def _share_of_words(text: str, exact: bool, share: str) -> Body:
    loose = {"query": text, "type": "cross_fields", "operator": "or", "minimum_should_match": share}
    if exact:
        return {"multi_match": loose | {"fields": list(EXACT_FIELDS)}}
    literal = {"multi_match": {"query": text, "type": "cross_fields", "fields": list(EXACT_FIELDS)}}
    return {"bool": {"must": [{"multi_match": loose | {"fields": list(STEM_FIELDS)}}], "should": [literal]}}


def _undivided_queries(terms: Terms, exact: bool) -> list[Body]:
    found = [_phrase_query(phrase, exact) for phrase in terms.phrases]
    found += [_reference_query(reference, exact) for reference in terms.references]
    found += [_date_query(day, exact) for day in terms.dates]
    found += [_finding_query(finding, exact) for finding in terms.findings]
    return found + [pattern_query(pattern, exact) for pattern in terms.patterns]


def _all_words_query(text: str, exact: bool) -> Body:
    """Each word on the page, on its cover sheet or in its title; literally, by stem, or in another spelling."""
    words = text.split()
    if exact or len(words) > VARIED_WORDS:
        return _literal_or_stem(text, exact)
    return {"bool": {"must": [any_of_these([_literal_or_stem(word, exact), *_variants(word)]) for word in words]}}


def _literal_or_stem(text: str, exact: bool) -> Body:
    literal = {"query": text, "type": "cross_fields", "operator": "and", "fields": list(EXACT_FIELDS)}
    if exact:
        return {"multi_match": literal}
    stemmed = literal | {"fields": list(STEM_FIELDS)}
    return any_of_these([{"multi_match": literal}, {"multi_match": stemmed}])


def _variants(word: str) -> list[Body]:
    """Joined, hyphenated and parted spellings of a word, compounds with it, and its own parts close together."""
    whole = joined(word)
    if tokens(whole) != 1:
        return []
    names = [fields.SPELLINGS, *([fields.TEXT_STEM] if whole != word else [])]
    ways: list[Body] = [
        {"match": {name: {"query": whole, "operator": "and", "boost": SPELLING_BOOST}}} for name in names
    ]
    if whole.isalpha() and len(whole) >= SHORTEST_PART:
        ways.append({"prefix": {fields.TEXT_REVERSED: {"value": fold(whole)[::-1], "boost": PART_BOOST}}})
    if parts := parts_of(fold(whole)):
        close = {"query": " ".join(parts), "slop": PARTS_SLOP, "boost": PART_BOOST}
        ways.append({"match_phrase": {fields.TEXT_STEM: close}})
    return ways


def looks_like(word: str, most: int) -> Body:
    """The word, or one that differs by few letters; of those the `most` nearest that there are."""
    edits = (len(word) >= ONE_EDIT_FROM) + (len(word) >= TWO_EDITS_FROM)
    stemmed: Body = {
        "multi_match": {"query": word, "type": "cross_fields", "operator": "and", "fields": list(STEM_FIELDS)}
    }
    if not edits or len(word) > LONGEST_LIKE or most < 1:
        return stemmed
    near = {"value": word, "fuzziness": edits, "prefix_length": 0, "max_expansions": most, "transpositions": False}
    return any_of_these([stemmed, {"fuzzy": {fields.TEXT: near}}])


def _phrase_query(phrase: str, exact: bool) -> Body:
    ways = [
        match_phrase(fields.TEXT, phrase, EXACT_BOOST),
        match_phrase(fields.CASE_WORDS, phrase, COVER_BOOST),
        match_phrase(fields.TITLE, phrase, COVER_BOOST),
    ]
    if not exact:
        ways.append(match_phrase(fields.TEXT_STEM, phrase, PHRASE_STEM_BOOST))
    return any_of_these(ways)


def _reference_query(reference: Canonical, exact: bool) -> Body:
    return any_of_these(
        [
            {"term": {fields.REFERENCES: {"value": reference.value, "boost": REFERENCE_BOOST}}},
            {"term": {fields.CASE_REFERENCES: {"value": reference.value, "boost": CASE_REFERENCE_BOOST}}},
            _all_words_query(reference.typed, exact),
            *_meaning_queries(reference),
        ]
    )


def _date_query(day: Canonical, exact: bool) -> Body:
    value = {"term": {fields.DATES: {"value": day.value, "boost": DATE_BOOST}}}
    return any_of_these([value, _phrase_query(day.typed, exact), *_meaning_queries(day)])


def _finding_query(finding: Canonical, exact: bool) -> Body:
    """In any spelling; as it is typed too, and an amount as a bare number, which no page is asked to mean."""
    amounts = [value.removeprefix(_AMOUNT) for _, value in finding.also if value.startswith(_AMOUNT)]
    typed = dict.fromkeys((finding.typed, *(amount for amount in amounts if amount.isdigit())))
    return any_of_these([*_meaning_queries(finding), *(_all_words_query(text, exact) for text in typed)])


def _meaning_queries(canonical: Canonical) -> list[Body]:
    """What else is meant, as values of fields; a month in its days too."""
    ways: list[Body] = []
    for field, value in canonical.also:
        if value.endswith(ANY_DECIMALS):
            ways.append({"prefix": {field: {"value": value.removesuffix("*"), "boost": FINDING_BOOST / 2}}})
            continue
        ways.append({"term": {field: {"value": value, "boost": FINDING_BOOST}}})
        if value.startswith(_MONTH):
            first = f"{value.removeprefix(_MONTH)}-01"
            ways.append({"range": {fields.DATES: {"gte": first, "lt": f"{first}||+1M", "boost": FINDING_BOOST}}})
    return ways


def match_phrase(field: str, phrase: str, boost: float) -> Body:
    return {"match_phrase": {field: {"query": phrase, "boost": boost}}}


def any_of_these(ways: list[Body]) -> Body:
    return {"bool": {"should": ways, "minimum_should_match": 1}}
