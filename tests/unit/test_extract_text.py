from __future__ import annotations

import zipfile
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.errors import DocumentFault, Reason
from casefile.pagetext import TextSource
from indexer.extract.markup import tidy
from indexer.extract.plaintext import plain_text
from indexer.extract.split import MOST_CHARACTERS, split_text
from indexer.extract.text import mail_header, mail_text, read_text
from indexer.extract.tika.client import Parsed
from indexer.extract.tika.xhtml import body_text, pdf_text

MANY = 1000
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def xhtml(body: str) -> str:
    return f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title></head><body>{body}</body></html>'


def test_tables_become_lines_with_tabs() -> None:
    rows = "<tr>\t<td><p>Miete</p></td>\t<td>450,00</td></tr>\n<tr>\t<td>Heizung</td>\t<td/></tr>\n"
    assert (
        body_text(xhtml(f"<p>Kosten</p><table>{rows}</table><p>Ende</p>")) == "Kosten\n\nMiete\t450,00\nHeizung\n\nEnde"
    )


def test_an_empty_cell_keeps_its_column() -> None:
    row = "<table><tr><td>a</td><td/><td>c</td></tr></table>"
    assert body_text(xhtml(row)) == "a\t\tc"


def test_lists_and_inline_elements() -> None:
    body = "<p>Anbei der <b>Nachweis</b>.</p><ul>\t<li>eins</li>\n\t<li>zwei</li>\n</ul><p><b>A</b>\n<b>B</b></p>"
    assert body_text(xhtml(body)) == "Anbei der Nachweis.\n\neins\nzwei\n\nA B"


def test_named_classes_and_first_elements_are_left_out() -> None:
    body = '<h1>Betreff</h1><dl><dt>From</dt></dl><p>Text</p><div class="package-entry"><h1>logo.png</h1></div>'
    assert body_text(xhtml(body), frozenset({"package-entry"}), ("h1", "dl")) == "Text"


def test_the_pages_of_a_pdf() -> None:
    body = (
        '<div class="page"><p/>\n<p>Seite eins\nZeile</p></div><div class="page"><p/></div>'
        '<div class="acroform"><ol><li fieldName="a">Name: Muster</li></ol></div><ul><li>Lesezeichen</li></ul>'
    )
    text = pdf_text(xhtml(body))
    assert text.pages == ("Seite eins\nZeile", "")
    assert text.form == "Name: Muster"


def test_hostile_markup_is_survived() -> None:
    deep = "<div>" * 1500 + "tief" + "</div>" * 1500
    assert body_text(xhtml(deep)) == "tief"
    assert body_text(xhtml("a&#11;b\x0bc")) == "a b c"
    assert body_text("") == ""
    with pytest.raises(DocumentFault):  # never a part of it taken for the whole
        body_text(xhtml("<p>Anfang</p>" + "<div>" * 9000 + "tief" + "</div>" * 9000))
    bomb = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + xhtml("<p>vor &e; nach</p>")
    assert "root" not in body_text(bomb)


def test_tidy() -> None:
    assert tidy("a\u00a0 b \t c \r\n\n\n\n d\u00adar") == "a b\tc\n\ndar"


