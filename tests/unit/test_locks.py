import subprocess
import sys
import threading
from pathlib import Path

import pytest

from indexer.context import Interrupted
from indexer.work.locks import ContentLocks

A, B = "aa" * 32, "bb" * 32
HOLD = """
import sys
from pathlib import Path
from indexer.work.locks import ContentLocks
with ContentLocks(Path(sys.argv[1])).hold(sys.argv[2], lambda: None):
    print("held", flush=True)
    sys.stdin.read()
"""


def refuse() -> None:
    raise Interrupted


def test_threads_wait_for_one_content_only(tmp_path: Path) -> None:
    locks, order = ContentLocks(tmp_path), []

    def second() -> None:
        with locks.hold(A, lambda: None):
            order.append("second")

    with locks.hold(A, refuse):
        thread = threading.Thread(target=second)
        thread.start()
        with locks.hold(B, refuse):
            order.append("other")
        thread.join(0.3)
        order.append("first")
    thread.join()
    assert order == ["other", "first", "second"]


def test_another_process_is_waited_for_until_it_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path), A]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(Interrupted), ContentLocks(tmp_path).hold(A, refuse):
            pass
        process.kill()
        process.wait()
        with ContentLocks(tmp_path).hold(A, refuse):
            pass
