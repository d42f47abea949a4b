"""What adds up in the built mart, and what must not."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.conftest import Home

CELL = "measure_id, period_type, period_start, organisation_code, breakdown, breakdown_value, basis, denominator_rule"
CRUDE = "adjustment = 'crude' AND grouping = 'white_bme' AND numerator IS NOT NULL"


@pytest.fixture(scope="module")
def built(small_home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with small_home.warehouse() as connection:
        yield connection


def differing(built: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return built.execute(query).fetchall()


@pytest.mark.parametrize(("parent", "child"), [("organisation", "division"), ("division", "directorate"),
                                               ("directorate", "team")])
@pytest.mark.parametrize("additivity", ["sum", "latest", "distinct"])
def test_units_and_the_unit_above_them(
    built: duckdb.DuckDBPyConnection, additivity: str, parent: str, child: str
) -> None:
    """Events and people in post add up to the unit above; people with an event count once there."""
    built.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE level AS
        SELECT {CELL}, group_code, unit_level, sum(numerator) AS events, max(numerator) AS largest
        FROM marts.equity_measure JOIN marts.measure_catalogue USING (measure_id)
        WHERE additivity = '{additivity}' AND {CRUDE} AND unit_level IN ('{parent}', '{child}') GROUP BY ALL
        """
    )
    pairs = differing(
        built,
        f"""
        SELECT above.events, below.events, below.largest
        FROM level AS above JOIN level AS below USING ({CELL}, group_code)
        WHERE above.unit_level = '{parent}' AND below.unit_level = '{child}'
        """,
    )
    if additivity == "latest" or parent == "organisation":
        assert pairs
    for above, below, largest in pairs:
        if additivity == "distinct":
            assert largest <= above <= below  # type: ignore[operator]
        else:
            assert above == below
    if additivity == "distinct" and parent == "organisation":
        assert any(above < below for above, below, _ in pairs), "nobody was counted in two divisions"  # type: ignore[operator]


def test_every_grouping_counts_the_same_events(built: duckdb.DuckDBPyConnection) -> None:
    """Groups and unknown statuses together are everybody, in every grouping of a cell."""
    assert not differing(
        built,
        f"""
        SELECT {CELL}, unit_level, unit_code, count(DISTINCT events) AS totals FROM (
            SELECT {CELL}, unit_level, unit_code, grouping, sum(numerator) AS events FROM marts.equity_measure
            WHERE adjustment = 'crude' AND numerator IS NOT NULL GROUP BY ALL
        ) GROUP BY ALL HAVING totals <> 1
        """,
    )


@pytest.mark.parametrize(
    ("measure_id", "facts"),
    [
        ("restraint_likelihood",
         "SELECT count(DISTINCT person_key) FROM core.fct_restrictive_intervention WHERE person_key IS NOT NULL"
         " AND start_date BETWEEN DATE '2024-04-01' AND DATE '2025-03-31'"),
        ("racist_incident_rate",
         "SELECT count(*) FROM core.fct_incident WHERE is_racist AND staff_key IS NOT NULL"
         " AND incident_date BETWEEN DATE '2024-04-01' AND DATE '2025-03-31'"),
    ],
)
def test_the_mart_counts_the_facts(built: duckdb.DuckDBPyConnection, measure_id: str, facts: str) -> None:
    expected = built.execute(facts).fetchone()
    found = built.execute(
        f"""
        SELECT sum(numerator) FROM marts.equity_measure
        WHERE measure_id = '{measure_id}' AND period_label = '2024-25' AND unit_level = 'organisation'
            AND breakdown = 'all' AND {CRUDE}
        """
    ).fetchone()
    assert expected is not None
    assert expected[0] > 0
    assert found == expected


def test_a_person_on_two_wards_counts_once_above_them(built: duckdb.DuckDBPyConnection) -> None:
    """Everybody who stayed on any ward of the year, against the denominator of the mart."""
    expected, on_two_wards = built.execute(  # type: ignore[misc]
        """
        SELECT count(DISTINCT subject_key),
            count(DISTINCT subject_key) FILTER (subject_key IN (
                SELECT subject_key FROM intermediate.int_atom_restraint_likelihood
                WHERE breakdown = 'all' AND stratification = 'none'
                    AND month BETWEEN DATE '2024-04-01' AND DATE '2025-03-31'
                GROUP BY subject_key HAVING count(DISTINCT unit_code) > 1 AND count(DISTINCT month) > 2))
        FROM intermediate.int_atom_restraint_likelihood
        WHERE breakdown = 'all' AND stratification = 'none' AND month BETWEEN DATE '2024-04-01' AND DATE '2025-03-31'
        """
    ).fetchone()
    found = built.execute(
        f"""
        SELECT sum(denominator) FROM marts.equity_measure
        WHERE measure_id = 'restraint_likelihood' AND period_label = '2024-25' AND unit_level = 'organisation'
            AND breakdown = 'all' AND {CRUDE}
        """
    ).fetchone()
    assert on_two_wards > 0
    assert found == (expected,)


def test_snapshots_are_never_added_over_time(built: duckdb.DuckDBPyConnection) -> None:
    kinds = built.execute(
        "SELECT DISTINCT period_type FROM marts.equity_measure JOIN marts.measure_catalogue USING (measure_id)"
        " WHERE additivity = 'latest'"
    ).fetchall()
    assert kinds == [("snapshot",)]


def test_the_tipping_point_of_a_share_is_the_fewest_whole_people(built: duckdb.DuckDBPyConnection) -> None:
    shares = differing(
        built,
        """
        SELECT tipping_point * unknown_numerator, denominator * reference_value / multiplier - numerator
        FROM marts.equity_measure JOIN marts.measure_catalogue USING (measure_id)
        WHERE measure_type = 'share' AND tipping_point IS NOT NULL
        """,
    )
    assert len(shares) > 10
    for people, lacking in shares:
        assert people == pytest.approx(round(people), abs=1e-9)
        assert people - 1 < lacking <= people + 1e-6