@given(st.text(alphabet="ab .\n", max_size=400), st.integers(5, 60))
def test_pieces_are_bounded_and_lose_nothing(text: str, most: int) -> None:
    pieces = split_text(text, most)
    assert pieces
    assert all(len(piece) <= most for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert pieces == split_text(text, most)


def test_a_letter_stays_whole_and_a_long_text_is_cut_at_a_paragraph() -> None:
    assert len(split_text("Wort " * 1000)) == 1
    paragraph = "Satz mit Wörtern. " * 150
    pieces = split_text("\n\n".join([paragraph] * 12))
    assert all(len(piece) <= MOST_CHARACTERS for piece in pieces)
    assert all(piece.startswith("Satz") and piece.endswith(".") for piece in pieces)


def test_a_text_beyond_all_bounds_is_cut_in_linear_time() -> None:
    started = monotonic()
    pieces = split_text("Wort und Zahl 12345. " * 1_500_000)
    assert monotonic() - started < 5
    assert len(pieces) > 3000 and all(len(piece) <= MOST_CHARACTERS for piece in pieces)


@pytest.mark.parametrize(
    ("most", "told"),
    [
        (1, "Der Text füllt 4 Seiten; gelesen ist die erste (AKTENSUCHE_MAX_TEXT_PAGES)"),
        (3, "Der Text füllt 4 Seiten; gelesen sind die ersten 3 (AKTENSUCHE_MAX_TEXT_PAGES)"),
        (4, ""),
    ],
)
def test_what_goes_beyond_the_bound_is_one_page_with_a_fault(tmp_path: Path, most: int, told: str) -> None:
    path = tmp_path / "x.txt"
    path.write_text("x")
    long = "\n\n".join(letter * MOST_CHARACTERS for letter in "abcd")
    pages = read_text(path, Parsed({"Content-Type": "text/plain"}, xhtml(f"<p>{long}</p>")), None, (), most)
    whole = split_text(long)
    assert [page.text.text for page in pages if page.text] == whole[:most]
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert [(page.fault, page.detail) for page in pages[most:]] == ([(Reason.TOO_LARGE, told)] if told else [])


def test_the_bound_and_an_incomplete_file_are_two_faults(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("x")
    metadata = {"Content-Type": "text/plain", "X-TIKA:EXCEPTION:write_limit_reached": "true"}
    pages = read_text(path, Parsed(metadata, xhtml(f"<p>{'Wort ' * 5000}</p>")), None, (), 1)
    assert [page.fault for page in pages] == [None, Reason.TOO_LARGE, Reason.TOO_LARGE]
    assert "AKTENSUCHE_MAX_TEXT_PAGES" in pages[1].detail and "50.000.000 Zeichen" in pages[2].detail


def test_the_header_of_a_mail_is_part_of_its_text() -> None:
    metadata = {
        "Content-Type": "message/rfc822",
        "Message-From": "Jana <jana@example.org>",
        "Message-To": ["a@example.org", "b@example.org"],
        "dc:subject": "Anfrage Miete",
        "dcterms:created": "2021-03-12T09:00:00Z",
    }
    text = mail_text(Parsed(metadata, xhtml("<p>Guten Tag</p>")))
    assert text.splitlines() == [
        "Von: Jana <jana@example.org>",
        "An: a@example.org, b@example.org",
        "Betreff: Anfrage Miete",
        "Datum: 12.03.2021 10:00",
        "",
        "Guten Tag",
    ]


def test_outlook_addresses_are_searchable_too() -> None:
    metadata = {
        "Message-From": "Jana",
        "Message:From-Email": "jana@example.org",
        "Message-To": "Amt",
        "Message:To-Email": ["amt@example.org", "/O=EXCHANGE/CN=X"],
    }
    assert mail_header(Parsed(metadata, "")).text() == "Von: Jana <jana@example.org>\nAn: Amt, amt@example.org"


def test_only_text_passes_for_text(tmp_path: Path) -> None:
    path = tmp_path / "unbekannt.xyz"
    path.write_bytes("Name;Größe\r\nMüller;3".encode("cp1252"))
    assert plain_text(path) == "Name;Größe\nMüller;3"
    path.write_bytes(bytes(range(256)))
    assert plain_text(path) == ""


def read(path: Path, kind: str, body: str, **metadata: str) -> list[tuple[str, Reason | None]]:
    found = {"Content-Type": kind} | {key.replace("__", ":").replace("_", "-"): v for key, v in metadata.items()}
    return [
        (p.text.text if p.text else "", p.fault) for p in read_text(path, Parsed(found, xhtml(body)), None, (), MANY)
    ]


def test_an_office_file_without_its_end_is_truncated(tmp_path: Path) -> None:
    path = tmp_path / "brief.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "x" * 2000)
    assert read(path, DOCX, "<p>Text</p>") == [("Text", None)]
    path.write_bytes(path.read_bytes()[:1000])
    assert read(path, DOCX, "<p>Text</p>") == [("Text", None), ("", Reason.TRUNCATED)]


def test_text_that_stops_with_an_exception_is_never_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.doc"
    path.write_bytes(b"x")
    parsed = Parsed(
        {"Content-Type": "application/msword", "X-TIKA:EXCEPTION:container_exception": "java.io.EOFException: kurz"},
        xhtml("<p>Anfang</p>"),
    )
    pages = read_text(path, parsed, None, (), MANY)
    assert [(page.text is not None, page.fault) for page in pages] == [(True, None), (False, Reason.TRUNCATED)]
    parsed = Parsed({"Content-Type": "text/plain", "X-TIKA:EXCEPTION:write_limit_reached": "true"}, xhtml("<p>A</p>"))
    assert read_text(path, parsed, None, (), MANY)[-1].fault is Reason.TOO_LARGE


def test_no_text_is_blank_or_unsupported(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"\x00\x01")
    parsed = Parsed({"Content-Type": DOCX}, xhtml(""))
    text = read_text(path, parsed, None, (), MANY)[0].text
    assert text is not None
    assert text.source is TextSource.NONE
    with pytest.raises(DocumentFault) as fault:
        read_text(path, Parsed({"Content-Type": "video/mp4"}, xhtml("")), None, (), MANY)
    assert fault.value.reason is Reason.UNSUPPORTED


def test_the_page_of_an_archive_is_its_list(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"PK")
    pages = read_text(path, Parsed({"Content-Type": "application/zip"}, xhtml("")), None, ("a/b.pdf", "c.txt"), MANY)
    assert [page.text and page.text.text for page in pages] == ["a/b.pdf\nc.txt"]


def test_the_source_of_a_damaged_pdf_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "kaputt.pdf"
    path.write_bytes(b"%XDF\n1 0 obj\n<< /Type /Catalog >>\nendobj\n")
    with pytest.raises(DocumentFault) as fault:
        read(path, "text/plain", "<p>1 0 obj</p>")
    assert fault.value.reason is Reason.CORRUPT
