"""How ethnicity is recorded: the counts of every source by unit and month, at every unit level.

Belongs here: what is counted of the records of a month. Does not belong here: which records a month has
(`truth_patients`, `truth_record`, `truth_staff`), or where they stand (`truth_units`).

A month of a source is a frame with a row a record: `unit` (position of the team), `status` (position in `STATUSES`),
`code` (of 2001, blank without one), `is_comparable`, `has_two` and `has_conflict` (of the person, by the end of the
month), `is_lost` (an answer that was given is not there), a column for each breakdown, and `patient` (a number) where
people are counted, each once in a unit, and not records.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from orchestration.demo.ethnicity import BROAD_NHS, STATUSES
from orchestration.demo.plan import Plan
from orchestration.demo.truth_units import Rows, Units, counted

ANY_OTHER, OTHER_GROUP = ("C", "G", "L", "P", "S"), ("S",)
OF_PATIENTS = ("age_band", "sex", "legal_status")
BREAKDOWNS = {
    "incidents": ("subject", "age_band", "sex"),
    "mhsds": OF_PATIENTS,
    "patient_ethnicity": OF_PATIENTS,
    "staff_record": ("staff_group", "age_band", "sex"),
}
BREAKDOWN_LEVELS = {"subject": ("team", "directorate", "division", "organisation")}
"""Levels at which a breakdown is counted; the others at two, because a team has too few of anybody."""
COUNTS = (*STATUSES, "comparable", "two_record", "conflict", "lost", "any_other", "other_group", "mixed")


def count(plan: Plan, units: Units, source: str, months: Iterable[pd.DataFrame]) -> tuple[Rows, Rows]:
    """Rows of everyone with `COUNTS`, and rows by breakdown with statuses, from the months of a source in order."""
    everyone: Rows = []
    broken_down: Rows = []
    for month, frame in enumerate(months):
        flags = _flags(frame)
        values = {name: np.unique(frame[name].to_numpy(dtype=str), return_inverse=True) for name in BREAKDOWNS[source]}
        patient = frame["patient"].to_numpy() if "patient" in frame else None
        for level, codes, rows, place in units.at_every_level(month, frame["unit"].to_numpy(), patient):
            kept = [flag[rows] for flag in flags]
            slices: Rows = [[plan.code, source, level, code, plan.months[month]] for code in codes]
            everyone += _rows(slices, place, kept)
            for name, (known, value) in values.items():
                if level in BREAKDOWN_LEVELS.get(name, ("division", "organisation")):
                    parts: Rows = [[*one, name, str(each)] for one in slices for each in known]
                    broken_down += _rows(parts, place * len(known) + value[rows], kept[: len(STATUSES)])
    return everyone, broken_down


def _rows(slices: Rows, place: np.ndarray, flags: list[np.ndarray]) -> Rows:
    """A row for each slice of which there is anything."""
    numbers = counted(place, len(slices), flags)
    return [[*slices[where], *map(int, numbers[where])] for where in np.flatnonzero(numbers.any(axis=1))]


def _flags(frame: pd.DataFrame) -> list[np.ndarray]:
    """Of each record whether it is one of each of `COUNTS`."""
    status = frame["status"].to_numpy()
    return [
        *(status == place for place in range(len(STATUSES))),
        *(frame[name].to_numpy() for name in ("is_comparable", "has_two", "has_conflict", "is_lost")),
        *(frame["code"].isin(use).to_numpy() for use in (ANY_OTHER, OTHER_GROUP, BROAD_NHS["Mixed"])),
    ]
