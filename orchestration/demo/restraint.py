"""Restrictive interventions on the wards.

Belongs here: who is restrained, when and how. Does not belong here: the files.

Within a ward everyone has the same expected rate, whatever their ethnicity; a few people have most of the events. That
more people of minority ethnic background are placed on intensive care wards is the whole of the crude gap.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from orchestration.demo.organisation import Organisation
from orchestration.demo.plan import Plan

CLUSTERING = 0.35
"""Shape of the gamma distribution of a person's own multiplier: the smaller, the fewer people hold the events."""
TYPES = (
    ("01", 0.05),
    ("07", 0.06),
    ("08", 0.07),
    ("09", 0.16),
    ("10", 0.05),
    ("11", 0.12),
    ("12", 0.04),
    ("13", 0.07),
    ("04", 0.01),
    ("05", 0.12),
    ("06", 0.03),
    ("14", 0.13),
    ("15", 0.04),
    ("16", 0.04),
    ("17", 0.01),
)
ARRIVED = 1_010
"""Minute of the day by which nobody arrives on a ward any more."""
REASONS = (("10", 0.45), ("11", 0.25), ("13", 0.15), ("17", 0.08), ("19", 0.05), ("98", 0.02))


def build(
    plan: Plan, organisation: Organisation, stays: pd.DataFrame, people: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Incidents within the ward stays, and the interventions of each.

    Args:
        plan: the trust.
        organisation: its units.
        stays: ward stays as drawn.
        people: how many people there are.

    Returns:
        Incidents (`organisation, person, spell, unit, day, minute, reason`) and interventions (`incident, type, ...`).
    """
    rng = plan.rng("restraint")
    rates = np.array([unit.kind.incidents / 1000 if unit.kind else 0.0 for unit in organisation.units])
    own = rng.gamma(CLUSTERING, 1 / CLUSTERING, people)
    start = np.maximum(stays["start"].to_numpy(), plan.starts[0])
    end = np.minimum(stays["end"].to_numpy(), plan.ends[-1] + 1)
    days = np.maximum(end - start, 0)
    number = rng.poisson(days * rates[stays["unit"].to_numpy()] * own[stays["person"].to_numpy()])
    stay = np.repeat(np.arange(len(stays)), number)
    count = len(stay)
    day = start[stay] + (rng.random(count) * days[stay]).astype(int)
    incidents = stays.iloc[stay][["organisation", "person", "spell", "unit"]].reset_index(drop=True)
    incidents["stay"] = stay
    incidents["day"] = day
    # On the first day of a stay only after everyone has arrived, so that the ward is never in doubt.
    arrival = day == stays["start"].to_numpy()[stay]
    incidents["minute"] = np.where(arrival, rng.integers(ARRIVED, 1_380, count), rng.integers(0, 1_380, count))
    incidents["length"] = rng.integers(1, 45, count)
    incidents["reason"] = rng.choice(
        np.array([code for code, _ in REASONS], dtype=object), count, p=[share for _, share in REASONS]
    )
    incidents = incidents.sort_values(["organisation", "day", "minute", "person"], ignore_index=True)
    each = np.minimum(1 + rng.poisson(0.6, count), 4)
    incident = np.repeat(np.arange(count), each)
    place = np.arange(len(incident)) - np.repeat(np.cumsum(each) - each, each)
    first = rng.choice(len(TYPES), count, p=np.array([share for _, share in TYPES]))
    codes = np.array([code for code, _ in TYPES], dtype=object)
    types = pd.DataFrame({"incident": incident, "type": codes[(first[incident] + 4 * place) % len(TYPES)]})
    types["organisation"] = incidents["organisation"].to_numpy()[incident]
    types["injury"] = rng.choice(np.array(["N", "Y"], dtype=object), len(types), p=[0.95, 0.05])
    return incidents, types


def clock(minutes: np.ndarray) -> np.ndarray:
    """Minutes of the day as `HH:MM:SS`."""
    return np.array([f"{minute // 60:02d}:{minute % 60:02d}:00" for minute in minutes], dtype=object)
