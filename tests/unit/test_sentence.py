"""The grammar of the sentence: written by the code, read back by a reader who knows only English."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.pages import formats
from orchestration.pages.figure import Figure
from orchestration.pages.sentence import VERDICTS, sentence
from tests import sentences as reader
from tests.figures import WORDS, figure, measure, said, seed

TYPES = ("share", "rate", "likelihood", "estimate")
DIRECTIONS = ("group_over_reference", "reference_over_group")
POLARITIES = ("lower_is_better", "higher_is_better", "neutral")
UNKNOWN = (None, 0.0, 0.05, 0.15, 0.3)
SIDES = ((0.3, 0.1), (0.1, 0.3), (0.2, 0.2))
"""Value of the group and of the reference."""
OPENING = {
    "less_favourable": "A clear difference, less favourable for ",
    "more_favourable": "A clear difference, more favourable for ",
    "similar": "About the same for ",
    "no_clear_difference": "No clear difference for ",
    "too_few_to_say": "Too few people to say anything about ",
    "undetermined_missing_ethnicity": "No conclusion for ",
    "over_represented": "Clear over-representation of ",
    "under_represented": "Clear under-representation of ",
    None: "No verdict was given for ",
}


GRAMMAR = list(product(TYPES, DIRECTIONS, POLARITIES, (*VERDICTS, None), SIDES, UNKNOWN))


@pytest.mark.parametrize("kind", TYPES)
def test_no_ratio_can_be_read_the_wrong_way_round(kind: str) -> None:
    """Every direction, polarity, verdict, side and amount of unknown: what is read back is what the row says."""
    what = measure(kind)
    count = 0
    for _, direction, polarity, verdict, (own, other), unknown in (row for row in GRAMMAR if row[0] == kind):
        row = figure(
            what, own, other, ratio_direction=direction, polarity=polarity, verdict=verdict, unknown_share=unknown
        )
        text = said(what, row)
        assert text.startswith(f"{OPENING[verdict]}people from minority ethnic backgrounds"), text
        assert sum(opening in text for opening in OPENING.values()) == 1
        assert reader.unknown(text) == (None if unknown is None else pytest.approx(100 * unknown))
        found = reader.claims(text)
        if verdict == "too_few_to_say":
            assert not found
            assert "times" not in text
            continue
        assert len(found) == 1, text
        claim = found[0]
        assert claim.is_group_above == (direction == "group_over_reference"), text
        truth = own / other if claim.is_group_above else other / own
        assert claim.lower is not None
        assert claim.upper is not None
        if (unknown or 0) > 0.2:
            assert claim.lower == pytest.approx(0.7 * truth, abs=0.0051)
            assert claim.upper == pytest.approx(1.6 * truth, abs=0.0051)
            assert reader.interval(text) is reader.surplus(text) is reader.pair(text) is None, "no point estimate"
            continue
        assert claim.lower == claim.upper == pytest.approx(truth, abs=0.0051)
        assert reader.interval(text) == pytest.approx((0.8 * truth, 1.3 * truth), abs=0.0051)
        values = reader.pair(text)
        assert values
        assert values[0] / values[1] == pytest.approx(truth, rel=0.02), "the upper side's value comes first"
        size = reader.surplus(text)
        if own == other:
            assert not size
        else:
            assert size
            assert (size > 0) == (own > other)
        is_undetermined = verdict == "undetermined_missing_ethnicity"
        assert ("plausibly" in text) == (unknown == 0.15 or (unknown == 0.05 and is_undetermined))
        assert ("may be chance" in text) == (verdict == "no_clear_difference" and size is not None)
        count += 1
    assert count > 300


@given(
    kind=st.sampled_from(("rate", "likelihood")), direction=st.sampled_from(DIRECTIONS),
    events=st.integers(1, 5000), other_events=st.integers(1, 5000),
    people=st.integers(5000, 10**6), other_people=st.integers(5000, 10**6),
)  # fmt: skip
def test_any_counts_come_back(  # noqa: PLR0917
    kind: str, direction: str, events: int, other_events: int, people: int, other_people: int
) -> None:
    what = measure(kind)
    own, other = events / people, other_events / other_people
    excess = events - people * other
    row = replace(
        figure(what, own, other, ratio_direction=direction), numerator=events, reference_numerator=other_events,
        excess_count=excess,
    )  # fmt: skip
    text = said(what, row)
    (claim,) = reader.claims(text)
    truth = own / other if claim.is_group_above else other / own
    assert claim.is_group_above == (direction == "group_over_reference")
    assert claim.lower == pytest.approx(truth, abs=0.0051, rel=0.5 if truth < 0.005 else 1e-9)
    size = reader.surplus(text)
    assert size == round(excess)


OPTIONAL = {
    field.name: st.none() | st.floats(0, 1e6) for field in fields(Figure) if str(field.type).startswith("float")
} | {"unknown_share": st.none() | st.floats(0, 1)}
METHODS = [row["value"] for row in seed("ref_enum") if row["column_name"] == "method"]
FITS = [row["value"] for row in seed("ref_enum") if row["column_name"] == "fit_for_use"]


@settings(max_examples=500, deadline=None)
@given(
    kind=st.sampled_from(TYPES), group=st.sampled_from(sorted(WORDS.groups)), numbers=st.fixed_dictionaries(OPTIONAL),
    verdict=st.sampled_from((*VERDICTS, None)), fit=st.sampled_from((*FITS, None)),
    direction=st.sampled_from(DIRECTIONS), polarity=st.sampled_from(POLARITIES),
    wres=st.sampled_from(("below", "within", "above", None)), methods=st.sets(st.sampled_from(METHODS), max_size=3),
    adjustment=st.sampled_from(("crude", *WORDS.adjustments)), rule=st.sampled_from(("own", "national")),
)  # fmt: skip
def test_whatever_a_row_lacks_it_is_a_sentence(  # noqa: PLR0917
    kind: str, group: tuple[str, str], numbers: dict[str, Any], verdict: str, fit: str, direction: str, polarity: str,
    wres: str, methods: set[str], adjustment: str, rule: str,
) -> None:  # fmt: skip
    what = measure(kind)
    reference = {"ethnic_16": "A", "ethnic_19": "A"}.get(group[0], "white")
    row = replace(
        figure(what, 0.2, 0.1), **numbers, grouping=group[0], group_code=group[1], verdict=verdict, fit_for_use=fit,
        reference_group_code="residents" if kind == "share" else reference, ratio_direction=direction,
        polarity=polarity, wres_range=wres, method="|".join(sorted(methods)), adjustment=adjustment,
        denominator_rule=rule,
    )  # fmt: skip
    text = said(what, row)
    if (row.unknown_share or 0) > 0.2 or fit == "bounds_only":
        assert "95% interval" not in text
        assert reader.surplus(text) is None


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("polarity", POLARITIES)
@pytest.mark.parametrize("wres", ["below", "within", "above", None])
def test_adverse_is_the_word_of_the_wres(kind: str, direction: str, polarity: str, wres: str | None) -> None:
    """The word follows the range alone: not the verdict, not the ratio."""
    for verdict in (*VERDICTS, None):
        what = measure(kind, family="WRES")
        row = figure(what, 0.2, 0.19, ratio_direction=direction, polarity=polarity, wres_range=wres, verdict=verdict)
        text = said(what, row)
        if wres is None or polarity == "neutral" or verdict == "too_few_to_say":
            assert "adverse" not in text
        elif wres == "within":
            assert "in WRES terms not adverse" in text
        else:
            is_group_higher = (wres == "above") == (direction == "group_over_reference")
            is_group_worse = is_group_higher == (polarity == "lower_is_better")
            reference = "residents" if kind == "share" else "White people"
            assert f"in WRES terms adverse to {'them' if is_group_worse else reference}" in text
        assert "adverse" not in said(replace(what, family="PCREF"), row)
        assert "adverse" not in said(what, replace(row, unknown_share=0.3)), "the range belongs to the point estimate"


@pytest.mark.parametrize("kind", TYPES)
def test_usual_sentences_are_short(kind: str) -> None:
    what = measure(kind)
    for direction, verdict in product(DIRECTIONS, VERDICTS):
        row = figure(what, 0.3, 0.1, ratio_direction=direction, verdict=verdict)
        longest = 75 if verdict == "undetermined_missing_ethnicity" else 62
        assert len(said(what, row).split()) <= longest, said(what, row)


@pytest.mark.parametrize("kind", ["rate", "estimate", "share"])
def test_likely_is_said_of_people_who_could_have_had_it_only(kind: str) -> None:
    for direction in DIRECTIONS:
        assert "likely" not in said(measure(kind), figure(measure(kind), 0.3, 0.1, ratio_direction=direction))


def test_what_a_figure_rests_on_stands_before_it() -> None:
    what = measure("rate")
    row = figure(what, 0.2, 0.1, adjustment="dsr", denominator_rule="national", fit_for_use="modelled")
    assert (
        "directly standardised for age and sex, as nationally published, on fitted ages, for orientation only, "
        "their rate of detentions was 2.00 times"
    ) in said(what, row)
    ages = {"method": "wilson|modelled_ages", "verdict": "less_favourable"}
    assert "fitted ages" in said(what, figure(what, 0.2, 0.1, fit_for_use=None, **ages))
    assert "fitted ages" not in said(what, figure(what, 0.2, 0.1, fit_for_use="usable", **ages)), "it is corroborated"


def test_an_expected_value_is_not_printed_as_that_of_the_reference() -> None:
    what = measure("rate")
    for adjustment, method in (("mh_authority", "mantel_haenszel|clustered"), ("isr", "indirect|mover")):
        assert reader.pair(said(what, figure(what, 0.2, 0.1, adjustment=adjustment, method=method))) is None
    assert reader.pair(said(what, figure(what, 0.2, 0.1, adjustment="dsr", method="direct"))) == (20_000.0, 10_000.0)


def test_a_count_against_the_direction_of_the_figure_is_left_out() -> None:
    """Weighted to a standard population a rate may be higher, and events fewer than at the reference's rates."""
    what = measure("rate")
    row = figure(what, 0.2, 0.1, adjustment="dsr", method="direct", excess_count=-3.0)
    assert "3 fewer" not in said(what, row)
    assert "3 more detentions among them" in said(what, replace(row, excess_count=3.0))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("rate", "That is 10,000.0 more detentions per 100,000 residents a year for them than for White people."),
     ("likelihood", "That is 10.0 percentage points more for them than for White people."),
     ("share", "That is 10.0 percentage points more for them than among residents.")],
)  # fmt: skip
def test_without_a_count_the_difference_tells_the_size(kind: str, expected: str) -> None:
    assert expected in said(measure(kind), figure(measure(kind), 0.2, 0.1, excess_count=None))


