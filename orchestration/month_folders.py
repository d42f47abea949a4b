"""Months as folders: of which something is held, and after which one today lies.

Belongs here: what the names of folders say, `<feed>/<month>/`. Does not belong here: what lies in them (`ingest`), or
what a trust makes of it (`settings`).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path

from orchestration.months import first_day, following, is_month, month_number

MOST_MONTHS_AHEAD = 2
"""Months by which the newest landed month may follow the one before it; a folder further on is taken as mistyped."""


def months_held(roots: Iterable[Path], feed: str) -> set[str]:
    """Months of a feed that have a folder under any of the roots."""
    return {path.name for root in roots for path in (root / feed).glob("????-??") if is_month(path.name)}


def day_after_newest(landing: Path, feeds: Iterable[str]) -> datetime.date | None:
    """The first day after the newest month folder of any feed that is not empty; None when no month has landed.

    A month that follows the next newest by more than `MOST_MONTHS_AHEAD` is a mistyped folder and does not count.
    """
    folders = (path for feed in feeds for path in (landing / feed).glob("????-??/*"))
    months = sorted({path.parent.name for path in folders if is_month(path.parent.name)})
    while len(months) > 1 and month_number(months[-1]) - month_number(months[-2]) > MOST_MONTHS_AHEAD:
        months.pop()
    return first_day(following(months[-1])) if months else None
