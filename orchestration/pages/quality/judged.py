"""What the expectations found, run by run, as the pages tell it.

Belongs here: which run is the latest and which came before, and the results of one expectation. Does not belong
here: judging, which is `expectations`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from expectations import ACROSS
from orchestration.pages.formats import goal, percent_of
from orchestration.pages.quality.facts import Facts, file_name
from orchestration.pages.quality.tables import Row
from orchestration.pages.quality.words import SOURCES, plain, source_words
from orchestration.pages.shares import FEW, Share

MOST = ("values_mapped", "invalid_trust", "any_other_trust", "conflict_trust", "white_default")
"""Expectations whose share must stay at or below its target; that of the others must reach it."""
OWN_LIMIT = "no_sudden_drop"
"""The expectation whose slices are each held against their own usual range."""
OF_ITEMS = "use_of_force_team"
"""The expectation that counts several items of each record: no limits of chance can be taken from them."""
HEADLINE = "known_and_stated_trust"
"""The expectation whose share is the headline of a source."""
WHOLE = "all"
"""Unit level of the result of an expectation as a whole."""


@dataclass(frozen=True)
class Result:
    """One expectation on one source, or one slice of it, in one run."""

    expectation: str
    row: Row
    worst: Result | None = None
    """Of several systems together: the pair that misses the target by most, for one sum over pairs says nothing."""
    failing_of_few: int = 0
    """How many of the slices that were not met have few people or records."""

    @property
    def target_text(self) -> str:
        """`at most 5%`, `at least 95%`, of its own usual range only the limit; empty without a target."""
        if self.row["target"] is None:
            return ""
        if self.expectation == OWN_LIMIT:
            return percent_of(self.row["target"])
        return f"{'at most' if self.expectation in MOST else 'at least'} {goal(self.row['target'])}"

    @property
    def missed_by(self) -> float:
        """How far the end of its range that lies nearest to the target lies beyond it; the more, the worse."""
        row = self.row
        if None in (row["share"], row["target"]):
            return 0.0
        lower, upper = (self.counted and self.counted.limits) or (row["share"], row["share"])
        return float(lower - row["target"] if self.expectation in MOST else row["target"] - upper)

    @property
    def is_of_few(self) -> bool:
        """Whether few people or records stand behind the share."""
        return self.row["denominator"] is not None and self.row["denominator"] < FEW

    @property
    def source(self) -> str:
        """Source by name."""
        return "All sources together" if self.row["source"] == ACROSS else source_words(self.row["source"]).name

    @property
    def said(self) -> str:
        """Met, or how badly not: words for the table."""
        if self.is_empty:
            return "Nothing to judge"
        if self.row["passed"]:
            return "Met"
        if self.row["fault"]:
            return "Could not be judged"
        return "Failed" if self.is_broken else "Not met"

    @property
    def counted(self) -> Share | None:
        """The share with its limits, where it is one of two counts of people or records."""
        share, part, whole = (self.row[column] for column in ("share", "numerator", "denominator"))
        if self.expectation == OF_ITEMS or None in (share, part, whole) or not 0 <= part <= whole or not whole:
            return None
        return Share(part, whole)

    @property
    def is_broken(self) -> bool:
        """Whether the pipeline itself is at fault, and not the recording."""
        return not self.row["passed"] and (self.row["severity"] == "error" or bool(self.row["fault"]))

    @property
    def is_empty(self) -> bool:
        """Whether it was met only because there was nothing it could have failed on."""
        return self.row["passed"] and self.row["evaluated_count"] == 0

    @property
    def kind(self) -> str | None:
        """The look of the words: `green` when met, `amber` for a finding, `red` for a broken pipeline."""
        if self.is_empty:
            return None
        if self.row["passed"]:
            return "green"
        return "red" if self.is_broken else "amber"


@dataclass(frozen=True)
class Expectation:
    """An expectation in words, and what it found in every run, the latest first."""

    name: str
    title: str
    why: str
    owner: str
    how_to_fix: str
    history: tuple[Result, ...]
    latest: tuple[Result, ...]
    failing_slices: tuple[Result, ...]

    @property
    def path(self) -> str:
        """Its page, from the root of the site."""
        return f"expectation/{file_name(self.name, str.lower)}.html"

    @property
    def failing_by_source(self) -> list[tuple[str, list[Result], list[Result]]]:
        """By source, in the order in which sources are shown: the slices not met, and apart from them those of few."""
        found: dict[str, tuple[list[Result], list[Result]]] = {}
        for result in sorted(self.failing_slices, key=_shown):
            found.setdefault(result.source, ([], []))[result.is_of_few].append(result)
        return [(source, of_many, of_few) for source, (of_many, of_few) in found.items()]

    @property
    def is_met(self) -> bool:
        """Met by every source in the latest run."""
        return all(result.row["passed"] for result in self.latest)


@dataclass(frozen=True)
class Judged:
    """The history of the expectations.

    Attributes:
        expectations: each of them, those not met first.
        run: the latest run, as a row of `quality.check_run` or what the results say of it; None before the first.
        before: the run before it.
    """

    expectations: tuple[Expectation, ...]
    run: Row | None
    before: Row | None
    headlines: dict[tuple[str, str], Row]

    def headline_before(self, source: str) -> Row | None:
        """What the run before found for the headline of a source."""
        return self.headlines.get((self.before["run_id"], source)) if self.before else None

    @property
    def not_met(self) -> list[tuple[Expectation, list[Result]]]:
        """What the latest run found wanting, broken pipelines first."""
        found = [(each, [result for result in each.latest if not result.row["passed"]]) for each in self.expectations]
        told = [(each, sorted(results, key=lambda result: not result.is_broken)) for each, results in found if results]
        return sorted(told, key=lambda pair: not pair[1][0].is_broken)


def judged(facts: Facts) -> Judged:
    """Gather the results by run and expectation."""
    rows = facts.tables.of("quality.check_result")
    runs = _runs(facts)
    latest = next((run for run in runs if run["run_id"] == facts.run_id), runs[0] if runs else None)
    before = next((run for run in runs if latest and run["run_id"] != latest["run_id"]), None)
    order = {run["run_id"]: place for place, run in enumerate(runs)}
    results: dict[str, list[Result]] = defaultdict(list)
    for row in rows:
        results[row["expectation"]].append(Result(row["expectation"], row))
    words = {row["expectation"]: row for row in facts.tables.of("reference.ref_expectation")}
    expectations = [
        _expectation(name, results.get(name, []), words.get(name), order, latest)
        for name in sorted({*results, *words}, key=_place(list(words)))
    ]
    headlines = {
        (result.row["run_id"], result.row["source"]): result.row
        for result in results.get(HEADLINE, [])
        if result.row["unit_level"] == WHOLE
    }
    return Judged(tuple(sorted(expectations, key=lambda each: each.is_met)), latest, before, headlines)


def _place(names: Sequence[str]) -> Callable[[str], tuple[int, str]]:
    return lambda name: (names.index(name) if name in names else len(names), name)


def _runs(facts: Facts) -> list[Row]:
    """Runs, the latest first; those from before runs were numbered by their day."""
    runs = facts.tables.of("quality.check_run")
    return sorted(runs, key=lambda run: (run["run_number"] or 0, str(run["as_of"]), run["run_id"]), reverse=True)


def _expectation(
    name: str, results: list[Result], words: Row | None, order: dict[str, int], latest: Row | None
) -> Expectation:
    whole = [_with_worst(result, results) for result in results if result.row["unit_level"] == WHOLE]
    history = sorted(whole, key=lambda result: (order.get(result.row["run_id"], len(order)), result.source))
    run_id = latest["run_id"] if latest else None
    of_month = {result.row["source"]: result.row["month"] for result in history if result.row["run_id"] == run_id}
    failing = [
        result
        for result in results
        if result.row["run_id"] == run_id
        and result.row["unit_level"] != WHOLE
        and not result.row["passed"]
        and of_month.get(result.row["source"]) in (None, result.row["month"])
    ]
    said = next((result.row["description"] for result in history if result.row["description"]), "")
    return Expectation(
        name,
        (words or {}).get("plain_name") or plain(name),
        (words or {}).get("why_it_matters") or said,
        (words or {}).get("owner") or "",
        (words or {}).get("how_to_fix") or "",
        tuple(history),
        tuple(_with_few(result, failing) for result in history if result.row["run_id"] == run_id),
        tuple(sorted(failing, key=_worst)),
    )


def _with_few(result: Result, failing: Sequence[Result]) -> Result:
    few = [each for each in failing if each.is_of_few and each.row["source"] == result.row["source"]]
    return replace(result, failing_of_few=len(few))


def _with_worst(result: Result, results: Sequence[Result]) -> Result:
    if result.row["source"] != ACROSS:
        return result
    slices = [
        each
        for each in results
        if each.row["unit_level"] != WHOLE and _run_and_source(each) == _run_and_source(result)
    ]
    return replace(result, worst=min(slices, key=_worst, default=None))


def _run_and_source(result: Result) -> tuple[str, str]:
    return result.row["run_id"], result.row["source"]


def _shown(result: Result) -> int:
    order = (*SOURCES, result.row["source"])
    return order.index(result.row["source"])


def _worst(result: Result) -> tuple[float, str]:
    """Furthest from its target first, by the end of the range: few people do not lead by chance."""
    return (-result.missed_by, str(result.row["unit_code"]))
