"""Analysts may open the published file at any time, and never meet a lock or a half-built table."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Callable
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Home

pytestmark = pytest.mark.long
READERS, OPENS, RUNS = 8, 200, 3


def read(database: Path, expected: int, stop: Synchronized, outcome: multiprocessing.Queue) -> None:
    """Open the file until told to stop, and at least 200 times; report how often and what went wrong."""
    opened, faults = 0, []
    while opened < OPENS or not stop.value:
        try:
            with duckdb.connect(str(database), read_only=True) as connection:
                tables = connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone()
                rows = connection.execute("SELECT count(*) FROM marts.equity_measure").fetchone()
            if tables is None or rows is None or rows[0] != expected:
                faults.append(f"{rows} rows in {tables} tables")
        except duckdb.Error as error:
            faults.append(str(error))
        opened += 1
    outcome.put((opened, faults))


def test_eight_readers_during_three_runs_see_no_error(small_home: Home, make_home: Callable[[str], Home]) -> None:
    home = make_home("readers")
    shutil.copytree(small_home.path, home.path, ignore=shutil.ignore_patterns("dagster"))
    database = home.settings.published / "equity.duckdb"
    with home.published() as connection:
        row = connection.execute("SELECT count(*) FROM marts.equity_measure").fetchone()
    assert row
    context = multiprocessing.get_context("spawn")
    stop, outcome = context.Value("b", False), context.Queue()
    readers = [context.Process(target=read, args=(database, row[0], stop, outcome)) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    inodes = {database.stat().st_ino}
    for _ in range(RUNS):
        home.command("run")
        inodes.add(database.stat().st_ino)
    stop.value = True
    outcomes = [outcome.get(timeout=120) for _ in readers]
    for reader in readers:
        reader.join()
    assert len(inodes) == RUNS + 1, "every run swaps in a new file"
    assert [fault for _, faults in outcomes for fault in faults] == []
    assert all(opened >= OPENS for opened, _ in outcomes)
