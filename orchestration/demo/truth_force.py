"""What is true of the records of use of force: which of the sixteen items each of them holds.

Belongs here: counting the tables from which the incident files are written. Does not belong here: reading any file.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from orchestration.demo.incidents import STATUS_OF_TEXT, Incidents
from orchestration.demo.organisation import Organisation
from orchestration.demo.plan import Plan
from orchestration.demo.truth_patients import UNKNOWN_UNIT
from orchestration.demo.truth_staff import Rows
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


def use_of_force(plan: Plan, organisation: Organisation, reported: Incidents) -> Rows:
    """Records by month and unit of the incident and item: how many, how many hold it, whether any file asks for it."""
    main = reported.main[reported.main["restraint"]]
    items, collected = _items(plan, reported, main)
    items[ALL_ITEMS], collected[ALL_ITEMS] = items.all(axis=1), collected.all(axis=1)
    month = np.searchsorted(plan.starts, main["day"].to_numpy(), side="right") - 1
    units = np.array([unit.code for unit in organisation.units] + [UNKNOWN_UNIT], dtype=object)
    unit = units[np.where(main["located"], main["unit"], len(units) - 1)]
    rows: Rows = []
    for (when, where), records in items.groupby([np.array(plan.months, dtype=object)[month], unit]):
        asked = collected.loc[records.index].any()
        rows += [
            [plan.code, str(when), str(where), item, len(records), int(records[item].sum()), bool(asked[item])]
            for item in records.columns
        ]
    return rows


def _items(plan: Plan, reported: Incidents, main: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Whether each incident's latest version holds each item, and whether its file has the columns for it."""
    latest = reported.versions[reported.versions["latest"]].set_index("incident")["month"].reindex(main.index)
    files = list(zip(main["organisation"], np.array(plan.months, dtype=object)[latest], strict=True))
    there = pd.DataFrame({header: [is_collected(header, *file) for file in files] for header in COLUMNS}, main.index)
    incident = reported.episodes["incident"].to_numpy()
    told = ~reported.told.isin(["", *PLACEHOLDERS])
    told[NON_STAFF_REASON] |= (reported.told[NON_STAFF] == "N").to_numpy()
    held = told.groupby(incident).all().reindex(main.index) & there
    patient = reported.contacts[reported.contacts["type"] == "PAT"].set_index("incident").reindex(main.index)
    spoilt = [file in reported.spoilt for file in zip(main.index, latest, strict=True)]
    items = pd.DataFrame({name: held[list(headers)].all(axis=1) for name, headers in COLUMNS_OF_ITEM.items()})
    items["non_staff"] = held[NON_STAFF_REASON]
    items["place_date_duration"] = main["located"]
    items["patient_identifier"] = (patient["nhs"] != "") & ~np.array(spoilt, dtype=bool)
    items["relevant_characteristics"] = patient["ethnicity"].map(STATUS_OF_TEXT).isna()
    collected = pd.DataFrame(True, main.index, [*items.columns, *ALWAYS_TOLD])
    for name, headers in COLUMNS_OF_ITEM.items():
        collected[name] = there[list(headers)].all(axis=1)
    return items.assign(**dict.fromkeys(ALWAYS_TOLD, True)), collected
