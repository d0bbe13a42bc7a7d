"""Runs a program without any network but one port: `python relay.py --port N -- COMMAND …`. Standard library only.

The program gets a network name space of its own (network_namespaces(7)), in which nothing listens but itself: it
reaches no service of this machine and no other machine, whatever a hostile file makes it do. This process keeps the
listening socket of the machine's loopback and passes connections on into the name space. It is in there itself, so
that it is no way out either.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"
BLOCK = 1 << 16
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_CONNECT_SECONDS = 5.0


def can_isolate() -> bool:
    """Whether this machine lets us make a network name space: as root, or through a user name space."""
    program = shutil.which("unshare")
    if program is None:
        return False
    options = ["--net"] if os.geteuid() == 0 else ["--net", "--map-current-user"]
    done = subprocess.run([program, *options, "true"], capture_output=True, check=False)
    return done.returncode == 0


def relayed(command: Sequence[str], port: int) -> list[str]:
    """`command` wrapped so that it runs isolated, reachable at `port` of this machine's loopback only."""
    return [sys.executable, "-I", str(Path(__file__).resolve()), "--port", str(port), "--", *command]


def main() -> int:
    parser = argparse.ArgumentParser(prog="relay")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    listener = socket.create_server((LOOPBACK, options.port), backlog=128)
    isolate()
    # Closed to other processes of the same user, which could take the listening socket from it.
    _prctl(_PR_SET_DUMPABLE, 0)
    program = subprocess.Popen(options.command)
    signal.signal(signal.SIGTERM, lambda *_: program.terminate())
    threading.Thread(target=_serve, args=(listener, options.port), daemon=True).start()
    return program.wait()


def isolate() -> None:
    """Move this process into a network name space of its own, with nothing but a loopback. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    flags = _CLONE_NEWNET if user == 0 else _CLONE_NEWNET | _CLONE_NEWUSER
    if libc.unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    if user != 0:  # stay who we are in the user name space that the network one needs
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        request = struct.pack("16sh14x", b"lo", 0)
        (current,) = struct.unpack_from("h", fcntl.ioctl(device, _SIOCGIFFLAGS, request), 16)
        fcntl.ioctl(device, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", current | _IFF_UP))


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value)


def _serve(listener: socket.socket, port: int) -> None:
    while True:
        outer, _ = listener.accept()
        threading.Thread(target=_pass_on, args=(outer, port), daemon=True).start()


def _pass_on(outer: socket.socket, port: int) -> None:
    """One connection, both ways. Where the program does not listen (yet), the caller's connection is closed."""
    with outer, contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), _CONNECT_SECONDS) as inner:
        inner.settimeout(None)
        back = threading.Thread(target=_copy, args=(inner, outer), daemon=True)
        back.start()
        _copy(outer, inner)
        back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Until the source ends; then the target is told so, but may still answer."""
    with contextlib.suppress(OSError):
        while block := source.recv(BLOCK):
            target.sendall(block)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    raise SystemExit(main())
