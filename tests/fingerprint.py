"""One hash per table, so that two builds can be compared without keeping either."""

from __future__ import annotations

from pathlib import Path

import duckdb

SCHEMAS = ("core", "marts")


def of_tables(database: Path, schemas: tuple[str, ...] = SCHEMAS) -> dict[str, str]:
    """Hash of the rows of every table of the schemas, whatever their order."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return of_connection(connection, schemas)


def of_connection(connection: duckdb.DuckDBPyConnection, schemas: tuple[str, ...] = SCHEMAS) -> dict[str, str]:
    """The same, of a database that is open already."""
    tables = connection.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE list_contains(?, schema_name) ORDER BY 1",
        [list(schemas)],
    ).fetchall()
    return {
        table: str(connection.execute(f"SELECT count(*), bit_xor(hash(t)), sum(hash(t)) FROM {table} t").fetchone())
        for (table,) in tables
    }
