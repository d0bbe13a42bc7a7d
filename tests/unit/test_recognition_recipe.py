"""How a page is read: its position, what of its ink was read, the vote of two engines, long pages."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from casefile.errors import Reason
from casefile.imaging.render import PageImage
from casefile.pagetext import PageText, TextSource, Word
from indexer.extract.ocr.engine import Layout
from indexer.extract.ocr.position import densest_strip, lies_on_its_side, rotate_level, skew
from indexer.extract.ocr.quality import coverage, find_letters, letter_mask
from indexer.extract.ocr.recipe import LOW_QUALITY, Page, read_page, shortfalls
from indexer.extract.ocr.second import opinion
from indexer.extract.ocr.second.opinion import Voted, is_doubtful, is_known, second_opinion, vote
from indexer.extract.ocr.strips import LONGEST_WHOLE, read_in_strips
from indexer.extract.ocr.words import Piece, Reading, assemble, level_back
from tests.material import FONT, page_image

LINES = "\n".join(f"Die Kaltmiete der Wohnung {n} beträgt monatlich 450 Euro und ist zu zahlen" for n in range(20))


@pytest.fixture(scope="module")
def page() -> Image.Image:
    return page_image(LINES)


@pytest.mark.parametrize("degrees", [-12.0, -4.0, 0.0, 2.0, 8.0])
def test_skew_is_found_and_taken_back(page: Image.Image, degrees: float) -> None:
    found = skew(rotate_level(page, degrees))
    assert found == pytest.approx(-degrees, abs=0.5)


def test_an_empty_page_is_level() -> None:
    assert skew(Image.new("L", (800, 1100), 255)) == 0.0


def test_the_axis_of_the_lines_is_seen(page: Image.Image) -> None:
    """With a dark border and a crease down the page, as scanners and photographs have them."""
    framed = page.copy()
    ImageDraw.Draw(framed).rectangle((0, 0, 60, page.height), fill=20)
    ImageDraw.Draw(framed).line((700, 0, 700, page.height), fill=0, width=3)
    for image in (page, framed):
        assert not lies_on_its_side(letter_mask(find_letters(image, 150)))
        assert not lies_on_its_side(letter_mask(find_letters(image.transpose(Image.Transpose.ROTATE_180), 150)))
        assert lies_on_its_side(letter_mask(find_letters(image.transpose(Image.Transpose.ROTATE_90), 150)))
        assert lies_on_its_side(letter_mask(find_letters(image.transpose(Image.Transpose.ROTATE_270), 150)))


def test_the_densest_strip_holds_the_lines() -> None:
    letters = np.zeros((1000, 800), dtype=bool)
    letters[700:730, 100:700] = True
    top, bottom = densest_strip(letters, 0.1)
    assert top <= 0.7
    assert bottom >= 0.73
    assert bottom - top == pytest.approx(0.1)


@given(st.floats(-15, 15), st.integers(200, 2000), st.integers(200, 2000))
def test_centres_of_words_return_to_the_shown_page(degrees: float, width: int, height: int) -> None:
    """A dark spot is turned as the page is; the box read there, taken back, has its centre where the spot was."""
    image = Image.new("L", (width, height), 255)
    image.paste(0, (width // 2 + width // 8, height // 2 - 4, width // 2 + width // 8 + 12, height // 2 + 8))
    levelled = rotate_level(image, degrees)
    rows, columns = np.nonzero(np.asarray(levelled) < 128)
    box = (
        columns.min() / levelled.width,
        rows.min() / levelled.height,
        (columns.max() + 1) / levelled.width,
        (rows.max() + 1) / levelled.height,
    )
    word = level_back(assemble([Piece("", "Wort", box, 90)]), degrees, levelled.size, image.size).words[0]
    x, y = (word.left + word.right) / 2 * width, (word.top + word.bottom) / 2 * height
    assert x == pytest.approx(width // 2 + width // 8 + 6, abs=2)
    assert y == pytest.approx(height // 2 + 2, abs=2)


@given(st.floats(-15, 15))
def test_levelling_cuts_no_corner_off(degrees: float) -> None:
    image = Image.new("L", (400, 600), 255)
    image.paste(0, (0, 0, 20, 20))
    assert (np.asarray(rotate_level(image, degrees)) < 128).sum() == pytest.approx(400, rel=0.15)


def boxes_of_lines(share: float, confidence: int) -> tuple[Word, ...]:
    """A box over the upper part of the page."""
    return (Word(0, 4, 0.0, 0.0, 1.0, share, confidence),)


def test_coverage_is_the_share_of_the_ink_that_was_read(page: Image.Image) -> None:
    assert coverage(find_letters(page, 150), boxes_of_lines(1.0, 90)) == 1.0
    assert coverage(find_letters(page, 150), ()) == 0.0
    assert coverage(find_letters(page, 150), boxes_of_lines(1.0, 30)) == 0.0
    ink = np.nonzero((np.asarray(page) < 128).any(axis=1))[0]
    middle = float(np.median(ink)) / page.height
    assert 0.3 < coverage(find_letters(page, 150), boxes_of_lines(middle, 90)) < 0.7


def test_pictures_and_lines_do_not_count_as_unread_text() -> None:
    image = page_image("\n".join(LINES.splitlines()[:6]))
    drawn = image.copy()
    ImageDraw.Draw(drawn).rectangle((100, 1200, 1100, 1600), fill=60)
    ImageDraw.Draw(drawn).line((50, 1650, 1200, 1650), fill=0, width=4)
    assert (
        coverage(find_letters(drawn, 150), boxes_of_lines(0.65, 90))
        == coverage(find_letters(image, 150), boxes_of_lines(0.65, 90))
        == 1.0
    )


def test_low_quality_is_a_shortfall_of_the_page() -> None:
    assert shortfalls(PageText("Wort", TextSource.OCR, quality=LOW_QUALITY)) == ()
    (found,) = shortfalls(PageText("Wort", TextSource.OCR, quality=LOW_QUALITY - 1))
    assert found.reason is Reason.LOW_QUALITY
    assert shortfalls(PageText("", TextSource.NONE)) == ()


# --- the second engine


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (("Wonnung", 60), ("Wohnung", 95), "Wohnung"),  # the word list knows one of them
        (("Wohnung", 60), ("Wonnung", 99), "Wohnung"),
        (("Quittenwalb", 50), ("Quittenwald", 90), "Quittenwald"),  # neither: the surer one
        (("Quittenwalb", 85), ("Quittenwald", 90), "Quittenwalb"),  # by too little
        (("Mädchenhort.", 70), ("Madchenhort.", 98), "Mädchenhort."),  # dots are not given up
        (("Miete,", 40), ("Miete", 99), "Miete,"),  # the same word
        (("Miete", 40), ("", 0), "Miete"),
        (("Monaten", 66), ("Mo nat en", 86), "Monaten"),
    ],
)
def test_the_vote(first: tuple[str, int], second: tuple[str, int], kept: str) -> None:
    assert vote(Voted(*first), Voted(*second)).text == kept


def test_agreement_makes_a_word_sure() -> None:
    assert vote(Voted("Quittenwald", 40), Voted("Quittenwald", 97)).confidence == 97


def test_only_doubtful_words_are_read_again() -> None:
    assert is_doubtful("Wohnung", 60)
    assert not is_doubtful("Wohnung", 80)
    assert is_doubtful("Quittenwalb", 80)
    assert not is_doubtful("Quittenwalb", 95)
    assert not is_doubtful("—", 10)


def test_typewriter_spelling_is_known() -> None:
    assert is_known("Übungen")
    assert is_known("Uebungen,")
    assert not is_known("Vebungen")


class Reader:
    """Answers every word with the same one and keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[int, int]] = []

    def identity(self) -> str:
        return "reader 1"

    def read_word(self, image: Image.Image) -> tuple[str, float]:
        self.shown.append(image.size)
        return "Wohnung", 99.0


