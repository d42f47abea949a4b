"""What the status command, the sensor and the commands ask of landing and lake.

Belongs here: looking and deleting. Does not belong here: reading files (`run`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from orchestration.checked_file import SettingsError
from orchestration.contracts import Feed
from orchestration.ingest import lake, landing
from orchestration.ingest.landing import Submission
from orchestration.ingest.receipts import Receipt
from orchestration.settings import Settings

State = Literal["new", "kept", "stale", "refused", "unfinished", "unrecognised", "lake only"]


@dataclass(frozen=True)
class SubmissionState:
    """Where one organisation's submission of one period stands.

    Attributes:
        feed: name of the feed.
        period: `YYYY-MM` or `all`.
        organisation_code: who sends it.
        fingerprint: changes whenever a file comes, goes, grows or is saved again; empty when landing holds none.
        is_settled: no file is marked as still being written. Whether one grows is for whoever looks twice.
        state: `new` was never read; `kept` is in the lake as it is; `stale` is in the lake as it was before a change;
            `refused` was read and not taken in; `unfinished` has a file still being written;
            `unrecognised` has files in landing of which none belongs to a table; `lake only` has left landing.
        has_kept: the lake holds a good submission, whatever became of a later one.
        rows_read: rows of the kept submission, or of the refused one where there is none.
        rows_kept: of them, rows in the lake.
        rows_quarantined: of them, rows left out.
        rows_duplicate: of them, rows equal to an earlier one.
        kept_receipts: receipts of the kept submission.
        message: why it was refused.
    """

    feed: str
    period: str
    organisation_code: str
    fingerprint: str
    is_settled: bool
    state: State
    has_kept: bool
    rows_read: int
    rows_kept: int
    rows_quarantined: int
    rows_duplicate: int
    kept_receipts: frozenset[str]
    message: str | None = None

    @property
    def is_waiting(self) -> bool:
        """True when landing holds something the lake has not seen."""
        return self.state in ("new", "stale")


def landing_state(settings: Settings, feed: Feed) -> list[SubmissionState]:
    """Every period and organisation of a feed, in landing or in the lake, in order.

    Files are told apart by name and size, not read: a change that keeps the size shows in `fingerprint` only.
    """
    lake_receipts = lake.all_receipts(settings, feed)
    states = []
    for period in sorted({*landing.periods(settings, feed), *lake.periods(settings, feed)}):
        landed = {each.organisation_code: each for each in landing.submissions(settings, feed, period)}
        in_lake = {code for (_, of, code) in lake_receipts if of == period}
        for code in [*landed, *sorted(in_lake - set(landed))]:
            kept = lake_receipts.get(("kept", period, code), [])
            refused = lake_receipts.get(("refused", period, code), [])
            states.append(_state((feed.name, period, code), landed.get(code), kept, refused))
    return states


def _state(
    place: tuple[str, str, str], submission: Submission | None, kept: Sequence[Receipt], refused: Sequence[Receipt]
) -> SubmissionState:
    counted = kept or refused
    state: State
    if submission is None:
        state = "lake only"
    elif not submission.is_recognised:
        state = "unrecognised"
    elif submission.unfinished:
        state = "unfinished"
    elif refused and _is_as_landed(submission, refused):
        state = "refused"
    elif kept and _is_as_landed(submission, kept):
        state = "kept"
    else:
        state = "stale" if kept or refused else "new"
    return SubmissionState(
        *place,
        submission.fingerprint if submission else "",
        submission is not None and not submission.unfinished,
        state,
        bool(kept),
        sum(each.rows_read for each in counted),
        sum(each.rows_kept for each in counted),
        sum(each.rows_quarantined for each in counted),
        sum(each.rows_duplicate for each in counted),
        frozenset(each.receipt_id for each in kept),
        next((each.message for each in refused if each.message), None) if state == "refused" else None,
    )


def _is_as_landed(submission: Submission, receipts: Sequence[Receipt]) -> bool:
    """Names and sizes agree; of files that repeat another one only the first has a receipt."""
    landed = {(file.name, file.size) for file in submission.used}
    stored = {(each.file_name, each.file_bytes) for each in receipts}
    return stored <= landed and {size for _, size in landed} == {size for _, size in stored}


def standing_refusals(settings: Settings, feed: Feed) -> list[tuple[str, str]]:
    """Period and organisation of the submissions last refused whose files still lie in landing, in order."""
    receipts = (settings.refused / feed.name).glob(f"*/*/{lake.RECEIPT}.parquet")
    places = sorted((path.parent.parent.name, path.parent.name) for path in receipts)
    return [
        (period, organisation_code)
        for period, organisation_code in places
        if any(
            each.organisation_code == organisation_code and each.is_recognised
            for each in landing.submissions(settings, feed, period)
        )
    ]


def ensure_empty(settings: Settings) -> None:
    """Write the zero-row Parquet of every table, receipt and finding where it is missing or of another shape."""
    lake.write_empty(settings)


def delete_period(settings: Settings, feed: Feed, period: str) -> list[Path]:
    """Remove a period of a feed from the lake, kept and refused alike; landing is not touched.

    Returns:
        The folders that were removed.

    Raises:
        SettingsError: the name is no period of the feed.
    """
    if not landing.is_period(feed, period):
        wanted = "YYYY-MM" if feed.partition == "month" else landing.ALL
        raise SettingsError(f"{feed.name}: expected a period as {wanted}, found {period!r}")
    kept, refused = (root / feed.name / period for root in (settings.lake, settings.refused))
    lake.remove_left_over(settings, kept, refused)
    return [folder for folder in (kept, refused) if lake.remove(folder)]
