"""How fast a stock is made: whole files, or text only. Wall and processor seconds, peak memory of the largest process.

python -m bench.stock_speed --cases 1000 --pages 30 --scans 0.1 --out DIR
python -m bench.stock_speed --cases 110000 --first 109900 --count 100 --out DIR
python -m bench.stock_speed --cases 2000 --pages 50 --text --out DIR
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import time
from pathlib import Path

from stock import text_mode
from stock.build import build
from stock.cases.plan import size


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, required=True)
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--scans", type=float, default=0.1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int)
    parser.add_argument("--text", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    if options.text:
        pages = text_mode.write(
            1, options.cases, options.pages, options.out / "pages.jsonl", processes=options.processes
        )
        scanned = 0
    else:
        wanted = size(str(options.cases), pages=options.pages, scans=options.scans)
        report = build(
            wanted.name,
            1,
            options.out / "akten",
            options.out / "wahrheit",
            processes=options.processes,
            plan=wanted,
            first=options.first,
            count=options.count,
        )
        pages, scanned = report.pages, report.scanned_pages
    wall = time.perf_counter() - start
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    print(
        json.dumps(
            {
                "pages": pages,
                "scanned": scanned,
                "wall_s": round(wall, 1),
                "cpu_s": round(cpu, 1),
                "pages_per_s": round(pages / wall, 1),
                "pages_per_cpu_s": round(pages / cpu, 1),
                "parent_peak_mb": own.ru_maxrss // 1024,
                "worker_peak_mb": children.ru_maxrss // 1024,
                "processes": options.processes,
                "load": [round(value, 1) for value in os.getloadavg()],
                "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
            }
        )
    )


if __name__ == "__main__":
    main()
