"""A balanced question → its words, phrases, operators, brackets and search fields, each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from casefile.canonical.references import date_spans, reference_spans
from search_ui.retrieval.question.prefixes import PERIOD, REFERENCE, known_prefix, known_prefixes
from search_ui.retrieval.question.syntax import repairs
from search_ui.retrieval.question.syntax.balance import PHRASE, QUOTES
from search_ui.retrieval.question.syntax.wildcards import has_wildcard, pieces
from search_ui.retrieval.question.terms import finding_spans


class Kind(Enum):
    WORD = auto()
    PHRASE = auto()
    SIGN = auto()  # a bracket that groups nothing: part of the text around it
    PATTERN = auto()
    FIELD = auto()
    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    NEAR = auto()


PLAIN = frozenset({Kind.WORD, Kind.PHRASE, Kind.SIGN})
OPERATORS = {"UND": Kind.AND, "AND": Kind.AND, "ODER": Kind.OR, "OR": Kind.OR, "NICHT": Kind.NOT, "NOT": Kind.NOT}
_NEAR = re.compile(r"(?:NAHE|NEAR)(?:/(\d{1,6}))?")
_RUN = re.compile(rf"[^\s(){QUOTES}]+")
_PREFIX = re.compile(r"([^\W\d_]{2,20}):(?!//)")
_TRAILING = ",;"


@dataclass(frozen=True)
class Token:
    """`value`: a pattern, the value of a field, the distance of NAHE. `key`: of a field."""

    kind: Kind
    start: int
    end: int
    value: str = ""
    key: str = ""


def lex(text: str, said: list[str]) -> list[Token]:
    return _without_idle_brackets(list(_tokens(text, said)))


def _tokens(text: str, said: list[str]) -> Iterator[Token]:
    within = [(start, end) for start, end in finding_spans(text) if end - start > 1]
    position = 0
    while position < len(text):
        token: Token | None = None
        if text[position].isspace():
            position += 1
            continue
        if phrase := PHRASE.match(text, position):
            token = Token(Kind.PHRASE, *phrase.span(), value=phrase[1])
            said += [repairs.WILDCARD_IN_QUOTES] if re.search(r"\w\*|\*[^\W\d]", phrase[1]) else []
        elif text[position] in "()":
            token = Token(Kind.OPEN if text[position] == "(" else Kind.CLOSE, position, position + 1)
        elif _excludes(text, position, within):
            token = Token(Kind.NOT, position, position + 1)
        elif run := _RUN.match(text, position):
            for token in _of_run(text, run.start(), run.group(), said):
                yield token
            position = max(token.end if token else 0, run.end())
            continue
        position += 1
        if token is not None:
            yield token
            position = token.end


def _excludes(text: str, position: int, within: list[tuple[int, int]]) -> bool:
    """A hyphen at the beginning of a word, and not within a reference, number or date."""
    if text[position] != "-" or (position and not text[position - 1].isspace() and text[position - 1] != "("):
        return False
    following = text[position + 1 : position + 2]
    opens = following.isalnum() or (following != "" and following in f"{QUOTES}(*")
    return opens and not any(start < position < end for start, end in within)


def _of_run(text: str, start: int, run: str, said: list[str]) -> Iterator[Token]:
    """What a run of signs without a blank is: an operator, a search field, a word with wildcards or without."""
    end = start + len(run)
    if kind := OPERATORS.get(run):
        yield Token(kind, start, end)
    elif near := _NEAR.fullmatch(run):
        yield Token(Kind.NEAR, start, end, value=near[1] or "")
    elif token := _field(text, start, run, said):
        yield token
    elif has_wildcard(run):
        for piece in pieces(run):
            kind = Kind.PATTERN if piece.pattern else Kind.WORD
            yield Token(kind, start + piece.start, start + piece.end, piece.pattern)
    else:
        yield Token(Kind.WORD, start, end)


def _field(text: str, start: int, run: str, said: list[str]) -> Token | None:
    """A capital and a blank behind the colon, as in `Name: Müller`, are text and no search field."""
    match = _PREFIX.match(run)
    if match is None:
        return None
    key, behind = known_prefix(match[1]), start + match.end()
    if key is None:
        if run[match.end() :].strip(":.,;"):
            said.append(repairs.PREFIX_UNKNOWN.format(match[1], known_prefixes()))
        return None
    if (behind < len(text) and text[behind].isspace()) or behind == len(text):
        if match[1] != match[1].lower():
            return None
        blanks = len(text[behind:]) - len(text[behind:].lstrip())
        said += [repairs.PREFIX_BLANK.format(match[1])] if text[behind:].strip() else []
        behind += blanks
    value, end = _field_value(text, behind, key)
    return Token(Kind.FIELD, start, end, value, key)


def _field_value(text: str, start: int, key: str) -> tuple[str, int]:
    """The value and where it ends: a phrase, a reference or date with its blanks, or what has none; "" before `(`."""
    if phrase := PHRASE.match(text, start):
        return phrase[1].strip(), phrase.end()
    spans = {REFERENCE: reference_spans, PERIOD: date_spans}.get(key)
    run = _RUN.match(text, start)
    found = [end for first, end, _ in spans(text[start:]) if first == 0] if spans else []
    end = max([run.end() if run else start, *(start + length for length in found)])
    return text[start:end].rstrip(_TRAILING), end


def _without_idle_brackets(tokens: list[Token]) -> list[Token]:
    """Brackets around plain words are signs of the text, as in `§ 7 (1)`, unless what stands beside needs a group."""
    result = list(tokens)
    open_at: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind is Kind.OPEN:
            open_at.append(place)
        elif token.kind is Kind.CLOSE:
            first = open_at.pop()
            inside = all(inner.kind in PLAIN for inner in result[first + 1 : place])
            if inside and not _groups(tokens, first, place):
                result[first], result[place] = (replace(result[it], kind=Kind.SIGN) for it in (first, place))
    return result


def _groups(tokens: list[Token], first: int, last: int) -> bool:
    before = tokens[first - 1] if first else None
    behind = tokens[last + 1] if last + 1 < len(tokens) else None
    needs = before is not None and (
        before.kind in {Kind.NOT, Kind.NEAR} or (before.kind is Kind.FIELD and not before.value)
    )
    return needs or (behind is not None and behind.kind is Kind.NEAR)
