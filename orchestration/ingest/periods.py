"""Is this the right period? Rules that see a file of another month, or one that was landed twice.

Belongs here: judging a whole file by its name, its dates and its content elsewhere in landing. Does not belong here: a
single row's date (contracts). A file of the wrong month is refused, since every row of it would be counted wrongly.

MHSDS says its period itself. Incidents are reports updated in the month: most of them updated after its end, or all of
them before its start, mean another month. The staff record has no date of its own: starts after the end of the month
in over 5% of the rows mean a later one, the very file of another month means that month, and so may its name.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

import pandas as pd

from orchestration.contracts import Feed, Table
from orchestration.contracts.schema import NOT_FUTURE
from orchestration.ingest.checking import Checked
from orchestration.ingest.findings import Effect, Finding
from orchestration.ingest.landing import ALL, HashedFile, periods, sha256, submissions
from orchestration.months import first_day, following, last_day
from orchestration.settings import Settings

SNAPSHOTS = ("staff_record",)
"""Tables whose file of one month can hardly be that of another, byte for byte, and whose rows have no date of it."""
SNAPSHOT_ROWS = 500
"""Rows from which two months cannot be the same: a handful of people may well not change for a month."""
_MOVE = "move it to the folder of its own period"
_NAMED_MONTH = re.compile(r"(?<!\d)(20\d{2})[-_.]?(0[1-9]|1[0-2])(?![\d])(?![-_.]\d)")


def span(settings: Settings, period: str) -> tuple[datetime.date, datetime.date]:
    """The day age bands are worked out on, and the last day a date may lie on: never after `as_of`."""
    as_of = settings.trust.as_of
    return (as_of, as_of) if period == ALL else (last_day(period), min(last_day(period), as_of))


def not_yet(settings: Settings, period: str) -> list[Finding]:
    """A period that has not begun by `as_of`."""
    if period == ALL or first_day(period) <= settings.trust.as_of:
        return []
    return [
        Finding(
            "wrong_period",
            "file",
            f"a period that has begun by {settings.trust.as_of} (as_of)",
            period,
            "move the files to the right period, or set as_of in trust.yaml",
        )
    ]


def wrong_period(table: Table, checked: Checked, file_name: str, period: str, organisation_code: str) -> list[Finding]:
    """What in a file says that it is of another period or organisation.

    Args:
        table: its contract.
        checked: its rows.
        file_name: base name.
        period: the folder's period.
        organisation_code: the folder's organisation.
    """
    if period == ALL:
        return []
    found = _by_name(file_name, period)
    future = checked.findings.count(NOT_FUTURE, "row")
    if checked.is_beyond_limit and future * 2 > checked.rows_quarantined:
        share = 100 * future / checked.rows_read
        found.append(_wrong(checked, f"dates up to the end of {period}", f"later ones in {share:.0f}% of the rows"))
    elif table.name == "incident" and len(checked.frame):
        found += _by_update(checked, period)
    elif table.name == "mhs000_header" and len(checked.frame):
        found += _by_header(checked, period, organisation_code)
    return found


def landed_twice(settings: Settings, feed: Feed, file: HashedFile, checked: Checked, period: str) -> list[Finding]:
    """The very file stands under an earlier period too: a mistake in a long file, worth a note in a short one."""
    if file.table.name not in SNAPSHOTS or not checked.rows_read:
        return []
    for earlier in periods(settings, feed):
        if earlier >= period:
            break
        for submission in submissions(settings, feed, earlier):
            for other in submission.used:
                if other.size != file.landed.size or other.fault or other.table != file.table:
                    continue
                if sha256(other.path) == file.sha256:
                    effect: Effect = "file" if checked.rows_read >= SNAPSHOT_ROWS else "note"
                    action = "replace the wrong one of the two" if effect == "file" else "nothing, if nobody changed"
                    return [
                        Finding(
                            "same_as_earlier",
                            effect,
                            f"a file of {period}",
                            f"the same file as {other.name} of {earlier}",
                            action,
                            checked.sheet,
                        )
                    ]
    return []


def _wrong(checked: Checked, expected: str, found: str, column: str | None = None) -> Finding:
    return Finding("wrong_period", "file", expected, found, _MOVE, checked.sheet, None, column)


def _by_name(file_name: str, period: str) -> list[Finding]:
    """A name that holds one month, and another one; the next month may be when it was exported."""
    months = {f"{year}-{month}" for year, month in _NAMED_MONTH.findall(file_name)}
    if len(months) != 1 or months & {period, following(period)}:
        return []
    found = f"one that its name says is of {months.pop()}"
    return [Finding("wrong_period", "file", f"a file of {period}", found, _MOVE)]


def _by_update(checked: Checked, period: str) -> list[Finding]:
    updated = checked.frame["updated_at"]
    header = checked.headers["updated_at"]
    start = pd.Timestamp(first_day(period))
    end = pd.Timestamp(last_day(period)) + pd.Timedelta(days=1)
    late = float((updated >= end).mean())
    if late > 0.5:
        return [
            _wrong(
                checked,
                f"most rows last changed by the end of {period}",
                f"later changes in {100 * late:.0f}% of the rows",
                header,
            )
        ]
    if updated.max() < start:
        return [_wrong(checked, f"rows changed in {period}", f"none after {updated.max():%Y-%m}", header)]
    return []


def _by_header(checked: Checked, period: str, organisation_code: str) -> list[Finding]:
    found = []
    for name, day in (("period_start_date", first_day(period)), ("period_end_date", last_day(period))):
        other = checked.frame.loc[checked.frame[name] != pd.Timestamp(day), name]
        if len(other):
            found.append(_wrong(checked, f"{day}", f"{other.iloc[0]:%Y-%m-%d}", checked.headers[name]))
    providers: Sequence[str] = [
        code for code in checked.frame["provider_code"].unique() if not str(code).upper().startswith(organisation_code)
    ]
    if providers:
        found.append(
            Finding(
                "wrong_organisation",
                "file",
                organisation_code,
                "another provider",
                "move it to the folder of its own organisation",
                checked.sheet,
                None,
                checked.headers["provider_code"],
            )
        )
    return found
