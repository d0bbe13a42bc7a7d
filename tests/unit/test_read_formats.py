"""Our own readers of text formats: HTML, XML, RTF, calendars; and how two readings become one."""

from __future__ import annotations

import base64
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.settings import load_settings
from indexer.extract.allowance import Allowance
from indexer.extract.formats.calendar import calendar_text
from indexer.extract.formats.html import data_pictures, html_text, read_html
from indexer.extract.formats.rtf import read_rtf
from indexer.extract.formats.union import join_texts, missing_lines, words_of
from indexer.extract.formats.xml import read_xml
from indexer.extract.ziparchive import read_zip


def test_lines_with_more_words_are_joined() -> None:
    assert (
        join_texts("Der Bescheid ergeht.", "Der Bescheid\nAktenzeichen 4711")
        == "Der Bescheid ergeht.\n\nAktenzeichen 4711"
    )
    assert join_texts("", "Ja", "") == "Ja"


def test_glued_words_of_the_other_reader_are_nothing_new() -> None:
    assert missing_lines("Ingwerurteil [Jasminkommentar] Ende", "IngwerurteilJasminkommentar Ende") == ""
    assert missing_lines("die Hausverwaltung", "Verwaltung") == "Verwaltung", "part of a word is a word of its own"


def test_links_and_unreadable_signs_are_nothing_new() -> None:
    assert missing_lines("Seite", "Seite <https://beispiel.example/verfolgung>\nL\ufffdwenmaul") == ""


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_word_of_either_reading_is_lost(first: str, second: str) -> None:
    glued = "".join(sorted(words_of(first)))
    joined = words_of(join_texts(first, second))
    assert words_of(first) <= joined
    assert all(word in joined or word in glued or len(word) > 4 for word in words_of(second))


def test_html_says_what_stands_in_attributes() -> None:
    page = "<title>Kopf</title><p>Text<p>Liste<select><option>eins<option>zwei</select>"
    page += '<img alt="Wappen"><input value="Wert">'
    assert html_text(page) == "Kopf\n\nText\n\nListe\neins\nzwei\n\nWappen\nWert"
    assert html_text('<input type="hidden" value="geheim123"><img alt="image001.png">Text') == "Text"


def test_pictures_written_into_a_page_are_had() -> None:
    packed = base64.b64encode(b"\x89PNG" + bytes(100)).decode()
    page = f'<img src="data:image/png;base64,{packed}"><img src="data:image/png;base64,kurz">'
    assert data_pictures(page.encode()) == [("image/png", b"\x89PNG" + bytes(100))]


def test_html_with_a_wrong_charset() -> None:
    page = '<meta charset="utf-8"><p>Löwenmaulprüfung</p>'.encode("latin-1")
    assert read_html(page) == "Löwenmaulprüfung"


def test_line_ends_of_html_are_blanks_but_in_pre() -> None:
    assert html_text("<p>ein\nSatz</p><pre>zwei\nZeilen</pre>") == "ein Satz\n\nzwei\nZeilen"


@pytest.mark.parametrize("page", ["", "<!-- -->", "<", "<p", "\x00", "<div>" * 3000 + "tief"])
def test_broken_html_loses_no_text(page: str) -> None:
    assert html_text(page) == ("tief" if "tief" in page else html_text(page))


def test_xml_says_elements_and_attributes() -> None:
    assert read_xml(b'<a art="Abgabe"><b>Huber</b><c>Weg</c></a>') == "Abgabe\nHuber\nWeg"
    assert "ein fettes Wort" in read_xml(b"<a>ein <b>fett</b>es Wort</a>")
    assert read_xml('<?xml version="1.0" encoding="utf-8"?><a>Größe</a>'.encode("latin-1")) == "Größe"
    assert read_xml(b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>vor &e; nach</a>') == "vor\nnach"


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"{\rtf1\ansi Ein Absatz ohne Ende.}", "Ein Absatz ohne Ende."),
        (
            rb"{\rtf1\ansi Das Urteil{\footnote Kommentar Band 2} gilt.\par Ende}",
            "Das Urteil [Kommentar Band 2] gilt.\nEnde",
        ),
        (rb"{\rtf1\ansi\ansicpg1252 Gr\'fc\'dfe \u8364?}", "Grüße €"),
        (rb"{\rtf1\ansi{\fonttbl{\f0\fcharset204 Arial;}}\f0\'cc\'ee\'f1\'ea\'e2\'e0}", "Москва"),
        (rb"{\rtf1{\info{\title Vorlage}}{\*\unbekannt weg}{\header Kopf}Text\tab B\line C}", "Kopf\nText\tB\nC"),
        (rb"{\rtf1{\pict\bin4 \\{}}Text}", "Text"),
        (rb"{\rtf1\uc1 a\u-10179?\u-8704?b}", "a\U0001f600b"),
        (rb"{\rtf1 offen {\b Text", "offen Text"),
    ],
)
def test_rtf(rtf: bytes, text: str) -> None:
    assert read_rtf(rtf) == text


def test_html_carried_in_rtf() -> None:
    rtf = (
        rb"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <div>}\htmlrtf \par \htmlrtf0 Lobelien{\*\htmltag <b>}sache"
        rb"{\*\htmltag </b>}{\*\htmltag </div>}{\*\htmltag <br>}\htmlrtf {\b doppelt}\htmlrtf0 bis Freitag}"
    )
    assert read_rtf(rtf) == "Lobeliensache\nbis Freitag"


@given(st.text(alphabet="\\{}'*abu01fcpx \n", max_size=200))
def test_no_rtf_raises(rtf: str) -> None:
    assert isinstance(read_rtf(b"{\\rtf1 " + rtf.encode()), str)


def test_calendar_lines_are_unfolded_and_said_in_german() -> None:
    entry = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Europe/Berlin:20210415T093000\r\nSUMMARY:Anhörung\r\n"
        "LOCATION:Raum 4\\, 2. OG\r\nDESCRIPTION:Unterlagen zur Pfeifengras\r\n bewirtschaftung\\nZimmer 4\r\n"
        'ORGANIZER;CN="Quendel, Ute":mailto:ute@amt.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'
    )
    assert calendar_text(entry).splitlines() == [
        "Beginn: 15.04.2021 09:30",
        "Termin: Anhörung",
        "Ort: Raum 4, 2. OG",
        "Beschreibung: Unterlagen zur Pfeifengrasbewirtschaftung",
        "Zimmer 4",
        "Organisator: Quendel, Ute <ute@amt.example>",
    ]


def test_cards_in_quoted_printable() -> None:
    card = "BEGIN:VCARD\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:K=C3=BCbel=\nblumer;Ute\nTEL;WORK:0711\nEND:VCARD\n"
    assert calendar_text(card) == "Name: Kübelblumer, Ute\nTelefon: 0711"


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "utf-8"])
def test_names_in_old_archives(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "alt.zip"
    stand_in = "x" * len("Schlüsselübergabe.txt".encode(encoding))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(stand_in, "Inhalt")
    raw = path.read_bytes().replace(stand_in.encode(), "Schlüsselübergabe.txt".encode(encoding))
    path.write_bytes(raw)
    room = Allowance.of_file(10_000, load_settings(home=tmp_path))
    entries = read_zip(path, 10, room)
    assert entries is not None
    assert [(entry.name, entry.content) for entry in entries] == [("Schlüsselübergabe.txt", b"Inhalt")]
