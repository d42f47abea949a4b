"""What is seen to fail in the graph of the synthetic trust: the planted faults, all of them, each explained."""

from __future__ import annotations

import csv
from typing import Any

import dagster as dg
import duckdb
import pytest

from expectations import DECLARED, suite_of
from expectations import FEEDS as FEEDS_WITH_ETHNICITY
from expectations.classes import KINDS
from orchestration.assets.quality import check_key, summary_key
from orchestration.cli.instance import opened_instance
from orchestration.contracts import FEEDS
from tests.conftest import PROJECT, Home
from tests.integration.planted import rows_of

TABLE_NAMES = {table.file_prefix: table.name for feed in FEEDS.values() for table in feed.tables}
STATUSES = ("valid", "not_stated", "not_known", "invalid", "missing")
LEFT_OUT_OR_CLEARED = {"row", "value"}
WITHOUT_A_WHOLE = {
    f"{source}_{declared.name}"
    for declared in DECLARED
    for source in declared.sources
    if not KINDS[declared.kind].adds_up
}
"""Checks whose slices sum to no share."""


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


def target(feed: str, measure: str, level: str) -> float:
    """The only target that was ever set for a measure."""
    with (PROJECT / "seeds" / "ref_quality_target.csv").open(encoding="utf-8", newline="") as file:
        (green,) = [
            float(row["green"])
            for row in csv.DictReader(file)
            if (row["feed"], row["measure"], row["unit_level"]) == (feed, measure, level)
        ]
    return green


def recording_that_was_planted(truth: dict[str, Any]) -> set[tuple[str, str]]:
    """Targets that the planted recording of each source's last month misses, at the trust and in any of its teams."""
    rows = rows_of(truth, "recording")
    missed = set()
    for source in {row["source"] for row in rows}:
        last = max(row["month"] for row in rows if row["source"] == source)
        for counts in rows:
            of_level = counts["unit_level"]
            if counts["source"] != source or counts["month"] != last or of_level not in {"organisation", "team"}:
                continue
            records = sum(counts[status] for status in STATUSES)
            level = "trust" if of_level == "organisation" else "team"
            if counts["valid"] / records < target(source, "known_and_stated_share", of_level):
                missed.add((source, f"known_and_stated_{level}"))
            if level == "trust" and counts["invalid"] / records > target(source, "invalid_share", of_level):
                missed.add((source, "invalid_trust"))
    return missed


def use_of_force_that_was_planted(truth: dict[str, Any]) -> set[tuple[str, str]]:
    """Whether an item, or a team, lacks anything in the last month: no item is optional."""
    rows = [row for row in rows_of(truth, "use_of_force") if row["item"] != "all_items"]
    last = max(row["month"] for row in rows)
    lacks = any(row["complete"] < row["records"] for row in rows if row["month"] == last)
    return {("incidents", "use_of_force_items"), ("incidents", "use_of_force_team")} if lacks else set()


LAST = "month = (SELECT max(month) FROM quality.ethnicity_recording)"
SHARES_MISSED = (
    ("quality.ethnicity_category_use", "any_other_trust", "any_other_ratio", ">"),
    ("quality.ethnicity_category_use", "mixed_trust", "mixed_ratio", "<"),
    ("quality.ethnicity_consistency", "conflict_trust", "conflict_share", ">"),
    ("quality.ethnicity_recording", "known_and_stated_trust", "known_and_stated_share", "<"),
)
"""Table, expectation, measure, and on which side of its target it is missed."""
FELL = """SELECT recording.source, recording.unit_level, recording.unit_code, recording.month
    FROM quality.ethnicity_recording AS recording JOIN quality.ethnicity_recording_trend AS chart
        USING (source, unit_level, unit_code, month)
    WHERE recording.breakdown = 'all' AND recording.record_count >= 20
        AND recording.valid_count + 1 < least(chart.lower_limit * recording.record_count,
            chart.mean * recording.record_count - 1)"""
