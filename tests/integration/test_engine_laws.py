"""Laws that hold for every row of the engine, on random counts with zeros, ones, empty groups and all unknown."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from tests.conftest import Home
from tests.engine import Engine

KNOWN = ("A", "B", "D", "H", "N", "R")
UNKNOWN = ("not_stated", "missing")
ORGANISATIONS = 120


@pytest.fixture(scope="module")
def counts() -> pd.DataFrame:
    """A likelihood, a rate over people's own time and a rate over residents for many organisations."""
    draw = np.random.default_rng(20250930)
    rows: list[dict[str, Any]] = []
    for number in range(ORGANISATIONS):
        size, risk = int(draw.choice([2, 6, 40, 400])), draw.choice([0.0, 0.1, 0.5, 1.0])
        for code in (*KNOWN, *UNKNOWN):
            if number % 10 == 0 and code in KNOWN:
                continue  # nobody's ethnicity is known here
            people = int(draw.integers(0, size + 1)) if code in KNOWN else int(draw.integers(0, 4))
            if number % 7 == 0 and code in UNKNOWN:
                people = 0
            events = int(draw.binomial(people, risk))
            days = float(draw.integers(people, 30 * people + 1))
            time = float(draw.integers(events, int(days) + 1)) if events else 0.0
            cell = {"organisation_code": f"O{number:03}", "unit_code": f"O{number:03}", "ethnicity_code": code}
            rows += [
                {**cell, "measure_id": "restraint_likelihood", "numerator": events, "denominator": people,
                 "event_denominator": events},
                {**cell, "measure_id": "restraint_rate", "numerator": events, "denominator": days,
                 "event_denominator": min(time, days)},
                {**cell, "measure_id": "mha_detention_rate", "numerator": events,
                 "denominator": 50.0 * people if code in KNOWN else 0.0},
            ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def engine(small_home: Home, tmp_path_factory: pytest.TempPathFactory, counts: pd.DataFrame) -> Iterator[Engine]:
    built = Engine(small_home, tmp_path_factory.mktemp("laws"))
    built.put("int_measure_stratum_person", [])
    built.put("int_measure_count", counts)
    built.build("int_measure_count", "int_measure_stratum_person")
    yield built
    built.connection.close()


@pytest.fixture(scope="module")
def rows(engine: Engine) -> pd.DataFrame:
    return engine.connection.execute(
        "SELECT * FROM marts.equity_measure WHERE organisation_code LIKE 'O%' AND adjustment = 'crude'"
    ).df()


def test_declared_groups_are_always_present(rows: pd.DataFrame) -> None:
    groups = rows.groupby(["measure_id", "organisation_code", "grouping"])["group_code"].agg(frozenset)
    by_grouping = groups.groupby(["measure_id", "grouping"]).nunique()
    assert (by_grouping == 1).all()
    assert {len(each) for each in groups.xs("white_bme", level="grouping")} == {6}


def test_numerators_over_groups_and_unknown_are_those_of_the_counts(rows: pd.DataFrame, counts: pd.DataFrame) -> None:
    expected = counts.groupby(["measure_id", "organisation_code"])["numerator"].sum().astype(float)
    found = rows.groupby(["measure_id", "organisation_code", "grouping"])["numerator"].sum().unstack()
    for grouping in ("white_bme", "broad_nhs", "broad_ons", "ethnic_16"):
        built = found[grouping].dropna()
        assert len(built) >= ORGANISATIONS
        pd.testing.assert_series_equal(built, expected[built.index], check_names=False)


def test_bounds_contain_the_ratio_and_collapse_without_unknown(rows: pd.DataFrame) -> None:
    compared = rows[rows["ratio"].notna()]
    assert len(compared) > ORGANISATIONS
    both = compared[compared["bound_upper"].notna()]
    assert (both["bound_lower"] <= both["ratio"]).all()
    assert (both["bound_upper"] >= both["ratio"]).all()
    known = compared[(compared["unknown_denominator"] == 0) & (compared["unknown_numerator"] == 0)]
    assert len(known) > 20
    for name in ("bound_lower", "bound_upper"):
        np.testing.assert_allclose(known[name], known["ratio"], rtol=1e-12)
    limited = known[known["ratio_lower"].notna()]
    np.testing.assert_allclose(limited["plausible_lower"], limited["ratio_lower"], rtol=1e-9)
    np.testing.assert_allclose(limited["plausible_upper"], limited["ratio_upper"], rtol=1e-9)


def test_limits_contain_every_figure(rows: pd.DataFrame) -> None:
    for name in ("value", "ratio", "difference"):
        limited = rows[rows[name].notna() & rows[f"{name}_lower"].notna()]
        assert len(limited) > ORGANISATIONS
        slack = 1e-9 * limited[name].abs().clip(lower=1)
        assert (limited[f"{name}_lower"] <= limited[name] + slack).all()
        assert (limited[f"{name}_upper"] >= limited[name] - slack).all()


def test_bounds_of_a_likelihood_are_those_of_every_allotment(rows: pd.DataFrame, counts: pd.DataFrame) -> None:
    """Each unknown person put with the minority ethnic or with the White people, in every way there is."""
    people = counts[counts["measure_id"] == "restraint_likelihood"].copy()
    people["side"] = people["ethnicity_code"].map(
        lambda code: "unknown" if code in UNKNOWN else "white" if code in ("A", "B") else "bme"
    )
    tables = people.groupby(["organisation_code", "side"])[["numerator", "denominator"]].sum()
    mart = rows[(rows["measure_id"] == "restraint_likelihood") & (rows["grouping"] == "white_bme")
                & (rows["group_code"] == "bme")].set_index("organisation_code")
    checked = 0
    for organisation, row in mart.iterrows():
        if pd.isna(row["ratio"]):
            continue
        (b, n1), (w, n0) = (tables.loc[(organisation, side)] for side in ("bme", "white"))
        u, people_unknown = tables.loc[(organisation, "unknown")]
        ratios = [
            ((b + x) / (n1 + x + y)) / ((w + u - x) / (n0 + u - x + people_unknown - u - y))
            for x, y in itertools.product(range(int(u) + 1), range(int(people_unknown - u) + 1))
        ]
        assert row["bound_lower"] == pytest.approx(min(ratios))
        assert row["bound_upper"] == pytest.approx(max(ratios))
        checked += 1
    assert checked > 40


def test_verdicts_follow_the_interval(rows: pd.DataFrame) -> None:
    claims = rows[rows["verdict"].isin(["less_favourable", "more_favourable"])]
    assert len(claims) > 10
    assert ((claims["ratio_lower"] > 1) == (claims["verdict"] == "less_favourable")).all()
    assert ((claims["ratio_upper"] < 1) == (claims["verdict"] == "more_favourable")).all()
    needed = claims[(claims["grouping"] != "white_bme") | (claims["unit_level"] != "organisation")]
    assert needed["is_fdr_significant"].all()
    zero = rows[(rows["ratio"] == 0) | (rows["reference_numerator"] == 0) & rows["ratio_direction"].notna()]
    compared = zero[zero["verdict"].notna()]
    assert len(compared) > 5
    assert (compared["verdict"] == "too_few_to_say").all()


def test_false_discovery_is_statsmodels(engine: Engine) -> None:
    figures = engine.connection.execute(
        "SELECT c.*, f.grouping, f.group_code, f.adjustment, f.p_value, m.is_fdr_significant"
        " FROM intermediate.int_measure_figure f JOIN intermediate.int_measure_cell c USING (cell_number)"
        " JOIN marts.equity_measure m USING (measure_id, basis, denominator_rule, period_type, period_start,"
        " organisation_code, unit_level, unit_code, breakdown, breakdown_value, grouping, group_code, adjustment)"
        " WHERE f.p_value IS NOT NULL"
    ).df()
    family = ["measure_id", "basis", "denominator_rule", "period_type", "period_start", "organisation_code",
              "unit_level", "grouping", "adjustment"]
    called = 0
    for _, group in figures.groupby(family):
        expected, *_ = multipletests(group["p_value"], alpha=0.05, method="fdr_bh")
        assert (group["is_fdr_significant"].astype(bool).to_numpy() == expected).all()
        called += int(expected.sum())
    assert called > 20
