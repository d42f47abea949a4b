"""Means and medians out of the engine, from single observations on: bounds against every allotment, and no false claim.

Belongs here: estimates with people of unknown ethnicity, and with people who have several observations. Does not belong
here: counts.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.conftest import Home
from tests.engine import Engine

ORGANISATIONS, SIMULATIONS = 120, 2_000
ALLOWED = int(stats.binom.ppf(0.999, SIMULATIONS, 0.025))
"""False claims in one direction that a 2.5% law leaves room for."""
CODES = {"N": "group", "A": "white", "H": "other", None: "unknown"}
GROUPINGS = {"white_bme": "bme", "broad_nhs": "black"}
MONTH = pd.Timestamp("2024-04-01")
FIGURES: dict[str, Callable[..., Any]] = {"mean": np.mean, "median": np.median}

Lengths = list[tuple[float, ...]]


@dataclass(frozen=True)
class Trust:
    """Lengths of each person, by code, in a small organisation."""

    number: int
    lengths: dict[str | None, Lengths]

    @property
    def code(self) -> str:
        """Of the organisation."""
        return f"E{self.number:03}"

    def side(self, grouping: str, *, is_group: bool) -> list[float]:
        """Lengths of the group, or of its reference."""
        codes = (["N"] if grouping != "white_bme" else ["N", "H"]) if is_group else ["A"]
        return [value for code in codes for person in self.lengths[code] for value in person]


def trusts() -> list[Trust]:
    """Random organisations; where the number divides by four, people have up to three observations."""
    draw = np.random.default_rng(20260402)
    made = []
    for number in range(ORGANISATIONS):
        levels = draw.choice([3, 10, 25], 4)
        lengths = {
            code: [
                tuple(float(value) for value in draw.poisson(level, 1 if number % 4 else draw.integers(1, 4)))
                for _ in range(int(draw.integers(0, 5 if code is None else 12 if number % 3 == 0 else 6)))
            ]
            for code, level in zip(CODES, levels, strict=True)
        }
        made.append(Trust(number, lengths))
    return made


TRUSTS = trusts()


def observed() -> pd.DataFrame:
    return pd.DataFrame([
        {"organisation_code": trust.code, "subject_key": f"{trust.code}-{code}-{number}", "code": code, "value": value}
        for trust in TRUSTS for code, people in trust.lengths.items()
        for number, person in enumerate(people) for value in person
    ])


def simulated() -> pd.DataFrame:
    """Organisations without any difference: people with up to six observations that are much alike."""
    draw = np.random.default_rng(1952)
    known, people = 150, 155
    size = SIMULATIONS * people
    observations = 1 + draw.binomial(5, draw.beta(0.5, 2, size))
    person = np.repeat(np.arange(size), observations)
    level = draw.normal(0, 0.7, size)
    number = person % people
    return pd.DataFrame({
        "organisation_code": np.char.add("S", (person // people).astype(str)), "subject_key": person.astype(str),
        "code": np.select([number < 30, number < known], ["N", "A"], None),
        "value": np.exp(2 + level[person] + draw.normal(0, 0.3, len(person))),
    })


def built_of(home: Home, folder: Any, frame: pd.DataFrame, groupings: str) -> Engine:
    """The engine over these observations of one financial year."""
    engine = Engine(home, folder)
    engine.connection.execute(
        "UPDATE reference.measure_catalogue SET groupings = ? WHERE measure_type = 'estimate'", [groupings]
    )
    engine.connection.execute(
        "DELETE FROM intermediate.int_measure_period"
        " WHERE measure_id LIKE 'section%' AND period_type <> 'financial_year'"
    )
    engine.put("int_section_2_length", frame.assign(month=MONTH, unit_code=frame["organisation_code"]))
    people = frame.dropna(subset=["code"]).drop_duplicates("subject_key")
    engine.put("int_person_ethnicity", people.assign(basis="2001", ethnicity_code=people["code"]))
    engine.put("int_measure_count", [])
    engine.put("int_measure_stratum_people", [])
    engine.put("int_measure_atom", [])
    engine.put("int_measure_unit", [
        {"organisation_code": code, "unit_code": code, "month": MONTH, "unit_level": "organisation",
         "ancestor_code": code, "level_order": 1} for code in frame["organisation_code"].unique()
    ])
    engine.build("int_section_2_length")
    return engine


@pytest.fixture(scope="module")
def engine(small_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    built = built_of(small_home, tmp_path_factory.mktemp("estimates"), observed(), "white_bme|broad_nhs")
    yield built
    built.connection.close()


@pytest.fixture(scope="module")
def null(small_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    built = built_of(small_home, tmp_path_factory.mktemp("null"), simulated(), "white_bme")
    yield built
    built.connection.close()


def found(engine: Engine, statistic: str, grouping: str) -> dict[str, dict[str, Any]]:
    rows = engine.measures(
        measure_id=f"section_2_length_{statistic}", grouping=grouping, group_code=GROUPINGS[grouping]
    )
    return {row["organisation_code"]: row for row in rows.to_dict("records")}


def allotted(trust: Trust, statistic: str, grouping: str, unknown: Lengths) -> np.ndarray[Any, Any]:
    """The ratio under every allotment of the unknown (people, or single observations) to group, reference, neither."""
    figure = FIGURES[statistic]
    ratios = []
    for sides in itertools.product(range(2 if grouping == "white_bme" else 3), repeat=len(unknown)):
        both = [trust.side(grouping, is_group=True), trust.side(grouping, is_group=False), []]
        for side, values in zip(sides, unknown, strict=True):
            both[side] += values
        if both[0] and both[1]:
            own, other = figure(both[0]), figure(both[1])
            ratios.append(own / other if other else np.inf if own else np.nan)
    return np.array(ratios)


@pytest.mark.parametrize(("statistic", "grouping"), list(itertools.product(FIGURES, GROUPINGS)))
def test_bounds_are_those_of_every_allotment(engine: Engine, statistic: str, grouping: str) -> None:
    """Sharp for people (mean) or single observations (median); never narrower than any allotment of people."""
    rows, sharp = found(engine, statistic, grouping), 0
    for trust in TRUSTS:
        row = rows.get(trust.code)
        if row is None or pd.isna(row["ratio"]):
            continue
        figures = [FIGURES[statistic](trust.side(grouping, is_group=side)) for side in (True, False)]
        assert row["ratio"] == pytest.approx(figures[0] / figures[1])
        ratios = np.append(allotted(trust, statistic, grouping, trust.lengths[None]), row["ratio"])
        low, high = np.nanmin(ratios), np.nanmax(ratios)
        assert row["bound_lower"] <= low * (1 + 1e-12), trust
        is_open = np.isinf(high) or (statistic == "median" and pd.isna(row["bound_upper"]))  # observations go alone
        assert is_open or row["bound_upper"] >= high * (1 - 1e-12), trust
        if statistic == "median":
            unknown = [(value,) for person in trust.lengths[None] for value in person]
            if len(unknown) > 6:
                continue
            ratios = np.append(allotted(trust, statistic, grouping, unknown), row["ratio"])
            low, high = np.nanmin(ratios), np.nanmax(ratios)
        if np.isinf(high):
            assert pd.isna(row["bound_upper"]), trust
        elif statistic == "median" or high >= 1:
            assert row["bound_upper"] == pytest.approx(high), trust
            sharp += len(trust.lengths[None]) > 1
        if statistic == "median" or low <= 1:
            assert row["bound_lower"] == pytest.approx(low), trust
    assert sharp > 30


@pytest.mark.parametrize(("statistic", "grouping"), list(itertools.product(FIGURES, GROUPINGS)))
def test_a_plausible_range_is_that_of_weighted_observations(engine: Engine, statistic: str, grouping: str) -> None:
    """Recomputed from the rule: odds of two and of a half, above and below the middle of the known."""
    seen = 0
    for code, row in found(engine, statistic, grouping).items():
        trust = TRUSTS[int(code[1:])]
        if pd.isna(row["ratio"]) or pd.isna(row["ratio_lower"]):
            continue
        known = [value for code in ("N", "A", "H") for person in trust.lengths[code] for value in person]
        unknown = np.array([value for person in trust.lengths[None] for value in person])
        split = {}
        for end, odds in (("low", 0.5), ("high", 2.0)):
            for is_group in (True, False):
                own = trust.side(grouping, is_group=is_group)
                factor = odds if is_group else 1 / odds
                each = np.select([unknown > np.median(known), unknown < np.median(known)], [factor, 1 / factor], 1)
                weight = each * len(own) / (len(known) + (each - 1) * len(own))
                split[end, is_group] = weighted(
                    statistic, np.append(own, unknown), np.append(np.ones(len(own)), weight)
                )
        for end, limit, side in (("low", "ratio_lower", "plausible_lower"), ("high", "ratio_upper", "plausible_upper")):
            expected = split[end, True] / split[end, False] * row[limit] / row["ratio"]
            assert row[side] == pytest.approx(expected, rel=1e-6), trust
        if not len(unknown):
            assert row["plausible_lower"] == pytest.approx(row["ratio_lower"])
        seen += len(unknown) > 0
    assert seen > 5


def weighted(statistic: str, values: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> float:
    if statistic == "mean":
        return float(np.average(values, weights=weights))
    order = np.argsort(values, kind="stable")
    reached = 2 * np.round(np.cumsum(np.round(weights[order], 9)), 9)
    total = np.round(np.round(weights, 9).sum(), 9)
    return float(values[order][reached >= total][0] + values[order][reached > total][0]) / 2


@pytest.mark.parametrize("statistic", FIGURES)
def test_chance_alone_is_rarely_called_a_difference(null: Engine, statistic: str) -> None:
    rows = pd.DataFrame(found(null, statistic, "white_bme").values())
    assert len(rows) == SIMULATIONS
    assert (rows["verdict"] != "too_few_to_say").mean() > 0.99
    for verdict in ("less_favourable", "more_favourable"):
        assert (rows["verdict"] == verdict).sum() <= ALLOWED, verdict
    limits = [(rows["ratio_lower"] > 1).sum(), (rows["ratio_upper"] < 1).sum()]
    assert max(limits) <= ALLOWED, limits
    assert sum(limits) > ALLOWED / 4, limits


def test_limits_of_single_observations_would_claim_too_much(null: Engine) -> None:
    """The simulation can fail: with each observation taken as a person of its own, chance is called far too often."""
    frame = null.connection.execute(
        "SELECT s.organisation_code, coalesce(e.ethnicity_code, 'none') AS code, avg(value) AS mean,"
        " var_samp(value) / count(*) AS variance FROM intermediate.int_section_2_length s"
        " LEFT JOIN intermediate.int_person_ethnicity e USING (subject_key) GROUP BY ALL"
    ).df().pivot(index="organisation_code", columns="code", values=["mean", "variance"])
    error = np.sqrt(sum(frame["variance"][code] / frame["mean"][code] ** 2 for code in ("N", "A")))
    falsely = (np.abs(np.log(frame["mean"]["N"] / frame["mean"]["A"])) > 1.96 * error).sum()
    assert falsely > 2 * 2 * ALLOWED
