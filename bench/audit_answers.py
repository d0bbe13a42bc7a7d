"""1,000 questions while the accounts database is full, locked, read-only or killed: answers without a row."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench import Figure
from casefile.database import sessions
from casefile.settings import load_settings
from tests.answers import add_lead, answers_until_killed, ask
from tests.web import running_app

QUESTIONS, KILLS, ANSWERS_BEFORE = 800, 10, 20
SHORT_WAIT_S = 0.05


def figures() -> Iterable[Figure]:
    usual, sessions.BUSY_TIMEOUT_S = sessions.BUSY_TIMEOUT_S, SHORT_WAIT_S  # type: ignore[assignment]
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield from _figures(Path(folder))
    finally:
        sessions.BUSY_TIMEOUT_S = usual


def _figures(home: Path) -> Iterable[Figure]:
    settings = load_settings(home=home, opensearch_url="http://127.0.0.1:9")
    with running_app(settings) as app:
        add_lead(app)
        refused, unlogged = ask(app, settings, QUESTIONS)
    yield Figure("answers without a row: full, locked, read-only", len(unlogged), f"of {QUESTIONS} questions")
    for fault, count in refused.items():
        yield Figure(f"no answer while {fault}", count, "questions")
    results = [answers_until_killed(settings, ANSWERS_BEFORE + kill) for kill in range(KILLS)]
    lost = sum(max(0, answered - logged) for answered, logged in results)
    yield Figure("answers without a row: killed", lost, f"of {sum(answered for answered, _ in results)} answers")
