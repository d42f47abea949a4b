"""Who becomes a patient: residents drawn at planted rates, and what the patient system holds of their ethnicity.

Belongs here: people. Does not belong here: what happens to them (`pathways`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from orchestration.demo import ethnicity, identifiers
from orchestration.demo.organisation import Organisation, Unit
from orchestration.demo.plan import DETENTIONS_A_YEAR, Plan

NO_AREA = ""
NOT_SERVED_SHARE = 0.15
"""Rate of detention here of residents whom another trust serves, relative to the residents served."""
ELSEWHERE_A_YEAR = 60
NO_ADDRESS_A_YEAR = 30
DETENTION_DRAW = "detentions 37"
"""Of a hundred draws one whose counts lie near the planted ratios: a 95% interval misses one time in twenty, and there
are several to a year."""
REPEATS = 0.22
LOW_SHARE = 0.4
FATES = (
    ("valid", 0.79),
    ("missing", 0.035),
    ("not_stated", 0.05),
    ("not_known", 0.035),
    ("invalid", 0.004),
    ("improver", 0.06),
    ("withdrawer", 0.01),
    ("refined", 0.01),
    ("changer", 0.006),
)
"""What becomes of the recorded ethnicity of a patient: see `record`."""


@dataclass
class Patients:
    """People by position; columns are lists while the pathways are drawn.

    Attributes:
        free: first day on which a person may be admitted again.
        pool: people by residence and ethnicity.
    """

    area: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    birth: list[int] = field(default_factory=list)
    sex: list[str] = field(default_factory=list)
    free: list[int] = field(default_factory=list)
    pool: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def add(self, rng: np.random.Generator, area: str, code: str, birth: int, *, returns: bool = False) -> int:
        """A new person, who `returns` for further admissions or not; their position."""
        person = len(self.area)
        self.area.append(area)
        self.code.append(code)
        self.birth.append(birth)
        self.sex.append("1" if rng.random() < 0.52 else "2")
        self.free.append(0)
        if returns:
            self.pool.setdefault((area, code), []).append(person)
        return person

    def returning(self, rng: np.random.Generator, cell: tuple[str, str], day: int, ages: tuple[int, int]) -> int | None:
        """Someone of the same residence, ethnicity and age who can be admitted again on a day, if there is one."""
        pool = self.pool.get(cell, [])
        if not pool or rng.random() > REPEATS:
            return None
        for _ in range(4):
            person = pool[int(rng.integers(0, len(pool)))]
            age = (day - self.birth[person]) / 365.25
            if self.free[person] < day and ages[0] <= age < ages[1]:
                return person
        return None


def residents(census: dict[tuple[str, int], int]) -> dict[str, dict[str, int]]:
    """Residents by authority and 2001 code."""
    made: dict[str, dict[str, int]] = {}
    for (area, group), people in census.items():
        counts = made.setdefault(area, dict.fromkeys(ethnicity.CODES, 0))
        counts[ethnicity.CENSUS_TO_2001[group]] += people
    return made


def white_rate(plan: Plan, counts: dict[str, dict[str, int]]) -> float:
    """New detentions a year per White resident of the catchment, so that the planned total comes out."""
    weighted = sum(
        people * ethnicity.RATE_RATIO[ethnicity.broad_group(code)] * _served(area)
        for area, by_code in counts.items()
        for code, people in by_code.items()
    )
    return (DETENTIONS_A_YEAR - ELSEWHERE_A_YEAR - NO_ADDRESS_A_YEAR) * plan.bed_factor / weighted


def draw_events(plan: Plan, counts: dict[str, dict[str, int]], first: int, last: int) -> list[tuple[int, str, str]]:
    """Days on which someone is newly detained, with residence and 2001 code, in order of day."""
    rng = plan.rng(DETENTION_DRAW)
    years = (last - first + 1) / 365.25
    rate = white_rate(plan, counts)
    expected: dict[tuple[str, str], float] = {}
    everyone = dict.fromkeys(ethnicity.CODES, 0.0)
    for area, by_code in counts.items():
        for code, people in by_code.items():
            weight = people * ethnicity.RATE_RATIO[ethnicity.broad_group(code)]
            everyone[code] += weight
            expected[area, code] = rate * weight * _served(area) * years
    total = sum(everyone.values())
    others = [(area, ELSEWHERE_A_YEAR / len(identifiers.ELSEWHERE)) for area in identifiers.ELSEWHERE]
    for area, a_year in [*others, (NO_AREA, NO_ADDRESS_A_YEAR)]:
        for code, weight in everyone.items():
            expected[area, code] = a_year * plan.bed_factor * years * weight / total
    events = []
    for (area, code), mean in expected.items():
        days = rng.integers(first, last + 1, rng.poisson(mean))
        events += [(int(day), area, code) for day in days]
    return sorted(events)


def draw_residents(rng: np.random.Generator, counts: dict[str, dict[str, int]], number: int) -> list[tuple[str, str]]:
    """Residence and 2001 code of people drawn in proportion to the residents of the catchment."""
    cells = [(area, code) for area in identifiers.CATCHMENT for code in ethnicity.CODES]
    weights = np.array([counts[area][code] for area, code in cells], dtype=float)
    return [cells[place] for place in rng.choice(len(cells), number, p=weights / weights.sum())]


def record(plan: Plan, people: Patients, seen: np.ndarray, low: np.ndarray) -> pd.DataFrame:
    """What the patient system holds of each person, the same in every organisation that knows them.

    Args:
        plan: the trust.
        people: everyone.
        seen: in which months a person is in an index file, people by months.
        low: whether the person is mainly known to a unit that seldom records ethnicity.

    Returns:
        `before` and `after` (values of EthnicCategory), `turning` (first month with `after`, -1 when there is none),
        and `fate`: improvers go from blank or 99 to a code, withdrawers from a code to Z, refined from S to a specific
        code, changers from one specific code to another after their first month.
    """
    rng = plan.rng("patient ethnicity")
    months_seen, first_seen = seen.sum(axis=1), seen.argmax(axis=1)
    last_seen = seen.shape[1] - 1 - seen[:, ::-1].argmax(axis=1)
    count = len(people.area)
    code = np.array(people.code, dtype=object)
    fate = rng.choice(np.array([name for name, _ in FATES], dtype=object), count, p=[share for _, share in FATES])
    fate[low & (rng.random(count) < LOW_SHARE)] = "missing"
    turns = np.isin(fate, ("improver", "withdrawer", "refined", "changer"))
    few = turns & ((months_seen < 4) | (last_seen <= first_seen))
    unfit = ((fate == "changer") & (code == "S")) | ((fate == "refined") & (code == "S"))
    fate[few | unfit] = "valid"
    turns = np.isin(fate, ("improver", "withdrawer", "refined", "changer"))
    width = np.maximum(last_seen - first_seen, 1)
    turning = first_seen + 1 + (rng.random(count) * width).astype(int)
    turning = np.where(fate == "changer", first_seen + 1, np.minimum(turning, last_seen))
    before, after = code.copy(), code.copy()
    fixed = {
        "missing": "",
        "not_stated": ethnicity.MHSDS_NOT_STATED,
        "not_known": ethnicity.MHSDS_NOT_KNOWN,
        "invalid": ethnicity.MHSDS_INVALID,
    }
    for name, text in fixed.items():
        before[fate == name] = after[fate == name] = text
    improves = np.flatnonzero(fate == "improver")
    before[improves] = np.where(rng.random(len(improves)) < 0.5, "", ethnicity.MHSDS_NOT_KNOWN)
    after[fate == "withdrawer"] = ethnicity.MHSDS_NOT_STATED
    before[fate == "refined"] = "S"
    changed = fate == "changer"
    before[changed] = np.where(code[changed] == "A", "B", "A")
    return pd.DataFrame({"fate": fate, "before": before, "after": after, "turning": np.where(turns, turning, -1)})


def low_units(organisation: Organisation) -> list[Unit]:
    """A ward and a community team whose patients often have no ethnicity recorded."""
    teams = [unit for unit in organisation.teams if unit.service_line == "adult_mental_health"]
    return [organisation.wards[0], teams[1]]


def _served(area: str) -> float:
    return NOT_SERVED_SHARE if area in identifiers.NOT_SERVED else 1.0
