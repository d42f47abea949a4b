"""What the synthetic trust planted comes back: counts exactly, rates within their intervals."""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb
import pytest

from orchestration.demo.ethnicity import STATUSES
from orchestration.demo.staff_jobs import GROUPS
from tests.conftest import Home
from tests.integration.planted import LEVELS, PLACE, SLICE, Rows, counted, financial_year, planted, rows_of

PATIENTS, STAFF, CONTACTS = {"mhsds", "patient_ethnicity"}, {"staff_record"}, {"incidents"}
BREAKDOWNS = {
    "sex": (PATIENTS | STAFF | CONTACTS, {"1", "2"}),
    "legal_status": (PATIENTS, {"detained", "informal", "community"}),
    "age_band": (
        PATIENTS | STAFF | CONTACTS, {"0-15", "16-17", "18-24", "25-34", "35-49", "50-64", "65+"},
    ),
    "staff_group": (STAFF, set(GROUPS)),
}
"""Sources that are looked at by a breakdown, and its values."""


def recorded_by(built: duckdb.DuckDBPyConnection, breakdown: str, status: str) -> Rows:
    """How many records of a status there are by value of a breakdown and slice."""
    return counted(
        built,
        f"""
        SELECT breakdown_value, {SLICE}, {status}_count
        FROM quality.ethnicity_recording WHERE breakdown = '{breakdown}'
        """,
    )


