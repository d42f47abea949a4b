"""What unknown ethnicity costs in certainty: the ranges of the board's figures, in sentences.

Belongs here: which figure stands for a source, and its range in words. Does not belong here: the ranges themselves,
which are `marts.equity_measure`'s and `quality.asking_plan_gain`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from orchestration.pages.chart import Range, log_range
from orchestration.pages.formats import counted, percent_of, rough
from orchestration.pages.quality.facts import Facts
from orchestration.pages.quality.tables import Row

ALSO_FED = {"patient_ethnicity": "mhsds"}
"""The patient record says who the people of the national return are."""
NAMES_PEOPLE = {"patient_ethnicity": "mhsds", "mhsds": "mhsds", "staff_record": "staff_record"}
"""Sources that say which group people belong to, and the feed whose people those are. Incident reports name nobody's
group first: their people are in the records of patients and of staff."""
SHORT = {
    "workforce_representation": "share of the workforce",
    "mha_detention_rate": "detention rate",
    "restraint_likelihood": "likelihood of being restrained",
    "restraint_rate": "rate of restraint incidents",
    "racist_incident_rate": "rate of racist incidents against staff",
    "section_2_length_mean": "mean length of section 2",
    "section_2_length_median": "median length of section 2",
}
"""Measures as the middle of a sentence, the one to tell first first; others go by their name."""
WIDE_ABOVE = 1000.0


@dataclass(frozen=True)
class Doubt:
    """One figure of the board and the range that unknown ethnicity leaves for it."""

    row: Row
    measure: str
    people: str
    other: str

    @property
    def width(self) -> float:
        """How many times the lower end the upper end is."""
        lower, upper = self.row["bound_lower"], self.row["bound_upper"]
        return upper / lower if lower and upper is not None else WIDE_ABOVE

    def openness(self) -> tuple[bool, float]:
        """What ranks figures by how open they are; one at 0 says more of few people than of the gap."""
        return bool(self.row["ratio"]), self.width

    @property
    def title(self) -> str:
        """`Detention rate: Black people against White people`."""
        return f"{self.measure[0].upper()}{self.measure[1:]}: {self.people}, against {self.other}"

    @property
    def range_text(self) -> str:
        """`anywhere between 1.8 and 15`."""
        lower, upper = self.row["bound_lower"], self.row["bound_upper"]
        if upper is None:
            return f"anywhere above {rough(lower)}"
        return f"anywhere between {rough(lower)} and {rough(upper)}"

    @property
    def sentence(self) -> str:
        """What the gap leaves open."""
        share = self.row["unknown_share"]
        why = f"Ethnicity is unknown for {percent_of(share)} of those counted in this figure. " if share else ""
        of = "that of " if self.other.startswith("White") else ""
        return f"{why}This gap leaves the {self.measure} of {self.people} {self.range_text} times {of}{self.other}."

    @property
    def chart(self) -> Markup:
        """The same as a range."""
        row = self.row
        inner = (row["ratio_lower"], row["ratio_upper"])
        upper = row["bound_upper"] if row["bound_upper"] is not None else SCALE[1]
        return log_range(
            Range(row["ratio"], None if None in inner else inner, (row["bound_lower"], upper)), *SCALE, self.title
        )


SCALE = (0.1, 32.0)
TICKS = (0.1, 0.3, 1, 3, 10, 32)
"""Ends of the scale of ratios; a range that goes on beyond is cut there and told in words."""


def same_people(sources: Iterable[str]) -> set[str]:
    """Sources that hold the people of another one of them, which is where they are asked."""
    return {fed for source, fed in ALSO_FED.items() if {source, fed} <= {*sources}}


def doubts(facts: Facts) -> list[Doubt]:
    """Two figures of each measure: people from minority ethnic backgrounds together, and the group left widest open."""
    names = {row["measure_id"]: row["measure_name"] for row in facts.tables.of("marts.measure_catalogue")}
    references = {row["measure_id"]: row["reference"] for row in facts.tables.of("marts.measure_catalogue")}
    by_measure: dict[str, list[Doubt]] = {name: [] for name in names}
    for row in facts.tables.of("marts.equity_measure"):
        measure = row["measure_id"]
        other = "White people" if references.get(measure) == "white" else "their share of residents"
        name = SHORT.get(measure) or str(names.get(measure, measure))
        by_measure.setdefault(measure, []).append(Doubt(row, name, facts.people(row), other))
    found = []
    for of_measure in by_measure.values():
        together = [doubt for doubt in of_measure if doubt.row["grouping"] == "white_bme"]
        single = [doubt for doubt in of_measure if doubt.row["grouping"] != "white_bme"]
        found += [*together[:1], *([max(single, key=Doubt.openness)] if single else [])]
    return found


def doubt_of_source(facts: Facts, source: str, found: Iterable[Doubt]) -> Doubt | None:
    """The figure a source says the groups of: the first in the order of `SHORT`, of the group left widest open."""
    feeds = {row["measure_id"]: row["source_feeds"] or "" for row in facts.tables.of("marts.measure_catalogue")}
    people = NAMES_PEOPLE.get(source)
    fed = [doubt for doubt in found if people in feeds.get(doubt.row["measure_id"], "").split("|")]
    order = [name for name in SHORT if name in {doubt.row["measure_id"] for doubt in fed}]
    first = [doubt for doubt in fed if not order or doubt.row["measure_id"] == order[0]]
    return max(first, key=Doubt.openness, default=None)


@dataclass(frozen=True)
class Gain:
    """One figure of the board that gets firmer if a team asks everyone it has to ask."""

    row: Row
    measure: str
    people: str
    event_noun: str

    @property
    def sentence(self) -> str:
        """Range now and after, and how many it rests on, in words."""
        now, after = self.ranges
        text = f"{self.measure}, {self.people}: "
        if now == after:
            text += f"{self.narrower} if all answer (now {now} times)"
        else:
            text += f"now {now} times, {after} if all answer, {self.narrower}"
        return f"{text}; {self.rests_on}"

    @property
    def rests_on(self) -> str:
        """`2 detentions among the people to be asked`; without one they count as people, or with their time."""
        count = self.row["unknown_event_count"]
        text = f"{counted(count, *self.event_noun.split('|'))} among the people to be asked"
        return text if count else f"{text}, whom it counts all the same"

    @property
    def narrower(self) -> str:
        """`a range 1.2% narrower`."""
        return f"a range {percent_of(self.row['narrowing_share'])} narrower"

    @property
    def ranges(self) -> tuple[str, str]:
        """Now and after, each `between 1.8 and 15`."""
        row = self.row
        now, after = (_between(row[f"bound_lower{end}"], row[f"bound_upper{end}"]) for end in ("", "_after"))
        return now, after


def gains(facts: Facts, source: str, unit_code: str) -> list[Gain]:
    """The figures a team's asking makes measurably firmer, one of each measure, those that gain most first."""
    names = {row["measure_id"]: row["measure_name"] for row in facts.tables.of("marts.measure_catalogue")}
    nouns = {row["measure_id"]: row["event_noun"] for row in facts.tables.of("marts.measure_catalogue")}
    rows = [
        row
        for row in facts.by_unit("quality.asking_plan_gain").get(unit_code, [])
        if row["source"] == source and row["gain_rank"] is not None
    ]
    return [
        Gain(
            row,
            str(names.get(row["measure_id"], row["measure_id"])),
            facts.people(row),
            nouns.get(row["measure_id"]) or "event|events",
        )
        for row in sorted(rows, key=lambda row: row["gain_rank"])
    ]


def _between(lower: float | None, upper: float | None) -> str:
    if lower is None or upper is None:
        return "not known" if lower is None else f"above {rough(lower)}"
    return f"between {rough(lower)} and {rough(upper)}"
