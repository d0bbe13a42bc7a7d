"""The Tika server through the `tika` package, as a client only: it must never download or start a server itself."""

from __future__ import annotations

import copy
import io
import json
import logging
import os
import re
import tarfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from casefile.errors import DocumentFault, EnvironmentFault, Reason
from casefile.instance import shown_url, tika_remedy, tika_url
from casefile.sandbox import UNLIMITED, Budget
from casefile.settings import Settings
from casefile.wording import caused
from indexer.extract.tika.gate import Gate

# Read by the package when it is imported: any value of the first means "client only", an empty log file keeps it from
# writing into the temporary folder.
os.environ["TIKA_CLIENT_ONLY"] = "true"
os.environ["TIKA_LOG_FILE"] = ""

from tika import tika as tika_package

# The package warns of every status but 200; each of them is handled here.
logging.getLogger("tika.tika").setLevel(logging.ERROR)

# About 20,000 pages of text. Tika says so when it stops there, and the rest is recorded as too large.
WRITE_LIMIT = 50_000_000
# Together; Tika holds them in its memory while it packs them.
UNPACK_LIMIT = 160 * 1024 * 1024
_CONNECT_SECONDS = 5
_RETURN_SECONDS = 45  # a fork that died is back after about 5 s; a loaded machine takes longer
_PAUSE_SECONDS = 1.0
_FORK_GONE = frozenset({502, 503, 504})
# A fork that is gone after this long was ended by the server's own limit of 120 s for a document.
_SLOW_SECONDS = 100

Metadata = dict[str, Any]


class _ForkDied(Exception):
    """The connection broke, or Tika answered 503: this request or a neighbour's killed or hung the fork.

    `slow`: it had run about as long as the server lets a document run.
    """

    slow: bool = False


@dataclass(frozen=True)
class Parsed:
    """One document as /rmeta gives it: metadata and the content as XHTML ("" where there is none)."""

    metadata: Metadata
    xhtml: str

    def first(self, key: str) -> str:
        value = self.metadata.get(key, "")
        return str(value[0] if isinstance(value, list) and value else value or "")

    def all(self, key: str) -> list[str]:
        value = self.metadata.get(key, [])
        return [str(v) for v in value] if isinstance(value, list) else [str(value)]

    @property
    def media_type(self) -> str:
        return self.first("Content-Type") or "application/octet-stream"

    @property
    def exception(self) -> str:
        """The stack trace of what stopped the parser, "" where nothing did."""
        return self.first("X-TIKA:EXCEPTION:container_exception") or self.first("X-TIKA:EXCEPTION:embedded_exception")


