"""Public reports about other programs, tried on this one: the search cases of the shared corpus.

Each case of `cases.jsonl` is put into `aktensuche search` as it stands, over one index of the whole folder. A case is
`right` where the expected page is a literal hit, `reported` where `aktensuche failures` names the file, `similar` where
only a look-alike or a part of the words leads there, `lost` else. Skipped where the corpus is absent.
"""

from __future__ import annotations

import fnmatch
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from bench import Figure
from casefile.settings import PROJECT, load_settings
from engine import control

CORPUS = PROJECT.parent / "shared" / "corpus" / "reports"
USER = "pruefung"
# Reasons of a hit (`search_ui.retrieval.marking.Why`) that a real stock would bury among literal ones.
WEAK = ("OCR-tolerant", "nicht alle Wörter")


@dataclass(frozen=True)
class Outcome:
    """What became of one case; `case` is its line of `cases.jsonl`."""

    case: Mapping[str, Any]
    result: str

    @property
    def wished(self) -> bool:
        """Not demanded: right is better, lost is allowed."""
        return bool(self.case["expect"] == "nice")


def figures() -> Iterable[Figure]:
    if not CORPUS.is_dir():
        return
    outcomes = list(try_cases())
    for outcome in outcomes:
        if outcome.result != "right":
            print(outcome.result, outcome.case["expect"], outcome.case["id"], outcome.case["query"], file=sys.stderr)
    count = Counter(outcome.result for outcome in outcomes if not outcome.wished)
    for result, number in sorted(count.items()):
        yield Figure(f"report cases {result}", number, "cases", f"{sum(count.values())} demanded")
    wishes = [outcome for outcome in outcomes if outcome.wished]
    yield Figure("wishes right", sum(w.result == "right" for w in wishes), "cases", f"{len(wishes)} wishes")


def try_cases() -> Iterator[Outcome]:
    with _instance() as environment, tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "reports"
        shutil.copytree(CORPUS, source, ignore=shutil.ignore_patterns("hostile", "cases.jsonl", "README.md"))
        subprocess.run([*_AKTENSUCHE, "index", str(source)], env=environment, check=False, stdout=subprocess.DEVNULL)
        _add_user(environment)
        told = subprocess.run([*_AKTENSUCHE, "failures", "--json"], env=environment, check=False, capture_output=True)
        reported = {str(entry["path"]).replace("!", "/") for entry in json.loads(told.stdout)}
        for line in (CORPUS / "cases.jsonl").read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            yield Outcome(case, judge(case, _search(environment, case["query"]), reported))


def judge(case: Mapping[str, Any], hits: list[dict[str, Any]], reported: set[str]) -> str:
    """`right`, `similar`, `wrong-order`, `reported` or `lost`."""
    ranks = [rank for rank, hit in enumerate(hits) if any(_is_expected(hit, page) for page in case["expected"])]
    literal = [rank for rank in ranks if not str(hits[rank]["reason"]).startswith(WEAK)]
    if literal and (literal[0] == 0 or not case.get("first")):
        return "right"
    if literal:
        return "wrong-order"
    if any(fnmatch.fnmatchcase(path, f"{page['path']}*") for path in reported for page in case["expected"]):
        return "reported"
    return "similar" if ranks else "lost"


def _is_expected(hit: Mapping[str, Any], page: Mapping[str, Any]) -> bool:
    path = str(hit["path"]).replace("!", "/")
    return fnmatch.fnmatchcase(path, str(page["path"])) and page["page"] in (None, hit["page"])


_AKTENSUCHE = (sys.executable, "-m", "aktensuche")


@contextmanager
def _instance() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(home=Path(folder), index_prefix="reports")
        control.start(settings)
        try:
            yield os.environ | control.as_environment(settings) | {"AKTENSUCHE_HOME": folder}
        finally:
            control.stop(settings)


def _add_user(environment: dict[str, str]) -> None:
    command = [*_AKTENSUCHE, "users", "add", USER, "--role", "lead", "--unit", "*", "--password-stdin"]
    subprocess.run(command, env=environment, input=b"Probe-Kennwort-1\n", check=True, stdout=subprocess.DEVNULL)


def _search(environment: dict[str, str], text: str) -> list[dict[str, Any]]:
    from search_ui.cli import search

    arguments = ["--user", USER, "--json", "--limit", "1000", "--", text]
    answer = CliRunner().invoke(search, arguments, env=environment)
    hits: list[dict[str, Any]] = json.loads(answer.stdout)["hits"] if answer.exit_code == 0 else []
    return hits
