"""Faults met in other projects of the field, each kept from here for good.

A status that is neither valid nor invalid; a wrong map that loses whole groups while every count adds up; a check that
passes because it leaves out what is NULL; a tiny unit dropped; a run that is green with a failed check; raw values in
what is written about them.
"""

from __future__ import annotations

import json
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from expectations import SOURCES
from expectations.docs import build
from orchestration import history
from orchestration.assets.quality import RESULTS, build_quality, check_key, expectation_keys, summary_key
from orchestration.assets.verdict import build_verdict
from orchestration.settings import Settings
from tests.unit.sound_trust import by_name, judge, make_tables, not_met, slice_of

MARK = "zz-the-raw-value-of-a-person-zz"
LOST_STATUS = (
    "UPDATE quality.ethnicity_recording SET missing_count = missing_count - 1 "
    "WHERE source = 'mhsds' AND unit_code = 'A' AND month = DATE '2025-09-01'"
)


def run(settings: Settings, *changes: str) -> dg.ExecuteInProcessResult:
    """Judge the small trust, changed, in Dagster: results, checks and verdict."""
    make_tables(settings.warehouse_file, *changes)
    (settings.home / "dagster").mkdir()
    quality = build_quality(settings)
    definitions = dg.Definitions(
        assets=[quality.results, build_verdict(settings, [RESULTS])],
        asset_checks=[quality.checks],
        jobs=[dg.define_asset_job("judge", dg.AssetSelection.all() | dg.AssetSelection.checks(*expectation_keys()))],
    )
    return definitions.resolve_job_def("judge").execute_in_process(
        raise_on_error=False, instance=dg.DagsterInstance.local_temp(str(settings.home / "dagster"))
    )


def test_a_record_without_a_status_is_an_error(tmp_path: Path) -> None:
    """Its NULL counts for no status, so the five fall short of the records by one."""
    result = by_name(judge(tmp_path / "w.duckdb", LOST_STATUS))["mhsds", "status_counts_add_up"]
    assert (result.passed, result.severity, result.failing_count) == (False, "error", 1)
    assert not slice_of(result, "A", "2025-09").passed


def test_a_breakdown_that_loses_people_is_an_error_though_the_whole_adds_up(tmp_path: Path) -> None:
    ages = "INSERT INTO quality.ethnicity_recording SELECT * REPLACE ('age_band' AS breakdown, {}) FROM "
    rows = "quality.ethnicity_recording WHERE source = 'staff_record' AND unit_code = 'T' AND breakdown = 'all'"
    changes = (
        ages.format("'under_18' AS breakdown_value, valid_count - 1 AS valid_count") + rows,
        ages.format("'18_and_over' AS breakdown_value, valid_count + 1 AS valid_count") + rows,
    )
    result = by_name(judge(tmp_path / "w.duckdb", *changes))["staff_record", "status_counts_add_up"]
    assert not result.passed
    assert (slice_of(result, "T", "2025-09").numerator, slice_of(result, "T", "2025-09").denominator) == (1, 3)


@pytest.mark.parametrize(
    "lost", ["UPDATE quality.ethnicity_census_fit SET recorded_count = 0", "DELETE FROM quality.ethnicity_census_fit"]
)
def test_groups_lost_by_a_wrong_map_are_named_though_statuses_add_up(tmp_path: Path, lost: str) -> None:
    """Chinese and any other group taken for White British: every record still has a valid code."""
    changes = (
        f"{lost} WHERE source = 'mhsds' AND ethnicity_code IN ('R', 'S')",
        "UPDATE quality.ethnicity_census_fit SET recorded_count = 54 WHERE source = 'mhsds' AND ethnicity_code = 'A'",
    )
    judgement = judge(tmp_path / "w.duckdb", *changes)
    assert not_met(judgement) == {("mhsds", "every_group_found")}
    found = by_name(judgement)["mhsds", "every_group_found"]
    assert {each.unit_code for each in found.slices if not each.passed} == {"R", "S"}


def test_a_group_mapped_to_any_other_is_over_use(tmp_path: Path) -> None:
    moved = "UPDATE quality.ethnicity_category_use SET any_other_count = any_other_count + 18 WHERE source = 'mhsds'"
    assert not_met(judge(tmp_path / "w.duckdb", moved)) == {("mhsds", "any_other_trust")}


