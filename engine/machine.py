"""What the machine offers: memory, disk, ports. And what the engine takes of it."""

from __future__ import annotations

import shutil
import socket
from contextlib import closing
from pathlib import Path

import psutil

from casefile.errors import EnvironmentFault
from casefile.settings import Settings

MIB = 1024 * 1024
LOOPBACK = "127.0.0.1"
MINIMUM_FREE_DISK_MB = 500
MINIMUM_HEAP_MB = 512
MAXIMUM_HEAP_MB = 4096
# A 24 GB machine gives the node 1 GB: the file cache, recognition and rendering need the rest more.
HEAP_SHARE = 24
# What the processes take besides the node's heap: Tika, off-heap buffers, the interface.
OTHER_MEMORY_MB = 700


def memory_mb() -> int:
    """Memory of the machine, or of the control group where that has less."""
    limits = [psutil.virtual_memory().total]
    for name in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        text = Path(name).read_text(encoding="ascii").strip() if Path(name).is_file() else ""
        if text.isdigit():
            limits.append(int(text))
    return min(limits) // MIB


def heap_mb(settings: Settings) -> int:
    share = min(max(memory_mb() // HEAP_SHARE, MINIMUM_HEAP_MB), MAXIMUM_HEAP_MB)
    return settings.opensearch_heap_mb or share


def tika_heap_mb() -> int:
    return 1024 if memory_mb() >= 8000 else 512


def check_memory(settings: Settings) -> None:
    """Raises EnvironmentFault `memory_low`: a node that is killed half-way is worse than one that does not start."""
    needed = heap_mb(settings) + OTHER_MEMORY_MB
    available = psutil.virtual_memory().available // MIB
    if min(available, memory_mb()) < needed:
        raise EnvironmentFault(
            "memory_low",
            f"Zu wenig Arbeitsspeicher: {available} MB verfügbar, {needed} MB nötig.",
            "Andere Programme beenden, Speicher erweitern oder AKTENSUCHE_OPENSEARCH_HEAP_MB auf mindestens "
            f"{MINIMUM_HEAP_MB} verringern.",
        )


def check_disk(directory: Path) -> None:
    """Raises EnvironmentFault `disk_full` with figure and path."""
    existing = next(path for path in [directory, *directory.parents] if path.exists())
    free = shutil.disk_usage(existing).free // MIB
    if free < MINIMUM_FREE_DISK_MB:
        raise EnvironmentFault(
            "disk_full",
            f"Zu wenig Speicherplatz: {free} MB frei unter {directory}, mindestens {MINIMUM_FREE_DISK_MB} MB nötig.",
            "Platz schaffen oder AKTENSUCHE_HOME auf einen größeren Datenträger legen, dann den Befehl wiederholen.",
        )


def port_is_free(port: int, host: str = LOOPBACK) -> bool:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        # As servers do: connections of an ended process that linger in TIME_WAIT do not block.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(host: str = LOOPBACK) -> int:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def choose_port(configured: int, previous: int = 0) -> int:
    """The configured port, else the one used before (addresses stay valid over a restart), else any free one."""
    if configured:
        return configured
    return previous if previous and port_is_free(previous) else free_port()


def check_port(port: int, variable: str, host: str = LOOPBACK) -> None:
    """Raises EnvironmentFault `port_taken`, naming who holds it where that can be seen."""
    if port == 0 or port_is_free(port, host):
        return
    raise EnvironmentFault(
        "port_taken",
        f"Der Anschluss (Port) {port} ist belegt{_holder(port)}.",
        f"Das andere Programm beenden oder {variable} auf einen freien Anschluss setzen (0: einen freien wählen).",
    )


def _holder(port: int) -> str:
    try:
        connections = psutil.net_connections("tcp")
        pids = [c.pid for c in connections if c.status == psutil.CONN_LISTEN and c.laddr[1:] == (port,) and c.pid]
        return f" durch „{psutil.Process(pids[0]).name()}“ (Prozess {pids[0]})" if pids else ""
    except (psutil.Error, OSError):
        return ""
