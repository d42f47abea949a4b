"""The macros of process control, XmR and funnel, against published charts, worked examples and scipy, on DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.statistics_macros import render

R_NORMAL = (
    -0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774, 1.71506499, 0.46091621, -1.26506123, -0.68685285,
    -0.44566197, 1.22408180, 0.35981383, 0.40077145, 0.11068272, -0.55584113, 1.78691314, 0.49785048, -1.96661716,
    0.70135590, -0.47279141,
)
"""`set.seed(123); rnorm(20)` of R, the series NHSRplotthedots prints its charts of."""
PUBLISHED = {(0, 20): (0.142, -3.01, 3.29), (0, 10): (0.0746, -2.60, 2.75), (10, 20): (0.209, -3.28, 3.70)}
"""Mean and limits NHSRplotthedots prints for all points and for either half, to three digits."""

DIRECTIONS = {
    "above_upper_limit": 1, "below_lower_limit": -1, "rising": 1, "falling": -1, "two_of_three_high": 1,
    "two_of_three_low": -1, "run_above_mean": 1, "run_below_mean": -1, "common_cause": 0,
}
LEVELS = {"95": 0.025, "99.8": 0.001}


@lru_cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@dataclass(frozen=True)
class Point:
    """One point of a chart."""

    mean: float | None
    moving_range: float | None
    lower: float | None
    upper: float | None
    near_lower: float | None
    near_upper: float | None
    flags: tuple[bool | None, bool | None, bool | None, bool | None]
    signal: str
    direction: int


def charts(
    series: dict[str, Sequence[float | None]], least: int = 12, baseline: int = 24, resolution: str | None = None
) -> dict[str, list[Point]]:
    """The charts of several series by the macro, in one query whose rows come in no useful order."""
    points = [(name, place, x) for name, values in series.items() for place, x in enumerate(values)]
    rows = ", ".join(
        f"('{name}', {place}, cast({'null' if x is None else repr(float(x))} as double))"
        for name, place, x in sorted(points, key=lambda row: (row[1] * 7 % 5, row[0], -row[1]))
    )
    found = _connection().execute(
        f"with point as (select * from (values {rows}) as point (name, place, x)), "
        + render("stat_xmr_chart", "point", "name", "place", "x", least, baseline, *filter(None, [resolution]))
        + "select name, mean, moving_range, lower_limit, upper_limit, near_lower_limit, near_upper_limit, "
        "is_outside_limits, is_trend, is_two_of_three, is_run, signal, direction from xmr_chart order by name, place"
    ).fetchall()
    made: dict[str, list[Point]] = {name: [] for name in series}
    for name, *figures, outside, trend, near, run, signal, direction in found:
        made[name].append(Point(*figures, (outside, trend, near, run), signal, direction))
    return made


def chart(values: Sequence[float | None], least: int = 12, baseline: int = 24) -> list[Point]:
    return charts({"s": values}, least, baseline)["s"]


def signals(values: Sequence[float | None], least: int = 12, baseline: int = 24) -> list[str]:
    return [point.signal for point in chart(values, least, baseline)]


def sign(number: Fraction) -> int:
    return (number > 0) - (number < 0)


def by_hand(
    values: Sequence[Fraction], baseline: int = 24, one: Fraction = Fraction()
) -> list[tuple[list[Fraction], tuple[bool, ...], str]]:
    """Mean, limits, flags and label of each point as the rules are written, in exact arithmetic."""
    first = values[:baseline]
    ranges = [abs(after - before) for before, after in pairwise(first)]
    mean, every = sum(first, Fraction()) / len(first), sum(ranges, Fraction()) / len(ranges)
    kept = [each for each in ranges if each < Fraction("3.267") * every]
    width = sum(kept, Fraction()) / len(kept) if any(kept) else every
    limits = [mean - Fraction("2.66") * width, mean + Fraction("2.66") * width,
              mean - 2 * Fraction("2.66") / 3 * width, mean + 2 * Fraction("2.66") / 3 * width]
    edges = [beyond(limit, mean + (-one, one)[place % 2]) for place, (limit, beyond) in
             enumerate(zip(limits, (min, max, min, max), strict=True))]
    sides = [sign(x - mean) if abs(x - mean) > one else 0 for x in values]
    outside = [x < edges[0] - one or x > edges[1] + one for x in values]
    near = [not out and (x < edges[2] - one or x > edges[3] + one) for x, out in zip(values, outside, strict=True)]
    rising, falling, two, run = ([False] * len(values) for _ in range(4))
    for start in range(len(values) - 6):
        window = values[start:start + 7]
        steps = {sign(after - before) for before, after in pairwise(window)}
        steps = steps if abs(window[6] - window[0]) > one else set()
        for place in range(start, start + 7):
            rising[place] |= steps == {1}
            falling[place] |= steps == {-1}
            run[place] |= len(set(sides[start:start + 7])) == 1 and sides[start] != 0
    for start in range(len(values) - 2):
        together = abs(sum(sides[start:start + 3])) == 3 and sum(near[start:start + 3]) >= 2
        for place in range(start, start + 3):
            two[place] |= together and near[place]
    made = []
    for place, x in enumerate(values):
        goes_on_up = place + 1 < len(values) and values[place + 1] > x
        trend = "rising" if rising[place] and (not falling[place] or goes_on_up) else "falling"
        side = "high" if sides[place] > 0 else "low"
        label = (
            ("above_upper_limit" if x > mean else "below_lower_limit") if outside[place]
            else trend if rising[place] or falling[place]
            else f"two_of_three_{side}" if two[place]
            else ("run_above_mean" if sides[place] > 0 else "run_below_mean") if run[place]
            else "common_cause"
        )
        flags = (outside[place], rising[place] or falling[place], two[place], run[place])
        made.append(([mean, *limits], flags, label))
    return made


def assert_as_by_hand(
    values: Sequence[Fraction], found: list[Point], baseline: int = 24, one: Fraction = Fraction()
) -> None:
    for place, (lines, flags, label) in enumerate(by_hand(values, baseline, one)):
        point = found[place]
        assert [point.mean, point.lower, point.upper, point.near_lower, point.near_upper] == pytest.approx(
            [float(line) for line in lines], abs=5e-9
        )
        assert (point.flags, point.signal) == (flags, label), (place, values)
        assert point.moving_range == (float(abs(values[place] - values[place - 1])) if place else None)
        assert point.direction == DIRECTIONS[label]


@pytest.mark.parametrize("half", PUBLISHED)
def test_limits_are_those_nhsrplotthedots_prints(half: tuple[int, int]) -> None:
    points = chart(R_NORMAL[slice(*half)], least=2)
    found = {(point.mean, point.lower, point.upper) for point in points}
    assert len(found) == 1
    for figure, printed in zip(found.pop(), PUBLISHED[half], strict=True):
        assert float(f"{figure:.3g}") == printed
    assert {point.signal for point in points} == {"common_cause"}


def test_a_wild_moving_range_does_not_widen_the_limits() -> None:
    """Twelve ranges, ten of 4 and two of 46: their mean is 11, 46 is more than 3.267 times that, so r is 4."""
    points = chart([10, 14, 10, 14, 10, 14, 60, 14, 10, 14, 10, 14, 10])
    assert points[0].mean == pytest.approx(204 / 13, abs=1e-9)
    assert points[0].upper == pytest.approx(204 / 13 + 2.66 * 4, abs=1e-9)
    assert points[0].near_lower == pytest.approx(204 / 13 - 2 * 2.66 / 3 * 4, abs=1e-9)
    assert [point.signal for point in points] == ["common_cause"] * 6 + ["above_upper_limit"] + ["common_cause"] * 6


def test_ranges_are_kept_where_nothing_but_zero_would_be_left() -> None:
    """Else a series of one value with one exception would call every point but that one out of limits."""
    points = chart([28] * 8 + [5] + [28] * 8)
    assert points[0].upper == pytest.approx(453 / 17 + 2.66 * 46 / 16, abs=1e-9)
    assert [point.signal for point in points].count("below_lower_limit") == 1
    assert points[8].signal == "below_lower_limit"


def test_seven_on_one_side_of_the_mean_are_a_run_and_six_are_none() -> None:
    assert signals([5, 6, 5, 6, 5, 6, 5, 7, 8, 7, 8, 7, 8, 7]) == ["run_below_mean"] * 7 + ["run_above_mean"] * 7
    assert set(signals([5, 6, 5, 6, 5, 6, 9, 7, 8, 7, 8, 7, 8, 4])) == {"common_cause"} | {"run_above_mean"}
    assert set(signals([5, 6, 5, 6, 5, 6, 8, 7, 8, 7, 8, 7, 5, 8])) == {"common_cause"}


def test_six_steps_up_are_a_trend_and_five_are_none() -> None:
    assert signals([10, 8, 11, 9, 10, 7, 8, 9, 10, 11, 12, 13, 9, 10]) == (
        ["common_cause"] * 5 + ["rising"] * 7 + ["common_cause"] * 2
    )
    assert set(signals([10, 8, 11, 9, 10, 7, 8, 9, 10, 11, 12, 12, 9, 10])) == {"common_cause"}


def test_a_turning_point_belongs_to_the_trend_that_begins() -> None:
    hill = [0, 12] * 6 + [3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 4, 3]
    assert signals(hill, baseline=12)[12:] == ["rising"] * 6 + ["falling"] * 7
    assert signals([-x for x in hill], baseline=12)[12:] == ["falling"] * 6 + ["rising"] * 7


def test_two_of_three_near_a_limit_on_one_side() -> None:
    """Twelve points of 9 and 11: mean 10, r 2, near limits 6.45 and 13.55, limits 4.68 and 15.32."""
    steady = [9, 11] * 6
    high, low, common = "two_of_three_high", "two_of_three_low", "common_cause"
    assert signals([*steady, 14, 11, 14], baseline=12)[12:] == [high, common, high]
    assert signals([*steady, 6, 5, 9], baseline=12)[12:] == [low, low, common]
    assert set(signals([*steady, 14, 6, 14], baseline=12)[12:]) == {"common_cause"}
    assert set(signals([*steady, 14, 11, 11, 14], baseline=12)[12:]) == {"common_cause"}


def test_a_point_takes_the_first_label_that_fits() -> None:
    """The last of a rising seven lies outside, the others near it and on one side of the mean as well."""
    found = signals([9, 11] * 6 + [10.5, 11, 12, 13, 14, 15, 16], baseline=12)[12:]
    assert found == ["rising"] * 6 + ["above_upper_limit"]


def test_a_new_point_does_not_move_the_limits_it_is_judged_by() -> None:
    steady = [9, 11] * 12
    points = chart([*steady, 40, 40, 40])
    assert [point.upper for point in points] == pytest.approx([15.32] * 27, abs=1e-9)
    assert points[-1].signal == "above_upper_limit"


def test_nothing_is_judged_below_twelve_points() -> None:
    points = chart([9, 11] * 5 + [40])
    assert {point.signal for point in points} == {"too_few_points"}
    assert {(point.lower, point.upper, point.near_lower, point.flags) for point in points} == {
        (None, None, None, (None, None, None, None))
    }
    assert points[0].mean == pytest.approx(140 / 11, abs=1e-9)


@pytest.mark.parametrize("value", [0.0, 1 / 3, -2.2, 1e5 / 7])
def test_a_constant_series_says_nothing(value: float) -> None:
    points = chart([value] * 30)
    assert {point.signal for point in points} == {"common_cause"}
    assert [point.upper for point in points] == pytest.approx([value] * 30, abs=1e-9)


def counted(*counts: int, of: int = 50) -> list[str]:
    """The labels of counts out of as many each time."""
    return [point.signal for point in charts({"s": [count / of for count in counts]}, resolution=f"{1 / of!r}")["s"]]


def test_one_person_is_no_signal_on_a_flat_series() -> None:
    """Twelve months of 48, then 47 or 46: more than 2.66 moving ranges below the mean, and within one of its limits."""
    flat = [48] * 12
    assert signals([*flat, 47])[-1] == "below_lower_limit"
    assert counted(*flat, 47) == counted(*flat, 46) == counted(*flat, 49) == ["common_cause"] * 13
    assert counted(*flat, 45)[-1] == "below_lower_limit"
    assert counted(*flat, 50, of=60)[-1] == "common_cause"
    assert counted(*flat, 51, of=60)[-1] == "above_upper_limit"


def test_a_run_or_a_trend_within_one_person_is_none() -> None:
    """Of 50 each time 49 and then 48; of ever more, all but one."""
    assert set(signals([49] * 7 + [48] * 7)) == {"above_upper_limit", "below_lower_limit"}
    assert set(counted(*[49] * 7, *[48] * 7)) == {"common_cause"}
    grows = [2401 / 2450 + place / 1e4 for place in range(7)]
    steady = [0.94, 1.0] * 6
    assert set(signals([*steady, *grows])[12:]) == {"rising"}
    assert set(counted(*(50 * share for share in [*steady, *grows]))[12:]) == {"common_cause"}  # type: ignore[arg-type]


def test_points_without_a_value_are_passed_over() -> None:
    values = [9.0, 11.0] * 7
    with_gaps = [x for value in values for x in (value, None)]
    assert chart(with_gaps) == chart(values)


NUMBERS = st.integers(-60, 60).map(lambda number: Fraction(number, 4))
SERIES = st.lists(NUMBERS, min_size=12, max_size=44)
WALKS = st.lists(st.integers(-3, 4).map(lambda number: Fraction(number, 2)), min_size=12, max_size=44).map(
    lambda steps: [sum(steps[:place], Fraction()) for place in range(1, len(steps) + 1)]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(SERIES, WALKS), st.one_of(SERIES, WALKS), st.sampled_from([12, 15, 24]))
def test_every_figure_is_that_of_the_rules_as_written(
    one: list[Fraction], other: list[Fraction], baseline: int
) -> None:
    found = charts({"one": [float(x) for x in one], "other": [float(x) for x in other]}, baseline=baseline)
    assert_as_by_hand(one, found["one"], baseline)
    assert_as_by_hand(other, found["other"], baseline)


@settings(max_examples=100, deadline=None)
@given(st.one_of(SERIES, WALKS), st.sampled_from([Fraction(1, 8), Fraction(3, 8), Fraction(7, 8), Fraction(17, 8)]))
def test_every_figure_of_a_coarse_series_is_that_of_the_rules_as_written(one: list[Fraction], size: Fraction) -> None:
    found = charts({"one": [float(x) for x in one]}, resolution=repr(float(size)))
    assert_as_by_hand(one, found["one"], one=size)


def test_every_label_occurs_in_random_series() -> None:
    """A long battery in one query: each label is met, and each agrees with the rules as written."""
    random = np.random.default_rng(20250401)
    series = {}
    for number in range(120):
        values = random.normal(0, 4, 36) + (random.normal(0, 1.5, 36).cumsum() if number % 2 else 0)
        if number % 3 == 0:
            values[-8:] = (-1) ** number * np.linspace(-3, 3, 8)
        series[f"s{number}"] = [Fraction(round(4 * x), 4) for x in values]
    found = charts({name: [float(x) for x in values] for name, values in series.items()})
    for name, exact in series.items():
        assert_as_by_hand(exact, found[name])
    assert {point.signal for points in found.values() for point in points} == set(DIRECTIONS)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(LEVELS)),
    st.integers(1, 3_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.floats(0.001, 0.999),
)
def test_a_unit_is_outside_when_its_wilson_limits_leave_out_the_mean(
    level: str, unit: tuple[int, int], mean: float
) -> None:
    low, high = stats.binomtest(*unit).proportion_ci(1 - 2 * LEVELS[level], method="wilson")
    lower, upper = (
        _connection().execute(
            f"select {render(f'stat_funnel_proportion_{side}', mean, unit[1], render('stat_funnel_z', level))}"
        ).fetchall()[0][0]
        for side in ("lower", "upper")
    )
    assert 0 <= lower <= mean <= upper <= 1
    if min(abs(low - mean), abs(high - mean)) > 1e-9:
        assert (unit[0] / unit[1] < lower) == (high < mean)
        assert (unit[0] / unit[1] > upper) == (low > mean)


def funnel_counts(level: str, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper limit of the macro for many expected counts at once."""
    query = ", ".join(render(f"stat_funnel_rate_{side}", "expected", level) for side in ("lower", "upper"))
    _connection().register("frame", pd.DataFrame({"expected": expected}).reset_index(names="place"))
    found = np.array(_connection().execute(f"select {query} from frame order by place").fetchall(), dtype=float)
    return found[:, 0], found[:, 1]


