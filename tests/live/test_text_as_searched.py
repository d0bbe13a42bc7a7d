"""Broken and spaced words in real PDFs, through the real Tika and the real renderer: whole, with their boxes."""

from __future__ import annotations

from pathlib import Path

from fpdf import FPDF

from casefile.pagetext import PageText
from casefile.settings import Settings
from casefile.text.pages import searched_page
from tests.material import FONT, Read, scan
from tests.runs import find, heal, run, verify

FILLER = "Wir bitten um Vorlage der fehlenden Nachweise innerhalb von vier Wochen."


def pdf(path: Path, lines: list[str], spacing: dict[int, float] | None = None) -> None:
    """One line of text each; `spacing`: points between the letters of a line."""
    document = FPDF(unit="pt")
    document.add_font("dejavu", "", FONT)
    document.set_font("dejavu", size=11)
    document.add_page()
    for number, line in enumerate(lines):
        document.set_char_spacing((spacing or {}).get(number, 0))
        document.text(60, 80 + 20 * number, line)
    document.output(str(path))


def searched(read: Read, path: Path) -> PageText:
    (page,) = read(path).pages
    assert page.text is not None
    return searched_page(page.text)


def tops(page: PageText, word: str) -> list[float]:
    """Where the lines begin on which the word is marked, as fractions of the page."""
    start = page.text.index(word)
    return sorted({round(w.top, 2) for w in page.words if w.start < start + len(word) and start < w.end})


def test_a_word_broken_at_a_line_end_is_whole_and_marked_on_both_lines(read: Read, tmp_path: Path) -> None:
    pdf(
        tmp_path / "a.pdf",
        ["Es ergeht Bescheid über die Schafgarben-", "genossenschaft. Kinder- und Jugend-", "hilfe", FILLER],
    )
    page = searched(read, tmp_path / "a.pdf")
    assert "die Schafgarbengenossenschaft." in page.text
    assert "Kinder- und Jugendhilfe" in page.text
    assert len(tops(page, "Schafgarbengenossenschaft")) == 2


def test_a_word_set_with_spaced_letters_is_whole(read: Read, tmp_path: Path) -> None:
    lines = ["Wegerichverfügung", "B i t t e   W i e s e n k n o p f g e b ü h r   z a h l e n", FILLER, FILLER]
    pdf(tmp_path / "a.pdf", lines, {0: 5.0})
    page = searched(read, tmp_path / "a.pdf")
    assert "Wegerichverfügung" in page.text
    assert "Bitte Wiesenknopfgebühr zahlen" in page.text
    assert tops(page, "Wiesenknopfgebühr")


def test_joined_words_are_found_and_verify_sees_no_difference(instance: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "bestand" / "Akte"
    folder.mkdir(parents=True)
    pdf(folder / "zeile.pdf", ["Bescheid über die Schafgarben-", "genossenschaft", FILLER])
    two = FPDF()
    two.add_font("dejavu", "", FONT)
    two.set_font("dejavu", size=11)
    for number, text in enumerate((f"{FILLER} Antrag auf Sonnentau-", f"verordnung. {FILLER}"), 1):
        two.add_page()
        two.multi_cell(0, 8, f"{text}\nSeite {number} von 2")
    two.output(str(folder / "seiten.pdf"))
    (folder / "notiz.txt").write_text("Zahlung an Atlas-\nzeder geleistet.", encoding="utf-8")
    scan(folder / "scan.tif", ["Widerspruch der Seidelbast-\nerlaubnis"])
    run(instance, tmp_path / "bestand")
    assert find(instance, "Schafgarbengenossenschaft") == ["Akte/zeile.pdf#1"]
    assert find(instance, "Sonnentauverordnung") == ["Akte/seiten.pdf#1"]
    assert find(instance, "Atlaszeder") == ["Akte/notiz.txt#1"]
    assert find(instance, "Seidelbasterlaubnis") == ["Akte/scan.tif#1"]
    assert verify(instance, deep=True).ok
    healed = heal(instance, deep=True)
    assert (healed.documents, healed.reread) == (0, 0)
