"""What was planted in the recording of ethnicity comes back by unit and month, in the tables of the data-quality team.

Belongs here: conflicts, answers lost on the way, timeliness, categories used, agreement of systems. Does not belong
here: the five counts (`test_planted_truths`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

import duckdb
import pytest

from tests.integration.planted import Rows, counted, planted

ANY_OTHER, MIXED = set("CGLPS"), set("DEFG")
TRUST = "DEM0"


@pytest.mark.parametrize("when", ["first_contact", "by_first_contact", "within_28_days", "later", "not_yet"])
def test_answers_by_first_contact_come_back_exactly(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any], when: str
) -> None:
    found = counted(
        built,
        f"""
        SELECT strftime(month, '%Y-%m'), unit_code, {when}_count FROM quality.ethnicity_timeliness
        WHERE unit_level = 'team' AND {when}_count > 0
        """,
    )
    expected = planted(truth, "timeliness", ["month", "unit"], "first_contacts" if when == "first_contact" else when)
    assert found == expected
    assert sum(found.values()) > 20


def test_answers_lost_on_the_way_come_back_exactly(built: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    found = counted(
        built,
        """
        SELECT strftime(month, '%Y-%m'), unit_code, downgraded_count FROM quality.ethnicity_consistency
        WHERE unit_level = 'team' AND source = 'mhsds' AND downgraded_count > 0
        """,
    )
    assert found == planted(truth, "downgrades", ["month", "unit"], "people")
    assert sum(found.values()) > 20


def test_everyone_in_conflict_is_found(built: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    row = built.execute(
        """
        SELECT count(*) FROM intermediate.int_ethnicity_history
        WHERE subject = 'patient' AND second_code_date IS NOT NULL
        """
    ).fetchone()
    assert row == (truth["planted"][TRUST]["patients"]["conflicting_codes"],)


def next_month(month: date) -> date:
    """The first day of the next month, before which everything of the month lies."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def records_of(told: list[tuple[date, str, str, str]]) -> int:
    """How many records day, source, system and code are: what a monthly source sends again as it was is none."""
    held: dict[str, str] = {}
    found = 0
    for _, source, system, code in sorted(told):
        found += source not in {"mhsds", "staff_record"} or held.get(system) != code
        held[system] = code
    return found


def test_conflicts_by_unit_and_month_are_those_of_the_records(built: duckdb.DuckDBPyConnection) -> None:
    """Person by person, over every record of the person up to the end of the month."""
    told: dict[tuple[str, str], list[tuple[date, str, str, str]]] = defaultdict(list)
    for subject, key, *entry in built.execute(
        """
        SELECT subject, subject_key, recorded_date, source, system, code_2001 FROM intermediate.int_ethnicity_record
        WHERE recording_status = 'valid' AND subject IN ('patient', 'staff') AND subject_key IS NOT NULL
        """
    ).fetchall():
        told[subject, key].append(tuple(entry))
    expected: dict[str, Rows] = {name: Counter() for name in ("person", "comparable", "two_record", "conflict")}
    for source, month, unit, subject, key in built.execute(
        """
        SELECT source, month, coalesce(r.unit_code, u.unit_code), subject, subject_key
        FROM intermediate.int_ethnicity_record r
        LEFT JOIN intermediate.int_patient_unit u USING (local_patient_key, month)
        WHERE source IN ('mhsds', 'staff_record')
        UNION ALL
        SELECT 'patient_ethnicity', month, unit_code, 'patient', person_key
        FROM intermediate.int_contact_ethnicity
        """
    ).fetchall():
        until = [entry for entry in told[subject, key] if entry[0] < next_month(month)]
        place = (source, str(month), unit)
        expected["person"][place] += 1
        expected["comparable"][place] += len(until) > 1
        expected["two_record"][place] += records_of(until) > 1
        expected["conflict"][place] += len({code for *_, code in until}) > 1
    for what, counts in expected.items():
        found = counted(
            built,
            f"""
            SELECT source, month, unit_code, {what}_count FROM quality.ethnicity_consistency
            WHERE unit_level = 'team' AND source <> 'incidents'
            """,
        )
        assert +found == +counts, what
        assert sum(counts.values()) > 20, what


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


def test_categories_by_unit_and_month_are_those_of_the_people_in_contact(built: duckdb.DuckDBPyConnection) -> None:
    expected: dict[str, Rows] = {name: Counter() for name in ("valid", "any_other", "other_group", "mixed")}
    for month, unit, code in built.execute(
        "SELECT month, unit_code, code_2001 FROM intermediate.int_contact_ethnicity WHERE recording_status = 'valid'"
    ).fetchall():
        place = (str(month), unit)
        expected["valid"][place] += 1
        expected["any_other"][place] += code in ANY_OTHER
        expected["other_group"][place] += code == "S"
        expected["mixed"][place] += code in MIXED
    for what, counts in expected.items():
        found = counted(
            built,
            f"""
            SELECT month, unit_code, {what}_count FROM quality.ethnicity_category_use
            WHERE unit_level = 'team' AND source = 'patient_ethnicity'
            """,
        )
        assert +found == +counts, what


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
