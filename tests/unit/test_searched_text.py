"""The text as it is searched: broken and spaced words whole, signs without a sound gone, boxes in step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.pagetext import PageText, TextSource, Word
from casefile.text.edits import Edit, OffsetMap, edited
from casefile.text.pages import searched_page, searched_text
from casefile.text.spacing import wide_run_edits

LINE = 0.02  # height of a line on the pages of these tests


def page(text: str) -> PageText:
    """Every blank-free piece has a box: its column and its line."""
    words: list[Word] = []
    start = 0
    for number, line in enumerate(text.split("\n")):
        column = 0
        for piece in line.split(" "):
            if piece:
                begin, end = start + column, start + column + len(piece)
                left, right = column / 100, (column + len(piece)) / 100
                words.append(Word(begin, end, left, number * LINE, right, number * LINE + 0.01, 90))
            column += len(piece) + 1
        start += len(line) + 1
    return PageText(text, TextSource.OCR, tuple(words), 90.0, 595, 842)


@pytest.mark.parametrize(
    ("read", "searched"),
    [
        ("der Schafgarben-\ngenossenschaft. Ferner", "der Schafgarbengenossenschaft.\nFerner"),
        ("der Schafgarben\u00ad\ngenossenschaft", "der Schafgarbengenossenschaft"),
        ("der Schafgarben\u2010 \n genossenschaft hier", "der Schafgarbengenossenschaft\nhier"),
        ("Schafgarben\u00ac\ngenossenschaft", "Schafgarbengenossenschaft"),
        ("Donau-\ndampf-\nschiff fährt", "Donaudampfschiff\nfährt"),
        ("am Absatzende ge-\n\ntrennt", "am Absatzende getrennt"),
        ("Herr Hans-\nPeter Muster", "Herr Hans-Peter\nMuster"),
        ("eine E-\nMail", "eine E-Mail"),
        ("das EU-\nrechtliche Verbot", "das EU-rechtliche\nVerbot"),
        ("ein 3-\njähriges Kind", "ein 3-jähriges\nKind"),
        ("Haupt-\nund Nebenkosten", "Haupt-\nund Nebenkosten"),
        ("Haupt- und Nebenkosten", "Haupt- und Nebenkosten"),
        ("Ein-\nbzw. Auszug", "Ein-\nbzw. Auszug"),
        ("2019-\n2021", "2019-\n2021"),
        ("Liste:\n- eins\n- zwei", "Liste:\n- eins\n- zwei"),
        ("Gedanke –\nund weiter", "Gedanke –\nund weiter"),
    ],
)
def test_words_broken_at_line_ends(read: str, searched: str) -> None:
    assert searched_text(read) == searched


@pytest.mark.parametrize(
    ("read", "searched"),
    [
        ("Koﬃnvertrag, Schiﬀsregister, Eﬃzienz", "Koffinvertrag, Schiffsregister, Effizienz"),
        ("Auf\u200clage Taﬀet\u200bweste", "Auflage Taffetweste"),
        ("Waſſerſtand", "Wasserstand"),
        ("Müll\u00adabfuhr", "Müllabfuhr"),
        ("می\u200cخواهم 👩\u200d👧", "می\u200cخواهم 👩\u200d👧"),
    ],
)
def test_signs_that_mean_the_same_letters(read: str, searched: str) -> None:
    assert searched_text(read) == searched


@pytest.mark.parametrize(
    ("read", "searched"),
    [
        ("B e s c h e i d vom 3. Mai", "Bescheid vom 3. Mai"),
        ("B E S C H E I D", "BESCHEID"),
        ("B i t t e W i e s e n k n o p f", "Bitte Wiesenknopf"),
        ("Wir bitten d r i n g e n d, zu zahlen", "Wir bitten dringend, zu zahlen"),
        ("Spalten A B C D E F", "Spalten A B C D E F"),
        ("x x x x x", "x x x x x"),
        ("a b c", "a b c"),
        ("z. B. u. a. m.", "z. B. u. a. m."),
        ("J. R. R. Muster", "J. R. R. Muster"),
    ],
)
def test_spaced_words(read: str, searched: str) -> None:
    assert searched_text(read) == searched


def test_wide_blanks_part_spaced_words() -> None:
    def wide(text: str) -> str:
        return edited(text, wide_run_edits(text))

    assert wide("B i t t e   W i e s e   z a h l e n jetzt") == "Bitte Wiese zahlen jetzt"
    assert wide("b  i  t  t  e    z  a  h  l  e  n") == "bitte zahlen"
    assert wide("A B C   D E F") == "A B C   D E F"


def test_boxes_tell_where_a_spaced_word_ends() -> None:
    letters = "f r i s t z u m"
    places = [0.10, 0.12, 0.14, 0.16, 0.18, 0.26, 0.28, 0.30]  # the gap before "zum" is wider
    words = tuple(Word(2 * place, 2 * place + 1, left, 0.5, left + 0.01, 0.52, 90) for place, left in enumerate(places))
    searched = searched_page(PageText(letters, TextSource.LAYER, words, 100.0))
    assert searched.text == "frist zum"
    assert [word.left for word in searched.words if word.start >= 6] == [0.26, 0.28, 0.30]


def test_each_part_of_a_joined_word_keeps_its_box() -> None:
    searched = searched_page(page("über Schafgarben-\ngenossenschaft heute"))
    assert [searched.text[word.start : word.end] for word in searched.words] == [
        "über",
        "Schafgarben",
        "genossenschaft",
        "heute",
    ]
    _, first, second, _ = searched.words
    assert (first.top, second.top) == (0.0, LINE)


@pytest.mark.parametrize(
    ("this", "following", "completed"),
    [
        ("vom Schafgarben-", "genossenschaft eV", "vom Schafgarbengenossenschaft"),
        ("vom Schafgarben-\nSeite 1 von 2", "genossenschaft", "vom Schafgarbengenossenschaft\nSeite 1 von 2"),
        ("Amt Nord\nvom Schaf-\n- 3 -", "Amt Nord\ngarben\n- 4 -", "Amt Nord\nvom Schafgarben\n- 3 -"),
        ("vom Schaf-\nAz. 12/2021, Blatt 3", "garben\nAz. 12/2021, Blatt 4", "vom Schafgarben\nAz. 12/2021, Blatt 3"),
        ("Haupt-", "und Nebenkosten", "Haupt-"),
        ("Jahre 2019-", "2021", "Jahre 2019-"),
        ("Hans-", "Peter", "Hans-Peter"),
        ("zu Ende.", "weiter", "zu Ende."),
        ("vom Schaf-", "", "vom Schaf-"),
        ("", "garben", ""),
    ],
)
def test_words_broken_over_a_page_border(this: str, following: str, completed: str) -> None:
    searched = searched_page(page(this), page(following))
    assert searched.text == completed
    assert all(word.end <= len(completed) for word in searched.words)


def test_a_completed_word_is_marked_where_its_first_part_stands() -> None:
    searched = searched_page(page("vom Schaf-"), page("garben"))
    assert searched.text[searched.words[-1].start : searched.words[-1].end] == "Schafgarben"


SIGNS = st.sampled_from([*"abzAZäß19 -\n.,:'’_()", "\u00ad", "\u2010", "\u00ac", "ﬃ", "ſ", "\u200b", "\u200c", "\t"])
TEXTS = st.text(SIGNS, max_size=80) | st.text(max_size=40)


@given(TEXTS)
def test_what_is_searched_is_searched_as_it_is(text: str) -> None:
    assert searched_text(searched_text(text)) == searched_text(text)


LETTERS_OF = str.maketrans({"ﬃ": "ffi", "ſ": "s", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


def spelled(text: str) -> str:
    text = text.translate(LETTERS_OF).replace("ĳ", "ij").replace("Ĳ", "IJ")
    return "".join(letter for letter in text if letter.isalnum())


@given(TEXTS)
def test_no_letter_and_no_digit_is_lost(text: str) -> None:
    assert spelled(searched_text(text)) == spelled(text)


@given(TEXTS, TEXTS)
def test_a_completed_page_begins_and_ends_with_its_own_letters(text: str, following: str) -> None:
    ours, completed = spelled(text), spelled(searched_page(page(text), page(following)).text)
    shared = next((n for n, (a, b) in enumerate(zip(ours, completed, strict=False)) if a != b), len(ours))
    assert completed.endswith(ours[shared:])


@given(TEXTS)
def test_words_stay_in_order_and_in_the_text(text: str) -> None:
    before, after = page(text), searched_page(page(text))
    assert all(0 <= word.start < word.end <= len(after.text) for word in after.words)
    assert list(after.words) == sorted(after.words, key=lambda word: word.start)
    boxes = [word[2:] for word in before.words]
    assert [box for box in boxes if box in {word[2:] for word in after.words}] == [word[2:] for word in after.words]


@st.composite
def edits_of(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(st.text(max_size=30))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return text, [Edit(start, end, draw(st.text(max_size=4))) for start, end in pairs]


@given(edits_of())
def test_the_map_is_total_and_never_runs_back(made: tuple[str, list[Edit]]) -> None:
    text, edits = made
    moved, new = OffsetMap.of(edits), edited(text, edits)
    places = [moved[offset] for offset in range(len(text) + 1)]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (0, len(new)) or not text or edits
    replaced = {offset for edit in edits for offset in range(edit.start, edit.end)}
    assert all(new[moved[o]] == text[o] for o in range(len(text)) if o not in replaced)


@pytest.mark.parametrize("piece", ["a-\n", "a b ", "a - ", "B\u00ad\n", "-\n", "x  y "])
def test_a_hostile_text_keeps_its_letters(piece: str) -> None:
    hostile = piece * (300_000 // len(piece))
    assert spelled(searched_text(hostile)) == spelled(hostile)
    assert spelled(edited(hostile, wide_run_edits(hostile))) == spelled(hostile)