def test_what_is_null_does_not_pass_unseen(tmp_path: Path) -> None:
    """Between, in a set, at most: all of them are true of nothing at all, if NULL is left out."""
    last = "month = DATE '2025-09-01'"
    changes = (
        f"UPDATE quality.ethnicity_recording SET valid_count = NULL WHERE source = 'mhsds' AND unit_code = 'B' "
        f"AND {last}",
        f"UPDATE quality.ethnicity_recording SET invalid_count = NULL WHERE source = 'incidents' AND unit_code = 'T' "
        f"AND {last}",
        f"UPDATE quality.ethnicity_consistency SET conflict_share = NULL WHERE source = 'staff_record' AND {last}",
        "UPDATE quality.ethnicity_consistency SET comparable_count = NULL, conflict_share = NULL "
        f"WHERE source = 'mhsds' AND {last}",
        f"UPDATE quality.ethnicity_category_use SET valid_count = NULL WHERE source = 'mhsds' AND {last}",
        "UPDATE quality.ethnicity_timeliness SET first_contact_count = NULL, by_first_contact_share = NULL "
        f"WHERE {last}",
        f"UPDATE quality.use_of_force_record SET record_count = NULL WHERE unit_code IN ('T', 'B') AND {last}",
        "UPDATE quality.ethnicity_agreement SET person_count = NULL, not_white_british_elsewhere_count = NULL "
        "WHERE system = 'mhsds'",
        "INSERT INTO quality.unmapped_value VALUES ('mhsds', 'EthnicCategory', 'T', '2025-09', '2025-09-01', NULL)",
        "UPDATE quality.ethnicity_census_fit SET recorded_count = NULL WHERE source = 'mhsds' AND ethnicity_code = 'M'",
    )
    assert not_met(judge(tmp_path / "w.duckdb", *changes)) == {
        ("mhsds", "known_and_stated_team"),
        ("mhsds", "status_counts_add_up"),
        ("incidents", "invalid_trust"),
        ("incidents", "status_counts_add_up"),
        ("staff_record", "conflict_trust"),
        ("mhsds", "conflict_trust"),
        ("mhsds", "any_other_trust"),
        ("mhsds", "mixed_trust"),
        ("patient_ethnicity", "first_contact_trust"),
        ("incidents", "use_of_force_items"),
        ("incidents", "use_of_force_team"),
        ("across_feeds", "systems_agree"),
        ("across_feeds", "white_default"),
        ("mhsds", "values_mapped"),
        ("mhsds", "every_group_found"),
    }


def test_a_unit_of_one_person_is_judged_and_kept(tmp_path: Path) -> None:
    one = (
        "INSERT INTO quality.ethnicity_recording SELECT * REPLACE ('C' AS unit_code, 1 AS record_count, "
        "0 AS valid_count, 0 AS not_stated_count, 0 AS not_known_count, 1 AS missing_count, "
        "0 AS known_and_stated_share) "
        "FROM quality.ethnicity_recording WHERE source = 'mhsds' AND unit_code = 'B'"
    )
    settings = Settings(home=tmp_path)
    judgement = judge(settings.warehouse_file, one)
    result = by_name(judgement)["mhsds", "known_and_stated_team"]
    assert (result.evaluated_count, result.failing_count, result.worst_unit_code) == (3, 1, "C")
    history.record(settings, "run-1", judgement.results)
    query = history.results_query(settings.history)
    assert duckdb.execute(
        f"SELECT numerator, denominator, share, rating FROM ({query}) WHERE unit_code = 'C' "
        "AND expectation = 'known_and_stated_team' AND month = DATE '2025-09-01'"
    ).fetchall() == [(0, 1, 0.0, "red")]


def test_a_run_with_a_failed_check_is_not_green(tmp_path: Path) -> None:
    result = run(Settings(home=tmp_path), LOST_STATUS)
    assert not result.success
    failed = result.get_step_failure_events()[0]
    assert failed.step_key == "published__run_verdict"
    assert "quality/ethnicity_recording: mhsds_status_counts_add_up" in str(failed.event_specific_data)


