"""Shares on pages: limits against an independent library, few people, targets in force, words that never mislead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from orchestration.pages.formats import NOTHING, goal, percent_of, points, rough
from orchestration.pages.shares import FEW, RATING_WORDS, Share, Target, target_in_force


@given(st.integers(1, 100_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_limits_are_those_of_wilson(counts: tuple[int, int]) -> None:
    limits = Share(*counts).limits
    assert limits == pytest.approx(proportion_confint(*counts, alpha=0.05, method="wilson"), abs=1e-6)
    assert limits is not None
    assert 0 <= limits[0] <= counts[0] / counts[1] <= limits[1] <= 1


def test_nobody_to_count_is_no_share() -> None:
    nobody = Share(0, 0)
    assert (nobody.value, nobody.limits, nobody.text, nobody.range_text) == (None, None, NOTHING, "")


@pytest.mark.parametrize(("total", "is_few"), [(FEW - 1, True), (FEW, False)])
def test_a_share_of_few_people_says_so(total: int, is_few: bool) -> None:
    assert Share(3, total).is_of_few is is_few


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0%"), (1.0, "100%"), (0.9999, "over 99.9%"), (0.9994, "99.9%"), (0.00001, "0.001%"), (0.5, "50.0%")],
)
def test_only_all_is_all_and_only_none_is_none(share: float, text: str) -> None:
    assert percent_of(share) == text


@pytest.mark.parametrize(
    ("change", "text"),
    [(0.012, "up 1.2 points"), (-0.01, "down 1.0 point"), (0.0004, "no change"), (-0.0004, "no change")],
)
def test_a_change_is_told_in_points(change: float, text: str) -> None:
    assert points(change) == text


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (0.614, "0.61"), (1.77, "1.8"), (9.94, "9.9"), (15.3, "15")])
def test_the_end_of_a_wide_range_is_rough(number: float, text: str) -> None:
    assert rough(number) == text


@pytest.mark.parametrize(("share", "text"), [(0.95, "95%"), (0.999, "99.9%"), (0.001, "0.1%"), (1.0, "100%")])
def test_a_target_is_told_as_it_was_set(share: float, text: str) -> None:
    assert goal(share) == text


def target(green: float, effective_from: str, replaced_on: str | None = None, level: str = "team") -> Target:
    return Target("mhsds", level, green, green - 0.05, effective_from, replaced_on)


@pytest.mark.parametrize(
    ("share", "rating"), [(0.95, "green"), (0.9499, "amber"), (0.90, "amber"), (0.8999, "red"), (None, None)]
)
def test_a_share_is_rated_at_the_very_edge(share: float | None, rating: str | None) -> None:
    assert Target("mhsds", "team", 0.95, 0.90, "2022-04-01", None).rating(share) == rating
    assert rating in RATING_WORDS


def test_a_later_target_changes_no_earlier_month() -> None:
    old, new = target(0.95, "2022-04-01", "2025-04-01"), target(0.98, "2025-04-01")
    both = [old, new, target(0.5, "2020-01-01", level="organisation")]
    assert target_in_force(both, "mhsds", "team", "2025-03-01") == old
    assert target_in_force(both, "mhsds", "team", "2025-04-01") == new
    assert target_in_force(both, "mhsds", "team", "2022-03-01") is None
    assert target_in_force(both, "mhsds", "division", "2025-04-01") is None
