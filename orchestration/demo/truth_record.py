"""What is true of the patient record: recording of people in contact, timeliness, codes that an interface lost.

Belongs here: counting the entries and contacts from which the files are written. Does not belong here: whose code is
preferred (`truth_preferred`), or reading any file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from orchestration.demo import patient_record
from orchestration.demo.ethnicity import MHSDS_NOT_STATED, STATUSES
from orchestration.demo.mhsds import Records, recorded
from orchestration.demo.organisation import Organisation
from orchestration.demo.plan import Plan
from orchestration.demo.truth_patients import STATUS_OF_CODE, UNKNOWN_UNIT, whom_to_ask
from orchestration.demo.truth_staff import Rows

UNKNOWN = STATUSES.index("missing")


@dataclass
class _Held:
    """What is held of one patient: days of the last code and the last refusal, best of what says nothing."""

    code: int = -1
    refusal: int = -1
    other: int = UNKNOWN

    def add(self, day: int, status: str) -> None:
        """Take in an entry; they come in order of day."""
        if status == "valid":
            self.code = day
        elif status == "not_stated":
            self.refusal = day
        else:
            self.other = min(self.other, STATUSES.index(status))

    @property
    def status(self) -> int:
        """Position of what it comes to: a refusal later than every code, a code, the best of the rest."""
        if self.refusal > self.code:
            return STATUSES.index("not_stated")
        return STATUSES.index("valid") if self.code >= 0 else self.other


def _month_by_month(plan: Plan, entries: pd.DataFrame, keys: np.ndarray, count: int) -> Iterator[np.ndarray]:
    """Status of everyone (by key) at the end of each month; the same array each time, changed in place."""
    held: dict[int, _Held] = {}
    status = np.full(count, UNKNOWN)
    order = np.argsort(entries["day"].to_numpy(dtype=int), kind="stable")
    days = entries["day"].to_numpy(dtype=int)[order]
    names = [STATUS_OF_CODE.get(text, "valid") for text in entries["text"].to_numpy()[order]]
    people = keys[order]
    place = 0
    for end in plan.ends:
        while place < len(days) and days[place] <= end:
            one = held.setdefault(int(people[place]), _Held())
            one.add(int(days[place]), names[place])
            status[people[place]] = one.status
            place += 1
        yield status


def _patients(frame: pd.DataFrame) -> np.ndarray:
    """One number for organisation and person."""
    return frame["person"].to_numpy(dtype=int) * 10 + frame["sender"].to_numpy(dtype=int)


def recording(
    plan: Plan, organisation: Organisation, entries: pd.DataFrame, contacts: pd.DataFrame
) -> dict[tuple[str, str, int], np.ndarray]:
    """Statuses of the people in contact, by (subject, month label, unit position)."""
    keys = _patients(entries)
    seen = _patients(contacts)
    counts: dict[tuple[str, str, int], np.ndarray] = {}
    months = contacts["month"].to_numpy()
    for month, status in enumerate(_month_by_month(plan, entries, keys, int(seen.max()) + 1)):
        here = np.flatnonzero(months == month)
        table = np.zeros((len(organisation.units), len(STATUSES)), dtype=np.int64)
        np.add.at(table, (contacts["unit"].to_numpy()[here], status[seen[here]]), 1)
        for place in np.flatnonzero(table.sum(axis=1)):
            counts["patient", plan.months[month], int(place)] = table[place]
    return counts


def timeliness(plan: Plan, organisation: Organisation, entries: pd.DataFrame, contacts: pd.DataFrame) -> Rows:
    """First contacts by month and unit, by when the patient record first had an answer."""
    answers = entries[[STATUS_OF_CODE.get(text, "valid") in ("valid", "not_stated") for text in entries["text"]]]
    first_answer = answers["day"].astype(int).groupby(_patients(answers)).min()
    new = contacts[contacts["is_first"]]
    lag = pd.Series(_patients(new)).map(first_answer).to_numpy(dtype=float) - new["first"].to_numpy()
    which = np.select([np.isnan(lag), lag <= 0, lag <= 28], [3, 0, 1], 2)
    table = np.zeros((len(plan.months), len(organisation.units), 4), dtype=np.int64)
    np.add.at(table, (new["month"].to_numpy(), new["unit"].to_numpy(), which), 1)
    return [
        [plan.code, plan.months[month], organisation.units[unit].code, int(row.sum()), *(int(count) for count in row)]
        for month, unit in zip(*np.nonzero(table.sum(axis=2)), strict=True)
        for row in [table[month, unit]]
    ]


def downgrades(plan: Plan, organisation: Organisation, records: Records, entries: pd.DataFrame) -> Rows:
    """Rows of the patient index that say Z of somebody of whom the patient record holds a code."""
    units = [*(unit.code for unit in organisation.units), UNKNOWN_UNIT]
    declined = np.flatnonzero((records.patients[["before", "after"]] == MHSDS_NOT_STATED).any(axis=1))
    frames = {name: records.frames[name] for name in ("referrals", "stays")}
    of_them = replace(records, frames={name: frame[frame["person"].isin(declined)] for name, frame in frames.items()})
    people = entries["person"].to_numpy(dtype=int)
    rows: Rows = []
    for month, status in enumerate(_month_by_month(plan, entries, people, len(records.patients))):
        lost = (recorded(records.patients, month) == MHSDS_NOT_STATED) & (status == STATUSES.index("valid"))
        counts = np.zeros(len(units), dtype=np.int64)
        for sender in plan.organisations:
            seen = np.flatnonzero(records.seen[sender][:, month] & lost)
            np.add.at(counts, whom_to_ask(of_them, sender, month, len(units) - 1)[seen], 1)
        rows += [[plan.code, plan.months[month], units[place], int(counts[place])] for place in np.flatnonzero(counts)]
    return rows


def planted(plan: Plan, organisation: Organisation, entries: pd.DataFrame, contacts: pd.DataFrame) -> dict[str, Any]:
    """How much there is, which units something is planted in, and what came of asking in the last month.

    To be asked were those in contact with the asking team in the month before the last; an answer counts whether or not
    anybody sees them in the last month.
    """
    teams = patient_record.teams(organisation, contacts)
    names = {name: organisation.units[getattr(teams, name)].code for name in ("seldom", "other", "asking")}
    last = len(plan.months) - 1
    count = int(_patients(contacts).max()) + 1
    statuses = [status.copy() for status in _month_by_month(plan, entries, _patients(entries), count)]
    here = contacts[(contacts["unit"] == teams.asking) & (contacts["month"] == last - 1)]
    named = np.array(STATUSES, dtype=object)
    open_before = np.isin(named[statuses[last - 1][_patients(here)]], ("missing", "not_known"))
    after = named[statuses[last][_patients(here)]]
    return {
        "entries": len(entries),
        "entries_corrected": int((entries["slip"] != "").sum()),
        "entries_in_2021_codes": int((entries["code_set"] == "2021").sum()),
        "entries_finer_than_2001": int(np.isin(entries["text"], ("T", "U", "V")).sum()),
        "contacts": len(contacts),
        "units": names,
        "asked_last_month": {
            "to_ask_before": int(open_before.sum()),
            "answered": int((open_before & (after == "valid")).sum()),
            "declined": int((open_before & (after == "not_stated")).sum()),
        },
    }
