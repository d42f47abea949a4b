"""Whose records contradict each other, and since when.

Belongs here: the usable records of each person, of every system, by the day they bear. Does not belong here: how many
of them a unit has (`truth_recording`), or whose code is preferred (`truth_preferred`).

A record bears the day on which it was entered; one of a file that says every month how things stand, and of the
incident system, the first day of the month of the file. What such a monthly file says again is no further record.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from orchestration.demo.ethnicity import CODES
from orchestration.demo.incidents import Incidents
from orchestration.demo.mhsds import Records, recorded
from orchestration.demo.plan import Plan

NEVER = 4_000_000
MONTHLY = ("mhsds", "staff_record")
"""Systems whose files say every month how things stand."""


@dataclass(frozen=True)
class Conflicts:
    """Of everyone the day on which a usable value came for the second time, of the second record and the second code.

    `NEVER` where there is none.
    """

    value: np.ndarray
    record: np.ndarray
    code: np.ndarray

    def by(self, day: int, people: np.ndarray) -> dict[str, np.ndarray]:
        """Who can be compared, has two records and is in conflict by the end of a day; -1 is nobody who is known."""
        days = {"is_comparable": self.value, "has_two": self.record, "has_conflict": self.code}
        return {name: (people >= 0) & (second[people] <= day) for name, second in days.items()}


def of_patients(plan: Plan, records: Records, reported: Incidents, entries: pd.DataFrame) -> Conflicts:
    """Conflicts by position of the patient, over the data set, the incident system and the patient record."""
    contacts = reported.contacts
    typed = contacts[reported.is_named & contacts["code"].ne("")]
    parts = [
        _of_index(plan, records),
        pd.DataFrame(
            {
                "person": typed["person"],
                "system": "incidents",
                "code": typed["code"],
                "day": plan.starts[reported.file_month.loc[typed["incident"]]],
            }
        ),
        entries.loc[entries["code"] != "", ["person", "system", "code", "day"]],
    ]
    return _second_days(pd.concat(parts, ignore_index=True), len(records.patients))


def of_staff(plan: Plan, versions: pd.DataFrame) -> Conflicts:
    """Conflicts by person of the staff record: of what does not change the first two months say all there is to say."""
    kept = versions[~versions["faulty"] & versions["selected"] & (versions["status"] == "valid")]
    parts = [
        pd.DataFrame(
            {
                "person": still["person"],
                "system": "staff_record",
                "code": still["recorded"],
                "day": plan.starts[still["first"] + later],
            }
        )
        for later in (0, 1)
        for still in [kept[kept["last"] > kept["first"] + later]]
    ]
    return _second_days(pd.concat(parts, ignore_index=True), int(versions["person"].max()) + 1)


def _of_index(plan: Plan, records: Records) -> pd.DataFrame:
    """Codes of the patient index: one a month and organisation."""
    parts = []
    for seen in records.seen.values():
        for month in range(len(plan.months)):
            who = np.flatnonzero(seen[:, month])
            said = recorded(records.patients, month)[who]
            coded = np.isin(said, CODES)
            parts.append(pd.DataFrame({"person": who[coded], "code": said[coded], "day": plan.starts[month]}))
    return pd.concat(parts, ignore_index=True).assign(system="mhsds")


def _second_days(told: pd.DataFrame, count: int) -> Conflicts:
    """Conflicts of `count` people from all that is told: person, system, code and day."""
    ordered = told.astype({"person": int, "day": int}).sort_values(["person", "day"], kind="stable")
    said_again = ordered["system"].isin(MONTHLY) & ordered.duplicated(["person", "system", "code"])
    found = []
    for rows in (ordered, ordered[~said_again], ordered.drop_duplicates(["person", "code"])):
        second = rows[rows.groupby("person").cumcount() == 1]
        days = np.full(count, NEVER)
        days[second["person"]] = second["day"]
        found.append(days)
    return Conflicts(*found)
