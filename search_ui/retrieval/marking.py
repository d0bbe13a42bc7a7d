"""Which parts of a page's text matched and why, as spans of the text."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from casefile.canonical.kinds import spans_of
from casefile.canonical.references import date_spans, reference_spans
from casefile.index import fields
from casefile.text.folding import fold
from casefile.text.parts import part_spans
from casefile.text.spellings import joined as without_joints
from casefile.text.spellings import spelling_spans
from search_ui.retrieval.alike import alike_spans
from search_ui.retrieval.query import Tier
from search_ui.retrieval.question.syntax.wildcards import expression
from search_ui.retrieval.question.terms import SHORTEST_PART, VARIED_WORDS, Canonical, Terms, split_words

SNIPPET_BEFORE = 60
SNIPPET_AFTER = 160
TRIMMED = "".join(map(chr, range(0x21))) + "\u2029"  # what the engine's highlighter takes off both ends


class Why(StrEnum):
    """The reason shown with a hit, and in `search --json`."""

    LITERAL = "wörtlich"
    INFLECTED = "Beugung"
    REFERENCE = "Aktenzeichen"
    DATE = "Datum"
    SPELLING = "Schreibweise"
    COVER = "Deckblatt"
    TITLE = "Titel"
    FILE_NAME = "Dateiname"
    PART = "Wortteil"
    PAGE_AND_COVER = "Seite und Deckblatt"
    TOLERANT = "OCR-tolerant"
    OVER_DOCUMENT = "über das Dokument verteilt"
    OVER_CASE = "über die Akte verteilt"
    SOME_WORDS = "nicht alle Wörter"
    PATTERN = "Platzhalter"
    FILTER = "Filter"


class Match(StrEnum):
    """What a span of the text has in common with the question; of overlapping spans the first of these holds."""

    LITERAL = "literal"
    REFERENCE = "reference"
    DATE = "date"
    SPELLING = "spelling"
    INFLECTED = "inflected"
    PART = "part"
    ALIKE = "alike"


class Span(NamedTuple):
    """Characters of a text, from `start` to before `end`."""

    start: int
    end: int
    kind: Match = Match.LITERAL


@dataclass(frozen=True)
class FoundText:
    """A page as the engine gave it back: what it marked literally, and by stem.

    `cover`, `path_words`: what else of the case and of the file's place is searched with the page.
    """

    text: str
    title: str = ""
    literal: tuple[Span, ...] = ()
    stemmed: tuple[Span, ...] = ()
    cover: str = ""
    path_words: str = ""


@dataclass(frozen=True)
class Marks:
    """What matched on a page; spans are sorted and do not overlap."""

    text: str
    spans: tuple[Span, ...]
    why: Why


@dataclass(frozen=True)
class Snippet:
    """A piece of a page's text; spans count from its beginning. `goes_before`, `goes_on`: the page has more text."""

    text: str
    spans: tuple[Span, ...] = ()
    goes_before: bool = False
    goes_on: bool = False

    @property
    def plain(self) -> str:
        """On one line."""
        return " ".join(self.text.split())


_LETTERS = re.compile(r"[^\W\d_]+")
_WHY_OF_TIER = {
    Tier.TOLERANT: Why.TOLERANT,
    Tier.DOCUMENT: Why.OVER_DOCUMENT,
    Tier.CASE: Why.OVER_CASE,
    Tier.SOME: Why.SOME_WORDS,
}
_ALNUMS = re.compile(r"[^\W_]+")
_RANKS = {kind: rank for rank, kind in enumerate(Match)}


def fresh_tags() -> tuple[str, str]:
    """Private-use characters around a nonce: no text can contain them by chance or on purpose."""
    nonce = secrets.token_hex(8)
    return f"\ue000{nonce}\ue001", f"\ue002{nonce}\ue003"


