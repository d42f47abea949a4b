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
WEIGHTS = {"young": 5.0, "middle": 3.0, "old": 2.0}
"""Strata of age, with their weight in the standard population."""
AUTHORITIES = ("E1", "E2")
DETENTION = {"measure_id": "mha_detention_rate"}


def is_like_the_standard(number: int) -> bool:
    """Organisations in which every group has the ages of the standard population."""
    return number % 5 == 1


def is_of_one_age(number: int) -> bool:
    return number % 5 == 2


@pytest.fixture(scope="module")
def counts() -> pd.DataFrame:
    """A likelihood, a rate over people's own time and a rate over residents, in strata too, for many organisations."""
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
            ]
    everybody = {"stratification": "none", "stratum": "none", "numerator_sq": np.nan, "numerator_people": np.nan}
    return pd.concat([pd.DataFrame(rows).assign(**everybody), detentions(draw)], ignore_index=True)


def detentions(draw: np.random.Generator) -> pd.DataFrame:
    """Detentions of residents by age, by authority and in all; who is of unknown age or ethnicity is no resident."""
    rows: list[dict[str, Any]] = []
    for number, code in itertools.product(range(ORGANISATIONS), (*KNOWN, *UNKNOWN)):
        if number % 10 == 0 and code in KNOWN:
            continue  # nobody's ethnicity is known here
        size, rate = int(draw.choice([20, 400, 4000])), draw.choice([0.0, 0.002, 0.01])
        for age in (*WEIGHTS, "unknown"):
            residents = float(draw.choice([0, size, 2 * size, 3 * size], p=[0.03, 0.37, 0.3, 0.3]))
            if is_like_the_standard(number):
                residents = size * WEIGHTS.get(age, 0.0)
            if code in UNKNOWN or age == "unknown" or (is_of_one_age(number) and age != "middle"):
                residents = 0.0
            people = int(draw.poisson(residents * rate))
            if code in UNKNOWN or age == "unknown":
                people = int(draw.poisson(0.6))
            if (
                (is_of_one_age(number) and age != "middle")
                or (is_like_the_standard(number) and age == "unknown")
                or (number % 7 == 0 and code in UNKNOWN)
            ):
                people = 0
            events = draw.geometric(0.6, people)
            rows.append({
                "organisation_code": f"O{number:03}", "ethnicity_code": code, "stratum": age, "denominator": residents,
                "numerator": float(events.sum()), "numerator_sq": float((events**2).sum()), "numerator_people": people,
                "authority": AUTHORITIES[0] if is_like_the_standard(number) else draw.choice(AUTHORITIES),
            })
    by_age = pd.DataFrame(rows)
    by_authority, whole = (
        by_age.drop(columns="stratum").rename(columns={"authority": "stratum"}).assign(**stratum)
        .groupby(["organisation_code", "ethnicity_code", "stratum"], as_index=False).sum()
        for stratum in ({}, {"stratum": "none"})
    )
    parts = {"age_sex": by_age.drop(columns="authority"), "authority": by_authority, "none": whole}
    return pd.concat([part.assign(stratification=name) for name, part in parts.items()], ignore_index=True).assign(
        **DETENTION, unit_code=lambda frame: frame["organisation_code"]
    )


@pytest.fixture(scope="module")
def engine(small_home: Home, tmp_path_factory: pytest.TempPathFactory, counts: pd.DataFrame) -> Iterator[Engine]:
    built = Engine(small_home, tmp_path_factory.mktemp("laws"))
    built.put("int_measure_stratum_people", [])
    built.put("int_measure_standard", [
        {**DETENTION, "stratification": "age_sex", "stratum": age, "weight": weight} for age, weight in WEIGHTS.items()
    ])
    built.put("int_measure_count", counts)
    built.build("int_measure_count", "int_measure_stratum_people")
    yield built
    built.connection.close()


