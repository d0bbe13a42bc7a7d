from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pikepdf
import pillow_heif
import pytest
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from casefile.errors import DocumentFault, Reason
from casefile.imaging.encode import PAGE_BYTES, THRIFTY_BYTES, encode_page
from casefile.imaging.media import PDF, has_page_images, is_image
from casefile.imaging.render import MAX_RENDERED_MEGAPIXELS, render_page, target_dpi
from tests.material import FONT, page_image, scan, text_pdf


def reason(path: Path, media_type: str, page: int = 1, **options: int) -> Reason:
    with pytest.raises(DocumentFault) as fault:
        render_page(path, media_type, page, dpi=100, **options)
    return fault.value.reason


def dark_half(image: Image.Image) -> str:
    """Where on the page most ink is: oben, unten, links or rechts."""
    dark = np.asarray(image.convert("L")) < 128
    rows, columns = dark.shape
    halves = {
        "oben": dark[: rows // 2].sum(),
        "unten": dark[rows // 2 :].sum(),
        "links": dark[:, : columns // 2].sum(),
        "rechts": dark[:, columns // 2 :].sum(),
    }
    return max(halves, key=lambda half: halves[half])


def test_a_pdf_page_in_a_given_resolution_or_width(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    text_pdf(path, ["Seite eins", "Seite zwei"])
    page = render_page(path, PDF, 2, dpi=100)
    assert page.image.mode == "L"
    assert page.image.size == (827, 1170)
    assert (round(page.width), round(page.height)) == (595, 842)
    wide = render_page(path, PDF, 1, width_px=1000, colour=True)
    assert (wide.image.mode, wide.image.width) == ("RGB", 1000)
    assert reason(path, PDF, 3) is Reason.PAGES_MISSING


@pytest.mark.parametrize(("turn", "place"), [(0, "oben"), (90, "rechts"), (180, "unten"), (270, "links")])
def test_a_turned_pdf_page_is_shown_as_it_is_meant(tmp_path: Path, turn: int, place: str) -> None:
    plain, path = tmp_path / "a.pdf", tmp_path / "b.pdf"
    text_pdf(plain, ["Kopfzeile " * 30])
    with pikepdf.open(plain) as pdf:
        pdf.pages[0].rotate(turn, relative=True)
        pdf.save(path)
    page = render_page(path, PDF, 1, dpi=50)
    assert dark_half(page.image) == place
    assert (page.width > page.height) == (turn in {90, 270})


def test_passwords(tmp_path: Path) -> None:
    plain, path = tmp_path / "a.pdf", tmp_path / "b.pdf"
    text_pdf(plain, ["Text"])
    with pikepdf.open(plain) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(user="geheim", owner="x"))
        pdf.save(tmp_path / "c.pdf", encryption=pikepdf.Encryption(user="", owner="x"))
    assert reason(path, PDF) is Reason.ENCRYPTED
    assert render_page(tmp_path / "c.pdf", PDF, 1, dpi=50).image.size[0] > 400


def test_what_is_no_pdf_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\nnichts")
    assert reason(path, PDF) is Reason.CORRUPT


def test_a_huge_page_is_rendered_smaller_and_an_absurd_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    pdf = FPDF(unit="pt", format=(4000, 6000))
    pdf.add_page()
    path.write_bytes(bytes(pdf.output()))
    page = render_page(path, PDF, 1, dpi=300)
    assert page.image.width * page.image.height <= MAX_RENDERED_MEGAPIXELS * 1.01e6
    assert page.dpi < 300
    with pytest.raises(DocumentFault):
        target_dpi(1e6, 1e6, 200, None)


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("TIFF", "image/tiff"),
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
        ("BMP", "image/bmp"),
        ("JPEG2000", "image/jp2"),
        ("HEIF", "image/heic"),
        ("AVIF", "image/avif"),
    ],
)
def test_images_of_all_formats(tmp_path: Path, form: str, media_type: str) -> None:
    path = tmp_path / "bild"
    pillow_heif.register_heif_opener()
    page_image("Kopfzeile").save(path, form)
    page = render_page(path, media_type, 1, dpi=100)
    assert page.image.size == (826, 1169)
    assert dark_half(page.image) == "oben"
    assert is_image(media_type)


def test_the_suffix_means_nothing(tmp_path: Path) -> None:
    path = tmp_path / "bild.jpg"
    page_image("Kopfzeile").save(path, "PNG")
    assert reason(path, "image/jpeg") is Reason.CORRUPT
    assert not has_page_images("message/rfc822")
    assert reason(path, "image/x-icns") is Reason.UNSUPPORTED


def test_pages_of_a_tiff(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    scan(path, ["eins", "zwei\n" * 20])
    first, second = (np.asarray(render_page(path, "image/tiff", n, dpi=60).image) for n in (1, 2))
    assert (first < 128).sum() < (second < 128).sum()
    assert reason(path, "image/tiff", 3) is Reason.PAGES_MISSING


def test_a_fax_has_two_resolutions(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    Image.new("1", (1728, 1140), 1).save(path, dpi=(204, 98), compression="group4")
    page = render_page(path, "image/tiff", 1, dpi=100)
    assert page.image.size == (847, 1163)


def test_a_cutting_is_not_blown_up_to_a_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("L", (360, 72), 255).save(path, dpi=(96, 96))
    assert render_page(path, "image/png", 1, dpi=200).image.size == (1000, 200)


def test_camera_pictures_are_taken_for_a_sheet_and_turned_upright(tmp_path: Path) -> None:
    path = tmp_path / "foto.jpg"
    picture = page_image("Kopfzeile " * 8).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held sideways: turn clockwise to show
    picture.save(path, "JPEG", dpi=(72, 72), exif=exif)
    page = render_page(path, "image/jpeg", 1, dpi=100)
    assert page.image.size == (826, 1169)
    assert dark_half(page.image) == "oben"


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16", "F"])
def test_all_kinds_of_pixels_become_ink_on_white(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "bild.tif"
    grey = page_image("Kopfzeile " * 8).resize((620, 877))
    if mode == "I;16":
        image = Image.fromarray(np.asarray(grey, dtype=np.uint16) * 257)
    elif mode == "LA":
        image = Image.merge("LA", (Image.new("L", grey.size, 0), grey.point(lambda v: 255 - v)))
    elif mode == "RGBA":
        image = Image.merge("RGBA", (*[Image.new("L", grey.size, 0)] * 3, grey.point(lambda v: 255 - v)))
    else:
        image = grey.convert(mode)
    image.save(path, "TIFF")
    shown = np.asarray(render_page(path, "image/tiff", 1, dpi=75).image)
    assert shown[-20:, -20:].min() > 200
    assert shown.min() < 100


def test_too_many_pixels(tmp_path: Path) -> None:
    path = tmp_path / "bild.png"
    Image.new("1", (4000, 3000), 1).save(path)
    assert reason(path, "image/png", max_megapixels=11) is Reason.TOO_LARGE
    assert render_page(path, "image/png", 1, dpi=50, max_megapixels=12).image.size[0] == 584


@pytest.mark.parametrize(("form", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("TIFF", "image/tiff")])
def test_a_cut_off_image_is_never_half_a_page(tmp_path: Path, form: str, media_type: str) -> None:
    path = tmp_path / "bild"
    out = io.BytesIO()
    Image.effect_noise((600, 800), 80).save(out, form)
    path.write_bytes(out.getvalue()[: len(out.getvalue()) // 2])
    assert reason(path, media_type) in {Reason.TRUNCATED, Reason.CORRUPT}


def test_garbage_is_a_document_fault(tmp_path: Path) -> None:
    path = tmp_path / "bild"
    whole = io.BytesIO()
    page_image("Text").resize((300, 400)).save(whole, "TIFF", compression="tiff_lzw")
    raw = whole.getvalue()
    for position in range(0, len(raw), max(1, len(raw) // 60)):
        damaged = bytearray(raw)
        damaged[position : position + 4] = b"\xff\x00\xff\x7f"
        path.write_bytes(damaged)
        try:
            render_page(path, "image/tiff", 1, dpi=30, max_megapixels=5)
        except DocumentFault:
            continue


def test_page_images_for_the_browser_are_small() -> None:
    page = Image.new("L", (1000, 1414), 250)
    font = ImageFont.truetype(str(FONT), 15)
    text = "Bewilligung von Leistungen zur Sicherung des Lebensunterhalts nach dem Zweiten Buch\n" * 60
    ImageDraw.Draw(page).multiline_text((80, 80), text, fill=20, font=font)
    usual, thrifty = encode_page(page), encode_page(page, thrifty=True)
    assert len(thrifty) < len(usual) <= 80_000
    assert len(thrifty) <= 45_000
    assert len(set(np.asarray(Image.open(io.BytesIO(usual)).convert("L")).ravel())) <= 4
    assert len(set(np.asarray(Image.open(io.BytesIO(thrifty)).convert("L")).ravel())) <= 2
    coloured = Image.open(io.BytesIO(encode_page(page.convert("RGB"), colour=True)))
    assert (coloured.format, coloured.mode) == ("WEBP", "RGB")


def test_noisy_pages_keep_the_byte_limit() -> None:
    noise = Image.effect_noise((1000, 1414), 90)
    for thrifty, most in ((False, PAGE_BYTES), (True, THRIFTY_BYTES)):
        assert len(encode_page(noise, thrifty=thrifty)) <= most
    photo = Image.merge("RGB", [Image.radial_gradient("L").resize((1000, 700))] * 3)
    assert len(encode_page(photo, colour=True)) <= PAGE_BYTES


def test_pale_typewriting_survives_two_levels() -> None:
    page = Image.new("L", (400, 200), 215)
    ImageDraw.Draw(page).text((20, 60), "blass getippt", fill=150, font=ImageFont.truetype(str(FONT), 40))
    shown = np.asarray(Image.open(io.BytesIO(encode_page(page, thrifty=True))).convert("L"))
    assert (shown == 0).mean() > 0.02
    empty = Image.open(io.BytesIO(encode_page(Image.new("L", (400, 200), 215)))).convert("L")
    assert empty.getextrema() == (255, 255)


@pytest.mark.parametrize("width_px", [1000, 1654])
@pytest.mark.parametrize(("name", "media_type"), [("rolle.pdf", PDF), ("bildschirm.png", "image/png")])
def test_a_page_of_any_length_can_be_shown(tmp_path: Path, name: str, media_type: str, width_px: int) -> None:
    """A till roll, a screen capture of a long page: the format for the browser ends at 16,383 pixels."""
    path = tmp_path / name
    if media_type == PDF:
        pdf = FPDF(unit="pt", format=(200, 14_000))
        pdf.add_page()
        pdf.output(str(path))
    else:
        Image.new("L", (300, 20_000), 255).save(path)
    page = render_page(path, media_type, 1, width_px=width_px)
    assert page.image.height == 16_383
    assert page.image.width == pytest.approx(page.image.height * page.width / page.height, abs=1)
    assert encode_page(page.image)[:4] == b"RIFF"
