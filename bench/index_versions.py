"""A newer version of all three indices while people search: with and without `kill -9` at random moments.

python -m bench.index_versions --pages 10000 --kills 20 [--seed 1]

The stock is text only. Tika is a server that counts who calls, the folder of recognition models is empty: any use of
either would show. Searches run all the time, through the interface's own way and past it; each answer is compared with
what it was before.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import select

from bench.__main__ import machine
from bench.next_versions import CURRENT, schema_up_to
from casefile.database.events import Channel
from casefile.database.ledger import CaseRow, FileRow, RootRow
from casefile.database.sessions import open_database
from casefile.errors import AktensucheError
from casefile.index import fields
from casefile.index.client import COMMAND
from casefile.index.reader import IndexReader
from casefile.index.schema import IndexKind
from casefile.index.writer import IndexWriter
from casefile.instance import opensearch_url
from casefile.model import CaseFile, CoverSheet, CoverState, FileRole, Role, State, case_id
from casefile.pagetext import PageText, TextSource
from casefile.settings import Settings, load_settings
from casefile.storage.derived import DerivedStore, Manifest
from engine import control
from engine.processes import ProcessId
from indexer.covers.cases import CaseEntry
from indexer.enrich import Enrichment, find_on_page
from indexer.ledger import cases, documents, runs
from indexer.ledger.entries import DocumentEntry, PageEntry
from indexer.load import load_cases, load_document
from indexer.upkeep.cli import bring_up_to_date
from indexer.upkeep.verify import verify_root
from oversight.accounts import add_user
from oversight.audit import Actor
from search_ui.retrieval import search
from search_ui.retrieval.question.request import SearchRequest
from search_ui.services import Services
from stock import text_mode

PAGES_PER_CASE, PAGES_PER_DOCUMENT = 100, 20
THREADS = 4  # that load the stock
PAUSE_S = 0.2  # between two searches of one of the two searchers
SPAN = 1 / 3  # a kill comes after a random time up to this part of a whole migration
WORD = "Bescheid"


@dataclass
class Watch:
    """What the searches beside the migration saw."""

    searches: int = 0
    failed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, seconds: float, failed: str = "", wrong: str = "") -> None:
        with self.lock:
            self.searches += 1
            self.slowest_s = max(self.slowest_s, seconds)
            self.failed += [failed] if failed else []
            self.wrong += [wrong] if wrong else []


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--migrate-to", type=int, help="used by the measurement itself: one migration")
    options = parser.parse_args()
    if options.migrate_to:
        bring_up_to_date(load_settings(), schema_up_to(options.migrate_to), grace=1)
        return
    print(json.dumps({"machine": machine()} | measure(options.pages, options.kills, options.seed), indent=1))


def measure(pages: int, kills: int, seed: int) -> dict[str, Any]:
    with _instance() as (settings, tika):
        made = _make_stock(settings, pages, seed)
        sys.stderr.write(f"stock: {made:.0f} s\n")
        with _searching(settings, seed) as watch:
            began = time.monotonic()
            _migration(settings, CURRENT + 1).wait()
            whole = time.monotonic() - began
            sys.stderr.write(f"migration without a kill: {whole:.0f} s, {watch.searches} searches\n")
            quiet = watch.searches
            version, killed = _killed(settings, kills, whole, random.Random(seed))
        return {
            "pages": pages,
            "migration_s": round(whole, 1),
            "pages_per_s": round(pages / whole),
            "searches_during_it": quiet,
            "kills": killed,
            "migrations_completed": version - CURRENT,
            "searches": watch.searches,
            "searches_failed": len(watch.failed),
            "answers_wrong": len(watch.wrong),
            "first_failures": (watch.failed + watch.wrong)[:5],
            "slowest_search_s": round(watch.slowest_s, 2),
            "tika_calls": tika.calls,
            "verified": _verified(settings, version),
        }


def _killed(settings: Settings, kills: int, whole: float, chance: random.Random) -> tuple[int, list[float]]:
    """Kill migrations at random moments, each next one going on where the last was; finish the last one."""
    version, moments = CURRENT + 2, []
    while len(moments) < kills:
        process, moment = _migration(settings, version), chance.uniform(0, whole * SPAN)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            moments.append(round(moment, 1))
            sys.stderr.write(f"kill {len(moments)} of version {version} after {moment:.1f} s\n")
        else:
            version += 1  # done before its moment came: the next one has a version of its own
    if _migration(settings, version).wait():
        raise RuntimeError("the last migration failed")
    return version, moments


def _migration(settings: Settings, version: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bench.index_versions", "--migrate-to", str(version)]
    return subprocess.Popen(command, env=os.environ | control.as_environment(settings))


def _verified(settings: Settings, version: int) -> bool:
    """Against ledger and derived store, with every text; the source files of this stock do not exist."""
    sessions = open_database(settings, "ledger")
    (root,) = runs.all_roots(sessions)
    with closing(IndexWriter.open(settings, schema=schema_up_to(version))) as store:
        report = verify_root(sessions, store, DerivedStore(settings.home / "derived"), root, deep=True)
    found = {code: finding.count for code, finding in report.findings.items() if finding.count}
    sys.stderr.write(f"{found}\n")
    return set(found) <= {"gone"}


class _CountingServer(socketserver.ThreadingTCPServer):
    """Stands where Tika would: counts who connects, and hangs up."""

    calls = 0

    def finish_request(self, *_: Any) -> None:
        self.calls += 1


@contextmanager
def _instance() -> Iterator[tuple[Settings, _CountingServer]]:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (home / "tessdata").mkdir()
        engine = load_settings(home=home)
        control.start(engine, parent=ProcessId.current())
        stack.callback(control.stop, engine)
        tika = _CountingServer(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        threading.Thread(target=tika.serve_forever, daemon=True).start()
        stack.callback(tika.shutdown)
        changes = {
            "opensearch_url": opensearch_url(engine),
            "tika_url": f"http://127.0.0.1:{tika.server_address[1]}",
            "tessdata": home / "tessdata",
            "index_prefix": "bench",
        }
        yield load_settings(home=home / "own", **changes), tika


def _make_stock(settings: Settings, pages: int, seed: int) -> float:
    """Cases of the text generator, loaded as a run loads them; seconds."""
    began = time.monotonic()
    lines = settings.home / "pages.jsonl"
    settings.home.mkdir(parents=True)
    text_mode.write(seed, max(12, pages // PAGES_PER_CASE), PAGES_PER_CASE, lines)
    sessions, derived = open_database(settings, "ledger"), DerivedStore(settings.home / "derived")
    root = runs.ensure_root(sessions, "bench", settings.home / "akten")
    records = map(json.loads, lines.open(encoding="utf-8"))
    with closing(IndexWriter.open(settings)) as store:
        store.create_indices()
        with ThreadPoolExecutor(THREADS) as threads:
            done = [
                threads.submit(_put_case, sessions, store, derived, root, unquote(folder), list(group))
                for folder, group in groupby(records, key=lambda record: record["id"].partition("/")[0])
            ]
            for case in done:
                case.result()
        store.refresh()
    return time.monotonic() - began


def _put_case(
    sessions: Any, store: IndexWriter, derived: DerivedStore, root: RootRow, folder: str, pages: list[dict[str, Any]]
) -> None:
    cover = CoverSheet(aktenzeichen=pages[0]["filed"], stelle=pages[0]["unit"], schlagwoerter=(pages[0]["kind"],))
    case = CaseFile(case_id(root.name, folder), root.name, folder, CoverState.PRESENT, cover)
    cases.store_cases(sessions, root.id, [CaseEntry(case)])
    load_cases(store, [case])
    cases.mark_indexed(sessions, case.id, 1)
    for start in range(0, len(pages), PAGES_PER_DOCUMENT):
        texts = [page["text"] for page in pages[start : start + PAGES_PER_DOCUMENT]]
        _put_document(sessions, store, derived, root, case, f"{folder}/{start:05d}.pdf", texts)


def _put_document(
    sessions: Any, store: IndexWriter, derived: DerivedStore, root: RootRow, case: CaseFile, path: str, texts: list[str]
) -> None:
    sha256 = case_id(path, "")[:32] * 2
    with sessions.begin() as session:
        stamp = {"size": 1, "mtime_ns": 1, "ctime_ns": 1, "inode": 1}
        file = FileRow(root_id=root.id, path=path, raw_path=path.encode(), sha256=sha256, case_id=case.id, **stamp)
        file.role, file.state = FileRole.DOCUMENT, State.CONFIRMED
        session.add(file)
    keys = {number: f"k{number}" for number in range(1, len(texts) + 1)}
    keyed = {keys[n]: PageText(text, TextSource.LAYER, quality=100.0) for n, text in enumerate(texts, 1)}
    derived.pack(sha256, Manifest("application/pdf", len(texts), keys), keyed)
    entries = tuple(
        PageEntry(n, State.EXTRACTED, store_key=keys[n], enrichment=Enrichment("de", find_on_page(text)))
        for n, text in enumerate(texts, 1)
    )
    entry = DocumentEntry(path, sha256, "application/pdf", path, entries)
    identifier = documents.record_document(sessions, file, root.name, case, entry)
    load_document(sessions, store, derived, case, identifier)


@contextmanager
def _searching(settings: Settings, seed: int) -> Iterator[Watch]:
    """Two threads search until the block ends: one like a user of the interface, one every record of a random case."""
    watch, stop = Watch(), threading.Event()
    services = Services(settings)
    add_user(services.accounts, "leitung", Role.LEAD, ["*"], "langes Kennwort 1")
    reader = IndexReader.open(settings, COMMAND)
    with services.ledger() as session:
        known = session.scalars(select(CaseRow.id)).all()
    chance = random.Random(seed)

    def user() -> object:
        return search.search(services, Actor("leitung", Channel.WEB), SearchRequest(WORD)).totals

    def whole_case(identifier: str) -> Callable[[], object]:
        body = {"query": {"term": {fields.CASE_ID: identifier}}, "size": 1000, "_source": False}
        return lambda: [sorted(hit["_id"] for hit in reader.search(kind, body)["hits"]["hits"]) for kind in IndexKind]

    asked = [whole_case(identifier) for identifier in known]
    expected = {ask: ask() for ask in [user, *asked]}
    threads = [
        threading.Thread(target=_ask, args=(watch, stop, expected, choose))
        for choose in (lambda: user, lambda: chance.choice(asked))
    ]
    for thread in threads:
        thread.start()
    try:
        yield watch
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        reader.close()
        services.close()


def _ask(watch: Watch, stop: threading.Event, expected: dict[Any, object], choose: Callable[[], Any]) -> None:
    while not stop.is_set():
        ask, began = choose(), time.monotonic()
        try:
            answer = ask()
        except AktensucheError as error:
            watch.note(time.monotonic() - began, failed=str(error))
        else:
            wrong = "" if answer == expected[ask] else f"{str(answer)[:200]} instead of {str(expected[ask])[:200]}"
            watch.note(time.monotonic() - began, wrong=wrong)
        stop.wait(PAUSE_S)


if __name__ == "__main__":
    main()
