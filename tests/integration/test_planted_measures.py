"""The atoms of the measures are what was planted: people, events, time and lengths, exactly.

Belongs here: atoms and estimates against `truth.json`. Does not belong here: facts (`test_planted_truths`) or what the
engine makes of atoms.
"""

from __future__ import annotations

import math
from typing import Any

import duckdb
import pandas as pd
import pytest

from tests.integration.planted import Rows, counted, financial_year, planted

YEAR = financial_year("a.month")
CODE = "coalesce(p.ethnicity_code_2001, 'missing')"
OF_PERSON = "LEFT JOIN core.dim_person p ON p.person_key = a.subject_key"
OF_STAFF = "LEFT JOIN core.dim_staff p ON p.staff_key = a.subject_key"
CRUDE = "a.breakdown = 'all' AND a.stratification = 'none'"
ENGLAND = 56_490_048
"""Usual residents of England, Census 2021."""
Z = 1.959963984540054


@pytest.mark.parametrize(
    ("count", "atoms", "sql"),
    [
        ("people", "restraint_likelihood", "count(DISTINCT subject_key)"),
        ("restrained", "restraint_likelihood", "count(DISTINCT subject_key) FILTER (numerator > 0)"),
        ("incidents", "restraint_rate", "sum(numerator)"),
        ("bed_days", "restraint_rate", "sum(denominator)"),
    ],
)
def test_people_events_and_days_on_each_ward_come_back_exactly(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any], count: str, atoms: str, sql: str
) -> None:
    """By financial year, ward and code; and on any ward, where a person of several wards counts once."""
    found: Rows = counted(
        built,
        f"""
        SELECT {YEAR}, place.unit, {CODE}, {sql} FROM intermediate.int_atom_{atoms} a {OF_PERSON}
        CROSS JOIN LATERAL (VALUES (a.unit_code), ('all')) AS place (unit) WHERE {CRUDE} GROUP BY ALL
        """,
    )
    expected = planted(truth, "on_wards", ["financial_year", "unit", "code"], count)
    assert found == expected
    if count == "people":
        of_wards = sum(number for (_, unit, _), number in expected.items() if unit != "all")
        assert sum(number for (_, unit, _), number in expected.items() if unit == "all") < of_wards


@pytest.mark.parametrize("atoms", ["restraint_likelihood", "restraint_rate"])
def test_breakdowns_and_strata_repeat_the_same_people(built: duckdb.DuckDBPyConnection, atoms: str) -> None:
    """Each breakdown, crude and by ward and quarter, has the people, events and time of the whole, on the same ward."""
    crude = f"""
        SELECT subject_key, month, unit_code, numerator, denominator FROM intermediate.int_atom_{atoms}
        WHERE breakdown = 'all' AND stratification = 'none'
        """
    cells = built.execute(
        f"SELECT DISTINCT breakdown, stratification FROM intermediate.int_atom_{atoms} ORDER BY ALL"
    ).fetchall()
    assert len(cells) == {"restraint_likelihood": 6, "restraint_rate": 4}[atoms]
    for breakdown, stratification in cells:
        cell = f"""
            SELECT subject_key, month, unit_code, numerator, denominator FROM intermediate.int_atom_{atoms}
            WHERE breakdown = '{breakdown}' AND stratification = '{stratification}'
                AND stratum IN ('none', unit_code || ':' || strftime(date_trunc('quarter', month), '%Y-%m-%d'))
            """
        for one, other in ((crude, cell), (cell, crude)):
            assert not built.execute(f"({one}) EXCEPT ALL ({other})").fetchall(), (breakdown, stratification)


