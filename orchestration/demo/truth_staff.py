"""What is true of the staff: headcounts at the snapshots, racist incidents, and the recording of ethnicity.

Belongs here: counting the tables from which the staff files are written. Does not belong here: reading any file.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from orchestration.demo import staff_jobs, truth_people
from orchestration.demo.ethnicity import STATUSES
from orchestration.demo.incidents import Incidents
from orchestration.demo.plan import Plan, financial_year
from orchestration.demo.staff import OUT_OF_SCOPE_STATUSES
from orchestration.demo.truth_conflicts import Conflicts
from orchestration.demo.truth_units import Rows

SNAPSHOT = "-03"
NOT_IN_POST = (*OUT_OF_SCOPE_STATUSES, "Inactive Not Worked")
NOT_ON_THE_STAFF = ("Honorary",)


def preferred(versions: pd.DataFrame) -> pd.Series:
    """Ethnicity of each person: the latest usable code unless a Z is later; without a code, the best status.

    Args:
        versions: assignment versions that a reader keeps.

    Returns:
        2001 code or status, by person.
    """
    ordered = versions.sort_values(["person", "last"], kind="stable")
    valid = ordered[ordered["status"] == "valid"].groupby("person")[["recorded", "last"]].last()
    refused = ordered[ordered["status"] == "not_stated"].groupby("person")["last"].max()
    others = ordered[ordered["status"] != "valid"]
    ranks = others["status"].map({status: place for place, status in enumerate(STATUSES)})
    best = ranks.groupby(others["person"]).min().map(dict(enumerate(STATUSES)))
    valid["refused"] = refused.reindex(valid.index).fillna(-1)
    codes = valid.loc[valid["last"] >= valid["refused"], "recorded"]
    return pd.concat([codes, best[~best.index.isin(codes.index)]]).sort_index()


def headcount(plan: Plan, versions: pd.DataFrame) -> Rows:
    """People in WRES scope at each 31 March: organisation, snapshot month, band, clinical split, code, people."""
    kept = versions[~versions["faulty"]]
    code = preferred(kept)
    rows: Rows = []
    for month, label in enumerate(plan.months):
        if not label.endswith(SNAPSHOT):
            continue
        here = kept[(kept["first"] <= month) & (kept["last"] > month) & kept["selected"] & kept["in_scope"]]
        clinical = np.where(here["group"].isin(staff_jobs.NOT_CLINICAL), "non_clinical", "clinical")
        counts = pd.Series(1, index=here.index).groupby([here["band"], clinical, here["person"].map(code)]).sum()
        rows += [
            [plan.code, label, *map(str, key), int(people)]  # type: ignore[call-overload]
            for key, people in counts.items()
        ]
    return rows


def racist_incidents(plan: Plan, versions: pd.DataFrame, reported: Incidents) -> Rows:
    """Racist incidents that name a member of staff, and months in post, by financial year and preferred ethnicity."""
    kept = versions[~versions["faulty"]]
    code = preferred(kept)
    years = np.array([financial_year(label) for label in plan.months], dtype=object)
    person = versions.drop_duplicates("number").set_index("number")["person"]
    racist = reported.main[reported.main["racist"] & ~reported.main["rejected"]]
    named = reported.contacts[(reported.contacts["employee"] != "") & reported.contacts["incident"].isin(racist.index)]
    month = np.searchsorted(plan.starts, racist.loc[named["incident"], "day"].to_numpy(), side="right") - 1
    who = named["employee"].map(person).map(code).fillna("missing").to_numpy()
    events = pd.Series(1, index=named.index).groupby([years[month], who]).sum()
    working = kept[kept["selected"] & ~kept["status_text"].isin(NOT_IN_POST) & ~kept["category"].isin(NOT_ON_THE_STAFF)]
    time: dict[tuple[str, str], int] = {}
    for place, year in enumerate(years):
        here = working[(working["first"] <= place) & (working["last"] > place)]
        for each, number in here["person"].map(code).value_counts().items():
            time[year, str(each)] = time.get((year, str(each)), 0) + int(number)
    keys = sorted({*time, *((str(year), str(each)) for year, each in events.index)})
    return [[plan.code, *key, int(events.get(key, 0)), time.get(key, 0)] for key in keys]


def recording(plan: Plan, versions: pd.DataFrame, conflicts: Conflicts) -> Iterator[pd.DataFrame]:
    """The record that counts for each person, month by month, as `truth_recording` counts them."""
    kept = versions[~versions["faulty"] & versions["selected"]]
    for month, end in enumerate(plan.ends):
        here = kept[(kept["first"] <= month) & (kept["last"] > month)]
        yield pd.DataFrame(
            {
                "unit": here["unit"].to_numpy(),
                "status": here["status"].map(STATUSES.index).to_numpy(),
                "code": here["recorded"].to_numpy(),
                **conflicts.by(end, here["person"].to_numpy()),
                "is_lost": False,
            }
        ).join(truth_people.staff(plan, here, month))


def planted(versions: pd.DataFrame) -> dict[str, int]:
    """How many people are on the record, and how many have a record that changes."""
    people = versions.drop_duplicates("person")
    changing = people[people["turning"] >= 0]["fate"].value_counts()
    two = versions[~versions["selected"] & (versions["primary"] == "Y")]
    return {
        "people": len(people),
        "primary_bank_beside_substantive": int(two["person"].nunique()),
        "transferred_at_merger": int(people["transfer"].sum()),
        **{f"{name}s": int(changing.get(name, 0)) for name in ("improver", "withdrawer", "changer")},
    }
