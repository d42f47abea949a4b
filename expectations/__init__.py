"""Great Expectations on the recording of ethnicity: takes a database path, returns results.

Belongs here: what the data-quality team expects, in its own words, and the runner. Does not belong here: Dagster,
settings, or anything of `orchestration`: this package imports nothing of ours.
"""

from expectations.declared import ACROSS, DECLARED, FEEDS, NO_WITNESS, SOURCES, Declaration, suite_of
from expectations.results import CheckResult, Judgement, SliceResult

__all__ = [
    "ACROSS", "DECLARED", "FEEDS", "NO_WITNESS", "SOURCES", "CheckResult", "Declaration", "Judgement", "SliceResult",
    "suite_of",
]
