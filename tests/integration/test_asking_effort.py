"""Who was asked and who is to be asked, person by person: read from the landed files without the pipeline."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.months import months_before
from tests.conftest import Home

LATEST, BEFORE = "2025-09", "2025-08"
SAID = set("ABCDEFGHJKLMNPRSTUV")


@dataclass
class PatientRecord:
    """The trust's own patient record as it landed.

    Attributes:
        entries: by patient, the value of each system and day; a later file's holds.
        seen: patients by team and month.
    """

    entries: dict[str, dict[tuple[str, str], str]] = field(default_factory=lambda: defaultdict(dict))
    seen: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def status(self, patient: str, month: str) -> str:
        """What is held at the end of a month: a refusal after every code, a code, the best of the rest."""
        until = month + "-31"
        held = [(day, value) for (_, day), value in self.entries[patient].items() if day <= until]
        said = max((day for day, value in held if value in SAID), default="")
        if max((day for day, value in held if value == "Z"), default="") > said:
            return "not_stated"
        others = {value for _, value in held} - SAID
        return "valid" if said else "not_known" if "99" in others else "invalid" if others - {""} else "missing"

    def to_ask(self, team: str, month: str) -> set[str]:
        """Patients of a team to be asked at the end of a month."""
        return {each for each in self.seen[team, month] if self.status(each, month) in ("missing", "not_known")}

    def answers(self, team: str, month: str) -> tuple[int, int]:
        """Of those to be asked at the end of the month before, who says and who declines now, seen or not."""
        now = [self.status(each, month) for each in self.to_ask(team, months_before(month, 1))]
        return now.count("valid"), now.count("not_stated")


def _rows(landing: Path, feed: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows of the trust's own files of a feed with their month, in order of the months."""
    for path in sorted((landing / feed).glob("*/*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from ((path.parent.name, row) for row in csv.DictReader(file))


@pytest.fixture(scope="module")
def record(small_home: Home) -> PatientRecord:
    """Rows that the contract leaves out are passed over: days after the month, nobody seen."""
    read = PatientRecord()
    landing = small_home.settings.landing
    named = [row for _, row in _rows(landing, "organisation") if row.get("system") == "epr"]
    units = {row["system_name"]: row["unit_code"] for row in named}
    for month, row in _rows(landing, "patient_ethnicity"):
        if row["RecordedDate"] <= month + "-31":
            read.entries[row["LocalPatientID"]][row["System"], row["RecordedDate"]] = row["EthnicCategory"]
    for month, row in _rows(landing, "contacts"):
        if row["Contacts"] != "0":
            read.seen[units[row["Team"]], month].add(row["LocalPatientID"])
    return read


def test_what_came_of_asking_is_counted_for_every_team_and_month(
    built: duckdb.DuckDBPyConnection, record: PatientRecord
) -> None:
    """The thirteen months lie after the merger: the trust itself numbers every patient in them."""
    found = {
        tuple(row[:2]): tuple(row[2:])
        for row in built.execute(
            "SELECT unit_code, strftime(month, '%Y-%m'), answered_count, declined_after_asking_count, "
            "asked_count FROM quality.asking_plan WHERE source = 'patient_ethnicity'"
        ).fetchall()
    }
    expected = {}
    for team, month in found:
        answered, declined = record.answers(team, month)
        expected[team, month] = (answered, declined, answered + declined)
    assert found == expected
    assert sum(total for *_, total in found.values()) > 0


def test_the_planted_effort_of_last_month_comes_back(
    built: duckdb.DuckDBPyConnection, record: PatientRecord, truth: dict[str, Any]
) -> None:
    """The team that began to ask: whom it had to ask at the end of the month before, and what came of it."""
    planted = truth["planted"]["DEM0"]["patient_record"]
    team = planted["units"]["asking"]
    answered, declined = record.answers(team, LATEST)
    assert planted["asked_last_month"] == {
        "to_ask_before": len(record.to_ask(team, BEFORE)), "answered": answered, "declined": declined
    }
    rows = built.execute(
        "SELECT answered_count, declined_after_asking_count, to_ask_count FROM quality.asking_plan "
        f"WHERE source = 'patient_ethnicity' AND unit_code = '{team}' AND month = DATE '2025-09-01'"
    ).fetchall()
    assert rows == [(answered, declined, len(record.to_ask(team, LATEST)))]
    assert answered > declined > 0


def test_the_work_list_holds_exactly_whom_the_team_has_to_ask(
    small_home: Home, record: PatientRecord, truth: dict[str, Any], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("landing", "warehouse", "keys"):
        (home / name).symlink_to(small_home.path / name)
    units = truth["planted"]["DEM0"]["patient_record"]["units"]
    for team in (units["asking"], units["seldom"]):
        wanted = record.to_ask(team, LATEST)
        assert wanted
        done = Home(home).command("work-list", team, "--to", str(tmp_path / "lists"))
        (path,) = (tmp_path / "lists").glob(f"work_list_{team}_until_*.csv")
        assert path.read_text(encoding="utf-8").splitlines()[1:] == [
            "organisation_code,local_patient_id", *sorted(f"DEM0,{patient}" for patient in wanted)
        ]
        assert f"{len(wanted)} people to be asked at the end of {LATEST}" in done.stdout
    log = (home / "logs" / "work_lists.log").read_text(encoding="utf-8")
    assert not [patient for patients in record.seen.values() for patient in patients if patient in log]