@pytest.fixture(scope="module")
def rows(engine: Engine) -> pd.DataFrame:
    return engine.connection.execute("SELECT * FROM marts.equity_measure WHERE organisation_code LIKE 'O%'").df()


@pytest.fixture(scope="module")
def crude(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["adjustment"] == "crude"]


@pytest.fixture(scope="module")
def adjusted(rows: pd.DataFrame) -> pd.DataFrame:
    """Adjusted rows with the crude ones of the same group beside them."""
    key = ["measure_id", "organisation_code", "grouping", "group_code"]
    beside = rows[rows["adjustment"] != "crude"].merge(
        rows[rows["adjustment"] == "crude"], on=key, suffixes=("", "_crude"), validate="many_to_one"
    )
    assert set(beside["adjustment"]) == {"dsr", "isr", "mh_authority"}
    return beside.assign(number=beside["organisation_code"].str[1:].astype(int))


def test_declared_groups_are_always_present(crude: pd.DataFrame) -> None:
    groups = crude.groupby(["measure_id", "organisation_code", "grouping"])["group_code"].agg(frozenset)
    by_grouping = groups.groupby(["measure_id", "grouping"]).nunique()
    assert (by_grouping == 1).all()
    assert {len(each) for each in groups.xs("white_bme", level="grouping")} == {6}


def test_numerators_over_groups_and_unknown_are_those_of_the_counts(crude: pd.DataFrame, counts: pd.DataFrame) -> None:
    whole = counts[counts["stratification"] == "none"]
    expected = whole.groupby(["measure_id", "organisation_code"])["numerator"].sum().astype(float)
    found = crude.groupby(["measure_id", "organisation_code", "grouping"])["numerator"].sum().unstack()
    for grouping in ("white_bme", "broad_nhs", "broad_ons", "ethnic_16"):
        built = found[grouping].dropna()
        assert len(built) >= ORGANISATIONS
        pd.testing.assert_series_equal(built, expected[built.index], check_names=False)


@pytest.mark.parametrize("adjustment", ["dsr", "isr"])
def test_numerators_of_a_standardised_row_are_those_in_strata(
    adjusted: pd.DataFrame, counts: pd.DataFrame, adjustment: str
) -> None:
    """Together they are everybody of known age; where somebody is left out the row says so."""
    standardised = adjusted[adjusted["adjustment"] == adjustment]
    by_age = counts[counts["stratification"] == "age_sex"]
    known = by_age[by_age["stratum"] != "unknown"].groupby("organisation_code")["numerator"].sum()
    whole = standardised[(standardised["strata_empty"] == 0) | (adjustment == "dsr")]
    for grouping, groups in (("white_bme", 1), ("broad_nhs", 4)):
        of_group = whole[whole["grouping"] == grouping].groupby("organisation_code")
        of_group = of_group.filter(lambda rows: len(rows) == groups).groupby("organisation_code")  # noqa: B023
        first = of_group.first()
        found = of_group["numerator"].sum() + first["reference_numerator"] + first["unknown_numerator"]
        assert len(found) > ORGANISATIONS / 4
        pd.testing.assert_series_equal(found, known[found.index], check_names=False)
    two = standardised[standardised["grouping"] == "white_bme"].set_index("organisation_code")
    left_out = by_age[by_age["stratum"] == "unknown"].groupby("organisation_code")["numerator"].sum()
    assert 20 < (left_out > 0).sum() < ORGANISATIONS - 20
    assert (two["method"].str.contains("strata_unknown") == (left_out[two.index] > 0)).all()
    assert (standardised["numerator"] <= standardised["numerator_crude"]).all()
    assert (standardised["numerator_people"] <= standardised["numerator_people_crude"]).all()


