"""What asking gains: by how much a range narrows, and how many must answer."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.statistics_duckdb import value_of

NULL = "cast(null as double)"


def test_a_range_narrows_by_its_part_that_is_gone() -> None:
    """The published board's, 1.77 to 15.3, once 37 of its 185 unknown events are known: from 1.84 to 12.25."""
    assert value_of("narrowing_share", 1.767388, 15.284436, 1.840128, 12.249432) == pytest.approx(0.2299, abs=5e-5)
    assert value_of("narrowing_share", 1.0, 3.0, 1.0, 3.0) == 0
    assert value_of("narrowing_share", 1.0, 3.0, 2.0, 2.0) == 1


@pytest.mark.parametrize(
    "arguments", [(2.0, 2.0, 2.0, 2.0), (NULL, 3.0, NULL, 2.0), (2.0, NULL, 2.0, NULL), (2.0, 3.0, 2.0, NULL)]
)
def test_a_range_without_width_or_end_narrows_by_nothing_one_could_say(arguments: tuple[object, ...]) -> None:
    assert value_of("narrowing_share", *arguments) is None


@pytest.mark.parametrize(("share", "told"), [(0.00049, 0), (0.00051, 0.001), (0.0404, 0.04), (0.0396, 0.04)])
def test_what_nobody_can_see_decides_no_order(share: float, told: float) -> None:
    assert value_of("narrowing_told", share) == told


@pytest.mark.parametrize(
    ("target", "people", "known", "needed"),
    [(0.95, 20, 19, 0), (0.95, 20, 18, 1), (0.95, 21, 18, 2), (0.55, 100, 0, 55), (0.95, 1, 0, 1), (0.9, 10, 10, 0)],
)
def test_how_many_must_answer(target: float, people: int, known: int, needed: int) -> None:
    """0.95 of 20 is 19 and 0.55 of 100 is 55, though 0.55 x 100 is more than that in binary; 0.95 of 21 is 20."""
    assert value_of("people_to_reach", target, people, known) == needed


@given(st.integers(0, 10_000), st.integers(0, 99_999))
def test_how_many_must_answer_is_what_decimals_say(ten_thousandths: int, people: int) -> None:
    exactly = (Decimal(ten_thousandths) / 10_000 * people).to_integral_value(ROUND_CEILING)
    assert value_of("people_to_reach", ten_thousandths / 10_000, people, 0) == exactly


def test_without_a_target_nobody_knows_how_many() -> None:
    assert value_of("people_to_reach", NULL, 20, 3) is None
