"""Months as they are written everywhere, `YYYY-MM`: what is one, its days, and counting in them.

Belongs here: arithmetic that knows nothing but the calendar. Does not belong here: which months a trust has
(`settings`) or what a folder of one holds (`ingest`).
"""

from __future__ import annotations

import datetime
import re

MONTH = r"^(19|20|21)\d{2}-(0[1-9]|1[0-2])$"


def is_month(text: str) -> bool:
    """True for a label such as `2025-09`."""
    return bool(re.fullmatch(MONTH, text))


def month_of(day: datetime.date) -> str:
    """The month a day lies in."""
    return f"{day:%Y-%m}"


def month_number(month: str) -> int:
    """Months since the beginning of the era: two of them differ by the months between them."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


def month_from(number: int) -> str:
    """The month of a `month_number`."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def first_day(month: str) -> datetime.date:
    """First day of a month."""
    return datetime.date(int(month[:4]), int(month[5:]), 1)


def last_day(month: str) -> datetime.date:
    """Last day of a month."""
    return first_day(following(month)) - datetime.timedelta(days=1)


def following(month: str) -> str:
    """The month after."""
    return month_from(month_number(month) + 1)


def months_before(month: str, count: int) -> str:
    """The month that lies `count` months earlier."""
    return month_from(month_number(month) - count)


def months_between(first: str, last: str) -> list[str]:
    """Every month from the first to the last, both included."""
    return [month_from(number) for number in range(month_number(first), month_number(last) + 1)]