def test_racist_incidents_and_the_time_of_staff_come_back_exactly(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    for count, sql in (("incidents", "sum(numerator)"), ("staff_months", "round(12 * sum(denominator), 6)")):
        found = counted(
            built,
            f"SELECT {YEAR}, {CODE}, {sql} FROM intermediate.int_atom_racist_incident_rate a {OF_STAFF} GROUP BY ALL",
        )
        assert found == planted(truth, "racist_incidents", ["financial_year", "code"], count), count


def test_a_racist_incident_stands_where_the_time_of_its_person_stands(built: duckdb.DuckDBPyConnection) -> None:
    """Under the person's own unit there is time; under the unknown unit there is none."""
    off = built.execute(
        """
        SELECT subject_key FROM intermediate.int_atom_racist_incident_rate
        WHERE numerator > 0 AND (unit_code <> 'UNKNOWN') <> (denominator > 0)
        """
    ).fetchall()
    assert not off
    elsewhere = built.execute(
        """
        SELECT count(*) FROM core.fct_incident i
        JOIN core.fct_staff_snapshot s ON s.staff_key = i.staff_key AND s.snapshot_month = i.incident_month
        WHERE i.is_racist AND s.unit_code <> i.unit_code
        """
    ).fetchone()
    assert elsewhere
    assert elsewhere[0] > 0, "no incident happened outside the unit of its person: the test shows nothing"


def lengths(built: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Each section 2 that ended: financial year of the end, code, days, and whether it began in the months covered."""
    return built.execute(
        f"""
        SELECT {YEAR} AS financial_year, {CODE} AS code, a.value AS days, a.month AS month, a.subject_key,
            e.start_month >= DATE '2022-03-01' AS is_covered
        FROM intermediate.int_section_2_length a JOIN core.fct_mha_episode e USING (legal_status_period_key) {OF_PERSON}
        """
    ).df()


def test_lengths_of_section_2_come_back_exactly(built: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    found = lengths(built)
    groups = found[found["is_covered"]].groupby(["financial_year", "code"])["days"]
    content = truth["tables"]["section_2_lengths"]
    expected = {(row[1], row[2]): (row[3], row[4], row[5]) for row in content["rows"]}
    assert content["columns"][1:] == ["financial_year", "code", "sections", "days", "median"]
    assert {key: (len(days), days.sum(), days.median()) for key, days in groups} == expected


def test_the_estimates_are_the_mean_and_the_median_that_were_planted(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    """Of each financial year and of the 16 groups and unknown statuses, with their limits worked out here."""
    observed = {
        (str(year), str(code)): sections.sort_values("days")
        for (year, code), sections in lengths(built).groupby(["financial_year", "code"])
    }
    told = {(row[1], row[2]): row[3:] for row in truth["tables"]["section_2_lengths"]["rows"]}
    complete = {"2022-23", "2023-24", "2024-25"}
    for method in ("mean", "median"):
        rows = built.execute(
            f"""
            SELECT {financial_year("period_start")}, group_code, value, value_lower, value_upper, base
            FROM intermediate.int_estimate_section_2_length_{method}
            WHERE period_type = 'financial_year' AND unit_level = 'organisation' AND grouping = 'ethnic_16'
            """
        ).fetchall()
        assert {row[:2] for row in rows} == {key for key in told if key[0] in complete}
        for year, code, value, lower, upper, base in rows:
            count, days, median = told[year, code]
            assert base == count
            assert value == pytest.approx(days / count if method == "mean" else median)
            check = mean_limits if method == "mean" else median_limits
            assert check(observed[year, code], lower, upper), (year, code, method)


def mean_limits(sections: pd.DataFrame, lower: float | None, upper: float | None) -> bool:
    """Whether limits are those of the normal law, the sections of one person taken together."""
    count, people = len(sections), sections["subject_key"].nunique()
    if people < 2:
        return lower is upper is None
    mean = sections["days"].mean()
    squares = ((sections["days"] - mean).groupby(sections["subject_key"]).sum() ** 2).sum()
    half = Z * math.sqrt(squares * people / (people - 1)) / count
    return (lower, upper) == pytest.approx((mean - half, mean + half))


def median_limits(sections: pd.DataFrame, lower: float | None, upper: float | None) -> bool:
    """Whether limits are the narrowest ranks that hold the median with 95% by the binomial law, or one rank wider.

    Where people have several sections, no narrower than that.
    """
    values, count, people = sections["days"].tolist(), len(sections), sections["subject_key"].nunique()
    if count < 6 or people < 2:
        return lower is upper is None
    rank = max(each for each in range(1, count) if sum(math.comb(count, k) for k in range(each)) / 2**count <= 0.025)
    allowed = [(values[each - 1], values[count - each]) for each in (rank, rank - 1) if each > 0]
    if people == count:
        return (lower, upper) in allowed
    return lower is None or upper is None or (lower <= allowed[0][0] and upper >= allowed[0][1])


def by_stratum(built: duckdb.DuckDBPyConnection, atoms: str, additivity: str) -> pd.DataFrame:
    """A person in a stratum: White or minority ethnic, ward, numerator and denominator."""
    together = {"sum": "sum", "distinct": "max"}[additivity]
    return built.execute(
        f"""
        SELECT a.stratum, a.unit_code AS unit, e.white_bme_code AS side, a.subject_key,
            {together}(numerator) AS numerator, {together}(denominator) AS denominator
        FROM intermediate.int_atom_{atoms} a JOIN core.dim_person p ON p.person_key = a.subject_key
        JOIN core.dim_ethnicity e ON e.basis = '2001' AND e.ethnicity_code = p.ethnicity_code_2001
        WHERE a.breakdown = 'all' AND a.stratification = 'ward_quarter' AND e.white_bme_code IN ('white', 'bme')
        GROUP BY ALL
        """
    ).df()


def ratios(people: pd.DataFrame) -> tuple[float, float]:
    """Minority ethnic over White, from a frame of people: ratio of the totals, and Mantel-Haenszel's over strata."""
    table = people.groupby(["stratum", "side"])[["numerator", "denominator"]].sum().unstack(fill_value=0.0)
    a, n1 = table["numerator", "bme"], table["denominator", "bme"]
    b, n0 = table["numerator", "white"], table["denominator", "white"]
    both = (n1 > 0) & (n0 > 0)
    assert 0 < both.sum() < len(table), "some wards must have one group only, and not all"
    total = (n1 + n0)[both]
    crude = (a.sum() / n1.sum()) / (b.sum() / n0.sum())
    return float(crude), float((a * n0)[both].div(total).sum() / (b * n1)[both].div(total).sum())


def test_the_planted_mix_of_wards_makes_the_crude_gap_and_strata_take_it_away(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    """Every bed day at the rate planted on its kind of ward: no chance in it, so both ratios are exact."""
    mix = truth["planted"]["DEM0"]["restraint"]
    wards = truth["tables"]["restraint_by_ward"]
    kinds = {row[wards["columns"].index("unit")]: row[wards["columns"].index("kind")] for row in wards["rows"]}
    people = by_stratum(built, "restraint_rate", "sum")
    rates = {unit: mix["incidents_per_1000_bed_days"][kind] / 1000 for unit, kind in kinds.items()}
    people["numerator"] = people["denominator"] * people["unit"].map(rates)
    crude, same_ward = ratios(people)
    assert crude == pytest.approx(mix["expected_rate_ratio"]["crude"], abs=1e-6)
    assert same_ward == pytest.approx(mix["expected_rate_ratio"]["same_ward"], abs=1e-12)
    assert crude > 1.25


@pytest.mark.parametrize(("atoms", "additivity"), [("restraint_rate", "sum"), ("restraint_likelihood", "distinct")])
def test_comparing_on_the_same_ward_lowers_the_ratio_as_planted(
    built: duckdb.DuckDBPyConnection, atoms: str, additivity: str
) -> None:
    """Of the events that happened: strata take a part of the ratio away that the mix of wards had put in."""
    crude, same_ward = ratios(by_stratum(built, atoms, additivity))
    assert same_ward < 0.9 * crude


@pytest.mark.parametrize("stratification", ["authority", "age_sex"])
def test_strata_of_detention_hold_every_detention_and_resident(
    built: duckdb.DuckDBPyConnection, stratification: str
) -> None:
    """By month, unit and group: nothing is lost between the crude cell and its strata."""

    def cells(name: str) -> list[tuple[Any, ...]]:
        return built.execute(
            f"""
            SELECT month, unit_code, ethnicity_code, sum(numerator), round(sum(denominator), 6)
            FROM intermediate.int_atom_mha_detention_rate WHERE role = 'own' AND stratification = '{name}'
                AND coalesce(denominator_rule, 'own') = 'own' GROUP BY ALL ORDER BY ALL
            """
        ).fetchall()

    crude, strata = cells("none"), cells(stratification)
    assert [row[:4] for row in strata] == [row[:4] for row in crude]
    assert [row[4] for row in strata] == pytest.approx([row[4] for row in crude], abs=1e-4)
    known = built.execute(
        f"""
        SELECT count(DISTINCT stratum) FROM intermediate.int_atom_mha_detention_rate
        WHERE role = 'own' AND stratification = '{stratification}' AND denominator > 0
        """
    ).fetchone()
    assert known == (12,)


def test_the_standard_is_the_population_of_england(built: duckdb.DuckDBPyConnection) -> None:
    """Twelve weights, one for each stratum of residents; women outnumber men from 65 on."""
    weights = dict(
        built.execute(
            "SELECT stratum, numerator FROM intermediate.int_atom_mha_detention_rate WHERE role = 'standard'"
        ).fetchall()
    )
    strata = built.execute(
        """
        SELECT DISTINCT stratum FROM intermediate.int_atom_mha_detention_rate
        WHERE role = 'own' AND stratification = 'age_sex' AND denominator > 0
        """
    ).fetchall()
    assert {(stratum,) for stratum in weights} == set(strata)
    assert sum(weights.values()) == pytest.approx(ENGLAND, abs=20)
    assert weights["2:65+"] > weights["1:65+"]


def test_the_national_rule_moves_three_census_groups_and_no_other(built: duckdb.DuckDBPyConnection) -> None:
    """Roma are left out, Gypsy or Irish Traveller and Arab people stand apart from C and S; all else is the same."""

    def residents(rule: str) -> dict[str, float]:
        return dict(
            built.execute(
                f"""
                SELECT ethnicity_code, sum(denominator) FROM intermediate.int_atom_mha_detention_rate
                WHERE role = 'own' AND stratification = 'none' AND denominator_rule = '{rule}'
                    AND month = DATE '2025-01-01'
                GROUP BY ALL
                """
            ).fetchall()
        )

    census = {
        str(code): people / 12
        for code, people in built.execute(
            """
            SELECT f.census_code, sum(f.population) FROM core.fct_population f
            JOIN (
                SELECT DISTINCT area_code FROM core.bridge_unit_area
                WHERE service_line = 'adult_mental_health' AND DATE '2025-01-15' BETWEEN valid_from AND valid_to
            ) USING (area_code) WHERE f.census_code IN ('15', '16', '18') GROUP BY ALL
            """
        ).fetchall()
    }
    own, national = residents("own"), residents("national")
    assert min(census.values()) > 0
    assert set(national) == set(own) | {"T", "V"}
    assert national["T"] == pytest.approx(census["15"], abs=1e-6)
    assert national["V"] == pytest.approx(census["18"], abs=1e-6)
    assert own["C"] - national["C"] == pytest.approx(census["15"] + census["16"], abs=1e-5)
    assert own["S"] - national["S"] == pytest.approx(census["18"], abs=1e-5)
    unmoved = set(own) - {"C", "S"}
    assert {code: national[code] for code in unmoved} == pytest.approx({code: own[code] for code in unmoved})


def test_the_national_rule_is_adjusted_for_published_periods(built: duckdb.DuckDBPyConnection) -> None:
    """Under both rules by age and sex and over authorities; White residents are fewer without the Roma."""
    rows = built.execute(
        """
        SELECT denominator_rule, adjustment, period_type, sum(reference_denominator)
        FROM marts.equity_measure
        WHERE measure_id = 'mha_detention_rate' AND unit_level = 'organisation' AND adjustment <> 'crude'
            AND grouping = 'white_bme' AND group_code = 'bme'
        GROUP BY ALL
        """
    ).fetchall()
    residents = {tuple(key): people for *key, people in rows}
    periods = {rule: {period for found, _, period in residents if found == rule} for rule in ("own", "national")}
    assert periods == {
        "own": {"financial_year", "rolling_12_months", "pooled_3_years"}, "national": {"financial_year"},
    }
    for adjustment in ("dsr", "isr", "mh_authority"):
        own, national = (residents[rule, adjustment, "financial_year"] for rule in ("own", "national"))
        assert 0 < national < own


def test_residents_of_all_ages_are_those_the_census_counted(built: duckdb.DuckDBPyConnection) -> None:
    """The comparison without fitted ages: each group as in the table of groups, over the workforce's authorities."""
    found = dict(
        built.execute(
            """
            SELECT ethnicity_code, round(sum(numerator), 3) FROM intermediate.int_atom_workforce_representation
            WHERE role = 'reference_observed' AND basis = '2021' AND month = DATE '2025-03-01' AND NOT is_modelled
            GROUP BY ALL
            """
        ).fetchall()
    )
    census = dict(
        built.execute(
            """
            SELECT c.code_2021, sum(t.population) FROM reference.ref_census_ts021 t
            JOIN reference.ref_census_ethnicity c USING (census_code)
            WHERE t.area_code IN (
                SELECT area_code FROM core.bridge_unit_area
                WHERE service_line = 'workforce' AND DATE '2025-03-31' BETWEEN valid_from AND valid_to
            ) GROUP BY ALL
            """
        ).fetchall()
    )
    assert len(found) == 19
    assert found == {code: pytest.approx(people, abs=0.01) for code, people in census.items()}
