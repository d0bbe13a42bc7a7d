"""Which parts of a page's text matched and why, as spans of the text and as boxes on the image."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from casefile.pagetext import PageText
from casefile.references import date_spans, reference_spans
from search_ui.retrieval.alike import alike_spans
from search_ui.retrieval.query import Tier
from search_ui.retrieval.question.terms import Terms, fold, split_words

SNIPPET_BEFORE = 60
SNIPPET_AFTER = 160
TRIMMED = "".join(map(chr, range(0x21))) + "\u2029"  # what the engine's highlighter takes off both ends
LINE_TOLERANCE = 0.6  # words belong to one line where their boxes overlap by this share of their height


class Why(StrEnum):
    """The reason shown with a hit, and in `search --json`."""

    LITERAL = "wörtlich"
    INFLECTED = "Beugung"
    REFERENCE = "Aktenzeichen"
    DATE = "Datum"
    COVER = "Deckblatt"
    TITLE = "Titel"
    PAGE_AND_COVER = "Seite und Deckblatt"
    TOLERANT = "OCR-tolerant"
    SOME_WORDS = "nicht alle Wörter"
    FILTER = "Filter"


class Match(StrEnum):
    """What a span of the text has in common with the question; of overlapping spans the first of these holds."""

    LITERAL = "literal"
    REFERENCE = "reference"
    DATE = "date"
    INFLECTED = "inflected"
    ALIKE = "alike"


class Span(NamedTuple):
    """Characters of a text, from `start` to before `end`."""

    start: int
    end: int
    kind: Match = Match.LITERAL


class Box(NamedTuple):
    """A marked box in thousandths of the page, as SVG takes it."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class FoundText:
    """A page as the engine gave it back: what it marked literally, and by stem."""

    text: str
    title: str = ""
    literal: tuple[Span, ...] = ()
    stemmed: tuple[Span, ...] = ()


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


def mark_page(found: FoundText, terms: Terms, tier: Tier) -> Marks:
    """Join what the engine marked with references, dates and look-alike words found in the text itself."""
    text = found.text
    references = _canonical_spans(reference_spans(text), {r.value for r in terms.references}, Match.REFERENCE)
    dates = _canonical_spans(date_spans(text), {d.value for d in terms.dates}, Match.DATE)
    misread = alike_spans(text, terms.every_word) if tier is Tier.TOLERANT else ()
    alike = [Span(start, end, Match.ALIKE) for start, end in misread]
    stemmed = [Span(span.start, span.end, Match.INFLECTED) for span in found.stemmed]
    spans = joined([*found.literal, *stemmed, *references, *dates, *alike])
    if tier is not Tier.ALL:
        why = Why.TOLERANT if tier is Tier.TOLERANT else Why.SOME_WORDS
    elif references or dates:
        why = Why.REFERENCE if references else Why.DATE
    else:
        why = _why(found, terms)
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


def boxes(page: PageText, spans: Sequence[Span]) -> tuple[Box, ...]:
    """Boxes of the words that the spans touch; neighbours on one line within a span become one box.

    Words and spans stand in the order of the text, spans without overlap: each word is looked at about once.
    """
    found: list[Box] = []
    words, first = page.words, 0
    for span in spans:
        while first < len(words) and words[first].end <= span.start:
            first += 1
        behind = first
        while behind < len(words) and words[behind].start < span.end:
            behind += 1
        run: list[float] = []
        for word in words[first:behind]:
            edges = list(word[2:6])
            if run and _same_line(run, edges):
                run = [min(run[0], edges[0]), min(run[1], edges[1]), max(run[2], edges[2]), max(run[3], edges[3])]
            else:
                found += [_box(run)] if run else []
                run = edges
        found += [_box(run)] if run else []
    return tuple(found)


def _canonical_spans(found: Iterable[tuple[int, int, str]], wanted: set[str], kind: Match) -> list[Span]:
    return [Span(start, end, kind) for start, end, value in found if value in wanted]


def _why(found: FoundText, terms: Terms) -> Why:
    if terms.empty:
        return Why.FILTER
    words = set(terms.every_word)
    if words <= {word for span in found.literal for word in split_words(found.text[span.start : span.end])}:
        return Why.LITERAL
    if not found.literal and not found.stemmed:
        in_title = {fold(word) for word in split_words(found.title)} & {fold(word) for word in words}
        return Why.TITLE if in_title else Why.COVER
    return Why.INFLECTED if set(found.stemmed) - set(found.literal) else Why.PAGE_AND_COVER


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


def _same_line(run: Sequence[float], edges: Sequence[float]) -> bool:
    overlap = min(run[3], edges[3]) - max(run[1], edges[1])
    return overlap > LINE_TOLERANCE * min(run[3] - run[1], edges[3] - edges[1])


def _box(edges: Sequence[float]) -> Box:
    left, top, right, bottom = (round(1000 * edge) for edge in edges)
    return Box(left, top, max(1, right - left), max(1, bottom - top))
