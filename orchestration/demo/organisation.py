"""The organisation: divisions, directorates, teams and wards, and what each system calls them.

Belongs here: units, their names and the authorities they serve. Does not belong here: who works or stays there.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from orchestration.demo.identifiers import AREAS
from orchestration.demo.plan import MERGER, Plan

FOUNDED = "2015-04-01"
WARD_MOVES = datetime.date(2023, 10, 1)
WARD_RENAMED = datetime.date(2024, 1, 1)
"""Day on which the incident system begins to use another name for one ward."""
CAFE_TEAM = "St Testbert\u2019s Caf\u00e9 Team"
"""A name with characters beyond ASCII, for the month that is exported in a Windows code page."""

DIVISIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("South West Division", ("E06000045", "E07000086", "E07000091")),
    ("South East Division", ("E06000044", "E07000085", "E07000087", "E07000088", "E07000090")),
    ("Mid and North Division", ("E07000084", "E07000093", "E07000094")),
    ("Island Division", ("E06000046",)),
    ("Corporate Division", ()),
)
CLINICAL_DIRECTORATES: tuple[tuple[str, str], ...] = (
    ("Adult Acute", "adult_mental_health"),
    ("Adult Community", "adult_mental_health"),
    ("Older People", "older_mental_health"),
    ("Specialised and Secure", "secure"),
    ("Children and Families", "children"),
    ("Community Health", "community_health"),
)
CORPORATE_DIRECTORATES = ("People", "Finance and Estates", "Digital", "Nursing and Quality")


@dataclass(frozen=True)
class WardKind:
    """A kind of ward: how many at full size, beds, mean stay in days, restrictive incidents per 1,000 bed days."""

    name: str
    wards: int
    beds: int
    directorate: str
    stay: float
    incidents: float
    type_code: str


KINDS: dict[str, WardKind] = {
    kind.name: kind
    for kind in (
        WardKind("acute", 16, 20, "Adult Acute", 50, 7.5, "01"),
        WardKind("picu", 4, 10, "Adult Acute", 28, 45.0, "02"),
        WardKind("older", 10, 20, "Older People", 85, 4.0, "03"),
        WardKind("rehab", 6, 18, "Adult Acute", 300, 2.0, "04"),
        WardKind("secure", 7, 16, "Specialised and Secure", 400, 8.0, "05"),
        WardKind("camhs", 2, 14, "Children and Families", 60, 27.0, "06"),
    )
}
TEAM_KINDS = ("Community Team", "Crisis Team", "Assessment Team", "Outreach Team", "Liaison Team", "Therapy Team")
_PLACES = (
    "Alder",
    "Bramble",
    "Cedar",
    "Damson",
    "Elder",
    "Fern",
    "Gorse",
    "Hazel",
    "Iris",
    "Juniper",
    "Kestrel",
    "Larch",
    "Maple",
    "Nettle",
    "Oak",
    "Poplar",
    "Quince",
    "Rowan",
    "Sorrel",
    "Teasel",
    "Umber",
    "Viola",
    "Willow",
    "Yarrow",
    "Aster",
    "Birch",
    "Clover",
    "Dogwood",
    "Elm",
    "Foxglove",
    "Ginkgo",
    "Heather",
    "Ivy",
    "Jasmine",
    "Kingcup",
    "Lavender",
    "Mallow",
    "Nutmeg",
    "Orchid",
    "Privet",
    "Reed",
    "Sedge",
    "Thyme",
    "Violet",
    "Walnut",
    "Zinnia",
)


@dataclass
class Unit:
    """One team or ward.

    Attributes:
        spans: (first day, last day or blank, directorate code) in order.
        source: organisation that sends the unit's files until the merger.
    """

    code: str
    name: str
    spans: list[tuple[str, str, str]]
    service_line: str
    source: str
    kind: WardKind | None = None
    staff_name: str = ""
    incident_name: str = ""
    record_name: str = ""
    team_code: str = ""
    ward_code: str = ""

    def directorate(self, day: datetime.date) -> str:
        """Code of the directorate above on a day."""
        return next(parent for _, last, parent in self.spans if not last or day.isoformat() <= last)

    @property
    def is_ward(self) -> bool:
        """Whether it has beds."""
        return self.kind is not None


@dataclass
class Organisation:
    """All units of one trust."""

    plan: Plan
    divisions: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    directorates: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    units: list[Unit] = field(default_factory=list)

    @cached_property
    def wards(self) -> list[Unit]:
        """The units with beds."""
        return [unit for unit in self.units if unit.is_ward]

    @cached_property
    def teams(self) -> list[Unit]:
        """The units without beds."""
        return [unit for unit in self.units if not unit.is_ward]

    @property
    def moved(self) -> Unit:
        """The ward that changes division."""
        return next(unit for unit in self.units if len(unit.spans) > 1)

    def division_of(self, directorate: str) -> str:
        """Code of the division above a directorate."""
        return self.directorates[directorate][2]


def build(plan: Plan) -> Organisation:
    """The organisation of one trust, with the units its predecessors brought."""
    made = Organisation(plan)
    for number, (name, areas) in enumerate(DIVISIONS, start=1):
        division = f"{plan.code}-D{number}"
        made.divisions[division] = (name, areas)
        clinical = bool(areas)
        listed = CLINICAL_DIRECTORATES if clinical else tuple((each, "corporate") for each in CORPORATE_DIRECTORATES)
        for place, (title, service_line) in enumerate(listed, start=1):
            short = name.removesuffix(" Division")
            made.directorates[f"{division}-R{place}"] = (f"{short}: {title}", service_line, division)
    _add_wards(made)
    _add_teams(made)
    _name_units(made)
    return made


def _clinical(made: Organisation, division: int, title: str) -> str:
    """Code of a clinical directorate by its division's number (from 0) and its title."""
    place = [name for name, _ in CLINICAL_DIRECTORATES].index(title) + 1
    return f"{made.plan.code}-D{division + 1}-R{place}"


