"""Sums that are the same in any order of the rows."""

from __future__ import annotations

from fractions import Fraction

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.statistics_duckdb import stable_sum


@pytest.mark.parametrize(("decimals", "magnitude"), [(9, 5e6), (12, 5.0), (17, 1e-3)])
@settings(max_examples=60, deadline=None)
@given(numbers=st.lists(st.floats(-1, 1), min_size=1, max_size=40))
@example(numbers=[0.23973500520630497])
def test_a_sum_is_that_of_rounded_numbers_in_any_order(decimals: int, magnitude: float, numbers: list[float]) -> None:
    """Against fractions, on numbers of which a double holds all the decimals.

    A number next to half way between two last decimals may go either way, because its product with a power of ten is a
    double: one last decimal a number, and beside it the precision of the two doubles compared.
    """
    numbers = [magnitude * number for number in numbers]
    orders = (numbers, numbers[::-1], sorted(numbers), sorted(numbers, key=abs))
    sums = {stable_sum(order, decimals) for order in orders}
    assert len(sums) == 1
    exact = sum(Fraction(round(Fraction(number) * 10**decimals)) for number in numbers) / 10**decimals
    assert abs(Fraction(sums.pop()) - exact) <= Fraction(len(numbers), 10**decimals) + abs(exact) / 10**14


def test_a_sum_is_of_what_there_is() -> None:
    assert stable_sum([0.1, 0.2, None, 0.3], 9) == 0.6
    assert stable_sum([1e-17, 2e-17, None], 17) == 3e-17
    assert stable_sum([-0.5, 0.25], 17) == -0.25
    assert stable_sum([-1e-10] * 1000, 17) == -1e-7
    assert stable_sum([None], 9) is None
    assert stable_sum([None], 17) is None


@pytest.mark.parametrize(("decimals", "largest", "too_large"), [(9, 8.9e9, 9.3e9), (17, 9e14, 9.3e18)])
def test_a_number_that_cannot_be_added_is_an_error(decimals: int, largest: float, too_large: float) -> None:
    assert stable_sum([largest, largest], decimals) == 2 * largest
    with pytest.raises(duckdb.ConversionException):
        stable_sum([too_large], decimals)
