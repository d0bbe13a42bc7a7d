"""Bytes to text without a reliable word about their encoding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.extract.formats.encoding import decode_text, plausibility

GERMAN = "Grüße aus Köln, die Übernahme der Straßenbaubeiträge über 12 Monate"


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "cp1252",
        "cp850",
        "cp437",
        "mac_roman",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32-le",
        "utf-7",
    ],
)
@pytest.mark.parametrize("declared", [(), ("utf-8",), ("x-unbekannt",)])
def test_german_text_in_every_usual_encoding(encoding: str, declared: tuple[str, ...]) -> None:
    assert decode_text(GERMAN.encode(encoding), declared) == GERMAN


@pytest.mark.parametrize("word", ["Müller", "Größe", "Öl", "ÜBERNAHME", "Straße 5"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp850", "mac_roman"])
def test_single_words(word: str, encoding: str) -> None:
    assert decode_text(word.encode(encoding)) == word


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Справка из архива", "cp1251"),
        ("Справка из архива", "koi8-r"),
        ("Türkiye'den gelen başvuru ışık", "cp1254"),
        ("Zażółć gęślą jaźń", "cp1250"),
        ("Βεβαίωση κατοικίας", "cp1253"),
    ],
)
def test_the_neighbours_letters(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding), (encoding,)) == text


def test_cyrillic_without_a_declaration() -> None:
    assert decode_text("Автоматически переведено".encode("cp1251")) == "Автоматически переведено"


def test_a_wrong_declaration_is_not_believed() -> None:
    assert decode_text("Löwenmaulprüfung".encode("latin-1"), ("utf-8",)) == "Löwenmaulprüfung"
    assert decode_text("Löwenmaulprüfung".encode(), ("iso-8859-1",)) == "Löwenmaulprüfung"
    assert decode_text("Größe".encode("cp1252"), ("windows-1251",)) == "Größe"


def test_text_of_a_mainframe_only_where_it_is_named() -> None:
    raw = GERMAN.encode("cp273")
    assert decode_text(raw, ("IBM273",)) == GERMAN
    assert decode_text("post@amt.example Größe".encode("cp1252"), ("cp500",)) == "post@amt.example Größe"


def test_plus_signs_are_no_utf_7() -> None:
    assert decode_text(b"1+1=2 und A+B-C, Tel. +49-711-123") == "1+1=2 und A+B-C, Tel. +49-711-123"


@given(st.binary(max_size=300), st.sampled_from([(), ("utf-8",), ("utf-16",), ("hz",), ("base64",), ("\x00",)]))
def test_no_bytes_raise(raw: bytes, declared: tuple[str, ...]) -> None:
    assert isinstance(decode_text(raw, declared), str)


@given(st.text(max_size=100))
def test_plausibility_is_a_share(text: str) -> None:
    assert 0.0 <= plausibility(text) <= 1.0
