"""Whoever is to be told is told, by severity, in names and never in values; nobody unless the trust says so."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import dagster as dg
import pytest

from orchestration.assets.alerts import VERDICT, build_hook, tell
from orchestration.assets.automation import build_jobs
from orchestration.settings import DEMO, Alerts, Settings

FAILED = {"error": ["quality/a: mhsds_status_counts_add_up"], "warn": ["quality/a: mhsds_known_and_stated_team"]}
LOG = logging.getLogger("alerts")


def writing_to(file: Path, severity: str = "error") -> Alerts:
    """Alerts whose command writes what it is told to a file."""
    code = f"import sys; open({str(file)!r}, 'a').write(sys.stdin.read())"
    return Alerts.model_validate({"command": [sys.executable, "-c", code], "severity": severity})


def run_that_breaks_at(step: str, told: Path) -> dg.ExecuteInProcessResult:
    """A job of one step, which breaks with a value in its error."""

    @dg.op(name=step)
    def breaks() -> None:
        raise ValueError("the value of a person")

    @dg.job(hooks={build_hook(writing_to(told))})
    def job() -> None:
        breaks()

    return job.execute_in_process(raise_on_error=False)


@pytest.mark.parametrize(
    ("severity", "names"), [("error", FAILED["error"]), ("warn", FAILED["error"] + FAILED["warn"])]
)
def test_what_failed_at_the_severity_asked_for_is_told(tmp_path: Path, severity: str, names: list[str]) -> None:
    tell(writing_to(tmp_path / "told", severity), "run-1", FAILED, LOG)
    first, *lines = (tmp_path / "told").read_text().splitlines()
    assert first == f"run run-1: {len(names)} checks failed"
    assert [line.split(": ", 1)[1] for line in lines] == names


def test_nothing_is_told_when_nothing_failed(tmp_path: Path) -> None:
    tell(writing_to(tmp_path / "told"), "run-1", {"error": [], "warn": FAILED["warn"]}, LOG)
    assert not (tmp_path / "told").exists()


@pytest.mark.parametrize(
    "command", [["/no/such/command"], [sys.executable, "-c", "raise SystemExit(3)"], [sys.executable, "a\0b"]]
)
def test_a_command_that_fails_is_said_so_and_breaks_nothing(
    command: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    tell(Alerts(command=tuple(command)), "run-1", FAILED, LOG)
    assert "nobody was told" in caplog.text


def test_a_name_that_can_not_be_written_breaks_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tell(writing_to(tmp_path / "told"), "run-1", {"error": ["quality/a: \udcff"], "warn": []}, LOG)
    assert "nobody was told: UnicodeEncodeError" in caplog.text


def test_a_step_that_breaks_is_told_without_its_error(tmp_path: Path) -> None:
    result = run_that_breaks_at("dbt_build", tmp_path / "told")
    assert (tmp_path / "told").read_text() == f"run {result.run_id}: the step dbt_build broke\n"


def test_the_verdict_has_told_itself_and_is_not_told_twice(tmp_path: Path) -> None:
    assert not run_that_breaks_at(VERDICT, tmp_path / "told").success
    assert not (tmp_path / "told").exists()


def test_no_job_has_a_hook_unless_the_trust_says_whom_to_tell(tmp_path: Path) -> None:
    assert all(not job.hooks for job in build_jobs(Settings(home=tmp_path)))
    config = tmp_path / "trust.yaml"
    content = (DEMO / "trust.yaml").read_text(encoding="utf-8")
    config.write_text(f"{content}\nalerts: {{ command: [/bin/true], severity: warn }}\n", encoding="utf-8")
    assert all(job.hooks for job in build_jobs(Settings(home=tmp_path, trust_config=config)))
