"""Repeatable benchmarks. Each compares two ways of doing the same in one run, because machines are shared and noisy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value. `ratio`: to `compared_with`, measured in the same run; None where it stands alone."""

    name: str
    value: float
    unit: str
    compared_with: str = ""
    ratio: float | None = None
