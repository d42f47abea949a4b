"""Killing the process at any step and running again gives the same marts."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from orchestration.assets.warehouse import DBT_STEP
from tests import fingerprint
from tests.conftest import PROJECT, Home

pytestmark = pytest.mark.long
STEP = re.compile(r"^\s*[\d.]+ s\s+(\w+) \.\.\.$", re.MULTILINE)
LAYERS = ("START sql table model core", "START sql table model marts")
"""What dbt says when it is in the middle of the warehouse."""
TRACES = {"lake__mhsds": "lake/mhsds/*/*", "published__equity": "published/.building-parquet/*"}
"""What lies there when a step that writes many files is in the middle of them."""
PATIENCE_SECONDS = 120


def kill_at(home: Home, moment: str) -> None:
    """Run, and kill the process and all it started at a moment; in the middle of the warehouse only the process itself.

    A step that leaves a trace is killed in the middle, any other at its start.

    Args:
        home: where to run.
        moment: a step, or what dbt prints.

    Raises:
        AssertionError: the moment never came.
    """
    trace = TRACES.get(moment)
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "orchestration", "run"],
        cwd=PROJECT,
        env=home.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    printed: list[str] = []
    try:
        for line in process.stdout:
            printed.append(line)
            started = STEP.match(line)
            if (started and started[1] == moment) or (moment in LAYERS and moment in line):
                break
        else:
            pytest.fail(f"{moment} never came:\n{''.join(printed[-40:])}")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while trace and not any(home.path.glob(trace)):
            assert time.monotonic() < deadline, f"{moment} left no {trace}"
            time.sleep(0.005)
        assert process.poll() is None, f"the run ended before it could be killed at {moment}"
    finally:
        if moment in LAYERS:
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()
        process.wait()


def moments(home: Home) -> list[str]:
    """Steps of a whole run in the order it took them, and the layers of the warehouse within their step."""
    steps = STEP.findall((home.path / "run.err").read_text(encoding="utf-8"))
    place = steps.index(DBT_STEP) + 1
    return [*steps[:place], *LAYERS, *steps[place:]]


def test_killed_at_every_step_the_next_run_gives_the_same_marts(
    short_home: Home, make_home: Callable[[str], Home]
) -> None:
    """Each run goes on from where the kill before it left the home, and must come one step further."""
    built = fingerprint.of_tables(short_home.settings.warehouse_file)
    published = fingerprint.of_tables(short_home.settings.published_file)
    home = Home(make_home("killed").path, short_home.config)
    shutil.copytree(short_home.settings.landing, home.settings.landing)
    database = home.settings.published_file
    every = moments(short_home)
    assert len(every) == len(set(every)) >= 13
    for moment in every:
        kill_at(home, moment)
        if every.index(moment) > every.index(LAYERS[-1]):
            assert fingerprint.of_tables(home.settings.warehouse_file) == built, moment
        is_after = every.index(moment) > every.index("published__equity")
        assert database.exists() == is_after, "published when it is finished, and not before"
    assert fingerprint.of_tables(database) == published
    home.command("run")
    assert fingerprint.of_tables(home.settings.warehouse_file) == built
    assert fingerprint.of_tables(database) == published
    assert not list(home.settings.published.glob(".*")), "what a killed run left half-built is gone"
