"""The units of a trust month by month: each team or ward, and what stands above it.

Belongs here: who counts where, and once. Does not belong here: what is counted.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from orchestration.demo.organisation import Organisation
from orchestration.demo.plan import Plan

Rows = list[list[str | int | float]]
UNKNOWN_UNIT = "UNKNOWN"


class Placed(NamedTuple):
    """Rows at one level: its name, the codes of its units, the rows that count there, and the unit of each of them."""

    level: str
    codes: list[str]
    rows: np.ndarray
    place: np.ndarray


@dataclass(frozen=True)
class Units:
    """Units by level.

    Attributes:
        codes: codes of each level, UNKNOWN last but for the organisation, which is always known.
        above: level to positions in its codes, by month and position of the team; the last team is the unknown one.
    """

    codes: dict[str, list[str]]
    above: dict[str, np.ndarray]

    def at_every_level(
        self, month: int | np.ndarray, unit: np.ndarray, once: np.ndarray | None = None
    ) -> Iterator[Placed]:
        """Rows of teams at each level.

        Args:
            month: position of the month, of all rows or of each.
            unit: position of the team of each row.
            once: a number of whoever counts once in each unit, however many of its teams have a row of them.
        """
        for level, above in self.above.items():
            place = above[month, unit]
            rows = np.arange(len(place))
            if once is not None:
                _, rows = np.unique(place * (int(once.max(initial=0)) + 1) + once, return_index=True)
            yield Placed(level, self.codes[level], rows, place[rows])


def units_by_level(plan: Plan, organisation: Organisation) -> Units:
    """The units as they were at the end of each month."""
    directorates, divisions = list(organisation.directorates), list(organisation.divisions)
    teams = [unit.code for unit in organisation.units]
    codes = {
        name: [*known, UNKNOWN_UNIT]
        for name, known in (("team", teams), ("directorate", directorates), ("division", divisions))
    }
    above = {name: np.full((len(plan.months), len(teams) + 1), len(known) - 1) for name, known in codes.items()}
    above["team"][:] = np.arange(len(teams) + 1)
    for month, end in enumerate(plan.ends):
        day = datetime.date.fromordinal(int(end))
        for place, unit in enumerate(organisation.units):
            directorate = unit.directorate(day)
            above["directorate"][month, place] = directorates.index(directorate)
            above["division"][month, place] = divisions.index(organisation.division_of(directorate))
    return Units({**codes, "organisation": [plan.code]}, {**above, "organisation": np.zeros_like(above["team"])})


def counted(place: np.ndarray, size: int, flags: Sequence[np.ndarray]) -> np.ndarray:
    """How many rows of each place carry each flag: places by flags."""
    return np.stack([np.bincount(place[flag], minlength=size) for flag in flags], axis=1)
