"""What extraction hands on: a document's pages, what it carries inside, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from casefile.errors import Reason, Shortfall
from casefile.pagetext import PageText

Box = tuple[float, float, float, float]  # left, top, right, bottom: fractions of the shown page


@dataclass(frozen=True)
class Region:
    """The part of a page that is to be recognised: inside `clip`, with the boxes of `read` painted white.

    `drawn`: there is much like writing outside of pictures; where recognition finds none, something is not read.
    """

    clip: Box
    read: tuple[Box, ...] = ()
    drawn: bool = False


@dataclass(frozen=True)
class Repair:
    """A text layer says one thing and shows another. `pairs`: what it says, and what stands on the page instead.

    Signs that no document is written in are mended whatever stands in their place.
    """

    pairs: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class ExtractedPage:
    """`text` is set (a usable text, or blank), or `needs_ocr`, or `fault` says why neither.

    A page with both `text` and `needs_ocr` is read in part: recognition adds to the text and never replaces it.
    `region`: where; None: the whole page, of which the text then holds only what recognition cannot see. With
    `repair`, recognition of the whole page mends the words of a text layer whose letters are mapped wrongly.

    A page that stands for an unknown remainder (a cut-off file whose number of pages is not known) has a fault too.
    `detail`: German, for the operator. `shortfalls`: what the text is known to lack, on a page with a text or one that
    will be recognised; such a page ends as partial.
    """

    number: int
    text: PageText | None = None
    needs_ocr: bool = False
    fault: Reason | None = None
    detail: str = ""
    shortfalls: tuple[Shortfall, ...] = ()
    region: Region | None = None
    repair: Repair | None = None

    def __post_init__(self) -> None:
        if (self.text is not None or self.needs_ocr) == (self.fault is not None):
            raise ValueError("a page has a text or needs recognition, or it has a fault")
        if self.fault is not None and self.shortfalls:
            raise ValueError("a page without text lacks all of it")


@dataclass(frozen=True)
class Embedded:
    """A document inside another: an attachment, an archive's entry, a large picture pasted into a letter.

    `ordinal` counts from 0 in the container's own order and is stable. Where the bytes could not be had, `content` is
    empty and `fault` says why; such an entry is recorded, never dropped.
    """

    name: str
    ordinal: int
    content: bytes
    media_type: str
    fault: Reason | None = None
    detail: str = ""


@dataclass(frozen=True)
class Extracted:
    """A document's content. `pages` is never empty; `created` is ISO 8601 or empty.

    `notes`: German remarks on what was read in full (wrong suffix, repaired file). What is missing is never a note
    but a fault or a shortfall of a page.
    """

    media_type: str
    pages: tuple[ExtractedPage, ...]
    title: str = ""
    author: str = ""
    created: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    embedded: tuple[Embedded, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def page_count(self) -> int:
        return len(self.pages)
