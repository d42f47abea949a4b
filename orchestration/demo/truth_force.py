"""What is true of the records of use of force: which of the sixteen items each of them holds.

Belongs here: counting the tables from which the incident files are written. Does not belong here: reading any file.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from orchestration.demo.incidents import STATUS_OF_TEXT, Incidents
from orchestration.demo.plan import Plan
from orchestration.demo.truth_units import Rows, Units, counted
from orchestration.demo.use_of_force import COLUMNS, NON_STAFF, NON_STAFF_REASON, PLACEHOLDERS, is_collected

ALL_ITEMS = "all_items"
ALWAYS_TOLD = ("reason", "type_of_force", "patient_name", "description")
COLUMNS_OF_ITEM = {
    "care_plan": ("ForceInCarePlan",),
    "staff": ("StaffName", "StaffJobTitle"),
    "mental_disorder": ("MentalDisorder",),
    "learning_disability": ("LearningDisability",),
    "outcome": ("RestraintConcluded",),
    "death_or_injury": ("DeathOrInjury",),
    "efforts_to_avoid": ("PriorInterventions",),
    "notification": ("NotificationSent",),
}
"""Items of which each has to be filled in for every episode of the incident."""


def use_of_force(plan: Plan, units: Units, reported: Incidents) -> Rows:
    """Records by month and unit of the incident and item: how many, how many hold it, whether any file asks for it."""
    main = reported.main[reported.main["restraint"]]
    items, collected = _items(plan, reported, main)
    items[ALL_ITEMS], collected[ALL_ITEMS] = items.all(axis=1), collected.all(axis=1)
    month = np.searchsorted(plan.starts, main["day"].to_numpy(), side="right") - 1
    unit = np.where(main["located"], main["unit"], len(units.codes["team"]) - 1)
    names = [str(name) for name in items.columns]
    rows: Rows = []
    for level, codes, _, place in units.at_every_level(month, unit):
        cell, size = month * len(codes) + place, len(plan.months) * len(codes)
        records = np.bincount(cell, minlength=size)
        complete, asked = (
            counted(cell, size, [frame[name].to_numpy(dtype=bool) for name in names]) for frame in (items, collected)
        )
        rows += [
            [
                plan.code,
                level,
                codes[where % len(codes)],
                plan.months[where // len(codes)],
                name,
                int(records[where]),
                int(complete[where, which]),
                bool(asked[where, which]),
            ]
            for where in np.flatnonzero(records)
            for which, name in enumerate(names)
        ]
    return rows


def _items(plan: Plan, reported: Incidents, main: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Whether each incident's latest version holds each item, and whether its file has the columns for it."""
    latest = reported.file_month.reindex(main.index)
    files = list(zip(main["organisation"], np.array(plan.months, dtype=object)[latest], strict=True))
    there = pd.DataFrame({header: [is_collected(header, *file) for file in files] for header in COLUMNS}, main.index)
    incident = reported.episodes["incident"].to_numpy()
    told = ~reported.told.isin(["", *PLACEHOLDERS])
    told[NON_STAFF_REASON] |= (reported.told[NON_STAFF] == "N").to_numpy()
    held = told.groupby(incident).all().reindex(main.index) & there
    contacts = reported.contacts.assign(is_named=reported.is_named)
    patient = contacts[contacts["type"] == "PAT"].set_index("incident").reindex(main.index)
    items = pd.DataFrame({name: held[list(headers)].all(axis=1) for name, headers in COLUMNS_OF_ITEM.items()})
    items["non_staff"] = held[NON_STAFF_REASON]
    items["place_date_duration"] = main["located"]
    items["patient_identifier"] = patient["is_named"].astype(bool)
    items["relevant_characteristics"] = patient["ethnicity"].map(STATUS_OF_TEXT).isna()
    collected = pd.DataFrame(True, main.index, [*items.columns, *ALWAYS_TOLD])
    for name, headers in COLUMNS_OF_ITEM.items():
        collected[name] = there[list(headers)].all(axis=1)
    return items.assign(**dict.fromkeys(ALWAYS_TOLD, True)), collected
