"""Bounds out of the engine against every allotment of the unknown, from atoms on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from tests.conftest import Home
from tests.engine import Engine

ORGANISATIONS = 160
STRATA = ("one", "two")
CODES = {"N": "group", "A": "white", "H": "other"}
"""Black, White and Asian people. The Asian ones are with the Black ones in the grouping of two."""
GROUPINGS = {"white_bme": "bme", "broad_nhs": "black"}
MONTH, PERIOD = "2024-04-01", "2024-04-01"

Share = np.ndarray[Any, Any]


class Person(NamedTuple):
    """Events and denominator of a person in each stratum; the unknown have no code."""

    code: str | None
    events: tuple[int, ...]
    time: tuple[int, ...]


@dataclass(frozen=True)
class Trust:
    """A small organisation: who is in it, of which measure."""

    number: int
    measure_id: str
    people: tuple[Person, ...]

    @property
    def code(self) -> str:
        """Of the organisation."""
        return f"{self.measure_id[10]}{self.number:03}"

    def known(self, grouping: str) -> np.ndarray[Any, Any]:
        """Events and time by side (group, reference) and stratum."""
        total = np.zeros((2, 2, len(STRATA)))
        for person in self.people:
            if person.code is not None and not (person.code == "H" and grouping != "white_bme"):
                total[:, 1 if person.code == "A" else 0] += np.array([person.events, person.time])
        return total

    @property
    def unknown(self) -> np.ndarray[Any, Any]:
        """Events and time by person and stratum."""
        return np.array([[person.events, person.time] for person in self.people if person.code is None],
                        dtype=float).reshape(-1, 2, len(STRATA))

    def moved(self, adjustment: str) -> np.ndarray[Any, Any]:
        """What the unknown bring: of the whole cell, in its first stratum, a person with the event counts once."""
        if adjustment != "crude":
            return self.unknown
        whole = np.zeros_like(self.unknown)
        together = np.max if self.measure_id == "restraint_likelihood" else np.sum
        whole[:, :, 0] = together(self.unknown, axis=2)
        return whole

    @property
    def is_in_one_stratum_each(self) -> bool:
        """Whether no unknown person stays on both wards."""
        return bool(((self.unknown[:, 1] > 0).sum(axis=1) <= 1).all())


def trusts(measure_id: str) -> list[Trust]:
    """Random organisations; where the number divides by eight, unknown people stay on both wards."""
    draw = np.random.default_rng([20260401, len(measure_id)])
    made = []
    for number in range(ORGANISATIONS):
        people = []
        rates = draw.choice([0.02, 0.1, 0.4], 3)
        for code, rate in zip(CODES, rates, strict=True):
            for where in range(len(STRATA)):
                for _ in range(int(draw.integers(0, 4 if code != "A" else 6))):
                    people.append(person(draw, code, [where], rate * (1 + where), measure_id))
        for _ in range(int(draw.integers(0, 5))):
            where = [0, 1] if number % 8 == 0 else [int(draw.integers(0, 2))]
            people.append(person(draw, None, where, draw.choice([0.0, 0.05, 0.3, 2.0]), measure_id))
        made.append(Trust(number, measure_id, tuple(people)))
    return made


def person(
    draw: np.random.Generator, code: str | None, where: Sequence[int], rate: float, measure_id: str
) -> Person:
    if measure_id == "restraint_likelihood":
        time = [int(each in where) for each in range(len(STRATA))]
        events = [int(draw.random() < min(0.9, 2 * rate)) * each for each in time]
    else:
        time = [int(draw.integers(1, 12)) if each in where else 0 for each in range(len(STRATA))]
        events = [int(draw.poisson(rate * each)) for each in time]
    return Person(code, tuple(events), tuple(time))


TRUSTS = [trust for measure_id in ("restraint_rate", "restraint_likelihood") for trust in trusts(measure_id)]


def atoms() -> pd.DataFrame:
    """Every person in the whole cell and in each stratum."""
    rows = []
    for trust in TRUSTS:
        for number, someone in enumerate(trust.people):
            for where, stratum in enumerate(STRATA):
                if not someone.time[where]:
                    continue
                rows += [
                    {"measure_id": trust.measure_id, "organisation_code": trust.code, "unit_code": trust.code,
                     "subject_key": f"{trust.code}-{number}", "role": "own", "month": MONTH,
                     "ethnicity_code": someone.code or "missing", "numerator": float(someone.events[where]),
                     "denominator": float(someone.time[where]), "stratification": stratification,
                     "stratum": "none" if stratification == "none" else stratum}
                    for stratification in ("none", "ward_quarter")
                ]
    return pd.DataFrame(rows).assign(month=lambda frame: pd.to_datetime(frame["month"]))


@pytest.fixture(scope="module")
def engine(small_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    built = Engine(small_home, tmp_path_factory.mktemp("bounds"))
    people = atoms()
    people["subject_number"] = people["subject_key"].factorize()[0]
    built.put("int_measure_atom", people.drop(columns=["ethnicity_code", "subject_key"]).assign(ethnicity_code=None))
    built.put("int_measure_subject", people[["subject_key", "subject_number"]].drop_duplicates())
    known = people[people["ethnicity_code"] != "missing"].drop_duplicates("subject_key")
    built.put("int_person_ethnicity", known[["subject_key", "ethnicity_code"]])
    built.put("int_measure_unit", [
        {"organisation_code": trust.code, "unit_code": trust.code, "month": pd.Timestamp(MONTH),
         "unit_level": "organisation", "ancestor_code": trust.code, "level_order": 1} for trust in TRUSTS
    ])
    built.build("int_measure_atom", "int_measure_subject", "int_measure_unit", "int_person_ethnicity")
    yield built
    built.connection.close()


@pytest.fixture(scope="module")
def rows(engine: Engine) -> dict[tuple[str, str, str], dict[str, float]]:
    """Figures of the mart by organisation, grouping and adjustment."""
    found = engine.measures(period_type="financial_year")
    found = found[found["group_code"] == found["grouping"].map(GROUPINGS)]
    return {
        (row.organisation_code, row.grouping, row.adjustment):
            {name: getattr(row, name) for name in ("ratio", "bound_lower", "bound_upper")}
        for row in found.itertuples()
    }


def ratios(total: np.ndarray[Any, Any], adjustment: str) -> Share:
    """Ratios of many tables: events and time by side and stratum, after the first axis. Infinite over nothing."""
    if adjustment == "crude":
        total = total.sum(axis=-1, keepdims=True)
    (a, b), (n1, n0) = np.moveaxis(total, (1, 2), (0, 1))
    with np.errstate(all="ignore"):
        if adjustment == "crude":
            return np.where(n1 * n0 > 0, (a / n1) / (b / n0), np.nan)[:, 0]
        return np.nansum(a * n0 / (n1 + n0), axis=1) / np.nansum(b * n1 / (n1 + n0), axis=1)


def allotments(trust: Trust, grouping: str) -> np.ndarray[Any, Any]:
    """Shares of each unknown person in the group and in the reference, for every allotment of whole people."""
    sides = [(1.0, 0.0), (0.0, 1.0), (0.0, 0.0)][: 2 if grouping == "white_bme" else 3]
    found = list(itertools.product(sides, repeat=len(trust.unknown)))
    return np.array(found).reshape(len(found), len(trust.unknown), 2)


def under(trust: Trust, grouping: str, adjustment: str, shares: np.ndarray[Any, Any]) -> Share:
    """Ratios under each allotment."""
    tables = trust.known(grouping)[None] + np.einsum("cps,pvw->cvsw", shares, trust.moved(adjustment))
    return ratios(tables, adjustment)


CASES = [
    (measure_id, grouping, adjustment)
    for measure_id in ("restraint_rate", "restraint_likelihood") for grouping in GROUPINGS
    for adjustment in ("crude", "mh_ward")
]


@pytest.mark.parametrize(("measure_id", "grouping", "adjustment"), CASES)
def test_bounds_are_those_of_every_allotment(
    rows: dict[tuple[str, str, str], dict[str, float]], measure_id: str, grouping: str, adjustment: str
) -> None:
    """Equal where they are said to be sharp, never narrower anywhere."""
    sharp = {"upper": 0, "lower": 0}
    for trust in TRUSTS:
        row = rows.get((trust.code, grouping, adjustment))
        if trust.measure_id != measure_id or row is None or np.isnan(row["ratio"]):
            continue
        found = under(trust, grouping, adjustment, allotments(trust, grouping))
        found = np.append(found[~np.isnan(found)], row["ratio"])
        is_whole = measure_id == "restraint_likelihood" or found.max() >= 1
        assert np.isfinite(found.max()), trust
        assert row["bound_upper"] >= found.max() * (1 - 1e-12), trust
        assert row["bound_lower"] <= found.min() * (1 + 1e-12), trust
        alone = adjustment == "crude" or trust.is_in_one_stratum_each
        if alone and is_whole:
            assert row["bound_upper"] == pytest.approx(found.max(), rel=1e-9), trust
            sharp["upper"] += len(trust.unknown) > 1
        if alone and (measure_id == "restraint_likelihood" or found.min() <= 1):
            assert row["bound_lower"] == pytest.approx(found.min(), rel=1e-9), trust
            sharp["lower"] += len(trust.unknown) > 1
    assert min(sharp.values()) > 20


@pytest.mark.parametrize(("grouping", "adjustment"), list(itertools.product(GROUPINGS, ("crude", "mh_ward"))))
def test_bounds_of_rates_on_one_side_of_1_are_within_a_person(
    rows: dict[tuple[str, str, str], dict[str, float]], grouping: str, adjustment: str
) -> None:
    """There, crude bounds count one person twice at most; adjusted ones are the best that parts of people can do."""
    seen = 0
    for trust in TRUSTS:
        row = rows.get((trust.code, grouping, adjustment))
        if trust.measure_id != "restraint_rate" or row is None or np.isnan(row["ratio"]) or not len(trust.unknown):
            continue
        if adjustment != "crude" and not trust.is_in_one_stratum_each:
            continue
        whole = under(trust, grouping, adjustment, allotments(trust, grouping))
        for is_upper in (True, False):
            bound = row["bound_upper" if is_upper else "bound_lower"]
            best = np.nanmax(whole) if is_upper else np.nanmin(whole)
            if (best >= 1) == is_upper or bound == row["ratio"]:
                continue
            seen += 1
            if adjustment == "crude":
                reached = twice_counted(trust, grouping, is_upper)
                slack = 1e-9 * reached
                assert bound <= reached + slack if is_upper else bound >= reached - slack, trust
            else:
                assert bound == pytest.approx(in_parts(trust, grouping, is_upper), rel=1e-5), trust
    assert seen > 10


def twice_counted(trust: Trust, grouping: str, is_upper: bool) -> float:
    """The furthest ratio when one person may be on both sides or on none; not beyond 1."""
    shares = []
    for allotment in allotments(trust, grouping):
        for number, sides in itertools.product(range(len(trust.unknown)), itertools.product((0.0, 1.0), repeat=2)):
            changed = allotment.copy()
            changed[number] = sides
            shares.append(changed)
    found = under(trust, grouping, "crude", np.array(shares))
    return min(np.nanmax(found), 1.0) if is_upper else max(np.nanmin(found), 1.0)


def in_parts(trust: Trust, grouping: str, is_upper: bool) -> float:
    """The furthest ratio when every unknown person may be split between both sides, from many starts."""
    sign = -1 if is_upper else 1

    def ratio(part: np.ndarray[Any, Any]) -> float:
        return sign * float(under(trust, grouping, "mh_ward", np.stack([part, 1 - part], axis=1)[None])[0])

    starts = np.random.default_rng(1).random((12, len(trust.unknown)))
    return sign * min(
        optimize.minimize(ratio, start, bounds=[(0, 1)] * len(start), tol=1e-12).fun for start in starts
    )


def test_adjusted_bounds_have_settled(engine: Engine) -> None:
    """Another round would change nothing."""
    found = engine.connection.execute(
        "SELECT count(*) FILTER (is_unsettled), count(*) FROM intermediate.int_measure_mantel_haenszel_bound"
    ).fetchone()
    assert found is not None
    assert found[0] == 0
    assert found[1] > ORGANISATIONS
