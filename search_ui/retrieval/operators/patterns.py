"""`wort*`, `*wort`, `w?rt` and `w*rt` as clauses: only lookups that begin with letters, never a walk over all words."""

from __future__ import annotations

from typing import Any

from casefile.index import fields
from casefile.text.folding import fold

Body = dict[str, Any]

TEXT_BOOST, OTHER_BOOST = 1.0, 0.4
_OTHERS = (fields.CASE_WORDS, fields.TITLE)
_STEMS = {fields.TEXT: fields.TEXT_STEM, fields.CASE_WORDS: fields.CASE_WORDS_STEM, fields.TITLE: fields.TITLE_STEM}


def pattern_query(pattern: str, exact: bool) -> Body:
    """`pattern`: in small letters, with three letters or more beside its wildcards, none at one of its ends."""
    if pattern[0] in "*?":
        # The text has its words from their end, too; cover sheets and titles are few enough to be walked over.
        ways = [_wildcard(fields.TEXT_REVERSED, folded_pattern(pattern)[::-1], TEXT_BOOST)]
        ways += [_wildcard(name, pattern, OTHER_BOOST) for name in _OTHERS]
        return {"dis_max": {"queries": ways}}
    boosts = {fields.TEXT: TEXT_BOOST, **dict.fromkeys(_OTHERS, OTHER_BOOST)}
    ways = [_wildcard(name, pattern, boost) for name, boost in boosts.items()]
    if not exact:  # stems have no umlauts and accents: Müll* is Muell* too
        ways += [_wildcard(_STEMS[name], folded_pattern(pattern), boost / 2) for name, boost in boosts.items()]
    return {"dis_max": {"queries": ways}}


def folded_pattern(pattern: str) -> str:
    """Without umlauts and accents, wildcards as they are."""
    return "".join(part if part in ("*", "?") else fold(part) for part in _letters_and_signs(pattern))


def _letters_and_signs(pattern: str) -> list[str]:
    return pattern.replace("*", "\0*\0").replace("?", "\0?\0").split("\0")


def _wildcard(field: str, pattern: str, boost: float) -> Body:
    if pattern.endswith("*") and pattern.count("*") + pattern.count("?") == 1:
        return {"prefix": {field: {"value": pattern[:-1], "boost": boost}}}
    return {"wildcard": {field: {"value": pattern, "boost": boost}}}
