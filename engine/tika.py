"""The Tika server of one instance: configuration and start command.

Every file that Tika reads is treated as hostile: it runs as a user of its own, in a child process with bounded memory
and time that the server replaces when it dies, with only the endpoints in use and none of the features that could read
other files or fetch addresses. It has no network but its own port (`engine.relay`): no way to the engine, none out.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from xml.sax.saxutils import escape

from casefile.settings import Settings
from engine.assembly.java import Java, find_java
from engine.assembly.layout import Engine
from engine.identity import give, restricted, service_uid
from engine.machine import LOOPBACK, tika_heap_mb
from engine.relay import can_isolate, relayed
from engine.service import ENVIRONMENT_KEPT, Launch

UID_OFFSET = 1
ENDPOINTS = ("rmeta", "tika", "unpack", "meta", "version", "detect")
TASK_TIMEOUT_MILLIS = 120_000
# The child is replaced now and then: parsers leak memory.
MAX_FILES = 10_000
SERVER_HEAP_MB = 96
NOT_ISOLATED = (
    "läuft ohne eigenen Netzwerkbereich (der Rechner erlaubt keinen); eine feindliche Datei könnte die Suchmaschine und"
    " das Netz erreichen. Abhilfe: „aktensuche up“ als root, oder unprivilegierte User-Namespaces erlauben."
)
# Tables give amounts and dates as a German office shows them (1.234.567,89; 1. Juli 2021), so that they are found so.
GERMAN = ("-Duser.language=de", "-Duser.country=DE")
# A line for each file read would fill the disk in a stock of 100,000 files.
LOG4J = """\
<Configuration>
  <Appenders>
    <Console name="console" target="SYSTEM_ERR">
      <PatternLayout pattern="%d{ISO8601} %-5p [%t] %c{1.} %maxLen{%m}{2000}%n%ex{short}"/>
    </Console>
  </Appenders>
  <Loggers>
    <Root level="warn"><AppenderRef ref="console"/></Root>
  </Loggers>
</Configuration>
"""


class Tika:
    """Implements `engine.service.Service`."""

    name = "tika"
    label = "Tika"

    def wanted(self, settings: Settings) -> bool:
        return settings.tika_url is None

    def configured_port(self, settings: Settings) -> int:
        return settings.tika_port

    def prepare(self, settings: Settings, engine: Engine, port: int) -> Launch:
        uid = service_uid(UID_OFFSET)
        place = settings.home / "engine" / "tika"
        # What a killed Tika left of the files it was reading.
        shutil.rmtree(place / "tmp", ignore_errors=True)
        (place / "tmp").mkdir(parents=True)
        java = find_java(settings.java_home)
        (place / "tika-config.xml").write_text(_configuration(java, engine, place, port), encoding="utf-8")
        (place / "log4j2.xml").write_text(LOG4J, encoding="utf-8")
        give(place, uid)
        _give_files(place, uid)
        needed = [place, engine.tika_jar.parent, java.program.resolve().parent.parent]
        command = [
            str(java.program),
            f"-Xmx{SERVER_HEAP_MB}m",
            "-XX:+UseSerialGC",
            f"-Djava.io.tmpdir={place / 'tmp'}",
            f"-Dlog4j2.configurationFile={place / 'log4j2.xml'}",
            "-cp",
            str(engine.tika_jar),
            "org.apache.tika.server.core.TikaServerCli",
            "-c",
            str(place / "tika-config.xml"),
        ]
        isolated = can_isolate()
        wrapped = restricted(command, uid, needed)
        return Launch(
            command=tuple(relayed(wrapped, port) if isolated else wrapped),
            environment=_environment(place),
            log=settings.home / "logs" / "tika.log",
            port=port,
            url=f"http://{LOOPBACK}:{port}",
            health="/version",
            ready="/version",
            note="" if isolated else NOT_ISOLATED,
        )


def _give_files(place: Path, uid: int | None) -> None:
    if uid is not None:
        for path in (place / "tmp", place / "tika-config.xml", place / "log4j2.xml"):
            os.chown(path, uid, uid)


def _configuration(java: Java, engine: Engine, place: Path, port: int) -> str:
    """Tika's own recognition is off: pages are rendered and recognised one by one, with their places kept.

    The child is started through `setpriv`, so that it dies with the server that started it.
    """
    child = [
        "--pdeathsig",
        "KILL",
        "--",
        str(java.program),
        f"-Xmx{tika_heap_mb()}m",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        *GERMAN,
        f"-Djava.io.tmpdir={place / 'tmp'}",
        f"-Dlog4j2.configurationFile={place / 'log4j2.xml'}",
        "-cp",
        str(engine.tika_jar),
    ]
    arguments = "".join(f"\n        <arg>{escape(argument)}</arg>" for argument in child)
    endpoints = "".join(f"\n        <endpoint>{endpoint}</endpoint>" for endpoint in ENDPOINTS)
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<properties>
  <parsers>
    <parser class="org.apache.tika.parser.DefaultParser">
      <parser-exclude class="org.apache.tika.parser.ocr.TesseractOCRParser"/>
      <parser-exclude class="org.apache.tika.parser.external.CompositeExternalParser"/>
    </parser>
  </parsers>
  <server>
    <params>
      <host>{LOOPBACK}</host>
      <port>{port}</port>
      <taskTimeoutMillis>{TASK_TIMEOUT_MILLIS}</taskTimeoutMillis>
      <maxFiles>{MAX_FILES}</maxFiles>
      <enableUnsecureFeatures>false</enableUnsecureFeatures>
      <returnStackTrace>false</returnStackTrace>
      <javaPath>setpriv</javaPath>
      <forkedJvmArgs>{arguments}
      </forkedJvmArgs>
      <endpoints>{endpoints}
      </endpoints>
    </params>
  </server>
</properties>
"""


def _environment(place: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ENVIRONMENT_KEPT if name in os.environ}
    return kept | {"LANG": "C.UTF-8", "HOME": str(place), "OMP_THREAD_LIMIT": "1"}