def _add_wards(made: Organisation) -> None:
    """Wards of every kind over the clinical divisions; each predecessor brings an acute and an older ward."""
    number = 0
    for kind in KINDS.values():
        least = 2 + len(made.plan.predecessors) if kind.name in ("acute", "older") else 1
        for place in range(max(least, round(kind.wards * made.plan.structure))):
            division = place % (4 if kind.name in ("acute", "older") else 2)
            predecessor = place - 2 if kind.name in ("acute", "older") else -1
            source = made.plan.code
            if 0 <= predecessor < len(made.plan.predecessors):
                source = made.plan.predecessors[predecessor]
            number += 1
            directorate = _clinical(made, division, kind.directorate)
            code = f"{made.plan.code}-W{number:02d}"
            made.units.append(
                Unit(
                    code,
                    f"{_PLACES[(number - 1) % len(_PLACES)]} Ward",
                    [(FOUNDED, "", directorate)],
                    made.directorates[directorate][1],
                    source,
                    kind,
                )
            )
    moving = made.units[0]
    last = (WARD_MOVES - datetime.timedelta(days=1)).isoformat()
    moving.spans = [
        (FOUNDED, last, moving.spans[0][2]),
        (WARD_MOVES.isoformat(), "", _clinical(made, 1, "Adult Acute")),
    ]


