"""Foreign code judges the exported log: transparency-dev's Go modules. Skipped where they or Go cannot be had."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from oversight.log.cosigning import request_cosignature
from oversight.log.export import export_tiles
from oversight.log.keys import open_key
from oversight.log.prove import prove_row
from tests.logs import WITNESS, LoggedInstance, opened

SOURCE = Path(__file__).parent / "go"
ROWS = 700
PROVED = (1, 256, 257, 512, 699)
CHANGED = ("neu/checkpoint", "neu/tile/entries/001", "neu/tile/0/002.p/188", "bitte", "257.tlog-proof")
BUILD_S = 120


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin:/usr/lib/go/bin")
    if go is None:
        pytest.skip("no Go toolchain: apt-get install golang-go (1.25 or newer)")
    program = tmp_path_factory.mktemp("go") / "verify"
    command = [go, "build", "-buildvcs=false", "-o", str(program), "."]
    try:
        subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, check=True, timeout=BUILD_S)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"the Go modules cannot be built: {str(error.stderr or error)[-300:]}")
    return program


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoggedInstance]:
    with opened(tmp_path_factory.mktemp("protokoll")) as log:
        log.work(300)
        log.cosign()
        export_tiles(log.accounts, log.folder / "alt")
        log.work(ROWS - 300, 300)
        request = request_cosignature(log.accounts, WITNESS)
        (log.folder / "bitte").write_text(request.to_text())
        log.cosign()
        export_tiles(log.accounts, log.folder / "neu")
        for row in PROVED:
            (log.folder / f"{row}.tlog-proof").write_text(prove_row(log.accounts, row))
        yield log


def judged(judge: Path, log: LoggedInstance) -> subprocess.CompletedProcess[str]:
    keys = [str(open_key(log.settings, log.accounts).verifier), str(log.witness.key.verifier)]
    proofs = [f"{row}.tlog-proof" for row in PROVED]
    command = [str(judge), *keys, "neu", "alt", "bitte", *proofs]
    return subprocess.run(command, cwd=log.folder, capture_output=True, text=True, check=False, timeout=120)


def test_foreign_code_agrees(judge: Path, log: LoggedInstance) -> None:
    done = judged(judge, log)
    assert (done.returncode, done.stdout) == (0, f"agreed: {ROWS}\n"), done.stderr


@pytest.mark.parametrize(
    "name", ["neu/checkpoint", "neu/tile/entries/001", "neu/tile/0/002.p/188", "bitte", "257.tlog-proof"]
)
def test_foreign_code_refuses_what_was_changed(judge: Path, log: LoggedInstance, name: str) -> None:
    path = log.folder / name
    before = path.read_bytes()
    at = before.index(b"\n", 40) + 5 if name in ("neu/checkpoint", "bitte") else len(before) // 2
    path.write_bytes(before[:at] + bytes([before[at] ^ 1]) + before[at + 1 :])
    try:
        done = judged(judge, log)
    finally:
        path.write_bytes(before)
    assert done.returncode == 1 and "REFUSED" in done.stdout, name
