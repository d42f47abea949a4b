"""The statistics macros against published figures and against scipy, on DuckDB."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import Table2x2

from tests.statistics_duckdb import connection, value_of
from tests.statistics_macros import AGGREGATES, CRUDE_RATES, GOLDEN, Aggregate, render_aggregate

COUNTS = st.integers(0, 5_000)
TIMES = st.floats(0.5, 1e7)


@pytest.mark.parametrize(("macro", "arguments", "expected", "tolerance"), GOLDEN)
def test_published_figures(macro: str, arguments: tuple[object, ...], expected: float | None, tolerance: float) -> None:
    found = value_of(macro, *arguments)
    if expected is None:
        assert found is None
    else:
        assert found == pytest.approx(expected, abs=tolerance, rel=0)


@pytest.mark.parametrize("figure", AGGREGATES, ids=lambda figure: f"{figure.macro} {figure.expected}")
def test_published_figures_over_strata(figure: Aggregate) -> None:
    row = connection().execute(render_aggregate(figure)).fetchone()
    assert row is not None
    if figure.expected is None:
        assert row[0] is None
    else:
        assert row[0] == pytest.approx(figure.expected, abs=figure.tolerance, rel=0)


@pytest.mark.parametrize("group", CRUDE_RATES)
def test_crude_rates_of_england(group: str) -> None:
    events, residents, rate = CRUDE_RATES[group]
    found = value_of("safe_divide", 100_000 * events, residents)
    assert found is not None
    assert round(found, 1) == rate


@pytest.mark.parametrize("count", range(10))
def test_poisson_constants_are_exact(count: int) -> None:
    lower = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    assert value_of("stat_poisson_lower", count) == pytest.approx(lower, rel=1e-14)
    assert value_of("stat_poisson_upper", count) == pytest.approx(stats.chi2.ppf(0.975, 2 * count + 2) / 2, rel=1e-14)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_scipys(table: tuple[int, int]) -> None:
    events, people = table
    expected = stats.binomtest(events, people).proportion_ci(method="wilson")
    assert value_of("stat_wilson_lower", events, people) == pytest.approx(expected.low, abs=1e-12)
    assert value_of("stat_wilson_upper", events, people) == pytest.approx(expected.high, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))),
    st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))),
)
def test_risk_ratio_is_scipys(own: tuple[int, int], reference: tuple[int, int]) -> None:
    expected = stats.contingency.relative_risk(*own, *reference)
    interval = expected.confidence_interval()
    table = (*own, *reference)
    assert value_of("stat_risk_ratio", *table) == pytest.approx(expected.relative_risk, rel=1e-12)
    if own[0] == own[1] or reference[0] == reference[1]:
        assert value_of("stat_risk_ratio_lower", *table) is None
        assert value_of("stat_risk_ratio_upper", *table) is None
    else:
        assert value_of("stat_risk_ratio_lower", *table) == pytest.approx(interval.low, rel=1e-9)
        assert value_of("stat_risk_ratio_upper", *table) == pytest.approx(interval.high, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(COUNTS, TIMES, COUNTS, TIMES)
def test_limits_contain_the_rate_figures(own: int, own_time: float, reference: int, reference_time: float) -> None:
    table = (own, own_time, reference, reference_time)
    for figure in ("stat_rate_ratio", "stat_rate_difference"):
        estimate = value_of(figure, *table)
        lower, upper = value_of(f"{figure}_lower", *table), value_of(f"{figure}_upper", *table)
        if figure == "stat_rate_ratio":
            assert (estimate is None) == (reference == 0)
            assert (lower is None) == (upper is None) == (reference == 0 or own == 0)
        if estimate is not None and lower is not None and upper is not None:
            slack = 1e-9 * max(abs(estimate), abs(lower), abs(upper))
            assert lower - slack <= estimate <= upper + slack
    assert value_of("stat_poisson_lower", own) <= own <= value_of("stat_poisson_upper", own)  # type: ignore[operator]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
)
def test_difference_is_newcombes(own: tuple[int, int], reference: tuple[int, int]) -> None:
    """Method 10 by hand from scipy's Wilson limits."""
    low1, high1 = stats.binomtest(*own).proportion_ci(method="wilson")
    low0, high0 = stats.binomtest(*reference).proportion_ci(method="wilson")
    p1, p0 = own[0] / own[1], reference[0] / reference[1]
    lower = p1 - p0 - ((p1 - low1) ** 2 + (high0 - p0) ** 2) ** 0.5
    upper = p1 - p0 + ((high1 - p1) ** 2 + (p0 - low0) ** 2) ** 0.5
    assert value_of("stat_risk_difference_lower", *own, *reference) == pytest.approx(lower, abs=1e-9)
    assert value_of("stat_risk_difference_upper", *own, *reference) == pytest.approx(upper, abs=1e-9)


TIER = st.integers(1, 5_000)


@settings(max_examples=60, deadline=None)
@given(TIER, TIER, TIER, TIER)
def test_race_disparity_ratio_is_statsmodels_odds_ratio(w_low: int, w_up: int, b_low: int, b_up: int) -> None:
    expected = Table2x2([[w_up, w_low], [b_up, b_low]])
    lower, upper = expected.oddsratio_confint(0.05)
    tiers = (w_low, w_up, b_low, b_up)
    assert value_of("stat_race_disparity_ratio", *tiers) == pytest.approx(expected.oddsratio, rel=1e-12)
    assert value_of("stat_race_disparity_ratio_lower", *tiers) == pytest.approx(lower, rel=1e-9)
    assert value_of("stat_race_disparity_ratio_upper", *tiers) == pytest.approx(upper, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.tuples(TIER, TIER, TIER), st.tuples(TIER, TIER, TIER))
def test_race_disparity_ratios_multiply_over_tiers(white: tuple[int, int, int], bme: tuple[int, int, int]) -> None:
    """Lower to upper is lower to middle times middle to upper."""
    (w_low, w_mid, w_up), (b_low, b_mid, b_up) = white, bme
    ratio = "stat_race_disparity_ratio"
    first, second = value_of(ratio, w_low, w_mid, b_low, b_mid), value_of(ratio, w_mid, w_up, b_mid, b_up)
    whole = value_of(ratio, w_low, w_up, b_low, b_up)
    assert first is not None
    assert second is not None
    assert whole == pytest.approx(first * second, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=3, max_size=3), st.floats(0, 1))
def test_a_tolerated_default_never_lowers_the_score(parts: list[int], threshold: float) -> None:
    """Between what no default tolerated gives and what all of them tolerated gives; a threshold of 0 is the lowest."""
    usable, defaults, invalid = parts
    valid, records = usable + defaults, usable + defaults + invalid
    found = value_of("stat_dqmi_item", valid, defaults, records, threshold)
    if records == 0:
        assert found is None
    else:
        assert found is not None
        assert 100 * usable / records - 1e-9 <= found <= 100 * valid / records + 1e-9
        assert value_of("stat_dqmi_item", valid, defaults, records, 0) == pytest.approx(100 * usable / records)
