"""What was planted in the recording of ethnicity comes back by unit and month, in the tables of the data-quality team.

Belongs here: conflicts, answers lost on the way, timeliness, categories used, agreement of systems. Does not belong
here: the five counts (`test_planted_truths`).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb
import pytest

from tests.integration.planted import LEVELS, PLACE, SLICE, Rows, counted, planted

TRUST = "DEM0"


@pytest.mark.parametrize("when", ["first_contact", "by_first_contact", "within_28_days", "later", "not_yet"])
def test_answers_by_first_contact_come_back_exactly(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any], when: str
) -> None:
    found = counted(
        built,
        f"""
        SELECT unit_level, unit_code, strftime(month, '%Y-%m'), {when}_count FROM quality.ethnicity_timeliness
        """,
    )
    name = "first_contacts" if when == "first_contact" else when
    assert found == planted(truth, "timeliness", ["unit_level", "unit", "month"], name)
    assert sum(count for (level, *_), count in found.items() if level == "organisation") > 20
    assert {level for level, *_ in found} == LEVELS


def test_whom_a_division_knew_is_not_new_to_it(truth: dict[str, Any]) -> None:
    """What makes first contacts of a unit fewer than those of its teams is planted."""
    first = planted(truth, "timeliness", ["unit_level"], "first_contacts")
    assert first["organisation",] < first["division",] < first["directorate",] < first["team",]


def test_answers_lost_on_the_way_come_back_exactly(built: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    """On the way to the data set and to the incident system; what was withdrawn from the patient record."""
    found = counted(
        built,
        f"""
        SELECT {SLICE}, coalesce(downgraded_count, withdrawn_count, 0) FROM quality.ethnicity_consistency
        """,
    )
    assert found == planted(truth, "recording", PLACE, "lost")
    of_source = Counter(source for source, *_ in found.elements())
    assert set(of_source) == {"mhsds", "incidents", "patient_ethnicity"}
    assert min(of_source.values()) > 10


def test_everyone_in_conflict_is_found(built: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    row = built.execute(
        """
        SELECT count(*) FROM intermediate.int_ethnicity_history
        WHERE subject = 'patient' AND second_code_date IS NOT NULL
        """
    ).fetchone()
    assert row == (truth["planted"][TRUST]["patients"]["conflicting_codes"],)


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("person", ["valid", "not_stated", "not_known", "invalid", "missing"]),
        ("comparable", ["comparable"]),
        ("two_record", ["two_record"]),
        ("conflict", ["conflict"]),
    ],
)
def test_conflicts_by_unit_and_month_come_back_exactly(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any], what: str, names: list[str]
) -> None:
    """Of every source, over every record of the person up to the end of the month."""
    found = counted(built, f"SELECT {SLICE}, {what}_count FROM quality.ethnicity_consistency")
    expected: Rows = Counter()
    for name in names:
        expected.update(planted(truth, "recording", PLACE, name))
    assert found == expected
    assert {level for _, level, *_ in found} == LEVELS
    of_source = Counter(source for source, *_ in found.elements())
    assert set(of_source) == {"incidents", "mhsds", "patient_ethnicity", "staff_record"}
    assert min(of_source.values()) > 20


@pytest.mark.parametrize("what", ["valid", "any_other", "other_group", "mixed"])
def test_categories_by_unit_and_month_come_back_exactly(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any], what: str
) -> None:
    found = counted(built, f"SELECT {SLICE}, {what}_count FROM quality.ethnicity_category_use")
    assert found == planted(truth, "recording", PLACE, what)
    assert {level for _, level, *_ in found} == LEVELS
    assert {source for source, *_ in found} == {"incidents", "mhsds", "patient_ethnicity", "staff_record"}


def test_the_staff_record_sent_again_is_no_second_record(built: duckdb.DuckDBPyConnection) -> None:
    """One system alone knows them: two records are a change of code, and the share is of all who could have one."""
    rows = built.execute(
        """
        SELECT comparable_count, two_record_count, conflict_count, conflict_share FROM quality.ethnicity_consistency
        WHERE source = 'staff_record' AND unit_level = 'organisation' AND comparable_count > 0
        """
    ).fetchall()
    assert any(changed for _, _, changed, _ in rows)
    for comparable, two, changed, share in rows:
        assert two == changed < comparable
        assert share == pytest.approx(changed / comparable)


def test_the_system_that_writes_white_british_by_default_is_suspected(built: duckdb.DuckDBPyConnection) -> None:
    """Two fifths of those whom it sees are planted, and next to nothing the other way."""
    found = {
        (system, compared): (share, lower, upper)
        for system, compared, share, lower, upper in built.execute(
            """
            SELECT system, compared_system, white_default_share, white_default_lower, white_default_upper
            FROM quality.ethnicity_agreement WHERE subject = 'patient'
            """
        ).fetchall()
    }
    _, lower, upper = found["pas", "rio"]
    assert lower < 0.4 < upper
    assert found["rio", "pas"][0] < lower


def test_systems_agree_as_much_from_either_side(built: duckdb.DuckDBPyConnection) -> None:
    rows = built.execute(
        """
        SELECT count(*), count(*) FILTER (a.agree_count = b.agree_count AND a.person_count = b.person_count
            AND a.kappa IS NOT DISTINCT FROM b.kappa)
        FROM quality.ethnicity_agreement a LEFT JOIN quality.ethnicity_agreement b
            ON b.organisation_code = a.organisation_code AND b.subject = a.subject
            AND b.system = a.compared_system AND b.compared_system = a.system
        """
    ).fetchone()
    assert rows is not None
    assert rows[0] == rows[1] > 6


def test_every_breakdown_adds_up_to_everyone(built: duckdb.DuckDBPyConnection) -> None:
    """Each breakdown of a source, unit and month holds the same records and statuses as the row of everyone."""
    statuses = ("record", "valid", "not_stated", "not_known", "invalid", "missing")
    sums = ", ".join(f"sum({status}_count) AS {status}" for status in statuses)
    differ = " OR ".join(f"a.{status} <> b.{status}" for status in statuses)
    row = built.execute(
        f"""
        WITH counted AS (
            SELECT source, unit_level, unit_code, month, breakdown, {sums}
            FROM quality.ethnicity_recording GROUP BY ALL
        )
        SELECT count(*), count(DISTINCT a.source || a.breakdown), count(*) FILTER ({differ} OR b.source IS NULL)
        FROM counted a LEFT JOIN counted b
            ON b.breakdown = 'all' AND (b.source, b.unit_level, b.unit_code, b.month)
                = (a.source, a.unit_level, a.unit_code, a.month)
        WHERE a.breakdown <> 'all'
        """
    ).fetchone()
    assert row is not None
    assert row[0] > 1000
    assert row[1:] == (12, 0)


@pytest.mark.parametrize("breakdown", ["sex", "age_band"])
def test_staff_are_broken_down_by_what_the_staff_record_has(built: duckdb.DuckDBPyConnection, breakdown: str) -> None:
    column = {"sex": "sex_code"}.get(breakdown, breakdown)
    expected = counted(
        built, f"SELECT month, {column}, count(*) FROM intermediate.int_staff_assignment WHERE is_counted GROUP BY ALL"
    )
    found = counted(
        built,
        f"""
        SELECT month, breakdown_value, record_count FROM quality.ethnicity_recording
        WHERE source = 'staff_record' AND unit_level = 'organisation' AND breakdown = '{breakdown}'
        """,
    )
    assert found == expected
    assert len({value for _, value in found}) > 1


def test_age_and_sex_of_incidents_are_those_of_their_patients(built: duckdb.DuckDBPyConnection) -> None:
    """Everyone else stands under what they are, as in the breakdown by whose record it is."""
    found = {
        breakdown: counted(
            built,
            f"""
            SELECT month, if(breakdown_value IN ('staff', 'visitor'), breakdown_value, 'patient'), record_count
            FROM quality.ethnicity_recording
            WHERE source = 'incidents' AND unit_level = 'organisation' AND breakdown = '{breakdown}'
            """,
        )
        for breakdown in ("subject", "age_band", "sex")
    }
    assert found["age_band"] == found["sex"] == found["subject"]
    values = built.execute(
        """
        SELECT count(DISTINCT breakdown_value) FILTER (breakdown = 'sex' AND breakdown_value IN ('1', '2')),
            count(DISTINCT breakdown_value) FILTER (breakdown = 'age_band' AND breakdown_value SIMILAR TO '[0-9].*')
        FROM quality.ethnicity_recording WHERE source = 'incidents'
        """
    ).fetchone()
    assert values is not None
    assert values[0] == 2
    assert values[1] > 4


def test_whom_two_teams_see_is_one_person_above_them(built: duckdb.DuckDBPyConnection) -> None:
    """At most the sum of the teams, and once at least fewer; with other sources always the sum."""
    found = {
        source: (fewer, more)
        for source, fewer, more in built.execute(
            """
            WITH level AS (
                SELECT source, month, sum(record_count) FILTER (unit_level = 'organisation') AS organisation,
                    sum(record_count) FILTER (unit_level = 'team') AS team
                FROM quality.ethnicity_recording WHERE breakdown = 'all' GROUP BY ALL
            )
            SELECT source, count(*) FILTER (organisation < team), count(*) FILTER (organisation > team)
            FROM level GROUP BY ALL
            """
        ).fetchall()
    }
    assert found.pop("patient_ethnicity")[0] > 0
    assert set(found.values()) == {(0, 0)}
    assert set(found) == {"incidents", "mhsds", "staff_record"}
