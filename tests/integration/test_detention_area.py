"""Of whom a rate of residents is told: units that serve nobody, and the area beyond the catchment.

Belongs here: the built mart beside the planted detentions and the census. Does not belong here: how groups compare.
"""

from __future__ import annotations

import duckdb

from tests.conftest import Home

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


def test_rows_of_units_that_serve_nobody_are_few_and_speak_plainly(small_home: Home) -> None:
    with small_home.published() as connection:
        undefined, every = connection.execute(
            "SELECT count(*) FILTER (method LIKE '%no_residents%'), count(*) FROM marts.equity_measure"
        ).fetchall()[0]
        charts = connection.execute(
            "SELECT count(*) FROM marts.equity_measure_trend JOIN core.dim_organisation_unit USING (unit_code)"
            " WHERE measure_id = 'mha_detention_rate' AND unit_name = 'Corporate Division'"
        ).fetchall()
        said = {text for (text,) in connection.execute(
            "SELECT sentence FROM marts.equity_answer JOIN core.dim_organisation_unit USING (unit_code)"
            " WHERE measure_id = 'mha_detention_rate' AND unit_name = 'Corporate Division' AND group_code = 'bme'"
        ).fetchall()}
    assert 0 < undefined < 0.02 * every
    assert charts == [(0,)]
    assert said == {
        "Not defined here for people from minority ethnic backgrounds: the unit serves no area, so it has no residents "
        "to count detentions over."
    }
