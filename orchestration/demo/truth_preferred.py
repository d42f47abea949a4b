"""Whose code is whose: the preferred ethnicity of each patient, worked out from the tables the files are written from.

Belongs here: the written rule (domain, Decisions 4) in Python, apart from the SQL that it is held against. Does not
belong here: reading any file.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from orchestration.demo import ethnicity
from orchestration.demo.ethnicity import STATUS_OF_CODE, STATUSES
from orchestration.demo.incidents import Incidents
from orchestration.demo.mhsds import Records
from orchestration.demo.plan import Plan
from orchestration.demo.truth_units import Rows

SELF_REPORTED, TOLD, DATA_SET, INCIDENT, GUESSED = 1, 2, 3, 4, 5
RANKS = {"SELF": SELF_REPORTED, "OBSERVED": GUESSED}
"""Rank of an entry of the patient record by its method; any other says that somebody told."""
YEARS = 5


@dataclass
class _Said:
    """All that is recorded of one person.

    Attributes:
        codes: (rank, code) to how often and the last day.
        refusals: rank to the last day.
        statuses: what else is recorded.
    """

    codes: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    refusals: dict[int, int] = field(default_factory=dict)
    statuses: set[str] = field(default_factory=set)

    def add(self, rank: int, text: str, day: int, count: int = 1, oldest: int = 0) -> None:
        """Take in a value said `count` times, last on `day`; a code before `oldest` counts for nothing."""
        status = STATUS_OF_CODE.get(text, "valid")
        if status == "valid":
            if day >= oldest:
                often, last = self.codes.get((rank, text), (0, 0))
                self.codes[rank, text] = (often + count, max(last, day))
            return
        self.statuses.add(status)
        if status == "not_stated":
            self.refusals[rank] = max(self.refusals.get(rank, 0), day)

    def preferred(self) -> str:
        """The code, or the best status where no code is left.

        A refusal stands when it is later than every code of its own rank and the better ones; it undoes those of its
        own rank and the worse ones. A guess comes after whatever was said, S after any specific code.
        """
        standing = [
            rank
            for rank, day in self.refusals.items()
            if not any(other <= rank and last >= day for (other, _), (_, last) in self.codes.items())
        ]
        left = {key: value for key, value in self.codes.items() if key[0] < min(standing, default=GUESSED + 1)}
        if not left:
            return min(self.statuses, key=STATUSES.index, default="missing")

        def order(key: tuple[int, str]) -> tuple[bool, bool, int, int, int, str]:
            rank, code = key
            often, last = left[key]
            return rank == GUESSED, code == "S", rank, 0 if rank == SELF_REPORTED else -often, -last, code

        return min(left, key=order)[1]


def preferred(
    plan: Plan, records: Records, reported: Incidents, entries: pd.DataFrame
) -> tuple[list[str], list[set[str]]]:
    """Ethnicity of each person by the preferred rule, and the distinct usable codes held of them."""
    said: defaultdict[int, _Said] = defaultdict(_Said)
    for person, text, day, count in _of_data_set(plan, records):
        said[person].add(DATA_SET, text, day, count)
    as_of = plan.trust.as_of
    oldest = datetime.date(as_of.year - YEARS, as_of.month, 1).toordinal() + 1
    columns = (entries[name].to_numpy() for name in ("person", "text", "code", "method", "day"))
    for person, text, code, method, day in zip(*columns, strict=True):
        rank = RANKS.get(method, TOLD)
        said[int(person)].add(rank, code or text, int(day), oldest=0 if rank == SELF_REPORTED else oldest)
    named = reported.contacts[reported.is_named]
    days = plan.starts[reported.file_month.loc[named["incident"]]]
    texts = {ethnicity.INCIDENTS_NOT_STATED: ethnicity.MHSDS_NOT_STATED}
    for person, code, text, day in zip(named["person"], named["code"], named["ethnicity"], days, strict=True):
        if code or text in texts:
            said[int(person)].add(INCIDENT, code or texts[text], int(day))
    everyone = [said[person] for person in range(len(records.patients))]
    return [each.preferred() for each in everyone], [{code for _, code in each.codes} for each in everyone]


def _of_data_set(plan: Plan, records: Records) -> list[tuple[int, str, int, int]]:
    """Person, value, first day of the last month with it and months with it, of the patient index."""
    months = np.sum([rows.astype(int) for rows in records.seen.values()], axis=0)
    turning = records.patients["turning"].to_numpy()
    turned = (turning[:, None] >= 0) & (np.arange(months.shape[1]) >= turning[:, None])
    listed = []
    for weights, column in ((months * ~turned, "before"), (months * turned, "after")):
        count = weights.sum(axis=1)
        last = weights.shape[1] - 1 - (weights[:, ::-1] > 0).argmax(axis=1)
        texts = records.patients[column].to_numpy()
        listed += [
            (int(person), str(texts[person]), int(plan.starts[last[person]]), int(count[person]))
            for person in np.flatnonzero(count)
        ]
    return listed


def people(plan: Plan, records: Records, codes: list[str], held: list[set[str]]) -> Rows:
    """People of the patient index by preferred code, and how many of them have two distinct usable codes."""
    known = np.flatnonzero(np.logical_or.reduce(list(records.seen.values())).any(axis=1))
    two = [len(held[person]) > 1 for person in known]
    frame = pd.DataFrame({"code": [codes[person] for person in known], "two": two})
    return [[plan.code, str(code), len(part), int(part["two"].sum())] for code, part in frame.groupby("code")]