class TikaClient:
    """Thread-safe. One for a run: where a document kills the server's fork, it is tried again while all others wait."""

    def __init__(self, settings: Settings) -> None:
        """Raises EnvironmentFault `engine_down` where no server is configured or running."""
        self._url = tika_url(settings)
        self._settings = settings
        self._timeout = settings.tika_timeout
        self._gate = Gate()
        self._budget = UNLIMITED
        self._direct = (urlsplit(self._url).hostname or "") in {"127.0.0.1", "localhost", "::1"}

    def within(self, budget: Budget) -> TikaClient:
        """The same client for requests that share a budget."""
        shared = copy.copy(self)
        shared._budget = budget
        return shared

    def check(self) -> str:
        """The server's version. Raises EnvironmentFault `tika_down`."""
        try:
            status, body = tika_package.callServer(
                "get", self._url, "/version", None, {}, requestOptions=self._options({"Accept": "text/plain"}, 10)
            )
        except requests.RequestException as error:
            raise self._down() from error
        if status != 200:
            raise self._down()
        return str(body).strip()

    def parse(self, path: Path) -> Parsed:
        """The document itself, without what is embedded in it.

        Raises DocumentFault (`timeout`, `crashed`) or EnvironmentFault `tika_down`.
        """
        raw = self._put("/rmeta/xml", path, maxEmbeddedResources="0", writeLimit=str(WRITE_LIMIT))
        records = _records(raw)
        content = records[0].pop("X-TIKA:content", "")
        return Parsed(records[0], str(content or ""))

    def list_embedded(self, path: Path, limit: int) -> list[Parsed]:
        """Metadata of what is directly embedded, in the container's order; text is not transferred."""
        raw = self._put("/rmeta/ignore", path, maxEmbeddedResources=str(limit))
        children = [Parsed(record, "") for record in _records(raw)[1:]]
        direct = [child for child in children if child.first("X-TIKA:embedded_depth") == "1"]
        return sorted(direct, key=lambda child: int(child.first("X-TIKA:embedded_id") or 0))

    def parse_embedded(self, path: Path, limit: int) -> list[Parsed]:
        """Everything embedded at any depth, with its text."""
        raw = self._put("/rmeta/xml", path, maxEmbeddedResources=str(limit), writeLimit=str(WRITE_LIMIT))
        return [Parsed(record, str(record.pop("X-TIKA:content", None) or "")) for record in _records(raw)[1:]]

    def unpack(self, path: Path) -> dict[str, bytes]:
        """Bytes of what is directly embedded, by Tika's name for it; the order means nothing.

        A name that occurs twice gets a random UUID in front from Tika.
        """
        raw = self._put("/unpack", path, accept="application/x-tar", unpackMaxBytes=str(UNPACK_LIMIT))
        if not raw:
            return {}
        files: dict[str, bytes] = {}
        try:
            with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
                for member in archive:
                    stream = archive.extractfile(member) if member.isfile() else None
                    if stream is not None:
                        files[member.name] = stream.read()
        except tarfile.TarError as error:
            raise DocumentFault(Reason.CORRUPT, caused("Anlagen nicht lesbar", error)) from error
        return files

    def _put(self, service: str, path: Path, accept: str = "application/json", **headers: str) -> bytes:
        """One request. When the fork died under it, once more, alone with a fresh fork; then the file is to blame.

        Not again where it ran as long as the server lets a document run: then it was this one that was ended.
        """
        sent = {
            "Accept": accept,
            "Content-Disposition": f'attachment; filename="datei{_safe_suffix(path)}"',
            "X-Tika-OCRskipOcr": "true",
            "X-Tika-PDFOcrStrategy": "no_ocr",
            "X-Tika-PDFDetectAngles": "true",  # else turned text comes out letter by letter
            **headers,
        }
        try:
            with self._gate.shared():
                return self._timed(service, path, sent)
        except _ForkDied as died:
            self._await_return()
            if died.slow:
                raise DocumentFault(Reason.TIMEOUT) from died
        try:
            with self._gate.alone():
                return self._timed(service, path, sent)
        except _ForkDied as again:
            self._await_return()
            raise DocumentFault(Reason.TIMEOUT if again.slow else Reason.CRASHED) from again

    def _timed(self, service: str, path: Path, headers: dict[str, str]) -> bytes:
        """A request within what is left of the file's budget."""
        limit = self._budget.limit(self._timeout)
        started = time.monotonic()
        try:
            body = self._send(service, path, headers, limit)
        except DocumentFault:
            self._budget.failed(time.monotonic() - started)
            raise
        except _ForkDied as died:
            seconds = time.monotonic() - started
            died.slow = seconds > _SLOW_SECONDS
            self._budget.failed(seconds)
            raise
        self._budget.succeeded(time.monotonic() - started)
        return body

    def _send(self, service: str, path: Path, headers: dict[str, str], limit: float) -> bytes:
        try:
            with path.open("rb") as stream:
                status, body = tika_package.callServer(
                    "put",
                    self._url,
                    service,
                    stream,
                    {},
                    rawResponse=True,
                    requestOptions=self._options(headers, limit),
                )
        except requests.ReadTimeout as error:
            raise DocumentFault(Reason.TIMEOUT) from error
        except requests.RequestException as error:
            raise _ForkDied from error
        if status >= 500 and status not in _FORK_GONE:
            self._prove()
        return _judge(int(status), bytes(body))

    def _prove(self) -> None:
        """A server that cannot read a line of text is broken; no document is to blame."""
        options = self._options({"Accept": "application/json", "Content-Type": "text/plain"}, 60)
        try:
            status, _ = tika_package.callServer("put", self._url, "/rmeta/text", b"Probe", {}, requestOptions=options)
        except requests.RequestException as error:
            raise _ForkDied from error
        if status in _FORK_GONE:
            raise _ForkDied
        if status != 200:
            raise EnvironmentFault(
                "tika_broken",
                f"Der Tika-Server {shown_url(self._url)} kann auch einfachen Text nicht lesen (Status {status}).",
                f"Protokoll des Tika-Servers prüfen, ihn dann beenden. {tika_remedy(self._settings)}",
            )

    def _down(self) -> EnvironmentFault:
        message = f"Der Tika-Server {shown_url(self._url)} antwortet nicht."
        return EnvironmentFault("tika_down", message, tika_remedy(self._settings))

    def _options(self, headers: dict[str, str], timeout: float) -> dict[str, Any]:
        # The package's own options are replaced as a whole: its 60 s and its unchecked certificates.
        options: dict[str, Any] = {"headers": headers, "timeout": (_CONNECT_SECONDS, timeout), "verify": True}
        if self._direct:
            options["proxies"] = {"http": None, "https": None}
        return options

    def _await_return(self) -> None:
        """Raises EnvironmentFault when the server does not come back."""
        deadline = time.monotonic() + _RETURN_SECONDS
        while True:
            try:
                self.check()
            except EnvironmentFault:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE_SECONDS)
            else:
                return


def _judge(status: int, body: bytes) -> bytes:
    if status == 200:
        return body
    if status == 204:
        return b""
    if status in _FORK_GONE:
        raise _ForkDied
    if status == 415:
        raise DocumentFault(Reason.UNSUPPORTED)
    if status in {413, 507}:
        raise DocumentFault(Reason.TOO_LARGE)
    if status in {401, 403, 404, 405}:
        raise EnvironmentFault(
            "tika_refuses",
            f"Der Tika-Server lehnt die Anfrage ab (Status {status}).",
            "Adresse (AKTENSUCHE_TIKA_URL) und freigegebene Endpunkte (rmeta, unpack) prüfen.",
        )
    raise DocumentFault(Reason.CORRUPT, f"Tika meldet Status {status}")


def _records(raw: bytes) -> list[Metadata]:
    try:
        records = json.loads(raw)
    except ValueError as error:  # cut off while it was sent: never a success
        raise DocumentFault(Reason.CRASHED, "Die Antwort von Tika ist unvollständig") from error
    if not isinstance(records, list) or not records or not all(isinstance(r, dict) for r in records):
        raise DocumentFault(Reason.CRASHED, "Die Antwort von Tika ist leer")
    return records


def _safe_suffix(path: Path) -> str:
    """Types without a signature (text, CSV) need the suffix as a hint; a signature always wins over it."""
    return path.suffix.lower() if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", path.suffix) else ""
