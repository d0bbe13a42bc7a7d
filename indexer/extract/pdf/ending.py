"""Does the file have its end, and how many pages does it announce? Runs in a worker process only."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from casefile.errors import DocumentFault
from casefile.imaging.render import open_pdf
from indexer.extract.pdf.xfa import xfa_text

_TAIL = 4096
_HEAD = 2048
_LINEARIZED = re.compile(rb"/Linearized\b[^>]{0,500}?/N\s+(\d{1,6})")
_PAGE_TREE = re.compile(rb"(>)[^/]*|(/Type\s*/Pages\b)|/Count\s+(\d{1,6})")
_LONGEST_PAGE_TREE = 4000  # between the two names of one dictionary


@dataclass(frozen=True)
class PdfOverview:
    """`expected`: pages the file itself announces, None where it does not say; `cut_off`: its end is missing.

    `form`: the text of an XFA form, which stands on no page; `form_fault`: why it could not be read (German).
    """

    pages: int
    expected: int | None
    cut_off: bool
    form: str = ""
    form_fault: str = ""


def overview(path: Path) -> PdfOverview:
    with open_pdf(path) as document:
        pages = len(document)
        try:
            form, form_fault = xfa_text(document), ""
        except DocumentFault as fault:
            form, form_fault = "", fault.detail
    return replace(ending(path), pages=pages, form=form, form_fault=form_fault)


def ending(path: Path) -> PdfOverview:
    """What the bytes tell of a file that the renderer cannot open."""
    cut_off = is_cut_off(path)
    return PdfOverview(0, announced_pages(path) if cut_off else None, cut_off)


def is_cut_off(path: Path) -> bool:
    """A PDF ends with its end mark; a little garbage behind it is common."""
    with path.open("rb") as stream:
        stream.seek(max(0, stream.seek(0, 2) - _TAIL))
        return b"%%EOF" not in stream.read()


def announced_pages(path: Path) -> int | None:
    """The number of pages a cut-off file still names: its linearisation dictionary or a page tree's root."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        linear = _LINEARIZED.search(content, 0, _HEAD)
        if linear:
            return int(linear.group(1))
        return max(_counts(content), default=None)


def _counts(content: mmap.mmap) -> Iterator[int]:
    """/Count of every dictionary that is a page tree, in whichever order its names stand. Reads each byte once."""
    tree: int | None = None
    count: tuple[int, int] | None = None
    for found in _PAGE_TREE.finditer(content):
        if found.group(1):
            tree = count = None
        elif found.group(2):
            tree = found.end()
        else:
            count = found.end(), int(found.group(3))
        if tree is not None and count is not None:
            if abs(tree - count[0]) <= _LONGEST_PAGE_TREE:
                yield count[1]
            tree = count = None
