"""A page's text as HTML: paragraphs, tables, and marks that stay on their words."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from search_ui.retrieval.marking import Span
from search_ui.web.markup import page_text_html


def marked(text: str, word: str, flowing: bool = False) -> str:
    start = text.index(word)
    return str(page_text_html(text, [Span(start, start + len(word))], flowing))


def test_lines_of_a_sentence_are_put_together_and_paragraphs_stay() -> None:
    text = "Sie erhalten die\nbeantragte Leistung.\nMit freundlichen Grüßen\n\nAnlage:\nkopie"
    assert marked(text, "Leistung", flowing=True) == (
        "Sie erhalten die beantragte <mark>Leistung</mark>.\nMit freundlichen Grüßen\n\nAnlage:\nkopie"
    )
    assert "die\nbeantragte" in marked(text, "Leistung")


def test_lines_with_columns_are_a_table_and_the_cell_of_the_hit_is_marked() -> None:
    html = marked("Konto\nTag\tBetrag\n1.3.\t348,17 <EUR>\nEnde", "348,17")
    assert html == (
        'Konto\n<table class="textspalten"><tbody><tr><td>Tag</td><td>Betrag</td></tr>'
        "<tr><td>1.3.</td><td><mark>348,17</mark> &lt;EUR&gt;</td></tr></tbody></table>Ende"
    )


def test_a_single_line_with_a_tab_is_no_table() -> None:
    assert marked("Name:\tMüller\nOrt", "Müller") == "Name:\t<mark>Müller</mark>\nOrt"


def test_a_mark_over_two_cells_is_a_mark_in_each() -> None:
    text = "a\tb\nc\td"
    html = str(page_text_html(text, [Span(0, 3)], flowing=False))
    assert html.count("<mark>") == 2


@given(st.text(alphabet="ab<&.\t\n ", max_size=60), st.booleans(), st.data())
def test_no_letter_is_lost(text: str, flowing: bool, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    html = str(page_text_html(text, [Span(start, end)] if start < end else [], flowing))
    plain = re.sub(r"<[^>]*>", "", html).replace("&lt;", "<").replace("&amp;", "&")
    assert re.sub(r"\s", "", plain) == re.sub(r"\s", "", text)
    within = "".join(re.findall(r"<mark>(.*?)</mark>", html, re.DOTALL)).replace("&lt;", "<").replace("&amp;", "&")
    assert re.sub(r"\s", "", within) == re.sub(r"\s", "", text[start:end])