@pytest.mark.parametrize("level", LEVELS)
def test_funnel_of_counts_is_exact_below_ten(level: str) -> None:
    """A count outside is one that chance reaches in less than half of what the level leaves."""
    expected = np.concatenate([np.arange(1, 2_000) / 200.0, np.random.default_rng(3).uniform(0, 10, 3_000)])
    lower, upper = funnel_counts(level, expected)
    tail = LEVELS[level]
    assert (lower == stats.poisson.ppf(tail, expected)).all()
    assert (upper == stats.poisson.isf(tail, expected)).all()


@pytest.mark.parametrize("level", LEVELS)
def test_constants_of_the_funnel_are_exact(level: str) -> None:
    """On either side of each: the exact Poisson limits of 0, 1, 2, ... events as far as they lie below 10."""
    tail, counts = LEVELS[level], np.arange(1, 30)
    uppers = stats.chi2.ppf(1 - tail, 2 * counts) / 2
    lowers = stats.chi2.ppf(tail, 2 * counts) / 2
    for limits, which in ((uppers[uppers < 10], 0), (lowers[lowers < 10], 1)):
        before = funnel_counts(level, limits * (1 - 1e-12))[which]
        after = funnel_counts(level, limits * (1 + 1e-12))[which]
        assert (before == np.arange(len(limits))).all()
        assert (after == np.arange(1, len(limits) + 1)).all()


