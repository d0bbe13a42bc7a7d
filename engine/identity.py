"""Under which identity a service runs, and what it can see.

OpenSearch refuses to run as root, and Tika reads hostile files: each gets a numeric user of its own without a name,
rights or shell. Where a parent directory is closed to that user (a project in /root), the service gets a private
view of the file system in which just its own directories stand at their usual places.
"""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

from casefile.errors import EnvironmentFault

# A range that neither Debian nor systemd gives to anybody.
FIRST_UID = 61100
LAST_UID = 61183
SETPRIV = "setpriv"


def service_uid(offset: int) -> int | None:
    """A numeric user for the service with this number; None for whoever is not root (it then runs as the caller)."""
    if os.geteuid() != 0:
        return None
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    free = [uid for uid in range(FIRST_UID, LAST_UID + 1) if uid not in taken]
    return free[offset]


def give(directory: Path, uid: int | None) -> None:
    """Make the directory, closed to others, and hand it with all in it to the service's user."""
    directory.mkdir(parents=True, exist_ok=True)
    if uid is None:
        return
    directory.chmod(0o700)
    if directory.stat().st_uid == uid:
        return
    for root, folders, files in os.walk(directory):
        for name in [*folders, *files]:
            os.chown(Path(root) / name, uid, uid, follow_symlinks=False)
    os.chown(directory, uid, uid)


def restricted(command: Sequence[str], uid: int | None, needed: Sequence[Path]) -> list[str]:
    """The command wrapped so that it runs as `uid`, without capabilities, and dies with the process that started it.

    `needed`: directories it must reach. Raises EnvironmentFault `unreachable` where that cannot be arranged.
    """
    options = ["--pdeathsig", "KILL", "--no-new-privs"]
    if uid is None:
        return [SETPRIV, *options, "--", *command]
    options += ["--reuid", str(uid), "--regid", str(uid), "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]
    wrapped = [SETPRIV, *options, "--", *command]
    closed = {path: barrier for path in needed if (barrier := closed_ancestor(path, uid))}
    return _in_private_view(wrapped, closed) if closed else wrapped


def closed_ancestor(path: Path, uid: int) -> Path | None:
    """The topmost directory above `path` that the user may not pass through."""
    for ancestor in reversed(path.resolve().parents):
        mode = ancestor.stat()
        bit = stat.S_IXUSR if mode.st_uid == uid else stat.S_IXGRP if mode.st_gid == uid else stat.S_IXOTH
        if not mode.st_mode & bit:
            return ancestor
    return None


def _in_private_view(command: Sequence[str], closed: dict[Path, Path]) -> list[str]:
    """Cover each closed directory with an empty one and bind the needed directories into it, at the same paths.

    The needed directories are held open first: once covered, they can only be reached through the open handle.
    """
    if shutil.which("unshare") is None:
        barrier = next(iter(closed.values()))
        raise EnvironmentFault(
            "unreachable",
            f"Der Dienstbenutzer kommt nicht durch den Ordner {barrier}.",
            f"Projekt und AKTENSUCHE_HOME an einen zugänglichen Ort legen oder „chmod o+x {barrier}“ ausführen.",
        )
    handles = {path.resolve(): number for number, path in enumerate(closed, start=3)}
    lines = ["set -e"]
    lines += [f"exec {number}<{shlex.quote(str(path))}" for path, number in handles.items()]
    for barrier in dict.fromkeys(closed.values()):
        lines.append(f"mount -t tmpfs -o mode=0755,size=1m,nosuid,nodev aktensuche {shlex.quote(str(barrier))}")
    for path, number in handles.items():
        place = shlex.quote(str(path))
        lines += [f"mkdir -p -m 755 {place}", f"mount --no-canonicalize --bind /proc/self/fd/{number} {place}"]
    lines += [f"exec {number}<&-" for number in handles.values()]
    lines.append("cd /")
    lines.append('exec "$@"')
    script = "umask 022\n" + "\n".join(lines)
    return ["unshare", "--mount", "--propagation", "private", "--", "sh", "-c", script, "sh", *command]
