from __future__ import annotations

import json
import re
from dataclasses import asdict

from search_ui.retrieval.listing import (
    ListedHit,
    Listing,
    as_json,
    as_lines,
)
from search_ui.retrieval.result import Totals

HOSTILE = "vorher\x1b]0;weg\x07\x9b31m\x00\x7f\r\u202enachher"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202e]")


def listing() -> Listing:
    return Listing(Totals(1, 1, 1), (ListedHit(HOSTILE, HOSTILE, HOSTILE, 1, HOSTILE, "wörtlich"),))


def test_a_terminal_gets_no_control_characters() -> None:
    lines = list(as_lines(listing()))
    assert not [line for line in lines if CONTROL.search(line)]
    assert "vorher\ufffd" in lines[-1] and "nachher" in lines[-1]


def test_json_keeps_the_text_but_no_control_characters() -> None:
    document = as_json(listing())
    assert not CONTROL.search(document.replace("\n", ""))
    assert json.loads(document) == json.loads(json.dumps(asdict(listing())))
