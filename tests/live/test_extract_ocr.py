"""Recognition with the real Tesseract, in real worker processes."""

from __future__ import annotations

import functools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PIL import Image, ImageFilter

from casefile.errors import DocumentFault, EnvironmentFault, Reason
from casefile.imaging.media import PDF
from casefile.pagetext import PageText, TextSource, Word
from casefile.sandbox import MOST_MISSES, Budget, WorkerPool
from casefile.settings import PROJECT, load_settings
from engine.relay import can_isolate
from indexer.extract import RecognitionPool, not_cached
from tests.material import page_image, scan, text_pdf

TEXT = "Mietvertrag für die Wohnung\nVermieter Quittenwald\n\nKaltmiete monatlich 450,00 Euro\nNebenkosten im Voraus"
PNG = "image/png"


@pytest.fixture(scope="module")
def pool() -> Iterator[RecognitionPool]:
    with RecognitionPool(load_settings(), workers=1) as pool:
        yield pool


def read(pool: RecognitionPool, path: Path, media_type: str = PNG, page: int = 1) -> PageText:
    return pool.recognise(path, media_type, page, not_cached).text


def box_of(page: PageText, word: str) -> Word:
    return next(w for w in page.words if page.text[w.start : w.end] == word)


def from_store(text: PageText, expected: str, key: str) -> PageText | None:
    return text if key == expected else None


