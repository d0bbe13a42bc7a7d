"""One text per page from all that was read of it: parser, renderer, fields, notes. Runs in a worker process only.

Tika's text is the text. What the renderer sees and it lacks (stamps, signatures, values in drawn fields) is added, with
its boxes; ink that neither explains goes to recognition, as a part of the page where the rest is sound.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from casefile.errors import Reason, Shortfall
from casefile.imaging.render import init_forms, open_pdf
from casefile.pagetext import PageText, TextSource
from indexer.extract.markup import tidy
from indexer.extract.parts.mend import is_strange_word
from indexer.extract.pdf.align import BoxedToken, align, place_words
from indexer.extract.pdf.ink import Unread
from indexer.extract.pdf.layer import (
    DISAGREE,
    LITTLE,
    PICTURE_SHARE,
    UNRELIABLE,
    PageFacts,
    is_recognised,
    strange_share,
    why_unusable,
)
from indexer.extract.pdf.scan import PdfPage, scan_page
from indexer.extract.pdf.witness import LINES_OF_PAGE, SampleLine, choose, lines_of
from indexer.extract.result import ExtractedPage, Region, Repair

# Cells of writing (2 mm each) from which a part of a page is recognised; less is a speck or the rest of a letter.
_LEAST_UNREAD = 6
# Boxes of an older recognition are loose: slivers of its lines stay, a missed paragraph or stamp is larger.
_LEAST_UNREAD_BESIDE_RECOGNISED = 40
# Drawn cells that are more than a crest or a row of boxes to tick.
_MUCH_DRAWN = 60
_SAMPLED_PAGES = 3
_WHOLE = (0.0, 0.0, 1.0, 1.0)
# Words looked up in the page's text one by one; a page with more that differ is no page of text.
_MOST_LOOKED_UP = 3000


@dataclass(frozen=True)
class Draft:
    """What is read from one page without looking at the others. `recognised`: its text layer comes from an earlier
    recognition; `beside`: notes and form values, kept even where the layer is replaced.

    `lines`: of a page whose layer is its text, those that show most of its letters; `fonts`: the embedded ones. `words`
    are there only while lines are chosen.
    """

    page: ExtractedPage
    recognised: bool = False
    beside: PageText | None = None
    lines: tuple[SampleLine, ...] = ()
    fonts: frozenset[str] = frozenset()
    words: tuple[BoxedToken, ...] = ()


def read_pages(path: Path, first: int, texts: Sequence[str], cut_off: bool) -> list[Draft]:
    """Pages from `first` on, one for each of the parser's `texts` ("" where it has none)."""
    with open_pdf(path) as document:
        init_forms(document)
        drafts = [compose(text, scan_page(document, number), cut_off) for number, text in enumerate(texts, start=first)]
    return [*_sampled(drafts)]


