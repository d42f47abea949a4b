"""What is handed to Great Expectations: already counted rows, one per slice, with the target in force in its month.

Belongs here: one query per expectation. Does not belong here: judging. Every query gives the columns of `COLUMNS`, so
that one frame holds a whole suite; a table that can not be read is a fault of its expectations, told, never skipped.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import duckdb

from expectations.declared import ACROSS, DECLARED, NO_WITNESS, SOURCES, Declaration, tables_of

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = ("numerator", "denominator", "share", "target", "amber")
COLUMNS = ("source", "organisation_code", "unit_level", "unit_code", "month", *NUMBERS, "is_met", "is_current")
OF_ONE_SUITE = ("ethnicity_agreement", "ethnicity_timeliness", "use_of_force_record")
"""Tables that have no column for the feed, because only one suite is about them."""
FEWEST_EXPECTED = 5
"""How many people of a group the residents must lead one to expect, before none at all is a finding."""
IN_FORCE = "target.effective_from <= {month} AND (target.replaced_on IS NULL OR target.replaced_on > {month})"


def _held(measure: str, feed: str, level: str, month: str, *, field: str | None = None) -> str:
    """The join to the target of a measure in force in a month."""
    of_field = f"AND target.field = {field}" if field else ""
    return (
        f"LEFT JOIN quality.target_in_force AS target ON target.measure = '{measure}' AND target.feed = {feed} "
        f"{of_field} AND target.unit_level = {level} AND {IN_FORCE.format(month=month)}"
    )


def _recording(measure: str, level: str, count: str) -> str:
    """A share of the records of a month, of one level, against its target."""
    held = _held(measure, "slice.source", "slice.unit_level", "slice.month", field="slice.field")
    return f"""
        SELECT slice.source, slice.organisation_code, slice.unit_level, slice.unit_code, slice.month,
            slice.{count} AS numerator, slice.record_count AS denominator,
            slice.{count} / nullif(slice.record_count, 0) AS share, target.green AS target, target.amber
        FROM quality.ethnicity_recording AS slice {held}
        WHERE slice.breakdown = 'all' AND slice.unit_level = '{level}'
    """  # noqa: S608 - every part is written in this file


def _category_use(measure: str, count: str) -> str:
    """The share of a kind of category, against the same share of residents times a factor."""
    held = _held(f"{measure}_ratio", "slice.source", "slice.unit_level", "slice.month")
    return f"""
        SELECT slice.source, slice.organisation_code, slice.unit_level, slice.unit_code, slice.month,
            slice.{count} AS numerator, slice.valid_count AS denominator,
            slice.{count} / nullif(slice.valid_count, 0) AS share,
            target.green * slice.resident_{measure}_share AS target,
            target.amber * slice.resident_{measure}_share AS amber
        FROM quality.ethnicity_category_use AS slice {held}
        WHERE slice.unit_level = 'organisation' AND slice.valid_count IS DISTINCT FROM 0
    """  # noqa: S608


def _presence() -> str:
    """How many rows each table of a suite has for its feed."""
    parts = [
        f"SELECT '{source}' AS source, '{table}' AS unit_code, count(*) AS numerator FROM quality.{table} "  # noqa: S608
        + ("" if table in OF_ONE_SUITE else f"WHERE source = '{source}'")
        for source in SOURCES
        for table in tables_of(source)
    ]
    return f"""
        SELECT source, NULL AS organisation_code, 'table' AS unit_level, unit_code, NULL AS month, numerator,
            NULL AS denominator, NULL AS share, NULL AS target, NULL AS amber
        FROM ({" UNION ALL ".join(parts)})
    """  # noqa: S608


# One breakdown in which they do not add up is enough, and no error makes good another: rows are counted, not records.
ADDING_UP = """
    WITH judged AS (
        SELECT source, organisation_code, unit_level, unit_code, month,
            CASE WHEN
                valid_count + not_stated_count + not_known_count + invalid_count + missing_count = record_count
            THEN 1 ELSE 0 END AS is_whole
        FROM quality.ethnicity_recording
    )
    SELECT source, organisation_code, unit_level, unit_code, month, sum(is_whole) AS numerator,
        count(*) AS denominator, sum(is_whole) / count(*) AS share, 1 AS target, NULL AS amber
    FROM judged GROUP BY source, organisation_code, unit_level, unit_code, month
