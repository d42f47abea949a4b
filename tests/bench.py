"""`make bench`: what a run costs in wall-clock seconds and memory, as a table. Never a test.

Use: python -m tests.bench [SCALE ...]     default: 1
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[1]
STEP = re.compile(r"^\s*(?P<seconds>[\d.]+) s\s+(?P<step>\w+) \.\.\.$")


@dataclass(frozen=True)
class Cost:
    """What one command cost: seconds of wall clock, peak memory in MB, and what it printed to stderr."""

    seconds: float
    peak_mb: float
    progress: str


def measured(home: Path, *arguments: str) -> Cost:
    """Run a command of ours and watch the memory of its whole process tree."""
    environment = {**os.environ, "EQUITY_HOME": str(home)}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration", *arguments],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    peak = 0.0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        root = psutil.Process(process.pid)
        while not done.wait(0.2):
            try:
                family = [root, *root.children(recursive=True)]
                peak = max(peak, sum(member.memory_info().rss for member in family) / 2**20)
            except psutil.NoSuchProcess:
                continue

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    _, progress = process.communicate()
    done.set()
    watcher.join()
    if process.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{progress}")
    return Cost(time.perf_counter() - started, peak, progress)


def stages(cost: Cost) -> list[tuple[str, float]]:
    """Seconds of each step of a run, start-up first."""
    marks = [
        (float(found["seconds"]), found["step"]) for line in cost.progress.splitlines() if (found := STEP.match(line))
    ]
    rows = [("start-up", marks[0][0])] if marks else []
    ends = [*(begin for begin, _ in marks[1:]), cost.seconds]
    return rows + [(step, end - begin) for (begin, step), end in zip(marks, ends, strict=True)]


def seconds_in_warehouse(home: Path) -> float:
    """Seconds dbt's nodes took, as dbt itself recorded them, divided by its threads."""
    results = json.loads((home / "dbt" / "run_results.json").read_text(encoding="utf-8"))
    threads = {node["thread_id"] for node in results["results"]}
    return sum(node["execution_time"] for node in results["results"]) / max(1, len(threads))


def main() -> None:
    """Print one table per scale."""
    for scale in sys.argv[1:] or ["1"]:
        home = Path(tempfile.mkdtemp(prefix="equity-bench-"))
        try:
            files = measured(home, "demo", "--scale", scale)
            first = measured(home, "run")
            in_warehouse = seconds_in_warehouse(home)
            again = measured(home, "run")
            landing = sum(path.stat().st_size for path in (home / "landing").rglob("*") if path.is_file()) / 2**20
            print(f"\nscale {scale}: {landing:,.0f} MB of extracts on {os.cpu_count()} cores\n")
            print(f"{'stage':<34}{'first run':>12}{'unchanged':>12}{'peak MB':>10}")
            print(f"{'making the extracts':<34}{files.seconds:>10.1f} s{'':>12}{files.peak_mb:>10,.0f}")
            unchanged = dict(stages(again))
            for step, seconds in stages(first):
                print(f"{step:<34}{seconds:>10.1f} s{unchanged.get(step, 0):>10.1f} s")
            print(f"{'of it in the warehouse (dbt nodes)':<34}{in_warehouse:>10.1f} s")
            print(f"{'whole run':<34}{first.seconds:>10.1f} s{again.seconds:>10.1f} s{first.peak_mb:>10,.0f}")
        finally:
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
