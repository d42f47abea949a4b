"""Which table of the warehouse goes into which finished file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.quoting import sql_text

PERSON_COLUMN = re.compile(r"_key$|^birth_month$")
"""A column that stands for one person, record or episode: never in `published/`."""
SHARED_SCHEMAS = ("reference", "core", "marts", "quality")
WORKFORCE_TABLES = ("dim_staff", "fct_staff_snapshot", "fct_staff_ethnicity_candidate")


@dataclass(frozen=True)
class TableCopy:
    """A table to copy: `schema`, `table`, and the statements that put its comments back."""

    schema: str
    table: str
    comments: tuple[str, ...]

    @property
    def name(self) -> str:
        """Schema and table as SQL writes them."""
        return f'"{self.schema}"."{self.table}"'


@dataclass(frozen=True)
class AddedTable:
    """A table that only the published file has, and its line in `marts.start_here`."""

    reading_order: int
    schema: str
    table: str
    grain: str
    purpose: str
    example_query: str

    @property
    def name(self) -> str:
        """Schema and table as SQL writes them."""
        return f'"{self.schema}"."{self.table}"'

    def announce(self, connection: duckdb.DuckDBPyConnection, columns: Mapping[str, str]) -> None:
        """Comment the finished table and its columns, and tell of it where a reader begins, if there is such a place.

        Args:
            connection: the file, open for writing, with the table in it.
            columns: comment by column.
        """
        described = _comments(self.schema, self.table, f"Grain: {self.grain}. {self.purpose}", [*columns.items()])
        for statement in described:
            connection.execute(statement)
        places = connection.execute(
            "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'marts' AND table_name = 'start_here'"
        ).fetchall()
        if places:
            connection.execute(
                "INSERT INTO marts.start_here BY NAME SELECT ? AS reading_order, ? AS schema_name, ? AS table_name, "
                "? AS grain, ? AS purpose, ? AS example_query, 'internal' AS audience",
                [self.reading_order, self.schema, self.table, self.grain, self.purpose, self.example_query],
            )


def shared_tables(warehouse: duckdb.DuckDBPyConnection) -> list[TableCopy]:
    """Reference, dimensions, marts and quality: every table without a person-level column.

    Person-level tables are told by their columns, so that a new one cannot slip through under a new name.
    """
    return [
        copy
        for copy, columns in _tables(warehouse, SHARED_SCHEMAS)
        if not any(PERSON_COLUMN.search(column) for column in columns)
    ]


def restricted_tables(warehouse: duckdb.DuckDBPyConnection) -> tuple[list[TableCopy], list[TableCopy]]:
    """Person-level tables of `core`: those about patients, then those about the workforce."""
    personal = [
        copy
        for copy, columns in _tables(warehouse, ("core",))
        if any(PERSON_COLUMN.search(column) for column in columns)
    ]
    patient = [copy for copy in personal if copy.table not in WORKFORCE_TABLES]
    workforce = [copy for copy in personal if copy.table in WORKFORCE_TABLES]
    return patient, workforce


def _tables(warehouse: duckdb.DuckDBPyConnection, schemas: tuple[str, ...]) -> list[tuple[TableCopy, list[str]]]:
    """Every table of the schemas with its column names."""
    tables = warehouse.execute(
        """
        SELECT schema_name, table_name, comment FROM duckdb_tables()
        WHERE list_contains(?, schema_name) ORDER BY schema_name, table_name
        """,
        [list(schemas)],
    ).fetchall()
    columns: dict[tuple[str, str], list[tuple[str, str | None]]] = {}
    for schema, table, column, comment in warehouse.execute(
        "SELECT schema_name, table_name, column_name, comment FROM duckdb_columns() ORDER BY column_index"
    ).fetchall():
        columns.setdefault((schema, table), []).append((column, comment))
    found = []
    for schema, table, comment in tables:
        copy = TableCopy(schema, table, _comments(schema, table, comment, columns[schema, table]))
        found.append((copy, [column for column, _ in columns[schema, table]]))
    return found


def _comments(
    schema: str, table: str, comment: str | None, columns: Sequence[tuple[str, str | None]]
) -> tuple[str, ...]:
    statements = []
    if comment:
        statements.append(f'COMMENT ON TABLE "{schema}"."{table}" IS {sql_text(comment)}')
    statements += [
        f'COMMENT ON COLUMN "{schema}"."{table}"."{column}" IS {sql_text(text)}' for column, text in columns if text
    ]
    return tuple(statements)
