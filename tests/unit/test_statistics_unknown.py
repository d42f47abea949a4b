"""What missing ethnicity could do: bounds, plausible range and tipping point against trying every allotment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement, product
from math import ceil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.statistics_duckdb import Table, connection, value_of, values_of
from tests.statistics_macros import render, render_text

SIDES = (("x", "n"), ("y", "m"))
Pair = tuple[Fraction | int, Fraction | int]


def splits(people: int) -> Iterator[tuple[int, int]]:
    """Unknown people to the group and to the reference; the rest belong to neither."""
    return ((own, other) for own in range(people + 1) for other in range(people + 1 - own))


def rate(pair: Pair) -> Fraction | None:
    return Fraction(pair[0]) / Fraction(pair[1]) if pair[1] else None


def check(cases: Sequence[Pair], references: Sequence[Pair], found: dict[str, float]) -> None:
    """Every allotment's values and ratio against the bounds found; NaN is a bound that does not exist."""
    values = [value for value in map(rate, cases) if value is not None]
    assert found["lower"] == pytest.approx(float(min(values)), abs=1e-12)
    assert found["upper"] == pytest.approx(float(max(values)), abs=1e-12)
    pairs = [(rate(own), rate(other)) for own, other in zip(cases, references, strict=True)]
    ratios = [own / other for own, other in pairs if own is not None and other]
    if not ratios:
        return
    assert found["ratio_lower"] == pytest.approx(float(min(ratios)), abs=1e-12)
    if any(other == 0 for _, other in pairs):
        assert np.isnan(found["ratio_upper"])
    else:
        assert found["ratio_upper"] == pytest.approx(float(max(ratios)), abs=1e-12)


def bounds(
    table: Table, sides: tuple[tuple[str, str], tuple[str, str]], eventless: object, moved: str
) -> Iterator[dict[str, float]]:
    """Bounds of the group's value and of the ratio, per row; the sides are the group's x and n and the reference's."""
    (low, high), (other_low, other_high) = (
        (("stat_bound_lower", *side, eventless), ("stat_bound_upper", *side, "u", moved)) for side in sides
    )
    columns = {
        "lower": values_of("safe_divide", table, low, "1e0"),
        "upper": values_of("safe_divide", table, high, "1e0"),
        "ratio_lower": values_of("safe_divide", table, low, other_high),
        "ratio_upper": values_of("safe_divide", table, high, other_low),
    }
    return (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))


def test_bounds_of_a_likelihood_are_sharp() -> None:
    """All tables of up to three people a side, up to two unknown with the event and two without."""
    sides = [(x, n) for n in range(1, 4) for x in range(n + 1)]
    tables = [(*own, *other, *unknown) for own, other, unknown in product(sides, sides, product(range(3), repeat=2))]
    names = ("x", "n", "y", "m", "u", "without")
    table = {name: np.array(column) for name, column in zip(names, zip(*tables, strict=True), strict=True)}
    table["unknown"] = table["u"] + table["without"]
    found = bounds(table, SIDES, ("stat_bound_eventless", "unknown", "u"), "u")
    for (x, n, y, m, u, without), row in zip(tables, found, strict=True):
        allotted = list(product(splits(u), splits(without)))
        check(
            [(x + with_[0], n + with_[0] + none[0]) for with_, none in allotted],
            [(y + with_[1], m + with_[1] + none[1]) for with_, none in allotted],
            row,
        )


def test_bounds_of_a_rate_of_residents_are_sharp() -> None:
    tables = list(product(range(4), (2, 5), range(4), (3, 8), range(4)))
    table = {name: np.array(column) for name, column in zip("xnymu", zip(*tables, strict=True), strict=True)}
    found = bounds(table, SIDES, "0", "0")
    for (x, n, y, m, u), row in zip(tables, found, strict=True):
        check([(x + own, n) for own, _ in splits(u)], [(y + other, m) for _, other in splits(u)], row)


UNKNOWN_PERSONS = [
    persons for size in range(5)
    for persons in combinations_with_replacement([(0, 1), (0, 3), (1, 1), (3, 2), (2, 5), (1, 40)], size)
]
"""Up to four unknown persons: events and time."""


def person_time_bounds(tables: Sequence[tuple[Pair, Pair, Sequence[Pair]]], *, elsewhere: bool) -> pd.DataFrame:
    """Bounds per table from the ways to split its unknown persons, the higher rates first."""
    splits = []
    for number, ((x, n), (y, m), persons) in enumerate(tables):
        ordered = sorted(persons, key=lambda person: -Fraction(person[0], person[1]))
        for k in range(len(ordered)):
            row: dict[str, float | None] = {"number": number}
            for suffix, first in (("", k), ("_next", k + 1)):
                parts = (ordered[:first], ordered[first:])
                (e, t), (f, s) = (map(sum, zip((0, 0), *part, strict=True)) for part in parts)
                values = {"own": (x + e, n + t), "other": (y + f, m + s)}
                values |= {"rest": (x + f, n + s), "first": (y + e, m + t)}
                row |= {name + suffix: float(value) if (value := rate(pair)) is not None else None
                        for name, pair in values.items()}
            splits.append(row)
    connection().register("split", pd.DataFrame(splits))
    upper, lower = (
        render(f"stat_bound_split_{side}", *names, *(f"{name}_next" for name in names), str(elsewhere))
        for side, names in (("upper", ("own", "other")), ("lower", ("rest", "first")))
    )
    return connection().execute(
        f"SELECT number, {upper} AS upper, {lower} AS lower FROM split GROUP BY number ORDER BY number"
    ).df().set_index("number")


