"""Every figure that is worked out for the pages stands on one: a list or a table that falls off its page is noticed.

Each is told by numbers that stand nowhere else, so that none is found in the place of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest

from orchestration.pages.quality.facts import Facts, month_name
from orchestration.pages.quality.site import render
from orchestration.pages.quality.tables import Row
from tests.quality_tables import ORGANISATION, SOURCES
from tests.unit.pages import changed, said

TIMES = {
    "first_contact_count": 217, "by_first_contact_count": 103, "by_first_contact_share": 103 / 217,
    "within_28_days_count": 53, "later_count": 37, "not_yet_count": 24, "confirmed_count": 613,
    "median_months_since_confirmed": 17.0,
}
TIMES_SAID = (
    "First contacts in September 2025 217 known by the first contact 103 (47.5%) within 28 days of it 53 "
    "later than that 37 not yet 24 Months since an answer was last confirmed 17, the median of 613 people"
)


def marked(rows: Iterable[Row], where: dict[str, Any], **cells: Any) -> list[Row]:
    """The rows, with other cells in those that hold what is asked for: at least one."""
    found = [{**row, **cells} if where.items() <= row.items() else row for row in rows]
    assert found != list(rows)
    return found


def page(facts: Facts, path: str, **rows: Any) -> str:
    """The words of a page that has other rows."""
    return said(dict(render(changed(facts, **rows)))[path])


@pytest.mark.parametrize("source", ["patient_ethnicity", "mhsds", "staff_record"])
def test_conflicts_downgraded_and_withdrawn_answers_stand_on_the_page_of_their_source(
    facts: Facts, source: str
) -> None:
    rows = marked(
        facts.tables.of("quality.ethnicity_consistency"), {"source": source, "unit_code": ORGANISATION},
        person_count=1_013, comparable_count=419, two_record_count=409, conflict_count=31, conflict_share=31 / 419,
        downgraded_count=13, withdrawn_count=7,
    )
    told = (
        "People whose records could differ 419 of 1,013 of them with different groups 31 (7.4%) "
        "of them recorded more than once 409 "
        "Valid in the patient record, sent as not stated 13 Withdrew an earlier answer 7"
    )
    pages = dict(render(changed(facts, ethnicity_consistency=rows)))
    assert [each for each in SOURCES if told in said(pages[f"source/{each}.html"])] == [source]


@pytest.mark.parametrize("source", ["patient_ethnicity", "mhsds", "staff_record"])
def test_use_of_unspecific_groups_stands_beside_that_of_residents(facts: Facts, source: str) -> None:
    rows = marked(
        facts.tables.of("quality.ethnicity_category_use"), {"source": source, "unit_code": ORGANISATION},
        any_other_count=181, any_other_share=0.201, resident_any_other_share=0.102, any_other_ratio=1.97,
        other_group_count=43, other_group_share=0.048, resident_other_group_share=0.021, other_group_ratio=2.29,
        mixed_count=11, mixed_share=0.012, resident_mixed_share=0.034, mixed_ratio=0.35, detail_lost_count=23,
    )
    text = page(facts, f"source/{source}.html", ethnicity_category_use=rows)
    for line in (
        "All groups that begin with any other 181 20.1% 10.2% 1.97",
        "Any other ethnic group, by itself 43 4.8% 2.1% 2.29",
        "Mixed groups 11 1.2% 3.4% 0.35", "23 records lost detail",
    ):
        assert line in text


@pytest.mark.parametrize(("path", "unit"), [("source/patient_ethnicity.html", ORGANISATION), ("unit/T1.html", "T1")])
def test_when_people_are_asked_stands_at_the_trust_and_at_each_unit(facts: Facts, path: str, unit: str) -> None:
    rows = marked(facts.tables.of("quality.ethnicity_timeliness"), {"unit_code": unit}, **TIMES)
    pages = dict(render(changed(facts, ethnicity_timeliness=rows)))
    assert [each for each, text in pages.items() if TIMES_SAID in said(text)] == [path]


def test_a_source_without_days_of_answers_says_nothing_of_when_people_are_asked(site: dict[str, str]) -> None:
    pages = {source for source in SOURCES if "When people are asked" in site[f"source/{source}.html"]}
    assert pages == {"patient_ethnicity"}


def test_when_people_are_asked_says_so_where_it_is_not_built(facts: Facts) -> None:
    told = "When people were asked is not built for this {} in this run."
    assert told.format("source") in page(facts, "source/patient_ethnicity.html", ethnicity_timeliness=[])
    assert told.format("unit") in page(facts, "unit/T1.html", ethnicity_timeliness=[])


def test_a_pair_of_systems_has_its_agreement_kappa_and_white_default(facts: Facts) -> None:
    rows = marked(
        facts.tables.of("quality.ethnicity_agreement"), {"compared_system": "mhsds"}, person_count=811,
        agreement_share=0.917, agreement_lower=0.896, agreement_upper=0.934, kappa=0.83,
        white_british_here_count=29, not_white_british_elsewhere_count=207, white_default_share=0.14,
        white_default_lower=0.099, white_default_upper=0.194,
    )
    text = page(facts, "agreement.html", ethnicity_agreement=rows)
    assert "National return patients 811 91.7% 89.6% to 93.4% 0.83 29 of 207: 14.0% 9.9% to 19.4%" in text


def test_the_matrix_says_how_many_are_held_under_what(facts: Facts) -> None:
    """Held as Irish (B) here and Caribbean (M) there: 1,709; the other way round nobody."""
    found = facts.tables.of("quality.ethnicity_agreement_matrix")
    pair = {"ethnicity_code": "B", "compared_code": "M"}
    rest = [row for row in found if {row["ethnicity_code"], row["compared_code"]} != {"B", "M"}]
    rows = [*rest, {**found[0], **pair, "person_count": 1_709}]
    text = page(facts, "agreement.html", ethnicity_agreement_matrix=rows)
    codes = list(facts.ethnicities)
    lines = {code: re.search(rf"{code} {re.escape(facts.ethnicities[code])} ((?:[\d,]+ )+)", text) for code in "BM"}
    cells = {code: line.group(1).split() for code, line in lines.items() if line}
    assert (cells["B"][codes.index("M")], cells["M"][codes.index("B")]) == ("1,709", "0")
    same = next(row["person_count"] for row in rest if row["ethnicity_code"] == row["compared_code"] == "M")
    assert cells["M"][codes.index("M")] == str(same)


@pytest.mark.parametrize(("area", "name"), [("all", "the whole catchment"), ("A1", "Northtown"), ("A2", "Southshire")])
def test_census_fit_is_told_of_the_catchment_and_of_every_authority(facts: Facts, area: str, name: str) -> None:
    rows = marked(
        facts.tables.of("quality.ethnicity_census_fit"), {"source": "mhsds", "area_code": area, "ethnicity_code": "M"},
        recorded_count=337, recorded_share=0.107, resident_count=4_021, resident_share=0.043, fit_ratio=2.49,
        fit_ratio_lower=2.24, fit_ratio_upper=2.76,
    )
    text = page(facts, "census-fit.html", ethnicity_census_fit=rows)
    table = text[text.index(f"National return, {name}: ") :]
    line = "Caribbean 337 10.7% 4,021 4.3% 2.49 2.24 to 2.76 more than residents"
    assert line in table
    assert ": scale from" not in table[table.index(": scale from") + 1 : table.index(line)], "in a later table"


@pytest.mark.parametrize("unit", [ORGANISATION, "T1"])
def test_how_many_records_of_force_hold_every_item_is_told(facts: Facts, unit: str) -> None:
    rows = marked(
        facts.tables.of("quality.use_of_force_record"), {"unit_code": unit, "item_code": "all_items"},
        record_count=43, complete_count=29,
    )
    pages = dict(render(changed(facts, use_of_force_record=rows)))
    if unit == ORGANISATION:
        assert "67.4% of 43 records hold every item" in said(pages["use-of-force.html"])
    else:
        assert "Ash Ward Team or ward September 2025 29 43 67.4% 52.5% to 79.5%" in said(pages["use-of-force.html"])
        assert "67.4% 52.5% to 79.5% of 43 records in September 2025 held everything" in said(pages["unit/T1.html"])


@pytest.mark.parametrize("source", SOURCES)
def test_the_last_months_of_each_source_are_a_line_on_the_first_page(
    facts: Facts, site: dict[str, str], source: str
) -> None:
    series = facts.series[source, "organisation", ORGANISATION]
    first, last = series.months[-18], series.latest
    told = (
        f"Known and stated by month: {first.share.text} in {month_name(first.month)}, "
        f"{last.share.text} in {month_name(last.month)}"
    )
    line = rf'<svg class="spark"[^>]*aria-label="{told}".*?<path class="series"[^>]*d="([^"]*)"'
    drawn = re.findall(line, site["index.html"])
    assert [len(re.findall("[ML]", path)) for path in drawn] == [18]


def test_what_the_rule_of_one_ethnicity_did_not_take_is_told_beside_the_rules_that_could(
    facts: Facts, site: dict[str, str]
) -> None:
    """The code that says the same is left out, and the two groups that one reason has are added up."""
    text = said(site["agreement.html"])
    assert "Why it is not taken Another rule could take it Of patients Of staff " in text
    for line in (
        "A better source or method holds a code One that does not ask who gave a code, and where 1,161 0 ",
        "Another code of the same rank was recorded later One that takes the most frequent code 0 17 ",
        "The person has since declined to say One that keeps the code of somebody who has declined since 23 5 ",
    ):
        assert line in text
    assert "Another record of the same code" not in text
    assert "Nothing was recorded that our rule does not take" in page(facts, "agreement.html", ethnicity_preference=[])


@pytest.mark.parametrize(("results", "note"), [(200, ""), (201, "The latest 200 of 201;")])
def test_a_history_that_is_cut_says_so(facts: Facts, results: int, note: str) -> None:
    found = facts.tables.of("quality.check_result")
    row = next(row for row in found if (row["expectation"], row["unit_level"]) == ("status_counts_add_up", "all"))
    many = [{**row, "source": f"feed_{place:03}", "run_id": "run-2"} for place in range(results)]
    text = page(facts, "expectation/status_counts_add_up.html", check_result=many)
    assert re.findall(r"The latest 200 of [\d,]+;", text) == [note] * bool(note)
    assert len(re.findall(r"Feed \d{3}", text[text.index("History") :])) == min(results, 200)
