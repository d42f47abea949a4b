"""Tails and the false discovery rate, against scipy and statsmodels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from tests.statistics_duckdb import connection, value_of, values_of
from tests.statistics_macros import false_discovery


def test_normal_tail_is_scipys_within_its_stated_error() -> None:
    z = np.concatenate([np.linspace(-37, 37, 74_001), [1.959963984540054, 1e-12, -1e-12]])
    found = values_of("stat_normal_tail", {"z": z})
    assert np.abs(found / stats.norm.sf(z) - 1).max() < 1.2e-7
    assert value_of("stat_normal_tail", 0) == 0.5
    assert value_of("stat_normal_tail", 1e6) == 0
    assert value_of("stat_normal_tail", -1e6) == 1


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 5, 6, 9, 30, 200, 1_000])
def test_chi_square_tail_is_scipys_within_its_stated_error(degrees: int) -> None:
    x = np.linspace(0, degrees + 12 * (2 * degrees) ** 0.5 + 30, 20_001)
    found = values_of("stat_chi_square_tail", {"x": x, "df": np.full(len(x), degrees)})
    expected = stats.chi2.sf(x, degrees)
    if degrees <= 4:
        assert np.abs(found / expected - 1).max() < 1.2e-7
    else:
        assert np.abs(found - expected).max() < 3e-4
        likely = expected >= 1e-6
        assert np.abs(found / expected - 1)[likely].max() < 0.03
    assert (found >= 0).all()
    assert (found <= 1).all()


P_VALUE = st.one_of(
    st.none(), st.floats(0, 1), st.floats(0, 0.06), st.sampled_from([0.0, 0.01, 0.0125, 0.025, 0.05, 1.0])
)
FAMILIES = st.lists(
    st.tuples(st.sampled_from(["detained", "restrained"]), st.sampled_from(["2024-04-01", None]), P_VALUE), max_size=60
)


def called(rows: Sequence[tuple[str, str | None, float | None]]) -> dict[tuple[str, str | None], float]:
    """Largest p called per family, by the macro."""
    connection().execute("CREATE OR REPLACE TABLE tested (measure_id VARCHAR, period VARCHAR, p DOUBLE)")
    if rows:
        connection().executemany("INSERT INTO tested VALUES (?, ?, ?)", rows)
    found = connection().execute(false_discovery("tested", ["measure_id", "period"], "p")).fetchall()
    return {(measure, period): p for measure, period, p in found}


@settings(max_examples=80, deadline=None)
@given(FAMILIES)
def test_false_discovery_is_statsmodels(rows: list[tuple[str, str | None, float | None]]) -> None:
    expected = {}
    for family in {row[:2] for row in rows}:
        values = np.array([p for *name, p in rows if tuple(name) == family and p is not None])
        if len(values) and multipletests(values, alpha=0.05, method="fdr_bh")[0].any():
            expected[family] = values[multipletests(values, alpha=0.05, method="fdr_bh")[0]].max()
    assert called(rows) == expected


def test_the_worked_example_of_benjamini_and_hochberg() -> None:
    """Fifteen p-values of their article, section 4: four are called."""
    p = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1.0]
    assert called([("thrombolysis", None, each) for each in p]) == {("thrombolysis", None): 0.0095}
    with_unknown = [("thrombolysis", None, each) for each in [*p, *[None] * 60]]
    assert called(with_unknown) == {("thrombolysis", None): 0.0095}
    assert called([("thrombolysis", None, 0.0502), ("restrained", None, 0.9)]) == {}
