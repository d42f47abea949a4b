"""Where nothing differs, the engine says so: 2,000 simulated organisations without any difference, from counts on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.conftest import Home
from tests.engine import Engine

SIMULATIONS = 2_000
ALLOWED = int(stats.binom.ppf(0.999, SIMULATIONS, 0.025))
"""False claims in one direction that a 2.5% law leaves room for."""
GROUP, WHITE = 60, 240
WARDS, QUARTERS = 3, 4


@pytest.fixture(scope="module")
def engine(small_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    draw = np.random.default_rng(1976)
    people = pd.concat([inpatients(draw, number) for number in range(SIMULATIONS)], ignore_index=True)
    built = Engine(small_home, tmp_path_factory.mktemp("null"))
    strata = people.assign(stratification="ward_quarter")
    built.put("int_measure_stratum_person", strata)
    built.put("int_measure_count", pd.concat([likelihoods(draw), crude(people), counted(strata)], ignore_index=True))
    built.build("int_measure_count", "int_measure_stratum_person")
    yield built
    built.connection.close()


def organisation(number: int) -> dict[str, Any]:
    return {"organisation_code": f"S{number:04}", "unit_code": f"S{number:04}"}


def likelihoods(draw: np.random.Generator) -> pd.DataFrame:
    """People restrained, one in ten in every group."""
    rows = []
    for number in range(SIMULATIONS):
        for code, people in (("N", 150), ("A", 600), ("missing", 20)):
            events = int(draw.binomial(people, 0.1))
            rows.append({**organisation(number), "measure_id": "restraint_likelihood", "ethnicity_code": code,
                         "numerator": events, "denominator": people, "event_denominator": events})
    return pd.DataFrame(rows)


def inpatients(draw: np.random.Generator, number: int) -> pd.DataFrame:
    """Bed days and restraints of inpatients who stay on up to three wards; few people have most of the events."""
    people = GROUP + WHITE
    minority = np.arange(people) < GROUP
    proneness = draw.gamma(0.4, 2.5, people)
    # minority ethnic patients lie more often on the first ward, where more happens: the crude ratio is confounded
    first = draw.random(people) < np.where(minority, 0.5, 0.2)
    ward = np.where(first, 0, draw.integers(1, WARDS, people))
    frames = []
    for stay in range(2):
        where = ward if stay == 0 else draw.integers(0, WARDS, people)
        quarter = draw.integers(0, QUARTERS, people)
        days = draw.integers(3, 60, people).astype(float)
        happening = np.array([0.03, 0.01, 0.01])[where]
        events = draw.poisson(proneness * happening * days).astype(float)
        frames.append(pd.DataFrame({"person": np.arange(people), "ward": where, "quarter": quarter, "denominator": days,
                                    "numerator": events}))
    stays = pd.concat(frames)
    stays["stratum"] = stays["ward"].astype(str) + ":" + stays["quarter"].astype(str)
    stays = stays.groupby(["person", "stratum"], as_index=False)[["numerator", "denominator"]].sum()
    stays["ethnicity_code"] = np.where(stays["person"] < GROUP, "N", "A")
    stays["subject_key"] = stays["person"].map("p{:03}".format)
    return stays.drop(columns="person").assign(measure_id="restraint_rate", **organisation(number))


KEY = ["measure_id", "organisation_code", "unit_code", "stratum", "ethnicity_code"]


def counted(people: pd.DataFrame) -> pd.DataFrame:
    """Counts of people within strata."""
    with_squares = people.assign(
        numerator_sq=people["numerator"] ** 2, numerator_people=people["numerator"] > 0, denominator_people=1,
        event_denominator=people["denominator"].where(people["numerator"] > 0, 0.0),
    )
    counts = with_squares.groupby(KEY, as_index=False).sum(numeric_only=True)
    return counts.assign(stratification="ward_quarter")


def crude(people: pd.DataFrame) -> pd.DataFrame:
    """Counts of the whole cell: a person's events are squared over all strata."""
    whole = people.assign(stratum="none").groupby([*KEY, "subject_key"], as_index=False).sum(numeric_only=True)
    # without confounding: the first stay only would differ by ward, so events are dealt out again between the groups
    return counted(shuffled(whole)).assign(stratification="none")


def shuffled(people: pd.DataFrame) -> pd.DataFrame:
    """People with their events dealt out anew to the two groups of each organisation: nothing differs."""
    draw = np.random.default_rng(7)
    dealt = []
    for _, group in people.groupby("organisation_code"):
        order = draw.permutation(len(group))
        dealt.append(group.assign(numerator=group["numerator"].to_numpy()[order],
                                  denominator=group["denominator"].to_numpy()[order]))
    return pd.concat(dealt, ignore_index=True)


@pytest.mark.parametrize(
    ("measure_id", "adjustment"),
    [("restraint_likelihood", "crude"), ("restraint_rate", "crude"), ("restraint_rate", "mh_ward")],
)
def test_chance_alone_is_rarely_called_a_difference(engine: Engine, measure_id: str, adjustment: str) -> None:
    rows = engine.measures(measure_id=measure_id, adjustment=adjustment, grouping="white_bme", group_code="bme")
    rows = rows[rows["organisation_code"].str.startswith("S")]
    assert len(rows) == SIMULATIONS
    assert (rows["verdict"] != "too_few_to_say").mean() > 0.9
    for verdict in ("less_favourable", "more_favourable"):
        assert (rows["verdict"] == verdict).sum() <= ALLOWED, verdict


def test_the_simulated_wards_would_mislead_a_crude_comparison(engine: Engine) -> None:
    """The test above can fail: the same people, compared without their wards, differ far too often."""
    pooled = engine.connection.execute(
        "SELECT sum(numerator) FILTER (ethnicity_code = 'N') / sum(denominator) FILTER (ethnicity_code = 'N')"
        " / (sum(numerator) FILTER (ethnicity_code = 'A') / sum(denominator) FILTER (ethnicity_code = 'A'))"
        " FROM intermediate.int_measure_stratum_person"
    ).fetchone()
    assert pooled is not None
    assert pooled[0] > 1.1


def test_independent_limits_would_claim_too_much(engine: Engine) -> None:
    """Poisson limits on the same clustered counts claim a difference far more often than one time in forty."""
    rows = engine.measures(measure_id="restraint_rate", adjustment="crude", grouping="white_bme", group_code="bme")
    error = np.sqrt(1 / rows["numerator"] + 1 / rows["reference_numerator"])
    assert (rows["ratio"] * np.exp(-1.96 * error) > 1).sum() > 2 * ALLOWED
