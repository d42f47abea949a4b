"""What is kept of a run, and what is still there when everything else is made anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations import CheckResult
from orchestration import history
from orchestration.checked_file import SettingsError
from orchestration.publish import publish
from orchestration.settings import Settings
from tests.unit.sound_trust import judge, make_tables

TEAMS = ("mhsds", "known_and_stated_team")
MART = "CREATE SCHEMA marts; CREATE TABLE marts.equity_measure AS SELECT 1 AS numerator"
"""Something to publish beside."""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[CheckResult]:
    """What the suites find in the small trust."""
    return judge(tmp_path_factory.mktemp("judged") / "warehouse.duckdb").results


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home whose warehouse is the small trust."""
    settings = Settings(home=tmp_path)
    make_tables(settings.warehouse_file)
    return settings


@pytest.fixture
def months_of(settings: Settings) -> Callable[[str], set[str]]:
    """The months of the slices that a run kept of one expectation."""

    def kept(run_id: str) -> set[str]:
        query = history.results_query(settings.history, run_id)
        found = duckdb.execute(
            f"SELECT DISTINCT strftime(month, '%Y-%m') FROM ({query}) "
            f"WHERE (source, expectation) = {TEAMS} AND unit_level <> 'all'"
        ).fetchall()
        return {month for (month,) in found}

    return kept


def change(settings: Settings, statement: str) -> None:
    """Change the warehouse of a home."""
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute(statement)


def test_one_row_to_a_run_expectation_source_and_slice(settings: Settings, results: list[CheckResult]) -> None:
    history.record(settings, "run-1", results)
    grain = "run_id, expectation, source, organisation_code, unit_level, unit_code, month"
    query = history.results_query(settings.history)
    assert duckdb.execute(f"SELECT {grain} FROM ({query}) GROUP BY {grain} HAVING count(*) > 1").fetchall() == []
    kept = duckdb.execute(
        f"SELECT unit_level, unit_code, strftime(month, '%Y-%m'), passed, rating, numerator, denominator, target "
        f"FROM ({query}) WHERE (source, expectation) = {TEAMS} ORDER BY ALL"
    ).fetchall()
    assert kept == [
        ("all", "all", "2025-09", True, "green", 288, 300, 0.95),
        ("team", "A", "2025-08", True, "green", 192, 200, 0.95),
        ("team", "A", "2025-09", True, "green", 192, 200, 0.95),
        ("team", "B", "2025-08", True, "green", 96, 100, 0.95),
        ("team", "B", "2025-09", True, "green", 96, 100, 0.95),
    ]


def test_the_same_run_written_twice_leaves_one_copy(settings: Settings, results: list[CheckResult]) -> None:
    history.record(settings, "run-1", results)
    history.record(settings, "run-2", results)
    before = {path: path.read_bytes() for path in settings.history.rglob("*") if path.is_file()}
    history.record(settings, "run-2", results)
    assert {path: path.read_bytes() for path in settings.history.rglob("*") if path.is_file()} == before


def test_a_run_keeps_the_latest_month_and_those_whose_receipts_changed(
    settings: Settings, results: list[CheckResult], months_of: Callable[[str], set[str]]
) -> None:
    history.record(settings, "first", results)
    history.record(settings, "unchanged", results)
    change(
        settings,
        "UPDATE quality.feed_receipt SET file_sha256 = 'other' WHERE feed = 'staff_record' AND period = '2025-08'",
    )
    history.record(settings, "corrected", results)
    assert [months_of(run) for run in ("first", "unchanged", "corrected")] == [
        {"2025-08", "2025-09"}, {"2025-09"}, {"2025-08", "2025-09"}
    ]


def test_a_refused_file_changes_nothing_and_a_feed_without_months_changes_all(
    settings: Settings, results: list[CheckResult], months_of: Callable[[str], set[str]]
) -> None:
    history.record(settings, "first", results)
    row = "INSERT INTO quality.feed_receipt VALUES ('organisation', '{}', 'T', 'units.csv', 'x', 3, {})"
    change(settings, row.format("2025-08", True))
    history.record(settings, "refused", results)
    change(settings, row.format("all", False))
    history.record(settings, "new units", results)
    assert [months_of(run) for run in ("refused", "new units")] == [{"2025-09"}, {"2025-08", "2025-09"}]


def test_a_broken_contract_is_kept_whenever_it_broke(settings: Settings, results: list[CheckResult]) -> None:
    history.record(settings, "first", results)
    broken = [
        replace(
            result,
            passed=False,
            slices=[each._replace(passed=(each.unit_code, each.month) != ("A", "2025-08")) for each in result.slices],
        )
        if result.expectation == "status_counts_add_up"
        else result
        for result in results
    ]
    history.record(settings, "second", broken)
    query = history.results_query(settings.history, "second")
    assert duckdb.execute(
        f"SELECT DISTINCT unit_code, strftime(month, '%Y-%m') FROM ({query}) WHERE NOT passed AND unit_level <> 'all'"
    ).fetchall() == [("A", "2025-08")]
    runs = duckdb.execute(
        f"SELECT run_id, run_number, expectation_count, failed_count, error_count "
        f"FROM ({history.runs_query(settings.history)}) ORDER BY run_number"
    ).fetchall()
    assert runs == [("first", 1, len(results), 0, 0), ("second", 2, len(results), 4, 4)]