def test_a_run_that_only_misses_targets_is_green_and_says_what_it_missed(tmp_path: Path) -> None:
    lower = (
        "UPDATE quality.ethnicity_recording SET valid_count = 41, missing_count = 56 "
        "WHERE source = 'mhsds' AND unit_code = 'B' AND month = DATE '2025-09-01'"
    )
    result = run(Settings(home=tmp_path), lower)
    assert result.success
    checks = {(check.asset_key, check.check_name): check for check in result.get_asset_check_evaluations()}
    key, line = check_key("mhsds", "known_and_stated_team"), summary_key("mhsds")
    failed = {place for place, check in checks.items() if not check.passed}
    assert failed == {(key.asset_key, key.name), (line.asset_key, line.name)}
    assert {checks[place].severity for place in failed} == {dg.AssetCheckSeverity.WARN}
    said = {name: entry.value for name, entry in checks[key.asset_key, key.name].metadata.items()}
    assert said["share"] == pytest.approx(288 / 300), "as the trust's own row has it: teams may share people"
    assert (said["numerator"], said["denominator"], said["slices"], said["slices_failing"]) == (288, 300, 2, 1)
    assert (said["worst_slice"], said["worst_share"], said["target"], said["rating"]) == ("Unit B", 0.41, 0.95, "red")
    assert checks[line.asset_key, line.name].description == (
        "1 of 2 teams have at least 95%; worst: Unit B, 41.0%; 11 of 12 expectations met"
    )
    met = {name: check.description for (_, name), check in checks.items()}
    assert met["incidents_invalid_trust"] == "1 of 1 organisations have at most 0.1%"
    assert met["incidents_status_counts_add_up"] == "6 of 6 units and months are as expected"
    assert {summary_key(source) for source in SOURCES} <= {check.asset_check_key for check in checks.values()}


def test_a_summary_tells_the_kinds_of_people_a_feed_mixes_apart(tmp_path: Path) -> None:
    """In September 50 of 60 records of staff are known, in August all were: only the last month is told."""
    told = "INSERT INTO quality.ethnicity_recording SELECT * REPLACE ('subject' AS breakdown, {}) FROM "
    whole = "quality.ethnicity_recording WHERE source = '{}' AND unit_code = 'T' AND breakdown = 'all'"
    changes = (
        told.format("'patient' AS breakdown_value, 240 AS record_count, 238 AS valid_count")
        + whole.format("incidents"),
        told.format(
            "'staff' AS breakdown_value, 60 AS record_count, if(month = DATE '2025-09-01', 50, 60) AS valid_count"
        )
        + whole.format("incidents"),
        told.format("'patient' AS breakdown_value") + whole.format("mhsds"),
    )
    checks = {check.check_name: check for check in run(Settings(home=tmp_path), *changes).get_asset_check_evaluations()}
    line = checks[summary_key("incidents").name]
    assert "; patients alone: 99.2% known and stated; staff alone: 83.3% known and stated; " in str(line.description)
    assert line.metadata["share_staff"].value == pytest.approx(50 / 60)
    assert "alone" not in str(checks[summary_key("mhsds").name].description)


def test_no_raw_value_is_in_anything_written(tmp_path: Path) -> None:
    """The value stands in the data in places that are read, and in one where reading it breaks with it in the error."""
    settings = Settings(home=tmp_path)
    result = run(
        settings,
        f"CREATE SCHEMA intermediate; CREATE TABLE intermediate.int_ethnicity_record AS SELECT '{MARK}' AS value",
        f"INSERT INTO quality.unmapped_value VALUES ('mhsds', '{MARK}', 'T', '2025-09', '2025-09-01', 2)",
        "ALTER TABLE quality.ethnicity_consistency ALTER conflict_share TYPE VARCHAR",
        f"UPDATE quality.ethnicity_consistency SET conflict_share = '{MARK}'",
    )
    found = {(each.source, each.expectation): each for each in history.of_run(settings, result.run_id)}
    assert found["mhsds", "values_mapped"].numerator == 2
    assert found["mhsds", "conflict_trust"].fault
    build(json.loads(settings.judgement_file.read_text(encoding="utf-8")), settings.published / "data_docs")
    written = [path for path in settings.home.rglob("*") if path.is_file() and path != settings.warehouse_file]
    assert {path.suffix for path in written} >= {".parquet", ".json", ".html", ".db"}
    for path in written:
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content = str(duckdb.execute(f"FROM '{path}'").fetchall()).encode()
        assert MARK.encode() not in content, path
