"""The asking plan as the pages tell it: whom to ask first, how many, and what gets firmer.

Belongs here: the lines of the plan in words. Does not belong here: counting or ranking, which are dbt's; work-lists
of patients, which a command of its own makes outside this site.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.pages.formats import goal
from orchestration.pages.quality.certainty import Gain, gains
from orchestration.pages.quality.facts import UNKNOWN_UNIT, Facts, Unit
from orchestration.pages.quality.tables import Row
from orchestration.pages.quality.words import source_words
from orchestration.pages.shares import Share


@dataclass(frozen=True)
class Ask:
    """What one team has to do; or what is to be done for people of no known team."""

    row: Row
    unit: Unit
    gains: tuple[Gain, ...]

    @property
    def source(self) -> str:
        """Source by name."""
        return source_words(self.row["source"]).name

    @property
    def is_of_no_team(self) -> bool:
        """Whether nobody can ask them, because no team is known to see them."""
        return _is_of_no_team(self.row)

    @property
    def mend_first(self) -> str:
        """What is to be done before they can be asked, in words."""
        count = self.row["to_ask_count"]
        people = "1 person to be asked belongs" if count == 1 else f"{count:,} people to be asked belong"
        return f"{people} to no known team: mend the unit first"

    @property
    def share(self) -> Share:
        """Known and stated now."""
        return Share(self.row["valid_count"], self.row["person_count"])

    @property
    def needed(self) -> str:
        """How many must answer, in words."""
        row = self.row
        if self.is_of_no_team:
            return "nobody can ask them before their unit is mended"
        target = goal(row["target"]) if row["target"] is not None else "the target"
        if row["needed_count"] == 0:
            return f"{target} is reached already"
        if row["is_target_reachable"] is False:
            if_all = f"even if all {row['to_ask_count']:,} answer, {target} is out of reach"
            return f"{if_all}: others declined or have an unreadable code"
        if row["needed_count"] is None:
            return "no target is set"
        return f"{row['needed_count']:,} must answer to reach {target}"

    @property
    def needed_short(self) -> str:
        """The same for a table."""
        row = self.row
        if self.is_of_no_team:
            return "mend the unit first"
        if row["needed_count"] is None:
            return "no target"
        if row["needed_count"] and row["is_target_reachable"] is False:
            return f"{row['to_ask_count']:,} of the {row['needed_count']:,} needed can be asked"
        return f"{row['needed_count']:,}"

    @property
    def firmer(self) -> str:
        """The figure that gets firmest, by which the teams are in order, in words."""
        return self.gains[0].sentence if self.gains else "no figure of the board by a measurable amount"

    @property
    def asked_short(self) -> str:
        """What came of asking since the month before, for a table."""
        row = self.row
        if not row["asked_count"]:
            return "nobody yet"
        return f"{row['answered_count'] or 0:,} answered, {row['declined_after_asking_count'] or 0:,} declined"

    @property
    def asked(self) -> str:
        """The same in words; empty where nobody was asked."""
        return f"Since the month before: {self.asked_short}" if self.row["asked_count"] else ""


def plan(facts: Facts) -> dict[str, list[Ask]]:
    """The plan of the last month by source, in its order: teams only."""
    found: dict[str, list[Ask]] = {}
    rows = [row for row in facts.asking_plan if not _is_of_no_team(row)]
    for source in _sources(facts):
        lines = sorted(
            (row for row in rows if row["source"] == source),
            key=lambda row: (row["plan_rank"] is None, row["plan_rank"], row["unit_code"]),
        )
        if lines:
            found[source] = [ask_of(facts, row) for row in lines]
    return found


def without_team(facts: Facts) -> dict[str, Ask]:
    """People of the last month whom no known team sees, by source; sources with nobody to ask among them left out."""
    lost = {row["source"]: row for row in facts.asking_plan if _is_of_no_team(row) and row["to_ask_count"]}
    return {source: ask_of(facts, lost[source]) for source in _sources(facts) if source in lost}


def _sources(facts: Facts) -> list[str]:
    """Sources of the plan, in the order in which they are shown."""
    there = {row["source"] for row in facts.asking_plan}
    known = [source for source in facts.sources if source in there]
    return [*known, *sorted(there - {*known})]


def _is_of_no_team(row: Row) -> bool:
    return row["unit_code"] in (None, UNKNOWN_UNIT)


def knows_least(lines: Sequence[Ask]) -> list[Ask]:
    """Teams with somebody to ask, those that know least first."""
    asking = [ask for ask in lines if ask.row["to_ask_count"]]
    return sorted(asking, key=lambda ask: (ask.share.upper_end, ask.unit.name))


@dataclass(frozen=True)
class Asked:
    """What came of asking in one source, summed over teams: somebody with two teams counts with both.

    Attributes:
        to_ask: people still to be asked at the end of the last month.
        of_no_team: of those, how many no known team sees.
        to_ask_before: people who were to be asked at the end of the month before; None where it had no plan.
        answered: of those, how many have answered since.
        declined: of those, how many declined.
    """

    to_ask: int
    of_no_team: int
    to_ask_before: int | None
    answered: int
    declined: int


def asked(facts: Facts) -> dict[str, Asked]:
    """What came of asking by source."""
    before: dict[str, int] = defaultdict(int)
    for row in facts.asking_plan_before:
        before[row["source"]] += row["to_ask_count"] or 0
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in facts.asking_plan:
        for place, column in enumerate(("to_ask_count", "answered_count", "declined_after_asking_count")):
            sums[row["source"]][place] += row[column] or 0
    lost = {source: ask.row["to_ask_count"] for source, ask in without_team(facts).items()}
    return {
        source: Asked(to_ask, lost.get(source, 0), before.get(source), answered, declined)
        for source, (to_ask, answered, declined) in sums.items()
    }


def ask_of(facts: Facts, row: Row) -> Ask:
    """A row of the plan with its unit and what its asking makes firmer."""
    return Ask(row, facts.unit(row["unit_code"]), tuple(gains(facts, row["source"], row["unit_code"])))
