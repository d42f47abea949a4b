"""Two warehouses, table by table, cell by cell.

Belongs here: comparing a DuckDB warehouse with the Parquet files another engine wrote. Does not belong here: building
either of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

RELATIVE = 1e-9
ABSOLUTE = 1e-12


@dataclass(frozen=True)
class Table:
    """A table both engines built.

    Attributes:
        schema: schema of the table.
        name: name of the table.
        grain: columns that name one row.
    """

    schema: str
    name: str
    grain: tuple[str, ...]


def differences(
    connection: duckdb.DuckDBPyConnection, table: Table, files: Path, *, copy: str | None = None
) -> list[str]:
    """What differs between a table of the connection and the Parquet files of the other engine, in counts only.

    Args:
        connection: holds the first engine's warehouse.
        table: the table and its grain.
        files: folder of the second engine's Parquet files.
        copy: another relation of the connection to compare in the table's place.

    Returns:
        One line per kind of difference; empty when every cell agrees.
    """
    ours = copy or f'"{table.schema}"."{table.name}"'
    types = dict(connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE {ours})").fetchall())
    rows = _count(connection, ours)
    if not list(files.glob("*.parquet")):
        return [f"{table.schema}.{table.name}: {rows} rows, the other engine wrote none"] if rows else []
    theirs = f"read_parquet('{files}/*.parquet')"
    found = {name for name, in connection.execute(f"SELECT column_name FROM (DESCRIBE FROM {theirs})").fetchall()}
    if found != set(types):
        return [f"{table.schema}.{table.name}: columns differ: {', '.join(sorted(found ^ set(types)))}"]
    lines = []
    if (other := _count(connection, theirs)) != rows:
        lines.append(f"{table.schema}.{table.name}: {rows} rows, the other engine {other}")
    keys = " AND ".join(f'a."{key}" IS NOT DISTINCT FROM b."{key}"' for key in table.grain)
    unmatched = connection.execute(
        f"SELECT count(*) FROM {ours} a WHERE NOT EXISTS (SELECT 1 FROM {theirs} b WHERE {keys})"
    ).fetchone()
    if unmatched and unmatched[0]:
        lines.append(f"{table.schema}.{table.name}: {unmatched[0]} rows unmatched by {', '.join(table.grain)}")
    tests = {name: _differs(name, kind) for name, kind in types.items() if name not in table.grain}
    if tests:
        sums = ", ".join(f"count(*) FILTER ({test})" for test in tests.values())
        counts = connection.execute(f"SELECT {sums} FROM {ours} a JOIN {theirs} b ON {keys}").fetchone() or ()
        for name, count in zip(tests, counts, strict=True):
            if count:
                lines.append(f"{table.schema}.{table.name}.{name}: {count} cells differ")
    return lines


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(row[0]) if row else 0


def _differs(name: str, kind: str) -> str:
    """SQL condition under which the cells of a column differ."""
    a, b = f'a."{name}"', f'b."{name}"'
    if kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL"):
        near = f"abs({a} - {b}) <= greatest({RELATIVE} * greatest(abs({a}), abs({b})), {ABSOLUTE})"
        return f"({a} IS NULL) <> ({b} IS NULL) OR ({a} IS NOT NULL AND NOT ({near}))"
    return f"{a} IS DISTINCT FROM CAST({b} AS {kind})"