def test_a_run_that_was_cut_short_is_told_and_not_taken_for_the_one_before(
    settings: Settings, results: list[CheckResult], months_of: Callable[[str], set[str]]
) -> None:
    history.record(settings, "cut-short", results)
    (settings.history / "check_run" / "cut-short.parquet").unlink()
    history.record(settings, "next", results)
    assert months_of("next") == {"2025-08", "2025-09"}
    runs = duckdb.execute(f"SELECT run_id, run_number FROM ({history.runs_query(settings.history)})").fetchall()
    assert sorted(runs) == [("cut-short", None), ("next", 1)]


@pytest.mark.parametrize("content", [None, b"", b"PAR1 and no more"])
def test_what_changed_is_not_known_without_the_periods_of_the_run_before(
    settings: Settings, results: list[CheckResult], months_of: Callable[[str], set[str]], content: bytes | None
) -> None:
    """Every month is kept then; else one bad file stops every later run."""
    history.record(settings, "first", results)
    file = settings.history / "check_period" / "first.parquet"
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    history.record(settings, "second", results)
    history.record(settings, "third", results)
    assert [months_of(run) for run in ("second", "third")] == [{"2025-08", "2025-09"}, {"2025-09"}]


@pytest.mark.parametrize("folder", ["check_run", "check_result"])
def test_a_damaged_file_is_named_and_does_not_stop_recording(
    settings: Settings, results: list[CheckResult], folder: str
) -> None:
    history.record(settings, "first", results)
    history.record(settings, "second", results)
    file = settings.history / folder / "first.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    history.record(settings, "third", results)
    assert len(history.of_run(settings, "third")) == len(results)
    with pytest.raises(SettingsError, match=r"first\.parquet: is damaged; move it away, or restore it"):
        history.runs_query(settings.history)
    file.write_bytes(whole)
    runs = duckdb.execute(f"SELECT run_id, run_number FROM ({history.runs_query(settings.history)})").fetchall()
    assert sorted(runs) == [("first", 1), ("second", 2), ("third", 3)]


def test_a_file_is_on_the_disk_before_it_has_its_name(
    settings: Settings, results: list[CheckResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    for name in ("fsync", "replace"):
        monkeypatch.setattr(f"os.{name}", _noting(done, name, getattr(os, name)))
    history.record(settings, "first", results)
    assert done == ["fsync", "replace"] * 3


def _noting(done: list[str], name: str, call: Callable[..., None]) -> Callable[..., None]:
    def noted(*arguments: Any) -> None:
        done.append(name)
        call(*arguments)

    return noted


def test_files_of_the_first_shape_are_still_read(settings: Settings, results: list[CheckResult]) -> None:
    folder = settings.history / "check_result"
    folder.mkdir(parents=True)
    duckdb.execute(
        f"""COPY (SELECT 'old' AS run_id, DATE '2025-07-15' AS as_of, 'known_and_stated_trust' AS name,
            'mhsds' AS source, 'the share meets its target' AS expectation, 'warn' AS severity, false AS passed,
            CAST(1 AS BIGINT) AS evaluated_count, CAST(1 AS BIGINT) AS failing_count, CAST(9 AS BIGINT) AS numerator,
            CAST(10 AS BIGINT) AS denominator, 0.9e0 AS share, 0.95e0 AS target, '2025-06' AS month,
            CAST(NULL AS VARCHAR) AS fault) TO '{folder / "old.parquet"}' (FORMAT parquet)"""
    )
    assert history.of_run(settings, "old") == [
        CheckResult(
            "known_and_stated_trust", "mhsds", "the share meets its target", "warn", False, 1, 1,
            numerator=9, denominator=10, share=0.9, target=0.95, month="2025-06",
        )
    ]
    history.record(settings, "new", results)
    runs = duckdb.execute(
        f"SELECT run_id, expectation_count, failed_count, error_count FROM ({history.runs_query(settings.history)})"
    ).fetchall()
    assert sorted(runs) == [("new", len(results), 0, 0), ("old", 1, 1, 0)]


def test_a_run_reads_back_as_it_was_but_for_its_slices(settings: Settings, results: list[CheckResult]) -> None:
    history.record(settings, "run-1", results)
    read = {(each.source, each.expectation): each for each in history.of_run(settings, "run-1")}
    assert read == {(each.source, each.expectation): replace(each, slices=()) for each in results}
    assert history.of_run(settings, "another") == []


def test_rebuilding_from_scratch_loses_nothing(settings: Settings, results: list[CheckResult]) -> None:
    change(settings, MART)
    history.record(settings, "run-1", results)
    publish(settings)
    tables = ("check_run", "check_result")
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        before = {name: connection.execute(f"FROM quality.{name} ORDER BY ALL").fetchall() for name in tables}
        bare = connection.execute(
            f"SELECT column_name FROM duckdb_columns() WHERE table_name IN {tables} AND comment IS NULL"
        ).fetchall()
    assert all(before.values())
    assert bare == []
    settings.published_file.unlink()
    settings.warehouse_file.unlink()
    make_tables(settings.warehouse_file, MART)
    history.record(settings, "run-2", results)
    publish(settings)
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        for name in tables:
            kept = connection.execute(f"FROM quality.{name} WHERE run_id = 'run-1' ORDER BY ALL").fetchall()
            assert kept == before[name]
            runs = connection.execute(f"SELECT DISTINCT run_id FROM quality.{name} ORDER BY run_id").fetchall()
            assert runs == [("run-1",), ("run-2",)]
