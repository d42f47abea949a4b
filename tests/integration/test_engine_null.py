"""Where nothing differs, the engine says so: 2,000 simulated organisations without any difference, from counts on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.conftest import Home
from tests.engine import Engine

SIMULATIONS = 2_000
ALLOWED = int(stats.binom.ppf(0.999, SIMULATIONS, 0.025))
"""False claims in one direction that a 2.5% law leaves room for."""
ORGANISATIONS = np.array([f"S{number:04}" for number in range(SIMULATIONS)])
GROUP, WHITE = 60, 240
WARDS, QUARTERS = 3, 4
STAFF, RESIDENTS_SHARE = 1_000, 0.2
BANDS = ("0-15", "16-17", "18-34", "35-49", "50-64", "65+")
STRATA = [f"{sex}:{band}" for sex in (1, 2) for band in BANDS]
AGES = np.array([[[25, 4, 32, 22, 13, 4]], [[15, 2, 20, 19, 21, 23]]])
RESIDENTS = np.repeat(AGES * np.array([150, 500]).reshape(2, 1, 1), 2, axis=1).astype(float)
"""Of the group, which is younger, and White, by sex and band in the order of `STRATA`; ages in percent."""
DETAINED = np.array([0.05, 1, 2, 1.5, 1, 0.6]) / 1_000
"""People detained of residents, by band: the same in both groups."""
AUTHORITY_RESIDENTS = np.array([[60_000, 20_000, 10_000], [100_000, 200_000, 200_000]], dtype=float)
AUTHORITY_DETAINED = np.array([0.5, 0.2, 0.15]) / 1_000
"""Residents of the group and White by authority, and people detained of them: the same in both groups."""


@pytest.fixture(scope="module")
def engine(small_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    draw = np.random.default_rng(1976)
    people = inpatients(draw).assign(stratification="ward_quarter")
    whether = restrained(people)
    detained, of_authorities = detentions_by_authority(draw)
    built = Engine(small_home, tmp_path_factory.mktemp("null"))
    built.put("int_measure_stratum_people", pd.concat([people, whether, detained], ignore_index=True))
    built.put("int_measure_reference", residents())
    built.put("int_measure_count", pd.concat(
        [likelihoods(draw), crude(people), counted(people), crude(whether, "max"), counted(whether),
         representation(draw), detentions(draw), of_authorities], ignore_index=True,
    ))
    built.build("int_measure_count", "int_measure_stratum_people", "int_measure_reference")
    yield built
    built.connection.close()


def likelihoods(draw: np.random.Generator) -> pd.DataFrame:
    """People restrained, one in ten in every group."""
    people = {"N": 150, "A": 600, "missing": 20}
    denominator = np.tile(list(people.values()), SIMULATIONS)
    events = draw.binomial(denominator, 0.1)
    return pd.DataFrame({
        "organisation_code": np.repeat(ORGANISATIONS, len(people)),
        "ethnicity_code": np.tile(list(people), SIMULATIONS),
        "numerator": events, "denominator": denominator, "event_denominator": events,
    }).assign(measure_id="restraint_likelihood", unit_code=lambda rows: rows["organisation_code"])


def representation(draw: np.random.Generator) -> pd.DataFrame:
    """Staff drawn from the residents."""
    group = draw.binomial(STAFF, RESIDENTS_SHARE, SIMULATIONS)
    staff = np.column_stack([group, STAFF - group]).ravel()
    return pd.DataFrame({
        "organisation_code": np.repeat(ORGANISATIONS, 2), "ethnicity_code": np.tile(["N", "A"], SIMULATIONS),
        "numerator": staff, "denominator": staff,
    }).assign(measure_id="workforce_representation", unit_code=lambda rows: rows["organisation_code"],
              period_type="snapshot", period_start="2025-03-31")


def residents() -> pd.DataFrame:
    counts = {"N": 1e6 * RESIDENTS_SHARE, "A": 1e6 * (1 - RESIDENTS_SHARE)}
    return pd.DataFrame({
        "organisation_code": np.repeat(ORGANISATIONS, len(counts)),
        "ethnicity_code": np.tile(list(counts), SIMULATIONS),
        "reference_count": np.tile(list(counts.values()), SIMULATIONS),
    }).assign(measure_id="workforce_representation", period_type="snapshot", period_start="2025-03-31",
              observed_count=lambda rows: rows["reference_count"])


def detentions(draw: np.random.Generator) -> pd.DataFrame:
    """Detentions of residents, of whom a person may have several; some pass into the next age band between two."""
    at_risk = np.broadcast_to(RESIDENTS, (SIMULATIONS, *RESIDENTS.shape))
    people = draw.poisson(at_risk * DETAINED)
    cell = np.repeat(np.arange(people.size), people.ravel())  # of each person
    events = draw.geometric(0.6, len(cell))
    grows_older = (draw.random(len(cell)) < 0.1) & (cell % len(BANDS) < len(BANDS) - 1)
    later = np.where(grows_older, events // 2, 0)
    number, code = (np.broadcast_to(axis, at_risk.shape).ravel() for axis in np.ogrid[:SIMULATIONS, :2, :1, :1][:2])
    frame = pd.DataFrame({
        "organisation_code": ORGANISATIONS[number], "ethnicity_code": np.array(["N", "A"])[code],
        "stratum": np.resize(STRATA, at_risk.size), "denominator": at_risk.ravel(),
    })
    for name, power in (("numerator", 1), ("numerator_sq", 2), ("numerator_people", 0)):
        frame[name] = sum(
            np.bincount(where, np.where(count > 0, count.astype(float) ** power, 0.0), people.size)
            for where, count in ((cell, events - later), (np.minimum(cell + 1, people.size - 1), later))
        )
    whole = frame.groupby(["organisation_code", "ethnicity_code"], as_index=False, sort=False).sum(numeric_only=True)
    side = cell // len(STRATA)
    whole["numerator_sq"] = np.bincount(side, events.astype(float) ** 2, len(whole))
    whole["numerator_people"] = np.bincount(side, minlength=len(whole))
    return pd.concat(
        [whole.assign(stratification="none", stratum="none"), frame.assign(stratification="age_sex")], ignore_index=True
    ).assign(measure_id="mha_detention_rate", unit_code=lambda rows: rows["organisation_code"])


def inpatients(draw: np.random.Generator) -> pd.DataFrame:
    """Bed days and restraints of inpatients who stay on up to three wards; few people have most of the events."""
    people = SIMULATIONS * (GROUP + WHITE)
    person = np.arange(people)
    minority = person % (GROUP + WHITE) < GROUP
    proneness = draw.gamma(0.4, 2.5, people)
    # minority ethnic patients lie more often on the first ward, where more happens: the crude ratio is confounded
    first = draw.random(people) < np.where(minority, 0.5, 0.2)
    frames = []
    for stay in range(2):
        where = draw.integers(0, WARDS, people) if stay else np.where(first, 0, draw.integers(1, WARDS, people))
        days = draw.integers(3, 60, people).astype(float)
        happening = np.array([0.03, 0.01, 0.01])[where]
        frames.append(pd.DataFrame({
            "person": person, "stratum": where * QUARTERS + draw.integers(0, QUARTERS, people), "denominator": days,
            "numerator": draw.poisson(proneness * happening * days).astype(float),
        }))
    stays = pd.concat(frames).groupby(["person", "stratum"], as_index=False).sum()
    return stays.assign(
        measure_id="restraint_rate", organisation_code=ORGANISATIONS[stays["person"] // (GROUP + WHITE)],
        unit_code=lambda rows: rows["organisation_code"], stratum=stays["stratum"].map("s{:02}".format),
        ethnicity_code=np.where(minority, "N", "A")[stays["person"]], subject_number=stays["person"],
        is_in_several_strata=stays.duplicated("person", keep=False),
    )


def restrained(people: pd.DataFrame) -> pd.DataFrame:
    """The same people on the same wards, by whether they were restrained there, under other organisations."""
    return people.assign(
        measure_id="restraint_likelihood", numerator=(people["numerator"] > 0).astype(float), denominator=1.0,
        organisation_code=people["organisation_code"].str.replace("S", "W"),
        unit_code=people["unit_code"].str.replace("S", "W"),
    )


def detentions_by_authority(draw: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """People detained and counts, by authority: where more minority ethnic people live, more of everybody are."""
    at_risk = np.broadcast_to(AUTHORITY_RESIDENTS, (SIMULATIONS, *AUTHORITY_RESIDENTS.shape))
    people = draw.poisson(at_risk * AUTHORITY_DETAINED)
    cell = np.repeat(np.arange(people.size), people.ravel())  # of each person
    events = draw.geometric(0.6, len(cell)).astype(float)
    number, code, authority = np.unravel_index(np.arange(people.size), people.shape)
    frame = pd.DataFrame({
        "organisation_code": ORGANISATIONS[number], "ethnicity_code": np.array(["N", "A"])[code],
        "stratum": authority.astype(str), "denominator": at_risk.ravel(),
        "numerator": np.bincount(cell, events, people.size), "numerator_sq": np.bincount(cell, events**2, people.size),
        "numerator_people": people.ravel(),
    }).assign(measure_id="mha_detention_rate", stratification="authority")
    frame["organisation_code"] = frame["organisation_code"].str.replace("S", "A")
    frame["unit_code"] = frame["organisation_code"]
    key = ["measure_id", "organisation_code", "unit_code", "ethnicity_code"]
    whole = frame.groupby(key, as_index=False).sum(numeric_only=True).assign(stratification="none", stratum="none")
    persons = frame.iloc[cell][[*key, "stratification", "stratum"]].reset_index(drop=True).assign(
        subject_number=np.arange(len(cell)), numerator=events, denominator=0.0, is_in_several_strata=False,
    )
    return persons, pd.concat([whole, frame], ignore_index=True)


def counted(people: pd.DataFrame) -> pd.DataFrame:
    """Counts of people within strata."""
    with_squares = people.drop(columns=["person", "subject_number", "is_in_several_strata"]).assign(
        numerator_sq=people["numerator"] ** 2, numerator_people=people["numerator"] > 0, denominator_people=1,
        event_denominator=people["denominator"].where(people["numerator"] > 0, 0.0),
    )
    key = ["measure_id", "organisation_code", "unit_code", "stratification", "stratum", "ethnicity_code"]
    return with_squares.groupby(key, as_index=False).sum()


def crude(people: pd.DataFrame, over_strata: str = "sum") -> pd.DataFrame:
    """Counts of the whole cell, a person's events squared over all strata.

    Without confounding: the events of people, with their days, are dealt out anew to the two groups.
    """
    figures = ["numerator", "denominator"]
    whole = people.groupby("person", as_index=False)[figures].agg(over_strata)
    draw = np.random.default_rng(7)
    dealt = draw.permuted(np.arange(len(whole)).reshape(SIMULATIONS, GROUP + WHITE), axis=1).ravel()
    one_each = people.drop_duplicates("person").drop(columns=figures).reset_index(drop=True)
    return counted(one_each.assign(
        stratification="none", stratum="none", **{name: whole[name].to_numpy()[dealt] for name in figures}
    ))


@pytest.mark.parametrize(
    ("measure_id", "adjustment", "organisations"),
    [
        ("restraint_likelihood", "crude", "S"), ("restraint_likelihood", "mh_ward", "W"),
        ("restraint_rate", "crude", "S"), ("restraint_rate", "mh_ward", "S"),
        ("workforce_representation", "crude", "S"), ("mha_detention_rate", "dsr", "S"),
        ("mha_detention_rate", "isr", "S"),
        ("mha_detention_rate", "mh_authority", "A"),
    ],
)
def test_chance_alone_is_rarely_called_a_difference(
    engine: Engine, measure_id: str, adjustment: str, organisations: str
) -> None:
    rows = engine.measures(measure_id=measure_id, adjustment=adjustment, grouping="white_bme", group_code="bme")
    rows = rows[rows["organisation_code"].str.startswith(organisations)]
    assert len(rows) == SIMULATIONS
    assert (rows["verdict"] != "too_few_to_say").mean() > 0.9
    claims = ("over_represented", "under_represented", "less_favourable", "more_favourable")
    for verdict in claims:
        assert (rows["verdict"] == verdict).sum() <= ALLOWED, verdict


def test_strata_that_agree_are_rarely_said_to_disagree(engine: Engine) -> None:
    """A few people have most of the events: limits that take these as independent find strata that disagree."""
    rows = engine.measures(measure_id="restraint_rate", adjustment="mh_ward", grouping="white_bme", group_code="bme")
    disagree = rows["method"].str.contains("heterogeneous").sum()
    assert disagree <= stats.binom.ppf(0.999, len(rows), 0.05)


def test_the_simulated_wards_would_mislead_a_crude_comparison(engine: Engine) -> None:
    """The test above can fail: the same people, compared without their wards, differ far too often."""
    pooled = engine.connection.execute(
        "SELECT sum(numerator) FILTER (ethnicity_code = 'N') / sum(denominator) FILTER (ethnicity_code = 'N')"
        " / (sum(numerator) FILTER (ethnicity_code = 'A') / sum(denominator) FILTER (ethnicity_code = 'A'))"
        " FROM intermediate.int_measure_stratum_people WHERE measure_id = 'restraint_rate'"
    ).fetchone()
    assert pooled is not None
    assert pooled[0] > 1.1


def test_the_simulated_authorities_would_mislead_a_crude_comparison(engine: Engine) -> None:
    rows = engine.measures(measure_id="mha_detention_rate", adjustment="crude", grouping="white_bme", group_code="bme")
    rows = rows[rows["organisation_code"].str.startswith("A")]
    assert (rows["verdict"] == "less_favourable").sum() > 2 * ALLOWED


@pytest.mark.parametrize(("measure_id", "adjustment"), [("restraint_rate", "crude"), ("mha_detention_rate", "isr")])
def test_independent_limits_would_claim_too_much(engine: Engine, measure_id: str, adjustment: str) -> None:
    """Poisson limits on the same clustered counts claim a difference far more often than one time in forty."""
    rows = engine.measures(measure_id=measure_id, adjustment=adjustment, grouping="white_bme", group_code="bme")
    error = np.sqrt(1 / rows["numerator"] + 1 / rows["reference_numerator"])
    assert (rows["ratio"] * np.exp(-1.96 * error) > 1).sum() > 2 * ALLOWED


def test_a_reference_taken_as_known_would_claim_too_much(engine: Engine) -> None:
    """The limits of the count alone, over what is expected, even where they respect that events cluster."""
    rows = engine.measures(measure_id="mha_detention_rate", adjustment="isr", grouping="white_bme", group_code="bme")
    lower, upper = (rows[f"value_{side}"] / rows["reference_value"] for side in ("lower", "upper"))
    assert ((lower > 1) | (upper < 1)).sum() > 2 * ALLOWED


def test_the_simulated_ages_would_mislead_a_crude_comparison(engine: Engine) -> None:
    rows = engine.measures(measure_id="mha_detention_rate", adjustment="crude", grouping="white_bme", group_code="bme")
    assert (rows["verdict"] == "less_favourable").sum() > ALLOWED
    assert rows["ratio"].mean() > 1.1
