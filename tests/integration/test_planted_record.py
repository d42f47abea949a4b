"""What was planted in the patient record comes back: one preferred ethnicity of every person, systems and methods.

Belongs here: the feeds `patient_ethnicity` and `contacts`, down to the tables that hold persons. Does not belong here:
what is counted by unit and month: recording (`test_planted_truths`), timeliness and lost answers
(`test_planted_quality`), what came of asking (`test_asking_effort`).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb

from tests.integration.planted import Rows, counted, planted

HELD = """
    SELECT person_key, m.month, max(recorded_date) FILTER (recording_status = 'valid') AS coded,
        max(recorded_date) FILTER (recording_status = 'not_stated') AS refused
    FROM intermediate.int_epr_ethnicity e JOIN (SELECT DISTINCT month FROM intermediate.int_mhsds_patient) m
        ON e.recorded_date <= last_day(m.month)
    GROUP BY ALL
"""


def test_every_persons_preferred_ethnicity_is_the_one_worked_out_apart(
    built: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    for column, query in (("people", "count(*)"), ("conflicting", "count(*) FILTER (has_conflict)")):
        found = counted(built, f"SELECT ethnicity_code_2001, {query} FROM core.dim_person GROUP BY ALL")
        assert found == planted(truth, "preferred", ["code"], column), column


def test_a_downgraded_person_has_the_code_they_gave(built: duckdb.DuckDBPyConnection) -> None:
    """Who told the patient record and is Z in the data set has the self-reported code, with its source."""
    row = built.execute(
        f"""
        SELECT count(*), count(*) FILTER (p.recording_status = 'valid' AND p.ethnicity_source = 'patient_ethnicity')
        FROM core.dim_person p JOIN ({HELD}) h ON h.person_key = p.person_key AND h.month = DATE '2025-09-01'
        WHERE h.refused IS NULL AND EXISTS (
            SELECT 1 FROM intermediate.int_ethnicity_record r JOIN intermediate.int_epr_ethnicity e
                ON e.person_key = r.subject_key AND e.method = 'self' AND e.recording_status = 'valid'
            WHERE r.subject_key = p.person_key AND r.source = 'mhsds' AND r.recording_status = 'not_stated')
        """
    ).fetchone()
    assert row
    assert row[0] == row[1] > 0


def test_losers_are_kept_each_with_a_reason(built: duckdb.DuckDBPyConnection) -> None:
    """Everyone with a code left has one preferred candidate; the published counts are those of the kept rows."""
    assert not built.execute(
        """
        SELECT c.subject_key FROM core.fct_ethnicity_candidate c JOIN core.dim_person p ON p.person_key = c.subject_key
        GROUP BY c.subject_key, p.recording_status
        HAVING count(*) FILTER (c.is_preferred) <> CAST(p.recording_status = 'valid' AS INTEGER)
        """
    ).fetchall()
    kept: Rows = counted(
        built,
        """
        SELECT source, method, code_2001, reason_code, count(DISTINCT subject_key) FROM core.fct_ethnicity_candidate
        WHERE NOT is_preferred GROUP BY ALL
        """,
    )
    told = counted(
        built,
        """
        SELECT losing_source, losing_method, losing_code, reason_code, sum(person_count)
        FROM quality.ethnicity_preference WHERE subject = 'patient' GROUP BY ALL
        """,
    )
    assert kept == told
    reasons = {reason for *_, reason in kept}
    assert {"same_code", "lower_source", "less_specific", "undone_by_refusal", "too_old"} <= reasons


def test_systems_and_methods_are_told_apart(built: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    told = truth["planted"]["DEM0"]["patient_record"]
    row = built.execute(
        """
        SELECT count(*), count(*) FILTER (version_count > 1), count(*) FILTER (code_set = '2021'),
            count(*) FILTER (has_lost_detail)
        FROM intermediate.int_epr_ethnicity
        """
    ).fetchone()
    assert row == (
        told["entries"],
        told["entries_corrected"],
        told["entries_in_2021_codes"],
        told["entries_finer_than_2001"],
    )
    share = dict(
        built.execute(
            """
            SELECT system, avg(CAST(method = 'self' AS INTEGER)) FILTER (recording_status = 'valid')
            FROM intermediate.int_epr_ethnicity GROUP BY ALL
            """
        ).fetchall()
    )
    assert set(share) == {"rio", "pas"}
    assert share["pas"] == 0
    assert 0.6 < share["rio"] < 0.8


def test_every_unit_of_the_patient_record_is_known(built: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    names: Counter[str] = Counter()
    for table in ("int_epr_ethnicity", "int_contact"):
        row = built.execute(f"SELECT count(*) FROM intermediate.{table} WHERE unit_code = 'UNKNOWN'").fetchone()
        names[table] = row[0] if row else -1
    assert not +names
    seen = {place for place, *_ in planted(truth, "recording", ["unit"], "valid", source="patient_ethnicity")}
    assert len(seen) > 20
