"""A small trust whose recording of ethnicity meets every expectation, for tests that then break one thing.

Belongs here: tables with the columns the warehouse has, as far as expectations read them. Does not belong here: what
the warehouse makes of files.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from expectations import CheckResult, Judgement, SliceResult
from expectations.runner import run_suites

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
AS_OF = "2025-10-15"
MONTHS = "(VALUES (DATE '2025-08-01'), (DATE '2025-09-01')) AS m (month)"
UNITS = "(VALUES ('organisation', 'T', 3), ('team', 'A', 2), ('team', 'B', 1)) AS u (unit_level, unit_code, size)"
FIELDS = """(VALUES ('incidents', 'ethnic_origin'), ('mhsds', 'ethnic_category'),
    ('patient_ethnicity', 'ethnic_category'), ('staff_record', 'ethnic_origin')) AS f (source, field)"""
PATIENTS_AND_STAFF = "source <> 'incidents'"
TABLES = f"""
    CREATE SCHEMA reference; CREATE SCHEMA core; CREATE SCHEMA quality;
    CREATE TABLE quality.target_in_force AS
        SELECT *, CAST(NULL AS DATE) AS replaced_on FROM '{SEEDS / "ref_quality_target.csv"}';
    CREATE TABLE reference.ref_ethnicity AS SELECT * FROM '{SEEDS / "ref_ethnicity.csv"}';
    CREATE TABLE core.dim_organisation_unit AS
        SELECT 'T' AS organisation_code, unit_code, 'Unit ' || unit_code AS unit_name, DATE '2015-04-01' AS valid_from
        FROM {UNITS};
    CREATE TABLE core.fct_bed_day AS
        SELECT 'T' AS organisation_code, 'A' AS unit_code, month, CAST(300 AS BIGINT) AS bed_day_count FROM {MONTHS};
    CREATE TABLE core.fct_incident AS
        SELECT 'T' AS organisation_code, 'A' AS unit_code, month AS incident_month FROM {MONTHS};
    CREATE TABLE quality.feed_receipt AS
        SELECT source AS feed, strftime(month, '%Y-%m') AS period, 'T' AS source_organisation_code,
            source || '.csv' AS file_name, md5(source || month) AS file_sha256, CAST(300 AS BIGINT) AS rows_kept,
            false AS is_refused
        FROM {FIELDS}, {MONTHS};
    CREATE TABLE quality.unmapped_value (
        source TEXT, field TEXT, source_organisation_code TEXT, period TEXT, month DATE, record_count BIGINT
    );
    CREATE TABLE quality.ethnicity_recording AS
        SELECT source, field, 'T' AS organisation_code, unit_level, unit_code, month, 'all' AS breakdown,
            'all' AS breakdown_value, CAST(100 * size AS BIGINT) AS record_count,
            CAST(96 * size AS BIGINT) AS valid_count, CAST(2 * size AS BIGINT) AS not_stated_count,
            CAST(size AS BIGINT) AS not_known_count, CAST(0 AS BIGINT) AS invalid_count,
            CAST(size AS BIGINT) AS missing_count, 0.96e0 AS known_and_stated_share
        FROM {FIELDS}, {UNITS}, {MONTHS};
    CREATE TABLE quality.ethnicity_recording_trend AS
        SELECT source, field, organisation_code, unit_level, unit_code, month, record_count, valid_count,
            known_and_stated_share, 0.90e0 AS lower_limit, 'common_cause' AS signal, false AS is_sudden
        FROM quality.ethnicity_recording;
    CREATE TABLE quality.ethnicity_category_use AS
        SELECT source, organisation_code, unit_level, unit_code, month, valid_count,
            valid_count // 12 AS any_other_count, valid_count // 32 AS mixed_count,
            0.08e0 AS resident_any_other_share, 0.03e0 AS resident_mixed_share
        FROM quality.ethnicity_recording;
    CREATE TABLE quality.ethnicity_consistency AS
        SELECT source, organisation_code, unit_level, unit_code, month, valid_count AS person_count,
            CAST(100 AS BIGINT) AS comparable_count, CAST(4 AS BIGINT) AS conflict_count, 0.04e0 AS conflict_share
        FROM quality.ethnicity_recording WHERE {PATIENTS_AND_STAFF};
    CREATE TABLE quality.ethnicity_timeliness AS
        SELECT organisation_code, unit_level, unit_code, month, CAST(20 AS BIGINT) AS first_contact_count,
            CAST(18 AS BIGINT) AS by_first_contact_count, 0.9e0 AS by_first_contact_share
        FROM quality.ethnicity_recording WHERE source = 'patient_ethnicity';
    CREATE TABLE quality.ethnicity_census_fit AS
        SELECT source, 'T' AS organisation_code, 'all' AS area_code, ethnicity_code,
            CAST(18 AS BIGINT) AS recorded_count, 1 / 16 AS recorded_share, 1 / 16 AS resident_share
        FROM {FIELDS}, reference.ref_ethnicity
        WHERE basis = '2001' AND recording_status = 'valid' AND {PATIENTS_AND_STAFF};
    CREATE TABLE quality.ethnicity_agreement AS
        SELECT 'T' AS organisation_code, 'patient' AS subject, here.name AS "system", there.name AS compared_system,
            CAST(100 AS BIGINT) AS person_count, CAST(95 AS BIGINT) AS agree_count,
            CAST(50 AS BIGINT) AS not_white_british_elsewhere_count, CAST(1 AS BIGINT) AS white_british_here_count
        FROM (VALUES ('mhsds'), ('rio')) AS here (name), (VALUES ('mhsds'), ('rio')) AS there (name)
        WHERE here.name <> there.name;
    CREATE TABLE quality.use_of_force_record AS
        SELECT 'T' AS organisation_code, unit_level, unit_code, month, item_code, CAST(4 AS BIGINT) AS record_count,
            CAST(4 AS BIGINT) AS complete_count
        FROM {UNITS}, {MONTHS}, (VALUES ('reason'), ('place'), ('all_items')) AS i (item_code);
"""


def make_tables(database: Path, *changes: str) -> Path:
    """Write the small trust to a database, then change it."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(database)) as connection:
        connection.execute(TABLES)
        for change in changes:
            connection.execute(change)
    return database


def judge(database: Path, *changes: str) -> Judgement:
    """What the suites find in the small trust after some changes."""
    return run_suites(make_tables(database, *changes), AS_OF)


def by_name(judgement: Judgement) -> dict[tuple[str, str], CheckResult]:
    """Results by source and expectation."""
    return {(result.source, result.expectation): result for result in judgement.results}


def not_met(judgement: Judgement) -> set[tuple[str, str]]:
    """Source and expectation of what was not met."""
    return {(result.source, result.expectation) for result in judgement.results if not result.passed}


def slice_of(result: CheckResult, unit_code: str, month: str | None) -> SliceResult:
    """One slice of a result."""
    return next(each for each in result.slices if (each.unit_code, each.month) == (unit_code, month))
