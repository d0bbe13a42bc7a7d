"""Every route × every kind of account × canary cases, at full size: 0 leaks and 0 wrongly hidden among 10,000 checks.

Beside it, what the order of one's own hits tells of pages that one may not see: words that are frequent elsewhere weigh
less. Needs the services (`aktensuche up`) in the home that the settings name; works in an instance of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench import Figure
from casefile.settings import load_settings
from tests.canaries import STAFF, Aviary, add_staff, ask_everything, put_canaries
from tests.shelf import Shelf, own_instance
from tests.web import running_app

UNITS = ("Leistung 1", "Leistung 2", "Leistung 3", "Kasse", "")
EACH = 2  # cases of one unit and level


def figures() -> Iterable[Figure]:
    with tempfile.TemporaryDirectory() as folder, own_instance(load_settings(), Path(folder) / "home") as settings:
        shelf = Shelf(settings, Path(folder) / "quelle")
        with running_app(settings) as app:
            aviary = Aviary(app, put_canaries(shelf, UNITS, EACH))
            add_staff(aviary.services, aviary.canaries)
            for name in sorted(STAFF):
                ask_everything(aviary, name)
        shelf.close()
    for wrong in aviary.wrong[:20]:
        print(wrong)
    yield Figure("canary checks", aviary.checks, "checks")
    yield Figure("leaked or wrongly hidden", len(aviary.wrong), "checks")
