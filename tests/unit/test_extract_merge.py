from __future__ import annotations

from dataclasses import replace

from casefile.errors import Reason
from casefile.pagetext import PageText, TextSource, Word
from indexer.extract.parts.merge import merge, shortfalls
from indexer.extract.result import ExtractedPage, Region, Repair

WHOLE = Region((0.0, 0.0, 1.0, 1.0))


def page_text(*lines: str, source: TextSource = TextSource.OCR, confidence: int = 95, top: float = 0.1) -> PageText:
    """Words side by side, a line every tenth of the page."""
    words: list[Word] = []
    start = 0
    for row, line in enumerate(lines):
        for column, word in enumerate(line.split()):
            at = start + line.index(word)
            box = (column / 10, top + row / 10, column / 10 + 0.09, top + row / 10 + 0.05)
            words.append(Word(at, at + len(word), *box, confidence))
        start += len(line) + 1
    return PageText("\n".join(lines), source, tuple(words), float(confidence), 595, 842)


def words(text: PageText) -> list[str]:
    return [text.text[w.start : w.end] for w in text.words]


def test_recognition_of_a_part_is_added_to_what_was_read() -> None:
    known = page_text("Sehr geehrte", source=TextSource.LAYER, confidence=100)
    seen = page_text("Quittung erhalten", top=0.5)
    merged = merge(ExtractedPage(1, text=known, needs_ocr=True, region=WHOLE), seen)
    assert merged.text == "Sehr geehrte\n\nQuittung erhalten"
    assert words(merged) == ["Sehr", "geehrte", "Quittung", "erhalten"]
    assert merged.source is TextSource.LAYER
    assert merged.quality is not None
    assert 95 < merged.quality < 100


def test_quality_of_a_merged_page_is_the_mean_of_its_parts_by_their_letters() -> None:
    known = page_text("Sehr geehrt", source=TextSource.LAYER, confidence=100)
    seen = replace(page_text("Quittungen", top=0.5), quality=56.0)
    assert merge(ExtractedPage(1, text=known, needs_ocr=True, region=WHOLE), seen).quality == 78.0


def test_a_picture_that_was_read_poorly_is_a_shortfall_of_its_page() -> None:
    known = page_text("Sehr geehrte", source=TextSource.LAYER, confidence=100)
    page = ExtractedPage(1, text=known, needs_ocr=True, region=WHOLE)
    poor = replace(page_text("Quittung", top=0.5), quality=30.0)
    (found,) = shortfalls(page, poor, merge(page, poor))
    assert found.reason is Reason.LOW_QUALITY
    good = replace(poor, quality=80.0)
    assert shortfalls(page, good, merge(page, good)) == ()
    ornament = replace(page_text("~~", confidence=20, top=0.5), quality=10.0)
    assert shortfalls(page, ornament, merge(page, ornament)) == ()


def test_words_in_known_places_and_noise_are_left_out() -> None:
    known = page_text("Sehr geehrte", source=TextSource.LAYER, confidence=100)
    page = ExtractedPage(1, text=known, needs_ocr=True, region=WHOLE)
    assert merge(page, page_text("Sebr geehrle")) == known
    assert merge(page, page_text("~~ ,;", top=0.5)) == known
    assert merge(page, page_text("krx wll", confidence=40, top=0.5)) == known


def test_what_recognition_cannot_see_follows_the_recognised_page() -> None:
    page = ExtractedPage(1, text=page_text("Notiz der Prüferin", source=TextSource.LAYER), needs_ocr=True)
    merged = merge(page, page_text("Text der Seite"))
    assert merged.text == "Text der Seite\n\nNotiz der Prüferin"
    assert merge(page, page_text("Notiz der", "Prüferin")).text == "Notiz der\nPrüferin"
    assert merge(page, PageText("", TextSource.OCR)) == page.text


def test_wrong_letters_are_mended_and_boxes_keep_in_step() -> None:
    known = page_text("Pr\ufffdfung der Geb\ufffdhr", "Str afie", source=TextSource.LAYER)
    seen = page_text("Prüfung dcr Gebühr", "Str aße")
    repair = Repair(frozenset({("fi", "ß")}))
    merged = merge(ExtractedPage(1, text=known, needs_ocr=True, repair=repair), seen)
    assert merged.text == "Prüfung der Gebühr\nStr aße"
    assert words(merged) == ["Prüfung", "der", "Gebühr", "Str", "aße"]


def test_wrong_letters_side_by_side_are_mended() -> None:
    known = page_text("M‰des¸flgeb¸hr", source=TextSource.LAYER)
    repair = Repair(frozenset({("¸", "ü"), ("ˆ", "ö")}))
    merged = merge(ExtractedPage(1, text=known, needs_ocr=True, repair=repair), page_text("Mädesüßgebühr"))
    assert merged.text == "Mädesüßgebühr"


def test_digits_are_mended_place_by_place() -> None:
    known = page_text("Az 8137740", source=TextSource.LAYER)
    repair = Repair(frozenset({("8", "5")}))
    assert (
        merge(ExtractedPage(1, text=known, needs_ocr=True, repair=repair), page_text("Az 5804417")).text == "Az 5804417"
    )