def _add_teams(made: Organisation) -> None:
    """Teams spread over all directorates; one in twenty belongs to each predecessor until the merger."""
    directorates = list(made.directorates)
    count = max(2 * len(directorates), round(205 * made.plan.structure))
    for number in range(1, count + 1):
        directorate = directorates[(number - 1) % len(directorates)]
        title, service_line, _ = made.directorates[directorate]
        place = _PLACES[(number * 5 + (number - 1) // len(directorates)) % len(_PLACES)]
        source = made.plan.code
        for position, predecessor in enumerate(made.plan.predecessors):
            if number % 20 == 8 + position:
                source = predecessor
        kind = TEAM_KINDS[number % len(TEAM_KINDS)] if service_line != "corporate" else title.split(": ")[1]
        name = f"{place} {kind} {number}"
        made.units.append(
            Unit(f"{made.plan.code}-T{number:03d}", name, [(FOUNDED, "", directorate)], service_line, source)
        )
    made.teams[0].name = CAFE_TEAM


def _name_units(made: Organisation) -> None:
    """The name or code each system knows a unit by; none is the name to print."""
    mark = "" if made.plan.number == 0 else f" [{made.plan.code}]"
    for number, unit in enumerate(made.units, start=1):
        payroll = 900 + 10 * made.plan.number + made.plan.organisations.index(unit.source)
        unit.staff_name = f"{payroll} L5 {unit.name}"
        style = f"{unit.name.removesuffix(' Ward').upper()} (IP)" if unit.is_ward else f"{unit.name} - comm"
        unit.incident_name = f"{style}{mark}"
        unit.record_name = f"{unit.name} [{unit.code}]"
        unit.team_code = f"T{made.plan.number}{number:04d}"
        unit.ward_code = f"W{made.plan.number}{number:04d}" if unit.is_ward else ""


def rows(made: list[Organisation]) -> dict[str, tuple[list[str], list[tuple[str, ...]]]]:
    """The four files of the organisation feed: file name to headers and rows."""
    units: list[tuple[str, ...]] = []
    names: list[tuple[str, ...]] = []
    areas: list[tuple[str, ...]] = []
    successions: list[tuple[str, ...]] = []
    for one in made:
        plan = one.plan
        title = plan.trust.organisation_name if plan.number == 0 else f"Further demonstration trust {plan.code}"
        units.append((plan.code, title, "organisation", "", "", "N", FOUNDED, ""))
        for code, (name, _) in one.divisions.items():
            units.append((code, name, "division", plan.code, "", "N", FOUNDED, ""))
        for code, (name, service_line, division) in one.directorates.items():
            units.append((code, name, "directorate", division, service_line, "N", FOUNDED, ""))
        for unit in one.units:
            for first, last, parent in unit.spans:
                ward = "Y" if unit.is_ward else "N"
                units.append((unit.code, unit.name, "team", parent, unit.service_line, ward, first, last))
            names.extend(_names(one, unit))
        areas += [(plan.code, "workforce", area, FOUNDED, "") for area in AREAS]
        for code, (_, served) in one.divisions.items():
            areas += [(code, "adult_mental_health", area, FOUNDED, "") for area in served]
        successions += [(code, plan.code, MERGER.isoformat()) for code in plan.predecessors]
    return {
        "organisation_units.csv": (
            [
                "unit_code",
                "unit_name",
                "unit_level",
                "parent_unit_code",
                "service_line",
                "is_ward",
                "valid_from",
                "valid_to",
            ],
            units,
        ),
        "organisation_names.csv": (["unit_code", "system", "system_name", "valid_from", "valid_to"], names),
        "organisation_areas.csv": (["unit_code", "service_line", "area_code", "valid_from", "valid_to"], areas),
        "organisation_successions.csv": (["predecessor_code", "successor_code", "succeeded_on"], successions),
    }


def renamed(made: Organisation) -> Unit:
    """The ward whose name in the incident system changes on `WARD_RENAMED`."""
    return made.wards[1]


def incident_names(made: Organisation, units: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Name in the incident system of each unit (by position) on each day."""
    listed = np.array([unit.incident_name for unit in made.units], dtype=object)
    named = listed[units]
    position = made.units.index(renamed(made))
    later = (units == position) & (days >= WARD_RENAMED.toordinal())
    named[later] = _new_name(renamed(made))
    return named


def _new_name(unit: Unit) -> str:
    return f"{unit.incident_name} NEW"


def _names(made: Organisation, unit: Unit) -> list[tuple[str, ...]]:
    """Rows of the bridge between a unit and its names."""
    listed: list[tuple[str, ...]] = [(unit.code, "staff_record", unit.staff_name, FOUNDED, "")]
    if unit is renamed(made):
        last = (WARD_RENAMED - datetime.timedelta(days=1)).isoformat()
        listed.append((unit.code, "incidents", unit.incident_name, FOUNDED, last))
        listed.append((unit.code, "incidents", _new_name(unit), WARD_RENAMED.isoformat(), ""))
    else:
        listed.append((unit.code, "incidents", unit.incident_name, FOUNDED, ""))
    listed.append((unit.code, "mhsds", unit.team_code, FOUNDED, ""))
    listed.append((unit.code, "epr", unit.record_name, FOUNDED, ""))
    if unit.is_ward:
        listed.append((unit.code, "mhsds", unit.ward_code, FOUNDED, ""))
    return listed