def tagged_spans(tagged: str, tags: tuple[str, str]) -> tuple[str, tuple[Span, ...]]:
    """The text without tags and the spans that stood between them."""
    parts: list[str] = []
    spans: list[Span] = []
    length = 0
    for index, piece in enumerate(tagged.split(tags[0])):
        marked, end, rest = piece.partition(tags[1]) if index else ("", "", piece)
        if index and not end:  # an opening tag without its end cannot be: keep the text, mark nothing
            marked, rest = "", marked + rest
        if marked:
            spans.append(Span(length, length + len(marked)))
        parts += [marked, rest]
        length += len(marked) + len(rest)
    return "".join(parts), tuple(spans)


def fragment_spans(fragments: Sequence[str], text: str, tags: tuple[str, str]) -> tuple[Span, ...]:
    """Where the engine's marks stand in the text. It cuts at NUL, drops pieces without marks, trims the rest."""
    pieces = re.finditer(r"[^\0]+", text)
    spans: list[Span] = []
    for fragment in fragments:
        plain, found = tagged_spans(fragment, tags)
        piece = next((piece for piece in pieces if piece.group().strip(TRIMMED) == plain.strip(TRIMMED)), None)
        if piece is None:
            return ()
        offset = piece.start() + piece.group().find(plain)
        spans += [Span(offset + span.start, offset + span.end) for span in found]
    return tuple(spans)


def mark_page(found: FoundText, terms: Terms, tier: Tier, ways: Sequence[Terms] = ()) -> Marks:
    """Join what the engine marked with references, dates and look-alike words found in the text itself.

    `ways`: of a question with alternatives, what may match together; the best of them gives the reason.
    """
    text = found.text
    patterned = [span for pattern in terms.patterns for span in _pattern_spans(text, pattern)]
    references = _canonical_spans(reference_spans, text, {r.value for r in terms.references}, Match.REFERENCE)
    findings = _wanted((), terms, fields.FINDINGS)
    dates = _canonical_spans(date_spans, text, _wanted(terms.dates, terms, fields.DATES), Match.DATE)
    others = [Span(start, end, Match.SPELLING) for start, end, _ in spans_of(text, findings)]
    misread = alike_spans(text, terms.every_word) if tier is Tier.TOLERANT else ()
    alike = [Span(start, end, Match.ALIKE) for start, end in misread]
    stemmed = [Span(span.start, span.end, Match.INFLECTED) for span in found.stemmed]
    why = min((_why(found, way) for way in ways or (terms,)), key=list(Why).index)
    varied = [] if why is Why.LITERAL else _varied_spans(found, terms)
    spans = joined([*found.literal, *stemmed, *references, *dates, *others, *alike, *varied, *patterned])
    if tier is not Tier.ALL:
        why = _WHY_OF_TIER[tier]
    elif references or dates:
        why = Why.REFERENCE if references else Why.DATE
    elif why is not Why.LITERAL and others:
        why = Why.SPELLING
    elif varied and why is not Why.TITLE:
        why = _why_varied(found, varied, why)
    return Marks(text, spans, why)


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sorted; what overlaps is one span."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and span.start < result[-1].end:
            before = result[-1]
            kind = min(before.kind, span.kind, key=_RANKS.__getitem__)
            result[-1] = Span(before.start, max(before.end, span.end), kind)
        else:
            result.append(span)
    return tuple(result)


def snippet_range(text: str, spans: Sequence[Span]) -> Span:
    """A piece of the text around the place where the most marks stand close together, cut at blanks."""
    anchor = _densest(spans)
    start = max(0, anchor - SNIPPET_BEFORE)
    end = min(len(text), start + SNIPPET_BEFORE + SNIPPET_AFTER)
    if start:
        blank = re.search(r"\s", text[start:anchor])
        start += blank.end() if blank else 0
    if end < len(text):
        last_blank = text.rfind(" ", anchor, end)
        end = last_blank if last_blank > anchor else end
    return Span(start, end)


def snippet(marks: Marks) -> Snippet:
    piece = snippet_range(marks.text, marks.spans)
    return Snippet(
        text=marks.text[piece.start : piece.end],
        spans=tuple(
            Span(max(span.start, piece.start) - piece.start, min(span.end, piece.end) - piece.start, span.kind)
            for span in marks.spans
            if span.start < piece.end and span.end > piece.start
        ),
        goes_before=piece.start > 0,
        goes_on=piece.end < len(marks.text),
    )


