"""No difference, many times over: how often limits that respect clustered events call one.

Belongs here: seeded null simulations from counts on, the limits computed by the macros. Does not belong here: figures.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.statistics_duckdb import clustered_limits, values_of

SIMULATIONS = 10_000
TABLES = 2_000
NOMINAL = 0.025
Counts = np.ndarray[Any, Any]

EVENTS_OF_A_PERSON: dict[str, Callable[[np.random.Generator, int], Counts]] = {
    "one": lambda random, size: np.ones(size, dtype=int),
    "geometric": lambda random, size: random.geometric(1 / 3, size),
    "heavy_geometric": lambda random, size: random.geometric(1 / 10, size),
    "negative_binomial": lambda random, size: 1 + random.negative_binomial(0.3, 0.3 / 4.3, size),
}


def allowed(simulations: int) -> int:
    """Most calls in one direction that chance leaves to a rate of 2.5%, once in a thousand simulations."""
    return int(stats.binom.ppf(0.999, simulations, NOMINAL))


def counts(law: str, people: float, random: np.random.Generator) -> tuple[Counts, Counts, Counts]:
    """Events, squared events of a person and people with an event, of so many expected people."""
    persons = random.poisson(people, SIMULATIONS)
    events = EVENTS_OF_A_PERSON[law](random, int(persons.sum()))
    owner = np.repeat(np.arange(SIMULATIONS), persons)
    squared = np.bincount(owner, events * events, SIMULATIONS)
    return np.bincount(owner, events, SIMULATIONS), squared, persons.astype(float)


def tables(law: str, people: tuple[float, float], ratio: float = 1) -> dict[str, Counts]:
    """Counts of the group, whose rate is `ratio` times that of the reference, and of the reference."""
    random = np.random.default_rng([20251015, *map(int, people)])
    table: dict[str, Counts] = {}
    for side, expected, rate in zip("ab", people, (ratio, 1), strict=True):
        table |= dict(zip((side, f"{side}_sq", f"{side}_people"), counts(law, expected * rate, random), strict=True))
        table[f"t_{side}"] = np.full(SIMULATIONS, float(expected))
    return table


def limits(table: dict[str, Counts]) -> tuple[Counts, Counts]:
    columns = ("a", "a_sq", "a_people", "t_a", "b", "b_sq", "b_people", "t_b")
    return (
        values_of("stat_clustered_rate_ratio_lower", table, *columns),
        values_of("stat_clustered_rate_ratio_upper", table, *columns),
    )


def plain_limits(table: dict[str, Counts]) -> tuple[Counts, Counts]:
    columns = ("a", "t_a", "b", "t_b")
    return values_of("stat_rate_ratio_lower", table, *columns), values_of("stat_rate_ratio_upper", table, *columns)


@pytest.mark.parametrize("law", EVENTS_OF_A_PERSON)
@pytest.mark.parametrize("people", [(5, 5), (5, 50), (5, 500), (12, 100), (20, 20), (50, 500)], ids=str)
def test_clustered_limits_of_a_rate_ratio_keep_their_promise(law: str, people: tuple[int, int]) -> None:
    table = tables(law, people)
    lower, upper = limits(table)
    assert (np.isnan(lower) == ((table["a"] == 0) | (table["b"] == 0))).all()
    assert (lower > 1).sum() <= allowed(SIMULATIONS)
    assert (upper < 1).sum() <= allowed(SIMULATIONS)


@pytest.mark.parametrize("law", EVENTS_OF_A_PERSON)
def test_poisson_limits_do_not(law: str) -> None:
    """The simulation can fail: limits that take events as independent find a difference in many null tables."""
    lower, upper = plain_limits(tables(law, (50, 500)))
    falsely = ((lower > 1) | (upper < 1)).mean()
    assert falsely < 0.06 if law == "one" else falsely > 0.3


def test_every_part_of_the_correction_is_needed() -> None:
    """Left out, each lets through more than chance allows: the factor for few people, the design of both groups."""
    table = tables("one", (5, 500)) | {"many": np.full(SIMULATIONS, 1e12)}
    columns = ("a", "a_sq", "many", "t_a", "b", "b_sq", "many", "t_b")
    assert (values_of("stat_clustered_rate_ratio_lower", table, *columns) > 1).sum() > allowed(SIMULATIONS)
    table = tables("negative_binomial", (5, 500))
    seen = (table["a"] > 0) & (table["b"] > 0)
    kept = {name: values[seen] for name, values in table.items()}
    error = np.sqrt(sum(
        values_of("stat_clustered_factor", kept, f"{side}_people") * kept[f"{side}_sq"] / kept[side] ** 2
        for side in "ab"
    ))
    ratio = values_of("stat_rate_ratio", kept, "a", "t_a", "b", "t_b")
    assert (np.log(ratio) + 1.96 * error < 0).sum() > 2 * allowed(SIMULATIONS)


def test_a_difference_is_still_found() -> None:
    table = tables("geometric", (50, 500), ratio=2)
    assert (limits(table)[0] > 1).mean() > 0.95
    table = tables("one", (50, 500))
    (lower, upper), (plain_lower, plain_upper) = limits(table), plain_limits(table)
    assert np.median(np.log(upper / lower) / np.log(plain_upper / plain_lower)) < 1.05


def stays(law: str, persons: tuple[int, int], share: float, wards: int) -> dict[str, Counts]:
    """Persons of many tables on so many wards in four quarters: each on one ward, for one to four quarters in a row.

    `persons` of the group and of the reference; the group is placed unevenly over wards that differ. `share` of persons
    have an event; a person's events fall on the days of the stays. For the law `risk` a person has at most one event in
    a stratum, and some persons are likelier than others to have one in each of their strata.
    """
    random = np.random.default_rng([20251015, *persons])
    people = sum(persons)
    is_group = np.tile(np.arange(people) < persons[0], TABLES)
    size = TABLES * people
    odds = np.arange(wards) + wards / 5
    ward = np.where(is_group, random.choice(wards, size, p=odds / odds.sum()), random.integers(0, wards, size))
    first = random.integers(0, 4, size)
    quarters = np.minimum(random.geometric(0.5, size), 4 - first)
    person = np.repeat(np.arange(size), quarters)
    starts = np.concatenate([[0], np.cumsum(quarters)[:-1]])
    quarter = first[person] + np.arange(len(person)) - starts[person]
    days = random.integers(5, 90, len(person)).astype(float)
    hazard = np.exp(random.normal(0, 0.5, (TABLES, wards)))[np.repeat(np.arange(TABLES), people), ward]
    if law == "risk":
        frailty = random.gamma(0.5, 2, size)
        y = (random.random(len(person)) < 1 - np.exp(-share * frailty * hazard)[person]).astype(int)
        n = np.ones(len(person))
    else:
        total = np.bincount(person, days, size)
        hit = random.random(size) < np.minimum(0.9, share * hazard * total / total.mean())
        events = np.where(hit, EVENTS_OF_A_PERSON[law](random, size), 0)
        owner = np.repeat(np.arange(size), events)
        reached = np.cumsum(days)
        day = reached[starts[owner]] - days[starts[owner]] + random.random(len(owner)) * total[owner]
        y = np.bincount(np.searchsorted(reached, day, side="right"), minlength=len(person))
        n = days
    return {
        "table_id": person // people, "person": person, "is_group": is_group[person],
        "stratum": ward[person] * 4 + quarter, "y": y.astype(float), "n": n,
    }


@pytest.mark.parametrize(("law", "persons", "share", "wards", "plain"), [
    ("risk", (60, 240), 0.08, 5, 0.0),
    ("risk", (60, 240), 0.25, 5, 0.07),
    ("risk", (60, 240), 0.12, 20, 0.0),
    ("one", (60, 240), 0.09, 5, 0.0),
    ("geometric", (40, 160), 0.14, 5, 0.25),
    ("geometric", (60, 60), 0.14, 20, 0.2),
    ("heavy_geometric", (25, 200), 0.25, 5, 0.5),
    ("heavy_geometric", (25, 200), 0.35, 20, 0.5),
    ("negative_binomial", (60, 240), 0.09, 5, 0.5),
])
def test_clustered_limits_of_the_mantel_haenszel_ratio_keep_their_promise(
    law: str, persons: tuple[int, int], share: float, wards: int, plain: float
) -> None:
    """`plain` of the null tables or more are called when persons are taken as independent."""
    found = clustered_limits(stays(law, persons, share, wards), "risk" if law == "risk" else "rate")
    assert found["people"].mean() >= 5
    assert (found["lower"] > 1).sum() <= allowed(TABLES)
    assert (found["upper"] < 1).sum() <= allowed(TABLES)
    known = found[found["ratio"] > 0]
    assert (np.abs(np.log(known["ratio"])) > 1.96 * known["mh_error"]).sum() >= plain * TABLES
    assert (known["error"] / known["mh_error"]).median() < (1.3 if law == "one" else 6)


def adjusted_differences(expected: float, reference: float, ratio: float) -> tuple[float, float, float]:
    """How often the limits of an adjusted difference lie above, around and below the true one.

    The group has `ratio` times the `expected` events; those expected are judged from so many of the reference.
    """
    random = np.random.default_rng([20251015, int(expected), int(reference), int(10 * ratio)])
    own, other = random.poisson(expected * ratio, SIMULATIONS), random.poisson(reference, SIMULATIONS)
    table = {"a": own, "b": other, "t": np.full(SIMULATIONS, expected), "s": np.full(SIMULATIONS, reference)}
    sides = ("a", "t", "b", "s")
    found = {
        "value": own / expected, "ratio": values_of("stat_rate_ratio", table, *sides),
        **{f"value_{side}": values_of(f"stat_poisson_{side}", table, "a") / expected for side in ("lower", "upper")},
        **{f"ratio_{side}": values_of(f"stat_rate_ratio_{side}", table, *sides) for side in ("lower", "upper")},
    }
    figures = ("value", "value_lower", "value_upper", "ratio", "ratio_lower", "ratio_upper")
    lower, upper = (values_of(f"stat_adjusted_difference_{side}", found, *figures) for side in ("lower", "upper"))
    true, defined = ratio - 1, ~np.isnan(lower)
    assert (defined == ((own > 0) & (other > 0))).all()
    above, below = ((side[defined]).mean() for side in (lower > true, upper < true))
    return float(above), float(1 - above - below), float(below)


@pytest.mark.parametrize("ratio", [0.5, 1, 2, 4])
@pytest.mark.parametrize("reference", [40, 160, 2_000])
def test_limits_of_an_adjusted_difference_hold_it(reference: float, ratio: float) -> None:
    above, around, below = adjusted_differences(40, reference, ratio)
    assert 0.915 <= around <= 0.985
    assert max(above, below) <= 0.05
