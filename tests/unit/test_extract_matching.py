from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from casefile.errors import Reason
from indexer.extract.allowance import Allowance
from indexer.extract.matching import match_files
from indexer.extract.tika.client import Parsed
from indexer.extract.tika.traces import describe, innermost, reason_of
from indexer.extract.ziparchive import read_zip

UUID = "237ea8e9-8e95-4480-b6a6-44be3d4382ab"


def child(name: str = "", size: int | None = None, **more: str) -> Parsed:
    metadata = {"resourceName": name, **{key.replace("__", ":"): value for key, value in more.items()}}
    return Parsed(metadata | ({} if size is None else {"Content-Length": str(size)}), "")


def test_names_with_folders_and_ways_out_of_them() -> None:
    children = [child("a/b.pdf"), child("../böse.txt"), child("c\\d.txt")]
    files = {"c/d.txt": b"3", "böse.txt": b"2", "a/b.pdf": b"1"}
    assert match_files(children, files) == {0: "a/b.pdf", 1: "böse.txt", 2: "c/d.txt"}


def test_repeated_names_are_told_apart_by_size_and_then_by_content() -> None:
    children = [child("n.pdf", 3), child("n.pdf", 2)]
    assert match_files(children, {"n.pdf": b"12", f"{UUID}-n.pdf": b"123"}) == {0: f"{UUID}-n.pdf", 1: "n.pdf"}
    other = UUID.replace("2", "9")
    twice = match_files([child("n"), child("n"), child("n")], {"n": b"a", f"{UUID}-n": b"b", f"{other}-n": b"c"})
    again = match_files([child("n"), child("n"), child("n")], {"n": b"a", f"{other}-n": b"b", f"{UUID}-n": b"c"})
    contents = {"n": b"a", f"{UUID}-n": b"b", f"{other}-n": b"c"}
    swapped = {"n": b"a", f"{other}-n": b"b", f"{UUID}-n": b"c"}
    assert [contents[twice[n]] for n in range(3)] == [swapped[again[n]] for n in range(3)]


def test_a_mail_named_by_its_subject_and_one_without_a_name() -> None:
    mail = child("Betreff.eml", X__="", **{"X-TIKA__embedded_resource_path": "/anlage.eml"})
    assert match_files([mail], {"anlage.eml": b"x"}) == {0: "anlage.eml"}
    assert match_files([child("Innen.eml"), child("a.pdf")], {"1.eml": b"x", "a.pdf": b"y"}) == {0: "1.eml", 1: "a.pdf"}


def test_a_name_without_suffix_gets_one_from_tika() -> None:
    assert match_files([child("Nachweis")], {"Nachweis.bin": b"x"}) == {0: "Nachweis.bin"}


def test_an_empty_entry_takes_no_other_file() -> None:
    assert match_files([child("", 0)], {"0.txt": b"x"}) == {}


def room(most: int = 10**9) -> Allowance:
    """Entries and ratio without a bound."""
    return Allowance(documents=10**9, bytes=most, likely=10**12, most_mb=1, ratio=100)


def test_encrypted_zip_entries_are_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("offen.txt", "a")
        archive.writestr("zu.txt", "b")
    raw = bytearray(path.read_bytes())
    entry = raw.rindex(b"PK\x01\x02")
    raw[entry + 8] |= 1  # general purpose flag in the directory: encrypted
    path.write_bytes(raw)
    found = read_zip(path, 10, room())
    assert found is not None
    assert [(e.name, e.content, e.fault) for e in found] == [
        ("offen.txt", b"a", None),
        ("zu.txt", b"", Reason.ENCRYPTED),
    ]
    path.write_bytes(raw[:40])
    assert read_zip(path, 10, room()) is None


def test_an_entry_beyond_the_bound_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("klein.txt", "a")
        archive.writestr("bombe.txt", b"0" * 5_000_000)
        archive.writestr("danach.txt", "b")
    raw = bytearray(path.read_bytes())
    found = read_zip(path, 10, room(most=1_000_000))
    assert found is not None
    assert [(e.name, len(e.content), e.fault) for e in found] == [
        ("klein.txt", 1, None),
        ("bombe.txt", 0, Reason.TOO_LARGE),
        ("danach.txt", 1, None),
    ]
    entry = raw.index(b"PK\x01\x02", raw.index(b"PK\x01\x02") + 4)
    raw[entry + 24 : entry + 28] = (10).to_bytes(4, "little")  # says that it is small
    path.write_bytes(raw)
    liar = read_zip(path, 10, room(most=1_000_000))
    assert liar is not None
    assert liar[1].fault is not None
    assert len(liar[1].content) == 0


@pytest.mark.parametrize("encoding", ["cp850", "utf-8"])
def test_german_names_of_all_programs_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x" * len("Größe".encode(encoding)) + ".txt", "a")
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"x" * len("Größe".encode(encoding)), "Größe".encode(encoding)))
    found = read_zip(path, 10, room())
    assert found is not None
    assert [entry.name for entry in found] == ["Größe.txt"]


@pytest.mark.parametrize(
    ("trace", "reason"),
    [
        ("org.apache.tika.exception.EncryptedDocumentException: x", Reason.ENCRYPTED),
        ("java.io.IOException: Zip bomb detected! The file would exceed the max. ratio", Reason.TOO_LARGE),
        ("TikaException: y\n\tat a.b\nCaused by: java.io.EOFException: z", Reason.TRUNCATED),
        ("org.apache.tika.exception.ZeroByteFileException", Reason.EMPTY),
        ("TikaException: Suspected zip bomb: 100 levels", Reason.TOO_LARGE),
        ("java.lang.NullPointerException", Reason.CORRUPT),
        ("", Reason.CORRUPT),
    ],
)
def test_reasons(trace: str, reason: Reason) -> None:
    assert reason_of(trace) is reason


def test_describe_gives_the_innermost_cause() -> None:
    trace = (
        "org.apache.tika.exception.TikaException: aussen\n\tat x.y\nCaused by: java.io.IOException: innen\n\t... 3 more"
    )
    assert innermost(trace) == "IOException: innen"
    assert describe(trace) == "Tika meldet einen Fehler in der Datei. Technisch: IOException: innen."
    assert describe("") == ""
