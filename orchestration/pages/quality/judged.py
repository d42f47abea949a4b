"""What the expectations found, run by run, as the pages tell it.

Belongs here: which run is the latest and which came before, and the results of one expectation. Does not belong
here: judging, which is `expectations`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.pages.quality.facts import Facts, file_name
from orchestration.pages.quality.tables import Row
from orchestration.pages.quality.words import plain, source_words

HEADLINE = "known_and_stated_trust"
"""The expectation whose share is the headline of a source."""
WHOLE = ("all", None)
"""Unit level of the result of an expectation as a whole; results of older runs have none."""
ACROSS = "across_feeds"


@dataclass(frozen=True)
class Result:
    """One expectation on one source, or one slice of it, in one run."""

    expectation: str
    row: Row

    @property
    def source(self) -> str:
        """Source by name."""
        return "All sources together" if self.row["source"] == ACROSS else source_words(self.row["source"]).name

    @property
    def said(self) -> str:
        """Met, or how badly not: words for the table."""
        if self.row["passed"]:
            return "Met"
        if self.row["fault"]:
            return "Could not be judged"
        return "Failed" if self.row["severity"] == "error" else "Not met"

    @property
    def kind(self) -> str:
        """The look of the words: `green`, `amber` for a finding, `red` for a broken pipeline."""
        if self.row["passed"]:
            return "green"
        return "red" if self.row["severity"] == "error" or self.row["fault"] else "amber"


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
        return f"expectation/{file_name(self.name)}.html"

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
        told = [(each, sorted(results, key=lambda result: result.kind != "red")) for each, results in found if results]
        return sorted(told, key=lambda pair: pair[1][0].kind != "red")


def judged(facts: Facts) -> Judged:
    """Gather the results by run and expectation."""
    rows = facts.tables.of("quality.check_result")
    runs = _runs(facts)
    latest = next((run for run in runs if run["run_id"] == facts.run_id), runs[0] if runs else None)
    before = next((run for run in runs if latest and run["run_id"] != latest["run_id"]), None)
    order = {run["run_id"]: place for place, run in enumerate(runs)}
    results: dict[str, list[Result]] = defaultdict(list)
    for row in rows:
        name = row["name"] or row["expectation"]  # runs before the expectations had slices kept the name here
        results[name].append(Result(name, row))
    words = {row["expectation"]: row for row in facts.tables.of("reference.ref_expectation")}
    expectations = [
        _expectation(name, results.get(name, []), words.get(name), order, latest)
        for name in sorted({*results, *words}, key=_place(list(words)))
    ]
    headlines = {
        (result.row["run_id"], result.row["source"]): result.row
        for result in results.get(HEADLINE, [])
        if result.row["unit_level"] in WHOLE
    }
    return Judged(tuple(sorted(expectations, key=lambda each: each.is_met)), latest, before, headlines)


def _place(names: Sequence[str]):  # type: ignore[no-untyped-def]
    return lambda name: (names.index(name) if name in names else len(names), name)


def _runs(facts: Facts) -> list[Row]:
    """Runs, the latest first; as_of decides, then the run just made."""
    runs = {row["run_id"]: row for row in facts.tables.of("quality.check_run")}
    for row in facts.tables.of("quality.check_result"):
        runs.setdefault(row["run_id"], {"run_id": row["run_id"], "as_of": row["as_of"]})
    return sorted(
        runs.values(), key=lambda run: (str(run["as_of"]), run["run_id"] == facts.run_id, run["run_id"]), reverse=True
    )


def _expectation(
    name: str, results: list[Result], words: Row | None, order: dict[str, int], latest: Row | None
) -> Expectation:
    whole = [result for result in results if result.row["unit_level"] in WHOLE]
    history = sorted(whole, key=lambda result: (order[result.row["run_id"]], result.source))
    run_id = latest["run_id"] if latest else None
    failing = [
        result
        for result in results
        if result.row["run_id"] == run_id
        and result.row["unit_level"] not in WHOLE
        and not result.row["passed"]
        and result.row["is_current"] is not False
    ]
    said = next((result.row["description"] for result in history if result.row["description"]), "")
    return Expectation(
        name,
        (words or {}).get("plain_name") or plain(name),
        (words or {}).get("why") or said,
        (words or {}).get("owner") or "",
        (words or {}).get("how_to_fix") or "",
        tuple(history),
        tuple(result for result in history if result.row["run_id"] == run_id),
        tuple(sorted(failing, key=_worst)),
    )


def _worst(result: Result) -> tuple[float, str]:
    """Furthest from its target first."""
    row = result.row
    distance = abs(row["share"] - row["target"]) if None not in (row["share"], row["target"]) else 0.0
    return (-distance, str(row["unit_code"]))
