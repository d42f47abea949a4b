"""`make bench`: what a run costs in wall-clock and processor seconds and memory, as a table. Never a test.

Use: python -m tests.bench [SCALE ...]     default: 1
     python -m tests.bench engine HOME     only the measure engine, on a home that has run
"""

from __future__ import annotations

import json
import math
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from tests.conftest import Home
from tests.engine import Engine

PROJECT = Path(__file__).resolve().parents[1]
ENGINE_ROWS = 3_500_000
"""Rows of `marts.equity_measure` the engine is sized for."""
QUALITY_STEPS = ("quality__check_result", "expectations", "published__quality")
"""Steps of a run that judge ethnicity recording and tell of it: Great Expectations, its checks, the pages."""
STEP = re.compile(r"^\s*(?P<seconds>[\d.]+) s\s+(?P<step>\w+) \.\.\.$")


@dataclass(frozen=True)
class Cost:
    """What one command cost: seconds of wall clock and of processor, peak memory in MB, what it printed to stderr."""

    seconds: float
    processor: float
    peak_mb: float
    progress: str


class Peak:
    """Watches the memory of a process and its children, in MB, until an event is set."""

    def __init__(self, done: threading.Event, pid: int | None = None) -> None:
        """Begin to watch."""
        self._done, self._root, self._highest = done, psutil.Process(pid), 0.0
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def highest(self) -> float:
        """The highest seen, once the event is set."""
        self._watcher.join()
        return self._highest

    def _watch(self) -> None:
        while not self._done.wait(0.2):
            try:
                family = [self._root, *self._root.children(recursive=True)]
                self._highest = max(self._highest, sum(member.memory_info().rss for member in family) / 2**20)
            except psutil.NoSuchProcess:
                continue


def measured(home: Path, *arguments: str) -> Cost:
    """Run a command of ours and watch the memory of its whole process tree."""
    environment = {**os.environ, "EQUITY_HOME": str(home)}
    started, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration", *arguments],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    done = threading.Event()
    peak = Peak(done, process.pid)
    _, progress = process.communicate()
    done.set()
    if process.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{progress}")
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return Cost(time.perf_counter() - started, processor, peak.highest(), progress)


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


def quality_nodes(manifest: Mapping[str, Any]) -> set[str]:
    """Names of dbt's nodes that a run without the quality tables would not have.

    They are the models of the schema `quality`, those of `intermediate` that nothing but these reads, and the tests of
    both.
    """
    nodes = manifest["nodes"]
    models = {name for name, node in nodes.items() if node["resource_type"] == "model"}
    readers = {name: models.intersection(manifest["child_map"][name]) for name in models}
    inner = {name for name in models if nodes[name]["schema"] == "intermediate" and readers[name]}
    counted = {name for name in models if nodes[name]["schema"] == "quality"}
    while more := {name for name in inner - counted if readers[name] <= counted}:
        counted |= more
    tests = {name for name, node in nodes.items() if node["resource_type"] == "test"}
    return counted | {name for name in tests if counted.intersection(nodes[name]["depends_on"]["nodes"])}


def seconds_of_quality_nodes(home: Path) -> float:
    """Seconds of wall clock in which at least one node of `quality_nodes` was at work in the last run of dbt."""
    counted = quality_nodes(json.loads((home / "dbt" / "manifest.json").read_text(encoding="utf-8")))
    results = json.loads((home / "dbt" / "run_results.json").read_text(encoding="utf-8"))["results"]
    spans = sorted(
        tuple(datetime.fromisoformat(part[end]).timestamp() for end in ("started_at", "completed_at"))
        for node in results
        if node["unique_id"] in counted
        for part in node["timing"]
    )
    seconds = until = 0.0
    for begin, end in spans:
        seconds += max(0.0, end - max(begin, until))
        until = max(until, end)
    return seconds


def engine_table(home: Path) -> None:
    """Print what the measure engine costs from the counts on, at two sizes: the second twice the first."""
    print(f"\n{'measure engine':<34}{'rows':>12}{'seconds':>10}{'peak MB':>10}")
    for rows in (ENGINE_ROWS // 2, ENGINE_ROWS):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-c", f"from tests.bench import engine; engine({str(home)!r}, {folder!r}, {rows})"],
                cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True,
            )
            print(done.stdout, end="")


