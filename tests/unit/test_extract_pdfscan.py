from __future__ import annotations

from pathlib import Path
from time import monotonic

import pikepdf
import pytest
from fpdf import FPDF

from casefile.errors import Reason
from casefile.imaging.render import init_forms, open_pdf
from indexer.extract.pdf.ending import announced_pages, is_cut_off, overview
from indexer.extract.pdf.scan import PdfPage, scan_page
from tests.material import page_image, scan, text_pdf


def scan_pages(path: Path, first: int, last: int) -> list[PdfPage]:
    with open_pdf(path) as document:
        init_forms(document)
        return [scan_page(document, number) for number in range(first, last + 1)]


def test_words_have_boxes_on_the_shown_page(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    text_pdf(path, ["Mietvertrag über die Wohnung\nzweite Zeile"])
    page = scan_pages(path, 1, 1)[0]
    assert [word.text for word in page.facts.words][:4] == ["Mietvertrag", "über", "die", "Wohnung"]
    left, top, right, bottom = page.facts.words[0].box
    assert 0.03 < left < right < 0.3
    assert 0.02 < top < bottom < 0.08
    assert page.text.startswith("Mietvertrag über die Wohnung")
    assert not page.empty


@pytest.mark.parametrize(("turn", "corner"), [(90, (0.95, 0.05)), (180, (0.9, 0.95)), (270, (0.05, 0.9))])
def test_boxes_turn_with_the_page(tmp_path: Path, turn: int, corner: tuple[float, float]) -> None:
    plain, path = tmp_path / "a.pdf", tmp_path / "b.pdf"
    text_pdf(plain, ["Kopf"])
    with pikepdf.open(plain) as pdf:
        pdf.pages[0].rotate(turn, relative=True)
        pdf.save(path)
    left, top, right, bottom = scan_pages(path, 1, 1)[0].facts.words[0].box
    assert abs((left + right) / 2 - corner[0]) < 0.06
    assert abs((top + bottom) / 2 - corner[1]) < 0.06


def test_boxes_fit_a_cropped_page(tmp_path: Path) -> None:
    plain, path = tmp_path / "a.pdf", tmp_path / "b.pdf"
    text_pdf(plain, ["Kopf"])
    with pikepdf.open(plain) as pdf:
        pdf.pages[0].cropbox = [0, 421, 595, 842]
        pdf.save(path)
    before, after = (scan_pages(p, 1, 1)[0].facts.words[0].box for p in (plain, path))
    assert after[1] == pytest.approx(before[1] * 2, abs=0.01)


def test_a_scan_is_a_picture_without_words(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    scan(path, ["Text im Bild"])
    facts = scan_pages(path, 1, 1)[0].facts
    assert facts.picture > 0.95
    assert facts.words == ()
    assert facts.ink_outside is not None
    assert facts.ink_outside > 0


def test_hidden_text_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    pdf = FPDF()
    pdf.add_page()
    pdf.image(page_image("Mietvertrag"), 0, 0, 210)
    pdf.set_font("helvetica", size=12)
    with pdf.local_context(text_mode="INVISIBLE"):
        pdf.cell(text="Mietvertrag unsichtbar")
    path.write_bytes(bytes(pdf.output()))
    facts = scan_pages(path, 1, 1)[0].facts
    assert facts.hidden == 1.0
    assert [word.text for word in facts.words] == ["Mietvertrag", "unsichtbar"]


def test_form_fields_are_read_with_their_place(tmp_path: Path) -> None:
    plain, path = tmp_path / "a.pdf", tmp_path / "b.pdf"
    text_pdf(plain, ["Name:"])
    with pikepdf.open(plain) as pdf:
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T=pikepdf.String("name"),
                V=pikepdf.String("Jana Müller"),
                Rect=[100, 700, 300, 720],
                F=4,
            )
        )
        pdf.pages[0].Annots = pikepdf.Array([field])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]), DA=pikepdf.String("/Helv 0 Tf 0 g"))
        pdf.save(path)
    (value,) = scan_pages(path, 1, 1)[0].fields
    assert value.text == "Jana Müller"
    assert value.box[0] == pytest.approx(100 / 595.3, abs=0.01)
    assert value.box[1] == pytest.approx(1 - 720 / 841.9, abs=0.01)


def test_a_whole_file_is_not_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    text_pdf(path, ["eins", "zwei"])
    seen = overview(path)
    assert (seen.pages, seen.expected, seen.cut_off) == (2, None, False)
    assert announced_pages(path) == 2


def test_a_cut_off_file_says_how_many_pages_it_had(tmp_path: Path) -> None:
    plain, path = tmp_path / "a.pdf", tmp_path / "b.pdf"
    text_pdf(plain, ["Text " * 200] * 6)
    with pikepdf.open(plain) as pdf:
        pdf.save(path, linearize=True)
    path.write_bytes(path.read_bytes()[:-2000])
    assert is_cut_off(path)
    assert announced_pages(path) == 6


def test_a_page_that_cannot_be_loaded_has_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    text_pdf(path, ["eins", "zwei"])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.Root.Pages.Count = 3
        pdf.save(path)
    pages = scan_pages(path, 1, 3)
    assert [page.fault for page in pages] == [None, None, Reason.PAGES_MISSING]


@pytest.mark.parametrize("name", [b"/Type/Pages ", b"/Count 7 ", b"/Type" + b" " * 1000, b">", b"/"])
def test_page_trees_are_sought_in_linear_time(tmp_path: Path, name: bytes) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n" + name * (8_000_000 // len(name)))
    started = monotonic()
    assert announced_pages(tmp_path / "a.pdf") is None
    assert monotonic() - started < 10


@pytest.mark.parametrize(
    ("tree", "pages"),
    [
        (b"<</Type /Pages /Kids [1 0 R] /Count 6>>", 6),
        (b"<</Count 6/Kids[1 0 R]/Type/Pages>> <</Type/Pages/Count 4>>", 6),
        (b"<</Type/Pages>> <</Count 6>>", None),
        (b"<</Type/Pages" + b" " * 5000 + b"/Count 6>>", None),
        (b"<</Type/Page/Count 6>>", None),
    ],
)
def test_only_a_page_tree_announces_pages(tmp_path: Path, tree: bytes, pages: int | None) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n" + tree)
    assert announced_pages(tmp_path / "a.pdf") == pages
