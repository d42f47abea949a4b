"""What is true of the patient record: recording of people in contact, timeliness, codes that an interface lost.

Belongs here: counting the entries and contacts from which the files are written. Does not belong here: whose code is
preferred (`truth_preferred`), or reading any file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from orchestration.demo import patient_record, truth_people
from orchestration.demo.ethnicity import STATUS_OF_CODE, STATUSES
from orchestration.demo.organisation import Organisation
from orchestration.demo.plan import Plan
from orchestration.demo.truth_conflicts import Conflicts
from orchestration.demo.truth_preferred import RANKS, SELF_REPORTED, TOLD
from orchestration.demo.truth_units import Rows, Units, counted
from orchestration.demo.world import World

NOTHING = STATUSES.index("missing")
DAYS = 1 << 20
"""More days than there are."""


@dataclass
class _Held:
    """What is held of one patient: the codes with their ranks, and the best of what says nothing.

    Attributes:
        said: day of the last code that the person gave.
        code: day of the last code of any method.
        refusal: day of the last refusal; the person gave it.
    """

    said: int = -1
    code: int = -1
    refusal: int = -1
    other: int = NOTHING
    codes: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, day: int, status: str, rank: int, code: str) -> None:
        """Take in an entry; they come in order of day."""
        if status == "valid":
            self.code = day
            self.said = day if rank == SELF_REPORTED else self.said
            self.codes.append((rank, -day, code))
        elif status == "not_stated":
            self.refusal = day
        else:
            self.other = min(self.other, STATUSES.index(status))

    @property
    def status(self) -> int:
        """Position of what it comes to: a refusal since the person gave the last code, a code, the best of the rest."""
        if self.refusal > self.said:
            return STATUSES.index("not_stated")
        return STATUSES.index("valid") if self.code >= 0 else self.other

    @property
    def preferred(self) -> str:
        """What the person said, else what somebody told, else a guess; the latest of it."""
        return min(self.codes)[2] if self.status == STATUSES.index("valid") else ""


class History:
    """What the patient record holds of each patient, or person, from the day of each entry on."""

    def __init__(self, entries: pd.DataFrame, keys: np.ndarray) -> None:
        days = entries["day"].to_numpy(dtype=int)
        order = np.lexsort((days, keys))
        columns = (entries[name].to_numpy()[order] for name in ("text", "method", "code"))
        self.entry = keys[order] * DAYS + days[order]
        held: dict[int, _Held] = {}
        states = []
        for key, day, text, method, code in zip(keys[order], days[order], *columns, strict=True):
            one = held.setdefault(int(key), _Held())
            one.add(int(day), STATUS_OF_CODE.get(text, "valid"), RANKS.get(method, TOLD), code)
            states.append((one.status, one.preferred, one.code >= 0, one.code >= 0 and one.refusal <= one.code))
        self.states = pd.DataFrame(
            [(NOTHING, "", False, False), *states], columns=["status", "code", "has_code", "keeps_code"]
        )

    def at(self, keys: np.ndarray, day: int) -> pd.DataFrame:
        """Of each key at the end of a day: status, code, whether there is any, and whether no refusal is later."""
        place = np.searchsorted(self.entry, keys * DAYS + day, side="right") - 1
        known = (place >= 0) & (self.entry[place] // DAYS == keys)
        return self.states.iloc[np.where(known, place + 1, 0)].reset_index(drop=True)

    def keeps_code(self, keys: np.ndarray, day: int) -> np.ndarray:
        """Of whom a code is there at the end of a day, with no refusal after it."""
        return self.at(keys, day)["keeps_code"].to_numpy()


def _patients(frame: pd.DataFrame) -> np.ndarray:
    """One number for organisation and person."""
    return frame["person"].to_numpy(dtype=int) * 10 + frame["sender"].to_numpy(dtype=int)


def of_patients(entries: pd.DataFrame) -> History:
    """What each organisation's record holds of its patients."""
    return History(entries, _patients(entries))


def of_people(entries: pd.DataFrame) -> History:
    """What the records of all organisations hold of each person."""
    return History(entries, entries["person"].to_numpy(dtype=int))


def recording(world: World, conflicts: Conflicts) -> Iterator[pd.DataFrame]:
    """People in contact, month by month, as `truth_recording` counts them; an answer is lost when it is withdrawn."""
    history, contacts = of_patients(world.entries), world.seen
    patient, months = _patients(contacts), contacts["month"].to_numpy()
    who, sender = contacts["person"].to_numpy(), contacts["sender"].to_numpy()
    for month, end in enumerate(world.plan.ends):
        here = months == month
        held = history.at(patient[here], end)
        yield pd.DataFrame(
            {
                "patient": patient[here],
                "unit": contacts["unit"].to_numpy()[here],
                "status": held["status"],
                "code": held["code"],
                **conflicts.by(end, who[here]),
                "is_lost": (held["status"] == STATUSES.index("not_stated")) & held["has_code"],
            }
        ).join(truth_people.patients(world, month, who[here], sender[here]))


def timeliness(plan: Plan, units: Units, entries: pd.DataFrame, contacts: pd.DataFrame) -> Rows:
    """First contacts by month and unit, by when the patient record first had an answer.

    The first contact with a unit is the first with any team of it, as the teams stood then.
    """
    answers = entries[[STATUS_OF_CODE.get(text, "valid") in ("valid", "not_stated") for text in entries["text"]]]
    first_answer = answers["day"].astype(int).groupby(_patients(answers)).min()
    of_team = contacts.drop_duplicates(["sender", "person", "unit"])
    patient, day = _patients(of_team), of_team["first"].to_numpy()
    month = np.maximum(np.searchsorted(plan.starts, day, side="right") - 1, 0)
    lag = pd.Series(patient).map(first_answer).to_numpy(dtype=float) - day
    which = np.select([np.isnan(lag), lag <= 0, lag <= 28], [3, 0, 1], 2)
    order = np.argsort(day, kind="stable")
    unit = of_team["unit"].to_numpy()
    rows: Rows = []
    for level, codes, kept, place in units.at_every_level(month[order], unit[order], patient[order]):
        first = order[kept]
        new = day[first] >= plan.starts[0]
        cell = (month[first] * len(codes) + place)[new]
        numbers = counted(cell, len(plan.months) * len(codes), [which[first][new] == each for each in range(4)])
        rows += [
            [
                plan.code,
                level,
                codes[where % len(codes)],
                plan.months[where // len(codes)],
                int(numbers[where].sum()),
                *map(int, numbers[where]),
            ]
            for where in np.flatnonzero(numbers.any(axis=1))
        ]
    return rows


def planted(plan: Plan, organisation: Organisation, entries: pd.DataFrame, contacts: pd.DataFrame) -> dict[str, Any]:
    """How much there is, which units something is planted in, and what came of asking in the last month.

    To be asked were those in contact with the asking team in the month before the last; an answer counts whether or not
    anybody sees them in the last month.
    """
    teams = patient_record.teams(organisation, contacts)
    names = {name: organisation.units[getattr(teams, name)].code for name in ("seldom", "other", "asking")}
    last = len(plan.months) - 1
    asked = _patients(contacts[(contacts["unit"] == teams.asking) & (contacts["month"] == last - 1)])
    history, named = of_patients(entries), np.array(STATUSES, dtype=object)
    before, after = (named[history.at(asked, plan.ends[month])["status"]] for month in (max(last - 1, 0), last))
    open_before = np.isin(before, ("missing", "not_known"))
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
