"""Texts as HTML: escaped first, so that nothing in them can be markup; what matched stands within `<mark>`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from markupsafe import Markup, escape

from search_ui.retrieval.marking import Snippet, Span

_MARK, _MARK_END = Markup("<mark>"), Markup("</mark>")
_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
# A line end within a sentence: neither a full stop nor a label stands before it, and no capital behind it.
_WITHIN_SENTENCE = re.compile(r"(?<=[^\s.:!?;])\n(?=[a-zäöüß(])")
_TABLE_ROWS = 2  # lines with columns, from which on they are a table


def marked_html(text: str, spans: Iterable[Span]) -> Markup:
    """`spans`: sorted, without overlap, within the text."""
    parts, position = [], 0
    for span in spans:
        parts += [escape(text[position : span.start]), _MARK, escape(text[span.start : span.end]), _MARK_END]
        position = span.end
    return Markup("").join([*parts, escape(text[position:])])


def snippet_html(snippet: Snippet) -> Markup:
    before = Markup("… ") if snippet.goes_before else Markup("")
    after = Markup(" …") if snippet.goes_on else Markup("")
    return before + marked_html(snippet.text, snippet.spans) + after


def page_text_html(text: str, spans: Sequence[Span], flowing: bool) -> Markup:
    """A page's text; lines with columns (parted by tabs) become tables.

    `flowing`: the line ends are those of the page's image, so that lines within a sentence are put together.
    """
    shown = _WITHIN_SENTENCE.sub(" ", text) if flowing else text  # of equal length: the spans stay right
    return Markup("").join(_block(shown, spans, lines, columns) for columns, lines in _blocks(shown))


def _blocks(text: str) -> Iterator[tuple[bool, list[tuple[int, int]]]]:
    """Runs of lines, as (start, end) each, and whether they are a table."""
    lines = [match.span() for match in _LINE.finditer(text)]
    for columns, run in groupby(lines, key=lambda line: "\t" in text[slice(*line)].strip()):
        found = list(run)
        yield columns and len(found) >= _TABLE_ROWS, found


def _block(text: str, spans: Sequence[Span], lines: Sequence[tuple[int, int]], columns: bool) -> Markup:
    if not columns:
        return _part(text, spans, lines[0][0], lines[-1][1])
    rows = Markup("").join(Markup("<tr>{}</tr>").format(_cells(text, spans, *line)) for line in lines)
    return Markup('<table class="textspalten"><tbody>{}</tbody></table>').format(rows)


def _cells(text: str, spans: Sequence[Span], start: int, end: int) -> Markup:
    cells, position = [], start
    for cell in text[start:end].rstrip("\n").split("\t"):
        cells.append(Markup("<td>{}</td>").format(_part(text, spans, position, position + len(cell))))
        position += len(cell) + 1
    return Markup("").join(cells)


def _part(text: str, spans: Sequence[Span], start: int, end: int) -> Markup:
    """A part of the text with what of the spans lies in it."""
    inside = (
        span._replace(start=max(span.start, start) - start, end=min(span.end, end) - start)
        for span in spans
        if span.start < end and span.end > start
    )
    return marked_html(text[start:end], inside)
