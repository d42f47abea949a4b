"""From landing to lake: read, decode, pseudonymise, quarantine, receipt.

Belongs here: everything between a file as a source system exports it and typed Parquet without identifiers. Does not
belong here: orchestration (`assets`), meaning (`dbt_project`), what a file must look like (`contracts`).
"""

from orchestration.ingest.commands import (
    SubmissionState,
    delete_period,
    ensure_empty,
    landing_state,
    standing_refusals,
)
from orchestration.ingest.findings import Finding
from orchestration.ingest.freshness import Freshness, freshness
from orchestration.ingest.issued import Issued, issued_numbers
from orchestration.ingest.landing import ALL, unknown_folders, unread_folders
from orchestration.ingest.pool import end_server, ingest_periods
from orchestration.ingest.results import CheckOutcome, PeriodResult, SubmissionResult
from orchestration.ingest.run import check_headers, ingest_period

__all__ = [
    "ALL",
    "CheckOutcome",
    "Finding",
    "Freshness",
    "Issued",
    "PeriodResult",
    "SubmissionResult",
    "SubmissionState",
    "check_headers",
    "delete_period",
    "end_server",
    "ensure_empty",
    "freshness",
    "ingest_period",
    "ingest_periods",
    "issued_numbers",
    "landing_state",
    "standing_refusals",
    "unknown_folders",
    "unread_folders",
]
