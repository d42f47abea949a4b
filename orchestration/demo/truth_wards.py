"""What is true of the people on the wards: who was there, who was restrained, for how long, how often.

Belongs here: counting ward stays and restraint by ward and ethnic code. Does not belong here: reading any file.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from orchestration.demo.ethnicity import white_bme
from orchestration.demo.mhsds import Records
from orchestration.demo.organisation import KINDS, Organisation
from orchestration.demo.plan import Plan, financial_year
from orchestration.demo.truth_units import Rows

ALL_WARDS = "all"


def on_wards(plan: Plan, organisation: Organisation, records: Records, codes: list[str]) -> Rows:
    """People, people restrained, incidents and bed days by financial year, ward and code; the ward `all` is any ward.

    A person is on a ward in every month from the first to the last day of a stay; people are distinct within each row.
    """
    parts = [_days(plan, records), _events(records)]
    frame = pd.concat(parts, ignore_index=True)
    frame["year"] = np.array([financial_year(label) for label in plan.months], dtype=object)[frame["month"]]
    frame["code"] = np.array(codes, dtype=object)[frame["person"]]
    units = np.array([unit.code for unit in organisation.units], dtype=object)
    frame["ward"] = units[frame["unit"]]
    rows: Rows = []
    for place in (frame, frame.assign(ward=ALL_WARDS)):
        key = ["year", "ward", "code"]
        person = place.groupby([*key, "person"])[["days", "incidents"]].sum()
        person["restrained"] = person["incidents"] > 0
        totals = person.groupby(key)[["restrained", "incidents", "days"]].sum()
        totals.insert(0, "people", person.groupby(key).size())
        rows += [[plan.code, *map(str, name), *(int(number) for number in totals.loc[name])] for name in totals.index]
    return rows


def _days(plan: Plan, records: Records) -> pd.DataFrame:
    """Bed days of each stay in each month it stands in, none where the person left on the first day of the month."""
    stays = records.frames["stays"]
    parts = []
    for month, (first, last) in enumerate(zip(plan.starts, plan.ends, strict=True)):
        here = stays[(stays["first"] <= month) & (stays["last"] >= month)]
        days = np.minimum(here["end"], last + 1) - np.maximum(here["start"], first)
        parts.append(
            pd.DataFrame({"person": here["person"], "unit": here["unit"], "month": month, "days": days, "incidents": 0})
        )
    return pd.concat(parts)


def _events(records: Records) -> pd.DataFrame:
    """Restraint incidents, each as one row."""
    return records.frames["incidents"][["person", "unit", "month"]].assign(days=0, incidents=1)


def ward_mix(organisation: Organisation, records: Records, codes: list[str], plan: Plan) -> dict[str, Any]:
    """The rate planted on each kind of ward, and the rate ratios of minority ethnic over White people it makes.

    On one ward everybody has the same expected rate. The crude ratio is what the wards on which people stay make of
    that: their bed days at the rate of the ward.
    """
    rates = np.array([unit.kind.incidents if unit.kind else 0.0 for unit in organisation.units])
    days = _days(plan, records)
    side = np.array([white_bme(code) for code in codes], dtype=object)[days["person"]]
    expected = (days["days"] * rates[days["unit"]]).groupby(side).sum() / days["days"].groupby(side).sum()
    return {
        "incidents_per_1000_bed_days": {kind.name: kind.incidents for kind in KINDS.values()},
        "expected_rate_ratio": {"crude": round(float(expected["bme"] / expected["white"]), 6), "same_ward": 1.0},
    }
