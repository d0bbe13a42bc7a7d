from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from indexer.extract.pdf.ink import ink_outside, unread
from tests.material import FONT

PAGE = (595, 842)
TEXT_BOX = (0.1, 0.1, 0.9, 0.16)


def page_with(text: str = "") -> Image.Image:
    image = Image.new("L", PAGE, 255)
    ImageDraw.Draw(image).text((70, 95), text, fill=0, font=ImageFont.truetype(str(FONT), 12))
    return image


def test_a_line_that_no_word_covers_is_unread() -> None:
    share, found = ink_outside(page_with("Eingegangen am 12. März 2021"), [])
    assert share > 0
    assert found is not None
    left, top, right, bottom = found.clip
    assert left < 0.12 < 0.3 < right
    assert top < 0.12 < bottom < 0.2


def test_what_words_cover_is_read() -> None:
    assert ink_outside(page_with("Eingegangen am 12. März 2021"), [TEXT_BOX]) == (0.0, None)


@pytest.mark.parametrize("box", [(50, 300, 550, 301), (300, 50, 301, 800), (40, 40, 560, 800)])
def test_rules_and_frames_are_no_writing(box: tuple[int, int, int, int]) -> None:
    dark = np.zeros((842, 595), dtype=bool)
    left, top, right, bottom = box
    dark[[top, bottom], left:right] = True
    dark[top:bottom, [left, right]] = True
    assert unread(dark) is None


def test_dots_and_filled_areas_are_no_writing() -> None:
    dark = np.zeros((842, 595), dtype=bool)
    dark[400, 60:500:3] = True
    dark[500:560, 100:400] = True
    assert unread(dark) is None


def test_a_page_smaller_than_a_cell_has_no_writing() -> None:
    assert unread(np.ones((3, 2), dtype=bool)) is None