"""Months below their limit by more than one person, and below the mean by more than two."""
QUERIES = {
    "no_sudden_drop": f"""WITH fell AS ({FELL}) SELECT DISTINCT source FROM fell WHERE {LAST} AND NOT EXISTS (
        SELECT 1 FROM fell AS before WHERE before.source = fell.source AND before.unit_level = fell.unit_level
        AND before.unit_code = fell.unit_code AND before.month = fell.month - INTERVAL 1 MONTH)""",
    "every_group_found": """SELECT DISTINCT source FROM quality.ethnicity_census_fit AS fit WHERE area_code = 'all'
        AND recorded_count = 0 AND resident_share * (SELECT sum(recorded_count)
        FROM quality.ethnicity_census_fit AS every WHERE every.source = fit.source AND every.area_code = 'all') >= 5""",
    "wards_report_incidents": f"""SELECT DISTINCT 'incidents' FROM core.fct_bed_day AS stay WHERE {LAST}
        AND NOT EXISTS (SELECT 1 FROM core.fct_incident WHERE incident_month = stay.month
        AND unit_code = stay.unit_code)""",
    "wards_record_ethnicity": f"""SELECT DISTINCT feed.name
        FROM core.fct_bed_day AS stay, (VALUES ('mhsds'), ('patient_ethnicity')) AS feed (name) WHERE {LAST}
        AND NOT EXISTS (SELECT 1 FROM quality.ethnicity_recording AS found WHERE found.source = feed.name
        AND found.unit_code = stay.unit_code AND found.month = stay.month AND valid_count + not_stated_count > 0)""",
    "systems_agree": "SELECT DISTINCT 'across_feeds' FROM quality.ethnicity_agreement WHERE agreement_share < 0.9",
    "white_default": "SELECT DISTINCT 'across_feeds' FROM quality.ethnicity_agreement WHERE white_default_share > 0.05 "
    "AND compared_system <> 'incidents'",
}
"""Feeds of which a table says that the expectation is not met; the tables themselves are held to what was planted."""


def what_the_tables_say(built: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    """Expectations that the built tables do not meet, worked out from other columns than the suites read."""
    missed = set()
    for table, expectation, measure, side in SHARES_MISSED:
        breakdown = "AND breakdown = 'all'" if table.endswith("recording") else ""
        for source, value in built.execute(
            f"SELECT source, {measure} FROM {table} WHERE unit_level = 'organisation' AND {LAST} {breakdown}"
        ).fetchall():
            if expectation in {declared.name for declared in suite_of(source)}:
                limit = target(source, measure, "organisation")
                if value is not None and (value > limit if side == ">" else value < limit):
                    missed.add((source, expectation))
    (share,) = built.execute(
        f"SELECT by_first_contact_share FROM quality.ethnicity_timeliness WHERE unit_level = 'organisation' AND {LAST}"
    ).fetchone() or (None,)
    if share is not None and share < target("patient_ethnicity", "by_first_contact_share", "organisation"):
        missed.add(("patient_ethnicity", "first_contact_trust"))
    for expectation, query in QUERIES.items():
        missed |= {(source, expectation) for (source,) in built.execute(query).fetchall()}
    return missed


def quality_checks_that_fail(
    truth: dict[str, Any], dirt: list[dict[str, Any]], built: duckdb.DuckDBPyConnection
) -> set[tuple[str, str]]:
    """Every check of an expectation that must fail, and the summaries of the feeds that have one."""
    missed = recording_that_was_planted(truth) | use_of_force_that_was_planted(truth) | what_the_tables_say(built)
    (last,) = built.execute("SELECT strftime(max(month), '%Y-%m') FROM quality.ethnicity_recording").fetchone() or ("",)
    missed |= {
        (fault["feed"], "values_mapped")
        for fault in dirt
        if fault["rule"] == "vocabulary" and fault["period"] == last and fault["feed"] in FEEDS_WITH_ETHNICITY
    }
    keys = {check_key(source, expectation) for source, expectation in missed}
    keys |= {summary_key(source) for source, _ in missed}
    return {(key.asset_key.to_user_string(), key.name) for key in keys}


def test_what_fails_is_what_was_planted_and_nothing_else(
    failed: dict[tuple[str, str], dg.AssetCheckEvaluation],
    dirt: list[dict[str, Any]],
    truth: dict[str, Any],
    built: duckdb.DuckDBPyConnection,
) -> None:
    expected = set().union(*(checks_that_see(fault) for fault in dirt)) | quality_checks_that_fail(truth, dirt, built)
    assert len(expected) > 30
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


def test_each_missed_expectation_says_what_was_measured_against_what_and_where_it_is_worst(
    failed: dict[tuple[str, str], dg.AssetCheckEvaluation],
) -> None:
    for (asset, name), check in failed.items():
        if asset.startswith(("quality/", "core/")):
            said = {key: value.value for key, value in check.metadata.items()}
            assert check.description, name
            if name.endswith("_summary"):
                assert said["not_met"] >= 1, name
                assert said["expectations_not_met"], name
                continue
            assert said["slices_failing"] >= 1, name
            assert {"slices", "expected", "worst_slice"} <= set(said), name
            assert ("share" in said) == (name not in WITHOUT_A_WHOLE), name
            if "share" in said:
                assert said["share"] == pytest.approx(said["numerator"] / said["denominator"]), name
            if "known_and_stated" in name or "invalid" in name:
                assert {"target", "month", "rating"} <= set(said), name
