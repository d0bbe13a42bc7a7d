from __future__ import annotations

import random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from indexer.extract.ocr.blank import HARDLY_ANYTHING, NOTHING, measure_ink
from tests.material import FONT

SIZE = (1654, 2339)  # A4 at 200 dpi


def paper(tone: int = 245) -> Image.Image:
    return Image.new("L", SIZE, tone)


def test_white_paper_has_no_ink() -> None:
    assert measure_ink(paper()).page == 0.0


def test_specks_and_uneven_paper_are_no_ink() -> None:
    page = paper(235)
    chance = random.Random(7)
    for _ in range(600):
        page.putpixel((chance.randrange(SIZE[0]), chance.randrange(SIZE[1])), 60)
    shade = Image.linear_gradient("L").resize(SIZE).point(lambda v: v // 4)
    shaded = Image.eval(page, lambda v: v)
    shaded.paste(180, mask=shade)
    assert measure_ink(page).page < NOTHING
    assert measure_ink(shaded).page < NOTHING


def test_show_through_is_no_ink() -> None:
    page = paper(240)
    text = Image.new("L", SIZE, 0)
    font = ImageFont.truetype(str(FONT), 40)
    ImageDraw.Draw(text).multiline_text((150, 150), "Bescheid der Stadt\n" * 30, fill=255, font=font)
    back = text.transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(3)).point(lambda v: v // 8)
    page.paste(190, mask=back)
    assert measure_ink(page).page < NOTHING


def test_a_single_short_line_is_ink() -> None:
    page = paper()
    ImageDraw.Draw(page).text((760, 2150), "- 2 -", fill=40, font=ImageFont.truetype(str(FONT), 34))
    assert measure_ink(page).page > NOTHING


def test_punch_holes_do_not_count_inside() -> None:
    page = paper()
    for middle in (980, 1360):
        ImageDraw.Draw(page).ellipse((70, middle - 22, 114, middle + 22), fill=10)
    assert measure_ink(page).page > NOTHING
    assert measure_ink(page).inside < HARDLY_ANYTHING


def test_handwriting_is_more_than_hardly_anything() -> None:
    page = paper()
    draw = ImageDraw.Draw(page)
    for line in range(6):
        points = [(200 + 12 * x, 400 + 90 * line + (x * 37 + line * 11) % 40) for x in range(90)]
        draw.line(points, fill=70, width=5)
    assert measure_ink(page).inside > HARDLY_ANYTHING
