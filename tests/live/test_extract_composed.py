"""Decomposed letters ("u" and a mark above it, as a Mac writes them) through the real Tika: found like any others."""

from __future__ import annotations

import unicodedata
import zipfile
from email.message import EmailMessage
from pathlib import Path

import docx

from indexer.extract import Extracted
from tests.material import Read, text_pdf

LETTER = "Sehr geehrte Frau Müller,\ndie Übernahme der Kaltmiete für Köln wird ab dem 1. März bewilligt."


def apart(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def text_of(extracted: Extracted) -> str:
    (page,) = extracted.pages
    assert page.text is not None
    return page.text.text


def test_office_files_and_plain_text(read: Read, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(apart(LETTER.replace("\n", " ")))
    document.save(str(tmp_path / "a.docx"))
    (tmp_path / "a.txt").write_text(apart(LETTER), encoding="utf-8")
    assert text_of(read(tmp_path / "a.docx")) == LETTER.replace("\n", " ")
    assert text_of(read(tmp_path / "a.txt")) == LETTER


def test_the_text_layer_of_a_pdf_keeps_its_boxes(read: Read, tmp_path: Path) -> None:
    text_pdf(tmp_path / "a.pdf", [apart(LETTER)])
    (page,) = read(tmp_path / "a.pdf").pages
    assert page.text is not None
    assert page.text.text.split() == LETTER.split()
    assert [page.text.text[w.start : w.end] for w in page.text.words] == LETTER.split()


def test_a_mail_with_its_title_and_attachments(read: Read, tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "jana@example.org", "amt@example.org", apart("Nachweis für Müller")
    mail.set_content(apart("Grüße aus Köln"))
    mail.add_attachment("Inhalt", filename=apart("Größe.txt"))
    (tmp_path / "a.eml").write_bytes(bytes(mail))
    found = read(tmp_path / "a.eml")
    assert found.title == "Nachweis für Müller"
    assert "Betreff: Nachweis für Müller" in text_of(found)
    assert text_of(found).endswith("Grüße aus Köln")
    assert [(e.name, e.content.strip()) for e in found.embedded] == [("Größe.txt", b"Inhalt")]


def test_an_archive_and_its_entries(read: Read, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(apart("Müller/Größe.txt"), "Inhalt")
    found = read(tmp_path / "a.zip")
    assert text_of(found) == "Müller/Größe.txt"
    assert [(e.name, e.content) for e in found.embedded] == [("Müller/Größe.txt", b"Inhalt")]