@pytest.mark.parametrize("elsewhere", [True, False])
def test_bounds_of_person_time(elsewhere: bool) -> None:
    """Whole persons move: sharp on the far side of 1, and else never narrower than any allotment."""
    tables = [table for table in product(((1, 10), (0, 4), (20, 30)), ((1, 20), (3, 9)), UNKNOWN_PERSONS) if table[2]]
    seen = {"upper": 0, "lower": 0}
    for number, row in person_time_bounds(tables, elsewhere=elsewhere).iterrows():
        own, other, persons = tables[int(number)]  # type: ignore[call-overload]
        ratios = []
        for sides in product(range(3 if elsewhere else 2), repeat=len(persons)):
            groups: list[list[int]] = [list(own), list(other), [0, 0]]
            for side, (events, time) in zip(sides, persons, strict=True):
                groups[side][0] += events
                groups[side][1] += time
            ratios.append(Fraction(*groups[0]) / Fraction(*groups[1]))
        low, high = float(min(ratios)), float(max(ratios))
        assert row["upper"] >= high - 1e-12
        assert row["lower"] <= low + 1e-12
        if high >= 1:
            assert row["upper"] == pytest.approx(high, rel=1e-12)
            seen["upper"] += 1
        else:
            assert row["upper"] <= 1
        if low <= 1:
            assert row["lower"] == pytest.approx(low, rel=1e-12)
            seen["lower"] += 1
        else:
            assert row["lower"] >= 1
    assert min(seen.values()) > 100


TABLES, STRATA = 400, 3
SETTLED = ("own_events", "own_time", "other_events", "other_time", "block_events", "block_time", "block_people")
Block = tuple[float, float, float, float, float, float, float | None]


def likelihood_strata(random: np.random.Generator) -> list[tuple[tuple[int, ...], int, int]]:
    """Per stratum a, n1, b, n0 (sides may be empty), unknown people with the event and without."""
    strata = []
    for _ in range(STRATA):
        n1, n0 = (int(n) for n in random.integers(0, 7, 2))
        a, b = int(random.integers(0, n1 + 1)), int(random.integers(0, n0 + 1))
        strata.append(((a, n1, b, n0), int(random.integers(0, 4)), int(random.integers(0, 3))))
    return strata


def weighted_sums(table: tuple[int, ...]) -> tuple[float, float]:
    a, n1, b, n0 = table
    return (a * n0 / (n1 + n0), b * n1 / (n1 + n0)) if n1 + n0 else (0.0, 0.0)


@pytest.mark.parametrize("elsewhere", [True, False])
def test_adjusted_bounds_of_a_likelihood_are_those_of_every_allotment(elsewhere: bool) -> None:
    """Every allotment of the unknown of three strata, the absent side included; the rounds have settled."""
    random = np.random.default_rng([20251015, elsewhere])
    blocks, starts, expected = [], [], {}
    for number in range(TABLES):
        strata = likelihood_strata(random)
        known = np.sum([weighted_sums(table) for table, *_ in strata], axis=0)
        if not known[1]:
            continue
        settled = np.zeros(2)
        for stratum, ((a, n1, b, n0), u, without) in enumerate(strata):
            block: Block = (a, n1, b, n0 + without, u, u, u)
            if u:
                blocks.append((number, number * STRATA + stratum, 1, elsewhere, *block))
            else:
                settled += weighted_sums((a, n1, b, n0 + without))
        starts.append((number, known[0] / known[1], *settled))
        sums = np.zeros((1, 2))
        for (a, n1, b, n0), u, without in strata:
            each = [
                weighted_sums((a + x, n1 + x + p, b + y, n0 + y + q))
                for (x, y), (p, q) in product(splits(u), splits(without))
                if elsewhere or (x + y, p + q) == (u, without)
            ]
            sums = (sums[:, None] + np.array(each)[None]).reshape(-1, 2)
        expected[number] = (sums[:, 0] / sums[:, 1]).max()
    names = ("number", "stratum_number", "block_number", "is_elsewhere_open", *SETTLED)
    sums_of = ("number", "bound", "own_weighted", "other_weighted")
    connection().register("block", pd.DataFrame(blocks, columns=names))
    connection().register("start", pd.DataFrame(starts, columns=sums_of))
    rounds = render_text("stat_bound_mh_rounds", "block", "start", ["number"], 6)
    found = connection().execute(f"WITH {rounds} SELECT number, bound, last_bound FROM round_6").df()
    found = found.set_index("number")
    assert len(found) > TABLES / 2
    np.testing.assert_allclose(found["bound"], found["last_bound"].fillna(found["bound"]), rtol=1e-12)
    np.testing.assert_allclose(found["bound"], pd.Series(expected)[found.index], rtol=1e-9)


