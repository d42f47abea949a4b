"""Published figures out of the engine: counts put into it, `marts.equity_measure` read back."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import PROJECT, Home
from tests.engine import Engine

ENGLAND = {
    "A": (28317, 68.2), "B": (370, 74.9), "C": (3048, 85.0), "D": (582, 116.6), "E": (252, 104.3), "F": (245, 51.7),
    "G": (856, 188.4), "H": (1015, 55.1), "J": (1214, 77.3), "K": (533, 84.7), "L": (1231, 129.3), "M": (1518, 245.1),
    "N": (2556, 174.1), "P": (1619, 551.0), "R": (237, 55.0), "S": (1932, 212.6),
}
"""Detentions in England 2023-24 and their crude rate per 100,000 by 2001 code, as NHS England published them."""
ENGLAND_BROAD = {"white": 69.5, "mixed": 115.9, "asian": 79.9, "black": 239.0, "other": 130.6}
ENGLAND_UNKNOWN = 4912

WARDS = {
    "first": {
        "risk": [(12, 30, 8, 20), (6, 40, 18, 120), (1, 10, 9, 90)], "risk_is": (1.000, 0.591, 1.693),
        "risk_crude": 1.561,
        "rate": [(40, 600, 30, 450), (15, 900, 60, 3600), (2, 400, 20, 4000)], "rate_is": (1.000, 0.703, 1.422),
        "rate_crude": 2.195,
    },
    "second": {
        "risk": [(18, 30, 8, 20), (8, 40, 18, 120), (1, 10, 12, 90)], "risk_is": (1.343, 0.842, 2.141),
        "risk_crude": 2.043,
        "rate": [(55, 600, 30, 450), (24, 900, 60, 3600), (1, 400, 28, 4000)], "rate_is": (1.378, 1.002, 1.896),
        "rate_crude": 2.872,
    },
}
"""Events and people, or bed days, of minority ethnic and White patients on three wards: worked by hand."""

CELL = {"organisation_code": "TEST", "adjustment": "crude", "denominator_rule": "own"}


@pytest.fixture(scope="module")
def engine(small_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    built = Engine(small_home, tmp_path_factory.mktemp("golden"))
    built.put("int_measure_stratum_people", [])
    built.put("int_measure_count", [*england(), *icb(), *wards(), *cumbria()])
    built.build("int_measure_count", "int_measure_stratum_people")
    yield built
    built.connection.close()


def england() -> list[dict[str, Any]]:
    with (PROJECT / "seeds" / "ref_census_ethnicity.csv").open(encoding="utf-8", newline="") as file:
        census = list(csv.DictReader(file))
    residents = {row["code_2021"]: int(row["england_2021_population"]) for row in census}
    codes = [code for code in residents if code != "U"]
    rows = [
        {"measure_id": "mha_detention_rate", "organisation_code": "ENGLAND", "unit_code": "ENGLAND",
         "denominator_rule": "national", "ethnicity_code": code, "numerator": float(ENGLAND.get(code, (0,))[0]),
         "denominator": float(residents[code])}
        for code in codes
    ]
    return [*rows, {**rows[0], "ethnicity_code": "missing", "numerator": float(ENGLAND_UNKNOWN), "denominator": 0.0}]


def icb() -> list[dict[str, Any]]:
    return [
        {"measure_id": "mha_detention_rate", "organisation_code": "ICB", "unit_code": "ICB", "ethnicity_code": code,
         "numerator": events, "denominator": residents}
        for code, events, residents in (("A", 895.0, 1.667e6), ("N", 30.0, 26.2e3), ("missing", 185.0, 0.0))
    ]


def wards() -> list[dict[str, Any]]:
    rows = []
    for table, figures in WARDS.items():
        for kind, measure_id in (("risk", "restraint_likelihood"), ("rate", "restraint_rate")):
            strata = {f"ward {number}": counts for number, counts in enumerate(figures[kind])}  # type: ignore[call-overload]
            crude = tuple(map(sum, zip(*strata.values(), strict=True)))
            for stratum, counts in {"none": crude, **strata}.items():
                rows += [
                    {"measure_id": measure_id, "organisation_code": table, "unit_code": table, "stratum": stratum,
                     "stratification": "none" if stratum == "none" else "ward_quarter", "ethnicity_code": code,
                     "numerator": float(events), "denominator": float(exposed)}
                    for code, events, exposed in (("N", *counts[:2]), ("A", *counts[2:]))
                ]
    return rows


def cumbria() -> list[dict[str, Any]]:
    return [
        {"measure_id": "workforce_representation", "organisation_code": "CUMBRIA", "unit_code": "CUMBRIA",
         "period_type": "snapshot", "period_start": "2025-03-31", "ethnicity_code": code, "numerator": float(people),
         "denominator": float(people)}
        for code, people in (("N", 990), ("A", 6307), ("not_stated", 125))
    ]


@pytest.mark.parametrize("code", ENGLAND)
def test_crude_rates_of_the_16_groups_of_england(engine: Engine, code: str) -> None:
    row = engine.measure(organisation_code="ENGLAND", grouping="ethnic_16", group_code=code)
    assert row["numerator"] == ENGLAND[code][0]
    assert round(row["value"], 1) == ENGLAND[code][1]


@pytest.mark.parametrize("group", ENGLAND_BROAD)
def test_crude_rates_of_the_broad_groups_of_england(engine: Engine, group: str) -> None:
    row = engine.measure(organisation_code="ENGLAND", grouping="broad_nhs", group_code=group)
    assert round(row["value"], 1) == ENGLAND_BROAD[group]


def test_bounds_of_england_and_of_the_local_area(engine: Engine) -> None:
    black = engine.measure(organisation_code="ENGLAND", grouping="broad_nhs", group_code="black")
    assert [round(black[name], 2) for name in ("ratio", "bound_lower", "bound_upper")] == [3.44, 2.98, 6.41]
    local = engine.measure(organisation_code="ICB", grouping="broad_nhs", group_code="black")
    assert [round(local[name], 2) for name in ("ratio", "bound_lower")] == [2.13, 1.77]
    assert round(local["bound_upper"], 1) == 15.3
    assert local["fit_for_use"] == "with_bounds"


@pytest.mark.parametrize("table", WARDS)
@pytest.mark.parametrize(("kind", "measure_id"), [("risk", "restraint_likelihood"), ("rate", "restraint_rate")])
def test_same_ward_comparison(engine: Engine, table: str, kind: str, measure_id: str) -> None:
    figures: dict[str, Any] = WARDS[table]
    where = {"organisation_code": table, "measure_id": measure_id, "grouping": "white_bme", "group_code": "bme"}
    crude = engine.measure(**where, adjustment="crude")
    assert round(crude["ratio"], 3) == figures[f"{kind}_crude"]
    pooled = engine.measure(**where, adjustment="mh_ward")
    found = tuple(round(pooled[name], 3) for name in ("ratio", "ratio_lower", "ratio_upper"))
    assert found == figures[f"{kind}_is"]
    assert (pooled["strata_used"], pooled["strata_empty"]) == (3, 0)
    assert pooled["reference_value"] * pooled["ratio"] == pytest.approx(pooled["value"])
    assert "mantel_haenszel" in pooled["method"].split("|")


def test_the_workforce_keeps_its_unknown_in_the_denominator(engine: Engine) -> None:
    shares = {
        row["group_code"]: round(100 * row["value"], 1)
        for row in engine.measures(organisation_code="CUMBRIA", grouping="white_bme").to_dict("records")
    }
    assert (shares["bme"], shares["white"], shares["not_stated"]) == (13.3, 85.0, 1.7)
