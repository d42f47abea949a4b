"""The suites as code: the declared expectations of one feed as a suite of Great Expectations."""

from __future__ import annotations

from collections.abc import Mapping

from great_expectations import ExpectationSuite
from great_expectations.expectations.metadata_types import FailureSeverity

from expectations.classes import KINDS
from expectations.declared import suite_of

LIBRARY_SEVERITY = {"error": FailureSeverity.CRITICAL, "warn": FailureSeverity.WARNING}


def build_suite(source: str, faults: Mapping[str, str]) -> ExpectationSuite:
    """The suite of one feed.

    Args:
        source: feed, or `across_feeds`.
        faults: why the slices of some expectations could not be read, by expectation.
    """
    return ExpectationSuite(
        name=source,
        expectations=[
            KINDS[declared.kind](
                check=declared.name,
                fault=faults.get(declared.name),
                severity=LIBRARY_SEVERITY[declared.severity],
                meta={"table": declared.table},
            )
            for declared in suite_of(source)
        ],
    )
