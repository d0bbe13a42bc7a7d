"""What stands on a page as its heading: large lines, the first lines, the subject of a letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median

from casefile.pagetext import PageText

FIRST_LINES = 3
SUBJECT_LINES = 3  # above the salutation
LOOKED_AT = 60  # lines of a page
LONGEST_LINE = 110  # characters; what is longer is running text
MOST_LINES = 12
LARGE = 1.3  # times the usual height of a page's words
_SALUTATION = re.compile(r"(sehr geehrte|guten tag|liebe[rs]?\b|hallo\b|dear )", re.IGNORECASE)
_SUBJECT = re.compile(r"(betreff|betrifft|betr\.|subject)\s{0,4}:?\s{1,20}\S", re.IGNORECASE)
_RUNNING = re.compile(r"[.,;]$")  # a sentence, or a part of one
_LETTERS = re.compile(r"[^\W\d_]{3}")


def headings(page: PageText) -> tuple[str, ...]:
    """Lines in the order of the page, each once; a page of running text has its first lines."""
    lines = [(match.start(), match.group().strip()) for match in re.finditer(r"[^\n]+", page.text)]
    lines = [(start, line) for start, line in lines if line][:LOOKED_AT]
    wanted = sorted({*range(FIRST_LINES), *_subjects(lines), *_large(page, lines)})
    found = (lines[number][1] for number in wanted if number < len(lines))
    return tuple(dict.fromkeys(line for line in found if _is_heading(line)))[:MOST_LINES]


def _is_heading(line: str) -> bool:
    return len(line) <= LONGEST_LINE and _LETTERS.search(line) is not None and not _RUNNING.search(line)


def _subjects(lines: list[tuple[int, str]]) -> Iterator[int]:
    for number, (_, line) in enumerate(lines):
        if _SUBJECT.match(line):
            yield number
        elif _SALUTATION.match(line):
            yield from range(max(0, number - SUBJECT_LINES), number)
            return


def _large(page: PageText, lines: list[tuple[int, str]]) -> Iterator[int]:
    """Lines whose words are all clearly higher than the page's words usually are."""
    if not page.words:
        return
    usual = median(word.bottom - word.top for word in page.words)
    height: dict[int, float] = {}
    starts = [start for start, _ in lines]
    number = 0
    for word in page.words:
        while number + 1 < len(starts) and starts[number + 1] <= word.start:
            number += 1
        height[number] = min(height.get(number, 1.0), word.bottom - word.top)
    yield from (number for number, high in height.items() if usual > 0 and high > LARGE * usual)
