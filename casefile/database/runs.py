"""Which runs are at work now, on this machine and on others."""

from __future__ import annotations

import socket
from datetime import timedelta

import psutil
from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.database.ledger import RunRow, now

HEARTBEAT_S = 30  # how often a run writes that it is alive
EXPIRY = timedelta(seconds=5 * HEARTBEAT_S)  # a run on another machine that was silent for longer counts as killed


def living_runs(session: Session) -> list[RunRow]:
    """Runs at work now; one without an end whose process is gone was killed."""
    return [run for run in session.scalars(select(RunRow).where(RunRow.ended.is_(None))) if is_alive(run)]


def is_alive(run: RunRow) -> bool:
    """Asks the process table for a run of this machine; only its heartbeat tells of one on another.

    Clocks of machines that share a ledger may differ by much less than `EXPIRY`.
    """
    if run.host != socket.gethostname():
        return now() - run.heartbeat < EXPIRY
    try:
        return abs(psutil.Process(run.pid).create_time() - run.pid_started) < 1
    except psutil.NoSuchProcess:
        return False