def test_where_ages_do_not_differ_adjusted_figures_are_the_crude_ones(adjusted: pd.DataFrame) -> None:
    """Groups made up like the standard population; one stratum alone, which has no directly standardised rate."""
    alike, alone = adjusted["number"].map(is_like_the_standard), adjusted["number"].map(is_of_one_age)
    figures = ("value", "value_lower", "value_upper", "reference_value", "ratio", "ratio_lower", "ratio_upper",
               "excess_count", "bound_lower", "bound_upper")
    for adjustment, same in (("isr", alike | alone), ("dsr", alike)):
        compared = adjusted[same & (adjusted["adjustment"] == adjustment) & adjusted["ratio"].notna()]
        assert compared["ratio_lower"].notna().sum() > 20
        for name in figures:
            np.testing.assert_allclose(compared[name], compared[f"{name}_crude"], rtol=1e-7, err_msg=name)
    pooled = adjusted[(adjusted["adjustment"] == "mh_authority") & alike]
    assert pooled["ratio"].notna().sum() > 10
    np.testing.assert_allclose(pooled["ratio"], pooled["ratio_crude"], rtol=1e-9)


def test_a_comparison_over_strata_needs_enough_people_within_them(adjusted: pd.DataFrame, counts: pd.DataFrame) -> None:
    """Five expected people on either side; strata of one side only, or of nobody known, count for nothing."""
    sides = counts[(counts["stratification"] == "age_sex") & counts["ethnicity_code"].isin(KNOWN)].assign(
        side=lambda frame: np.where(frame["ethnicity_code"].isin(["A", "B"]), "white", "bme")
    )
    table = sides.groupby(["organisation_code", "stratum", "side"])[["numerator_people", "denominator"]].sum().unstack()
    people = table["numerator_people"].sum(axis=1)
    n1, n0 = (table["denominator"][side] for side in ("bme", "white"))
    used = (n1 > 0) & (n0 > 0)
    expected = pd.DataFrame({side: (people * n / (n1 + n0))[used] for side, n in (("bme", n1), ("white", n0))})
    fewest = expected.groupby("organisation_code").sum().min(axis=1)
    rows = adjusted[(adjusted["adjustment"] == "isr") & (adjusted["grouping"] == "white_bme")]
    rows = rows[rows["ratio_lower"].notna()].set_index("organisation_code")
    is_enough = fewest[rows.index] >= 5
    assert 10 < is_enough.sum() < len(rows) - 10
    assert ((rows["verdict"] != "too_few_to_say") == is_enough).all()


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


def test_a_ratio_without_limits_has_too_few_to_say(rows: pd.DataFrame) -> None:
    """Of nobody, and of everybody: there the logarithm has no error either."""
    without = rows[rows["ratio"].notna() & rows["ratio_lower"].isna()]
    assert (without["numerator"] == without["denominator"]).sum() > 5
    assert set(without["verdict"]) == {"too_few_to_say"}


def test_nothing_is_in_excess_where_nothing_is_defined(rows: pd.DataFrame) -> None:
    undefined = rows[rows["value"].isna() | rows["reference_value"].isna()]
    assert len(undefined) > 10
    assert undefined["excess_count"].isna().all()


def test_what_is_not_standardised_says_why(rows: pd.DataFrame) -> None:
    undefined = rows[(rows["adjustment"] == "dsr") & rows["ratio"].isna()]
    is_few = undefined[["numerator", "reference_numerator"]].min(axis=1) < 10
    methods = undefined["method"].str.split("|")
    assert is_few.sum() > 10
    assert (~is_few).sum() > 1
    assert (methods.map(lambda marks: "too_few_events" in marks) == is_few).all()
    assert (methods.map(lambda marks: "empty_stratum" in marks) == ~is_few).all()


def test_false_discovery_is_statsmodels(engine: Engine) -> None:
    figures = engine.connection.execute(
        "SELECT c.*, g.grouping, g.group_code, f.adjustment, f.p_value, m.is_fdr_significant"
        " FROM intermediate.int_measure_figure f JOIN intermediate.int_measure_cell c USING (cell_number)"
        " JOIN (SELECT group_number, grouping, group_code FROM intermediate.int_measure_declared_group) g"
        " USING (group_number)"
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
