"""How fast the running indexers are, and when they will be done at that pace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casefile.counts import source_counts
from casefile.ledger import DocumentRow, FileRow, PageRow, RunRow, now
from casefile.model import FINAL_STATES


@dataclass(frozen=True)
class Pace:
    """`eta_seconds` is None while nothing is finished; files whose pages are not counted yet count at the mean."""

    pages_per_second: float
    eta_seconds: int | None


def measure_pace(session: Session) -> Pace | None:
    started = session.scalar(select(func.min(RunRow.started)).where(RunRow.ended.is_(None)))
    if started is None:
        return None
    began = started if started.tzinfo else started.replace(tzinfo=UTC)
    seconds = max((now() - began).total_seconds(), 1.0)
    final = [state.value for state in FINAL_STATES]
    recent = select(func.count()).select_from(PageRow).join(DocumentRow).join(FileRow)
    done = session.scalar(recent.where(PageRow.state.in_(final), FileRow.updated >= started)) or 0
    counts = source_counts(session)
    finished = counts.files.total - counts.files.pending - counts.files.ignored
    mean = (counts.pages.total - counts.pages.pending) / finished if finished else 0.0
    rate = done / seconds
    eta = round(counts.files.pending * mean / rate) if rate and mean else None
    return Pace(round(rate, 2), eta)
