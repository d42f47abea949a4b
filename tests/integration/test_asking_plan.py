"""Whom to ask, in the synthetic trust: the plan counts who was planted, and asking gains what the facts say it does."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import Any

import duckdb
import pandas as pd
import pytest

from tests.integration.planted import counted, rows_of

STATUSES = ("valid", "not_stated", "not_known", "invalid", "missing")
LATEST = "(SELECT max(month) FROM quality.asking_plan)"


@pytest.mark.parametrize("source", ["patient_ethnicity", "mhsds", "staff_record"])
def test_the_plan_counts_the_planted_people_of_every_team(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any], source: str
) -> None:
    """The last thirteen months; needed as worked out in decimals from the target of 95%."""
    found = {
        tuple(row[:2]): row[2:]
        for row in built.execute(
            "SELECT unit_code, strftime(month, '%Y-%m'), person_count, valid_count, to_ask_count, not_stated_count, "
            "needed_count, is_target_reachable FROM quality.asking_plan WHERE source = ?",
            [source],
        ).fetchall()
    }
    months = sorted({month for _, month in found})
    assert (len(months), months[0], months[-1]) == (13, "2024-09", "2025-09")
    expected = {}
    for row in rows_of(truth, "recording"):
        people = sum(row[status] for status in STATUSES)
        if row["source"] == source and row["unit_level"] == "team" and row["month"] in months and people:
            to_ask = row["missing"] + row["not_known"]
            goal = (Decimal("0.95") * people).to_integral_value(ROUND_CEILING)
            needed = max(0, int(goal) - row["valid"])
            counts = (people, row["valid"], to_ask, row["not_stated"])
            expected[row["unit"], row["month"]] = (*counts, needed, needed <= to_ask)
    assert found == expected


def test_nobody_to_be_asked_is_lost_between_plan_and_recording(built: duckdb.DuckDBPyConnection) -> None:
    """Team by team, that of nobody known included; over the trust, where nobody is counted twice."""
    of_recording = "FROM quality.ethnicity_recording WHERE breakdown = 'all' AND record_count > 0 AND source IN"
    sources = "(SELECT source FROM quality.asking_plan)"
    months = "month IN (SELECT month FROM quality.asking_plan)"
    counts = "source, month, record_count, valid_count, missing_count + not_known_count, not_stated_count"
    expected = built.execute(
        f"SELECT unit_code, {counts} {of_recording} {sources} AND {months} AND unit_level = 'team' ORDER BY ALL"
    ).fetchall()
    found = built.execute(
        "SELECT unit_code, source, month, person_count, valid_count, to_ask_count, not_stated_count "
        "FROM quality.asking_plan ORDER BY ALL"
    ).fetchall()
    assert found == expected
    whole = built.execute(
        "SELECT source, month, missing_count + not_known_count "
        f"{of_recording} {sources} AND {months} AND unit_level = 'organisation' ORDER BY ALL"
    ).fetchall()
    people = built.execute(
        "SELECT source, month, count(DISTINCT record_key) FILTER (is_to_ask) FROM intermediate.int_asking_person "
        f"WHERE {months} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert people == whole
    assert people


def test_ranks_begin_with_what_gains_most(built: duckdb.DuckDBPyConnection) -> None:
    """Every source and month has each rank once; of the latest, gains and then needs go down."""
    for source, month, in_order in built.execute(
        f"""
        SELECT source, month, list((gain, needed_count, unit_code) ORDER BY plan_rank)
        FROM (
            SELECT plan.*, coalesce((
                SELECT max(narrowing_share) FROM quality.asking_plan_gain AS gain
                WHERE gain.source = plan.source AND gain.unit_code = plan.unit_code AND plan.month = {LATEST}
                    AND group_code = 'bme'
                ), 0) AS gain
            FROM quality.asking_plan AS plan WHERE unit_code <> 'UNKNOWN'
        ) GROUP BY ALL
        """
    ).fetchall():
        ordered = [(-round(gain, 3), -needed, unit) for gain, needed, unit in in_order]
        assert ordered == sorted(ordered), (source, month)


def test_the_plan_names_the_figure_it_is_ordered_by(built: duckdb.DuckDBPyConnection) -> None:
    """One group stands for every measure, and the others have no rank; what nobody can see has none."""
    rows = built.execute("SELECT * FROM quality.asking_plan_gain").df()
    rows["told"] = rows["narrowing_share"].round(3)
    assert set(rows.loc[rows["gain_rank"].notna(), "group_code"]) == {"bme"}
    told = rows[(rows["group_code"] == "bme") & (rows["told"] > 0)]
    assert rows["gain_rank"].notna().sum() == len(told)
    firmest = {}
    for team, lines in told.groupby(["source", "unit_code"]):
        ordered = lines.sort_values(["told", "measure_id"], ascending=[False, True])
        assert ordered["gain_rank"].tolist() == [*range(1, len(ordered) + 1)]
        firmest[team] = tuple(ordered.iloc[0][["measure_id", "narrowing_share", "unknown_event_count"]])
    assert max(len(lines) for _, lines in told.groupby(["source", "unit_code"])) > 1
    found = {
        (source, unit): tuple(figure)
        for source, unit, *figure in built.execute(
            "SELECT source, unit_code, firmest_measure_id, narrowing_share, unknown_event_count "
            f"FROM quality.asking_plan WHERE month = {LATEST} AND firmest_measure_id IS NOT NULL"
        ).fetchall()
    }
    assert found == firmest
    assert found


def test_staff_to_be_asked_are_counted_in_the_workforce(built: duckdb.DuckDBPyConnection) -> None:
    """From the facts: who is to be asked now, was in scope at the snapshot, and is of unknown ethnicity."""
    found = counted(
        built,
        """
        SELECT unit_code, unknown_event_count FROM quality.asking_plan_gain
        WHERE source = 'staff_record' AND measure_id = 'workforce_representation' AND group_code = 'bme'
        """,
    )
    expected = counted(
        built,
        f"""
        SELECT asked.unit_code, count(*) FROM intermediate.int_asking_person AS asked
        JOIN core.fct_staff_snapshot AS snapshot ON snapshot.staff_key = asked.subject_key
        JOIN core.dim_staff AS staff ON staff.staff_key = asked.subject_key
        WHERE asked.source = 'staff_record' AND asked.is_to_ask AND asked.month = {LATEST}
            AND snapshot.snapshot_month = DATE '2025-03-01' AND snapshot.is_in_wres_scope
            AND staff.recording_status <> 'valid'
        GROUP BY ALL
        """,
    )
    assert found == expected
    assert found


def test_detentions_of_patients_to_be_asked_are_counted_once(built: duckdb.DuckDBPyConnection) -> None:
    """From the facts: new detentions of catchment residents in the twelve months, of people nobody knows."""
    found = counted(
        built,
        """
        SELECT source, unit_code, unknown_event_count FROM quality.asking_plan_gain
        WHERE measure_id = 'mha_detention_rate' AND group_code = 'bme'
        """,
    )
    expected = counted(
        built,
        f"""
        SELECT asked.source, asked.unit_code, count(*)
        FROM (
            SELECT DISTINCT source, unit_code, subject_key FROM intermediate.int_asking_person
            WHERE is_to_ask AND month = {LATEST}
        ) AS asked
        JOIN core.dim_person AS person ON person.person_key = asked.subject_key AND person.recording_status <> 'valid'
        JOIN core.fct_mha_episode AS episode USING (person_key)
        WHERE episode.is_new_detention AND episode.start_month BETWEEN DATE '2024-10-01' AND DATE '2025-09-01'
            AND episode.residence_area_code IN (
                SELECT area_code FROM core.bridge_unit_area WHERE service_line = 'adult_mental_health'
                    AND valid_from <= episode.start_month + INTERVAL 1 MONTH - INTERVAL 1 DAY
                    AND valid_to >= episode.start_month
            )
        GROUP BY ALL
        """,
    )
    assert found == expected
    assert found


def gains(built: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Every gain beside its row of the mart, and beside the counts of White and minority ethnic people together."""
    return built.execute(
        """
        WITH figure AS (
            SELECT * FROM marts.equity_measure NATURAL JOIN marts.equity_headline WHERE is_board_figure
        )
        SELECT gain.*, figure.* EXCLUDE (measure_id, organisation_code, unit_code, grouping, group_code, basis,
                period_label, ratio, bound_lower, bound_upper),
            figure.bound_lower AS lower, figure.bound_upper AS upper, all_known.known_events, all_known.known_people
        FROM quality.asking_plan_gain AS gain
        JOIN figure USING (measure_id, organisation_code, basis, grouping, group_code)
        JOIN (
            SELECT measure_id, numerator + reference_numerator AS known_events,
                denominator + reference_denominator AS known_people
            FROM figure WHERE group_code = 'bme'
        ) AS all_known USING (measure_id)
        """
    ).df()


