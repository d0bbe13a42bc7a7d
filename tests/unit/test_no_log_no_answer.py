"""No answer without its audit row on the disk; `python -m bench audit_answers` asks ten times as often."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile.database import sessions
from casefile.settings import load_settings
from tests.answers import FAULTS, add_lead, answers_until_killed, ask
from tests.web import running_app

QUESTIONS, KILLS, ANSWERS_BEFORE = 80, 1, 20


def test_no_answer_is_unlogged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "BUSY_TIMEOUT_S", 0.02)
    settings = load_settings(home=tmp_path, opensearch_url="http://127.0.0.1:9")
    with running_app(settings) as app:
        add_lead(app)
        refused, unlogged = ask(app, settings, QUESTIONS)
    assert unlogged == []
    assert set(refused) == set(FAULTS) - {"none"}, "each fault was met, and nothing else refused an answer"
    for kill in range(KILLS):
        answered, logged = answers_until_killed(settings, ANSWERS_BEFORE + kill)
        assert logged >= answered
