from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from indexer.extract.ocr.recognise import page_key
from indexer.extract.ocr.words import Piece, assemble, rotate_back

BOX = (0.1, 0.2, 0.3, 0.25)


def test_words_lines_and_paragraphs() -> None:
    reading = assemble(
        [
            Piece("\n\n", "Sehr", BOX, 95),
            Piece(" ", "geehrte", BOX, 90),
            Piece("\n", "Frau", BOX, 96),
            Piece("\n\n", "Miete", BOX, 50),
        ]
    )
    assert reading.text == "Sehr geehrte\nFrau\n\nMiete"
    assert [reading.text[w.start : w.end] for w in reading.words] == ["Sehr", "geehrte", "Frau", "Miete"]
    assert reading.sure_words == 3


def test_decomposed_letters_are_composed_before_offsets_are_taken() -> None:
    reading = assemble([Piece("", "Mu\u0308ller", BOX, 95), Piece(" ", "Ko\u0308ln", BOX, 95)])
    assert reading.text == "Müller Köln"
    assert [reading.text[w.start : w.end] for w in reading.words] == ["Müller", "Köln"]


def test_noise_goes_but_its_line_break_stays() -> None:
    reading = assemble([Piece("\n\n", "Name", BOX, 95), Piece("\n", "|", BOX, 20), Piece(" ", "Müller", BOX, 93)])
    assert reading.text == "Name\nMüller"


def test_quality_is_the_confidence_of_letters() -> None:
    reading = assemble([Piece("", "abcdefghi", BOX, 90), Piece(" ", "x", BOX, 0)])
    assert reading.confidence == 81.0
    assert assemble([]).confidence == 0.0


PIECES = st.lists(
    st.builds(
        Piece,
        st.sampled_from(["", " ", "\n", "\n\n"]),
        st.sampled_from(["Wort", "a", "|", "–", "12,50", ""]),
        st.just(BOX),
        st.integers(0, 100),
    )
)


@given(PIECES)
def test_offsets_always_point_at_the_words(pieces: list[Piece]) -> None:
    reading = assemble(pieces)
    kept = [reading.text[w.start : w.end] for w in reading.words]
    assert all(word in {"Wort", "a", "|", "–", "12,50"} for word in kept)
    assert all(a.end <= b.start for a, b in zip(reading.words, reading.words[1:], strict=False))
    assert reading.text == reading.text.strip()


@given(st.sampled_from([90, 180, 270]))
def test_boxes_of_a_turned_page_return_to_the_shown_one(turn: int) -> None:
    """The mark is drawn on the shown page, the page turned like for recognition, the box read off and turned back."""
    shown = Image.new("L", (200, 300), 255)
    shown.paste(0, (20, 30, 80, 60))
    methods = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    turned = shown.transpose(methods[turn])
    left, top, right, bottom = turned.point(lambda v: 255 - v).getbbox() or (0, 0, 0, 0)
    width, height = turned.size
    box = (left / width, top / height, right / width, bottom / height)
    word = rotate_back(assemble([Piece("", "Wort", box, 90)]), turn).words[0]
    assert [round(v, 6) for v in word[2:6]] == [20 / 200, 30 / 300, 80 / 200, 60 / 300]


def test_the_key_names_pixels_and_way_of_reading() -> None:
    page = Image.new("L", (40, 30), 255)
    key = page_key(page, 200.0, "tesseract 5.5.4|deu|abc")
    assert key == page_key(page.copy(), 200.0, "tesseract 5.5.4|deu|abc")
    assert len(key) == 64
    others = [
        page_key(page, 300.0, "tesseract 5.5.4|deu|abc"),
        page_key(page, 200.0, "tesseract 5.5.4|deu+eng|abc"),
        page_key(page.rotate(90, expand=True), 200.0, "tesseract 5.5.4|deu|abc"),
    ]
    page.putpixel((3, 3), 254)
    others.append(page_key(page, 200.0, "tesseract 5.5.4|deu|abc"))
    assert len({key, *others}) == len(others) + 1
