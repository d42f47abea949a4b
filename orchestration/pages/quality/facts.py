"""The rows of the tables, gathered by source and unit as the pages need them.

Belongs here: finding the rows of one unit, month or source, and what one row says as counts and shares. Does not
belong here: words, order on a page, HTML.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from orchestration.pages.formats import goal
from orchestration.pages.quality.tables import STATUS_COUNTS, Row, Tables
from orchestration.pages.quality.words import SOURCES
from orchestration.pages.shares import RATING_WORDS, TOO_FEW, Rating, Share, Target, target_in_force

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)
UNKNOWN_UNIT = "UNKNOWN"
LEVEL_ORDER = ("organisation", "division", "directorate", "team")


def month_name(day: str | None) -> str:
    """`2025-09-01` or `2025-09` -> `September 2025`; empty for none."""
    return f"{MONTH_NAMES[int(day[5:7]) - 1]} {day[:4]}" if day else ""


def day_name(day: str | None) -> str:
    """`2025-10-15` -> `15 October 2025`; empty for none."""
    return f"{int(day[8:10])} {month_name(day)}" if day else ""


def period_name(label: str) -> str:
    """A period of the measures as one says it: a month or a day at its end is written out."""
    start, _, end = label.rpartition(" ")
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", end):
        return f"{start} {day_name(end)}".strip()
    return f"{start} {month_name(end)}" if start and re.fullmatch(r"\d{4}-\d{2}", end) else label


def file_name(code: str, plain: Callable[[str], str] = str.upper) -> str:
    """A code as part of a file name: what a file name can not hold is replaced, and two codes never share one.

    Nor do they where capitals and small letters are the same to a file system: only a code in the case that is usual
    for its kind (`plain`; units are in capitals) is its own name.
    """
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", code)[:60]
    return safe if safe and safe == plain(code) == code else f"{safe}-{sha256(code.encode()).hexdigest()[:6]}"


@dataclass(frozen=True)
class Unit:
    """A unit as it is called today."""

    code: str
    name: str
    level: str
    parent: str | None
    is_ward: bool

    @property
    def path(self) -> str:
        """Its page, from the root of the site."""
        return f"unit/{file_name(self.code)}.html"


@dataclass(frozen=True)
class MonthCount:
    """The five statuses of one month: they add up to the records."""

    month: str
    counts: Mapping[str, int]
    row: Row

    @property
    def records(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def share(self) -> Share:
        """Known and stated."""
        return Share(self.counts["valid"], self.records)

    def share_of(self, status: str) -> Share:
        """One status."""
        return Share(self.counts[status], self.records)


@dataclass(frozen=True)
class Series:
    """How one source records one unit, month by month; at least one month."""

    source: str
    level: str
    unit: Unit
    months: tuple[MonthCount, ...]
    trend: Mapping[str, Row]
    targets: tuple[Target, ...]

    @property
    def latest(self) -> MonthCount:
        """The last month there is."""
        return self.months[-1]

    @property
    def before(self) -> MonthCount | None:
        """The month before the last there is."""
        return self.months[-2] if len(self.months) > 1 else None

    @property
    def change(self) -> float | None:
        """Difference of the shares of the last two months."""
        if self.before is None or self.before.share.value is None or self.latest.share.value is None:
            return None
        return self.latest.share.value - self.before.share.value

    @property
    def target(self) -> Target | None:
        """The target in force in the last month."""
        return target_in_force(self.targets, self.source, self.level, self.latest.month)

    @property
    def rating(self) -> Rating | None:
        """How the last month stands against it; of few people nothing is said."""
        return None if self.latest.share.is_of_few else self.rating_of(self.latest)

    @property
    def said(self) -> str:
        """The rating in words."""
        return TOO_FEW if self.target and self.latest.share.is_of_few else RATING_WORDS[self.rating]

    @property
    def rated(self) -> str:
        """The rating in words, with the target."""
        of = f" of {goal(self.target.green)}" if self.target else ""
        return f"{self.said}{of}" if self.rating else self.said

    def rating_of(self, month: MonthCount) -> Rating | None:
        """How a month stands against the target that was in force then."""
        target = target_in_force(self.targets, self.source, self.level, month.month)
        return target.rating(month.share.value) if target else None

    @property
    def signal(self) -> Row | None:
        """What the chart of the last month says."""
        return self.trend.get(self.latest.month)


@dataclass(frozen=True)
class Facts:
    """Everything the pages can look up.

    Attributes:
        tables: what was read.
        as_of: the day the run takes for today, ISO.
        failed: checks that failed at ERROR in the run, as `asset: check`.
        run_id: the run whose results are the latest; the last of the history when None.
    """

    tables: Tables
    as_of: str
    failed: tuple[str, ...] = ()
    run_id: str | None = None

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Units by code, under their latest name."""
        rows = sorted(self.tables.of("core.dim_organisation_unit"), key=lambda row: str(row["valid_from"]))
        found = {
            row["unit_code"]: Unit(
                row["unit_code"],
                row["unit_name"] or row["unit_code"],
                row["unit_level"],
                row["parent_unit_code"],
                bool(row["is_ward"]),
            )
            for row in rows
        }
        for row in self.tables.of("quality.ethnicity_recording"):
            if row["unit_code"] not in found:
                name = "Team not recorded" if row["unit_code"] == UNKNOWN_UNIT else row["unit_code"]
                found[row["unit_code"]] = Unit(row["unit_code"], name, row["unit_level"], None, False)
        return found

    def unit(self, code: str | None) -> Unit:
        """A unit by its code, also one nobody has described."""
        known = self.units.get(code or UNKNOWN_UNIT)
        return known or Unit(code or UNKNOWN_UNIT, code or "Team not recorded", "team", None, False)

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """Targets of the headline."""
        return tuple(
            Target(
                row["feed"], row["unit_level"], row["green"], row["amber"], row["effective_from"], row["replaced_on"]
            )
            for row in self.tables.of("quality.target_in_force")
            if row["measure"] == "known_and_stated_share"
        )

    @cached_property
    def fields(self) -> dict[str, str]:
        """The field of each source whose records are shown: the one with most records at the whole trust."""
        counts: dict[tuple[str, str], int] = defaultdict(int)
        for row in self.tables.of("quality.ethnicity_recording"):
            if row["unit_level"] == "organisation" and _is_everyone(row):
                counts[row["source"], row["field"]] += row["record_count"]
        return {source: field for (source, field), _ in sorted(counts.items(), key=lambda item: item[1])}

    @cached_property
    def sources(self) -> list[str]:
        """Sources with records, in the order in which they are shown."""
        known = [source for source in SOURCES if source in self.fields]
        return known + sorted(set(self.fields) - set(known))

    @cached_property
    def series(self) -> dict[tuple[str, str, str], Series]:
        """Recording by source, unit level and unit code."""
        trends: dict[tuple[str, str, str], dict[str, Row]] = defaultdict(dict)
        for row in self.of_fields("quality.ethnicity_recording_trend"):
            trends[row["source"], row["unit_level"], row["unit_code"]][row["month"]] = row
        months: dict[tuple[str, str, str], list[MonthCount]] = defaultdict(list)
        for row in self.of_fields("quality.ethnicity_recording"):
            if _is_everyone(row) and row["record_count"]:
                months[row["source"], row["unit_level"], row["unit_code"]].append(month_count(row))
        return {
            key: Series(
                key[0],
                key[1],
                self.unit(key[2]),
                tuple(sorted(counted, key=lambda month: month.month)),
                trends.get(key, {}),
                self.targets,
            )
            for key, counted in months.items()
        }

    def of_fields(self, table: str) -> Iterable[Row]:
        """The rows of a table that are about the field shown of each source."""
        return (row for row in self.tables.of(table) if row["field"] in (None, self.fields.get(row["source"])))

    def at_level(self, source: str, level: str) -> list[Series]:
        """Series of a source at a level with records in its last month, by code."""
        last = self.last_month.get(source)
        found = [each for key, each in self.series.items() if key[:2] == (source, level)]
        return sorted((each for each in found if each.latest.month == last), key=lambda each: each.unit.code)

    @cached_property
    def last_month(self) -> dict[str, str]:
        """The last month of each source."""
        return {
            source: max(each.latest.month for key, each in self.series.items() if key[0] == source)
            for source in self.sources
        }

    @cached_property
    def month(self) -> str | None:
        """The last month of any source."""
        return max(self.last_month.values(), default=None)

    @cached_property
    def organisations(self) -> list[Unit]:
        """The trust; more than one only when a database holds several."""
        codes = {key[2] for key in self.series if key[1] == "organisation"}
        described = {code for code, unit in self.units.items() if unit.level == "organisation"}
        return [self.unit(code) for code in sorted(codes or described)]

    @cached_property
    def shown_units(self) -> list[Unit]:
        """Every unit below the trust that has a page: it has records of some month, or a line in the asking plan."""
        codes = {key[2] for key in self.series if key[1] != "organisation"}
        codes |= {row["unit_code"] for row in self.asking_plan}
        units = [self.unit(code) for code in codes if code]
        return sorted(units, key=lambda unit: (LEVEL_ORDER.index(unit.level), unit.name, unit.code))

    def has_page(self, unit: Unit) -> bool:
        """Whether a unit has a page of its own."""
        return unit.code in self._shown_codes

    @cached_property
    def _shown_codes(self) -> frozenset[str]:
        return frozenset(unit.code for unit in self.shown_units)

    def ancestors(self, unit: Unit) -> list[Unit]:
        """What a unit belongs to, the trust first."""
        chain: list[Unit] = []
        while unit.parent and unit.parent in self.units and self.units[unit.parent] not in chain:
            unit = self.units[unit.parent]
            chain.append(unit)
        return chain[::-1]

    def children(self, unit: Unit) -> list[Unit]:
        """Units with a page that belong to a unit directly; the one nobody knows belongs to itself."""
        return [other for other in self.shown_units if other.parent == unit.code != other.code]

    @cached_property
    def asking_plan(self) -> list[Row]:
        """The asking plan of the last month of each source."""
        return [row for row in self.tables.of("quality.asking_plan") if row["month"] == self._plan_month[_holder(row)]]

    @cached_property
    def asking_plan_before(self) -> list[Row]:
        """The lines of the month before of the teams that have one now: what came of them is told there."""
        now = {(row["source"], row["unit_code"]) for row in self.asking_plan}
        return [
            row
            for row in self.tables.of("quality.asking_plan")
            if row["month"] != self._plan_month[_holder(row)] and (row["source"], row["unit_code"]) in now
        ]

    @cached_property
    def _plan_month(self) -> dict[tuple[str, str], str]:
        months: dict[tuple[str, str], str] = {}
        for row in self.tables.of("quality.asking_plan"):
            months[_holder(row)] = max(row["month"], months.get(_holder(row), ""))
        return months

    def by_unit(self, table: str) -> dict[str, list[Row]]:
        """The rows of a table by unit."""
        if table not in self._by_unit:
            found: dict[str, list[Row]] = defaultdict(list)
            for row in self.tables.of(table):
                found[row["unit_code"]].append(row)
            self._by_unit[table] = dict(found)
        return self._by_unit[table]

    @cached_property
    def _by_unit(self) -> dict[str, dict[str, list[Row]]]:
        return {}

    def breakdowns(self, source: str, unit: Unit) -> dict[str, list[MonthCount]]:
        """The last month of a source at a unit by breakdown, in the order of the values; few units have any."""
        return self._breakdowns.get((source, unit.level, unit.code), {})

    @cached_property
    def _breakdowns(self) -> dict[tuple[str, str, str], dict[str, list[MonthCount]]]:
        found: dict[tuple[str, str, str], dict[str, list[MonthCount]]] = defaultdict(lambda: defaultdict(list))
        for row in self.of_fields("quality.ethnicity_recording"):
            if not _is_everyone(row) and row["record_count"] and row["month"] == self.last_month.get(row["source"]):
                found[row["source"], row["unit_level"], row["unit_code"]][row["breakdown"]].append(month_count(row))
        return found

    @cached_property
    def sexes(self) -> dict[str, str]:
        """Names of the codes of sex."""
        return {str(row["sex_code"]): row["sex_name"] for row in self.tables.of("reference.ref_sex")}

    @cached_property
    def groups(self) -> dict[tuple[str, str], str]:
        """What the people of a group are called, by grouping and code: one code is other people in another grouping."""
        rows = self.tables.of("reference.ref_group_wording")
        return {(row["grouping"], row["group_code"]): str(row["people"]) for row in rows}

    def people(self, row: Row) -> str:
        """What the people of the group a row is about are called."""
        return self.groups.get((row["grouping"], row["group_code"]), str(row["group_code"]))

    @cached_property
    def ethnicities(self) -> dict[str, str]:
        """Names of the 16 groups of the 2001 code set by their code, in the order of the code set."""
        rows = [
            row
            for row in self.tables.of("reference.ref_ethnicity")
            if str(row["basis"]) == "2001" and row["recording_status"] == "valid"
        ]
        return {row["ethnicity_code"]: row["ethnicity_name"] for row in sorted(rows, key=lambda row: row["sort_order"])}


def _holder(row: Row) -> tuple[str, str]:
    return row["source"], row["organisation_code"]


def last_rows(rows: Iterable[Row]) -> list[Row]:
    """The rows of the last month among them."""
    rows = list(rows)
    last = max((row["month"] for row in rows), default=None)
    return [row for row in rows if row["month"] == last]


def _is_everyone(row: Row) -> bool:
    return row["breakdown"] in (None, "all")


def month_count(row: Row) -> MonthCount:
    """The five counts of a row; what a row does not tell is 0."""
    counts = {column.removesuffix("_count"): int(row.get(column) or 0) for column in STATUS_COUNTS}
    return MonthCount(row["month"], counts, row)
