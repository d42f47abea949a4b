"""Who was in contact with which team in which month, as the patient record counts it.

Belongs here: contacts drawn from referrals and ward stays. Does not belong here: what is recorded of anyone
(`patient_record`), or files (`record_files`).

A patient is a pair of organisation and person: each organisation has numbers and records of its own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from orchestration.demo.mhsds import Records, span
from orchestration.demo.organisation import Organisation
from orchestration.demo.plan import Plan

SEEN_SHARE = 0.85
"""Chance that a patient whom a team has on its books is seen in a month; in the first month everyone is."""
MEAN_CONTACTS = (2.0, 8.0)
"""Further contacts in a month of a team's patient, and of somebody on a ward."""


def build(plan: Plan, organisation: Organisation, records: Records) -> pd.DataFrame:
    """One row per organisation, person, unit and month in contact, in that order.

    Returns:
        `sender` (position in `plan.organisations`), `person`, `unit` and `month` (positions), `first` (day of the first
        contact with the unit), `is_first` (that day lies in this month), `number` (contacts in the month).
    """
    rng = plan.rng("contacts")
    listed = []
    for name in ("referrals", "stays"):
        frame = records.frames[name]
        start, end = frame["start"].to_numpy(), frame["end"].to_numpy()
        first, last = span(plan, start, end)
        sender = frame["organisation"].map({code: place for place, code in enumerate(plan.organisations)})
        months = np.maximum(last - first + 1, 0)
        row = np.repeat(np.arange(len(frame)), months)
        listed.append(
            pd.DataFrame(
                {
                    "sender": sender.to_numpy()[row],
                    "person": frame["person"].to_numpy()[row],
                    "unit": frame["unit"].to_numpy()[row],
                    "month": np.arange(len(row)) - np.repeat(np.cumsum(months) - months, months) + first[row],
                    "first": start[row],
                }
            )
        )
    booked = pd.concat(listed, ignore_index=True)
    place = ["sender", "person", "unit"]
    booked["first"] = booked.groupby(place)["first"].transform("min")
    booked = booked.drop_duplicates([*place, "month"]).sort_values([*place, "month"], ignore_index=True)
    chance = rng.random(len(booked))
    ward = np.array([unit.is_ward for unit in organisation.units])[booked["unit"]]
    booked["number"] = 1 + rng.poisson(np.where(ward, MEAN_CONTACTS[1], MEAN_CONTACTS[0]))
    seen = booked[~booked.duplicated(place).to_numpy() | (chance < SEEN_SHARE)].reset_index(drop=True)
    seen["is_first"] = (seen["first"] >= plan.starts[seen["month"]]) & (seen["first"] <= plan.ends[seen["month"]])
    return seen