"""
UNMAPPED = """
    WITH received AS (
        SELECT feed, source_organisation_code, period, sum(rows_kept) AS row_count
        FROM quality.feed_receipt WHERE NOT is_refused GROUP BY feed, source_organisation_code, period
    ),
    unmapped AS (
        SELECT source, source_organisation_code, period, sum(record_count) AS record_count
        FROM quality.unmapped_value GROUP BY source, source_organisation_code, period
    )
    SELECT coalesce(unmapped.source, received.feed) AS source,
        coalesce(unmapped.source_organisation_code, received.source_organisation_code) AS organisation_code,
        'organisation' AS unit_level,
        coalesce(unmapped.source_organisation_code, received.source_organisation_code) AS unit_code,
        TRY_CAST(coalesce(unmapped.period, received.period) || '-01' AS DATE) AS month,
        CASE WHEN unmapped.source IS NULL THEN 0 ELSE unmapped.record_count END AS numerator,
        received.row_count AS denominator,
        CASE WHEN unmapped.source IS NULL THEN 0 ELSE unmapped.record_count END / nullif(received.row_count, 0)
            AS share,
        0 AS target, NULL AS amber
    FROM received FULL JOIN unmapped
        ON unmapped.source = received.feed AND unmapped.period = received.period
        AND unmapped.source_organisation_code = received.source_organisation_code
"""
# What a fall is the chart says, and the pages read it there too. A unit that was below its limits the month before is
# low and known to be: what is looked for is the fall.
DROP = """
    SELECT source, organisation_code, unit_level, unit_code, month, valid_count AS numerator,
        record_count AS denominator, known_and_stated_share AS share, lower_limit AS target, NULL AS amber,
        NOT (is_sudden AND signal = 'below_lower_limit') AS is_met
    FROM quality.ethnicity_recording_trend
    WHERE is_sudden IS NOT NULL AND (is_sudden OR signal <> 'below_lower_limit')
"""
GROUPS = f"""
    WITH possible AS (
        SELECT ethnicity_code FROM reference.ref_ethnicity WHERE basis = '2001' AND recording_status = 'valid'
    ),
    judged AS (SELECT DISTINCT source, organisation_code FROM quality.ethnicity_census_fit WHERE area_code = 'all'),
    fit AS (
        SELECT *, sum(recorded_count) OVER (PARTITION BY source, organisation_code) AS all_recorded
        FROM quality.ethnicity_census_fit WHERE area_code = 'all'
    )
    SELECT judged.source, judged.organisation_code, 'ethnic_group' AS unit_level,
        possible.ethnicity_code AS unit_code, NULL AS month,
        fit.recorded_count AS numerator, round(fit.resident_share * fit.all_recorded) AS denominator,
        fit.recorded_count / nullif(fit.resident_share * fit.all_recorded, 0) AS share, NULL AS target, NULL AS amber
    FROM judged CROSS JOIN possible
    LEFT JOIN fit ON fit.source = judged.source AND fit.organisation_code = judged.organisation_code
        AND fit.ethnicity_code = possible.ethnicity_code
    -- A group the table has lost altogether is judged too: what is not there must not pass.
    WHERE fit.resident_share IS NULL OR fit.resident_share * fit.all_recorded >= {FEWEST_EXPECTED}
"""  # noqa: S608
CONFLICT = f"""
    SELECT slice.source, slice.organisation_code, slice.unit_level, slice.unit_code, slice.month,
        slice.conflict_count AS numerator, slice.comparable_count AS denominator, slice.conflict_share AS share,
        target.green AS target, target.amber
    FROM quality.ethnicity_consistency AS slice
    {_held("conflict_share", "slice.source", "slice.unit_level", "slice.month")}
    WHERE slice.unit_level = 'organisation' AND slice.comparable_count IS DISTINCT FROM 0
