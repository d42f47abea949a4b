"""The first page: where we stand, what changed, whom to ask, what it costs, what is broken.

Belongs here: what of each source and month is told there. Does not belong here: HTML.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from orchestration.months import is_month, month_from, month_number
from orchestration.pages.formats import percent_of, points
from orchestration.pages.quality.asking import asked
from orchestration.pages.quality.certainty import Doubt, doubt_of_source, same_people
from orchestration.pages.quality.facts import (
    LEVEL_ORDER,
    UNKNOWN_UNIT,
    Facts,
    MonthCount,
    Series,
    Unit,
    day_name,
    month_name,
)
from orchestration.pages.quality.judged import Judged
from orchestration.pages.quality.tables import Row
from orchestration.pages.quality.words import SOURCES, listed, plain, source_words
from orchestration.pages.shares import Share, Target

SPARK_MONTHS = 25
FIRST_MOVED = 3
"""Units of a change that are seen at once; the others are folded."""
KINDS = {"bad": ("Worse", "red"), "good": ("Better", "green"), "asked": ("Asked", None), "none": ("Note", None)}
"""What a change is, in the order in which changes are told: its word and the look of it."""
UNREAD = {
    "unmapped": "in no list: kept as unknown",
    "value": "not readable: cleared",
    "row": "not possible: the row was left out",
    "unit": "named nowhere, or by no name we know: counted with no team",
    "known_invalid": "names no one group, as the list has it: kept, and counts as invalid",
    "postcode_unknown": "in no postcode directory: the area is unknown",
    "no_postcode_directory": "no postcode directory to look it up in: the area is unknown",
    "orphans": "of no row of the file it points to: kept, and joined to nothing",
    "error_cells": "an error such as #N/A in a workbook: read as blank",
}
"""Why something could not be read, and what became of it: by effect, or by rule where the value itself was kept."""
COUNTED_FROM = {"patient_ethnicity": ("contacts", "patient_ethnicity")}
"""Feeds without which a source has nothing to count, where that is not the feed of its name alone."""


@dataclass(frozen=True)
class Card:
    """One source at the whole trust."""

    series: Series
    since_last_month: str
    since_last_run: str
    doubt: Doubt | None


@dataclass(frozen=True)
class Moved:
    """A unit and its share now and when it was last otherwise, which is named where it is not the month before.

    Attributes:
        counts: both in counts.
        shares: both in percent, with what is usual.
        by: how far apart they are.
    """

    unit: Unit
    counts: str
    shares: str
    by: float


@dataclass(frozen=True)
class Change:
    """Something that is different from the month before.

    Attributes:
        kind: in what way, one of `KINDS`.
        text: the sentence, without the names of units.
        units: the units it is about, those that moved furthest first.
    """

    kind: str
    text: str
    units: tuple[Moved, ...] = ()

    @property
    def said(self) -> str:
        """The kind in a word."""
        return KINDS[self.kind][0]

    @property
    def rating(self) -> str | None:
        """The look of the word."""
        return KINDS[self.kind][1]

    @property
    def short(self) -> str:
        """All of it in one line, with the first units only."""
        names = [f"{moved.unit.name} ({moved.counts})" for moved in self.units]
        return f"{self.text}: {listed(names, FIRST_MOVED + 1)}" if names else self.text


@dataclass(frozen=True)
class Unmapped:
    """Values nobody could read, of one source and field in the last month with any.

    Attributes:
        what: why nobody could read them, and what became of them.
        is_now: whether that month is the last of the source.
        before: how many in the month before it; None where the period is no month.
    """

    source: str
    field: str
    what: str
    month: str
    is_now: bool
    count: int
    before: int | None
    total: int


@dataclass(frozen=True)
class Absent:
    """A source that is not measured of an organisation, and the feeds no file of which was ever kept."""

    source: str
    organisation: Unit
    feeds: tuple[str, ...]


def cards(facts: Facts, found: list[Doubt], history: Judged) -> list[Card]:
    """A card for every source."""
    return [
        Card(
            series,
            _since_last_month(series),
            _since_last_run(series, history),
            doubt_of_source(facts, source, found),
        )
        for source in facts.sources
        for series in facts.at_level(source, "organisation")
    ]


def _since_last_month(series: Series) -> str:
    if series.change is None or series.before is None:
        return "first month"
    return f"{points(series.change)} since {month_name(series.before.month)}"


def _since_last_run(series: Series, history: Judged) -> str:
    row = history.headline_before(series.source)
    if row is None or row["share"] is None or series.latest.share.value is None:
        return "no earlier run to compare with"
    of = f", which judged {month_name(row['month'])}" if row["month"] and row["month"] != series.latest.month else ""
    run = day_name(str(row["as_of"] or (history.before or {}).get("as_of")))
    return f"{points(series.latest.share.value - row['share'])} since the last run ({run}{of})"


def changes(facts: Facts) -> list[Change]:
    """What is new in the last month, bad news first: nothing that one person can make."""
    found = []
    for source in facts.sources:
        found += _left_range(facts, source) + _crossings(facts, source)
    found += _unreadable(facts) + _asked(facts) + _interventions(facts)
    return sorted(found, key=lambda change: list(KINDS).index(change.kind))


def _left_range(facts: Facts, source: str) -> list[Change]:
    """Units that have newly left their usual range, as their chart has it; those below it fail `no_sudden_drop`."""
    units = [series for level in LEVEL_ORDER for series in facts.at_level(source, level)]
    found = []
    for kind, signal, side, limit, usual in (
        ("bad", "below_lower_limit", "below", "lower_limit", "usually at least"),
        ("good", "above_upper_limit", "above", "upper_limit", "usually at most"),
    ):
        moved = [
            _moved(series, _month_of(series, row["last_usual_month"]), f"; {usual} {percent_of(row[limit])}")
            for series in units
            if (row := series.signal) and row["is_sudden"] and row["signal"] == signal
        ]
        if moved:
            who = "1 unit is" if len(moved) == 1 else f"{len(moved):,} units are"
            range_of = "its usual range" if len(moved) == 1 else "their usual range"
            text = f"{source_words(source).name}: {who} newly {side} {range_of}"
            found.append(Change(kind, text, _furthest(moved)))
    return found


def _crossings(facts: Facts, source: str) -> list[Change]:
    """Teams of a fair size that reached the target now in force or fell below it, by more than one person."""
    crossed = defaultdict(list)
    for series in facts.at_level(source, "team"):
        target = series.target
        is_met = _is_clear(series.latest, target)
        last = next((month for month in series.months[-2::-1] if _is_clear(month, target) is not None), None)
        if last and is_met is not None and is_met != _is_clear(last, target):
            crossed[is_met].append(_moved(series, last))
    told = []
    for is_good, moved in crossed.items():
        verb = "reached" if is_good else "fell below"
        teams = f"1 team {verb} its target" if len(moved) == 1 else f"{len(moved):,} teams {verb} their target"
        kind = "good" if is_good else "bad"
        told.append(Change(kind, f"{source_words(source).name}: {teams}", _furthest(moved)))
    return told


def _is_clear(month: MonthCount, target: Target | None) -> bool | None:
    """Whether a month meets its target or misses it, with one person more or fewer too; None where that decides."""
    if target is None or month.share.is_of_few:
        return None
    fewer, more = ((month.share.count + one) / month.records >= target.green for one in (-1, 1))
    return fewer if fewer == more else None


def _month_of(series: Series, day: str | None) -> MonthCount | None:
    """The counts of a month; those of the month before where there are none."""
    return next((month for month in series.months if month.month == day), series.before)


def _moved(series: Series, since: MonthCount | None, usual: str = "") -> Moved:
    now, was = series.latest.share, (since or series.latest).share
    of = f" in {month_name(since.month)}" if since and since != series.before else ""
    return Moved(
        series.unit,
        f"{was.count:,} of {was.total:,}{of} to {now.count:,} of {now.total:,}",
        f"{was.text} to {now.text}{usual}",
        abs((now.value or 0.0) - (was.value or 0.0)),
    )


def _furthest(moved: list[Moved]) -> tuple[Moved, ...]:
    return tuple(sorted(moved, key=lambda each: (-each.by, each.unit.code)))


def _unreadable(facts: Facts) -> list[Change]:
    """Unreadable values of a field that has at least twice as many as the month before, and more than two more."""
    found = []
    for each in unmapped_values(facts):
        if not each.is_now or each.before is None:
            continue
        if each.count >= 2 * each.before and each.count > each.before + 2:
            text = f"{each.source}: {each.count:,} unreadable values in {each.field}, {each.before:,} the month before"
            found.append(Change("bad", text))
    return found


def _asked(facts: Facts) -> list[Change]:
    """What came of asking: good or bad only beside what was to be done, which a person must judge."""
    by_source = asked(facts)
    return [
        Change(
            "asked",
            f"{source_words(source).name}: of {each.to_ask_before:,} people who were to be asked at the end of the "
            f"month before, {each.answered:,} ({Share(each.answered, each.to_ask_before).text}) have answered since "
            f"and {each.declined:,} declined; somebody with two teams counts with both",
        )
        for source, each in by_source.items()
        if each.to_ask_before and source not in same_people(by_source)
    ]


def _interventions(facts: Facts) -> list[Change]:
    names = {
        (row["intervention_name"], facts.unit(row["unit_code"]).name)
        for row in facts.tables.of("quality.ethnicity_recording_trend")
        if row["intervention_name"] and row["month"] == facts.last_month.get(row["source"])
    }
    return [Change("none", f"{unit}: {name}") for name, unit in sorted(names)]


def unmapped_values(facts: Facts) -> list[Unmapped]:
    """What nobody could read, by source, field and why, in the last month of each with any; this month first."""
    found: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for table, effect in (("quality.unmapped_value", "unmapped"), ("quality.malformed_value", None)):
        for row in facts.tables.of(table):
            what = UNREAD[effect or (row["rule"] if row["effect"] == "note" else row["effect"])]
            month = (row["month"] or row["period"])[:7]
            found[row["source"], plain_field(row["field"]), what][month] += row["record_count"]
    for (source, level, code), series in facts.series.items():
        if (level, code) == ("team", UNKNOWN_UNIT):
            for month in series.months:
                found[source, "Team or ward", UNREAD["unit"]][month.month[:7]] += month.records
    read = [_unread(facts, *key, months) for key, months in found.items()]
    return sorted(read, key=lambda each: (not each.is_now, -each.count, each.source, each.field, each.what))


def _unread(facts: Facts, source: str, field: str, what: str, months: dict[str, int]) -> Unmapped:
    last = max(months)
    shown, before = plain(last), None
    if is_month(last):
        shown, before = month_name(last), months.get(month_from(month_number(last) - 1), 0)
    is_now = last == (facts.last_month.get(source) or facts.month or "")[:7]
    return Unmapped(
        source_words(source).name, field, what, shown, is_now, months[last], before, sum(months.values())
    )


def plain_field(field: str) -> str:
    """A header as it stands in the file; what is about a whole row, or a file, is said to be."""
    return {"whole_row": "The whole row", "whole_file": "Any column"}.get(field, field)


def absent_sources(facts: Facts) -> list[Absent]:
    """Sources that are not measured because a feed they are counted from never came.

    The trust itself owes every source; of an organisation that has become part of it, only half a source is told.
    """
    status = facts.tables.of("quality.feed_status")
    kept = {(row["source_organisation_code"], row["feed"]) for row in status if row["feed_state"].startswith("kept")}
    own = {unit.code for unit in facts.organisations} if status else set()
    found = []
    for source in SOURCES:
        feeds = COUNTED_FROM.get(source, (source,))
        for code in sorted(own | {code for code, feed in kept if code}):
            lacking = tuple(feed for feed in feeds if (code, feed) not in kept)
            if lacking and (code in own or len(lacking) < len(feeds)):
                found.append(Absent(source, facts.unit(code), lacking))
    return found


def troubled_feeds(facts: Facts) -> list[Row]:
    """Feeds whose last period was refused, is late, or lost rows that could not be read.

    Of an organisation that has become part of the trust only a refusal is told: it sends nothing any more.
    """
    last: dict[tuple[str, str], Row] = {}
    for row in facts.tables.of("quality.feed_status"):
        key = (row["feed"], row["source_organisation_code"])
        if row["feed_state"] != "missing" and (key not in last or row["period"] > last[key]["period"]):
            last[key] = row
    senders = {unit.code for unit in facts.organisations}
    return [
        row
        for (_, organisation_code), row in last.items()
        if row["refusal"]
        or ((row["rows_quarantined"] or row["is_stale"]) and (not senders or organisation_code in senders))
    ]