def engine(home: str, folder: str, rows: int) -> None:
    """Build the models after the counts for as many organisations as give that many rows of `equity_measure`."""
    source = Home(Path(home))
    built, trust = Engine(source, Path(folder)), source.settings.trust
    run = built.connection.execute
    run(f"SET memory_limit = '{trust.memory_limit}'; SET threads = {trust.threads}")
    run("SET preserve_insertion_order = false; SET checkpoint_threshold = '1GB'; SET enable_progress_bar = false")
    given = ("int_measure_count", "int_measure_reference", "int_measure_stratum_people")
    counted = run(
        "SELECT count(*) FROM intermediate.int_measure_figure"
        " JOIN intermediate.int_measure_cell USING (cell_number)"
        " JOIN intermediate.int_measure_declared_group USING (group_number) WHERE all_numerator IS NOT NULL"
    ).fetchone()
    times = math.ceil(rows / counted[0])  # type: ignore[index]
    for model in given:
        run(
            f"INSERT INTO intermediate.{model}"
            " SELECT given.* REPLACE (organisation_code || '-' || number AS organisation_code)"
            f" FROM intermediate.{model} AS given, range(1, {times}) AS copies (number)"
        )
    run("CHECKPOINT")
    done = threading.Event()
    started = time.perf_counter()
    peak = Peak(done)
    costs = built.build(*given)
    seconds = time.perf_counter() - started
    done.set()
    for model, cost in costs.items():
        print(f"  {model:<32}{'':>12}{cost:>10.1f}")
    made = run("SELECT count(*) FROM marts.equity_measure").fetchone()[0]  # type: ignore[index]
    print(f"{'from counts to equity_measure':<34}{made:>12,}{seconds:>10.1f}{peak.highest():>10,.0f}")


def main() -> None:
    """Print one table per scale, and one of the engine."""
    if sys.argv[1:2] == ["engine"]:
        engine_table(Path(sys.argv[2]))
        return
    for scale in sys.argv[1:] or ["1"]:
        home = Path(tempfile.mkdtemp(prefix="equity-bench-"))
        try:
            files = measured(home, "demo", "--scale", scale)
            first = measured(home, "run")
            in_warehouse, of_quality = seconds_in_warehouse(home), seconds_of_quality_nodes(home)
            again = measured(home, "run")
            of_quality_again = seconds_of_quality_nodes(home)
            landing = sum(path.stat().st_size for path in (home / "landing").rglob("*") if path.is_file()) / 2**20
            print(f"\nscale {scale}: {landing:,.0f} MB of extracts on {os.cpu_count()} cores\n")
            print(f"{'stage':<34}{'first run':>12}{'unchanged':>12}{'peak MB':>10}")
            print(f"{'making the extracts':<34}{files.seconds:>10.1f} s{'':>12}{files.peak_mb:>10,.0f}")
            changed, unchanged = dict(stages(first)), dict(stages(again))
            for step, seconds in changed.items():
                print(f"{step:<34}{seconds:>10.1f} s{unchanged.get(step, 0):>10.1f} s")
            print(f"{'of it in the warehouse (dbt nodes)':<34}{in_warehouse:>10.1f} s")
            print(f"{'of it with a quality node at work':<34}{of_quality:>10.1f} s{of_quality_again:>10.1f} s")
            stage = of_quality + sum(changed[step] for step in QUALITY_STEPS)
            stage_again = of_quality_again + sum(unchanged[step] for step in QUALITY_STEPS)
            print(f"{'quality stage':<34}{stage:>10.1f} s{stage_again:>10.1f} s")
            print(f"{'whole run':<34}{first.seconds:>10.1f} s{again.seconds:>10.1f} s{first.peak_mb:>10,.0f}")
            print(f"{'processor time of it':<34}{first.processor:>10.1f} s{again.processor:>10.1f} s")
            print(f"\nquality stage = the line above it + {' + '.join(QUALITY_STEPS)}")
            engine_table(home)
        finally:
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
