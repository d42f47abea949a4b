"""Months: what is one, its days, and counting over the turn of a year."""

from __future__ import annotations

import datetime

import pytest

from orchestration.months import (
    first_day,
    following,
    is_month,
    last_day,
    month_from,
    month_number,
    months_before,
    months_between,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2025-09", True), ("2025-12", True), ("2025-13", False), ("2025-00", False), ("2025-9", False),
     ("2025-09-01", False), ("2025-09\n", False), ("all", False)],
)
def test_a_month_is_a_year_and_a_month_and_nothing_more(text: str, expected: bool) -> None:
    assert is_month(text) is expected


def test_a_month_begins_and_ends_on_its_days() -> None:
    assert (first_day("2024-02"), last_day("2024-02")) == (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    assert last_day("2025-12") == datetime.date(2025, 12, 31)


def test_counting_goes_over_the_turn_of_a_year() -> None:
    assert following("2024-12") == "2025-01"
    assert month_number("2025-01") - month_number("2024-11") == 2
    assert month_from(month_number("2024-12")) == "2024-12"
    assert months_before("2025-02", 14) == "2023-12"
    assert months_between("2024-11", "2025-01") == ["2024-11", "2024-12", "2025-01"]
    assert months_between("2025-02", "2025-01") == []
