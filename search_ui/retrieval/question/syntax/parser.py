"""A question as it is typed → its tree, and what had to be read otherwise. Never refuses anything.

    question  and-group (ODER and-group)*
    and-group part ((UND)? part)*          nothing between two parts is UND, and UND goes before ODER
    part      (NICHT | -) single | single (NAHE single)*
    single    word, phrase, reference, date … | pattern | field:value | ( question )

Operators are capitals, German or English. What is plain text is read as a whole, so that references, dates and amounts
are found in it in any spelling; words that are parted by operators are read each for itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from search_ui.retrieval.question.periods import EXAMPLES
from search_ui.retrieval.question.prefixes import field_of
from search_ui.retrieval.question.syntax import repairs
from search_ui.retrieval.question.syntax.balance import balanced
from search_ui.retrieval.question.syntax.lexer import PLAIN, Kind, Token, lex
from search_ui.retrieval.question.syntax.wildcards import patterns_of
from search_ui.retrieval.question.terms import Terms, finding_spans, parse_terms, plain_terms, searchable, split_words
from search_ui.retrieval.question.tree import (
    All,
    AnyOf,
    Near,
    Node,
    Plain,
    Question,
    all_of,
    any_of,
    negated,
    things,
    without_exclusions,
)

DISTANCE, MAX_DISTANCE = 10, 100  # words between, of NAHE
_LONG_CAPITALS = 6  # letters of a word that is hardly an abbreviation


@lru_cache(maxsize=256)
def parse(text: str) -> Question:
    said: list[str] = []
    whole = balanced(text, said)
    reading = _Reading(whole, lex(whole, said), said)
    tree = reading.question()
    if tree is None and searchable(text):
        typed = " ".join(text.split())
        return Question(Plain(plain_terms(text)), (repairs.OPERATOR_ALONE.format(typed),))
    if tree is not None and without_exclusions(tree) is None:
        said.append(repairs.ONLY_EXCLUSIONS)
    if message := _capitals(text, reading.tokens):
        said.append(message)
    return Question(tree, tuple(dict.fromkeys(said)) if tree is not None else ())


def plain_question(text: str) -> Question:
    """Text taken as plain words: nothing in it is a sign of the query language."""
    return Question(Plain(plain_terms(text)) if searchable(text) else None)


@dataclass
class _Reading:
    text: str
    tokens: list[Token]
    said: list[str]
    at: int = field(default=0, init=False)

    def question(self) -> Node | None:
        """Up to the end, or to the bracket that closes this group."""
        branches: list[tuple[Node | None, str]] = []
        operator: Token | None = None
        while True:
            first = self.at
            branch = self._and_group()
            branches.append((branch, self._typed(first, self.at)))
            if branch is None and operator is not None and not self._is(Kind.OR):
                self._drop(operator)
            if not self._is(Kind.OR):
                break
            operator = self._take()
            if branch is None:
                self._drop(operator)
        self._say_precedence([one for one in branches if one[0] is not None])
        return any_of(branch for branch, _ in branches if branch is not None)

    def _and_group(self) -> Node | None:
        parts: list[Node] = []
        while self.at < len(self.tokens) and not self._is(Kind.OR, Kind.CLOSE):
            if self._is(Kind.AND, Kind.NEAR):
                operator = self._take()
                if not parts or self._ends():
                    self._drop(operator)
            elif (part := self._part()) is not None:
                parts.append(part)
        return all_of(parts)

    def _part(self) -> Node | None:
        if self._is(Kind.NOT):
            return self._exclusion()
        if (text := self._plain_run()) is not None:
            return _plain(parse_terms(text))
        first = self._single(whole=False)
        return self._near(first) if first is not None and self._is(Kind.NEAR) else first

    def _exclusion(self) -> Node | None:
        """`NICHT NICHT` is nothing."""
        excluded, operator = True, self._take()
        while self._is(Kind.NOT):
            excluded, operator = not excluded, self._take()
        part = None if self._ends() or self._is(Kind.AND, Kind.NEAR) else self._single(whole=True)
        if part is None:
            self.said.append(repairs.EXCLUDES_NOTHING.format(self._typed_token(operator)))
        elif self._is(Kind.NEAR):
            part = self._near(part)
        return negated(part) if part is not None and excluded else part

    def _near(self, first: Node) -> Node | None:
        operands, distances = [first], []
        while self._is(Kind.NEAR):
            operator = self._take()
            if self._ends() or self._is(Kind.AND, Kind.NEAR, Kind.NOT):
                self._drop(operator)
            elif (operand := self._single(whole=False)) is not None:
                operands.append(operand)
                distances.append(self._distance(operator))
        if len(operands) < 2:
            return first
        if not all(map(_has_positions, operands)):
            self.said.append(repairs.NEAR_NOT_POSSIBLE)
            return all_of(operands)
        return Near(tuple(operands), max(distances))

    def _distance(self, operator: Token) -> int:
        asked = int(operator.value or DISTANCE)
        if asked > MAX_DISTANCE:
            self.said.append(repairs.NEAR_BOUNDED.format(asked, MAX_DISTANCE))
        return min(asked, MAX_DISTANCE)

    def _single(self, *, whole: bool) -> Node | None:
        """One thing. `whole`: with the words of the reference or date that it begins."""
        token = self._take()
        if token.kind is Kind.OPEN:
            group = self.question()
            self._take()
            return group
        if token.kind is Kind.FIELD:
            return self._field(token)
        if token.kind is Kind.PATTERN:
            return self._pattern(token)
        if whole and token.kind is Kind.WORD:
            return _plain(parse_terms(self._finding(token)))
        if token.kind is Kind.PHRASE:
            return _plain(parse_terms(self.text[token.start : token.end]))
        return _plain(Terms(parse_terms(self.text[token.start : token.end]).typed))

    def _finding(self, token: Token) -> str:
        """The text of the longest finding that begins with this word; what follows it is not touched."""
        behind = self.at
        while behind < len(self.tokens) and self.tokens[behind].kind in PLAIN:
            behind += 1
        text = self.text[token.start : self.tokens[behind - 1].end]
        length = max((end for start, end in finding_spans(text) if start == 0), default=0)
        end = max(token.end, token.start + length)
        while self.at < behind and self.tokens[self.at].start < end:
            self.at += 1
        return self.text[token.start : end]

    def _field(self, token: Token) -> Node | None:
        typed = self.text[token.start : token.end].partition(":")[0]
        if not token.value and self._is(Kind.OPEN) and self.tokens[self.at].start == token.end:
            self._take()
            group = self.question()
            self._take()
            return _within_field(token.key, group)
        if not searchable(token.value):
            self.said.append(repairs.PREFIX_EMPTY.format(typed))
            return None
        found = field_of(token.key, token.value)
        if found is None:
            self.said.append(repairs.PERIOD_INVALID.format(token.value, EXAMPLES))
            return _plain(plain_terms(token.value))
        if found.period and found.period.turned:
            self.said.append(repairs.PERIOD_TURNED.format(token.value))
        return found

    def _pattern(self, token: Token) -> Node | None:
        patterns, word = patterns_of(token.value, self.said)
        if word:
            return _plain(plain_terms(word))
        return any_of(Plain(Terms(patterns=(pattern,))) for pattern in patterns)

    def _plain_run(self) -> str | None:
        """The text from here to the last plain word that no NAHE needs; None where there is none."""
        first = self.at
        while self._is(*PLAIN) and not (self.at + 1 < len(self.tokens) and self.tokens[self.at + 1].kind is Kind.NEAR):
            self.at += 1
        return self._typed(first, self.at) if self.at > first else None

    def _say_precedence(self, branches: list[tuple[Node | None, str]]) -> None:
        loose = [(isinstance(node, All) or things(node) > 1) and not typed.startswith("(") for node, typed in branches]
        if len(branches) > 1 and any(loose):
            texts = [f"({typed})" if wide else typed for wide, (_, typed) in zip(loose, branches, strict=True)]
            self.said.append(repairs.OR_AFTER_AND.format(" ODER ".join(texts)))

    def _drop(self, operator: Token) -> None:
        self.said.append(repairs.OPERATOR_DROPPED.format(self._typed_token(operator)))

    def _typed_token(self, token: Token) -> str:
        return self.text[token.start : token.end]

    def _typed(self, first: int, behind: int) -> str:
        return self.text[self.tokens[first].start : self.tokens[behind - 1].end] if behind > first else ""

    def _is(self, *kinds: Kind) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at].kind in kinds

    def _ends(self) -> bool:
        return self.at >= len(self.tokens) or self._is(Kind.OR, Kind.CLOSE)

    def _take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]


def _plain(terms: Terms) -> Plain | None:
    return None if terms.empty else Plain(terms)


def _within_field(key: str, node: Node | None) -> Node | None:
    """Every word and phrase of a group as a value of this field."""
    if isinstance(node, Plain):
        values = (*node.terms.words.split(), *node.terms.phrases, *(found.typed for found in node.terms.canonical))
        return all_of(found for value in values if (found := field_of(key, value)) is not None)
    if isinstance(node, All | AnyOf):
        parts = [part for part in (_within_field(key, part) for part in node.parts) if part is not None]
        return all_of(parts) if isinstance(node, All) else any_of(parts)
    return node


def _has_positions(node: Node) -> bool:
    if isinstance(node, All | AnyOf):
        return all(map(_has_positions, node.parts))
    return isinstance(node, Plain) and not node.terms.patterns


def _capitals(text: str, tokens: list[Token]) -> str:
    """Said where everything is in capitals, so that an operator may have been meant as a word; "" else."""
    operators = [
        token for token in tokens if token.kind in {Kind.AND, Kind.OR, Kind.NOT} and token.end - token.start > 1
    ]
    if not operators or text != text.upper() or not any(len(word) >= _LONG_CAPITALS for word in split_words(text)):
        return ""
    return repairs.CAPITALS.format(text[operators[0].start : operators[0].end])
