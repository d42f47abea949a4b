"""What the pages below the first one show: a source, a unit, and one subject across all of them.

Belongs here: which rows, in which order, under which headings. Does not belong here: HTML.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from orchestration.pages.chart import Part, Point, Range, log_range, sparkline, stacked_bar, trend
from orchestration.pages.formats import percent_of
from orchestration.pages.quality.facts import Facts, MonthCount, Series, Unit, last_rows, month_name
from orchestration.pages.quality.kinds import BREAKDOWN
from orchestration.pages.quality.tables import Row
from orchestration.pages.quality.words import (
    BREAKDOWN_VALUES,
    BREAKDOWNS,
    OTHER_RULES,
    SIGNALS,
    STATUSES,
    SUBJECTS,
    UNKNOWN_SYSTEM,
    plain,
    source_words,
)
from orchestration.pages.shares import FEW

FIT_SCALE = (0.125, 8.0)
MARKS = {"concern": "bad", "improvement": "good"}
"""The mark of a month by what its chart says of it."""
OUTSIDE = ("above_upper_limit", "below_lower_limit")
"""What a chart says of a month beyond its usual range."""


def status_bar(month: MonthCount) -> Markup:
    """The five statuses of a month as a bar."""
    told = "; ".join(f"{name} {month.share_of(status).text}" for status, (name, _) in STATUSES.items())
    return stacked_bar([Part(status, month.counts[status]) for status in STATUSES], told)


def spark(series: Series, months: int) -> Markup:
    """The last months of a series as a small line."""
    shown = series.months[-months:]
    target = series.target.green if series.target else None
    first, last = shown[0], shown[-1]
    label = (
        f"Known and stated by month: {first.share.text} in {month_name(first.month)}, "
        f"{last.share.text} in {month_name(last.month)}"
    )
    return sparkline([Point(month_name(month.month), month.share.value) for month in shown], target, label)


def trend_chart(series: Series) -> Markup:
    """Every month of a series with its usual range."""
    rows = [series.trend.get(month.month) for month in series.months]
    points = [
        Point(month_name(month.month), month.share.value, MARKS.get(row["icon"] or "", "") if row else "")
        for month, row in zip(series.months, rows, strict=True)
    ]
    stand_out = [
        f"{point.label} {SIGNALS.get(row['signal'], '')}"
        for point, row in zip(points, rows, strict=True)
        if row and point.mark
    ]
    label = (
        f"Known and stated by month, {source_words(series.source).name}, {series.unit.name}: from "
        f"{series.months[0].share.text} in {points[0].label} to {series.latest.share.text} in {points[-1].label}. "
        + (f"Months that stand out: {'; '.join(stand_out[-3:])}." if stand_out else "No month stands out.")
    )
    limits = [
        (row["lower_limit"], row["upper_limit"])
        if row and None not in (row["lower_limit"], row["upper_limit"])
        else None
        for row in rows
    ]
    return trend(
        points,
        label,
        target=series.target.green if series.target else None,
        mean=[row["mean"] if row else None for row in rows],
        limits=limits,
    )


def chart_notes(series: Series) -> list[str]:
    """What the marks of a chart do not say by where they stand: patterns inside the band, and no mark outside it."""
    patterns, is_bare = set(), False
    for month in series.months:
        row, share = series.trend.get(month.month), month.share.value
        if not row or share is None or None in (row["lower_limit"], row["upper_limit"]):
            continue
        is_inside = row["lower_limit"] <= share <= row["upper_limit"]
        is_marked = row["icon"] in MARKS
        is_bare |= not is_inside and not is_marked
        if is_marked and row["signal"] not in OUTSIDE:
            patterns.add(row["signal"])
    notes = []
    if patterns:
        told = "; ".join(text for signal, text in SIGNALS.items() if signal in patterns)
        notes.append(f"A mark in the band, or hardly outside it, is part of a pattern of months: {told}.")
    if is_bare:
        notes.append(
            "A month outside the band without a mark is there by what one person can make, or has fewer than "
            f"{FEW} records."
        )
    return notes


@dataclass(frozen=True)
class Breakdown:
    """One way to break a source down."""

    title: str
    lines: list[tuple[str, MonthCount]]


def breakdowns(facts: Facts, source: str, unit: Unit) -> list[Breakdown]:
    """The breakdowns of a source at a unit in words; whose record it is stands by itself (`kinds`)."""

    def named(name: str, value: str) -> str:
        if name == "sex":
            return facts.sexes.get(value, plain(value))
        return BREAKDOWN_VALUES.get((name, value)) or (value if name == "staff_group" else plain(value))

    return [
        Breakdown(
            BREAKDOWNS.get(name, plain(name)), [(named(name, month.row["breakdown_value"]), month) for month in months]
        )
        for name, months in sorted(facts.breakdowns(source, unit).items())
        if name != BREAKDOWN
    ]


def national(month: MonthCount) -> list[tuple[str, str, str]] | None:
    """The national reading of a month: name, value and meaning; None for a source that goes to no national data set."""
    row = month.row
    if row["national_validity_share"] is None and row["dqmi_item_score"] is None:
        return None
    lines = [
        ("Coverage", row["national_coverage_share"], "something is recorded"),
        ("Validity", row["national_validity_share"], "an accepted code; declined and not known pass"),
        ("Accuracy", row["national_accuracy_share"], "an accepted code that says which ethnic group"),
    ]
    shown = [(name, percent_of(value), meaning) for name, value, meaning in lines if value is not None]
    if row["dqmi_item_score"] is not None:
        score = f"{row['dqmi_item_score']:.1f} of 100"
        shown.append(("Item score", score, "in the Data Quality Maturity Index, the national one; it is at least this"))
    return [*shown, ("Ours: known and stated", month.share.text, "a usable group; declining counts as not known")]


def category_use(row: Row) -> list[tuple[str, int, Any, Any, Any]]:
    """Use of unspecific groups against residents: what, people, share, share of residents, ratio."""
    return [
        (name, row[f"{key}_count"], row[f"{key}_share"], row[f"resident_{key}_share"], row[f"{key}_ratio"])
        for name, key in (
            ("All groups that begin with any other", "any_other"),
            ("Any other ethnic group, by itself", "other_group"),
            ("Mixed groups", "mixed"),
        )
        if row[f"{key}_count"] is not None
    ]


@dataclass(frozen=True)
class Fit:
    """Recorded people beside residents, one group of one source."""

    group: str
    row: Row

    @property
    def chart(self) -> Markup:
        """Ratio with its limits."""
        limits = (self.row["fit_ratio_lower"], self.row["fit_ratio_upper"])
        label = f"{self.group}: recorded {self.row['fit_ratio'] or 0:.2f} times as often as among residents"
        return log_range(Range(self.row["fit_ratio"], None if None in limits else limits, None), *FIT_SCALE, label)

    @property
    def said(self) -> str:
        """Whether the group is recorded clearly more or less often than it lives here."""
        lower, upper = self.row["fit_ratio_lower"], self.row["fit_ratio_upper"]
        if lower is None or upper is None:
            return "no figure"
        if upper < 1:
            return "fewer than residents"
        return "more than residents" if lower > 1 else "no clear difference"


def census_fit(facts: Facts) -> dict[str, dict[str, list[Fit]]]:
    """By source, then area (the catchment first, as `all`), the groups in the order of the code set."""
    order = list(facts.ethnicities)
    found: dict[str, dict[str, list[Fit]]] = defaultdict(lambda: defaultdict(list))
    for row in facts.tables.of("quality.ethnicity_census_fit"):
        name = str(facts.ethnicities.get(row["ethnicity_code"], row["ethnicity_code"]))
        found[row["source"]][row["area_code"]].append(Fit(name, row))
    place = {code: index for index, code in enumerate(order)}
    return {
        source: {
            area: sorted(fits, key=lambda fit: place.get(fit.row["ethnicity_code"], len(place)))
            for area, fits in sorted(areas.items(), key=lambda item: (item[0] != "all", item[0]))
        }
        for source, areas in sorted(found.items(), key=lambda item: _place(facts, item[0]))
    }


def _place(facts: Facts, source: str) -> int:
    return facts.sources.index(source) if source in facts.sources else len(facts.sources)


@dataclass(frozen=True)
class Matrix:
    """People by the group two systems hold them under."""

    codes: list[str]
    names: dict[str, str]
    counts: dict[tuple[str, str], int]


def matrix(facts: Facts, row: Row) -> Matrix | None:
    """The matrix behind one row of `quality.ethnicity_agreement`."""
    key = ("organisation_code", "subject", "system", "compared_system")
    counts = {
        (cell["ethnicity_code"], cell["compared_code"]): cell["person_count"]
        for cell in facts.tables.of("quality.ethnicity_agreement_matrix")
        if all(cell[column] == row[column] for column in key)
    }
    if not counts:
        return None
    used = {code for pair in counts for code in pair}
    codes = [code for code in facts.ethnicities if code in used] + sorted(used - set(facts.ethnicities))
    return Matrix(codes, facts.ethnicities, counts)


@dataclass(frozen=True)
class NotTaken:
    """Codes that say another group than the one a person is counted under, and were not taken for one reason."""

    why: str
    other_rule: str
    codes: dict[str, int]


def not_taken(facts: Facts) -> list[NotTaken]:
    """Why codes were not taken, in the order of the rule; how many by whose they are, of all that anything is of."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in facts.tables.of("quality.ethnicity_preference"):
        if row["losing_code"] != row["chosen_code"]:
            counts[row["reason_code"]][row["subject"]] += row["person_count"]
    meanings = facts.tables.of("reference.ref_enum")
    listed = [row for row in meanings if row["column_name"] == "reason_code"]
    why = {row["value"]: row["meaning"] for row in sorted(listed, key=lambda row: row["sort_order"])}
    subjects = [subject for subject in SUBJECTS if any(subject in found for found in counts.values())]
    return [
        NotTaken(
            why.get(reason, plain(reason)),
            OTHER_RULES.get(reason, ""),
            {subject: counts[reason].get(subject, 0) for subject in subjects},
        )
        for reason in [*why, *sorted(set(counts) - set(why))]
        if reason in counts
    ]