def test_headcount_by_band_and_group_comes_back_exactly(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    found = counted(
        built,
        """
        SELECT strftime(s.snapshot_month, '%Y-%m'), s.band_code, if(s.is_clinical, 'clinical', 'non_clinical'),
            d.ethnicity_code_2001, count(*)
        FROM core.fct_staff_snapshot s JOIN core.dim_staff d USING (staff_key)
        WHERE s.is_in_wres_scope AND month(s.snapshot_month) = 3 GROUP BY ALL
        """,
    )
    assert found == planted(truth, "staff_headcount", ["month", "band", "clinical", "code"], "people")


def test_representation_in_the_mart_is_the_planted_headcount(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    """The mart's numerators of the 16 groups and of the unknown statuses, at trust level by band."""
    found = counted(
        built,
        """
        SELECT strftime(period_start, '%Y-%m'), breakdown_value, group_code, numerator FROM marts.equity_measure
        WHERE measure_id = 'workforce_representation' AND basis = '2001' AND grouping = 'ethnic_16'
            AND unit_level = 'organisation' AND breakdown = 'band' AND numerator > 0
        """,
    )
    assert found == planted(truth, "staff_headcount", ["month", "band", "code"], "people")


def test_new_detentions_by_group_and_authority_come_back_exactly(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    found = counted(
        built,
        """
        SELECT strftime(e.start_month, '%Y-%m'), coalesce(e.residence_area_code, 'unknown'),
            p.ethnicity_code_2001, e.detention_category,
            count(*)
        FROM core.fct_mha_episode e JOIN core.dim_person p USING (person_key)
        WHERE e.is_new_detention AND e.start_month >= DATE '2022-03-01' GROUP BY ALL
        """,
    )
    assert found == planted(truth, "new_detentions", ["month", "area", "code", "category"], "detentions")


def test_every_category_of_legal_status_comes_back_exactly(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    found = counted(
        built,
        f"""
        SELECT {financial_year("start_date")}, detention_category, count(*) FROM core.fct_mha_episode
        WHERE detention_category IS NOT NULL AND start_month >= DATE '2022-03-01' GROUP BY ALL
        """,
    )
    assert found == planted(truth, "legal_status_categories", ["financial_year", "category"], "periods")


def test_detentions_in_the_mart_are_those_of_catchment_residents(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    """Numerators of the 16 groups and of the unknown statuses add up to the planted detentions in the catchment."""
    found = counted(
        built,
        """
        SELECT period_label, sum(numerator) FROM marts.equity_measure
        WHERE measure_id = 'mha_detention_rate' AND grouping = 'ethnic_16' AND unit_level = 'organisation'
            AND period_type = 'financial_year' AND denominator_rule = 'own' AND adjustment = 'crude' GROUP BY ALL
        """,
    )
    inside: Rows = Counter()
    for row in rows_of(truth, "new_detentions"):
        if row["catchment"] == "in":
            year, month = (int(part) for part in row["month"].split("-"))
            start = year - (month < 4)
            inside[(f"{start}-{(start + 1) % 100:02d}",)] += row["detentions"]
    complete = {key: count for key, count in inside.items() if key in found}
    assert len(complete) == 3
    assert found == complete


def test_the_planted_rate_ratio_lies_within_its_interval(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    row = built.execute(
        """
        SELECT ratio_lower, ratio_upper FROM marts.equity_measure
        WHERE measure_id = 'mha_detention_rate' AND grouping = 'white_bme' AND group_code = 'bme'
            AND unit_level = 'organisation' AND period_type = 'pooled_3_years' AND denominator_rule = 'own'
            AND adjustment = 'crude' ORDER BY period_start DESC LIMIT 1
        """
    ).fetchone()
    assert row
    assert row[0] < truth["planted"]["rate_ratio"]["white_bme"]["bme"] < row[1]


@pytest.mark.parametrize("status", ["valid", "not_stated", "not_known", "invalid", "missing"])
def test_recording_by_unit_and_month_comes_back_exactly(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any], status: str
) -> None:
    found = counted(
        built,
        f"""
        SELECT {SLICE}, {status}_count FROM quality.ethnicity_recording WHERE breakdown = 'all'
        """,
    )
    assert found == planted(truth, "recording", PLACE, status)
    assert {level for _, level, *_ in found} == LEVELS


@pytest.mark.parametrize("status", ["valid", "not_stated", "not_known", "invalid", "missing"])
def test_recording_in_incidents_comes_back_exactly_by_whose_record_it_is(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any], status: str
) -> None:
    """Patients and staff apart, by unit and month; reports hold no ethnicity of staff. No other source has kinds."""
    found = recorded_by(built, "subject", status)
    assert found == planted(truth, "recording_by", ["value", *PLACE], status, breakdown="subject")
    of_staff = sum(count for (subject, *_), count in found.items() if subject == "staff")
    assert (of_staff > 0) == (status == "missing")
    assert sum(found.values()) > of_staff or status == "invalid"


@pytest.mark.parametrize("status", ["valid", "not_stated", "not_known", "invalid", "missing"])
@pytest.mark.parametrize("breakdown", list(BREAKDOWNS))
def test_recording_by_what_people_are_told_apart_by_comes_back_exactly(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any], breakdown: str, status: str
) -> None:
    """Of the trust and each division, by month."""
    found = recorded_by(built, breakdown, status)
    assert found == planted(truth, "recording_by", ["value", *PLACE], status, breakdown=breakdown)
    if status == "valid":
        assert ({source for _, source, *_ in found}, {value for value, *_ in found}) == BREAKDOWNS[breakdown]
        assert {level for _, _, level, *_ in found} == {"organisation", "division"}


def test_what_is_said_of_us_nationally_is_what_was_planted(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    """Covered is what is not blank, valid what is no made-up code either, accurate what is a code: all of everybody."""
    found = {
        (level, unit, month): shares
        for level, unit, month, *shares in built.execute(
            """
            SELECT unit_level, unit_code, strftime(month, '%Y-%m'), national_coverage_share, national_validity_share,
                national_accuracy_share
            FROM quality.ethnicity_recording WHERE source = 'mhsds' AND breakdown = 'all'
            """
        ).fetchall()
    }
    expected = {}
    for row in rows_of(truth, "recording"):
        if row["source"] == "mhsds":
            people = sum(row[status] for status in STATUSES)
            covered = people - row["missing"]
            shares = [covered / people, (covered - row["invalid"]) / people, row["valid"] / people]
            expected[row["unit_level"], row["unit"], row["month"]] = pytest.approx(shares)
    assert found == expected
    of_trust = [shares for (level, *_), shares in found.items() if level == "organisation"]
    assert any(coverage > validity > accuracy for coverage, validity, accuracy in of_trust), "nobody is invalid"


def test_occupied_bed_days_come_back_exactly(built: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    found = counted(built, "SELECT strftime(month, '%Y-%m'), sum(bed_day_count) FROM core.fct_bed_day GROUP BY ALL")
    assert found == planted(truth, "bed_days", ["month"], "bed_days")


@pytest.mark.parametrize(
    ("count", "query"),
    [
        ("interventions", "count(*)"),
        ("incidents", "count(DISTINCT restrictive_incident_key)"),
        ("people", "count(DISTINCT person_key)"),
    ],
)
def test_people_incidents_and_interventions_are_three_counts(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any], count: str, query: str
) -> None:
    found = counted(
        built,
        f"SELECT {financial_year('start_date')}, {query} FROM core.fct_restrictive_intervention GROUP BY ALL",
    )
    assert found == planted(truth, "restraint_by_year", ["financial_year"], count)


def test_incidents_are_counted_once_at_their_latest_version(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    for count, query in (("incidents", "count(*)"), ("racist", "count(*) FILTER (is_racist)")):
        found = counted(built, f"SELECT {financial_year('incident_date')}, {query} FROM core.fct_incident GROUP BY ALL")
        assert found == planted(truth, "incidents_by_year", ["financial_year"], count)


@pytest.mark.parametrize("count", ["record_count", "complete_count"])
def test_completeness_of_the_use_of_force_record_comes_back_exactly(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any], count: str
) -> None:
    """By month, unit and item; placeholders, an earlier version's blanks and columns not there yet are no answers."""
    found = counted(
        built,
        f"""
        SELECT unit_level, unit_code, strftime(month, '%Y-%m'), item_code, is_collected, {count}
        FROM quality.use_of_force_record
        """,
    )
    name = {"record_count": "records", "complete_count": "complete"}[count]
    assert found == planted(truth, "use_of_force", ["unit_level", "unit", "month", "item", "collected"], name)
    assert {level for level, *_ in found} == LEVELS


def test_what_no_file_asks_for_is_not_complete(built: duckdb.DuckDBPyConnection) -> None:
    rows = built.execute(
        "SELECT item_code, sum(complete_count) FROM quality.use_of_force_record WHERE NOT is_collected GROUP BY ALL"
    ).fetchall()
    assert sorted(rows) == [("all_items", 0), ("mental_disorder", 0), ("notification", 0)]


def test_every_slice_of_the_use_of_force_record_has_every_item(built: duckdb.DuckDBPyConnection) -> None:
    slices = built.execute(
        """
        SELECT count(DISTINCT item_code), count(*), min(record_count) = max(record_count),
            min(complete_count) = min(complete_count) FILTER (item_code = 'all_items')
        FROM quality.use_of_force_record GROUP BY organisation_code, unit_level, unit_code, month
        """
    ).fetchall()
    assert set(slices) == {(17, 17, True, True)}


def test_every_planted_fault_is_found_where_it_lies_and_nothing_else(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any], small_home: Home
) -> None:
    """Rows left out and values cleared, by feed, period, file, rule and column."""
    expected: Rows = Counter()
    for row in rows_of(truth, "dirt"):
        if row["effect"] in {"row", "value"}:
            place = (
                row["feed"],
                row["period"],
                row["organisation"],
                row["file"],
                row["rule"],
                row["header"],
                row["effect"],
            )
            expected[place] += row["count"]
    found: Rows = Counter()
    findings = f"read_parquet('{small_home.settings.lake}/*/*/*/finding.parquet')"
    for *place, count in built.execute(
        f"""
        SELECT feed, period, organisation_code, file_name, rule, coalesce(column_name, ''), effect, max(finding_count)
        FROM {findings} WHERE effect IN ('row', 'value') GROUP BY ALL
        """
    ).fetchall():
        found[tuple(place)] += count
    assert found == expected


def test_every_planted_value_nobody_can_read_is_counted_by_source_field_and_month(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    """What broke its contract or leads nowhere in one table, what no list knows in the other, nothing in both."""
    malformed: Rows = Counter()
    unmapped: Rows = Counter()
    for row in rows_of(truth, "dirt"):
        place = (row["feed"], row["header"] or "whole_row", row["organisation"], row["period"])
        if row["rule"] == "vocabulary":
            unmapped[place] += row["count"]
        elif row["effect"] in {"row", "value"} or row["rule"] == "postcode_unknown":
            malformed[*place, row["rule"], row["effect"]] += row["count"]
    columns = "source, field, source_organisation_code, period"
    for table, more, expected in (
        ("malformed_value", ", rule, effect", malformed), ("unmapped_value", "", unmapped),
    ):
        found = built.execute(f"SELECT {columns}{more}, record_count FROM quality.{table}").fetchall()
        assert {tuple(place): count for *place, count in found} == +expected
        assert expected


def test_planted_duplicates_are_dropped_and_counted(built: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    expected = sum(row["count"] for row in rows_of(truth, "dirt") if row["effect"] == "duplicate")
    found = built.execute("SELECT sum(rows_duplicate) FROM quality.feed_receipt").fetchone()
    assert found == (expected,)
    assert expected > 0


def test_every_receipt_and_the_ledger_add_up(built: duckdb.DuckDBPyConnection) -> None:
    off = built.execute(
        "SELECT file_name FROM quality.feed_receipt WHERE rows_read <> rows_kept + rows_quarantined + rows_duplicate"
    ).fetchall()
    assert not off


def test_units_of_low_completeness_are_the_worst(built: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    for _, source, unit in truth["tables"]["low_completeness"]["rows"]:
        row = built.execute(
            """
            SELECT sum(valid_count) / sum(record_count) FROM quality.ethnicity_recording
            WHERE source = ? AND unit_code = ? AND unit_level = 'team' AND breakdown = 'all'
            """,
            [source, unit],
        ).fetchone()
        assert row
        assert row[0] < 0.75, f"{source} {unit}"