def test_leavers_count_as_one_more_person_each() -> None:
    """Three unknown people counted, five with the event: as if five were counted, all with the event."""
    assert value_of("stat_bound_eventless", 3, 5) == value_of("stat_bound_eventless", 5, 5) == 0
    assert value_of("stat_bound_eventless", 3, "cast(null as bigint)") is None


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 400), st.integers(0, 400), st.integers(0, 400), st.integers(0, 200), st.integers(0, 200))
def test_no_unknown_collapses_the_bounds_and_the_estimate_is_within(
    own: int, x: int, y: int, u: int, without: int
) -> None:
    x = min(x, own)
    for event, person in ((u, without), (0, 0)):
        low = value_of("stat_bound_lower", x, own, person)
        high = value_of("stat_bound_upper", x, own, event, event)
        assert low is not None
        assert high is not None
        assert low <= x / own + 1e-12
        assert high >= x / own - 1e-12
        assert low >= 0
        assert high <= 1 + 1e-12
    assert low == high == x / own
    split = [value_of("stat_plausible_group", x, x + y, 0, odds) for odds in (0.5, 2)]
    assert split == [x, x]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 400), st.lists(st.integers(0, 400), min_size=1, max_size=5), st.integers(0, 300), st.floats(0.1, 10)
)
def test_a_plausible_split_adds_up_and_keeps_the_odds(own: int, others: list[int], unknown: int, odds: float) -> None:
    known = own + sum(others)
    group = value_of("stat_plausible_group", own, known, unknown, odds)
    rest = [value_of("stat_plausible_other", other, own, known, unknown, odds) for other in others]
    assert group is not None
    assert group + sum(value for value in rest if value is not None) == pytest.approx(known + unknown)
    if unknown and sum(others):
        gained = (group - own, known + unknown - group - (known - own))
        assert gained[0] / gained[1] == pytest.approx(odds * own / sum(others), rel=1e-6)
    assert value_of("stat_plausible_group", own, known, unknown, 1) == pytest.approx(own * (known + unknown) / known)


def test_tipping_points_of_risks_are_whole_people() -> None:
    """Every table of up to five people a side and four unknown."""
    sides = [(x, n) for n in range(1, 6) for x in range(n + 1)]
    tables = [(*own, *other, u) for own, other, u in product(sides, sides, range(5))]
    names = ("a", "n1", "b", "n0", "u")
    found = values_of("stat_tipping_risk", dict(zip(names, map(np.array, zip(*tables, strict=True)), strict=True)))
    for (a, n1, b, n0, u), share in zip(tables, found, strict=True):
        low, high = sorted([(a, n1), (b, n0)], key=lambda side: Fraction(*side))
        enough = [k for k in range(u + 1) if Fraction(low[0] + k, low[1] + k) >= Fraction(*high)]
        assert np.isnan(share) if not (u and enough) else share == enough[0] / u


RATE = st.tuples(st.integers(0, 3_000), st.integers(1, 40_000_000))


@settings(max_examples=100, deadline=None)
@given(RATE, RATE, st.integers(1, 5_000), st.sampled_from([1, 12]))
def test_tipping_points_of_rates_are_whole_events(
    own: tuple[int, int], other: tuple[int, int], u: int, parts: int
) -> None:
    """Times in years, or in twelfths of one that no double holds."""
    (a, n1), (b, n0) = own, other
    low, high = sorted([own, other], key=lambda side: Fraction(*side))
    events = ceil(Fraction(high[0] * low[1], high[1]) - low[0])
    share = value_of("stat_tipping_rate", a, f"{n1} / {parts}e0", b, f"{n0} / {parts}e0", u)
    assert share == (pytest.approx(events / u, abs=1e-15) if events <= u else None)


EVENTS, OTHERS = st.integers(1, 5_000), st.integers(2, 100_000)


@settings(max_examples=60, deadline=None)
@given(EVENTS, EVENTS, OTHERS, OTHERS, st.floats(0.01, 0.99))
def test_detectable_ratio(a: int, b: int, more: int, others: int, share: float) -> None:
    """The errors are those of the ratio macros were both sides equal; at the ratio the power is 80%."""
    n1, n0 = a + more, b + others
    pooled = (a + b) / (n1 + n0)
    for found, equal in (
        (value_of("stat_detectable_ratio_risk_error", a, n1, b, n0),
         value_of("stat_risk_ratio_error", pooled * n1, n1, pooled * n0, n0)),
        (value_of("stat_detectable_ratio_rate_error", a, n1, b, n0),
         value_of("stat_rate_ratio_error", pooled * n1, pooled * n0)),
        (value_of("stat_detectable_ratio_share_error", n1, share),
         (stats.binom.var(n1, share) ** 0.5) / stats.binom.mean(n1, share)),
    ):
        assert found is not None
        assert found == pytest.approx(equal, rel=1e-9)
        ratio = value_of("stat_detectable_ratio", found)
        assert ratio is not None
        assert stats.norm.sf(stats.norm.ppf(0.975) - np.log(ratio) / found) == pytest.approx(0.8)
