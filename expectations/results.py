"""The shape of one result: counts and shares only, never a value of the data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warn"]

Targets = dict[tuple[str, str], float]
"""Target in force by measure and unit level, as a share 0 to 1."""

SOURCES = ("incidents", "mhsds", "patient_ethnicity", "staff_record")
"""Feeds whose ethnicity recording is judged."""
CHECKS: dict[str, Severity] = {
    "slices_present": "warn",
    "status_counts_add_up": "error",
    "known_and_stated_trust": "warn",
    "known_and_stated_team": "warn",
    "invalid_trust": "warn",
}
"""Names and severities, readable without importing Great Expectations; a test holds them against the suites."""


@dataclass(frozen=True)
class CheckResult:
    """What one expectation found on one slice.

    Attributes:
        name: name of the check, stable over time.
        source: feed whose recording was judged.
        expectation: the expectation in the field's words.
        severity: `error` when the pipeline itself is at fault, `warn` when the recording is.
        passed: whether the expectation was met.
        evaluated_count: slices (unit and month) looked at.
        failing_count: slices that did not meet it.
        numerator: records with a known and stated ethnic group, where the check is about a share.
        denominator: records the share is of.
        share: numerator over denominator, 0 to 1; None when there is no denominator.
        target: the share or limit it was held against.
        month: the month judged, `YYYY-MM`, or None for all months.
        fault: why the expectation could not be judged; None when it could.
    """

    name: str
    source: str
    expectation: str
    severity: Severity
    passed: bool
    evaluated_count: int
    failing_count: int
    numerator: int | None = None
    denominator: int | None = None
    share: float | None = None
    target: float | None = None
    month: str | None = None
    fault: str | None = None

    def as_row(self) -> dict[str, object]:
        """The result as one row of the history."""
        return asdict(self)
