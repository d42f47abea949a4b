"""What the synthetic trust writes is read by the reference tables as it was meant.

Belongs here: the values of the generator beside the seeds. Does not belong here: files (`test_demo`).
"""

from __future__ import annotations

import csv

import numpy as np

from orchestration.demo import ethnicity, patient_record, staff_jobs
from orchestration.settings import PROJECT


def seed_values(source: str) -> dict[str, dict[str, str]]:
    with (PROJECT / "seeds" / "ref_ethnicity_map.csv").open(encoding="utf-8", newline="") as file:
        return {row["raw_value"]: row for row in csv.DictReader(file) if row["source"] == source}


def test_the_reference_tables_read_ethnicity_as_it_was_meant() -> None:
    esr, mhsds, incidents = seed_values("esr"), seed_values("mhsds"), seed_values("incidents")
    epr = seed_values("epr")

    def meaning(values: dict[str, dict[str, str]], text: str) -> tuple[str, str] | None:
        whole = " ".join(text.upper().split())
        row = values.get(whole) or values.get(whole.split(" ")[0].rstrip("*") if whole else "")
        return (row["code_2001"], row["recording_status"]) if row else None

    for code, texts in ethnicity.ESR.items():
        assert {meaning(esr, text) for text, _ in texts} == {(code, "valid")}
    for code in ethnicity.CODES:
        assert meaning(mhsds, code) == meaning(incidents, ethnicity.INCIDENTS[code]) == (code, "valid")
        assert meaning(epr, code) == (code, "valid")
    for code, letter, _ in patient_record.FINER:
        assert (meaning(epr, letter), epr[letter]["code_2021"]) == ((code, "valid"), letter)
    assert meaning(esr, ethnicity.ESR_NOT_STATED) == meaning(mhsds, "Z") == meaning(incidents, "Not stated") == (
        "", "not_stated")
    assert meaning(epr, "Z") == ("", "not_stated")
    assert meaning(mhsds, "99") == meaning(epr, "99") == meaning(incidents, "Not known") == ("", "not_known")
    assert meaning(esr, ethnicity.ESR_UNSPECIFIED) == ("", "missing")
    assert meaning(esr, ethnicity.ESR_INVALID) is meaning(mhsds, ethnicity.MHSDS_INVALID) is meaning(
        epr, ethnicity.MHSDS_INVALID) is meaning(incidents, ethnicity.INCIDENTS_INVALID) is None


def test_the_reference_tables_read_pay_grades_as_they_were_meant() -> None:
    with (PROJECT / "seeds" / "ref_grade_map.csv").open(encoding="utf-8", newline="") as file:
        known = {row["raw_value"]: row["band_code"] for row in csv.DictReader(file) if row["source"] == "esr"}
    rng = np.random.default_rng(1)
    bands = np.repeat(np.array(staff_jobs.BANDS, dtype=object), 60)
    groups = np.where(np.isin(bands, ("consultant", "career_grade", "trainee")), staff_jobs.MEDICAL,
                      rng.choice([staff_jobs.ADMIN, staff_jobs.NURSING], len(bands))).astype(object)
    roles, _ = staff_jobs.draw_roles(rng, groups, bands)
    for band, text in zip(bands, staff_jobs.grade_texts(rng, bands, groups, roles), strict=True):
        found = known.get(text.upper()) or known.get(text.upper().split("|")[-1]) or "unknown"
        assert found == band, text
