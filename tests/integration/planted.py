"""What the synthetic trust planted and what the warehouse counts, in one shape to compare.

Belongs here: reading either side. Does not belong here: what must agree (`test_planted_*`).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb

Rows = Counter[tuple[Any, ...]]
LEVELS = {"organisation", "division", "directorate", "team"}
PLACE = ["source", "unit_level", "unit", "month"]
"""Where a row of what is recorded stands, in the planted tables; `SLICE` in those of the quality schema."""
SLICE = "source, unit_level, unit_code, strftime(month, '%Y-%m')"


def rows_of(truth: dict[str, Any], table: str) -> list[dict[str, Any]]:
    """Rows of a planted table by column."""
    content = truth["tables"][table]
    return [dict(zip(content["columns"], row, strict=True)) for row in content["rows"]]


def planted(truth: dict[str, Any], table: str, keys: list[str], count: str, **where: str) -> Rows:
    """Sums of a planted table by some of its columns, of the rows in which others have a value."""
    content = truth["tables"][table]
    places = [content["columns"].index(key) for key in keys]
    wanted = [(content["columns"].index(key), value) for key, value in where.items()]
    value = content["columns"].index(count)
    found: Rows = Counter()
    for row in content["rows"]:
        if all(row[place] == name for place, name in wanted):
            found[tuple(str(row[place]) for place in places)] += row[value]
    return +found


def counted(built: duckdb.DuckDBPyConnection, query: str) -> Rows:
    """The last column of a query by the others."""
    found: Rows = Counter()
    for *keys, count in built.execute(query).fetchall():
        found[tuple(str(key) for key in keys)] += count
    return +found


def financial_year(column: str) -> str:
    """SQL of the financial year of a date, as `2024-25`."""
    start = f"year({column}) - CAST(month({column}) < 4 AS INTEGER)"
    return f"({start}) || '-' || lpad(CAST(({start} + 1) % 100 AS VARCHAR), 2, '0')"
