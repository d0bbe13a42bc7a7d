"""The OpenSearch node of one instance: configuration and start command."""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from casefile.settings import Settings
from casefile.storage.atomic import replacing
from engine.assembly.java import Java, find_java
from engine.assembly.layout import Engine
from engine.identity import give, restricted, service_uid
from engine.machine import LOOPBACK, free_port, heap_mb
from engine.service import ENVIRONMENT_KEPT, Launch

UID_OFFSET = 0
# Absolute figures: on a demo machine the default percentages would block a disk with 20 GB left. At the flood stage the
# node makes its indices read-only, which the indexer reports as what it is.
DISK_LOW, DISK_HIGH, DISK_FLOOD = "450mb", "350mb", "250mb"

LOG4J = """\
status = error
appender.rolling.type = RollingFile
appender.rolling.name = rolling
appender.rolling.fileName = ${sys:opensearch.logs.base_path}${sys:file.separator}opensearch.log
appender.rolling.filePattern = ${sys:opensearch.logs.base_path}${sys:file.separator}opensearch-%i.log.gz
appender.rolling.layout.type = PatternLayout
appender.rolling.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] %marker%.-2000m%n%ex
appender.rolling.policies.type = Policies
appender.rolling.policies.size.type = SizeBasedTriggeringPolicy
appender.rolling.policies.size.size = 10MB
appender.rolling.strategy.type = DefaultRolloverStrategy
appender.rolling.strategy.max = 5
rootLogger.level = info
rootLogger.appenderRef.rolling.ref = rolling
# Warnings about deprecated requests would copy parts of queries into the log.
logger.deprecation.name = org.opensearch.deprecation
logger.deprecation.level = off
"""

JVM_OPTIONS = (
    "-Xss1m",
    "-Dfile.encoding=UTF-8",
    "-Djna.nosys=true",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+ExitOnOutOfMemoryError",
    "-Dio.netty.noUnsafe=true",
    "-Dio.netty.noKeySetOptimization=true",
    "-Dio.netty.recycler.maxCapacityPerThread=0",
    "-Dio.netty.allocator.numDirectArenas=0",
    "-Dlog4j.shutdownHookEnabled=false",
    "-Dlog4j2.disable.jmx=true",
    "-Dopensearch.networkaddress.cache.ttl=60",
    "-Dopensearch.distribution.type=tar",
    "-Dopensearch.bundled_jdk=false",
    "--add-modules=jdk.incubator.vector",
    "--enable-native-access=ALL-UNNAMED",
)


class OpenSearch:
    """Implements `engine.service.Service`."""

    name = "opensearch"
    label = "OpenSearch"

    def wanted(self, settings: Settings) -> bool:
        return settings.opensearch_url is None

    def configured_port(self, settings: Settings) -> int:
        return settings.opensearch_port

    def prepare(self, settings: Settings, engine: Engine, port: int) -> Launch:
        uid = service_uid(UID_OFFSET)
        place = settings.home / "engine" / "opensearch"
        logs = settings.home / "logs" / "opensearch"
        java = find_java(settings.java_home)
        for directory in (place / "data", place / "tmp", place / "config"):
            directory.mkdir(parents=True, exist_ok=True)
        logs.mkdir(parents=True, exist_ok=True)
        _write_configuration(place, logs, port)
        give(place, uid)
        give(logs, uid)
        needed = [place, logs, engine.opensearch, java.program.resolve().parent.parent]
        command = _command(java, engine, place, logs, heap_mb(settings))
        return Launch(
            command=tuple(restricted(command, uid, needed)),
            environment=_environment(place),
            log=settings.home / "logs" / "opensearch-start.log",
            port=port,
            url=f"http://{LOOPBACK}:{port}",
            health="/_cluster/health?timeout=2s",
            # After a restart the node answers before it has opened its indices.
            ready="/_cluster/health?wait_for_status=yellow&timeout=2s",
        )


def _write_configuration(place: Path, logs: Path, port: int) -> None:
    configuration = {
        "cluster.name": "aktensuche",
        "node.name": "aktensuche",
        "path.data": str(place / "data"),
        "path.logs": str(logs),
        "network.host": LOOPBACK,
        "http.port": port,
        "transport.port": free_port(),
        "discovery.type": "single-node",
        "action.auto_create_index": False,
        "action.destructive_requires_name": True,
        "cluster.routing.allocation.disk.watermark.low": DISK_LOW,
        "cluster.routing.allocation.disk.watermark.high": DISK_HIGH,
        "cluster.routing.allocation.disk.watermark.flood_stage": DISK_FLOOD,
        # Space that has come back is noticed within seconds; the default is a minute.
        "cluster.info.update.interval": "10s",
        "cluster.routing.allocation.disk.reroute_interval": "10s",
    }
    for name, text in (("opensearch.yml", yaml.safe_dump(configuration)), ("log4j2.properties", LOG4J)):
        target = place / "config" / name
        with replacing(target) as stream:
            stream.write(text.encode())
            if os.geteuid() == 0:
                # Written by root, read by the node.
                os.fchown(stream.fileno(), place.stat().st_uid, place.stat().st_gid)


def _command(java: Java, engine: Engine, place: Path, logs: Path, heap: int) -> list[str]:
    return [
        str(java.program),
        f"-Xms{heap}m",
        f"-Xmx{heap}m",
        *JVM_OPTIONS,
        f"-XX:ErrorFile={logs}/java-crash-%p.log",
        f"-Djava.io.tmpdir={place / 'tmp'}",
        f"-Dopensearch.path.home={engine.opensearch}",
        f"-Dopensearch.path.conf={place / 'config'}",
        "-cp",
        f"{engine.opensearch}/lib/*",
        "org.opensearch.bootstrap.OpenSearch",
    ]


def _environment(place: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ENVIRONMENT_KEPT if name in os.environ}
    return kept | {"LANG": "C.UTF-8", "HOME": str(place), "TMPDIR": str(place / "tmp")}
