"""Dagster's own storage under `EQUITY_HOME/dagster`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dagster as dg
import yaml

from orchestration.lock import is_awaited
from orchestration.settings import Settings

CONFIG = {
    "telemetry": {"enabled": False},
    "nux": {"enabled": False},
    "concurrency": {"pools": {"default_limit": 1, "granularity": "op"}, "runs": {"max_concurrent_runs": 1}},
    "run_monitoring": {"enabled": True, "free_slots_after_run_end_seconds": 60},
}


def prepare_instance(settings: Settings) -> None:
    """Write the instance file and point Dagster at it."""
    _write_instance_file(settings, "dagster.yaml", CONFIG)
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)


@contextmanager
def opened_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The instance, for whoever holds the home's lock: with runs of a killed process closed and their pool slots freed.

    Every run waits for the lock and then holds it, so one that says it is at work and does neither is dead. Of several,
    nobody knows which one waits: while one does, none is closed.
    """
    prepare_instance(settings)
    event_log = {
        "module": "orchestration.cli.event_log",
        "class": "HeldEventLogStorage",
        "config": {"base_dir": str(settings.dagster_home / "history" / "runs")},
    }
    _write_instance_file(settings, "run.yaml", CONFIG | {"event_log_storage": event_log})
    at_work = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    with dg.DagsterInstance.from_config(str(settings.dagster_home), "run.yaml") as instance:
        for run in [] if is_awaited(settings) else instance.get_runs(dg.RunsFilter(statuses=at_work)):
            instance.report_run_failed(run, "the process was stopped before the run ended")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        yield instance


def _write_instance_file(settings: Settings, name: str, config: Mapping[str, Any]) -> None:
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    (settings.dagster_home / name).write_text(yaml.safe_dump(dict(config)), encoding="utf-8")
