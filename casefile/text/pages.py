"""A page as it is searched, shown and marked, made from the page as it was read.

The derived store keeps what was read; these rules are applied when it is loaded into the index and when it is shown,
so that better rules need no new recognition. Both see the same string.
"""

from __future__ import annotations

from casefile.pagetext import PageText, TextSource
from casefile.text.borders import border_edits
from casefile.text.edits import edited_page
from casefile.text.letters import letter_edits
from casefile.text.linebreaks import line_break_edits
from casefile.text.spacing import spacing_edits

_BEGINNING = 3000  # characters of the following page that can matter


def searched_page(page: PageText, following: PageText | None = None) -> PageText:
    """`following`: the page after it as it was read, where there is one; a word broken between them is completed."""
    if following is not None:  # first of all: later steps would join the last word to a running title below it
        beginning = searched_text(following.text[:_BEGINNING])
        page = edited_page(page, border_edits(page.text, beginning))
    return _whole_words(page)


def searched_text(text: str) -> str:
    """The same for a text without boxes, such as a question."""
    return _whole_words(PageText(text, TextSource.LAYER)).text


def _whole_words(page: PageText) -> PageText:
    page = edited_page(page, line_break_edits(page.text))
    page = edited_page(page, letter_edits(page.text))
    return edited_page(page, spacing_edits(page))
