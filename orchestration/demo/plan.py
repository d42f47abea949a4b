"""What is to be generated: the months, the organisations, the size, the seed.

Belongs here: choices every part of the synthetic trust shares. Does not belong here: any people or files.
"""

from __future__ import annotations

import datetime
import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from orchestration.months import first_day, last_day
from orchestration.settings import Trust

MERGER = datetime.date(2024, 4, 1)
"""First day on which the merged predecessors no longer send files of their own."""
STAFF = 13_000
BEDS = 820
DETENTIONS_A_YEAR = 1_240
"""Without the 60 or so that follow the revocation of a community treatment order."""
INCIDENTS_A_YEAR = 8_000
COMMUNITY_PATIENTS = 5_000
LEAST_STAFF = 200
LEAST_BEDS = 30
LEAST_SCALE = 0.001


@dataclass(frozen=True)
class Plan:
    """One trust to generate.

    Attributes:
        trust: the configured trust; gives the months.
        code: organisation code of this trust.
        predecessors: codes of the organisations merged into it.
        number: 0 for the configured trust, 1 and up for further ones.
        scale: multiplies people; 1 is a trust of 13,000 staff.
        seed: where every random choice starts.
    """

    trust: Trust
    code: str
    predecessors: tuple[str, ...]
    number: int
    scale: float
    seed: int

    @cached_property
    def months(self) -> list[str]:
        """Labels `YYYY-MM` of the months, in order."""
        return self.trust.months()

    @cached_property
    def starts(self) -> np.ndarray:
        """Ordinal of the first day of each month."""
        return np.array([first_day(label).toordinal() for label in self.months])

    @cached_property
    def ends(self) -> np.ndarray:
        """Ordinal of the last day of each month."""
        return np.array([last_day(label).toordinal() for label in self.months])

    @cached_property
    def merger_month(self) -> int:
        """Position of the first month after the merger, within 0 and the number of months."""
        return int(np.clip(np.searchsorted(self.starts, MERGER.toordinal()), 0, len(self.months)))

    @property
    def organisations(self) -> tuple[str, ...]:
        """The trust's own code, then its predecessors'."""
        return (self.code, *self.predecessors)

    def last_month_of(self, organisation: str) -> int:
        """Position after the last month in which an organisation sends files."""
        return len(self.months) if organisation == self.code else self.merger_month

    def position(self, label: str) -> int | None:
        """Position of a month by its label, or None when it is not generated."""
        return self.months.index(label) if label in self.months else None

    def size(self, count: float, least: int = 1) -> int:
        """A count of people at this scale."""
        return max(least, round(count * self.scale))

    @property
    def staff(self) -> int:
        """People on the staff record at any time."""
        return self.size(STAFF, LEAST_STAFF)

    @property
    def bed_factor(self) -> float:
        """What a full-size bed count is multiplied by."""
        return max(self.scale, LEAST_BEDS * 1.4 / BEDS)

    @property
    def structure(self) -> float:
        """What the number of wards and teams is multiplied by: a small trust has fewer, a huge one no more."""
        return min(1.0, float(np.sqrt(self.scale)))

    def rng(self, part: str) -> np.random.Generator:
        """A stream of random numbers of its own for each part, so that one part can change alone."""
        return np.random.default_rng([self.seed, self.number, zlib.crc32(part.encode())])


def plans(trust: Trust, scale: float, trusts: int, seed: int) -> list[Plan]:
    """The trusts to generate: the configured one with its predecessors, then further ones without."""
    taken = set(trust.organisations)
    stem = trust.organisation_code[:-1]
    spare = (f"{stem}{suffix}" for suffix in [*map(str, range(3, 10)), *map(chr, range(65, 91))])
    codes = [trust.organisation_code, *(code for code in spare if code not in taken)]
    if not 1 <= trusts <= len(codes):
        raise ValueError(f"trusts must lie between 1 and {len(codes)}, found {trusts}")
    if scale < LEAST_SCALE:
        raise ValueError(f"scale must be at least {LEAST_SCALE}, found {scale}")
    return [
        Plan(trust, code, trust.predecessors if number == 0 else (), number, scale, seed)
        for number, code in enumerate(codes[:trusts])
    ]


def iso(day: int) -> str:
    """A day as `YYYY-MM-DD`."""
    return datetime.date.fromordinal(int(day)).isoformat()


def financial_year(label: str) -> str:
    """The financial year of a month, such as `2024-25`."""
    year = int(label[:4]) - (label[5:] < "04")
    return f"{year}-{(year + 1) % 100:02d}"