"""  # noqa: S608
FIRST_CONTACT = f"""
    SELECT 'patient_ethnicity' AS source, slice.organisation_code, slice.unit_level, slice.unit_code, slice.month,
        slice.by_first_contact_count AS numerator, slice.first_contact_count AS denominator,
        slice.by_first_contact_share AS share, target.green AS target, target.amber
    FROM quality.ethnicity_timeliness AS slice
    {_held("by_first_contact_share", "'patient_ethnicity'", "slice.unit_level", "slice.month")}
    WHERE slice.unit_level = 'organisation' AND slice.first_contact_count IS DISTINCT FROM 0
"""  # noqa: S608
OCCUPIED = """
    WITH occupied AS (
        SELECT organisation_code, unit_code, month, sum(bed_day_count) AS bed_day_count
        FROM core.fct_bed_day WHERE unit_code <> 'UNKNOWN' GROUP BY organisation_code, unit_code, month
    )
"""
SILENT_WARDS = f"""{OCCUPIED},
    reported AS (
        SELECT organisation_code, unit_code, incident_month AS month, count(*) AS incident_count
        FROM core.fct_incident GROUP BY organisation_code, unit_code, incident_month
    )
    SELECT 'incidents' AS source, occupied.organisation_code, 'team' AS unit_level, occupied.unit_code,
        occupied.month, coalesce(reported.incident_count, 0) AS numerator,
        CAST(occupied.bed_day_count AS BIGINT) AS denominator,
        NULL AS share, NULL AS target, NULL AS amber
    FROM occupied LEFT JOIN reported
        ON reported.organisation_code = occupied.organisation_code AND reported.unit_code = occupied.unit_code
        AND reported.month = occupied.month
"""  # noqa: S608
# A source that has not begun, such as a patient record that was never sent, asks nobody: `slices_present` tells that.
UNASKED_WARDS = f"""{OCCUPIED},
    feed AS (
        SELECT source, organisation_code, min(month) AS first_month FROM quality.ethnicity_recording
        WHERE unit_level = 'organisation' AND breakdown = 'all' AND source IN ('mhsds', 'patient_ethnicity')
        GROUP BY source, organisation_code
    ),
    asked AS (
        SELECT source, organisation_code, unit_code, month, sum(valid_count + not_stated_count) AS answer_count
        FROM quality.ethnicity_recording WHERE unit_level = 'team' AND breakdown = 'all'
        GROUP BY source, organisation_code, unit_code, month
    )
    SELECT feed.source, occupied.organisation_code, 'team' AS unit_level, occupied.unit_code, occupied.month,
        coalesce(asked.answer_count, 0) AS numerator, CAST(occupied.bed_day_count AS BIGINT) AS denominator,
        NULL AS share, NULL AS target, NULL AS amber
    FROM occupied INNER JOIN feed
        ON feed.organisation_code = occupied.organisation_code AND feed.first_month <= occupied.month
    LEFT JOIN asked
        ON asked.source = feed.source AND asked.organisation_code = occupied.organisation_code
        AND asked.unit_code = occupied.unit_code AND asked.month = occupied.month