def test_a_voted_word_takes_the_place_of_the_doubtful_one() -> None:
    first = assemble(
        [
            Piece("", "Die", (0.1, 0.1, 0.2, 0.12), 95),
            Piece(" ", "Wonnuug", (0.3, 0.1, 0.5, 0.12), 40),
            Piece("\n", "Ende", (0.1, 0.2, 0.2, 0.22), 95),
        ]
    )
    reader = Reader()
    found = second_opinion(reader, Image.new("L", (1000, 1000), 255), first)
    assert found.text == "Die Wohnung\nEnde"
    assert [found.text[w.start : w.end] for w in found.words] == ["Die", "Wohnung", "Ende"]
    assert (found.words[1].confidence, found.words[1][2:6]) == (99, (0.3, 0.1, 0.5, 0.12))
    assert reader.shown == [(206, 26)]


# --- engines that see what they are given


class Eye:
    """Sees a dark bar as a word, and nothing at all where the page does not stand upright (the bar is on top)."""

    languages = "deu"

    def __init__(self) -> None:
        self.heights: list[int] = []

    def identity(self) -> str:
        return "eye 1"

    def available_languages(self) -> frozenset[str]:
        return frozenset({"deu"})

    def read(self, image: Image.Image, dpi: float, layout: Layout = Layout.PAGE) -> Reading:
        self.heights.append(image.height)
        rows, columns = np.nonzero(np.asarray(image) < 100)
        if not rows.size:
            return assemble([])
        width, height = image.size
        box = (columns.min() / width, rows.min() / height, (columns.max() + 1) / width, (rows.max() + 1) / height)
        return assemble([Piece("", "Wort", box, 90)])


def test_long_pages_are_read_in_strips_with_boxes_on_the_whole_page() -> None:
    height = LONGEST_WHOLE * 3
    image = Image.new("L", (600, height), 255)
    image.paste(0, (100, height - 500, 300, height - 450))
    eye = Eye()
    found = read_in_strips(eye, image, 200)
    assert sum(eye.heights) == height
    assert max(eye.heights) <= LONGEST_WHOLE
    (word,) = found.words
    assert word.top * height == pytest.approx(height - 500, abs=1)
    assert word.bottom * height == pytest.approx(height - 450, abs=1)


def test_strips_are_cut_between_lines() -> None:
    height, line = LONGEST_WHOLE * 2, 60
    image = Image.new("L", (600, height), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(FONT), 30)
    for top in range(20, height - line, line):
        draw.text((20, top), f"Zeile {top} mit Text {random.Random(top).random()}", fill=0, font=font)
    tops: list[int] = []

    class Cutter(Eye):
        def read(self, image: Image.Image, dpi: float, layout: Layout = Layout.PAGE) -> Reading:
            tops.append(image.height)
            return assemble([])

    read_in_strips(Cutter(), image, 200)
    rows = np.asarray(image).min(axis=1)
    cuts = np.cumsum(tops)[:-1]
    assert len(cuts)
    assert all(rows[cut - 1] == 255 for cut in cuts)


def test_an_empty_page_is_never_read() -> None:
    eye = Eye()
    shown = PageImage(Image.new("L", (800, 1100), 250), 100.0, 595.0, 842.0)
    assert read_page(eye, None, Page(shown, lambda _dpi: shown)).source is TextSource.NONE
    assert eye.heights == []


def test_the_word_list_is_that_of_the_language_of_the_files() -> None:
    assert len(opinion._known_words()) > 100_000
