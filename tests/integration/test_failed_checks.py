"""What is seen to fail in the graph of the synthetic trust: the planted faults, all of them, each explained."""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import Any

import dagster as dg
import pytest

from orchestration.cli.instance import opened_instance
from orchestration.contracts import FEEDS
from tests.conftest import PROJECT, Home
from tests.integration.planted import rows_of

TABLE_NAMES = {table.file_prefix: table.name for feed in FEEDS.values() for table in feed.tables}
STATUSES = ("valid", "not_stated", "not_known", "invalid", "missing")
LEFT_OUT_OR_CLEARED = {"row", "value"}


@pytest.fixture(scope="module")
def failed(small_home: Home) -> dict[tuple[str, str], dg.AssetCheckEvaluation]:
    """Failed checks of the last run, by asset and name."""
    with opened_instance(small_home.settings) as instance:
        run = instance.get_runs(limit=1)[0]
        records = instance.get_records_for_run(
            run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION, limit=2000
        ).records
    assert len(records) > 150
    found = {}
    for record in records:
        event = record.event_log_entry.dagster_event
        check = event.asset_check_evaluation_data if event else None
        if check and not check.passed:
            found[check.asset_key.to_user_string(), check.check_name] = check
    return found


@pytest.fixture(scope="module")
def dirt(truth: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows and values planted wrong."""
    return rows_of(truth, "dirt")


def table_of(file_name: str) -> str:
    """`MHS001MPI.csv` -> `mhs001_mpi`."""
    stem = file_name.rsplit(".", 1)[0].lower()
    return next(name for prefix, name in TABLE_NAMES.items() if stem.startswith(prefix.lower()))


def checks_that_see(fault: dict[str, Any]) -> set[tuple[str, str]]:
    """The checks of a feed that one planted fault must fail."""
    asset = f"lake/{fault['feed']}"
    seen = {(asset, "rows_kept")} if fault["effect"] == "row" else set()
    if fault["rule"] == "vocabulary":
        seen.add((asset, "values_known"))
    if fault["effect"] in LEFT_OUT_OR_CLEARED:
        seen.add((asset, f"contract_{table_of(fault['file'])}"))
    return seen


def recording_checks_that_fail(truth: dict[str, Any]) -> set[tuple[str, str]]:
    """Targets that the planted recording of each source's last month misses, at the trust and in any of its teams."""
    with (PROJECT / "seeds" / "ref_quality_target.csv").open(encoding="utf-8", newline="") as file:
        rows_of_targets = list(csv.DictReader(file))
    targets = {(row["feed"], row["measure"], row["unit_level"]): float(row["green"]) for row in rows_of_targets}
    rows = rows_of(truth, "recording")
    missed = set()
    for source in {row["source"] for row in rows}:
        last = max(row["month"] for row in rows if row["source"] == source)
        units: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(STATUSES, 0))
        for row in rows:
            if row["source"] == source and row["month"] == last:
                for place in (("trust", row["organisation"]), ("team", row["unit"])):
                    for status in STATUSES:
                        units[place][status] += row[status]
        for (level, _), counts in units.items():
            records = sum(counts.values())
            of_level = "organisation" if level == "trust" else "team"
            if counts["valid"] / records < targets[source, "known_and_stated_share", of_level]:
                missed.add(("quality/ethnicity_recording", f"{source}_known_and_stated_{level}"))
            if level == "trust" and counts["invalid"] / records > targets[source, "invalid_share", of_level]:
                missed.add(("quality/ethnicity_recording", f"{source}_invalid_trust"))
    return missed


def test_what_fails_is_what_was_planted_and_nothing_else(
    failed: dict[tuple[str, str], dg.AssetCheckEvaluation], dirt: list[dict[str, Any]], truth: dict[str, Any]
) -> None:
    expected = set().union(*(checks_that_see(fault) for fault in dirt)) | recording_checks_that_fail(truth)
    assert len(expected) > 15
    assert set(failed) == expected


def test_nothing_planted_fails_at_error(failed: dict[tuple[str, str], dg.AssetCheckEvaluation]) -> None:
    """A warning lets the run go on: the rest of the figures is sound."""
    assert {check.severity for check in failed.values()} == {dg.AssetCheckSeverity.WARN}


def test_each_failed_check_of_a_feed_says_where_and_what_to_do(
    failed: dict[tuple[str, str], dg.AssetCheckEvaluation], dirt: list[dict[str, Any]]
) -> None:
    """Every line is about one of the faults the check is there for: file, row, column, expected, found, what became."""
    for place, check in failed.items():
        if not place[0].startswith("lake/"):
            continue
        planted = {(fault["file"], fault["header"]) for fault in dirt if place in checks_that_see(fault)}
        *lines, last = str(check.metadata["found"].value).splitlines()
        lines += [] if " more: see finding.parquet" in last else [last]
        assert lines, place
        for line in lines:
            assert any(file in line and (not header or repr(header) in line) for file, header in planted), (place, line)
            assert all(word in line for word in (" row ", ": expected ", ", found ", "; ")), (place, line)


def test_each_missed_target_says_what_was_measured_against_what(
    failed: dict[tuple[str, str], dg.AssetCheckEvaluation],
) -> None:
    for (asset, name), check in failed.items():
        if asset.startswith("quality/"):
            said = {key: value.value for key, value in check.metadata.items()}
            assert check.description, name
            assert said["slices_failing"] >= 1, name
            assert {"target", "month", "expected"} <= set(said), name
            if "known_and_stated" in name:
                assert said["share"] == pytest.approx(said["numerator"] / said["denominator"]), name
