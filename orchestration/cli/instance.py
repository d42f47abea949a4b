"""Dagster's own storage under `EQUITY_HOME/dagster`."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import dagster as dg
import sqlalchemy
import yaml

from orchestration.settings import Settings, SettingsError

RUN_TAG = {"equity/command": "run"}
"""Marks runs of `make run`: whoever holds the home's lock knows that an unfinished one is dead."""
CONFIG = {
    "telemetry": {"enabled": False},
    "nux": {"enabled": False},
    "concurrency": {"pools": {"default_limit": 1, "granularity": "op"}, "runs": {"max_concurrent_runs": 1}},
    "run_monitoring": {"enabled": True, "free_slots_after_run_end_seconds": 60},
}


def prepare_instance(settings: Settings) -> None:
    """Write the instance file and point Dagster at it."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    (settings.dagster_home / "dagster.yaml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)


@contextmanager
def opened_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The instance, with runs of a killed process closed and their pool slots freed.

    Raises:
        SettingsError: a run started in Dagster is at work in the same home.
    """
    prepare_instance(settings)
    active = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING])
    with _swift_storage(), dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        for run in instance.get_runs(active):
            if not RUN_TAG.items() <= run.tags.items():
                raise SettingsError(
                    f"{settings.home}: run {run.run_id[:8]} started in Dagster is at work there; wait for it to end, "
                    "or, when its process is gone, mark it as canceled (make ui, Runs, Terminate, Force)"
                )
            instance.report_run_failed(run, "the process was stopped before the run ended")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        yield instance


@contextmanager
def _swift_storage() -> Iterator[None]:
    """Let each of thousands of events cost a write, not a wait for the disk.

    The orchestrator opens its SQLite files anew for every event, and the last to close one tidies it up. A connection
    held to each while the run lasts leaves that for the end, and commits wait for the disk at checkpoints only: what a
    killed process wrote is kept, and a power cut can cost the last events of a run that was cut too.
    """
    held: dict[str, sqlite3.Connection] = {}

    def opened(connection: Any, _: Any) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        connection.execute("PRAGMA synchronous = NORMAL")
        file = connection.execute("PRAGMA database_list").fetchone()[2]
        if file and file not in held:
            held[file] = connections.enter_context(closing(sqlite3.connect(file, check_same_thread=False)))
            held[file].execute("SELECT count(*) FROM sqlite_master").fetchone()

    with ExitStack() as connections:
        sqlalchemy.event.listen(sqlalchemy.Engine, "connect", opened)
        try:
            yield
        finally:
            sqlalchemy.event.remove(sqlalchemy.Engine, "connect", opened)