"""  # noqa: S608


def _use_of_force(by: str, level: str, code: str, which: str) -> str:
    """Records of restraint in which an item is filled in, or all of them are: records, since items are not apart."""
    return f"""
        SELECT 'incidents' AS source, slice.organisation_code, '{by}' AS unit_level, slice.{code} AS unit_code,
            slice.month, slice.complete_count AS numerator, slice.record_count AS denominator,
            slice.complete_count / nullif(slice.record_count, 0) AS share, target.green AS target, target.amber
        FROM quality.use_of_force_record AS slice
        {_held("complete_share", "'incidents'", "slice.unit_level", "slice.month")}
        WHERE slice.unit_level = '{level}' AND slice.record_count IS DISTINCT FROM 0 AND slice.item_code {which}
    """  # noqa: S608


def _between_systems(measure: str, pair: str, numerator: str, denominator: str, which: str) -> str:
    """A figure of two systems about the same people, as it is on the last day that has passed."""
    return f"""
        SELECT '{ACROSS}' AS source, slice.organisation_code, 'system_pair' AS unit_level,
            slice.subject || ': ' || slice.system || '{pair}' || slice.compared_system AS unit_code, NULL AS month,
            slice.{numerator} AS numerator, slice.{denominator} AS denominator,
            slice.{numerator} / nullif(slice.{denominator}, 0) AS share, target.green AS target, target.amber
        FROM quality.ethnicity_agreement AS slice
        {_held(measure, f"'{ACROSS}'", "'organisation'", "CAST($as_of AS DATE)")}
        WHERE slice.{denominator} IS DISTINCT FROM 0 AND {which}
    """  # noqa: S608


QUERIES = {
    "slices_present": _presence(),
    "status_counts_add_up": ADDING_UP,
    "values_mapped": UNMAPPED,
    "known_and_stated_trust": _recording("known_and_stated_share", "organisation", "valid_count"),
    "known_and_stated_team": _recording("known_and_stated_share", "team", "valid_count"),
    "invalid_trust": _recording("invalid_share", "organisation", "invalid_count"),
    "no_sudden_drop": DROP,
    "any_other_trust": _category_use("any_other", "any_other_count"),
    "mixed_trust": _category_use("mixed", "mixed_count"),
    "every_group_found": GROUPS,
    "conflict_trust": CONFLICT,
    "first_contact_trust": FIRST_CONTACT,
    "wards_report_incidents": SILENT_WARDS,
    "wards_record_ethnicity": UNASKED_WARDS,
    "use_of_force_items": _use_of_force("item", "organisation", "item_code", "<> 'all_items'"),
    "use_of_force_team": _use_of_force("team", "team", "unit_code", "= 'all_items'"),
    # Two systems agree or not whichever is named first.
    "systems_agree": _between_systems(
        "agreement_share", " and ", "agree_count", "person_count", "slice.system < slice.compared_system"
    ),
    "white_default": _between_systems(
        "white_default_share", " beside ", "white_british_here_count", "not_white_british_elsewhere_count",
        f"slice.compared_system <> '{NO_WITNESS}'",
    ),
}
"""The slices of each expectation, of every feed at once."""


def read_slices(connection: duckdb.DuckDBPyConnection, as_of: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """The slices of every expectation, and why those of some could not be read.

    Args:
        connection: a database with the schemas `core`, `quality` and `reference`.
        as_of: ISO date that stands for today.

    Returns:
        One frame with `expectation` and `COLUMNS` (month as `YYYY-MM`); and a fault by expectation.
    """
    import pandas as pd  # noqa: PLC0415 - the package is loaded to know names, too

    frames, faults = [], {}
    for declared in DECLARED:
        try:
            frames.append(_slices_of(connection, declared, as_of))
        except duckdb.Error as error:
            kind = type(error).__name__  # never its text, which may quote what was read
            faults[declared.name] = f"{declared.table}, or what is read beside it, can not be read ({kind})"
    slices = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["expectation", *COLUMNS])
    return slices.astype(dict.fromkeys(NUMBERS, "float64")).astype({"is_current": "bool"}), faults


def _slices_of(connection: duckdb.DuckDBPyConnection, declared: Declaration, as_of: str) -> pd.DataFrame:
    """The slices of one expectation; those the verdict rests on are current."""
    query = QUERIES[declared.name]
    return connection.execute(
        f"""
        SELECT '{declared.name}' AS expectation, source, organisation_code, unit_level, unit_code,
            strftime(CAST(month AS DATE), '%Y-%m') AS month, CAST(numerator AS BIGINT) AS numerator,
            CAST(denominator AS BIGINT) AS denominator, CAST(share AS DOUBLE) AS share,
            CAST(target AS DOUBLE) AS target, CAST(amber AS DOUBLE) AS amber,
            {"is_met" if declared.by_table else "CAST(NULL AS BOOLEAN) AS is_met"},
            {declared.of_all_months} OR month IS NULL OR month = max(month) OVER (PARTITION BY source) AS is_current
        FROM ({query}) ORDER BY source, organisation_code, unit_level, unit_code, month
        """,  # noqa: S608 - the queries are written above
        {"as_of": datetime.date.fromisoformat(as_of)} if "$as_of" in query else None,
    ).df()
