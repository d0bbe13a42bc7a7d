"""All that stands on a PDF's page becomes its text, wherever the file keeps it; through the real Tika and Tesseract."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Name, String

from casefile.errors import Reason
from casefile.imaging.media import PDF
from casefile.pagetext import PageText
from casefile.settings import Settings
from indexer.extract import RecognitionPool
from indexer.extract.ocr.recognise import not_cached
from indexer.extract.parts.merge import merge
from tests import pdfs
from tests.material import Read, scan, scan_with_layer, text_pdf
from tests.runs import find, run, verify

LETTER = "Sehr geehrte Frau Beispiel,\nüber Ihren Antrag auf Zuschuss wird in Kürze entschieden.\nFreundliche Grüße"
Pages = Callable[[Path], list[PageText]]


@pytest.fixture
def pages(read: Read, pool: RecognitionPool) -> Pages:
    """Every page's whole text: what was read of it with what is recognised on it."""

    def run_all(path: Path) -> list[PageText]:
        found = []
        for page in read(path).pages:
            assert page.fault is None, page
            text = page.text
            if page.needs_ocr:
                text = merge(page, pool.submit(path, PDF, page.number, not_cached, page.region).result().text)
            assert text is not None
            found.append(text)
        return found

    return run_all


def boxed(page: PageText, word: str) -> tuple[float, float]:
    """Where the word stands: left and top as fractions of the page."""
    (found,) = [w for w in page.words if page.text[w.start : w.end] == word]
    return found.left, found.top


@pytest.mark.parametrize("kind", ["Text", "FreeText", "Highlight", "Underline", "Square"])
@pytest.mark.parametrize("scanned", [False, True])
def test_notes_are_read_beside_the_page(pages: Pages, tmp_path: Path, kind: str, scanned: bool) -> None:
    path = tmp_path / "a.pdf"
    (scan if scanned else text_pdf)(path, [LETTER])
    pdfs.annotate(path, pdfs.note(kind, "Wegwartenfrist beachten", "Prüferin"))
    (page,) = pages(path)
    assert "Wegwartenfrist beachten" in page.text
    assert "Prüferin" in page.text
    assert "Antrag auf Zuschuss" in page.text
    left, top = boxed(page, "Wegwartenfrist")
    assert (left, top) == pytest.approx((300 / 595, 1 - 640 / 842), abs=0.03)


SIGNATURE = {"FT": Name.Sig, "T": String("Unterschrift")}


@pytest.mark.parametrize(("kind", "others"), [("Stamp", {}), ("Widget", SIGNATURE), ("FreeText", {})])
def test_what_an_annotation_draws_is_read(pages: Pages, tmp_path: Path, kind: str, others: dict[str, object]) -> None:
    path = tmp_path / "a.pdf"
    text_pdf(path, [LETTER])
    pdfs.drawn(path, "Eingang Zaunkönig 2021", kind, **others)
    (page,) = pages(path)
    assert page.text.endswith("Eingang Zaunkönig 2021")
    assert boxed(page, "Zaunkönig")[1] == pytest.approx(1 - 525 / 842, abs=0.03)


