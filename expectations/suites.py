"""The suites as code: which expectation is held on which slice of `quality.ethnicity_recording`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import great_expectations.expectations as gxe

from expectations.results import Severity, Targets

STATUS_TOTAL = "status_total"
"""Sum of the five recording statuses, added by the runner."""


class ExpectStatusCountsToAddUp(gxe.ExpectColumnPairValuesToBeEqual):
    """The five recording statuses of a unit and month add up to its records: nothing is lost or counted twice."""

    column_A: str = STATUS_TOTAL  # noqa: N815 - the name is the library's
    column_B: str = "record_count"  # noqa: N815
    description: str = "valid, not stated, not known, invalid and missing add up to the records"


class ExpectKnownAndStatedShareToMeetTarget(gxe.ExpectColumnValuesToBeBetween):
    """The share of records with a known and stated ethnic group is at least the target."""

    column: str = "known_and_stated_share"
    description: str = "the share of records with a known and stated ethnic group meets its target"


class ExpectInvalidShareToStayWithinLimit(gxe.ExpectColumnValuesToBeBetween):
    """The share of records whose ethnic code means nothing stays within its limit."""

    column: str = "invalid_share"
    description: str = "the share of records with an unusable code stays within its limit"


class ExpectSlicesToBePresent(gxe.ExpectTableRowCountToBeBetween):
    """At least one unit and month was there to judge: an empty table never passes for a good one."""

    min_value: int = 1
    description: str = "there is something to judge"


@dataclass(frozen=True)
class Check:
    """One expectation, the slice it is held on and the severity of its failure."""

    name: str
    expectation: Any
    severity: Severity
    unit_level: str | None = None
    latest_month_only: bool = False
    target: float | None = None
    reports_share: bool = False


def suite_for(targets: Targets) -> list[Check]:
    """The checks of one feed.

    Args:
        targets: the feed's targets in force.

    Raises:
        KeyError: a target the suite needs is not set.
    """
    trust, team = (targets["known_and_stated_share", level] for level in ("organisation", "team"))
    limit = targets["invalid_share", "organisation"]
    return [
        Check("slices_present", ExpectSlicesToBePresent(), "warn"),
        Check("status_counts_add_up", ExpectStatusCountsToAddUp(), "error"),
        Check(
            "known_and_stated_trust",
            ExpectKnownAndStatedShareToMeetTarget(min_value=trust),
            "warn",
            unit_level="organisation",
            latest_month_only=True,
            target=trust,
            reports_share=True,
        ),
        Check(
            "known_and_stated_team",
            ExpectKnownAndStatedShareToMeetTarget(min_value=team),
            "warn",
            unit_level="team",
            latest_month_only=True,
            target=team,
            reports_share=True,
        ),
        Check(
            "invalid_trust",
            ExpectInvalidShareToStayWithinLimit(max_value=limit),
            "warn",
            unit_level="organisation",
            latest_month_only=True,
            target=limit,
        ),
    ]