@dataclass(frozen=True)
class ForceUnit:
    """Completeness of the use of force record at one unit in its last month."""

    unit: Unit
    month: str
    items: list[Row]
    whole: Row | None


def use_of_force(facts: Facts, unit: Unit) -> ForceUnit | None:
    """The last month of a unit, items in the order of the Act."""
    rows = last_rows(facts.by_unit("quality.use_of_force_record").get(unit.code, []))
    if not rows:
        return None
    described = facts.tables.of("reference.ref_use_of_force_item")
    codes = [row["item_code"] for row in sorted(described, key=lambda row: (str(row["act_section"]), row["item_code"]))]
    items = sorted(
        (row for row in rows if row["item_code"] != "all_items"),
        key=lambda row: codes.index(row["item_code"]) if row["item_code"] in codes else len(codes),
    )
    whole = next((row for row in rows if row["item_code"] == "all_items"), None)
    return ForceUnit(unit, rows[0]["month"], items, whole)


def slice_name(facts: Facts, level: str, code: str) -> str:
    """What a result that is not of a unit is about: a group, an item, a pair of systems, a table."""
    if level == "ethnic_group":
        return facts.ethnicities.get(code, code)
    if level == "item":
        items = {row["item_code"]: row["item_name"] for row in facts.tables.of("reference.ref_use_of_force_item")}
        return "The whole record" if code == "all_items" else items.get(code, plain(code))
    pair = re.fullmatch(r"(\w+): (\w+) (and|beside) (\w+)", code)
    if level == "system_pair" and pair:
        subject, system, between, compared = pair.groups()
        one, other = (system_name(facts, each) for each in (system, compared))
        return f"{one} {between} {other}, {SUBJECTS.get(subject, subject)}"
    return code if level == "table" else plain(code)


def system_name(facts: Facts, system: str) -> str:
    """What a system is called: one of the patient record by its list, else the source its records come from."""
    named = {row["system"]: row["plain_name"] for row in facts.tables.of("reference.ref_patient_system")}
    return named.get(system) or (UNKNOWN_SYSTEM if system == "unknown" else source_words(system).name)


def last_of(facts: Facts, table: str, unit: Unit, source: str | None = None) -> Row | None:
    """The last row of a unit in a table that has one a month."""
    rows = [row for row in facts.by_unit(table).get(unit.code, []) if source is None or row["source"] == source]
    return max(rows, key=lambda row: row["month"], default=None)
