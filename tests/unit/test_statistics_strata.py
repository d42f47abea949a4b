"""Figures over strata and of clustered events: against statsmodels, against leaving persons out, and by their laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.meta_analysis import combine_effects

from tests.statistics_duckdb import aggregate_of, clustered_limits, value_of

SIDES = ("a", "n1", "b", "n0")
SIDE = st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
STRATA = st.lists(st.tuples(SIDE, SIDE).map(lambda sides: (*sides[0], *sides[1])), min_size=1, max_size=6)
TIMES = st.floats(0.5, 1e6)
COUNTS = st.integers(0, 300)
PERSON_TIME = st.lists(st.tuples(COUNTS, TIMES, COUNTS, TIMES), min_size=1, max_size=6)


def columns(strata: list[tuple[Any, ...]], names: tuple[str, ...] = SIDES) -> dict[str, list[Any]]:
    return {name: list(values) for name, values in zip(names, zip(*strata, strict=True), strict=True)}


@settings(max_examples=60, deadline=None)
@given(STRATA)
def test_mantel_haenszel_risk_ratio_is_statsmodels(strata: list[tuple[int, int, int, int]]) -> None:
    """Empty strata are left to the macro; statsmodels sees the others."""
    found = aggregate_of("stat_mh_risk_ratio", columns(strata))
    tables = [[[a, n1 - a], [b, n0 - b]] for a, n1, b, n0 in strata if n1 and n0]
    if not any(b for _, n1, b, n0 in strata if n1 and n0):
        assert found is None
    else:
        pooled = StratifiedTable([np.array(table, dtype=float) for table in tables], shift_zeros=False).riskratio_pooled
        assert found == pytest.approx(pooled, rel=1e-9, abs=1e-15)


@settings(max_examples=30, deadline=None)
@given(STRATA, STRATA)
def test_mantel_haenszel_limits_contain_the_ratio(
    own: list[tuple[int, int, int, int]], more: list[tuple[int, int, int, int]]
) -> None:
    for kind in ("risk", "rate"):
        strata = columns(own + more)
        ratio = aggregate_of(f"stat_mh_{kind}_ratio", strata)
        lower = aggregate_of(f"stat_mh_{kind}_ratio_lower", strata)
        upper = aggregate_of(f"stat_mh_{kind}_ratio_upper", strata)
        used = [row for row in own + more if row[1] and row[3]]
        a, n1, b, n0 = map(sum, zip(*used, strict=True)) if used else (0, 0, 0, 0)
        assert (ratio is None) == (b == 0)
        assert (lower is None) == (upper is None)
        assert (lower is None) == (not (a and b) or (kind == "risk" and (a == n1 or b == n0)))
        if ratio is not None and lower is not None and upper is not None:
            assert lower < ratio < upper


@settings(max_examples=25, deadline=None)
@given(st.tuples(SIDE, SIDE), st.tuples(COUNTS, TIMES, COUNTS, TIMES))
def test_one_stratum_gives_the_crude_ratio(
    sides: tuple[tuple[int, int], tuple[int, int]], rates: tuple[int, float, int, float]
) -> None:
    for kind, table in (("risk", (*sides[0], *sides[1])), ("rate", rates)):
        for suffix in ("", "_lower", "_upper"):
            crude = value_of(f"stat_{kind}_ratio{suffix}", *table)
            found = aggregate_of(f"stat_mh_{kind}_ratio{suffix}", columns([table]))
            assert found == (None if crude is None else pytest.approx(crude, rel=1e-9))


@settings(max_examples=30, deadline=None)
@given(PERSON_TIME)
def test_the_other_direction_inverts_the_rate_ratio(strata: list[tuple[int, float, int, float]]) -> None:
    table = columns(strata)
    for suffix, other in (("", ""), ("_lower", "_upper"), ("_upper", "_lower")):
        there = aggregate_of(f"stat_mh_rate_ratio{suffix}", table)
        back = aggregate_of(f"stat_mh_rate_ratio{other}", table, "b", "n0", "a", "n1")
        if there and back:
            assert there * back == pytest.approx(1, rel=1e-9)


@pytest.mark.filterwarnings("ignore:divide by zero")  # its I squared, at a Q of 0
@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(0.05, 2)), min_size=2, max_size=20))
def test_homogeneity_is_statsmodels(strata: list[tuple[float, float]]) -> None:
    table = columns([*strata, (None, 0.4), (0.2, None), (None, None)], ("log_ratio", "error"))
    combined = combine_effects(*map(np.array, zip(*[(ratio, error**2) for ratio, error in strata], strict=True)))
    assert aggregate_of("stat_homogeneity_statistic", table) == pytest.approx(combined.q, rel=1e-6, abs=1e-5)
    assert aggregate_of("stat_homogeneity_degrees", table) == len(strata) - 1


@pytest.mark.parametrize("strata", [
    [(0.1, 0.2), (0.9, 0.3)], [(0.1, 0.2), (0.9, 0.3), (-0.4, 0.25)], [(0.2 * step, 0.3) for step in range(12)],
])
def test_p_of_homogeneity_is_statsmodels(strata: list[tuple[float, float]]) -> None:
    combined = combine_effects(*map(np.array, zip(*[(ratio, error**2) for ratio, error in strata], strict=True)))
    found = aggregate_of("stat_homogeneity", columns(strata, ("log_ratio", "error")))
    assert found == pytest.approx(combined.test_homogeneity().pvalue, abs=1e-7 if len(strata) < 6 else 3e-4)


BANDS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 5_000), st.integers(1, 90_000)), min_size=1, max_size=8
).map(lambda bands: columns(bands, ("x", "n", "w")))


@settings(max_examples=25, deadline=None)
@given(BANDS, st.integers(2, 9))
@example({"x": [1, 9], "n": [1, 14], "w": [1, 1]}, 2)  # one event of one person: the formula goes below 0
def test_direct_standardisation(bands: dict[str, list[int]], times: int) -> None:
    rate, lower, upper = (aggregate_of(f"stat_dsr{suffix}", bands) for suffix in ("", "_lower", "_upper"))
    if sum(bands["x"]) < 10:
        assert (rate, lower, upper) == (None, None, None)
        return
    assert rate is not None
    assert lower is not None
    assert upper is not None
    assert rate == pytest.approx(np.average(np.divide(bands["x"], bands["n"]), weights=bands["w"]), rel=1e-9)
    assert 0 <= lower < rate < upper
    # The standard's size does not matter; the group's own structure as the standard gives its crude rate, Byar's limits
    shares = bands | {"w": [weight / sum(bands["w"]) for weight in bands["w"]]}
    assert aggregate_of("stat_dsr_upper", shares) == pytest.approx(upper, rel=1e-6)
    events, people = sum(bands["x"]), sum(bands["n"])
    assert aggregate_of("stat_dsr", bands, "x", "n", "n") == pytest.approx(events / people, rel=1e-9)
    for suffix in ("_lower", "_upper"):
        byar = value_of(f"stat_byar{suffix}", events)
        assert byar is not None
        assert aggregate_of(f"stat_dsr{suffix}", bands, "x", "n", "n") == pytest.approx(byar / people, rel=1e-9)
    # Everybody with so many events each: the error grows by the root of it, beside the same number of events
    plain, clustered, further_down, further_up = (
        aggregate_of(f"stat_dsr_{figure}", bands, "x", "n", "w", squared) or 0.0
        for figure, squared in (
            ("variance", "x"), ("variance", f"x * {times}"), ("lower", f"x * {times}"), ("upper", f"x * {times}"),
        )
    )
    assert clustered == pytest.approx(times * plain, rel=1e-9)
    assert further_down < lower or lower == 0
    assert further_up > upper


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 400), st.floats(0.5, 5_000))
def test_indirect_standardisation_is_the_exact_or_byars_limit(observed: int, expected: float) -> None:
    for suffix, tail in (("_lower", 0.025), ("_upper", 0.975)):
        found = value_of(f"stat_isr{suffix}", observed, expected)
        degrees = 2 * observed + (2 if suffix == "_upper" else 0)
        exact = stats.chi2.ppf(tail, degrees) / 2 if degrees else 0.0
        assert found == pytest.approx(exact / expected, rel=1e-12 if observed < 10 else 2e-3)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=40))
def test_limits_of_a_clustered_count(events: list[int]) -> None:
    """Events of each person with any."""
    count, squared = sum(events), sum(each * each for each in events)
    lower, upper = (value_of(f"stat_clustered_{side}", count, squared) for side in ("lower", "upper"))
    poisson = [value_of(f"stat_poisson_{side}", count) for side in ("lower", "upper")]
    assert lower is not None
    assert upper is not None
    assert 0 <= lower < count < upper
    if max(events) == 1:
        assert [lower, upper] == pytest.approx(poisson)
    else:
        assert lower < poisson[0]  # type: ignore[operator]
        assert upper > poisson[1]  # type: ignore[operator]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=2, max_size=30), st.lists(st.integers(1, 9), min_size=2, max_size=30))
def test_laws_of_the_clustered_rate_ratio(group: list[int], reference: list[int]) -> None:
    def counts(events: list[int], times: int = 1) -> tuple[int, int, int]:
        return times * sum(events), times * times * sum(each * each for each in events), len(events)

    error = value_of("stat_clustered_rate_ratio_error", *counts(group), *counts(reference))
    assert error is not None
    # Never narrower than for independent events; the same when every event is counted so many times; no favoured side
    plain = value_of("stat_rate_ratio_error", sum(group), sum(reference))
    assert plain is not None
    assert error > plain
    assert value_of("stat_clustered_rate_ratio_error", *counts(group, 7), *counts(reference, 7)) == pytest.approx(error)
    there = value_of("stat_clustered_rate_ratio_lower", *counts(group), 120.5, *counts(reference), 80)
    back = value_of("stat_clustered_rate_ratio_upper", *counts(reference), 80, *counts(group), 120.5)
    assert there is not None
    assert back is not None
    assert there * back == pytest.approx(1)


def persons_on_wards(kind: str) -> dict[str, np.ndarray[Any, Any]]:
    """200 persons, each in one to four of eight strata, some far likelier than others to have events."""
    random = np.random.default_rng(20251015)
    person, stratum = np.nonzero(random.random((200, 8)) < 0.25)
    is_group = random.random(200) < 0.35
    frailty = random.gamma(1, 1, 200)
    days = random.integers(5, 90, len(person)).astype(float)
    if kind == "risk":
        return {"person": person, "stratum": stratum, "is_group": is_group[person], "n": np.ones(len(person)),
                "y": (random.random(len(person)) < 1 - np.exp(-0.4 * frailty[person])).astype(float)}
    return {"person": person, "stratum": stratum, "is_group": is_group[person], "n": days,
            "y": random.poisson(0.04 * frailty[person] * days).astype(float)}


@pytest.mark.parametrize("kind", ["risk", "rate"])
def test_clustered_error_is_that_of_leaving_each_person_out(kind: str) -> None:
    """The jackknife over persons, 200 tables with one person missing from each, knows nothing of scores."""
    whole = persons_on_wards(kind)
    found = clustered_limits({"table_id": np.zeros(len(whole["person"]))} | whole, kind).iloc[0]
    names = np.unique(whole["person"])
    kept = [whole["person"] != name for name in names]
    left = {column: np.concatenate([values[keep] for keep in kept]) for column, values in whole.items()}
    left["table_id"] = np.repeat(np.arange(len(names)), [keep.sum() for keep in kept])
    logs = np.log(clustered_limits(left, kind)["ratio"])
    jackknife = np.sqrt((len(names) - 1) * np.var(logs))
    factor = value_of("stat_clustered_factor", int(found["people"]))
    assert factor is not None
    robust = found["error"] / np.sqrt(factor)
    assert robust > 1.1 * found["mh_error"]
    assert robust == pytest.approx(jackknife, rel=0.04)


def test_somebody_alone_on_a_side_has_a_variance() -> None:
    """Strata of one person of the group: centred on their own mean they would score nothing."""
    assert value_of("stat_mh_clustered_residual", 1, 1, 1, 1) == 1
    assert value_of("stat_mh_clustered_residual", 0, 1, 1, 2) == pytest.approx(-0.5 * 2**0.5)
    assert value_of("stat_mh_clustered_residual", 2, 0, 7, 4000) == 2
    assert value_of("stat_mh_clustered_residual", "cast(null as double)", 1, 2, 3) is None


def test_a_stratum_of_one_side_weighs_nothing() -> None:
    """There the group has nobody to be compared with."""
    assert value_of("stat_mh_clustered_weight", 2, 8) == pytest.approx(0.8)
    assert value_of("stat_mh_clustered_weight", 4000, 6000) == pytest.approx(0.6)
    assert value_of("stat_mh_clustered_weight", 3, 0) == 0
    assert value_of("stat_mh_clustered_weight", "cast(null as double)", 4) == 0


def test_in_one_stratum_of_residents_it_is_the_clustered_rate_ratio() -> None:
    """28 people with 80 events among 5,000 residents, 90 with 160 among 20,000; weights cancel."""
    group, reference = (80, 410, 28), (160, 388, 90)
    for side in ("lower", "upper"):
        sides = []
        for (events, squared, people), own, other in ((group, 5000, 20000), (reference, 20000, 5000)):
            weight = other / (own + other)
            sides += [events * weight, events * weight**2, squared * weight**2, people]
        crude = value_of(f"stat_clustered_rate_ratio_{side}", *group, 5000, *reference, 20000)
        assert value_of(f"stat_mh_clustered_{side}", 2, *sides) == pytest.approx(crude, rel=1e-12)
