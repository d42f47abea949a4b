"""What asking gains: the range by the macro against the exact bounds, and how many must answer."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.statistics_duckdb import value_of

NULL = "cast(null as double)"


class Residents(NamedTuple):
    """Events and people of a group and of its reference, events of the other known groups and the unknown ones."""

    group: float
    people: float
    reference: float
    reference_people: float
    unknown: float
    others: float = 0.0

    @property
    def known(self) -> float:
        """Events of every known group."""
        return self.group + self.reference + self.others

    @property
    def ratio(self) -> float:
        """Ratio of the two rates."""
        return self._over(self.group, self.reference)

    def exact(self, share: float) -> tuple[float, float]:
        """The bounds once this share of the unknown is known and split as the known are."""
        found = share * self.unknown
        group, reference = (events * (1 + found / self.known) for events in (self.group, self.reference))
        left = self.unknown - found
        return self._over(group, reference + left), self._over(group + left, reference)

    def by_macro(self, share: float) -> tuple[float, float]:
        """The bounds as the plan expects them."""
        lower, upper = (
            value_of("bound_after_asking", self.ratio, bound, share * self.unknown, self.unknown)
            for bound in self.exact(0)
        )
        assert lower is not None
        assert upper is not None
        return lower, upper

    def _over(self, group: float, reference: float) -> float:
        return (group / self.people) / (reference / self.reference_people)


BOARD = Residents(30.0, 26_200.0, 895.0, 1_667_000.0, 185.0)
"""Detentions of one board's residents, Black and White people; their numbers are implied by the published rates."""
EVENTS = st.floats(1, 5_000)
PEOPLE = st.floats(100, 10**7)
RESIDENTS = st.builds(Residents, EVENTS, PEOPLE, EVENTS, PEOPLE, EVENTS, st.floats(0, 5_000))


def test_the_published_range_of_the_board_comes_in_to_its_ratio() -> None:
    """2.13, from 1.77 to 15.3 with 185 unknown: nothing gained when nobody is asked, everything when all are."""
    assert BOARD.by_macro(0) == (pytest.approx(1.77, abs=5e-3), pytest.approx(15.3, abs=5e-2))
    assert BOARD.by_macro(1) == (pytest.approx(2.13, abs=5e-3), pytest.approx(2.13, abs=5e-3))
    assert BOARD.by_macro(0.5) == (pytest.approx(1.950, abs=5e-4), pytest.approx(8.71, abs=5e-3))
    assert BOARD.exact(0.5) == (pytest.approx(1.950, abs=5e-4), pytest.approx(8.11, abs=5e-3))


@pytest.mark.parametrize("share", [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0])
def test_the_error_is_the_one_the_macro_names(share: float) -> None:
    assert_error(BOARD, share)


@given(RESIDENTS, st.floats(0, 1))
def test_the_error_is_the_one_the_macro_names_for_any_residents(residents: Residents, share: float) -> None:
    assert_error(residents, share)


def assert_error(of: Residents, share: float) -> None:
    """The distance of both bounds from the ratio: by macro over exactly, as the macro's description has it."""
    (lower, upper), (exact_lower, exact_upper) = of.by_macro(share), of.exact(share)
    wider = 1 + share * of.unknown / of.known
    narrower = 1 - share * of.unknown * (of.known - of.reference) / (of.known * (of.reference + of.unknown))
    tolerance = 1e-9 * (upper + of.ratio)
    assert upper - of.ratio == pytest.approx(wider * (exact_upper - of.ratio), rel=1e-6, abs=tolerance)
    assert of.ratio - lower == pytest.approx(narrower * (of.ratio - exact_lower), rel=1e-6, abs=tolerance)
    assert narrower >= 1 - of.unknown / (of.reference + of.unknown)


def test_a_range_narrows_by_the_share_of_its_unknown_events() -> None:
    assert value_of("narrowing_share", *BOARD.exact(0), *BOARD.by_macro(0.25)) == pytest.approx(0.25, abs=1e-12)
    assert value_of("narrowing_share", 2.0, 2.0, 2.0, 2.0) is None, "a range without width"


@pytest.mark.parametrize(
    "arguments", [(NULL, 3.0, 1.0, 2.0), (2.0, NULL, 1.0, 2.0), (2.0, 3.0, NULL, 2.0), (2.0, 3.0, 1.0, 0.0)]
)
def test_what_is_not_known_has_no_bound(arguments: tuple[object, ...]) -> None:
    assert value_of("bound_after_asking", *arguments) is None


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
