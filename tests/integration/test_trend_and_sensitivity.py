"""The charts and the ethnicity rules beside `marts.equity_measure`, on the synthetic trust."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import pytest

from tests.conftest import Home
from tests.unit.test_statistics_process import by_hand


def test_charted_values_are_those_of_the_mart(small_home: Home) -> None:
    with small_home.published() as connection:
        charted, absent, different = connection.execute("""
            SELECT count(trend.charted_value), count(*) FILTER (WHERE equity.measure_id IS NULL),
                count(*) FILTER (WHERE trend.charted_value IS DISTINCT FROM
                    CASE trend.series WHEN 'value' THEN equity.value ELSE
                        CASE WHEN equity.ratio > 0 THEN ln(equity.ratio) END END)
            FROM marts.equity_measure_trend AS trend
            LEFT JOIN marts.equity_measure AS equity USING (measure_id, period_type, period_start, organisation_code,
                unit_level, unit_code, breakdown, basis, grouping, group_code, denominator_rule, adjustment)
        """).fetchall()[0]
    assert charted > 100
    assert (absent, different) == (0, 0)


def test_every_judged_chart_is_drawn_by_the_rules_as_written(small_home: Home) -> None:
    """Mean, limits and label of each point again, from the charted values alone."""
    with small_home.published() as connection:
        points = connection.execute("""
            SELECT measure_id || unit_code || basis || grouping || group_code || series || phase, charted_value,
                mean, lower_limit, upper_limit, signal
            FROM marts.equity_measure_trend WHERE charted_value IS NOT NULL AND lower_limit IS NOT NULL
            ORDER BY 1, period_start
        """).fetchall()
    charts = defaultdict(list)
    for key, *point in points:
        charts[key].append(point)
    assert len(charts) >= 4
    for drawn in charts.values():
        assert len(drawn) >= 12
        again = by_hand([Fraction(value) for value, *_ in drawn])
        for (_, mean, lower, upper, signal), (lines, _, label) in zip(drawn, again, strict=True):
            assert [mean, lower, upper] == pytest.approx([float(line) for line in lines[:3]], abs=1e-8)
            assert signal == label


def test_a_restart_has_its_reason_and_moves_only_its_own_charts(small_home: Home) -> None:
    with small_home.published() as connection:
        restarted = connection.execute("""
            SELECT DISTINCT trend.unit_code, trend.measure_id, trend.phase_reason = mark.reason,
                trend.period_start >= mark.intervention_date
            FROM marts.equity_measure_trend AS trend
            LEFT JOIN reference.ref_intervention AS mark
                ON mark.restarts_limits AND mark.measure_id = trend.measure_id AND mark.unit_code = trend.unit_code
            WHERE trend.phase > 1
        """).fetchall()
        named = connection.execute("""
            SELECT DISTINCT period_label FROM marts.equity_measure_trend
            WHERE intervention_name LIKE 'Merger%' AND period_type = 'month'
        """).fetchall()
    assert restarted == [("DEM0-D1", "mha_detention_rate", True, True)]
    assert named == [("2024-04",)]


def test_the_headline_of_each_sensitivity_is_that_of_the_mart(small_home: Home) -> None:
    with small_home.published() as connection:
        variants, headlines, different = connection.execute("""
            SELECT count(DISTINCT rule.variant), count(*) FILTER (WHERE rule.is_headline),
                count(*) FILTER (WHERE rule.is_headline AND (
                    rule.numerator IS DISTINCT FROM equity.numerator
                    OR rule.denominator IS DISTINCT FROM equity.denominator
                    OR rule.value IS DISTINCT FROM equity.value
                    OR rule.reference_value IS DISTINCT FROM equity.reference_value
                    OR rule.ratio IS DISTINCT FROM equity.ratio))
            FROM marts.equity_measure_sensitivity AS rule
            LEFT JOIN marts.equity_measure AS equity
                ON equity.measure_id = rule.measure_id AND equity.basis = rule.basis
                AND equity.period_type = rule.period_type AND equity.period_start = rule.period_start
                AND equity.organisation_code = rule.organisation_code AND equity.grouping = rule.grouping
                AND equity.group_code = rule.group_code AND equity.reference_group_code = rule.reference_group_code
                AND equity.unit_level = 'organisation' AND equity.breakdown = 'all'
                AND equity.denominator_rule = 'own' AND equity.adjustment = 'crude'
        """).fetchall()[0]
    assert variants == 6
    assert headlines > 100
    assert different == 0


def test_no_rule_loses_anybody_and_some_rule_matters(small_home: Home) -> None:
    """Events or observations of all groups and the unknown add up to the same under every rule; the rules disagree."""
    with small_home.published() as connection:
        totals = connection.execute("""
            SELECT measure_id, basis, period_start, grouping, count(DISTINCT total)
            FROM (SELECT measure_id, basis, period_start, grouping, variant,
                    sum(coalesce(numerator, denominator)) AS total
                FROM marts.equity_measure_sensitivity WHERE sensitivity = 'ethnicity_rule' GROUP BY ALL) GROUP BY ALL
        """).fetchall()
        wide = connection.execute(
            "SELECT count(*) FROM marts.equity_measure_sensitivity"
            " WHERE sensitivity = 'ethnicity_rule' AND ratio_highest > ratio_lowest"
        ).fetchone()
    assert totals
    assert {count for *_, count in totals} == {1}
    assert wide is not None
    assert wide[0] > 0


def test_a_mean_under_each_rule_is_that_of_the_sections_of_people_so_recorded(small_home: Home) -> None:
    """From the single sections and what each rule says of the person, without the engine."""
    with small_home.warehouse() as connection:
        again = connection.execute("""
            SELECT person.ethnicity_rule, period.period_start, coalesce(ethnicity.white_bme_code, 'unknown'),
                avg(section.value), count(*)
            FROM intermediate.int_section_2_length AS section
            JOIN intermediate.int_measure_period AS period
                ON period.measure_id = 'section_2_length_mean' AND period.period_type = 'rolling_12_months'
                AND period.month = section.month
            JOIN intermediate.int_person_ethnicity AS person
                ON person.subject_key = section.subject_key AND person.basis = '2001'
            LEFT JOIN core.dim_ethnicity AS ethnicity
                ON ethnicity.basis = '2001' AND ethnicity.ethnicity_code = person.ethnicity_code
            GROUP BY ALL HAVING coalesce(ethnicity.white_bme_code, 'unknown') <> 'unknown'
        """).fetchall()
    with small_home.published() as connection:
        told = connection.execute("""
            SELECT variant, period_start, group_code, value, denominator FROM marts.equity_measure_sensitivity
            WHERE measure_id = 'section_2_length_mean' AND grouping = 'white_bme' AND group_code IN ('white', 'bme')
                AND value IS NOT NULL
        """).fetchall()
    values = {row[:3]: row[3:] for row in told}
    assert {rule for rule, *_ in values} == {"preferred", "latest_usable", "most_frequent", "latest_record"}
    assert set(values) == {row[:3] for row in again}
    for *key, mean, sections in again:
        assert values[tuple(key)] == (pytest.approx(mean), sections)
    by_rule = {rule: {key[1:]: value for key, value in values.items() if key[0] == rule} for rule, *_ in values}
    assert any(figures != by_rule["preferred"] for figures in by_rule.values())
