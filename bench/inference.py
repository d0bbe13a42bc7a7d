"""Kind and date of documents against the truth of a sample stock: `python -m bench.inference TRUTH`.

`TRUTH`: the folder of `python -m stock build --truth`. The text is the truth's own, so that recognition has no part in
it. A document counts for its date where its name, header or a page has one.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from casefile.canonical.references import find_dates
from indexer.infer.infer import infer
from indexer.infer.model import Evidence, Inferred

Record = dict[str, Any]


def documents(truth: Path) -> Iterator[list[Record]]:
    """The pages of each readable document, in order; files that hold another case's sheet are left out."""
    grouped: dict[tuple[str, str], list[Record]] = defaultdict(list)
    with (truth / "pages.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            page = json.loads(line)
            grouped[(page["path"], page["attachment"])].append(page)
    for pages in grouped.values():
        pages.sort(key=lambda page: int(page["page"]))
        if pages[0]["readable"] and not (len(pages) > 1 and any("misfiled" in page["faults"] for page in pages)):
            yield pages


def evidence(pages: list[Record]) -> Evidence:
    first, last = pages[0], pages[-1]
    in_mail = first["carrier"] in ("eml", "msg")
    mail = in_mail and not first["attachment"]
    path = first["path"] + (f"!{first['attachment']}" if first["attachment"] else "")
    return Evidence(
        path,
        media_type="message/rfc822" if mail else "",
        subject=first["subject"] if mail else "",
        sent=first["date"] if mail else "",
        carried=first["date"] if in_mail and not mail else "",
        language=first["language"],
        first=first["text"],
        last=last["text"],
    )


def has_date(pages: list[Record], found: Evidence) -> bool:
    day = pages[0]["date"]
    name = found.name.replace("_", " ")
    written = any(day in find_dates(page["text"]) for page in pages)
    return bool(found.sent) or written or day in find_dates(name) or day.replace("-", "") in name


def score(truth: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    for pages in documents(truth):
        given = evidence(pages)
        _count(counts, pages, given, infer(given))
    return counts


def _count(counts: Counter[str], pages: list[Record], given: Evidence, found: Inferred) -> None:
    right_kind, right_date = found.kind.value == pages[0]["art"], found.date.value == pages[0]["date"]
    counts["documents"] += 1
    counts["kind right"] += right_kind
    counts["kind sure"] += found.kind.sure
    counts["kind sure but wrong"] += found.kind.sure and not right_kind
    dated = has_date(pages, given)
    counts["dated"] += dated
    counts["date right"] += dated and right_date
    counts["date sure"] += found.date.sure
    counts["date sure but wrong"] += found.date.sure and not right_date


def main() -> None:
    counts = score(Path(sys.argv[1]))
    shares = {
        "kind right": counts["kind right"] / counts["documents"],
        "kind wrong among sure": counts["kind sure but wrong"] / counts["kind sure"],
        "date right": counts["date right"] / counts["dated"],
        "date wrong among sure": counts["date sure but wrong"] / counts["date sure"],
    }
    print(json.dumps({"counts": counts, "shares": {k: round(v, 4) for k, v in shares.items()}}, indent=1))


if __name__ == "__main__":
    main()
