"""A PostgreSQL cluster of the run's own, from Debian's packages: in a folder of its own, on a socket alone."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from casefile.settings import Settings, load_settings

OWNER = "aktensuche"
# Durability costs time, and the cluster is thrown away.
OPTIONS = "-c listen_addresses='' -c fsync=off -c max_connections=60"


@dataclass(frozen=True)
class Cluster:
    folder: Path

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """The address of an empty database."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
        engine.dispose()
        return self.url(name)

    def settings(self, home: Path, **others: object) -> Settings:
        return load_settings(home=home, ledger_url=self.new_database(), accounts_url=self.new_database(), **others)


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="aktensuche-pg-"))  # a socket's path is short, and its owner must get there
    if os.geteuid() == 0:
        shutil.chown(folder, _server_user())
    data = folder / "data"
    try:
        _run("initdb", "-D", data, "-U", OWNER, "-A", "trust", "--no-sync", "--encoding=UTF8", "--locale=C")
        _run("pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", f"{OPTIONS} -k {folder}", "start")
        try:
            yield Cluster(folder)
        finally:
            _run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


def _run(program: str, *arguments: str | Path) -> None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    assert found, "PostgreSQL is missing: install Debian's package postgresql"
    command = [str(found[-1]), *map(str, arguments)]
    if os.geteuid() == 0:  # the server refuses to run as root
        command = ["setpriv", "--reuid", _server_user(), "--regid", _server_user(), "--clear-groups", *command]
    # Into a file: the server would keep a pipe open for as long as it runs.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False, cwd="/", timeout=120)
        output.seek(0)
        assert done.returncode == 0, output.read().decode()


def _server_user() -> str:
    return pwd.getpwnam("postgres").pw_name