def test_no_range_opens_and_no_team_has_more_unknown_events_than_there_are(built: duckdb.DuckDBPyConnection) -> None:
    """In a share, whose reference is a census, a range narrows by the team's part of the unknown."""
    rows = gains(built)
    assert built.execute("SELECT count(*) FROM quality.asking_plan_gain").fetchone() == (len(rows),)
    assert (rows["unknown_event_count"] <= rows["unknown_numerator"]).all()
    assert rows["bound_lower"].equals(rows["lower"])
    assert rows["bound_upper"].equals(rows["upper"])
    bounded = rows[rows["narrowing_share"].notna()]
    for lower, upper in (
        ("bound_lower", "bound_lower_after"), ("bound_lower_after", "ratio_after"),
        ("ratio_after", "bound_upper_after"), ("bound_upper_after", "bound_upper"),
    ):
        assert (bounded[lower] <= bounded[upper] + 1e-12).all(), (lower, upper)
    shares = bounded[bounded["measure_id"] == "workforce_representation"]
    part = shares["unknown_event_count"] / shares["unknown_numerator"]
    assert shares["narrowing_share"].to_numpy() == pytest.approx(part.to_numpy(), abs=1e-9)
    assert len(shares)


def test_bounds_of_residents_are_those_of_the_counts_there_would_be(built: duckdb.DuckDBPyConnection) -> None:
    rows = gains(built).query("measure_id == 'mha_detention_rate'")
    assert len(rows)
    for row in rows.itertuples():
        more = 1 + row.unknown_event_count / row.known_events
        events, white = row.numerator * more, row.reference_numerator * more
        left = row.unknown_numerator - row.unknown_event_count
        times = row.reference_denominator / row.denominator
        found = (row.ratio_after, row.bound_lower_after, row.bound_upper_after)
        expected = (events / white * times, events / (white + left) * times, (events + left) / white * times)
        assert found == pytest.approx(expected, rel=1e-9)


