"""Which tables and columns the quality pages read, and how they come out of an open database.

Belongs here: names of tables and columns, the rows a page may need. Does not belong here: what a page says.
A table that is not there, or not there yet, has no rows: the page that shows it says so. A column that is not there is
empty.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

Row = Mapping[str, Any]

UNIT = ("organisation_code", "unit_level", "unit_code", "month")
STATUS_COUNTS = ("valid_count", "not_stated_count", "not_known_count", "invalid_count", "missing_count")
COLUMNS: dict[str, tuple[str, ...]] = {
    "core.dim_organisation_unit": (
        "unit_code", "valid_from", "unit_name", "unit_level", "parent_unit_code", "organisation_code", "is_ward",
    ),
    "core.dim_area": ("area_code", "area_name"),
    "reference.ref_enum": ("column_name", "value", "meaning", "sort_order"),
    "reference.ref_ethnicity": ("basis", "ethnicity_code", "ethnicity_name", "recording_status", "sort_order"),
    "reference.ref_group_wording": ("grouping", "group_code", "people"),
    "reference.ref_expectation": ("expectation", "plain_name", "why_it_matters", "owner", "how_to_fix", "severity"),
    "reference.ref_patient_system": ("system", "plain_name"),
    "reference.ref_sex": ("sex_code", "sex_name"),
    "reference.ref_use_of_force_item": ("item_code", "item_name", "act_section", "judged_by", "not_verified"),
    "quality.ethnicity_recording": (
        "source", "field", *UNIT, "breakdown", "breakdown_value", "record_count", *STATUS_COUNTS,
        "known_and_stated_share", "stated_or_declined_share", "national_coverage_share", "national_validity_share",
        "national_accuracy_share", "dqmi_item_score",
    ),
    "quality.ethnicity_recording_trend": (
        "source", "field", *UNIT, "known_and_stated_share", "mean", "lower_limit", "upper_limit",
        "phase_reason", "signal", "is_sudden", "last_usual_month", "icon", "target", "assurance",
        "intervention_name",
    ),
    "quality.target_in_force": (
        "feed", "field", "measure", "unit_level", "effective_from", "replaced_on", "green", "amber", "reason",
        "approver",
    ),
    "quality.ethnicity_category_use": (
        "source", *UNIT, "valid_count", "any_other_count", "other_group_count", "mixed_count", "detail_lost_count",
        "any_other_share", "other_group_share", "mixed_share", "resident_any_other_share",
        "resident_other_group_share", "resident_mixed_share", "any_other_ratio", "other_group_ratio", "mixed_ratio",
    ),
    "quality.ethnicity_consistency": (
        "source", *UNIT, "person_count", "comparable_count", "two_record_count", "conflict_count", "conflict_share",
        "downgraded_count", "withdrawn_count",
    ),
    "quality.ethnicity_agreement": (
        "organisation_code", "subject", "system", "compared_system", "person_count", "agreement_share",
        "agreement_lower", "agreement_upper", "kappa", "not_white_british_elsewhere_count",
        "white_british_here_count", "white_default_share", "white_default_lower", "white_default_upper",
    ),
    "quality.ethnicity_agreement_matrix": (
        "organisation_code", "subject", "system", "compared_system", "ethnicity_code", "compared_code", "person_count",
    ),
    "quality.ethnicity_preference": ("subject", "chosen_code", "losing_code", "reason_code", "person_count"),
    "quality.ethnicity_timeliness": (
        *UNIT, "first_contact_count", "by_first_contact_count", "within_28_days_count", "later_count",
        "not_yet_count", "by_first_contact_share", "confirmed_count",
        "median_months_since_confirmed",
    ),
    "quality.ethnicity_census_fit": (
        "source", "organisation_code", "area_code", "ethnicity_code", "recorded_count", "recorded_share",
        "resident_count", "resident_share", "fit_ratio", "fit_ratio_lower", "fit_ratio_upper",
    ),
    "quality.use_of_force_record": (
        *UNIT, "item_code", "record_count", "complete_count", "is_collected",
    ),
    "quality.asking_plan": (
        "source", "organisation_code", "unit_code", "month", "person_count",
        "valid_count", "to_ask_count", "not_stated_count", "target", "needed_count", "is_target_reachable",
        "asked_count", "answered_count", "declined_after_asking_count", "plan_rank",
    ),
    "quality.asking_plan_gain": (
        "source", "organisation_code", "unit_code", "month", "measure_id", "grouping", "group_code",
        "unknown_event_count", "bound_lower", "bound_upper", "bound_lower_after", "bound_upper_after",
        "narrowing_share", "gain_rank",
    ),
    "quality.unmapped_value": ("source", "field", "source_organisation_code", "period", "month", "record_count"),
    "quality.malformed_value": (
        "source", "field", "source_organisation_code", "period", "month", "rule", "effect", "record_count",
    ),
    "quality.feed_status": (
        "feed", "period", "source_organisation_code", "feed_state", "is_stale", "rows_quarantined", "refusal",
    ),
    "quality.check_run": ("run_id", "run_number", "as_of"),
    "quality.check_result": (
        "run_id", "as_of", "expectation", "description", "source", "unit_level", "unit_code", "month", "severity",
        "passed", "rating", "evaluated_count", "failing_count", "numerator", "denominator", "share", "target", "fault",
    ),
    "marts.measure_catalogue": (
        "measure_id", "measure_name", "source_feeds", "reference", "event_noun",
    ),
    "marts.equity_measure": (
        "measure_id", "period_label", "organisation_code", "grouping", "group_code", "basis", "ratio",
        "ratio_lower", "ratio_upper", "bound_lower", "bound_upper", "unknown_share", "fit_for_use",
    ),
}
"""Columns read by table; a column a table lacks comes back as None."""
OF_THE_TABLE: dict[str, str] = {
    "marts.equity_measure": "NATURAL JOIN marts.equity_headline WHERE is_board_figure AND bound_lower IS NOT NULL",
    "quality.asking_plan": """
        QUALIFY dense_rank() OVER (PARTITION BY source, organisation_code ORDER BY month DESC NULLS LAST) <= 2
    """,
    "quality.asking_plan_gain": "QUALIFY month = max(month) OVER (PARTITION BY source, organisation_code)",
}
"""Rows read of tables that hold more than a page shows, as the end of a query on DuckDB."""
CHOSEN_BY = {"marts.equity_measure": "marts.equity_headline"}
"""Tables whose rows another one chooses: without that one they are as if they were not there."""


@dataclass(frozen=True)
class Tables:
    """Every table the pages read, its rows in the order of all their columns; absent tables have none."""

    rows: Mapping[str, tuple[Row, ...]]

    def of(self, name: str) -> tuple[Row, ...]:
        """The rows of a table, `schema.table`."""
        return self.rows.get(name, ())


def read_tables(connection: duckdb.DuckDBPyConnection) -> Tables:
    """Read what the pages show from an open database, internal aggregates only.

    Args:
        connection: a published file, or a database that shows its tables under the same names.
    """
    there: dict[str, set[str]] = {}
    for schema, table, column in connection.execute(
        "SELECT table_schema, table_name, column_name FROM information_schema.columns"
    ).fetchall():
        there.setdefault(f"{schema}.{table}", set()).add(column)
    return Tables({
        name: _read(connection, name, columns, there[name])
        for name, columns in COLUMNS.items()
        if {name, CHOSEN_BY.get(name, name)} <= {*there}
    })


def _read(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Iterable[str], there: set[str]
) -> tuple[Row, ...]:
    present = [column for column in columns if column in there]
    listed = ", ".join(f'"{column}"' for column in present)
    rows = connection.execute(
        f"SELECT {listed} FROM {name} {OF_THE_TABLE.get(name, '')} ORDER BY ALL"  # noqa: S608 - names of our own
    ).fetchall()
    absent = {column: None for column in columns if column not in there}
    return tuple({**dict(zip(present, map(_plain, row), strict=True)), **absent} for row in rows)


def _plain(value: Any) -> Any:
    """Days as ISO text; None for what is no number."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat()[:10] if isinstance(value, datetime.date) else value
