"""What happens to patients: referrals, spells, ward stays, legal status, community treatment orders.

Belongs here: the course of events, as tables of days. Does not belong here: files, months or faults (`mhsds`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from orchestration.demo import sections
from orchestration.demo.ethnicity import WHITE
from orchestration.demo.organisation import KINDS, Organisation, Unit
from orchestration.demo.patients import Patients, draw_events, draw_residents
from orchestration.demo.plan import COMMUNITY_PATIENTS, MERGER, Plan

COMMUNITY_LINES = ("adult_mental_health", "older_mental_health")
BURN_IN = 900
"""Days simulated before the first month, so that the wards are full when it begins."""
ROUTES = {"": ("19", "11"), "P": ("40", "2A"), "H": ("53", "81")}
"""Source and method of admission by category: informal, from court or prison, by transfer from another hospital."""
OPEN = 800_000
"""A day after all others: not ended yet."""
AGES = {
    "acute": (18, 65),
    "picu": (18, 65),
    "older": (66, 92),
    "rehab": (18, 65),
    "secure": (18, 65),
    "camhs": (13, 18),
}
NOT_WHITE_PICU = 0.85
WHITE_PICU = 0.38
"""Planted chance of a detained adult to begin on a PICU: the ward mix behind the crude restraint gap."""
FROM_COURT = 0.045
ORDERED = 0.32
"""Share of discharges from s3 that are to a community treatment order."""
REVOKED = 0.3
CONDITIONAL = 0.3
FOLLOWED_UP = 0.6
_DETAINED_TO = (("acute", 0.74), ("older", 0.21), ("camhs", 0.05))
_CATEGORIES = (("A", 0.62), ("B", 0.22), ("C", 0.16))
_EXTRA = {"rehab": 0.98, "acute": 0.7, "older": 0.76, "secure": 0.55, "camhs": 0.65}
"""Share of a kind's admissions that are informal, to fill its beds."""


class Admission(NamedTuple):
    """Someone of a residence and ethnicity is admitted to a kind of ward; category blank is informal."""

    day: int
    area: str
    code: str
    kind: str
    category: str


class Case(NamedTuple):
    """One spell: who, the ward, who sends the record, first and last day, category of the first detention."""

    person: int
    ward: Unit
    organisation: str
    start: int
    end: int
    category: str


