"""What the record of each use of force tells beside time, position and reason, and what it leaves out.

Belongs here: the further columns of the restraint file, gaps and placeholders in them. Does not belong here: who was
restrained (`restraint`, `incidents`), writing the file (`incident_files`).

Every text is made up and says so. The gaps are drawn from a stream of their own, so that nothing else moves with them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from orchestration.demo.identifiers import LAST_NAMES
from orchestration.demo.plan import Plan

PLACEHOLDERS = (".", "-", "N/A", "none", "not known", "TBC", " ")
PLACEHOLDER_SHARE = 0.5
"""Share of the gaps in which something stands that says nothing."""
POOR_SHARE = 0.6
"""What the share filled in is multiplied by on the ward with the most restraint."""
NON_STAFF, NON_STAFF_REASON = "NonStaffInvolved", "NonStaffReason"
OTHERS_INVOLVED = 0.08
"""Share of the episodes in which somebody who is no member of staff used force."""


class Told(NamedTuple):
    """A column: the share of the episodes in which it is filled in, and with what."""

    share: float
    texts: tuple[str, ...]


COLUMNS = {
    "ForceType": Told(0.9, ("Physical", "Physical and chemical", "Mechanical", "Isolation")),
    "ForceInCarePlan": Told(0.9, ("Y", "N", "Yes", "No")),
    "StaffName": Told(0.95, tuple(f"Bravo {name}" for name in LAST_NAMES)),
    "StaffJobTitle": Told(0.93, ("Synthetic staff nurse on duty", "Synthetic support worker on duty")),
    NON_STAFF: Told(0.97, ("N",)),
    NON_STAFF_REASON: Told(0.8, ("Synthetic reason: a porter helped", "Synthetic reason: the police were there")),
    "MentalDisorder": Told(0.85, ("Synthetic disorder of mood", "Synthetic disorder of thought")),
    "LearningDisability": Told(0.88, ("N", "Y", "No", "Autism, synthetic entry")),
    "RestraintConcluded": Told(0.95, ("Synthetic outcome: let go, settled", "Synthetic outcome: moved to seclusion")),
    "DeathOrInjury": Told(0.97, ("N", "No", "N", "Y")),
    "PriorInterventions": Told(0.92, ("Synthetic effort: talked it over", "Synthetic effort: a quiet room first")),
    "NotificationSent": Told(0.8, ("Y", "Yes", "N")),
}
WRITTEN_LATER = ("RestraintConcluded", "NotificationSent")
"""Blank in the first version of an incident that has a second."""
BEGUN = {"NotificationSent": "2023-04"}
"""Month of the file from which a column is there at all."""
LACKED = {"DEM2": ("MentalDisorder",)}
"""Columns that a predecessor's system never had."""


def build(plan: Plan, episodes: pd.DataFrame, units: np.ndarray) -> pd.DataFrame:
    """The further columns of every episode as the incident's latest version tells them.

    Args:
        plan: the trust.
        episodes: restraint episodes.
        units: unit of each.

    Returns:
        One row per episode, columns as in `COLUMNS`.
    """
    rng = plan.rng("use of force")
    count = len(episodes)
    poor = np.bincount(units).argmax() if count else -1
    quality = np.where(units == poor, POOR_SHARE, 1.0)
    columns = {}
    for header, told in COLUMNS.items():
        texts = np.array(told.texts, dtype=object)[rng.integers(0, len(told.texts), count)]
        columns[header] = np.where(rng.random(count) < told.share * quality, texts, _gaps(rng, count))
    columns[NON_STAFF][columns[NON_STAFF] != "N"] = ""  # nothing but an answer goes into a box to be ticked
    others = rng.random(count) < OTHERS_INVOLVED
    columns[NON_STAFF][others & (columns[NON_STAFF] == "N")] = "Y"
    alone = columns[NON_STAFF] == "N"
    columns[NON_STAFF_REASON][alone] = _gaps(rng, int(alone.sum()))
    return pd.DataFrame(columns)


def _gaps(rng: np.random.Generator, count: int) -> np.ndarray:
    """Blanks and placeholders."""
    marks = np.array(PLACEHOLDERS, dtype=object)[rng.integers(0, len(PLACEHOLDERS), count)]
    return np.where(rng.random(count) < PLACEHOLDER_SHARE, marks, "").astype(object)


def is_collected(header: str, sender: str, month: str) -> bool:
    """Whether the file of a sender and month has the column."""
    return month >= BEGUN.get(header, "") and header not in LACKED.get(sender, ())


def as_sent(told: pd.DataFrame, sender: str, month: str, is_latest: np.ndarray) -> pd.DataFrame:
    """The columns as the file of a sender and month has them.

    Args:
        told: rows of `build`.
        sender: who sends the file.
        month: its month.
        is_latest: marks the rows of incidents that no later file tells of again.
    """
    sent = told[[header for header in told.columns if is_collected(header, sender, month)]].copy()
    for header in WRITTEN_LATER:
        if header in sent:
            sent.loc[~is_latest, header] = ""
    return sent
