"""Public test files beside other readers: every word that one of them sees is kept, or its page says what it lacks.

python -m bench.witness FOLDER … [--count 600] [--seed 1] [--most-kb 1500]

The folders hold what public repositories test with; nothing of them is part of the project. Files are taken in turn
from each kind (folder and suffix). JSON on standard output: how many words each reader sees, how many of them are
found, are missing on a page that is partial or failed, or are lost without a word, and the latter by file.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import itertools
import json
import random
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.__main__ import machine
from bench.witnesses import Kept, Seen, mail_text, outlook_text, renderer_text, tika_text, words_of
from casefile.database.ledger import DocumentRow, FileRow, PageRow
from casefile.database.sessions import read_session
from casefile.errors import DocumentFault, Reason
from casefile.instance import tika_url
from casefile.model import SEARCHABLE_STATES, FileRole, State
from casefile.sandbox import WorkerPool
from casefile.settings import Settings, load_settings
from engine import control
from engine.processes import ProcessId
from indexer import pipeline
from indexer.context import derived_store, open_ledger
from indexer.progress import Reporter

ROOT = "zeugen"
SUFFIXES = frozenset(
    {
        *(".pdf", ".rtf", ".html", ".htm", ".txt", ".csv", ".xml", ".ics", ".vcf", ".epub"),
        *(".doc", ".docx", ".docm", ".dot", ".dotx", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ppt", ".pptx"),
        *(".odt", ".ods", ".odp", ".ott", ".fodt", ".msg", ".eml", ".mbox", ".mht", ".tnef", ".p7m", ".zip", ".7z"),
    }
)
_SHOWN_WORDS = 12
_SECONDS = 120


def chosen(folders: Sequence[Path], count: int, seed: int, most_kb: int) -> list[Path]:
    """In turn from each folder and suffix; of identical files one."""
    source = random.Random(seed)
    kinds: dict[tuple[Path, str], list[Path]] = defaultdict(list)
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix.lower() in SUFFIXES and 0 < path.stat().st_size <= most_kb * 1024:
                kinds[folder, path.suffix.lower()].append(path)
    for paths in kinds.values():
        source.shuffle(paths)
    in_turn = (path for row in itertools.zip_longest(*kinds.values()) for path in row if path is not None)
    return list(itertools.islice(_distinct(in_turn), count))


def _distinct(paths: Iterator[Path]) -> Iterator[Path]:
    known = set[bytes]()
    for path in paths:
        digest = hashlib.sha256(path.read_bytes()).digest()
        if digest not in known:
            known.add(digest)
            yield path


@dataclass
class KeptFile:
    """What the program kept of one file: texts of its own pages, of all documents, and whether a page is reported."""

    own: dict[int, str] = field(default_factory=dict)
    everywhere: list[str] = field(default_factory=list)
    reported_pages: set[int] = field(default_factory=set)
    reasons: set[str] = field(default_factory=set)


def kept_files(settings: Settings) -> dict[str, KeptFile]:
    derived = derived_store(settings)
    kept: dict[str, KeptFile] = defaultdict(KeptFile)
    query = select(FileRow.path, DocumentRow, PageRow).join(DocumentRow, DocumentRow.file_id == FileRow.id)
    query = query.join(PageRow, PageRow.document_id == DocumentRow.id).where(FileRow.role == FileRole.DOCUMENT)
    with read_session(open_ledger(settings)) as session:
        for path, document, page in session.execute(query):
            file = kept[path]
            found = derived.searched_page(document.sha256, page.number, page.store_key) if page.store_key else None
            text = found.text if found is not None and page.state in SEARCHABLE_STATES else ""
            file.everywhere += [text, document.path, document.title]
            if page.state in (State.PARTIAL, State.FAILED):
                file.reasons.add(page.reason)
            if document.path == path:
                file.own[page.number] = text
                if page.state in (State.PARTIAL, State.FAILED):
                    file.reported_pages.add(page.number)
    return kept


def witnesses(path: Path, settings: Settings, pool: WorkerPool) -> list[Seen]:
    seen = [*tika_text(tika_url(settings), path), *mail_text(path), *outlook_text(path)]
    if path.suffix.lower() == ".pdf":
        with contextlib.suppress(DocumentFault):
            seen += pool.run(renderer_text, path, timeout=_SECONDS, reason=Reason.TIMEOUT)
    return seen


def compare(seen: Sequence[Seen], kept: KeptFile) -> Iterator[tuple[Seen, list[str], bool]]:
    """Each testimony with the words that were not kept, and whether that is reported.

    A page that the program does not have is covered by a page that is reported.
    """
    everywhere = Kept("\n".join(kept.everywhere))
    for testimony in seen:
        on_page = testimony.page is not None and testimony.page in kept.own
        there = Kept(kept.own[testimony.page]) if on_page and testimony.page is not None else everywhere
        missing = sorted(word for word in words_of(testimony.text) if word not in there)
        reported = testimony.page in kept.reported_pages if on_page else bool(kept.reasons)
        yield testimony, missing, reported


def measure(settings: Settings, source: Path, origins: dict[str, Path]) -> dict[str, Any]:
    with Reporter(ROOT, quiet=False) as reporter:
        pipeline.index_root(settings, source, ROOT, reporter)
    kept = kept_files(settings)
    counts: Counter[str] = Counter()
    silent: dict[str, list[dict[str, Any]]] = defaultdict(list)
    told: dict[str, Any] = {}
    with WorkerPool(1) as pool:
        for relative, origin in origins.items():
            file = kept.get(relative, KeptFile())
            for testimony, missing, reported in compare(witnesses(source / relative, settings, pool), file):
                counts[f"{testimony.witness}: words"] += len(words_of(testimony.text))
                counts[f"{testimony.witness}: {'reported' if reported else 'silent'}"] += len(missing)
                if missing and not reported:
                    entry = {"witness": testimony.witness, "page": testimony.page, "missing": len(missing)}
                    silent[str(origin)].append(entry | {"words": missing[:_SHOWN_WORDS]})
                elif missing:
                    told[str(origin)] = [sorted(file.reasons), len(missing), missing[:_SHOWN_WORDS]]
    return {
        "files": len(origins),
        "by_suffix": dict(Counter(path.suffix.lower() for path in origins.values())),
        "words": dict(sorted(counts.items())),
        "files_with_silent_losses": len(silent),
        "silent": silent,
        "reported": told,
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.witness", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most-kb", type=int, default=1500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="aktensuche-zeugen-") as folder:
        source, origins = Path(folder) / "quelle", dict[str, Path]()
        for number, path in enumerate(chosen(options.folders, options.count, options.seed, options.most_kb)):
            target = source / f"{number:04d}" / path.name
            target.parent.mkdir(parents=True)
            shutil.copyfile(path, target)
            origins[f"{number:04d}/{path.name}"] = path
        settings = load_settings(home=Path(folder) / "home", opensearch_heap_mb=512)
        control.start(settings, parent=ProcessId.current())
        try:
            found = measure(settings, source, origins)
        finally:
            control.stop(settings)
    print(json.dumps({"machine": machine(), "witness": found}, ensure_ascii=False, indent=1))
    return 1 if found["silent"] else 0


if __name__ == "__main__":
    sys.exit(main())
