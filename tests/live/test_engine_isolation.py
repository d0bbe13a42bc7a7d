"""From where Tika runs, as Tika's user: none of the engine's ports answers, and there is no other network."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import psutil
import pytest

from casefile.instance import opensearch_url, tika_url
from casefile.settings import Settings
from engine.identity import restricted, service_uid
from engine.relay import LOOPBACK, can_isolate, relayed
from engine.state import read_state
from engine.tika import UID_OFFSET

pytestmark = pytest.mark.skipif(not can_isolate(), reason="this machine allows no network name space")

# What a taken-over Tika would try: each address in turn; prints those that answered.
PROBE = """
import json, os, socket, sys
answered = []
for host, port in json.loads(sys.argv[1]):
    try:
        socket.create_connection((host, port), 2).close()
        answered.append([host, port])
    except OSError:
        pass
with open("/proc/net/dev") as devices:
    names = [line.split(":")[0].strip() for line in devices if ":" in line]
print(json.dumps({"answered": answered, "devices": names, "uid": os.getuid()}))
"""
ECHO = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def free_port() -> int:
    with closing(socket.create_server((LOOPBACK, 0))) as server:
        return int(server.getsockname()[1])


def probe(targets: list[tuple[str, int]]) -> dict[str, object]:
    python = [sys.executable, "-I", "-c", PROBE, json.dumps(targets)]
    command = relayed(
        restricted(python, service_uid(UID_OFFSET), [Path(sys.prefix), Path(sys.base_prefix)]), free_port()
    )
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def engine_ports(engine: Settings) -> list[int]:
    """Every port on which any process of the instance's services listens, OpenSearch's transport among them."""
    state = read_state(engine.home)
    assert state is not None
    ports = set()
    for known in state.processes:
        connections = psutil.Process(known.pid).net_connections("inet")
        ports |= {c.laddr.port for c in connections if c.status == psutil.CONN_LISTEN}
    return sorted(ports)


def test_none_of_the_engines_ports_answers(engine: Settings) -> None:
    ports = engine_ports(engine)
    assert {urlsplit(url).port for url in (opensearch_url(engine), tika_url(engine))} <= set(ports)
    hosts = [LOOPBACK, "::1", socket.gethostbyname(socket.gethostname())]
    found = probe([(host, port) for host in hosts for port in ports])
    assert found["answered"] == []
    assert found["devices"] == ["lo"]


def test_tika_itself_runs_there(engine: Settings) -> None:
    """Each process of the running Tika is in another network name space than this one."""
    state = read_state(engine.home)
    assert state is not None
    own = Path("/proc/self/ns/net").readlink()
    spaces = {Path(f"/proc/{process.pid}/ns/net").readlink() for process in state.services["tika"].processes}
    assert len(spaces) == 1
    assert own not in spaces
    assert state.services["tika"].note == ""


def test_requests_and_answers_pass_whole() -> None:
    """Large bodies, both ways, several at a time."""
    port = free_port()
    with subprocess.Popen(relayed([sys.executable, "-I", "-c", ECHO, str(port)], port)) as process:
        try:
            body = bytes(range(256)) * 40_000
            assert [put(port, body) for _ in range(3)] == [body] * 3
        finally:
            process.terminate()
            assert process.wait(30) is not None


def put(port: int, body: bytes) -> bytes:
    for _ in range(200):
        try:
            with urlopen(Request(f"http://{LOOPBACK}:{port}/", data=body, method="PUT"), timeout=30) as answer:
                content: bytes = answer.read()
                return content
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("no answer")
