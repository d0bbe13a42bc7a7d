"""What a batch reads and where it writes; the searching itself is tested against the engine."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casefile.database.ledger import DocumentRow
from casefile.errors import UsageFault
from search_ui.retrieval import batch
from search_ui.retrieval.ranking.lists import Unit

ORDER = batch.Order("leitung", Unit.PAGE, 10, "t")
QUERY = batch.Query("q", "Miete", batch.plain_question("Miete"))
LINE = "q Q0 a.pdf#1 1 10 t\n"


@pytest.fixture
def write(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(batch, "_answer_chunk", lambda *_: ([LINE], 1))
    yield lambda target: batch.run(None, ORDER, [QUERY], target)  # type: ignore[arg-type]


def read(path: Path, content: bytes) -> list[batch.Query]:
    source = path / "fragen.tsv"
    source.write_bytes(content)
    return batch.read_queries(source, syntax=False)


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path: Path, write: Any) -> None:
    pipe = tmp_path / "rohr"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        write(pipe)
        assert os.read(reader, 1000).decode() == LINE
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_followed_and_stays_a_link(tmp_path: Path, write: Any, there: bool) -> None:
    file, link = tmp_path / "lauf.trec", tmp_path / "verweis"
    link.symlink_to(file)
    if there:
        file.write_text("alt")
    write(link)
    assert link.is_symlink()
    assert file.read_text() == LINE


def test_a_file_is_replaced_whole(tmp_path: Path, write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "lauf.trec"
    write(target)
    assert target.read_text() == LINE
    monkeypatch.setattr(batch, "_answer_chunk", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(target)
    assert target.read_text() == LINE
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_is_refused(tmp_path: Path, write: Any) -> None:
    with pytest.raises(UsageFault):
        write(tmp_path)


def test_a_dash_is_the_standard_output(write: Any, capfd: pytest.CaptureFixture[str]) -> None:
    write(Path("-"))
    assert capfd.readouterr().out == LINE
    assert not Path("-").exists()


@pytest.mark.parametrize("mark", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\r"])
def test_only_line_feeds_end_a_query(tmp_path: Path, mark: str) -> None:
    queries = read(tmp_path, f"\ufeffq1\tMiete{mark}Wohnung\r\nq2\tRente\n\n".encode())
    assert [(query.id, query.text) for query in queries] == [("q1", "Miete Wohnung"), ("q2", "Rente")]


@pytest.mark.parametrize("content", ["q1\tMüller\n".encode("latin-1"), "q1\tMiete\n".encode("utf-16")])
def test_queries_in_another_encoding_are_wrong_usage(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UsageFault, match="UTF-8"):
        read(tmp_path, content)


@pytest.mark.parametrize("second", ["q1\tRente", "q\x1b[1m\tRente"])
def test_a_qid_is_printable_and_stands_once(tmp_path: Path, second: str) -> None:
    with pytest.raises(UsageFault, match="Zeile 3"):
        read(tmp_path, f"q1\tMiete\n\n{second}\n".encode())


def test_queries_that_are_cut_say_so(tmp_path: Path) -> None:
    long, short = read(tmp_path, f"q1\t{'Wort ' * 65}\nq2\t{'Wort ' * 64}\n".encode())
    assert (long.cut, len(long.text.split())) == (True, batch.MAX_WORDS)
    assert not short.cut


def document(identifier: str, path: str, parent: str | None) -> DocumentRow:
    return DocumentRow(id=identifier, path=path, parent_id=parent)


def test_an_exclamation_mark_in_a_name_is_encoded() -> None:
    rows = [
        document("a", "Akte/Eilt!.eml", None),
        document("b", "Akte/Eilt!.eml!Achtung! 50%.zip", "a"),
        document("c", "Akte/Eilt!.eml!Achtung! 50%.zip!innen/x!y.pdf", "b"),
    ]
    known = {row.id: row for row in rows}
    assert [batch.document_name(row, known, "Akte/Eilt!.eml") for row in rows] == [
        "Akte/Eilt%21.eml",
        "Akte/Eilt%21.eml!Achtung%21%2050%25.zip",
        "Akte/Eilt%21.eml!Achtung%21%2050%25.zip!innen/x%21y.pdf",
    ]
