"""One run or command at a time in one home, whoever started it; one that was killed is in nobody's way."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Timer

import dagster as dg
import pytest
from click.testing import CliRunner

from orchestration.assets.executor import build_executor
from orchestration.checked_file import SettingsError
from orchestration.cli import main
from orchestration.cli.instance import opened_instance
from orchestration.lock import only_one
from orchestration.settings import Settings


@dg.asset
def at_work() -> None:
    """While this runs, nobody else gets the home."""
    with pytest.raises(SettingsError, match="another run is at work there"), only_one(Settings()):
        pass


def job(home: str) -> dg.JobDefinition:
    """A job as Dagster loads it when the UI, the sensor or a schedule starts it."""
    return dg.Definitions(
        assets=[at_work],
        jobs=[dg.define_asset_job("one", dg.AssetSelection.assets(at_work))],
        executor=build_executor(Settings(home=Path(home))),
    ).resolve_job_def("one")


def run_in_dagster(settings: Settings, instance: dg.DagsterInstance) -> dg.JobExecutionResult:
    return dg.execute_job(dg.build_reconstructable_job(__name__, "job", (str(settings.home),)), instance)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("EQUITY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", os.environ.get("DAGSTER_HOME", ""))  # given back afterwards
    yield Settings()


def test_a_run_started_in_dagster_holds_the_home_while_it_is_at_work(settings: Settings) -> None:
    with dg.instance_for_test() as instance:
        assert run_in_dagster(settings, instance).success
    with only_one(settings):
        pass


def test_a_run_started_in_dagster_waits_for_another_to_end(settings: Settings) -> None:
    """Refused, it would be lost: a sensor asks once for the same files."""
    with dg.instance_for_test() as instance, ExitStack() as other:
        other.enter_context(only_one(settings))
        released: list[float] = []
        Timer(3, lambda: (released.append(time.time()), other.close())).start()
        run = run_in_dagster(settings, instance)
        assert run.success
        began = {entry.dagster_event_type: entry.timestamp for entry in instance.all_logs(run.run_id)}
    (released_at,) = released
    assert began[dg.DagsterEventType.RUN_START] < released_at < began[dg.DagsterEventType.STEP_START]


def test_a_run_that_waits_is_not_taken_for_dead(settings: Settings) -> None:
    with opened_instance(settings) as instance, ExitStack() as other:
        other.enter_context(only_one(settings))
        seen: list[str] = []

        def next_one() -> None:
            with opened_instance(settings) as again:
                seen.extend(run.status.value for run in again.get_runs())
            other.close()

        Timer(3, next_one).start()
        run = run_in_dagster(settings, instance)
        assert run.success
        assert seen == ["STARTED"]
        assert [each.status.value for each in instance.get_runs()] == ["SUCCESS"]


def test_a_run_that_waits_can_be_told_to_stop(settings: Settings) -> None:
    """As the button in the UI does: the request is noted, then the process is interrupted."""
    with dg.instance_for_test() as instance, only_one(settings):

        def terminate() -> None:
            instance.report_run_canceling(instance.get_runs()[0])
            os.kill(os.getpid(), signal.SIGINT)

        Timer(3, terminate).start()
        assert not run_in_dagster(settings, instance).success
        assert [run.status.value for run in instance.get_runs()] == ["CANCELED"]


@pytest.mark.parametrize("command", [["delete-period", "mhsds", "2024-01"], ["retention"], ["keys", "rotate"]])
def test_a_command_waits_for_a_run_whoever_started_it(settings: Settings, command: list[str]) -> None:
    with only_one(settings):
        refused = CliRunner().invoke(main, [*command, "--yes"])
    assert refused.exit_code == 1
    assert "another run is at work there" in refused.output


@pytest.mark.parametrize("status", ["STARTING", "STARTED", "CANCELING"])
def test_a_run_whose_process_is_gone_counts_as_failed(settings: Settings, status: str) -> None:
    with opened_instance(settings) as instance:
        gone = dg.GraphDefinition("gone", node_defs=[]).to_job()
        dead = instance.create_run_for_job(gone, status=dg.DagsterRunStatus[status])
    with opened_instance(settings) as instance:
        assert [run.status.value for run in instance.get_runs()] == ["FAILURE"]
        events = instance.all_logs(dead.run_id)
    assert "the process was stopped before the run ended" in events[-1].message
