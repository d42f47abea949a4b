"""Analysts may open the published file at any time, and never meet a lock or a half-built table."""

from __future__ import annotations

import itertools
import multiprocessing
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from multiprocessing.queues import Queue
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import duckdb
import pytest

from tests import fingerprint
from tests.conftest import Home

pytestmark = pytest.mark.long
READERS, OPENS, RUNS = 8, 200, 3
PACE_SECONDS = 0.3
"""Between two opens of one reader: some 25 a second by all of them, and a processor left for the run they watch."""
SPAWN = multiprocessing.get_context("spawn")
READ_WHOLE = ("core", "marts", "quality")
Sight = tuple[int, int, int]


def look(database: Path) -> Sight:
    """Open the file as anyone would: its tables, the rows of the widest mart, and the results of every run so far."""
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM duckdb_tables()), (SELECT count(*) FROM marts.equity_measure), "
            "(SELECT count(*) FROM quality.check_result)"
        ).fetchone()
    assert found
    return found


def read(database: Path, stop: Synchronized, outcome: Queue) -> None:
    """Open the file at least 200 times and once after being told to stop; report what was seen and what went wrong."""
    seen: Counter[Sight] = Counter()
    faults: list[str] = []
    is_last = False
    while not (is_last and seen.total() + len(faults) >= OPENS):
        is_last = bool(stop.value)
        try:
            seen[look(database)] += 1
        except Exception as error:  # whatever it is, the reader met it and tells of it
            faults.append(str(error))
        time.sleep(PACE_SECONDS)
    outcome.put((seen, faults))


def hold(database: Path, line: Connection) -> None:
    """Open the file, say so, and read it only when asked, however old it is by then."""
    with duckdb.connect(str(database), read_only=True) as connection:
        line.send("open")
        line.recv()
        line.send(fingerprint.of_connection(connection, READ_WHOLE))


@contextmanager
def analyst(database: Path) -> Iterator[Connection]:
    """An analyst who holds the file as it is now: a process of its own, for one process shares what it opens twice."""
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=hold, args=(database, there), daemon=True)
    process.start()
    there.close()  # so that a dead analyst ends the line
    assert here.recv() == "open"
    yield here
    process.terminate()
    process.join()


def test_eight_readers_during_three_runs_see_no_error(short_home: Home, make_home: Callable[[str], Home]) -> None:
    """Every run swaps in a new file, also when nothing changed; whoever holds an old one goes on reading it."""
    home = Home(make_home("readers").path, short_home.config)
    shutil.copytree(short_home.path, home.path, ignore=shutil.ignore_patterns("dagster"))
    database = home.settings.published_file
    stop, outcome = SPAWN.Value("b", False), SPAWN.Queue()
    readers = [SPAWN.Process(target=read, args=(database, stop, outcome), daemon=True) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    inodes, generations, analysts, looks = [], [], [], []
    with ExitStack() as held:
        for generation in range(RUNS + 1):
            analysts.append(held.enter_context(analyst(database)))
            inodes.append(database.stat().st_ino)  # no later file gets this number while an analyst holds the file
            generations.append(fingerprint.of_tables(database, READ_WHOLE))
            looks.append(look(database))
            if generation < RUNS:
                home.command("run")
        stop.value = True
        assert len(set(inodes)) == RUNS + 1, "every run swaps in a new file"
        for line, generation_held in zip(analysts, generations, strict=True):
            line.send("read")
            assert line.recv() == generation_held, "an analyst reads the file that was opened, to the end"
    outcomes = [outcome.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join()
    assert [fault for _, faults in outcomes for fault in faults] == []
    assert len({(tables, rows) for tables, rows, _ in looks}) == 1, "nothing changed but the history"
    added = [later[2] - earlier[2] for earlier, later in itertools.pairwise(looks)]
    assert added[0] > 0, "every run leaves its results in the history"
    assert len(set(added)) == 1, "the same of every run that brought nothing new"
    for seen, _ in outcomes:
        assert set(seen) == set(looks), "each file was seen, and each was whole"
        assert seen.total() >= OPENS