def test_bounds_of_a_likelihood_are_those_of_the_people_there_would_be(built: duckdb.DuckDBPyConnection) -> None:
    """People to be asked on any ward in the year, with and without the event, from the wards' months."""
    asked = {
        (source, unit): (restrained, people - restrained)
        for source, unit, restrained, people in built.execute(
            f"""
            SELECT source, unit_code, count(*) FILTER (is_restrained), count(*)
            FROM (
                SELECT asked.source, asked.unit_code, ward.subject_key, bool_or(ward.is_restrained) AS is_restrained
                FROM intermediate.int_asking_person AS asked
                JOIN core.dim_person AS person
                    ON person.person_key = asked.subject_key AND person.recording_status <> 'valid'
                JOIN intermediate.int_ward_month AS ward ON ward.subject_key = asked.subject_key
                WHERE asked.is_to_ask AND asked.month = {LATEST}
                    AND ward.month BETWEEN DATE '2024-04-01' AND DATE '2025-03-31'
                GROUP BY ALL
            ) GROUP BY ALL
            """
        ).fetchall()
    }
    rows = gains(built).query("measure_id == 'restraint_likelihood'")
    assert {(row.source, row.unit_code) for row in rows.itertuples()} == set(asked)
    assert asked
    for row in rows.itertuples():
        events, others = asked[row.source, row.unit_code]
        assert row.unknown_event_count == events
        more = 1 + events / row.known_events
        more_others = 1 + others / (row.known_people - row.known_events)
        u = row.unknown_numerator - events
        without = row.unknown_denominator - row.unknown_numerator - others
        x, w = row.numerator * more, row.reference_numerator * more
        n = x + (row.denominator - row.numerator) * more_others
        m = w + (row.reference_denominator - row.reference_numerator) * more_others
        expected = (
            (x / n) / (w / m), (x / (n + without)) / ((w + u) / (m + u)), ((x + u) / (n + u)) / (w / (m + without)),
        )
        found = (row.ratio_after, row.bound_lower_after, row.bound_upper_after)
        assert found == pytest.approx(expected, rel=1e-9)
