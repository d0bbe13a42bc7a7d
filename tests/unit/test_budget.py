"""What may be lost on one file: slow and failed steps share one budget, good pages cost nothing."""

from __future__ import annotations

import pytest

from casefile.errors import DocumentFault, Reason
from casefile.sandbox import LEAST_SECONDS, MOST_MISSES, SHARE, Budget


def test_a_step_gets_its_own_limit_but_leaves_something_for_the_next() -> None:
    budget = Budget(100)
    assert budget.limit(20) == 20
    assert budget.limit(600) == 100 * SHARE
    budget.failed(75)
    assert budget.limit(600) == 25 * SHARE


def test_whatever_succeeds_costs_nothing_but_the_slowness_of_a_service() -> None:
    budget = Budget(100)
    for _ in range(1000):
        budget.succeeded()
        budget.succeeded(9)
    assert budget.limit(600) == 100 * SHARE
    budget.succeeded(50)
    assert budget.limit(600) == 60 * SHARE


def test_once_it_is_spent_short_tries_go_on_while_any_succeeds() -> None:
    budget = Budget(100)
    budget.failed(200)
    for _ in range(10):
        for _ in range(MOST_MISSES - 1):
            assert budget.limit(600) == LEAST_SECONDS
            budget.failed(LEAST_SECONDS)
        budget.succeeded()
    assert budget.limit(600) == LEAST_SECONDS


def test_when_nothing_succeeds_any_more_the_rest_is_refused_with_the_steps_reason() -> None:
    budget = Budget(100)
    for _ in range(MOST_MISSES):
        budget.failed(50)
    with pytest.raises(DocumentFault, match="100 s vergeblich") as fault:
        budget.limit(600, Reason.OCR_TIMEOUT)
    assert fault.value.reason is Reason.OCR_TIMEOUT


def test_all_tries_together_stay_near_the_budget() -> None:
    """The worst file: every step takes all it is given and fails."""
    budget, spent = Budget(240), 0.0
    with pytest.raises(DocumentFault):
        while True:
            seconds = budget.limit(180)
            budget.failed(seconds)
            spent += seconds
    assert spent <= 240 + LEAST_SECONDS * MOST_MISSES
