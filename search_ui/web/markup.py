"""Spans of a text as `<mark>`: the text is escaped first, so that nothing in it can be markup."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from search_ui.retrieval.marking import Snippet, Span

_MARK, _MARK_END = Markup("<mark>"), Markup("</mark>")


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