def _sampled(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Lines to sample from the first pages of each font; looking at all pages would cost more than it tells."""
    pages: Counter[str] = Counter()
    for draft in drafts:
        new = any(pages[font] < _SAMPLED_PAGES for font in draft.fonts)
        pages.update(draft.fonts)
        lines = choose(lines_of(draft.page.number, draft.words), LINES_OF_PAGE) if new else []
        yield replace(draft, words=(), lines=tuple(lines))


def compose(text: str, scanned: PdfPage, cut_off: bool) -> Draft:
    if scanned.fault is not None:
        return Draft(text_only(scanned.number, text, scanned.fault, scanned.detail))
    if scanned.empty and cut_off:
        return Draft(
            ExtractedPage(scanned.number, fault=Reason.TRUNCATED, detail="Der Inhalt der Seite fehlt in der Datei")
        )
    best, why = _best_text(text, scanned)
    page = _unfit(scanned, best, why) if why else _fit(scanned, best)
    if why or is_recognised(scanned.facts):
        beside = _known(scanned, "", ())
        return Draft(page, is_recognised(scanned.facts), beside if beside.text else None)
    words = scanned.facts.words
    return Draft(page, words=tuple(words), fonts=frozenset(word.font for word in words if word.font))


def text_only(number: int, text: str, reason: Reason, detail: str) -> ExtractedPage:
    """A page that cannot be rendered: its text counts where it is sound, but what else is on it is not known."""
    if why_unusable(text, PageFacts(())):
        return ExtractedPage(number, fault=reason, detail=detail)
    own = PageText(text, TextSource.LAYER, quality=100.0)
    return ExtractedPage(number, text=own, shortfalls=(Shortfall(reason, detail),))


def _best_text(text: str, scanned: PdfPage) -> tuple[str, str]:
    """Tika's text; where it is no good the renderer's; where both are not, why. Where they differ, only the image
    tells which is right.
    """
    values = [tidy(field.text) for field in scanned.fields]
    why = why_unusable("\n".join([text, *values]), scanned.facts)
    if why and why != DISAGREE and not why_unusable("\n".join([scanned.text, *values]), scanned.facts):
        return scanned.text, ""
    return text, why


def _fit(scanned: PdfPage, text: str) -> ExtractedPage:
    """The layer is the page's text; what else is on the page is added to it, or recognised where it is ink alone."""
    known = _known(scanned, text, scanned.facts.words)
    least = _LEAST_UNREAD_BESIDE_RECOGNISED if is_recognised(scanned.facts) else _LEAST_UNREAD
    if any(is_strange_word(word) for word in text.split()):
        return ExtractedPage(scanned.number, text=known, needs_ocr=True, detail=UNRELIABLE, repair=Repair())
    if scanned.unread is None or scanned.unread.cells < least:
        return ExtractedPage(scanned.number, text=known)
    return _partly(scanned, scanned.unread, known, "Bild oder Zeichnung neben dem Text")


def _unfit(scanned: PdfPage, text: str, why: str) -> ExtractedPage:
    """The page must be recognised. What recognition cannot see (notes, values) and a sound, visible text stay."""
    visible = scanned.facts.hidden <= 0.5 and why in LITTLE
    if visible and scanned.unread is not None:
        return _partly(scanned, scanned.unread, _known(scanned, text, scanned.facts.words), why)
    own = text if why in LITTLE and strange_share(text) == 0 else ""
    known = _known(scanned, own, scanned.facts.words if own else ())
    return ExtractedPage(scanned.number, text=known if known.text else None, needs_ocr=True, detail=why)


def _partly(scanned: PdfPage, unread: Unread, known: PageText, why: str) -> ExtractedPage:
    clip = _WHOLE if scanned.facts.picture >= PICTURE_SHARE else unread.clip
    region = Region(clip, tuple(word.box for word in scanned.facts.words), unread.drawn >= _MUCH_DRAWN)
    return ExtractedPage(scanned.number, text=known, needs_ocr=True, detail=why, region=region)


def _known(scanned: PdfPage, text: str, words: Sequence[BoxedToken]) -> PageText:
    """Text, filled-in fields, what the renderer sees beyond them, notes: each on lines of its own."""
    boxed = [*words, *_split(scanned.fields), *_split(note for _, note in scanned.notes)]
    read = "\n".join(filter(None, [text, *(tidy(field.text) for field in scanned.fields)]))
    aligned = align(read, boxed)
    added = [*_unread_lines(read, aligned.unmatched), *_missing_notes(read, scanned.notes)]
    full = "\n".join(filter(None, [read, *added]))
    placed = place_words(full, boxed) if added else aligned.words
    return PageText(full, TextSource.LAYER, placed, 100.0, scanned.width, scanned.height)


def _split(tokens: Iterable[BoxedToken]) -> list[BoxedToken]:
    """Every word of a field or note has its box."""
    return [BoxedToken(word, token.box) for token in tokens for word in tidy(token.text).split()]


def _missing_notes(text: str, notes: Sequence[tuple[str, BoxedToken]]) -> list[str]:
    said = Lookup(text)
    missing = [(author, note.text) for author, note in notes if not said.has(note.text)]
    return [f"{author}: {note}" if author else note for author, note in missing]


def _unread_lines(text: str, unmatched: Sequence[BoxedToken]) -> list[str]:
    """What the renderer reads and the text lacks, in lines as they stand on the page."""
    said = Lookup(text)
    words = [word for word in unmatched[:_MOST_LOOKED_UP] if not said.has(word.text)]
    lines: list[str] = []
    for index, word in enumerate(words):
        if index and _on_one_line(words[index - 1], word):
            lines[-1] += f" {tidy(word.text)}"
        else:
            lines.append(tidy(word.text))
    return lines


def _on_one_line(one: BoxedToken, other: BoxedToken) -> bool:
    return min(one.box[3], other.box[3]) > max(one.box[1], other.box[1])


class Lookup:
    """Does a text hold these letters, however they are split into words and lines?"""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _letters(self) -> str:
        return letters(self._text)

    def has(self, words: str) -> bool:
        """True too for what has no letters, or signs that nobody searches for."""
        return strange_share(words) > 0 or letters(words) in self._letters


def letters(text: str) -> str:
    """Letters and digits alone, in one spelling."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
