"""The statistics macros computed by DuckDB.

Belongs here: one value, a value per row of a table, an aggregate, the limits over tables of persons. Does not belong
here: figures and tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from tests.statistics_macros import render, render_text

Table = Mapping[str, Sequence[float] | np.ndarray[Any, Any]]


@lru_cache
def connection() -> duckdb.DuckDBPyConnection:
    """A database in memory."""
    return duckdb.connect()


def value_of(macro: str, *arguments: object) -> float | None:
    """The macro over constants."""
    row = connection().execute("SELECT " + render(macro, *arguments)).fetchone()
    assert row is not None
    return row[0]


def values_of(macro: str, table: Table, *arguments: object) -> np.ndarray[Any, Any]:
    """The macro for each row of a table, NaN where it is NULL; without arguments those are the table's columns."""
    over = connection().from_df(pd.DataFrame(dict(table)).assign(row_number=lambda rows: range(len(rows))))
    found = over.order("row_number").project(f"CAST({render(macro, *(arguments or table))} AS DOUBLE) AS found")
    return found.df()["found"].to_numpy(dtype=float, na_value=np.nan)


def aggregate_of(macro: str, table: Table, *arguments: object) -> float | None:
    """The macro over all rows of a table; without arguments those are the table's columns."""
    over = connection().from_df(pd.DataFrame(dict(table)))
    row = over.aggregate(render(macro, *(arguments or table))).fetchone()
    assert row is not None
    return row[0]


def stable_sum(numbers: Sequence[float | None], decimals: int) -> float | None:
    """The sum of numbers in the order given, to so many decimals."""
    query = f"SELECT {render_text('stable_sum', 'number', decimals)} FROM given"
    given = pd.DataFrame({"number": pd.array(numbers, dtype="Float64")})
    return connection().register("given", given).execute(query).fetchall()[0][0]


def clustered_limits(stays: Table, kind: str) -> pd.DataFrame:
    """Mantel-Haenszel ratios with clustered limits of many tables of persons, as a model would compute them.

    Args:
        stays: one row per table, person and stratum: `table_id`, `person`, `is_group` (else the reference), `stratum`,
            `y` events, `n` people (1) or time.
        kind: `risk` or `rate`.

    Returns:
        One row per table: `table_id`, `ratio`, `mh_error` (persons taken as independent), `error` (clustered), `lower`,
        `upper`, `people` (the smaller number with an event).
    """
    connection().register("stay", pd.DataFrame(dict(stays)))
    sides = ("a", "n1", "b", "n0")
    of_cell = tuple(f"{side}_{name}" for side in "ab" for name in ("weighted", "plain", "sq", "people"))
    own, other = "CASE WHEN is_group THEN n1 ELSE n0 END", "CASE WHEN is_group THEN n0 ELSE n1 END"
    residual = render("stat_mh_clustered_residual", "y", "n", "CASE WHEN is_group THEN a ELSE b END", own)
    score = f"{residual} * {render('stat_mh_clustered_weight', own, other)}"
    found = connection().execute(f"""
        WITH stratum AS (
            SELECT
                table_id, stratum, sum(CASE WHEN is_group THEN y ELSE 0 END) AS a,
                sum(CASE WHEN is_group THEN n ELSE 0 END) AS n1, sum(CASE WHEN is_group THEN 0 ELSE y END) AS b,
                sum(CASE WHEN is_group THEN 0 ELSE n END) AS n0
            FROM stay GROUP BY table_id, stratum
        ),
        combined AS (
            SELECT
                table_id, {render(f"stat_mh_{kind}_ratio", *sides)} AS ratio,
                {render(f"stat_mh_{kind}_ratio_variance", *sides)} AS variance,
                {render("stat_mh_weighted", "a", "n1", "n0")} AS a_weighted,
                {render("stat_mh_weighted", "b", "n0", "n1")} AS b_weighted,
                {render("stat_mh_clustered_plain", "a", "n1", "n0")} AS a_plain,
                {render("stat_mh_clustered_plain", "b", "n0", "n1")} AS b_plain
            FROM stratum GROUP BY table_id
        ),
        person AS (
            SELECT table_id, person, is_group, sum(y) AS events, {render("stable_sum", score)} AS score
            FROM stay JOIN stratum USING (table_id, stratum) GROUP BY table_id, person, is_group
        ),
        summed AS (
            SELECT
                table_id,
                {render("stable_sum", "CASE WHEN is_group THEN score * score END")} AS a_sq,
                {render("stable_sum", "CASE WHEN NOT is_group THEN score * score END")} AS b_sq,
                count(CASE WHEN is_group AND events > 0 THEN 1 END) AS a_people,
                count(CASE WHEN NOT is_group AND events > 0 THEN 1 END) AS b_people
            FROM person GROUP BY table_id
        )
        SELECT
            table_id, ratio, least(a_people, b_people) AS people,
            {render("stat_mh_ratio_error", "a_weighted", "b_weighted", "variance")} AS mh_error,
            {render("stat_mh_clustered_error", *of_cell)} AS error,
            {render("stat_mh_clustered_lower", "ratio", *of_cell)} AS lower,
            {render("stat_mh_clustered_upper", "ratio", *of_cell)} AS upper
        FROM combined JOIN summed USING (table_id) ORDER BY table_id
    """).df()
    connection().unregister("stay")
    return found
