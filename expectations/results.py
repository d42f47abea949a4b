"""The shape of a result: counts and shares only, never a value of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Severity = Literal["error", "warn"]
Rating = Literal["green", "amber", "red"]
WORST_FIRST: tuple[Rating, ...] = ("red", "amber", "green")


class SliceResult(NamedTuple):
    """What one expectation found on one slice: a unit and month, or what else it is held on.

    Attributes:
        organisation_code: organisation the slice belongs to; None where it belongs to none.
        unit_level: `organisation`, `division`, `directorate` or `team`; else what the slice is: `table`,
            `ethnic_group`, `system_pair` or `item`.
        unit_code: the unit, table, group, pair or item.
        unit_name: its name, where it has one, else its code.
        month: the month judged, `YYYY-MM`; None where the slice has none.
        passed: whether the expectation was met here.
        rating: green, amber or red against the target in force in the month; None without an amber value.
        numerator: what the share counts.
        denominator: what it is a share of.
        share: the share judged, 0 to 1; None where the counts can not be read.
        target: the share it was held against; None where the expectation has none.
        is_current: whether the verdict on the expectation as a whole rests on it.
    """

    organisation_code: str | None
    unit_level: str
    unit_code: str
    unit_name: str
    month: str | None
    passed: bool
    rating: Rating | None
    numerator: int | None
    denominator: int | None
    share: float | None
    target: float | None
    is_current: bool


@dataclass(frozen=True)
class CheckResult:
    """What one expectation found, as a whole and slice by slice.

    Attributes:
        expectation: name of the expectation, stable over time.
        source: feed whose recording was judged, or `across_feeds`.
        description: the expectation in the field's words.
        severity: `error` when the pipeline itself is at fault, `warn` when the recording is.
        passed: whether the expectation was met on every current slice.
        evaluated_count: current slices.
        failing_count: current slices that did not meet it.
        rating: the worst rating of a current slice; None where none is rated.
        numerator: of the whole: the sum over the current slices; where somebody may stand in several, as patients with
            two teams do, the organisation's own; None where slices do not add up to a whole, such as levels of units.
        denominator: of the whole, likewise.
        share: numerator over denominator; None when there is no denominator.
        target: the share the current slices were held against; None when they differ or there is none.
        month: the month judged, `YYYY-MM`, or None for all months.
        fault: why the expectation could not be judged; None when it could.
        worst_unit_code: the current slice whose 95% range missed it by most, as the pages order them; None when all
            met it.
        worst_unit_name: its name, where it has one, else its code.
        worst_share: its share.
        slices: every slice, current and past; empty in a result read back from history.
    """

    expectation: str
    source: str
    description: str
    severity: Severity
    passed: bool
    evaluated_count: int
    failing_count: int
    rating: Rating | None = None
    numerator: int | None = None
    denominator: int | None = None
    share: float | None = None
    target: float | None = None
    month: str | None = None
    fault: str | None = None
    worst_unit_code: str | None = None
    worst_unit_name: str | None = None
    worst_share: float | None = None
    slices: Sequence[SliceResult] = ()


class Judgement(NamedTuple):
    """Everything one run of the suites found.

    Attributes:
        results: one per suite and expectation, in the order declared.
        documents: what Great Expectations returned for each suite, as JSON, for `expectations.docs`.
    """

    results: list[CheckResult]
    documents: list[dict[str, Any]]


def worst_rating(ratings: Sequence[Rating | None]) -> Rating | None:
    """The worst of some ratings; None when none of them is one."""
    return next((rating for rating in WORST_FIRST if rating in ratings), None)
