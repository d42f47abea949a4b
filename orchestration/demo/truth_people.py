"""What people are told apart by: age band, sex, legal status.

Belongs here: the groups in which the recording of ethnicity is looked at. Does not belong here: counting.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from orchestration.demo.mhsds import Records
from orchestration.demo.plan import Plan
from orchestration.demo.world import World

AGES = (16, 18, 25, 35, 50, 65)
AGE_BANDS = np.array(["0-15", "16-17", "18-24", "25-34", "35-49", "50-64", "65+"], dtype=object)
SEX_OF_LETTER = {"M": "1", "F": "2"}
SEX_OF_TEXT = {"Male": "1", "Female": "2"}
NOT_DETAINED = ("01", "04", "05", "06", "19", "20", "35")
"""Legal status codes generated that are no detention: informal, holding powers, places of safety, guardianship."""
COMMUNITY, INFORMAL, DETAINED = 0, 1, 2
LEGAL_STATUSES = np.array(["community", "informal", "detained"], dtype=object)


def patients(world: World, month: int, who: np.ndarray, sender: np.ndarray) -> pd.DataFrame:
    """Age band, sex and legal status of patients in a month.

    Of a patient's birth the month is known: they are as old as on the first day of the month. Whoever was detained on
    any day of it is detained; else who was on a ward is there informally.

    Args:
        world: the trust.
        month: position of the month.
        who: position of each patient.
        sender: position of the organisation that knows them.
    """
    age = _month(world.plan.starts[month]) - _month(np.array(world.people.birth))[who]
    return pd.DataFrame(
        {
            "age_band": _age_band(age),
            "sex": np.array(world.people.sex, dtype=object)[who],
            "legal_status": LEGAL_STATUSES[_legal_status(world.plan, world.records, month)[sender, who]],
        }
    )


def contacts(plan: Plan, listed: pd.DataFrame, month: int) -> dict[str, np.ndarray]:
    """Age band and sex of contacts of incidents, as the incident has them of patients; staff are staff."""
    is_patient = listed["type"].eq("PAT").to_numpy()
    age = _month(plan.starts[month]) - _month(listed["birth"].to_numpy())
    told = {"age_band": _age_band(age), "sex": listed["gender"].map(SEX_OF_LETTER).to_numpy()}
    return {name: np.where(is_patient, values, "staff") for name, values in told.items()}


def staff(plan: Plan, versions: pd.DataFrame, month: int) -> pd.DataFrame:
    """Staff group, age band on the last day of the month, and sex."""
    born, end = versions["birth"].to_numpy(), plan.ends[month]
    age = _month(end) - _month(born) - (_day_of_month(end) < _day_of_month(born))
    return pd.DataFrame(
        {
            "staff_group": versions["group"].to_numpy(),
            "age_band": _age_band(age),
            "sex": versions["sex"].map(SEX_OF_TEXT).to_numpy(),
        }
    )


def _legal_status(plan: Plan, records: Records, month: int) -> np.ndarray:
    """Legal status by position of the organisation and of the person."""
    status = np.full((len(plan.organisations), len(records.patients)), COMMUNITY)
    legal = records.frames["legal"]
    detained = legal[~legal["code"].isin(NOT_DETAINED) & (legal["first"] <= legal["last"])]
    for level, frame in ((INFORMAL, records.frames["stays"]), (DETAINED, detained)):
        here = frame[(frame["start"] <= plan.ends[month]) & (frame["end"] >= plan.starts[month])]
        status[here["organisation"].map(plan.organisations.index), here["person"]] = level
    return status


def _age_band(months: np.ndarray) -> np.ndarray:
    return AGE_BANDS[np.searchsorted(AGES, months // 12, side="right")]


def _dates(days: np.ndarray) -> np.ndarray:
    return (np.asarray(days) - 719_163).astype("datetime64[D]")


def _month(days: np.ndarray) -> np.ndarray:
    """Months since an epoch."""
    return _dates(days).astype("datetime64[M]").astype(int)


def _day_of_month(days: np.ndarray) -> np.ndarray:
    return (_dates(days) - _dates(days).astype("datetime64[M]")).astype(int)
