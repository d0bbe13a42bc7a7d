"""How fast the running indexers are, and when they will be done at that pace."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casefile.database.counts import source_counts
from casefile.database.ledger import (
    DocumentRow,
    FileRow,
    PageRow,
    now,
)
from casefile.database.runs import living_runs
from casefile.model import FINAL_STATES


@dataclass(frozen=True)
class Pace:
    """`eta_seconds` is None while nothing is finished; files whose pages are not counted yet count at the mean.

    `hosts`: the machines that are at work.
    """

    pages_per_second: float
    eta_seconds: int | None
    hosts: tuple[str, ...]


def measure_pace(session: Session) -> Pace | None:
    """None where no run is alive. Killed runs never get an end; counted from their start, the pace would be too low."""
    running = living_runs(session)
    if not running:
        return None
    started = min(run.started for run in running)
    seconds = max((now() - started).total_seconds(), 1.0)
    recent = select(func.count()).select_from(PageRow).join(DocumentRow).join(FileRow)
    done = session.scalar(recent.where(PageRow.state.in_(FINAL_STATES), FileRow.updated >= started)) or 0
    counts = source_counts(session)
    finished = counts.files.total - counts.files.pending - counts.files.ignored
    mean = (counts.pages.total - counts.pages.pending) / finished if finished else 0.0
    rate = done / seconds
    eta = round(counts.files.pending * mean / rate) if rate and mean else None
    return Pace(round(rate, 2), eta, tuple(sorted({run.host for run in running})))