@pytest.mark.parametrize("level", LEVELS)
def test_funnel_of_counts_from_ten_on(level: str) -> None:
    expected = np.exp(np.random.default_rng(4).uniform(np.log(10), np.log(20_000), 20_000))
    tail = LEVELS[level]
    limits = stats.poisson.ppf(tail, expected), stats.poisson.isf(tail, expected)
    for found, exact in zip(funnel_counts(level, expected), limits, strict=True):
        assert np.abs(found - exact).max() <= 1
        assert (found == exact).mean() > 0.99


def test_funnel_figures_worked_by_hand() -> None:
    """Mean 20% of 100 people: 20% -/+ 1.96 x 4 points. Ten expected: chance makes 4 or fewer in 2.9% of units."""
    query = ", ".join([
        render("stat_funnel_proportion_lower", 0.2, 100, render("stat_funnel_z", "95")),
        render("stat_funnel_proportion_upper", 0.2, 100, render("stat_funnel_z", "99.8")),
        render("stat_funnel_rate_lower", 10, "95"),
        render("stat_funnel_rate_upper", 10, "95"),
        render("stat_funnel_rate_lower", 3.6, "95"),
        render("stat_funnel_rate_lower", 3.7, "95"),
        render("stat_funnel_rate_upper", 0, "99.8"),
    ])
    assert _connection().execute(f"select {query}").fetchall()[0] == pytest.approx(
        (0.2 - 1.959963985 * 0.04, 0.2 + 3.090232306 * 0.04, 4, 17, 0, 1, 0), abs=1e-9
    )


@pytest.mark.parametrize(
    "arguments", [(0.2, 0, "1.96e0"), (-0.1, 10, "1.96e0"), (1.1, 10, "1.96e0"), ("null", 10, "1.96e0")]
)
def test_funnel_of_a_proportion_is_undefined_outside_its_domain(arguments: tuple[object, ...]) -> None:
    for side in ("lower", "upper"):
        query = render(f"stat_funnel_proportion_{side}", *arguments)
        assert _connection().execute(f"select {query}").fetchall() == [(None,)]


@pytest.mark.parametrize("expected", ["-1", "null", "cast(null as double)"])
@pytest.mark.parametrize("level", LEVELS)
def test_funnel_of_a_count_is_undefined_outside_its_domain(expected: str, level: str) -> None:
    for side in ("lower", "upper"):
        query = render(f"stat_funnel_rate_{side}", expected, level)
        assert _connection().execute(f"select {query}").fetchall() == [(None,)]
