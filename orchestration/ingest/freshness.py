"""What of a feed is late on the day of the trust.

Belongs here: which periods are due, and which of them the lake does not hold. Does not belong here: saying so
(`assets.feed_checks`). The table `quality.feed_status` rules the same for whoever asks with SQL, and a test on its
own example holds the two together.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from orchestration.contracts import Feed
from orchestration.ingest.lake import all_receipts
from orchestration.ingest.landing import ALL
from orchestration.months import last_day, month_number
from orchestration.settings import Settings


@dataclass(frozen=True)
class Freshness:
    """Where a feed stands on the day of the trust.

    Attributes:
        as_of: that day.
        overdue: period and organisation of what is due and not in the lake, in order; nothing of an optional feed.
        newest_month: newest month of which the lake holds something; None without any, or of a feed without months.
        months_behind: months from there to the last full month before `as_of`.
    """

    as_of: datetime.date
    overdue: tuple[tuple[str, str], ...]
    newest_month: str | None
    months_behind: int | None


def freshness(settings: Settings, feed: Feed) -> Freshness:
    """What is late of a feed, by the lake as it is now.

    The trust itself owes every period; any other organisation only what it has sent.
    """
    trust = settings.trust
    receipts = all_receipts(settings, feed)
    kept = {(period, organisation) for status, period, organisation in receipts if status == "kept"}
    sent = {(period, organisation) for _, period, organisation in receipts}
    owed = {(period, trust.organisation_code) for period in (trust.months() if feed.partition == "month" else [ALL])}
    days = datetime.timedelta(settings.due_days(feed.name, feed.due_days))
    overdue = [] if feed.is_optional else [
        (period, organisation)
        for period, organisation in sorted((owed | sent) - kept)
        if period == ALL or trust.as_of > last_day(period) + days
    ]  # fmt: skip
    newest = max((period for period, _ in kept if period != ALL), default=None)
    behind = None if newest is None else month_number(trust.last_month) - month_number(newest)
    return Freshness(trust.as_of, tuple(overdue), newest, behind)
