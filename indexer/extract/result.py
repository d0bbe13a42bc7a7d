"""What extraction hands on: a document's pages, what it carries inside, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from casefile.errors import Reason, Shortfall
from casefile.pagetext import PageText


@dataclass(frozen=True)
class ExtractedPage:
    """Exactly one of: `text` is set (a usable text, or blank), `needs_ocr`, or `fault` says why neither.

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

    def __post_init__(self) -> None:
        if (self.text is not None) + self.needs_ocr + (self.fault is not None) != 1:
            raise ValueError("a page has a text, or needs recognition, or a fault")
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
