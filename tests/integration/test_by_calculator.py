"""Rows of the mart worked out again by arithmetic, not the macros.

Adjusted rows and clustered limits from the published file alone, means and medians from the facts under `restricted/`.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.conftest import Home

CELL = ["measure_id", "basis", "denominator_rule", "period_type", "period_start", "organisation_code", "unit_level",
        "unit_code", "breakdown", "breakdown_value", "grouping"]
ROW = [*CELL, "group_code"]


@pytest.fixture(scope="module")
def published(small_home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(small_home.settings.published_file), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def rows(published: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    return published.execute(
        "SELECT m.*, c.multiplier FROM marts.equity_measure m JOIN marts.measure_catalogue c USING (measure_id)"
    ).df()


@pytest.fixture(scope="module")
def counts(published: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    return published.execute("SELECT * FROM marts.equity_measure_count").df()


def strata(rows: pd.DataFrame, counts: pd.DataFrame, stratification: str) -> pd.DataFrame:
    """Group (a of n) and reference (b of m) within each stratum, for every stratum that anybody stands in."""
    parts = counts[counts["stratification"] == stratification]
    compared = rows[[*ROW, "reference_group_code"]].drop_duplicates()
    every = compared.merge(parts[[*CELL, "stratum", "standard_weight"]].drop_duplicates(), on=CELL)
    figures = ["numerator", "denominator"]
    own = parts[[*ROW, "stratum", *figures]].rename(columns=dict(zip(figures, "an", strict=True)))
    other = parts[[*ROW, "stratum", *figures]].rename(
        columns={**dict(zip(figures, "bm", strict=True)), "group_code": "reference_group_code"}
    )
    beside = every.merge(own, on=[*ROW, "stratum"], how="left")
    beside = beside.merge(other, on=[*CELL, "reference_group_code", "stratum"], how="left")
    return beside.fillna(dict.fromkeys("anbm", 0.0))


def compare(rows: pd.DataFrame, found: pd.Series, column: str) -> None:
    """Every row that has the figure has the one worked out."""
    joined = rows.merge(found.rename("found").reset_index(), on=ROW)
    assert len(joined) == len(rows)
    has = joined[column].notna()
    assert has.sum() > 5
    np.testing.assert_allclose(joined.loc[has, column], joined.loc[has, "found"], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("adjustment", "stratification"), [("mh_authority", "authority"), ("mh_ward", "ward_quarter")])
def test_ratios_over_strata(
    rows: pd.DataFrame, counts: pd.DataFrame, adjustment: str, stratification: str
) -> None:
    chosen = rows[rows["adjustment"] == adjustment]
    table = strata(chosen, counts, stratification)
    both = table[(table["n"] > 0) & (table["m"] > 0)]
    together = both["n"] + both["m"]
    weighted = both.assign(own=both["a"] * both["m"] / together, other=both["b"] * both["n"] / together)
    sums = weighted.groupby(ROW)[["own", "other"]].sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        compare(chosen[chosen["ratio"].notna()], sums["own"] / sums["other"], "ratio")
    used = both.groupby(ROW).size()
    compare(chosen[chosen["strata_used"] > 0], used, "strata_used")


@pytest.mark.parametrize(("adjustment", "stratification"), [("mh_authority", "authority"), ("mh_ward", "ward_quarter")])
def test_limits_over_strata(
    published: duckdb.DuckDBPyConnection, rows: pd.DataFrame, counts: pd.DataFrame, adjustment: str, stratification: str
) -> None:
    """A side counts for the events that would vary as much; a small side is taken to cluster no less than both."""
    chosen = rows[(rows["adjustment"] == adjustment) & rows["method"].str.contains("clustered") & rows["ratio"].notna()]
    table = strata(chosen, counts, stratification)
    both = table[(table["n"] > 0) & (table["m"] > 0)]
    own, other = (both[side] / (both["n"] + both["m"]) for side in "mn")
    parts = both.assign(
        weighted=both["a"] * own, plain=both["a"] * own**2, other_weighted=both["b"] * other,
        other_plain=both["b"] * other**2,
    )
    sums = parts.groupby(ROW)[["weighted", "plain", "other_weighted", "other_plain"]].sum()
    cluster = published.execute("SELECT * FROM marts.equity_measure_cluster").df()
    sums = sums.join(cluster[cluster["stratification"] == stratification].set_index(ROW), how="inner")
    z = stats.norm.ppf(0.975)
    with np.errstate(divide="ignore", invalid="ignore"):
        size, other_size = sums["weighted"] ** 2 / sums["plain"], sums["other_weighted"] ** 2 / sums["other_plain"]
        design, other_design = sums["score_sq"] / sums["plain"], sums["reference_score_sq"] / sums["other_plain"]
        together = (size * design + other_size * other_design) / (size + other_size)
        variance = sum(
            (1 + (z**2 + 1) / (2 * people)) * np.maximum(found, together) / events
            for people, found, events in (
                (sums["numerator_people"], design, size),
                (sums["reference_numerator_people"], other_design, other_size),
            )
        )
        ratio = sums["weighted"] / sums["other_weighted"]
        for side, sign in (("lower", -1), ("upper", 1)):
            limit = f"ratio_{side}"
            compare(chosen[chosen[limit].notna()], ratio * np.exp(sign * z * np.sqrt(variance)), limit)


def test_indirect_standardisation(rows: pd.DataFrame, counts: pd.DataFrame) -> None:
    chosen = rows[(rows["adjustment"] == "isr") & rows["ratio"].notna()]
    table = strata(chosen, counts, "age_sex")
    table = table[table["standard_weight"].notna() & (table["n"] > 0) & (table["m"] > 0)]
    sums = table.assign(expected=table["n"] * table["b"] / table["m"]).groupby(ROW)[["a", "n", "expected"]].sum()
    compare(chosen, sums["a"] / sums["expected"], "ratio")
    compare(chosen, sums["a"] - sums["expected"], "excess_count")
    compare(chosen.assign(per_one=chosen["value"] / chosen["multiplier"]), sums["a"] / sums["n"], "per_one")


def test_direct_standardisation(rows: pd.DataFrame, counts: pd.DataFrame) -> None:
    chosen = rows[(rows["adjustment"] == "dsr") & rows["value"].notna()]
    table = strata(chosen, counts, "age_sex")
    table = table[table["standard_weight"] > 0]
    weighted = table.assign(rate=table["standard_weight"] * table["a"] / table["n"])
    sums = weighted.groupby(ROW)[["rate", "standard_weight"]].sum()
    compare(
        chosen.assign(per_one=chosen["value"] / chosen["multiplier"]), sums["rate"] / sums["standard_weight"], "per_one"
    )


def test_limits_of_a_rate_whose_events_cluster(rows: pd.DataFrame, counts: pd.DataFrame) -> None:
    clustered = counts[counts["stratification"] == "none"].set_index(ROW)
    chosen = rows[rows["method"].str.contains("clustered") & (rows["adjustment"] == "crude")]
    chosen = chosen[chosen["numerator"] < 10]  # from 10 events on the limits are Byar's, a table of their own
    events, squares = clustered["numerator"], clustered["numerator_sq"]
    for side, limit in (
        ("lower", stats.chi2.ppf(0.025, 2 * events) / 2), ("upper", stats.chi2.ppf(0.975, 2 * events + 2) / 2),
    ):
        found = (events + np.sqrt(squares / events) * (limit - events)).clip(lower=0)
        count = chosen[f"value_{side}"] / chosen["multiplier"] * chosen["denominator"]
        compare(chosen.assign(limit=count), found, "limit")


def test_means_and_medians_from_the_facts(small_home: Home, rows: pd.DataFrame) -> None:
    """Uses of section 2 by the year they ended in, of White and minority ethnic people."""
    with duckdb.connect(str(small_home.settings.restricted / "patient.duckdb"), read_only=True) as facts:
        again = facts.execute("""
            SELECT year(end_date - INTERVAL 3 MONTH) AS year,
                CASE WHEN ethnicity_code_2001 IN ('A', 'B', 'C') THEN 'white' ELSE 'bme' END AS group_code,
                count(*) AS sections, avg(end_date - start_date) AS mean, median(end_date - start_date) AS median
            FROM core.fct_mha_episode JOIN core.dim_person USING (person_key)
            WHERE legal_status_code = '02' AND detention_category IN ('A', 'B', 'C', 'L') AND end_date >= start_date
                AND recording_status = 'valid'
            GROUP BY ALL
        """).df()
    chosen = rows[(rows["period_type"] == "financial_year") & (rows["unit_level"] == "organisation")
                  & (rows["grouping"] == "white_bme")]
    chosen = chosen.assign(year=chosen["period_start"].dt.year)
    for statistic in ("mean", "median"):
        told = chosen[chosen["measure_id"] == f"section_2_length_{statistic}"]
        both = told.merge(again, on=["year", "group_code"])
        assert len(both) == len(told[told["group_code"].isin(["white", "bme"])]) >= 4
        np.testing.assert_allclose(both["value"], both[statistic], rtol=1e-12)
        assert (both["denominator"] == both["sections"]).all()
