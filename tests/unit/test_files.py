"""Writing whole files, and lists in parts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.batches import batches
from casefile.storage.atomic import PRIVATE, create_atomic, replacing, write_atomic


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    write_atomic(target, "alt")
    with replacing(target) as stream:
        stream.write(b"neu")
        assert target.read_text() == "alt"
    assert target.read_text() == "neu"
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_leaves_the_old_content_and_no_remains(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    write_atomic(target, "alt")
    with pytest.raises(OSError, match="voll"), replacing(target) as stream:
        stream.write(b"halb")
        raise OSError("voll")
    assert target.read_text() == "alt"
    assert list(tmp_path.iterdir()) == [target]


def test_of_several_writers_the_first_wins(tmp_path: Path) -> None:
    create_atomic(tmp_path / "web.key", b"erster")
    create_atomic(tmp_path / "web.key", b"zweiter")
    assert (tmp_path / "web.key").read_bytes() == b"erster"
    assert [path.name for path in tmp_path.iterdir()] == ["web.key"]


def test_private_files_are_private_from_the_first_byte(tmp_path: Path) -> None:
    with replacing(tmp_path / "geheim", mode=PRIVATE):
        (beside,) = tmp_path.iterdir()
        assert beside.stat().st_mode & 0o777 == PRIVATE
    assert (tmp_path / "geheim").stat().st_mode & 0o777 == PRIVATE


@given(st.lists(st.integers()), st.integers(1, 7))
def test_batches_keep_everything_in_order(values: list[int], size: int) -> None:
    parts = list(batches(values, size))
    assert [value for part in parts for value in part] == values
    assert all(len(part) == size for part in parts[:-1])
    assert all(parts)


def test_batches_read_no_further_ahead_than_one_part() -> None:
    stream = iter(range(10))
    assert next(batches(stream, 3)) == [0, 1, 2]
    assert next(stream) == 3
