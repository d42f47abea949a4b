"""Great Expectations on made-up recording: shares, limits, sums, and faults that are not bad data."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from expectations import CHECKS, SOURCES, CheckResult
from expectations.runner import run_suites

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
COLUMNS = (
    "source, unit_level, unit_code, month, record_count, valid_count, not_stated_count, not_known_count, "
    "invalid_count, missing_count, known_and_stated_share"
)


def judged(tmp_path: Path, *rows: tuple[object, ...]) -> dict[tuple[str, str], CheckResult]:
    """Results by source and check for the given rows of `quality.ethnicity_recording`."""
    database = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("CREATE SCHEMA quality; CREATE SCHEMA reference")
        connection.execute(
            "CREATE TABLE quality.ethnicity_recording (source TEXT, unit_level TEXT, unit_code TEXT, month DATE, "
            "record_count BIGINT, valid_count BIGINT, not_stated_count BIGINT, not_known_count BIGINT, "
            "invalid_count BIGINT, missing_count BIGINT, known_and_stated_share DOUBLE, breakdown TEXT DEFAULT 'all')"
        )
        for row in rows:
            connection.execute(
                f"INSERT INTO quality.ethnicity_recording ({COLUMNS}) VALUES ({','.join('?' * 11)})", row
            )
        connection.execute(
            f"CREATE TABLE reference.ref_quality_target AS SELECT * FROM '{SEEDS / 'ref_quality_target.csv'}'"
        )
    return {(result.source, result.name): result for result in run_suites(database, "2025-10-15")}


@pytest.fixture
def results(tmp_path: Path) -> dict[tuple[str, str], CheckResult]:
    """A staff record with one good and one bad team, older months that were fine, and statuses that do not add up."""
    return judged(
        tmp_path,
        ("staff_record", "organisation", "T", "2025-09-01", 100, 90, 4, 2, 0, 4, 0.90),
        ("staff_record", "team", "A", "2025-09-01", 50, 50, 0, 0, 0, 0, 1.0),
        ("staff_record", "team", "B", "2025-09-01", 50, 40, 4, 2, 0, 4, 0.8),
        ("staff_record", "organisation", "T", "2025-08-01", 100, 99, 1, 0, 0, 0, 0.99),
        ("mhsds", "organisation", "T", "2025-09-01", 100, 96, 1, 1, 1, 0, 0.96),
    )


def test_every_declared_check_is_held_on_every_source(results: dict[tuple[str, str], CheckResult]) -> None:
    assert set(results) == {(source, name) for source in SOURCES for name in CHECKS}
    assert {name: result.severity for (_, name), result in results.items()} == CHECKS


def test_a_share_below_target_warns_with_its_counts(results: dict[tuple[str, str], CheckResult]) -> None:
    result = results["staff_record", "known_and_stated_trust"]
    assert not result.passed
    assert (result.severity, result.numerator, result.denominator, result.share) == ("warn", 90, 100, 0.9)
    assert (result.month, result.target) == ("2025-09", 0.95)


def test_a_small_bad_team_is_not_hidden_by_a_good_one(results: dict[tuple[str, str], CheckResult]) -> None:
    result = results["staff_record", "known_and_stated_team"]
    assert (result.passed, result.evaluated_count, result.failing_count) == (False, 2, 1)


def test_a_share_above_target_passes_and_an_unusable_code_does_not(results: dict[tuple[str, str], CheckResult]) -> None:
    assert results["mhsds", "known_and_stated_trust"].passed
    assert not results["mhsds", "invalid_trust"].passed


def test_statuses_that_do_not_add_up_are_an_error(results: dict[tuple[str, str], CheckResult]) -> None:
    assert results["staff_record", "status_counts_add_up"].passed
    broken = results["mhsds", "status_counts_add_up"]
    assert (broken.passed, broken.severity, broken.failing_count) == (False, "error", 1)


def test_an_empty_feed_does_not_pass_for_a_good_one(results: dict[tuple[str, str], CheckResult]) -> None:
    assert not results["incidents", "slices_present"].passed


def test_an_expectation_that_cannot_be_judged_is_an_error_not_bad_data(tmp_path: Path) -> None:
    import great_expectations.expectations as gxe

    from expectations import runner
    from expectations.suites import Check

    results = judged(tmp_path, ("mhsds", "organisation", "T", "2025-09-01", 1, 1, 0, 0, 0, 0, 1.0))
    assert results["mhsds", "status_counts_add_up"].fault is None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "expectations.suites.suite_for",
            lambda _: [
                Check("x", gxe.ExpectColumnValuesToBeBetween(column="absent", min_value=0, description="x"), "warn")
            ],
        )
        faulty = runner.run_suites(tmp_path / "warehouse.duckdb", "2025-10-15")
    assert {(result.passed, result.severity) for result in faulty} == {(False, "error")}
    assert all(result.fault for result in faulty)