def test_a_row_without_limits_says_so() -> None:
    assert "(no interval can be given;" in said(measure("rate"), figure(measure("rate"), 0.2, 0.1, ratio_lower=None))


def test_what_has_no_words_is_refused() -> None:
    what = measure("rate")
    with pytest.raises(ValueError, match="'worse' has no words"):
        sentence(figure(what, 0.2, 0.1, verdict="worse"), what, WORDS)
    with pytest.raises(ValueError, match="no wording for 'Q'"):
        sentence(figure(what, 0.2, 0.1, group_code="Q"), what, WORDS)
    with pytest.raises(ValueError, match="no name for 'guess'"):
        sentence(figure(what, 0.2, 0.1, adjustment="guess"), what, WORDS)
    with pytest.raises(ValueError, match="needs an event_verb"):
        measure("likelihood", event_verb=None)
    with pytest.raises(ValueError, match=r"singular\|plural, found 'people'"):
        measure("rate", population_noun="people")


def test_a_figure_comes_out_of_a_row_and_undefined_is_none() -> None:
    plain = {field.name: getattr(figure(measure("rate"), 0.2, 0.1), field.name) for field in fields(Figure)}
    row = Figure.of({**plain, "bound_upper": math.inf, "excess_count": math.nan, "period_label": "2024-25"})
    assert row.bound_upper is None
    assert row.excess_count is None
    assert row.ratio == 2.0
    with pytest.raises(KeyError):
        Figure.of({"grouping": "white_bme"})


@pytest.mark.parametrize(
    ("written", "expected"),
    [(formats.decimal(1234.56, 1), "1,234.6"), (formats.decimal(0, 1), "0.0"), (formats.decimal(0.004, 1), "0.004"),
     (formats.decimal(0.00000031, 2), "0.0000003"), (formats.percent(0.1234), "12.3%"),
     (formats.percent(1), "100.0%"),
     (formats.percent(0.0002), "0.02%"), (formats.ratio(1.004), "1.00"),
     (formats.counted(0.4, "day", "days"), "no days"),
     (formats.counted(1.2, "day", "days"), "1 day"), (formats.counted(12345, "day", "days"), "12,345 days")],
)  # fmt: skip
def test_numbers_are_written_for_reading(written: str, expected: str) -> None:
    assert written == expected
