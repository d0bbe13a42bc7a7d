"""Small files of every kind through the real Tika, made on the spot."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pikepdf
import pillow_heif
import pytest
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from casefile.errors import DocumentFault, Reason
from casefile.pagetext import TextSource
from indexer.extract import Extracted, RecognitionPool, not_cached
from tests.material import FONT, Read, mail_with_attachment, page_image, scan, scan_with_layer, text_pdf, text_pdf_bytes

LETTER = "Sehr geehrte Frau Müller,\nhiermit wird die Übernahme der Kaltmiete von 450,00 € ab dem 1. April bewilligt."


def texts(extracted: Extracted) -> list[str]:
    return [page.text.text if page.text else str(page.fault or "ocr") for page in extracted.pages]


def png(width: int, height: int) -> io.BytesIO:
    out = io.BytesIO()
    page_image("Mietbescheinigung").resize((width, height)).save(out, "PNG")
    out.seek(0)
    return out


def test_a_born_digital_pdf_has_text_and_boxes(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "bescheid.pdf"
    text_pdf(path, [LETTER, "Zweite Seite"])
    found = read(path)
    assert (found.media_type, found.page_count, found.embedded, found.notes) == ("application/pdf", 2, (), ())
    page = found.pages[0].text
    assert page is not None
    assert page.source is TextSource.LAYER
    assert page.quality == 100.0
    assert (round(page.width), round(page.height)) == (595, 842)
    words = [page.text[w.start : w.end] for w in page.words]
    assert words == page.text.split()
    assert words[:4] == ["Sehr", "geehrte", "Frau", "Müller,"]
    assert all(w.left < w.right and w.top < w.bottom for w in page.words)


def test_scanned_and_mixed_pdfs_ask_for_recognition_page_by_page(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "gemischt.pdf"
    pdf = FPDF()
    pdf.add_font("dejavu", "", FONT)
    pdf.set_font("dejavu", size=12)
    pdf.add_page()
    pdf.multi_cell(0, 8, LETTER)
    pdf.add_page()
    pdf.image(page_image("Nur im Bild"), 0, 0, 210)
    pdf.add_page()
    pdf.image(page_image("Seite mit Eingangsstempel"), 0, 0, 210)
    pdf.text(20, 20, "Eingegangen 12.03.2021")
    path.write_bytes(bytes(pdf.output()))
    assert [page.needs_ocr for page in read(path).pages] == [False, True, True]


def test_an_earlier_recognition_is_kept_where_it_is_good(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    shown = "\n".join([LETTER.replace(" ab dem", "\nab dem").replace(" der Kaltmiete", "\nder Kaltmiete")] * 5)
    scan_with_layer(path, shown, shown)
    (page,) = read(path).pages
    assert page.text is not None
    assert "Kaltmiete" in page.text.text
    assert len(page.text.words) > 50
    poor = shown.replace("Kaltmiete", "Kallmiele").replace("bewilligt", "bewiliigl").replace("Müller", "Mueiler")
    scan_with_layer(path, shown, poor.replace("Übernahme", "Uebemahme").replace("geehrte", "geehrle"))
    found = read(path)
    assert [page.needs_ocr for page in found.pages] == [True]
    assert "ungenau" in found.notes[0]


def test_turned_text_is_read_in_words(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "quer.pdf"
    pdf = FPDF()
    pdf.add_font("dejavu", "", FONT)
    pdf.set_font("dejavu", size=12)
    pdf.add_page()
    with pdf.rotation(90, x=105, y=148):
        pdf.text(20, 148, "Aufstellung der Nebenkosten für das Jahr 2020")
    path.write_bytes(bytes(pdf.output()))
    page = read(path).pages[0].text
    assert page is not None
    assert page.text == "Aufstellung der Nebenkosten für das Jahr 2020"
    assert len(page.words) == 7
    assert all(w.bottom - w.top > w.right - w.left for w in page.words if w.end - w.start > 4)


def test_form_fields_are_part_of_their_page(read: Read, tmp_path: Path) -> None:
    plain, path = tmp_path / "a.pdf", tmp_path / "b.pdf"
    text_pdf(plain, ["Antrag auf Wohngeld"])
    with pikepdf.open(plain) as pdf:
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T=pikepdf.String("name"),
                V=pikepdf.String("Jana Quittenwald"),
                Rect=[100, 600, 300, 620],
                F=4,
            )
        )
        pdf.pages[0].Annots = pikepdf.Array([field])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]), DA=pikepdf.String("/Helv 0 Tf 0 g"))
        pdf.save(path)
    page = read(path).pages[0].text
    assert page is not None
    assert page.text == "Antrag auf Wohngeld\nJana Quittenwald"
    assert len(page.words) == 5


def test_passwords(read: Read, tmp_path: Path) -> None:
    text_pdf(tmp_path / "a.pdf", [LETTER])
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        pdf.save(tmp_path / "zu.pdf", encryption=pikepdf.Encryption(user="geheim", owner="x"))
        pdf.save(tmp_path / "auf.pdf", encryption=pikepdf.Encryption(user="", owner="x"))
    with pytest.raises(DocumentFault) as fault:
        read(tmp_path / "zu.pdf")
    assert fault.value.reason is Reason.ENCRYPTED
    assert "Kaltmiete" in texts(read(tmp_path / "auf.pdf"))[0]


def test_a_cut_off_pdf_says_which_pages_are_missing(read: Read, tmp_path: Path) -> None:
    plain, path = tmp_path / "a.pdf", tmp_path / "b.pdf"
    text_pdf(plain, [f"{LETTER} Blatt {n}" for n in range(8)])
    with pikepdf.open(plain) as pdf:
        pdf.save(path, linearize=True)
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) * 55 // 100])
    try:
        found = read(path)
    except DocumentFault as fault:
        assert fault.reason is Reason.TRUNCATED
    else:
        assert found.page_count == 8
        assert Reason.TRUNCATED in {page.fault for page in found.pages}


def test_text_of_a_pdf_whose_end_is_missing_is_not_lost(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    text_pdf(path, [LETTER, LETTER])
    raw = path.read_bytes()
    path.write_bytes(raw[: raw.rindex(b"xref")])
    found = read(path)
    assert "Kaltmiete" in texts(found)[0]
    assert found.page_count == 2


def test_attachments_of_a_pdf(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "rechnung.pdf"
    text_pdf(tmp_path / "a.pdf", [LETTER])
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        pdf.attachments["factur-x.xml"] = b"<rechnung>1</rechnung>"
        pdf.attachments["beleg.txt"] = b"Beleg"
        pdf.save(path)
    found = read(path).embedded
    assert [e.ordinal for e in found] == [0, 1]
    assert {e.name: e.content for e in found} == {"beleg.txt": b"Beleg", "factur-x.xml": b"<rechnung>1</rechnung>"}
    assert found == read(path).embedded


def test_a_wrong_suffix_is_noted_and_disregarded(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "brief.docx"
    text_pdf(path, [LETTER])
    found = read(path)
    assert found.media_type == "application/pdf"
    assert "Endung" in found.notes[0]


def receipt(text: str) -> io.BytesIO:
    """A small picture as it is pasted into a letter; "" for one without text."""
    out = io.BytesIO()
    image = Image.new("RGB", (520, 90), "white")
    draw = ImageDraw.Draw(image)
    draw.text((12, 24), text, fill="black", font=ImageFont.truetype(str(FONT), 30))
    draw.ellipse((470, 20, 510, 60), fill="green")
    image.save(out, "PNG")
    out.seek(0)
    return out


def test_a_word_file_with_pasted_pictures(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "brief.docx"
    document = docx.Document()
    document.core_properties.author = "A. Beispiel"
    document.add_heading("Bescheid", 1)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Kaltmiete", "450,00"
    document.add_picture(png(900, 1200))
    document.add_picture(receipt("Quittung 4711 Liebstöckel"))
    document.add_picture(receipt(""))
    document.add_picture(png(16, 60))
    document.save(str(path))
    found = read(path)
    assert texts(found) == ["Bescheid\n\nKaltmiete\t450,00"]
    assert found.author == "A. Beispiel"
    sizes = [Image.open(io.BytesIO(e.content)).size for e in found.embedded]
    assert sizes == [(900, 1200), (520, 90)], "the scan and the receipt, neither the logo nor the rule"
    assert found.embedded[1].content == receipt("Quittung 4711 Liebstöckel").read()
    assert found.pages[0].shortfalls == ()


def test_a_page_says_when_its_second_reader_fails(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "brief.docx"
    document = docx.Document()
    document.add_paragraph("Bescheid über Wohngeld")
    document.save(str(path))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:  # stored, so that a byte of a part can be changed in place
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.writestr("word/notiz.xml", "<notiz>Randbemerkung</notiz>")
    path.write_bytes(path.read_bytes().replace(b"<notiz>Rand", b"<notiz>Wand"))
    (page, *_) = read(path).pages
    assert page.text is not None and "Wohngeld" in page.text.text
    assert [shortfall.reason for shortfall in page.shortfalls] == [Reason.PART_NOT_READ]
    assert "zweite Leseverfahren" in page.shortfalls[0].detail


def test_a_message_that_starts_in_an_odd_way(read: Read, tmp_path: Path) -> None:
    """A mail as plain text to Tika (its first line is none of a header's) is a mail by its suffix."""
    path = tmp_path / "nachricht.eml"
    path.write_bytes(b"\xef\xbb\xbf\nX-Unbekannt: 1\nSubject: Betreffwort\nBcc: still@example.org\n\nText")
    found = read(path)
    assert found.media_type == "message/rfc822"
    assert texts(found) == ["Blindkopie: still@example.org\nBetreff: Betreffwort\n\nText"]
    assert (found.title, found.metadata["Message-Bcc"]) == ("Betreffwort", "still@example.org")


def test_a_spreadsheet_and_a_cut_off_one(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "liste.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "Betrag"])
    sheet.append(["Müller", 12.5])
    book.save(path)
    assert texts(read(path)) == ["Sheet\n\nName\tBetrag\nMüller\t12,5"]
    path.write_bytes(path.read_bytes()[:-400])
    try:
        assert texts(read(path))[-1] == Reason.TRUNCATED
    except DocumentFault as fault:
        assert fault.reason is Reason.TRUNCATED


def test_a_mail_with_attachments_of_all_kinds(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "nachricht.eml"
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Jana <jana@example.org>", "amt@example.org", "Nachweis für Müller"
    mail["Date"] = "Mon, 3 Apr 2023 10:00:00 +0200"
    mail.set_content("Guten Tag,\n\nanbei der Nachweis.")
    mail.add_alternative("<p>Guten Tag,</p><p>anbei der <b>Nachweis</b>.</p>", subtype="html")
    for text in ("eins", "zwei"):
        mail.add_attachment(text_pdf_bytes([text]), maintype="application", subtype="pdf", filename="Müller.pdf")
    mail.add_attachment(png(40, 40).read(), maintype="image", subtype="png", filename="foto.png")
    mail.add_attachment(png(40, 40).read(), maintype="image", subtype="png", cid="<a@b>", disposition="inline")
    inner = EmailMessage()
    inner["Subject"] = "Innen"
    inner.set_content("Weitergeleitet")
    mail.add_attachment(inner)
    path.write_bytes(bytes(mail))
    first, second = read(path), read(path)
    assert texts(first)[0].splitlines() == [
        "Von: Jana <jana@example.org>",
        "An: amt@example.org",
        "Betreff: Nachweis für Müller",
        "Datum: 03.04.2023 10:00",
        "",
        "Guten Tag,",
        "",
        "anbei der Nachweis.",
    ]
    names = [(e.name, e.media_type) for e in first.embedded]
    assert names == [
        ("Müller.pdf", "application/pdf"),
        ("Müller.pdf", "application/pdf"),
        ("foto.png", "image/png"),
        ("Innen.eml", "message/rfc822"),
    ]
    assert [e.content for e in first.embedded] == [e.content for e in second.embedded]
    assert b"Weitergeleitet" in first.embedded[3].content


def test_an_archive_lists_its_entries_and_loses_none(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "unterlagen.zip"
    mail_with_attachment(tmp_path / "m.eml", "Text", "Anlage")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/bescheid.pdf", text_pdf_bytes(["eins"]))
        archive.write(tmp_path / "m.eml", "b/m.eml")
        archive.writestr("leer.txt", "")
        archive.writestr("../notiz.txt", "eine Notiz")
    found = read(path)
    assert texts(found) == ["a/bescheid.pdf\nb/m.eml\nleer.txt\nnotiz.txt"]
    assert [(e.name, e.ordinal, e.fault) for e in found.embedded] == [
        ("a/bescheid.pdf", 0, None),
        ("b/m.eml", 1, None),
        ("leer.txt", 2, Reason.EMPTY),
        ("notiz.txt", 3, None),
    ]


def test_depth_and_number_of_entries_are_limited_and_said(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "viele.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(5):
            archive.writestr(f"{number}.txt", f"Eintrag {number}")
    few = read(path, max_embedded=3).embedded
    assert [e.fault for e in few] == [None, None, None, Reason.TOO_LARGE]
    assert few[3].name == "(2 weitere Anlagen)"
    deep = read(path, depth=2, max_depth=2).embedded
    assert [(e.name, e.fault) for e in deep] == [(f"{n}.txt", Reason.TOO_DEEP) for n in range(5)]


def test_images(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    scan(path, ["eins", "zwei"])
    assert texts(read(path)) == ["ocr", "ocr"]
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 7 // 10])
    assert Reason.TRUNCATED in texts(read(path))
    big = tmp_path / "gross.png"
    Image.new("1", (3000, 3000)).save(big)
    with pytest.raises(DocumentFault) as fault:
        read(big, max_page_megapixels=5)
    assert fault.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("form", "suffix", "media_type"),
    [("HEIF", "heic", "image/heic"), ("AVIF", "avif", "image/avif"), ("WEBP", "webp", "image/webp")],
)
def test_pictures_of_phones_are_read(
    read: Read, pool: RecognitionPool, tmp_path: Path, form: str, suffix: str, media_type: str
) -> None:
    """Under the suffix of another format as well: the content decides."""
    pillow_heif.register_heif_opener()
    for name in (f"foto.{suffix}", "foto.jpg"):
        path = tmp_path / name
        page_image("Mietvertrag Quittenwald").convert("RGB").save(path, form)
        found = read(path)
        assert (found.media_type, texts(found)) == (media_type, ["ocr"])
        assert "Quittenwald" in pool.recognise(path, found.media_type, 1, not_cached).text.text


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("notiz.txt", "Grüße aus Köln".encode("cp1252"), "Grüße aus Köln"),
        ("seite.html", b"<html><style>x</style><h1>Titel</h1><p>Text<ul><li>a<li>b</ul>", "Titel\n\nText\n\na\nb"),
        ("brief.rtf", rb"{\rtf1\ansi Hallo \b Welt\b0\par Zeile}", "Hallo Welt\nZeile"),
        ("liste.csv", "Name;Größe\nMüller;3\n".encode(), "Name;Größe\nMüller;3"),
    ],
)
def test_plain_formats(read: Read, tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert texts(read(tmp_path / name)) == [expected]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("leer.pdf", b"", Reason.EMPTY),
        ("zufall.bin", bytes(range(1, 256)) * 3, Reason.UNSUPPORTED),
        ("kaputt.pdf", b"%PDF-1.7\n" + b"x" * 300 + b"%%EOF", Reason.CORRUPT),
        ("kaputt.docx", b"PK\x03\x04" + b"\x00" * 200, None),
        ("kaputt.tif", b"II*\x00\xff\xff\xff\xff", None),
    ],
)
def test_unreadable_files(read: Read, tmp_path: Path, name: str, content: bytes, reason: Reason | None) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DocumentFault) as fault:
        read(tmp_path / name)
    assert reason is None or fault.value.reason is reason


def test_files_that_are_gone_or_too_large(read: Read, tmp_path: Path) -> None:
    with pytest.raises(DocumentFault) as fault:
        read(tmp_path / "weg.pdf")
    assert fault.value.reason is Reason.VANISHED
    path = tmp_path / "gross.bin"
    with path.open("wb") as stream:
        stream.truncate(2 * 1024 * 1024)
    with pytest.raises(DocumentFault) as fault:
        read(path, max_file_mb=1)
    assert fault.value.reason is Reason.TOO_LARGE
