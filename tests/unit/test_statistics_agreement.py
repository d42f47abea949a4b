"""Agreement of two readings of the same people: against statsmodels, and by its laws."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from tests.statistics_duckdb import aggregate_of

TABLE = st.integers(1, 6).flatmap(
    lambda size: st.lists(st.lists(st.integers(0, 40), min_size=size, max_size=size), min_size=size, max_size=size)
)


def kappa(table: np.ndarray) -> float | None:
    """The macro over the margins of a table of counts."""
    return aggregate_of(
        "stat_kappa", {"agree": np.diag(table), "here": table.sum(axis=1), "there": table.sum(axis=0)}
    )


@settings(max_examples=200, deadline=None)
@given(TABLE)
def test_kappa_is_statsmodels_and_undefined_where_chance_alone_agrees(rows: list[list[int]]) -> None:
    table = np.array(rows)
    people = table.sum()
    if people * people == table.sum(axis=1) @ table.sum(axis=0):
        assert kappa(table) is None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # its standard errors, which are not asked for
        expected = cohens_kappa(table).kappa
    assert kappa(table) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(TABLE)
def test_kappa_is_the_same_from_either_side_and_at_most_1(rows: list[list[int]]) -> None:
    table = np.array(rows)
    found = kappa(table)
    assert found == kappa(table.T)
    if found is not None:
        assert found <= 1
        assert (found == 1) == (np.trace(table) == table.sum())
