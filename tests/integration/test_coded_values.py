"""Coded values: what is published stands in the list of codes, and what no reference table knows is counted."""

from __future__ import annotations

import csv
from collections import defaultdict

from tests.conftest import PROJECT, Home

ETHNICITY = (
    ("staff_record", "Ethnic Origin", "esr", "stg_staff_record__staff_record", "ethnic_origin"),
    ("mhsds", "EthnicCategory", "mhsds", "stg_mhsds__mhs001_mpi", "ethnic_category"),
    ("patient_ethnicity", "EthnicCategory", "epr", "stg_patient_ethnicity__patient_ethnicity", "ethnic_category"),
    ("incidents", "con_ethnicity", "incidents", "stg_incidents__incident_contact", "ethnic_origin"),
)
UNMAPPED = {
    (feed, header): f"staging.{table} JOIN intermediate.int_ethnicity_value v ON v.source = '{source}' "
    f"AND v.raw_value IS NOT DISTINCT FROM {table}.{column} WHERE NOT v.is_mapped"
    for feed, header, source, table, column in ETHNICITY
} | {
    ("staff_record", "Pay Grade"): "intermediate.int_staff_assignment WHERE band_code = 'unknown'",
    ("staff_record", "Staff Group"): "intermediate.int_staff_assignment WHERE is_clinical IS NULL",
}
"""Where the rows are that the models find no meaning for, by feed and header of the column."""


def test_every_coded_value_that_was_built_is_declared(small_home: Home) -> None:
    declared: dict[str, set[str]] = defaultdict(set)
    with (PROJECT / "seeds" / "ref_enum.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            declared[row["column_name"]].add(row["value"])
    undeclared, seen = {}, set()
    with small_home.published() as connection:
        places = connection.execute(
            "SELECT schema_name, table_name, column_name FROM duckdb_columns() "
            "WHERE schema_name <> 'reference' AND NOT internal AND list_contains(?, column_name)",
            [list(declared)],
        ).fetchall()
        for schema, table, column in places:
            built = connection.execute(  # a coded column may hold several values, joined by bars
                f"SELECT DISTINCT unnest(string_split(CAST({column} AS VARCHAR), '|')) FROM {schema}.{table}"
            ).fetchall()
            seen.add(column)
            if unknown := {value for (value,) in built if value} - declared[column]:
                undeclared[f"{schema}.{table}.{column}"] = sorted(unknown)
    assert not undeclared
    assert len(seen) > 10


def test_values_the_models_do_not_know_are_those_that_ingest_counted(small_home: Home) -> None:
    """Ingest looks a value up as the models do: else one of them would call known what the other leaves out."""
    with small_home.warehouse() as connection:
        left_out = {
            place: row[0]
            for place, rows in UNMAPPED.items()
            if (row := connection.execute(f"SELECT count(*) FROM {rows}").fetchone()) and row[0]
        }
        counted = connection.execute("SELECT source, field, sum(record_count) FROM quality.unmapped_value GROUP BY ALL")
        assert left_out == {(source, field): count for source, field, count in counted.fetchall()}
    assert left_out
