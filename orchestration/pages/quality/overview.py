"""The first page: where we stand, what changed, whom to ask, what it costs, what is broken.

Belongs here: what of each source and month is told there. Does not belong here: HTML.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from orchestration.months import is_month, month_from, month_number
from orchestration.pages.formats import points
from orchestration.pages.quality.asking import asked
from orchestration.pages.quality.certainty import Doubt, doubt_of_source
from orchestration.pages.quality.facts import LEVEL_ORDER, Facts, Series, Unit, day_name, month_name
from orchestration.pages.quality.judged import Judged
from orchestration.pages.quality.tables import Row
from orchestration.pages.quality.words import SIGNALS, SOURCES, listed, plain, source_words
from orchestration.pages.shares import FEW

SPARK_MONTHS = 25
UNKNOWN = "UNKNOWN"
"""Code of the unit of records whose team nobody knows."""
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
class Change:
    """Something that is different from the month before: in what way, and the sentence."""

    kind: str
    text: str


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
    """What changed in the last month, bad news first."""
    found = []
    for source in facts.sources:
        found += _crossings(facts, source) + _signals(facts, source)
    found += _asked(facts) + _interventions(facts)
    for each in unmapped_values(facts):
        if each.is_now and each.before is not None and each.count > each.before:
            noun = "unreadable value" if each.count == 1 else "unreadable values"
            values = f"{each.count:,} {noun} in {each.field}, {each.before:,} before"
            found.append(Change("bad", f"{each.source}: {values}"))
    order = ("bad", "good", "none")
    return sorted(found, key=lambda change: order.index(change.kind))


def _crossings(facts: Facts, source: str) -> list[Change]:
    """Teams of a fair size that reached their target or fell below it."""
    moved = defaultdict(list)
    for series in facts.at_level(source, "team"):
        before = series.before
        if before is None or min(before.records, series.latest.records) < FEW:
            continue
        was, is_now = (rating == "green" for rating in (series.rating_of(before), series.rating))
        if was != is_now and series.rating:
            moved[is_now].append(series)
    told = []
    for is_good, teams in sorted(moved.items()):
        names = listed([f"{team.unit.name} ({team.latest.share.text})" for team in sorted(teams, key=_furthest)])
        verb = "reached its target" if is_good else "fell below its target"
        count = "1 team" if len(teams) == 1 else f"{len(teams):,} teams"
        verb = verb if len(teams) == 1 else verb.replace("its", "their")
        told.append(Change("good" if is_good else "bad", f"{source_words(source).name}: {count} {verb}: {names}"))
    return told


def _furthest(series: Series) -> tuple[float, str]:
    return (-abs(series.change or 0.0), series.unit.code)


def _signals(facts: Facts, source: str) -> list[Change]:
    """Units that stand out of their own usual range in the last month and did not in the one before."""
    found = []
    units = [series for level in LEVEL_ORDER for series in facts.at_level(source, level)]
    for kind, icon, what in (
        ("bad", "concern", "newly worse than usual"), ("good", "improvement", "newly better than usual"),
    ):
        names = [
            f"{series.unit.name} ({SIGNALS.get(series.signal['signal'], '')})"
            for series in units
            if series.signal and series.signal["icon"] == icon and not _was(series, icon)
        ]
        if names:
            found.append(Change(kind, f"{source_words(source).name}, {what}: {listed(names)}"))
    return found


def _was(series: Series, icon: str) -> bool:
    """Whether a series stood out the same way in the month before."""
    row = series.trend.get(series.before.month) if series.before else None
    return row is not None and row["icon"] == icon


def _asked(facts: Facts) -> list[Change]:
    return [
        Change(
            "good" if each.answered else "none",
            f"{source_words(source).name}: of {each.to_ask_before or 0:,} people who were to be asked at the end of "
            f"the month before, {each.answered:,} have answered since and {each.declined:,} declined; somebody with "
            "two teams counts with both",
        )
        for source, each in asked(facts).items()
        if each.answered or each.declined
    ]


def _interventions(facts: Facts) -> list[Change]:
    names = {
        (row["intervention_name"], facts.unit(row["unit_code"]).name)
        for row in facts.tables.of("quality.ethnicity_recording_trend")
        if row["intervention_name"] and row["month"] == facts.last_month.get(row["source"])
    }
    return [Change("none", f"{unit}: {name}") for name, unit in sorted(names)]


def unmapped_values(facts: Facts) -> list[Unmapped]:
    """What nobody could read, by source, field and why, in the last month of each with any."""
    found: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for table, effect in (("quality.unmapped_value", "unmapped"), ("quality.malformed_value", None)):
        for row in facts.tables.of(table):
            what = UNREAD[effect or (row["rule"] if row["effect"] == "note" else row["effect"])]
            month = (row["month"] or row["period"])[:7]
            found[row["source"], plain_field(row["field"]), what][month] += row["record_count"]
    for source in facts.sources:
        for series in facts.at_level(source, "team"):
            if series.unit.code == UNKNOWN:
                for month in series.months:
                    found[source, "Team or ward", UNREAD["unit"]][month.month[:7]] += month.records
    read = [_unread(facts, *key, months) for key, months in found.items()]
    return sorted(read, key=lambda each: (-each.count, each.source, each.field, each.what))


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
