"""Holds the suites against a finished warehouse and turns what comes back into plain results."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from expectations.results import CheckResult, Targets

if TYPE_CHECKING:
    import pandas as pd

    from expectations.suites import Check

RECORDING = """
    SELECT source, unit_level, unit_code, strftime(month, '%Y-%m') AS month, record_count, valid_count,
        valid_count + not_stated_count + not_known_count + invalid_count + missing_count AS status_total,
        known_and_stated_share, invalid_count / nullif(record_count, 0) AS invalid_share
    FROM quality.ethnicity_recording WHERE breakdown = 'all'
"""
TARGETS = """
    SELECT feed, measure, unit_level, green FROM (
        SELECT *, row_number() OVER (PARTITION BY feed, measure, unit_level ORDER BY effective_from DESC) AS recency
        FROM reference.ref_quality_target WHERE effective_from <= CAST(? AS DATE)
    ) WHERE recency = 1
"""


def run_suites(database: Path, as_of: str) -> list[CheckResult]:
    """Hold every feed's suite against `quality.ethnicity_recording`.

    Args:
        database: a DuckDB file with the schemas `quality` and `reference`.
        as_of: ISO date on which the targets in force are taken.

    Returns:
        One result per feed and check, in order of feed and check. An expectation that could not be judged comes
        back as an error with its `fault`, never as bad data.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        recording = connection.execute(RECORDING).df()
        targets: dict[str, Targets] = {}
        for source, measure, unit_level, share in connection.execute(TARGETS, [as_of]).fetchall():
            targets.setdefault(source, {})[measure, unit_level] = float(share)
    return _judge(recording, targets)


def _judge(recording: pd.DataFrame, targets: dict[str, Targets]) -> list[CheckResult]:
    import great_expectations as gx  # noqa: PLC0415 - seven seconds, so only where it runs
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415

    from expectations.suites import suite_for  # noqa: PLC0415

    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("warehouse").add_dataframe_asset("ethnicity_recording")
    batches = asset.add_batch_definition_whole_dataframe("slice")
    results = []
    for source in sorted(targets):
        of_source = recording[recording["source"] == source]
        for check in suite_for(targets[source]):
            rows = _slice(of_source, check)
            batch = batches.get_batch(batch_parameters={"dataframe": rows})
            outcome = batch.validate(check.expectation, result_format="BASIC")
            results.append(_result(source, check, rows, outcome))
    return results


def _slice(recording: pd.DataFrame, check: Check) -> pd.DataFrame:
    """The rows a check looks at."""
    rows = recording
    if check.unit_level:
        rows = rows[rows["unit_level"] == check.unit_level]
    if check.latest_month_only and len(rows):
        rows = rows[rows["month"] == rows["month"].max()]
    return rows


def _result(source: str, check: Check, rows: pd.DataFrame, outcome: Any) -> CheckResult:
    """A plain result; only counts are taken from what Great Expectations returns."""
    faults = [info["exception_message"] for info in _exceptions(outcome.exception_info)]
    found = outcome.result or {}
    valid, records = int(rows["valid_count"].sum()), int(rows["record_count"].sum())
    return CheckResult(
        name=check.name,
        source=source,
        expectation=check.expectation.description,
        severity="error" if faults else check.severity,
        passed=bool(outcome.success) and not faults,
        evaluated_count=len(rows),
        failing_count=int(found.get("unexpected_count") or 0),
        numerator=valid if check.reports_share else None,
        denominator=records if check.reports_share else None,
        share=valid / records if check.reports_share and records else None,
        target=check.target,
        month=str(rows["month"].max()) if check.latest_month_only and len(rows) else None,
        fault="the expectation could not be judged" if faults else None,
    )


def _exceptions(info: Any) -> list[dict[str, Any]]:
    """Raised exceptions in an outcome; Great Expectations nests them by metric or leaves one flat."""
    if not info:
        return []
    candidates = [info] if "raised_exception" in info else list(info.values())
    return [each for each in candidates if isinstance(each, dict) and each.get("raised_exception")]
