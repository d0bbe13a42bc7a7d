"""What the client makes of a Tika server that dies, hangs up or is gone: the real one behind a faulty go-between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from casefile.errors import DocumentFault, EnvironmentFault, Reason
from casefile.instance import tika_url
from casefile.settings import Settings, load_settings
from indexer.extract.tika import client
from indexer.extract.tika.client import TikaClient

DEADLY = b"TOEDLICH"
BROKEN = b"VERDORBEN"


class GoBetween(ThreadingHTTPServer):
    """Hands requests on; `faults` is what happens to the next ones instead: "drop", a status, or "half" an answer.

    A document with DEADLY in it takes every request down that is under way, like a dying fork.
    """

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = urlsplit(target).netloc
        self.faults: list[str] = []
        self.deaths = 0
        self.under_way = threading.Semaphore(0)
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: GoBetween

    def do_GET(self) -> None:
        self._hand_on(None)

    def do_PUT(self) -> None:
        body = self._body()
        with self.server.lock:
            fault = self.server.faults.pop(0) if self.server.faults else ""
        deaths = self.server.deaths
        if DEADLY in body:
            self.server.deaths += 1
            fault = "drop"
        elif fault == "wait":
            while self.server.deaths == deaths:
                threading.Event().wait(0.02)
            fault = "drop"
        if fault == "drop":
            self.close_connection = True
        elif fault.isdigit():
            self.send_error(int(fault))
        else:
            self._hand_on(body, half=fault == "half")

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _hand_on(self, body: bytes | None, half: bool = False) -> None:
        target = HTTPConnection(self.server.target, timeout=60)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in {"host", "transfer-encoding"}}
        target.request(self.command, self.path, body, headers)
        answer = target.getresponse()
        content = answer.read()
        target.close()
        self.send_response(answer.status)
        for name in ("Content-Type", "Content-Encoding"):
            if value := answer.getheader(name):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) // 2 if half else len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if half else content)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def between(engine: Settings) -> Iterator[GoBetween]:
    server = GoBetween(tika_url(engine))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def tika(between: GoBetween) -> TikaClient:
    return TikaClient(load_settings(tika_url=between.url))


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "brief.txt"
    path.write_text("Sehr geehrte Frau Müller, anbei der Bescheid.")
    return path


def test_a_request_that_a_dying_fork_took_down_is_repeated(between: GoBetween, tika: TikaClient, letter: Path) -> None:
    for fault in ("drop", "503"):
        between.faults = [fault]
        assert "Bescheid" in tika.parse(letter).xhtml


def test_a_file_that_kills_the_fork_twice_is_to_blame(between: GoBetween, tika: TikaClient, letter: Path) -> None:
    letter.write_bytes(DEADLY)
    with pytest.raises(DocumentFault) as fault:
        tika.parse(letter)
    assert fault.value.reason is Reason.CRASHED
    assert between.deaths == 2


def test_neighbours_of_a_deadly_file_are_not_blamed(
    between: GoBetween, tika: TikaClient, letter: Path, tmp_path: Path
) -> None:
    deadly = tmp_path / "tödlich.txt"
    deadly.write_bytes(DEADLY)
    between.faults = ["wait"] * 3
    with ThreadPoolExecutor(4) as threads:
        neighbours = [threads.submit(tika.parse, letter) for _ in range(3)]
        while between.faults:
            threading.Event().wait(0.02)
        culprit = threads.submit(tika.parse, deadly)
        assert all("Bescheid" in neighbour.result().xhtml for neighbour in neighbours)
        with pytest.raises(DocumentFault) as fault:
            culprit.result()
    assert fault.value.reason is Reason.CRASHED


def test_half_an_answer_is_no_success(between: GoBetween, tika: TikaClient, letter: Path) -> None:
    between.faults = ["half"]
    with pytest.raises(DocumentFault) as fault:
        tika.parse(letter)
    assert fault.value.reason is Reason.CRASHED


def test_an_error_for_one_file_is_its_own_one_for_all_stops_the_run(
    between: GoBetween, tika: TikaClient, letter: Path
) -> None:
    between.faults = ["500"]
    with pytest.raises(DocumentFault) as fault:
        tika.parse(letter)
    assert fault.value.reason is Reason.CORRUPT
    between.faults = ["500", "500"]
    with pytest.raises(EnvironmentFault) as stop:
        tika.parse(letter)
    assert stop.value.code == "tika_broken"
    between.faults = ["404"]
    with pytest.raises(EnvironmentFault):
        tika.parse(letter)


def test_without_a_server_the_run_stops(letter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_RETURN_SECONDS", 0.1)
    unreachable = TikaClient(load_settings(tika_url="http://127.0.0.1:9"))
    with pytest.raises(EnvironmentFault) as fault:
        unreachable.parse(letter)
    assert fault.value.code == "tika_down"
    assert "aktensuche up" not in str(fault.value) and "AKTENSUCHE_TIKA_URL" in fault.value.remedy


def test_the_package_never_starts_or_downloads_a_server() -> None:
    assert client.tika_package.TikaClientOnly
    assert not client.tika_package.log.handlers