@dataclass
class Pathways:
    """Everything that happens, as rows; `person` and `unit` are positions, `organisation` is a code."""

    referrals: list[dict[str, Any]] = field(default_factory=list)
    spells: list[dict[str, Any]] = field(default_factory=list)
    stays: list[dict[str, Any]] = field(default_factory=list)
    legal: list[dict[str, Any]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    recalls: list[dict[str, Any]] = field(default_factory=list)
    conditional: list[dict[str, Any]] = field(default_factory=list)

    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables as frames."""
        return {name: pd.DataFrame(rows) for name, rows in vars(self).items()}


class Simulation:
    """Draws the pathways of one trust."""

    def __init__(self, plan: Plan, organisation: Organisation, counts: dict[str, dict[str, int]]) -> None:
        self.plan, self.organisation, self.counts = plan, organisation, counts
        self.rng = plan.rng("pathways")
        self.people = Patients()
        self.made = Pathways()
        self.first, self.last = int(plan.starts[0]) - BURN_IN, int(plan.ends[-1])
        self.merger = min(MERGER.toordinal(), self.last + 1)
        self.homes = {area: code for code, (_, areas) in organisation.divisions.items() for area in areas}
        self.teams = [unit for unit in organisation.teams if unit.service_line in COMMUNITY_LINES]
        self.positions = {unit.code: place for place, unit in enumerate(organisation.units)}

    def run(self) -> tuple[Patients, dict[str, pd.DataFrame]]:
        """Everyone and everything."""
        self._community()
        admissions = self._informal()
        for day, area, code in draw_events(self.plan, self.counts, self.first, self.last):
            if self.rng.random() < FROM_COURT:
                admissions.append(Admission(day, area, code, "secure", "P"))
            else:
                admissions.append(Admission(day, area, code, self._pick(_DETAINED_TO), self._pick(_CATEGORIES)))
        for admission in sorted(admissions):
            self._admit(admission)
        self._places_of_safety()
        self._oddities()
        return self.people, self.made.frames()

    def _pick(self, choices: tuple[tuple[str, float], ...]) -> str:
        chance, total = self.rng.random(), 0.0
        for name, share in choices:
            total += share
            if chance < total:
                return name
        return choices[-1][0]

    def _informal(self) -> list[Admission]:
        """Admissions without detention, a few of them transfers in under section."""
        years = (self.last - self.first) / 365.25
        listed: list[Admission] = []
        for kind, share in _EXTRA.items():
            ward = KINDS[kind]
            number = round(ward.beds * ward.wards * self.plan.bed_factor * 365 / ward.stay * share * years)
            cells = draw_residents(self.rng, self.counts, number)
            days = self.rng.integers(self.first, self.last + 1, number)
            for day, (area, code) in zip(days, cells, strict=True):
                category = "H" if kind in ("acute", "secure") and self.rng.random() < 0.03 else ""
                listed.append(Admission(int(day), area, code, kind, category))
        return listed

    def _person(self, admission: Admission) -> int:
        day, ages = admission.day, AGES[admission.kind]
        person = self.people.returning(self.rng, (admission.area, admission.code), day, ages)
        if person is None:
            born = day - int((ages[0] + self.rng.random() * (ages[1] - ages[0])) * 365.25)
            person = self.people.add(self.rng, admission.area, admission.code, born, returns=True)
        return person

    def _ward(self, kind: str, area: str, organisation: str | None = None, day: int = 0) -> Unit:
        """A ward of a kind, near home where there is one, within one organisation when asked."""
        wards = [unit for unit in self.organisation.wards if unit.kind is not None and unit.kind.name == kind]
        if organisation is not None:
            wards = [unit for unit in wards if self._sender(unit, day) == organisation]
        if kind == "acute" and self.homes.get(area):
            near = [unit for unit in wards if self.organisation.division_of(unit.spans[0][2]) == self.homes[area]]
            wards = near or wards
        return wards[int(self.rng.integers(0, len(wards)))]

    def _sender(self, unit: Unit, day: int) -> str:
        return unit.source if day < self.merger else self.plan.code

    def _admit(self, admission: Admission) -> None:
        """One admission with all that follows from it."""
        day, kind, category = admission.day, admission.kind, admission.category
        person = self._person(admission)
        ward = self._ward(kind, admission.area)
        mean = KINDS[kind].stay * (1.15 if category else 0.9)
        length = int(self.rng.gamma(1.3, mean / 1.3))
        if category:
            length = max(length, 24 if category == "B" else 5)
        self._follow(Case(person, ward, self._sender(ward, day), day, day + length, category))

    def _follow(self, case: Case) -> None:
        """The spell, then a community treatment order and its revocation if it comes to that."""
        start, end = case.start, case.end
        periods = sections.admitted(self.rng, case.category, start, end) if case.category else self._held(start, end)
        self._spell(case)
        parents = [self._period(case.person, case.organisation, period, start) for period in periods]
        free = end
        final = periods[-1] if periods and self._capped(case.organisation, end) == end else None
        if final is not None and final.code == "03" and final.end == end and self.rng.random() < ORDERED:
            free = self._order(case, parents[-1])
        elif final is not None and final.code == "09" and self.rng.random() < CONDITIONAL:
            free = end + 400
            self._add(
                "conditional",
                case.organisation,
                {"legal": parents[-1], "person": case.person, "start": end, "end": free, "reason": "01"},
            )
            self._refer(case.person, self._team(case.organisation, end), (end, free), case.organisation)
        elif self.rng.random() < FOLLOWED_UP and case.organisation == self.plan.code:
            self._refer(case.person, self._team(), (end, end + int(self.rng.gamma(2, 200))))
        self.people.free[case.person] = max(self.people.free[case.person], free + 30)

    def _held(self, start: int, end: int) -> list[sections.Period]:
        """An informal spell may contain a 5(2) that lapses."""
        if end - start < 10 or self.rng.random() > 0.05:
            return []
        day = start + 3
        return [sections.Period("05", day, day + 2, "F", expiry=day + 3)]

    def _order(self, case: Case, parent: int) -> int:
        """A community treatment order; some are revoked, which begins a detention of category D. Returns its end."""
        start, organisation = case.end, case.organisation
        end = start + int(self.rng.gamma(2.0, 130)) + 20
        revoked = self.rng.random() < REVOKED
        self._refer(case.person, self._team(organisation, start), (start, end), organisation)
        self._add(
            "orders",
            organisation,
            {
                "legal": parent,
                "person": case.person,
                "start": start,
                "end": end,
                "expiry": start + 182,
                "reason": "02" if revoked else "01",
            },
        )
        if not revoked or self._capped(organisation, end) < end:
            return end
        recall = end - int(self.rng.integers(0, 3))
        self._add("recalls", organisation, {"legal": parent, "start": recall, "end": end})
        stay = end + 5 + int(self.rng.gamma(1.3, 40))
        self._spell(Case(case.person, case.ward, organisation, recall, stay, "D"))
        for period in sections.revoked(end, stay):
            self._period(case.person, organisation, period)
        return stay

    def _capped(self, organisation: str, day: int) -> int:
        """A predecessor's records all end before the merger."""
        return day if organisation == self.plan.code else min(day, self.merger - 1)

    def _add(self, table: str, organisation: str, row: dict[str, Any]) -> int:
        """Keep a row, its end capped for a predecessor; one that begins too late is left out. Returns its position."""
        rows: list[dict[str, Any]] = getattr(self.made, table)
        if self._capped(organisation, row["start"]) < row["start"]:
            return -1
        capped = self._capped(organisation, row["end"])
        if capped < row["end"] and table == "orders":
            row["reason"] = "01"
        rows.append({"organisation": organisation, **row, "end": capped})
        return len(rows) - 1

    def _refer(self, person: int, unit: Unit, span: tuple[int, int], organisation: str | None = None) -> int:
        """A referral to a unit, open from the first to the last day of `span`."""
        return self._add(
            "referrals",
            organisation or self._sender(unit, span[0]),
            {
                "person": person,
                "unit": self.positions[unit.code],
                "start": span[0],
                "end": span[1],
                "source": "A3" if unit.is_ward else "A1",
            },
        )

    def _team(self, organisation: str | None = None, day: int = 0) -> Unit:
        """A community team, of one organisation when asked."""
        teams = self.teams
        if organisation is not None:
            teams = [unit for unit in teams if self._sender(unit, day) == organisation]
        return teams[int(self.rng.integers(0, len(teams)))]

    def _spell(self, case: Case) -> None:
        """A spell with its referral and ward stays; detained adults may begin on a PICU."""
        source, method = ROUTES.get(case.category, ("19", "2A"))
        referral = self._refer(case.person, case.ward, (case.start, case.end), case.organisation)
        spell = self._add(
            "spells",
            case.organisation,
            {
                "person": case.person,
                "referral": referral,
                "start": case.start,
                "end": case.end,
                "source": source,
                "method": method,
            },
        )
        if spell < 0:
            return
        white = self.people.code[case.person] in WHITE
        moved = case.start
        intensive = case.ward.kind is KINDS["acute"] and case.category and case.organisation == self.plan.code
        if intensive and self.rng.random() < (WHITE_PICU if white else NOT_WHITE_PICU):
            moved = min(case.end, case.start + 3 + int(self.rng.gamma(1.5, 26)))
            self._stay(case, spell, self._ward("picu", "", case.organisation, case.start), (case.start, moved))
        if moved < case.end or moved == case.start:
            self._stay(case, spell, case.ward, (moved, case.end))

    def _stay(self, case: Case, spell: int, ward: Unit, span: tuple[int, int]) -> None:
        self._add(
            "stays",
            case.organisation,
            {
                "person": case.person,
                "spell": spell,
                "unit": self.positions[ward.code],
                "start": span[0],
                "end": span[1],
            },
        )

    def _period(self, person: int, organisation: str, period: sections.Period, admission: int = 0) -> int:
        """Keep a period; one that began elsewhere is known from the admission on."""
        known = admission if period.category == "H" else period.start
        return self._add(
            "legal",
            organisation,
            {
                "person": person,
                "known": known,
                "start": period.start,
                "end": period.end,
                "code": period.code,
                "category": period.category,
                "start_time": period.start_time,
                "end_time": period.end_time,
                "expiry": period.expiry,
            },
        )

    def _community(self) -> None:
        """People with severe mental illness whom community teams see for years; a predecessor's pass to the trust."""
        number = self.plan.size(COMMUNITY_PATIENTS, 160)
        for area, code in draw_residents(self.rng, self.counts, round(number * 1.9)):
            start = self.first - 700 + int(self.rng.integers(0, self.last - self.first + 700))
            end = start + 90 + int(self.rng.gamma(2.0, 520))
            born = start - int((18 + self.rng.random() * 60) * 365.25)
            person = self.people.add(self.rng, area, code, born)
            unit = self._team()
            self._refer(person, unit, (start, end))
            if unit.source != self.plan.code and start < self.merger <= end:
                self._refer(person, unit, (self.merger, end))

    def _places_of_safety(self) -> None:
        """Section 136 that ends without admission."""
        number = round(400 * self.plan.bed_factor * (self.last - self.first) / 365.25)
        for area, code in draw_residents(self.rng, self.counts, number):
            day = int(self.rng.integers(self.first, self.last + 1))
            person = self.people.add(self.rng, area, code, day - int((18 + self.rng.random() * 50) * 365.25))
            unit = self._team()
            self._refer(person, unit, (day, day + 3))
            period = sections.Period("20", day, min(day + 1, self.last), "E", "22:15", "12:00", day + 1)
            self._period(person, self._sender(unit, day), period)

    def _oddities(self) -> None:
        """Guardianship, and detentions without an admission."""
        number = max(2, round(10 * self.plan.bed_factor * (self.last - self.first) / 365.25))
        for place, (area, code) in enumerate(draw_residents(self.rng, self.counts, number)):
            day = int(self.rng.integers(self.first, self.last - 40))
            person = self.people.add(self.rng, area, code, day - 40 * 365)
            unit = self._team()
            self._refer(person, unit, (day, day + 400))
            code_, days, category = (("35", 180, "M"), ("02", 20, "N"))[place % 2]
            self._period(person, self._sender(unit, day), sections.Period(code_, day, day + days, category))
