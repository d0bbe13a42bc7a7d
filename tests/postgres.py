"""A PostgreSQL cluster of the run's own, from Debian's packages: in a folder of its own, on a socket alone."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from casefile.settings import Settings, load_settings

OWNER = "aktensuche"
# Durability costs time, and the cluster is thrown away.
OPTIONS = ("-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=60")
INITIAL = ("--encoding=UTF8", "--locale=C")
START_S = 60


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
        initialise = ["initdb", "-D", str(data), "-U", OWNER, "-A", "trust", "--no-sync", *INITIAL]
        done = subprocess.run(_command(*initialise), capture_output=True, text=True, check=False, cwd="/", timeout=120)
        assert done.returncode == 0, done.stderr
        serve = _command("postgres", "-D", str(data), "-k", str(folder), *OPTIONS)
        with (folder / "log").open("wb") as log, subprocess.Popen(serve, stdout=log, stderr=log, cwd="/") as server:
            try:
                cluster = Cluster(folder)
                _wait_for(cluster, server)
                yield cluster
            finally:
                server.send_signal(signal.SIGINT)  # ends open connections and stops
    finally:
        shutil.rmtree(folder)


def _command(program: str, *arguments: str) -> list[str]:
    """It ends with this process, also when that is killed. The server refuses to run as root."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    assert found, "PostgreSQL is missing: install Debian's package postgresql"
    apart = ["--reuid", _server_user(), "--regid", _server_user(), "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", "--pdeathsig", "QUIT", *apart, str(found[-1]), *arguments]


def _wait_for(cluster: Cluster, server: subprocess.Popen[bytes]) -> None:
    engine = create_engine(cluster.url("postgres"))
    deadline = monotonic() + START_S
    while True:
        assert server.poll() is None, (cluster.folder / "log").read_text(encoding="utf-8")
        try:
            engine.connect().close()
            break
        except OperationalError:
            assert monotonic() < deadline, "PostgreSQL does not start"
            sleep(0.1)
    engine.dispose()


def _server_user() -> str:
    return pwd.getpwnam("postgres").pw_name
