"""Killing the process at any step and running again gives the same marts."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests import fingerprint
from tests.conftest import PROJECT, Home

pytestmark = pytest.mark.long
STEP = re.compile(r"^\s*[\d.]+ s\s+(\w+) \.\.\.$")


def kill_at(home: Home, step: str) -> bool:
    """Run, and kill the whole process group as soon as the step starts; False when the step never came."""
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration", "run"],
        cwd=PROJECT,
        env=home.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    reached = False
    for line in process.stderr:
        found = STEP.match(line)
        if found and found[1] == step:
            reached = True
            os.killpg(process.pid, signal.SIGKILL)
            break
    process.stderr.close()
    process.wait()
    return reached


def test_killed_at_every_step_the_next_run_gives_the_same_marts(
    small_home: Home, make_home: Callable[[str], Home]
) -> None:
    expected = fingerprint.of_tables(small_home.settings.warehouse_file)
    steps = step_names(small_home)
    home = make_home("killed")
    shutil.copytree(small_home.settings.landing, home.settings.landing)
    for step in steps:
        assert kill_at(home, step), f"{step} never started after the kills before it"
    home.command("run")
    assert fingerprint.of_tables(home.settings.warehouse_file) == expected
    assert fingerprint.of_tables(home.settings.published / "equity.duckdb", ("marts",)) == {
        table: value for table, value in expected.items() if table.startswith("marts.")
    }


def step_names(home: Home) -> list[str]:
    """Steps of a whole run, in the order it took them."""
    lines = (home.path / "run.err").read_text(encoding="utf-8").splitlines()
    return [found[1] for line in lines if (found := STEP.match(line))]


@pytest.mark.parametrize("moment", ["START sql table model core", "START sql table model marts"])
def test_killed_inside_the_warehouse_build(small_home: Home, make_home: Callable[[str], Home], moment: str) -> None:
    home = make_home("killed-inside")
    shutil.copytree(small_home.settings.landing, home.settings.landing)
    shutil.copytree(small_home.settings.lake, home.settings.lake)
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration", "run"],
        cwd=PROJECT,
        env=home.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if moment in line:
            os.killpg(process.pid, signal.SIGKILL)
            break
    else:
        pytest.fail(f"dbt never said: {moment}")
    process.stdout.close()
    process.wait()
    home.command("run")
    assert fingerprint.of_tables(home.settings.warehouse_file) == fingerprint.of_tables(
        small_home.settings.warehouse_file
    )