def _varied_spans(found: FoundText, terms: Terms) -> list[Span]:
    """Words that are joined, hyphenated or parted otherwise than in the question, and words that end with one of it."""
    wanted = {fold(without_joints(word)) for word in terms.words.split()}
    if len(wanted) > VARIED_WORDS:
        return []
    composed = ((start, end) for start, end, others in spelling_spans(found.text) if wanted & set(map(fold, others)))
    endings = tuple(word for word in wanted if len(word) >= SHORTEST_PART and word.isalpha())
    literal = {(span.start, span.end) for span in found.literal}
    spans = [Span(start, end, Match.SPELLING) for start, end in composed]
    for match in _LETTERS.finditer(found.text):
        folded = "" if match.span() in literal else fold(match.group())
        if folded in wanted:
            spans.append(Span(match.start(), match.end(), Match.SPELLING))
        elif folded.endswith(endings):
            spans.append(Span(match.start(), match.end(), Match.PART))
    return spans + [Span(start, end, Match.PART) for start, end in part_spans(found.text, wanted)]


def _pattern_spans(text: str, pattern: str) -> list[Span]:
    """Whole words of the text that a pattern with wildcards stands for."""
    wanted = expression(pattern)
    return [Span(*match.span()) for match in _ALNUMS.finditer(text) if wanted.fullmatch(fold(match.group()))]


def _holds_pattern(text: str, terms: Terms) -> bool:
    return any(_pattern_spans(text, pattern) for pattern in terms.patterns)


def _wanted(own: Iterable[Canonical], terms: Terms, field: str) -> set[str]:
    """Values of this field that the question asks for or may mean."""
    also = {value for canonical in terms.canonical for name, value in canonical.also if name == field}
    return {canonical.value for canonical in own} | also


def _canonical_spans(
    find: Callable[[str], Iterable[tuple[int, int, str]]], text: str, wanted: set[str], kind: Match
) -> list[Span]:
    """The text is read only where something is wanted: that takes longer than all other marks together."""
    return [Span(start, end, kind) for start, end, value in find(text) if value in wanted] if wanted else []


def _why(found: FoundText, terms: Terms) -> Why:
    if terms.empty:
        return Why.FILTER
    words = set(terms.every_word)
    if terms.patterns and not words:
        return Why.PATTERN if _holds_pattern(found.text, terms) else Why.COVER
    if words <= {word for span in found.literal for word in split_words(found.text[span.start : span.end])}:
        return Why.LITERAL
    if not found.literal and not found.stemmed:
        return _why_not_on_the_page(found, {fold(word) for word in words})
    return Why.INFLECTED if set(found.stemmed) - set(found.literal) else Why.PAGE_AND_COVER


def _why_varied(found: FoundText, varied: Sequence[Span], why: Why) -> Why:
    """Of a page with other spellings; another form of a word stays one."""
    spelt = {(span.start, span.end) for span in varied if span.kind is Match.SPELLING}
    inflected = {(span.start, span.end) for span in set(found.stemmed) - set(found.literal)}
    if inflected - spelt:
        return why
    return Why.SPELLING if spelt else Why.PART


def _why_not_on_the_page(found: FoundText, folded: set[str]) -> Why:
    if folded & {fold(word) for word in split_words(found.title)}:
        return Why.TITLE
    if folded & {fold(word) for word in split_words(found.cover)}:
        return Why.COVER
    return Why.FILE_NAME if folded & {fold(word) for word in split_words(found.path_words)} else Why.COVER


def _densest(spans: Sequence[Span]) -> int:
    """Where the piece begins that holds the most marks; of several the first."""
    if not spans:
        return 0
    reach = SNIPPET_AFTER - 20
    starts = sorted(span.start for span in spans)
    best, most, end = starts[0], 0, 0
    for index, start in enumerate(starts):
        while end < len(starts) and starts[end] < start + reach:
            end += 1
        if end - index > most:
            best, most = start, end - index
    return best
