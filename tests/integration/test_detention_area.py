"""Of whom a rate of residents is told: units that serve nobody, and the area beyond the catchment.

Belongs here: the built mart beside the planted detentions and the census. Does not belong here: how groups compare.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb
import pytest

from tests.conftest import Home
from tests.integration.planted import rows_of

CELL = "measure_id, denominator_rule, period_type, period_start, organisation_code"


def test_a_division_that_serves_no_authority_says_not_defined(built: duckdb.DuckDBPyConnection) -> None:
    """Every period of the trust, never a rate: and each division that serves somebody has one."""
    serving = {code for (code,) in built.execute(
        "SELECT DISTINCT unit_code FROM core.bridge_unit_area WHERE service_line = 'adult_mental_health'"
    ).fetchall()}
    divisions = {code for (code,) in built.execute(
        "SELECT DISTINCT unit_code FROM core.dim_organisation_unit WHERE unit_level = 'division'"
    ).fetchall()}
    assert divisions > serving
    rows = built.execute(
        f"""
        SELECT unit_code, list_contains(string_split(method, '|'), 'no_residents') AS is_undefined,
            count(DISTINCT ({CELL})), count(value), sum(numerator), count(*) FILTER (fit_for_use <> 'not_defined'),
            count(verdict), count(*) FILTER (grouping = 'white_bme' AND group_code = 'bme')
        FROM marts.equity_measure
        WHERE measure_id = 'mha_detention_rate' AND unit_level = 'division' AND denominator_rule = 'own'
            AND adjustment = 'crude'
        GROUP BY ALL
        """
    ).fetchall()
    periods = built.execute(
        f"SELECT count(DISTINCT ({CELL})) FROM marts.equity_measure WHERE measure_id = 'mha_detention_rate'"
        " AND unit_level = 'organisation' AND denominator_rule = 'own'"
    ).fetchone()
    assert periods is not None
    assert {(unit, is_undefined) for unit, is_undefined, *_ in rows} == {
        (unit, unit not in serving) for unit in divisions
    }
    for _, is_undefined, cells, values, events, defined, verdicts, headline in rows:
        assert (cells, headline) == (periods[0], periods[0])
        if is_undefined:
            assert (values, events, defined, verdicts) == (0, 0, 0, 0)
        else:
            assert values > 0


def test_rows_of_units_that_serve_nobody_are_those_of_the_broad_groups_and_speak_plainly(small_home: Home) -> None:
    with small_home.published() as connection:
        undefined = connection.execute(
            f"SELECT denominator_rule, unit_level, count(DISTINCT ({CELL})), count(*) FROM marts.equity_measure"
            " WHERE method LIKE '%no_residents%' GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        broad = connection.execute(
            "SELECT count(DISTINCT (grouping, group_code)) FROM marts.equity_measure"
            " WHERE measure_id = 'mha_detention_rate' AND grouping IN ('white_bme', 'broad_nhs', 'broad_ons')"
        ).fetchall()[0][0]
        charts = connection.execute(
            "SELECT count(*) FROM marts.equity_measure_trend JOIN core.dim_organisation_unit USING (unit_code)"
            " WHERE measure_id = 'mha_detention_rate' AND unit_name = 'Corporate Division'"
        ).fetchall()
        said = {text for (text,) in connection.execute(
            "SELECT sentence FROM marts.equity_answer JOIN core.dim_organisation_unit USING (unit_code)"
            " WHERE measure_id = 'mha_detention_rate' AND unit_name = 'Corporate Division' AND group_code = 'bme'"
        ).fetchall()}
    assert [row[:2] for row in undefined] == [("national", "division"), ("own", "division")]
    for *_, cells, count in undefined:
        assert count == cells * broad
    assert charts == [(0,)]
    assert said == {
        "Not defined here for people from minority ethnic backgrounds: the unit serves no area, so it has no residents "
        "to count detentions over."
    }


def test_the_wider_area_has_every_authority_above_and_below_the_line(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    """Residents are those of the census in all 14 authorities, detentions those planted in them."""
    rows = built.execute(
        """
        SELECT variant, period_start, sum(numerator), sum(denominator), count(DISTINCT group_code)
        FROM marts.equity_measure_sensitivity WHERE sensitivity = 'area' AND grouping = 'white_bme' GROUP BY ALL
        """
    ).fetchall()
    residents = dict(built.execute(
        """
        SELECT area_code IN (SELECT area_code FROM core.bridge_unit_area WHERE service_line = 'adult_mental_health'),
            sum(population)
        FROM core.fct_population JOIN core.dim_area USING (area_code) WHERE is_reference GROUP BY ALL
        """
    ).fetchall())
    assert residents[False] > 100_000
    planted: Counter[tuple[str, str]] = Counter()
    areas = {code for (code,) in built.execute("SELECT area_code FROM core.dim_area WHERE is_reference").fetchall()}
    for row in rows_of(truth, "new_detentions"):
        if row["area"] in areas:
            planted["wider_area", row["month"]] += row["detentions"]
            planted["catchment", row["month"]] += row["detentions"] * (row["catchment"] == "in")
    checked, beyond = 0, 0
    for variant, start, events, person_years, groups in rows:
        months = [f"{start.year + (start.month - 1 + n) // 12}-{(start.month - 1 + n) % 12 + 1:02d}" for n in range(12)]
        assert events == sum(planted[variant, month] for month in months)
        assert person_years == pytest.approx(residents[True] + (residents[False] if variant == "wider_area" else 0))
        assert groups == 6
        checked += 1
        beyond += variant == "wider_area" and events > sum(planted["catchment", month] for month in months)
    assert checked >= 10
    assert beyond, "nobody of beyond the catchment was detained: the figure could be the headline"


def test_the_range_over_areas_is_that_of_its_two_figures(built: duckdb.DuckDBPyConnection) -> None:
    """Of the area alone, not of the rules; and leaving authorities out does move a ratio."""
    different, moved = built.execute(
        """
        WITH pair AS (
            SELECT period_start, grouping, group_code, min(ratio) AS lowest, max(ratio) AS highest,
                count(ratio) AS ratios, min(ratio_lowest) AS said_lowest, max(ratio_highest) AS said_highest
            FROM marts.equity_measure_sensitivity WHERE sensitivity = 'area' GROUP BY ALL
        )
        SELECT count(*) FILTER (lowest IS DISTINCT FROM said_lowest OR highest IS DISTINCT FROM said_highest),
            count(*) FILTER (ratios = 2 AND highest > lowest)
        FROM pair
        """
    ).fetchall()[0]
    assert different == 0
    assert moved > 10
