"""Many periods at once: in this process, or spread over a few when there is much to read.

Belongs here: when spreading pays, and processes that end with the one that started them. Does not belong here: what is
done with a period (`run`). Results do not depend on it: submissions share nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from multiprocessing.forkserver import _forkserver
from pathlib import Path

from orchestration.contracts import Feed
from orchestration.ingest.commands import landing_state
from orchestration.ingest.landing import submissions
from orchestration.ingest.results import PeriodResult
from orchestration.ingest.run import SEEDS, check_headers, ingest_period
from orchestration.settings import Settings

WORTH_BYTES = 24 << 20
WORTH_FILES = 400
"""New bytes, or new files, from which starting processes costs less than it saves."""


def ingest_periods(
    settings: Settings, feed: Feed, periods: Sequence[str], *, seeds: Path = SEEDS
) -> Iterator[PeriodResult]:
    """Take in several periods of a feed; the results come in the order of the periods.

    Args:
        settings: where things lie; `trust.threads` is how many processes may be used.
        feed: the contract.
        periods: `YYYY-MM`, or `all`.
        seeds: folder of the reference tables that hold known values.

    Yields:
        The result of each period, as soon as it and those before it are done.
    """
    check_headers(settings, feed)
    settings.pseudonym_keys()
    processes = min(settings.trust.threads, len(periods))
    if processes < 2 or not _is_worth_it(settings, feed, periods):
        for period in periods:
            yield ingest_period(settings, feed, period, seeds=seeds)
        return
    with ProcessPoolExecutor(processes, mp_context=_context(), initializer=_end_with_parent) as pool:
        tasks = [pool.submit(ingest_period, settings, feed, period, seeds=seeds) for period in periods]
        try:
            for task in tasks:
                yield task.result()
        finally:
            for task in tasks:
                task.cancel()


def end_server() -> None:
    """End the process that others are started from, which keeps its imports in memory; it comes back when needed.

    Python has no public way to end it before this process ends.
    """
    _forkserver._stop()  # type: ignore[attr-defined]


def _context() -> BaseContext:
    """How processes start: from a server that has paid the imports once, where the system has one."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["orchestration.ingest.run", "pandera.pandas"])
    return context


def _is_worth_it(settings: Settings, feed: Feed, periods: Iterable[str]) -> bool:
    wanted = set(periods)
    waiting = {
        (state.period, state.organisation_code)
        for state in landing_state(settings, feed)
        if state.is_waiting and state.period in wanted
    }
    files = [
        file
        for period in {period for period, _ in waiting}
        for each in submissions(settings, feed, period)
        if (period, each.organisation_code) in waiting
        for file in each.used
    ]
    return len(files) >= WORTH_FILES or sum(file.size for file in files) >= WORTH_BYTES


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, killed or not: nothing may write behind a later run."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch(sentinel: int) -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, args=(parent.sentinel,), daemon=True).start()
