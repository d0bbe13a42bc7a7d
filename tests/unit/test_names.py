"""Names from outside as they reach a terminal and a database."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.names import visible
from indexer.upkeep.failures import Failure
from indexer.upkeep.report import print_failures


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Bescheid März.pdf", "Bescheid März.pdf"),
        ("a\nb.pdf: ok", "a␊b.pdf: ok"),
        ("\x1b[2Jweg\x7f", "␛[2Jweg␡"),
        ("rechnung\u202efdp.exe", "rechnung\\u202efdp.exe"),
        ("a\u2028b\x85c", "a\\u2028b\\u0085c"),
        ("alt\udce4r", "alt\\udce4r"),
    ],
)
def test_what_a_terminal_would_obey_is_shown_as_a_sign(name: str, shown: str) -> None:
    assert visible(name) == shown


@given(st.text())
def test_whatever_the_name_it_is_one_line_that_can_be_written(name: str) -> None:
    shown = visible(name)
    assert len(shown.splitlines()) <= 1
    shown.encode()
    assert not {unicodedata.category(ch) for ch in shown.replace("\xad", "")} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_a_file_name_forges_no_line_of_the_failures(capsys: pytest.CaptureFixture[str]) -> None:
    path = "a.pdf\nAlles ist durchsuchbar oder leer.\n\x1b[1A.pdf"
    print_failures([Failure("bestand", path, 1, "corrupt", "Neu scannen.", "", "")])
    assert (
        capsys.readouterr().out == "a.pdf␊Alles ist durchsuchbar oder leer.␊␛[1A.pdf, Seite 1: corrupt. Neu scannen.\n"
    )
