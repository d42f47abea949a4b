"""What a run must not pay for: a look at the network, a second dbt, a file opened for every event, idle processes.

And what it must not risk: more memory than the warehouse may use.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
import psutil
import pytest
import sqlalchemy
from dagster_dbt import DbtCliInvocation

from orchestration.assets.warehouse import DBT_PROJECT, InstalledDbt, models_at_once
from orchestration.cli.instance import opened_instance
from orchestration.ingest import end_server
from orchestration.settings import Settings


def test_dbt_is_neither_asked_for_its_version_nor_loaded_here(monkeypatch: pytest.MonkeyPatch) -> None:
    started: dict[str, Any] = {}
    monkeypatch.setattr("dagster_dbt.core.resource.check_output", lambda *_: pytest.fail("dbt was asked"))
    monkeypatch.setattr(DbtCliInvocation, "run", lambda **given: started.update(given))
    InstalledDbt(
        project_dir=str(DBT_PROJECT), profiles_dir=str(DBT_PROJECT), dbt_executable=sys.executable
    ).cli(["build"])  # fmt: skip
    assert (str(started["cli_version"]), started["adapter"]) == (version("dbt-core"), None)


def test_a_file_of_events_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", os.environ.get("DAGSTER_HOME", ""))  # given back afterwards
    opened: list[str] = []

    def note(connection: Any, _: Any) -> None:
        opened.append(connection.execute("PRAGMA database_list").fetchone()[2])

    sqlalchemy.event.listen(sqlalchemy.Engine, "connect", note)
    try:
        with opened_instance(Settings(home=tmp_path)) as instance:
            run = instance.create_run_for_job(dg.GraphDefinition("some", node_defs=[]).to_job())
            opened.clear()
            for _ in range(20):
                instance.report_engine_event("something happened", run)
            assert len(instance.all_logs(run.run_id)) == 20
    finally:
        sqlalchemy.event.remove(sqlalchemy.Engine, "connect", note)
    assert opened.count(str(tmp_path / "dagster" / "history" / "runs" / f"{run.run_id}.db")) <= 2


def test_the_process_that_others_start_from_ends_when_told_and_comes_back() -> None:
    context = multiprocessing.get_context("forkserver")
    for _ in range(2):
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            assert pool.submit(abs, -1).result() == 1
        assert _servers()
        end_server()
        assert not _servers()
    end_server()


def _servers() -> list[int]:
    children = psutil.Process().children(recursive=True)
    return [child.pid for child in children if "multiprocessing.forkserver" in " ".join(child.cmdline())]


@pytest.mark.parametrize(("megabytes", "at_once"), [(0, 2), (299, 2), (301, 1), (40_000, 1)])
def test_models_follow_each_other_where_the_lake_is_large(tmp_path: Path, megabytes: int, at_once: int) -> None:
    folder = tmp_path / "lake" / "staff_record" / "2025-09" / "DEM0"
    folder.mkdir(parents=True)
    for part in range(2):
        with (folder / f"{part}.parquet").open("wb") as file:
            file.truncate(megabytes * 10**6 // 2)  # without a byte on the disk
    assert models_at_once(Settings(home=tmp_path)) == at_once