def test_notes_stay_where_an_older_recognition_is_done_again(read: Read, pages: Pages, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    shown = "\n".join(["Die Übernahme der Kaltmiete wird", "ab dem ersten März bewilligt"] * 6)
    poor = shown.replace("Kaltmiete", "Kallmiele").replace("bewilligt", "bewiliigl").replace("Übernahme", "Uebemahme")
    scan_with_layer(path, shown, poor)
    pdfs.annotate(path, pdfs.note("Text", "Wegwartenfrist beachten"))
    assert "ungenau" in read(path).notes[0]
    (page,) = pages(path)
    assert "Kaltmiete" in page.text
    assert "Kallmiele" not in page.text
    assert "Wegwartenfrist beachten" in page.text


def test_a_stamp_on_a_scan_is_read_once(pages: Pages, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    scan(path, [LETTER])
    pdfs.drawn(path, "Eingang Goldammer", "Stamp")
    (page,) = pages(path)
    assert page.text.count("Goldammer") == 1
    assert "Antrag auf Zuschuss" in page.text


def test_a_choice_is_found_as_it_is_shown_and_as_it_is_stored(pages: Pages, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    text_pdf(path, [LETTER])
    options = Array([Array([String("K1"), String("Kirschgartenmiete")]), Array([String("K2"), String("Heizung")])])
    pdfs.form(path, {"FT": Name.Ch, "T": String("art"), "Ff": 1 << 17, "V": String("K1"), "Opt": options})
    (page,) = pages(path)
    assert "Kirschgartenmiete" in page.text
    assert "K1" in page.text
    assert "Heizung" not in page.text


def test_values_of_a_scanned_form_are_kept(pages: Pages, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    scan(path, [LETTER])
    pdfs.form(path, {"FT": Name.Tx, "T": String("name"), "V": String("Lerchenfeldner"), "F": 2})  # hidden: not drawn
    (page,) = pages(path)
    assert "Lerchenfeldner" in page.text
    assert "Antrag auf Zuschuss" in page.text


@pytest.mark.parametrize("parts", [True, False])
def test_an_xfa_form_is_read_with_its_captions(pages: Pages, tmp_path: Path, parts: bool) -> None:
    path = tmp_path / "a.pdf"
    pdfs.xfa(path, parts=parts)
    (page,) = pages(path)
    assert "Bitte warten" in page.text
    assert "Antrag auf Holunderzuschuss" in page.text
    assert "Familienname: Ebereschenthal" in page.text
    assert "Schlehdornpacht" in page.text


def test_an_entity_in_a_form_reads_no_file(pages: Pages, tmp_path: Path) -> None:
    (tmp_path / "geheim.txt").write_text("Staatsgeheimnis")
    path = tmp_path / "a.pdf"
    attack = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{tmp_path}/geheim.txt">]><d><name>vor &x; nach</name></d>'
    pdfs.xfa(path, parts=True, datasets=attack)
    assert "Staatsgeheimnis" not in pages(path)[0].text


def test_a_picture_of_text_on_a_digital_page_is_read(pages: Pages, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    pdfs.mixed(path, LETTER, "Quittung\nRotdornhecke geschnitten\nBetrag erhalten")
    (page,) = pages(path)
    assert page.text.startswith("Sehr geehrte Frau Beispiel,")
    assert "Rotdornhecke geschnitten" in page.text
    assert page.text.count("Zuschuss") == 1
    left, top = boxed(page, "Rotdornhecke")
    assert 20 / 210 < left < 60 / 210
    assert 150 / 297 < top < 200 / 297


UMLAUTS = (
    "Sehr geehrte Frau Müller,\nüber die Prüfung der Löwenzahngebühr für Härtefälle\nwird später verfügt; große Maße"
)
NUMBERS = "Kassenzeichen 5804417 vom 17.04.2021\nRückzahlung 1.280,50 Euro auf Konto 9316275\nTelefon 0711 2345678"


@pytest.mark.parametrize(
    "other",
    [
        dict.fromkeys("äöüß", "\ufffd"),
        dict.fromkeys("äöüß", "\ue001"),
        {"ä": "‰", "ö": "ˆ", "ü": "¸", "ß": "fl"},
        {"ä": "a", "ö": "o", "ü": "u", "ß": "s"},
    ],
    ids=["replacement", "private", "other signs", "plain letters"],
)
def test_umlauts_that_the_layer_does_not_say_are_mended(pages: Pages, tmp_path: Path, other: dict[str, str]) -> None:
    path = tmp_path / "a.pdf"
    pdfs.says_otherwise(path, f"{UMLAUTS}\n{UMLAUTS}", other)
    (page,) = pages(path)
    for word in ("Müller", "Prüfung", "Löwenzahngebühr", "Härtefälle", "später", "große"):
        assert word in page.text
    assert boxed(page, "Prüfung") if page.text.count("Prüfung") == 1 else True


def test_digits_that_the_layer_does_not_say_are_mended(pages: Pages, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    shifted = {digit: str((int(digit) + 3) % 10) for digit in "0123456789"}
    pdfs.says_otherwise(path, f"{LETTER}\n{NUMBERS}", shifted)
    (page,) = pages(path)
    for word in ("5804417", "17.04.2021", "1.280,50", "9316275", "2345678"):
        assert word in page.text


def test_a_layer_that_says_what_it_shows_stays_as_it_is(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    text_pdf(path, [f"{UMLAUTS}\n{NUMBERS}", LETTER])
    found = read(path)
    assert [page.needs_ocr for page in found.pages] == [False, False]
    assert found.notes == ()


def test_a_page_whose_visible_part_lies_outside_is_shown_whole(pages: Pages, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    scan(path, [LETTER])

    def outside(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].cropbox = Array([5000, 5000, 6000, 6000])

    pdfs.change(path, outside)
    assert "Antrag auf Zuschuss" in pages(path)[0].text


def test_pages_beyond_the_limit_are_one_entry(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    text_pdf(path, [LETTER] * 5)
    found = read(path, max_pages=3)
    assert [page.fault for page in found.pages] == [None, None, None, Reason.TOO_LARGE]
    assert "5 Seiten" in found.pages[3].detail


def test_pages_that_are_only_counted_are_one_entry(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    pdfs.page_tree(path, [1], 90_000)
    found = read(path)
    assert [page.fault for page in found.pages] == [None, Reason.PAGES_MISSING]
    assert "2 bis 90.000" in found.pages[1].detail


def test_a_small_file_that_shows_one_page_again_and_again_is_bounded(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    pdfs.page_tree(path, [40, 40, 40], 64_000)
    found = read(path)
    assert found.page_count <= path.stat().st_size / 4 + 1
    assert found.pages[-1].fault is Reason.TOO_LARGE
    assert "64.000 Seiten" in found.pages[-1].detail


def test_the_merged_text_is_searched_and_kept(instance: Settings, tmp_path: Path) -> None:
    case = tmp_path / "quelle" / "Akte"
    case.mkdir(parents=True)
    pdfs.mixed(case / "a.pdf", LETTER, "Quittung\nRotdornhecke geschnitten\nBetrag erhalten")
    run(instance, case.parent)
    assert find(instance, "Rotdornhecke") == find(instance, "Zuschuss") == ["Akte/a.pdf#1"]
    assert verify(instance, deep=True).ok
    assert run(instance, case.parent).processed == 0