def test_a_scan_is_read_with_places(pool: RecognitionPool, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    scan(path, ["", TEXT])
    page = read(pool, path, PDF, 2)
    assert page.source is TextSource.OCR
    assert page.text.replace("\n\n", "\n").splitlines() == TEXT.replace("\n\n", "\n").splitlines()
    assert page.quality is not None
    assert page.quality > 85
    assert (round(page.width), round(page.height)) == (595, 842)
    word = box_of(page, "Quittenwald")
    assert 0.2 < word.left < word.right < 0.55
    assert 0.1 < word.top < word.bottom < 0.16
    assert read(pool, path, PDF, 1).source is TextSource.NONE


def test_what_is_known_is_not_recognised_again(pool: RecognitionPool, tmp_path: Path) -> None:
    path, copy = tmp_path / "a.png", tmp_path / "b.tif"
    page_image(TEXT).save(path, dpi=(150, 150))
    page_image(TEXT).save(copy, dpi=(150, 150), compression="tiff_lzw")
    first = pool.recognise(path, PNG, 1, not_cached)
    assert not first.cached
    stored = PageText("aus dem Speicher", TextSource.OCR)
    again = pool.recognise(copy, "image/tiff", 1, functools.partial(from_store, stored, first.key))
    assert (again.key, again.text, again.cached) == (first.key, stored, True)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_pages_lying_wrong_are_read_and_marked_as_shown(pool: RecognitionPool, tmp_path: Path, turn: int) -> None:
    upright, path = tmp_path / "a.png", tmp_path / "b.png"
    image = page_image((TEXT + "\n\n") * 3)
    image.save(upright, dpi=(150, 150))
    image.rotate(turn, expand=True).save(path, dpi=(150, 150))
    straight, page = read(pool, upright), read(pool, path)
    assert "Quittenwald" in page.text
    x, y = _middle(box_of(straight, "Quittenwald"))
    shown = {90: (y, 1 - x), 180: (1 - x, 1 - y), 270: (1 - y, x)}[turn]
    hits = [_middle(w) for w in page.words if page.text[w.start : w.end] == "Quittenwald"]
    assert min(abs(hx - shown[0]) + abs(hy - shown[1]) for hx, hy in hits) < 0.02


def _middle(word: Word) -> tuple[float, float]:
    return (word.left + word.right) / 2, (word.top + word.bottom) / 2


def test_blank_and_dirty_pages_are_blank_but_pictures_are_not(pool: RecognitionPool, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.effect_noise((1240, 1754), 12).point(lambda v: min(255, v + 100)).save(path, dpi=(150, 150))
    assert read(pool, path).source is TextSource.NONE
    Image.radial_gradient("L").resize((1240, 1754)).filter(ImageFilter.GaussianBlur(3)).save(path, dpi=(150, 150))
    assert read(pool, path).text == ""


def test_pale_print_is_read_but_the_other_side_of_the_sheet_is_not(pool: RecognitionPool, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    faint = page_image((TEXT + "\n\n") * 3).point([round(205 + v * 0.15) for v in range(256)])
    faint.save(path, dpi=(150, 150))
    assert "Quittenwald" in read(pool, path).text
    faint.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(path, dpi=(150, 150))
    assert read(pool, path).source is TextSource.NONE


def test_page_faults_come_back_as_such(pool: RecognitionPool, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    text_pdf(path, ["eins"])
    for media_type, page, reason in ((PDF, 2, Reason.PAGES_MISSING), (PNG, 1, Reason.CORRUPT)):
        with pytest.raises(DocumentFault) as fault:
            read(pool, path, media_type, page)
        assert fault.value.reason is reason


def test_a_missing_language_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault):
        RecognitionPool(load_settings(ocr_languages="deu+xyz"))
    (tmp_path / "deu.traineddata").write_bytes(b"kein Modell")
    page_image(TEXT).save(tmp_path / "a.png")
    with (
        RecognitionPool(load_settings(tessdata=tmp_path), workers=1) as broken,
        pytest.raises(EnvironmentFault) as fault,
    ):
        read(broken, tmp_path / "a.png")
    assert fault.value.code == "tesseract_missing"


# --- the worker processes themselves


@pytest.fixture(scope="module")
def workers() -> Iterator[WorkerPool]:
    with WorkerPool(1) as pool:
        yield pool


def own_pid() -> int:
    return os.getpid()


def die() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def fill_memory() -> int:
    return len(bytearray(16 * 1024**3))


def fail() -> None:
    raise KeyError("Fehler im Programm")


def fail_after(seconds: float) -> None:
    time.sleep(seconds)
    raise KeyError


def fail_like_the_pool() -> None:
    raise RuntimeError("cannot schedule new futures after shutdown")


def fail_without_end() -> None:
    fail_without_end()


def thread_limit() -> tuple[str | None, int]:
    return os.environ.get("OMP_THREAD_LIMIT"), os.getpriority(os.PRIO_PROCESS, 0)


def run(pool: WorkerPool, function: object, *args: object, timeout: float = 30) -> object:
    return pool.run(function, *args, timeout=timeout, reason=Reason.OCR_TIMEOUT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("function", "args", "timeout", "reason"),
    [
        (die, (), 60, Reason.CRASHED),
        (fill_memory, (), 60, Reason.TOO_LARGE),
        (fail, (), 60, Reason.CRASHED),
        (fail_like_the_pool, (), 60, Reason.CRASHED),
        (fail_without_end, (), 60, Reason.CRASHED),
        (time.sleep, (60,), 2, Reason.OCR_TIMEOUT),
    ],
)
def test_a_task_that_kills_hangs_or_fills_is_a_fault_and_the_next_one_works(
    workers: WorkerPool, function: object, args: tuple[object, ...], timeout: float, reason: Reason
) -> None:
    with pytest.raises(DocumentFault) as fault:
        run(workers, function, *args, timeout=timeout)
    assert fault.value.reason is reason
    assert run(workers, own_pid) != os.getpid()


def test_tasks_of_one_file_share_its_budget(workers: WorkerPool) -> None:
    """Each failed try leaves less to the next; then none is made at all. Other files' tasks are not concerned."""
    file = workers.within(Budget(2))
    for _ in range(MOST_MISSES):
        with pytest.raises(DocumentFault) as fault:
            run(file, fail_after, 1.0)
        assert fault.value.reason is Reason.CRASHED
    with pytest.raises(DocumentFault, match="AKTENSUCHE_FILE_TIMEOUT") as spent:
        run(file, own_pid)
    assert spent.value.reason is Reason.OCR_TIMEOUT
    assert run(workers, own_pid)


def reaches(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not can_isolate(), reason="this machine allows no network name space")
def test_workers_reach_no_service_of_this_machine(workers: WorkerPool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert reaches(port)
        assert not run(workers, reaches, port)


def test_workers_are_modest(workers: WorkerPool) -> None:
    assert run(workers, thread_limit) == ("1", 10)


def test_a_cancelled_task_is_stopped(workers: WorkerPool) -> None:
    started = time.monotonic()
    future = workers.schedule(time.sleep, 60, timeout=90, reason=Reason.OCR_TIMEOUT)
    time.sleep(0.5)
    assert future.cancel()
    assert run(workers, own_pid)
    assert time.monotonic() - started < 20


def test_no_worker_outlives_its_pool() -> None:
    with WorkerPool(2) as pool:
        pid = run(pool, own_pid)
        assert isinstance(pid, int)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


PARENT = """
import time
from casefile.errors import Reason
from casefile.sandbox import WorkerPool
from tests.live.test_extract_ocr import own_pid

if __name__ == "__main__":
    with WorkerPool(1) as pool:
        print(pool.run(own_pid, timeout=30, reason=Reason.TIMEOUT), flush=True)
        pool.schedule(time.sleep, 300, timeout=400, reason=Reason.TIMEOUT)
        time.sleep(300)
"""


def test_workers_die_with_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "eltern.py"
    script.write_text(PARENT)
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        worker = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        assert psutil.wait_procs([worker], timeout=30)[1] == []
