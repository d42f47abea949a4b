"""Great Expectations on the recording of ethnicity: takes a database path, returns results.

Belongs here: what the data-quality team expects, in its own words, and the runner. Does not belong here: Dagster,
settings, or anything of `orchestration`: this package imports nothing of ours.
"""

from expectations.results import CHECKS, SOURCES, CheckResult

__all__ = ["CHECKS", "SOURCES", "CheckResult"]
