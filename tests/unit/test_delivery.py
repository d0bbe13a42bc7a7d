"""Delivery lists of a contractor."""

from __future__ import annotations

import pytest

from indexer.covers.delivery import ListedFile, parse_delivery_list
from indexer.covers.fields import CoverSheetError


def read(text: str, encoding: str = "utf-8") -> tuple[list[ListedFile], list[str]]:
    found = parse_delivery_list(text.encode(encoding))
    return list(found.files), list(found.problems)


def test_files_and_pages() -> None:
    listed, problems = read("Datei;Seiten\nAkte 1/Müller.pdf;3\n.\\Akte 1\\b.pdf;\n", "cp1252")
    assert listed == [ListedFile("Akte 1/Müller.pdf", 3), ListedFile("Akte 1/b.pdf", None)]
    assert problems == []


def test_names_are_composed_as_in_the_ledger() -> None:
    assert read("Pfad\nMu\u0308ller.pdf\n")[0] == [ListedFile("M\u00fcller.pdf", None)]


def test_what_is_wrong_in_a_row_is_said_and_the_file_is_kept() -> None:
    listed, problems = read("datei,seiten\na.pdf,drei\n,4\n")
    assert listed == [ListedFile("a.pdf", None)]
    assert [problem[:8] for problem in problems] == ["Zeile 2:", "Zeile 3:"]


def test_a_list_without_a_column_of_files_is_refused() -> None:
    with pytest.raises(CoverSheetError, match="Datei"):
        read("Seiten\n3\n")
