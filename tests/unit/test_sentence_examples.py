"""Whole sentences written out by hand, and the reason a row gives when it says nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orchestration.pages.figure import Figure, Measure
from tests.figures import figure, measure, said

EXAMPLES: dict[str, tuple[Measure, Figure, str]] = {
    "a rate of events, England 2023-24": (
        measure("rate"),
        replace(
            figure(measure("rate"), 239.02853563217232e-5, 69.46593403509651e-5),
            grouping="broad_nhs", group_code="black", numerator=5693, reference_numerator=31735,
            excess_count=4038.5, ratio_lower=3.349, ratio_upper=3.536, unknown_share=0.0867,
        ),
        "A clear difference, less favourable for Black or Black British people: their rate of detentions was 3.44 "
        "times that of White people (95% interval 3.35 to 3.54; 239.0 against 69.5 per 100,000 residents a year). That "
        "is about 4,038 more detentions among them than at the rate of White people. Ethnicity is unknown for 8.7% of "
        "detentions.",
    ),
    "White over BME, as WRES 2": (
        measure("likelihood"),
        replace(
            figure(measure("likelihood"), 150 / 1200, 600 / 3000, ratio_direction="reference_over_group"),
            excess_count=-90.0, ratio_lower=1.355, ratio_upper=1.889, wres_range="above", unknown_share=0.04,
            polarity="higher_is_better",
        ),
        "A clear difference, less favourable for people from minority ethnic backgrounds: White people were 1.60 times "
        "as likely to be appointed as they were (95% interval 1.35 to 1.89; 20.0% against 12.5% of shortlisted "
        "applicants; in WRES terms adverse to them). That is about 90 fewer people appointed among them than at the "
        "rate of White people. Ethnicity is unknown for 4.0% of shortlisted applicants.",
    ),
    "a share of the workforce": (
        measure("share"),
        replace(
            figure(measure("share"), 0.0701, 0.0160), grouping="broad_ons", group_code="mixed", polarity="neutral",
            excess_count=699.2, difference=0.0541, ratio=4.38, ratio_lower=4.11, ratio_upper=4.67,
            verdict="over_represented", unknown_share=0.075,
        ),
        "Clear over-representation of people from Mixed or Multiple ethnic groups: their share of members of staff was "
        "4.38 times their share of residents (95% interval 4.11 to 4.67; 7.0% against 1.6%). That is about 699 more "
        "members of staff among them, or 5.4 percentage points. Ethnicity is unknown for 7.5% of members of staff.",
    ),
    "a mean length": (
        measure("estimate"),
        replace(
            figure(measure("estimate"), 0.364, 0.3), group_code="bme", ratio_lower=0.98, ratio_upper=1.51,
            verdict="no_clear_difference", unknown_share=0.0,
        ),
        "No clear difference for people from minority ethnic backgrounds: their mean number of days under section 2 "
        "was 1.21 times that of White people (95% interval 0.98 to 1.51; 18.2 against 15.0). That is 3.2 more days "
        "under section 2 for them than for White people, which may be chance. Ethnicity is known for all periods under "
        "section 2.",
    ),
    "adjusted, and the strata disagree": (
        measure("likelihood", family="PCREF", event_noun="person restrained|people restrained",
                event_verb="to be restrained", population_noun="inpatient|inpatients"),
        replace(
            figure(measure("likelihood"), 0.2375, 0.1522), adjustment="mh_ward", ratio=1.0, ratio_lower=0.591,
            ratio_upper=1.693, excess_count=0.0, method="clustered|mantel_haenszel|heterogeneous",
            verdict="no_clear_difference",
        ),
        "No clear difference for people from minority ethnic backgrounds: adjusted for ward and quarter, they were "
        "1.00 times as likely to be restrained as White people (95% interval 0.59 to 1.69; the strata disagree: read "
        "each by itself). That is about as many people restrained among them as at the rate of White people, which "
        "may be chance. Ethnicity is unknown for 5.0% of inpatients.",
    ),
    "more than 10% unknown": (
        measure("rate"),
        replace(
            figure(measure("rate"), 0.00102, 0.00085), verdict="undetermined_missing_ethnicity", excess_count=1.2,
            ratio_lower=1.01, ratio_upper=1.44, unknown_share=0.142, plausible_lower=0.88, plausible_upper=1.71,
            fit_for_use="with_bounds",
        ),
        "No conclusion for people from minority ethnic backgrounds, as missing ethnicity could turn the answer: "
        "their rate of detentions was 1.20 times that of White people (95% interval 1.01 to 1.44; 102.0 against 85.0 "
        "per 100,000 residents a year). That is about 1 more detention among them than at the rate of White people. "
        "Ethnicity is unknown for 14.2% of detentions; allowing for that, plausibly between 0.88 and 1.71 times.",
    ),
    "more than 20% unknown, bounds without an upper end": (
        measure("rate"),
        replace(
            figure(measure("rate"), 0.0024, 0.0007), unknown_share=0.263, plausible_lower=None, plausible_upper=None,
            bound_lower=1.84, bound_upper=None, fit_for_use="bounds_only",
        ),
        "A clear difference, less favourable for people from minority ethnic backgrounds: their rate of detentions was "
        "at least 1.84 times that of White people, whoever the people of unknown ethnicity are. Ethnicity is unknown "
        "for 26.3% of detentions, too many for a single figure.",
    ),
    "too few": (
        measure("rate"),
        replace(
            figure(measure("rate"), 0.001, 0.001), grouping="ethnic_16", group_code="D", reference_group_code="A",
            numerator=1, reference_numerator=1234, verdict="too_few_to_say", fit_for_use="too_few",
        ),
        "Too few people to say anything about people of mixed White and Black Caribbean background: 1 detention among "
        "them and 1,234 detentions among White British people. Ethnicity is unknown for 5.0% of detentions.",
    ),
    "guarded": (
        measure("share"),
        replace(
            figure(measure("share"), 0.1, 0.1), grouping="ethnic_19", group_code="U", value=None, ratio=None,
            method="not_in_code_set", verdict=None, fit_for_use="not_defined",
        ),
        "Nothing can be said about Roma people: the source has no code for them.",
    ),
    "nobody of the reference": (
        measure("rate"),
        replace(
            figure(measure("rate"), 0.1, 0.1), grouping="broad_nhs", group_code="asian", reference_numerator=0,
            reference_value=0.0, ratio=None, method="byar_exact|zero_reference", verdict="too_few_to_say",
        ),
        "Nothing can be compared for Asian or Asian British people: no detentions among White people.",
    ),
    "nobody of the reference, which stands on top": (
        measure("likelihood"),
        replace(
            figure(measure("likelihood"), 0.1, 0.1, ratio_direction="reference_over_group"), numerator=7,
            reference_numerator=0, reference_value=0.0, ratio=0.0, ratio_lower=None, ratio_upper=None,
            method="wilson|newcombe|zero_reference", verdict="too_few_to_say", fit_for_use="too_few",
        ),
        "Too few people to say anything about people from minority ethnic backgrounds: 7 people appointed among them "
        "and no people appointed among White people. Ethnicity is unknown for 5.0% of shortlisted applicants.",
    ),
    "no verdict yet, nobody of the group, 12 expected": (
        measure("rate"),
        replace(
            figure(measure("rate"), 0.1, 0.1), grouping="ethnic_16", group_code="R", reference_group_code="A",
            numerator=0, value=0.0, ratio=0.0, ratio_lower=None, ratio_upper=None, excess_count=-12.4,
            reference_numerator=895, method="byar_exact|mover|zero_numerator", verdict=None, fit_for_use=None,
        ),
        "No verdict was given for Chinese people: no detentions among them and 895 detentions among White British "
        "people. That is about 12 fewer detentions among them than at the rate of White British people. Ethnicity is "
        "unknown for 5.0% of detentions.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_word_for_word(name: str) -> None:
    what, row, expected = EXAMPLES[name]
    assert said(what, row) == expected


REASONS = [
    ("rate", {"method": "no_denominator", "value": None, "ratio": None},
     "Nothing can be said about Arab people: there are no residents among them to count over."),
    ("share", {"method": "zero_reference", "ratio": None},
     "Nothing can be compared for Arab people: none of them are among residents."),
    ("share", {"method": "no_denominator", "value": None, "ratio": None},
     "Nothing can be said about Arab people: there are no members of staff to count over."),
    ("rate", {"method": "too_few_events", "ratio": None, "adjustment": "dsr"},
     "No figure directly standardised for age and sex can be given for Arab people: fewer than 10 detentions."),
    ("rate", {"method": "direct|empty_stratum", "ratio": None, "adjustment": "dsr"},
     "No figure directly standardised for age and sex can be given for Arab people: at some ages there are no "
     "residents among them or White British people."),
    ("rate", {"method": "", "ratio": None, "adjustment": "mh_authority"},
     "No figure adjusted for the authority where people live can be given for Arab people."),
    ("estimate", {"method": None, "ratio": None}, "No figure can be given for Arab people."),
    ("rate", {"fit_for_use": "not_defined"}, "No figure can be given for Arab people."),
    ("rate", {"fit_for_use": "bounds_only", "bound_lower": None, "bound_upper": None, "plausible_lower": None,
              "plausible_upper": None, "unknown_share": None},
     "No figure can be given for Arab people. Too much ethnicity is unknown for a single figure."),
    ("rate", {"method": "no_residents", "value": None, "ratio": None, "fit_for_use": "not_defined", "verdict": None,
              "unknown_share": None, "numerator": 0},
     "Not defined here for Arab people: the unit serves no area, so it has no residents to count detentions over."),
    ("rate", {"method": "no_residents|reference_group", "group_code": "A", "value": None, "ratio": None},
     "Not defined here for White British people: the unit serves no area, so it has no residents to count detentions "
     "over."),
    ("rate", {"method": "wilson|reference_group", "group_code": "A", "ratio": None},
     "White British people are whom the other groups are compared with."),
    ("rate", {"method": "unknown_group", "group_code": "missing", "ratio": None},
     "No comparison is made for records without a usable ethnicity."),
    ("rate", {"verdict": "too_few_to_say", "numerator": None, "unknown_share": None},
     "Too few people to say anything about Arab people."),
    ("estimate", {"verdict": "too_few_to_say", "unknown_share": None},
     "Too few people to say anything about Arab people."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "changes", "expected"), REASONS)
def test_a_row_that_says_nothing_says_why(kind: str, changes: dict[str, Any], expected: str) -> None:
    reference = "residents" if kind == "share" else "A"
    row = figure(measure(kind), 0.2, 0.1, grouping="ethnic_19", group_code="V", reference_group_code=reference)
    assert said(measure(kind), replace(row, **changes)) == expected
