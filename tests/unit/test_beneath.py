"""Files below a folder are opened without passing through a link; what is no file is never opened for reading."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from casefile.storage.beneath import NotAFile, beneath, descriptor_path, open_beneath, read_beneath

MOST = 100


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "baum" / "Akte").mkdir(parents=True)
    (tmp_path / "baum" / "Akte" / "brief.txt").write_bytes(b"Brief")
    (tmp_path / "fremd").mkdir()
    (tmp_path / "fremd" / "brief.txt").write_bytes(b"fremd")
    return tmp_path / "baum"


def test_a_file_is_read_at_any_depth_and_through_a_link_to_the_root_alone(root: Path, tmp_path: Path) -> None:
    (tmp_path / "verweis").symlink_to(root)
    assert read_beneath(root, b"Akte/brief.txt", MOST) == b"Brief"
    assert read_beneath(tmp_path / "verweis", b"Akte/brief.txt", MOST) == b"Brief"
    assert read_beneath(root, b"Akte/brief.txt", 5) == b"Brief"
    assert read_beneath(root, b"Akte/brief.txt", 4) is None


def test_no_link_is_followed(root: Path, tmp_path: Path) -> None:
    (root / "link.txt").symlink_to(tmp_path / "fremd" / "brief.txt")
    (root / "Ordner").symlink_to(tmp_path / "fremd")
    with pytest.raises(NotAFile) as error:
        read_beneath(root, b"link.txt", MOST)
    assert error.value.link
    with pytest.raises(NotADirectoryError):
        read_beneath(root, b"Ordner/brief.txt", MOST)


@pytest.mark.parametrize(
    "raw", [b"", b"..", b"../fremd/brief.txt", b"Akte/../../fremd/brief.txt", b"/etc/passwd", b"."]
)
def test_a_path_cannot_leave_the_root(root: Path, raw: bytes) -> None:
    with pytest.raises(ValueError, match="below"):
        read_beneath(root, raw, MOST)


def test_a_pipe_is_looked_at_but_not_opened(root: Path) -> None:
    os.mkfifo(root / "pipe")
    with pytest.raises(NotAFile) as error:
        read_beneath(root, b"pipe", MOST)
    assert not error.value.link


def test_an_open_file_stays_the_same_when_its_place_is_taken(root: Path, tmp_path: Path) -> None:
    with open_beneath(root, b"Akte/brief.txt") as descriptor:
        (root / "Akte" / "brief.txt").unlink()
        (root / "Akte" / "brief.txt").symlink_to(tmp_path / "fremd" / "brief.txt")
        assert descriptor_path(descriptor).read_bytes() == b"Brief"


def test_no_descriptor_is_left_open(root: Path) -> None:
    (root / "link.txt").symlink_to("/")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for raw in (b"Akte/brief.txt", b"link.txt", b"Akte/fehlt", b"fehlt/brief.txt"):
        with contextlib.suppress(OSError):
            read_beneath(root, raw, MOST)
    with beneath(root, b"Akte"):
        pass
    assert len(list(Path("/proc/self/fd").iterdir())) == before
