"""The first page and whom to ask: what they say of made-up rows, and of what is new this month."""

from __future__ import annotations

import re

import pytest

from orchestration.pages.quality.asking import asked, knows_least, plan
from orchestration.pages.quality.certainty import Gain, doubt_of_source, doubts
from orchestration.pages.quality.facts import Facts, file_name
from orchestration.pages.quality.judged import judged
from orchestration.pages.quality.kinds import Kinds
from orchestration.pages.quality.overview import unmapped_values
from orchestration.pages.quality.site import render
from tests import quality_tables
from tests.quality_tables import LAST, SOURCES, TINY, WORST
from tests.unit.pages import AS_OF, changed, said


def test_the_headline_is_the_share_of_valid_among_all(facts: Facts, site: dict[str, str]) -> None:
    for source in SOURCES:
        row = next(
            row
            for row in quality_tables.tables()["quality.ethnicity_recording"]
            if (row["source"], row["unit_code"], row["month"], row["breakdown"]) == (source, "RXX", LAST, "all")
        )
        shown = f"{100 * row['valid_count'] / row['record_count']:.1f}%"
        assert f'<span class="big">{shown}</span>' in site["index.html"]
        assert f'<span class="big">{shown}</span>' in site[f"source/{source}.html"]
    assert facts.month == LAST.isoformat()


def test_a_card_tells_of_the_month_and_the_run_before(site: dict[str, str]) -> None:
    text = said(site["index.html"])
    assert "4,000 patients in contact in September 2025" in text
    assert re.search(r"(Up|Down) \d\.\d points? since August 2025", text)
    assert "since the last run (15 September 2025, which judged August 2025)" in text


def test_the_run_before_is_told_by_its_number_not_its_day(facts: Facts) -> None:
    runs = [{**row, "as_of": AS_OF} for row in facts.tables.of("quality.check_run")]
    history = judged(changed(facts, check_run=runs))
    assert history.run is not None
    assert history.before is not None
    assert (history.run["run_id"], history.before["run_id"]) == ("run-3", "run-2")


def test_a_gap_is_told_as_what_it_costs_in_certainty(site: dict[str, str]) -> None:
    assert (
        "Ethnicity is unknown for 15.8% of those counted in this figure. This gap leaves the detention rate of Black "
        "or Black British people anywhere between 1.8 and 15 times that of White people." in said(site["index.html"])
    )


def test_a_source_speaks_through_the_first_measure_it_says_the_groups_of(facts: Facts) -> None:
    """The ethnicity of staff in incidents is the staff record's, and that of patients the patient record's."""
    found = doubts(facts)
    spoken = {source: doubt_of_source(facts, source, found) for source in SOURCES}
    told = {source: (doubt.row["measure_id"], doubt.people) for source, doubt in spoken.items() if doubt}
    assert told == {
        "patient_ethnicity": ("mha_detention_rate", "Black or Black British people"),
        "mhsds": ("mha_detention_rate", "Black or Black British people"),
        "staff_record": ("workforce_representation", "people from minority ethnic backgrounds"),
    }
    assert "No figure of the board takes people" in said(dict(render(facts))["index.html"])


def test_the_first_three_of_the_plan_stand_on_the_first_page(facts: Facts, site: dict[str, str]) -> None:
    plan = sorted(facts.asking_plan, key=lambda row: row["plan_rank"])
    page = site["index.html"]
    section = page[page.index('id="first"') : page.index('id="changed"')]
    shown = re.findall(r'<span class="big">(\d+)</span>', section)
    assert shown[3:] == [str(row["to_ask_count"]) for row in plan[:3]]
    assert "now between 1.8 and 15 times, between 2.0 and 9.5 if all answer, a range 44.0% narrower" in said(section)
    assert "Since the month before: 14 answered, 2 declined" in said(section)


def test_the_teams_that_know_least_stand_before_them(facts: Facts) -> None:
    """Nobody is left to ask in one, and one of two people does not lead: its range reaches far up."""
    rows = facts.asking_plan
    first, second, third, *rest = sorted(rows, key=lambda row: row["unit_code"])
    counts = {
        first["unit_code"]: (100, 60, 30), second["unit_code"]: (100, 50, 0), third["unit_code"]: (2, 1, 1),
        **{row["unit_code"]: (100, 70, 20) for row in rest},
    }
    told = changed(facts, asking_plan=[
        {**row, "person_count": people, "valid_count": known, "to_ask_count": to_ask}
        for row in rows for people, known, to_ask in [counts[row["unit_code"]]]
    ])
    least = [ask.row["unit_code"] for ask in knows_least(plan(told)["patient_ethnicity"])]
    assert least == [first["unit_code"], *(row["unit_code"] for row in rest), third["unit_code"]]


def test_people_of_the_national_return_are_asked_in_the_patient_record(facts: Facts) -> None:
    rows = facts.asking_plan
    twice = changed(facts, asking_plan=[*rows, *({**row, "source": "mhsds"} for row in rows)])
    pages = dict(render(twice))
    assert "Patient record: the teams that know least" in pages["index.html"]
    assert "National return: the teams that know least" not in pages["index.html"]
    assert pages["asking-plan.html"].count("<table ") == 2


def test_people_of_no_known_team_are_told_before_the_teams_and_lead_no_list(facts: Facts) -> None:
    """Their unit is mended first: they have no rank, and stand below the teams."""
    rows = [row for row in facts.asking_plan if row["unit_code"] in (WORST, "T1")]
    lost = {**rows[0], "unit_code": "UNKNOWN", "plan_rank": None, "person_count": 1000, "valid_count": 0}
    lost_there = {**lost, "source": "mhsds", "to_ask_count": 1}
    told = changed(facts, asking_plan=[{**lost, "to_ask_count": 1000}, *rows, lost_there])
    pages = {name: said(text) for name, text in render(told)}
    sentence = "Patient record : 1,000 people to be asked belong to no known team: mend the unit first"
    for page in (pages["index.html"], pages["asking-plan.html"]):
        assert sentence in page
        assert "National return : 1 person to be asked belongs to no known team: mend the unit first" in page
    lines = plan(told)["patient_ethnicity"]
    assert {ask.row["unit_code"] for ask in (*lines, *knows_least(lines))} == {WORST, "T1"}
    assert "UNKNOWN 1,000 mend the unit first" in pages["asking-plan.html"]
    assert "Nobody can ask them before their unit is mended." in pages["unit/UNKNOWN.html"]
    everybody = asked(told)["patient_ethnicity"]
    assert (everybody.to_ask, everybody.of_no_team) == (1000 + sum(row["to_ask_count"] for row in rows), 1000)


def test_who_declined_is_not_to_be_asked(facts: Facts, site: dict[str, str]) -> None:
    row = next(row for row in facts.asking_plan if row["unit_code"] == WORST)
    text = said(site[f"unit/{WORST}.html"])
    assert f"{row['to_ask_count']} people to ask" in text
    assert f"{row['not_stated_count']} declined and are left in peace" in text
    assert "Even if all" in text
    assert "95% is out of reach" in text


def test_a_team_of_few_people_does_not_lead_by_chance(facts: Facts) -> None:
    order = [series.unit.code for series in Kinds(facts).worst_first(facts.at_level("mhsds", "team"))]
    assert order[0] == WORST
    assert order[-1] == TINY


def test_a_share_of_few_people_says_so_and_shows_its_range(site: dict[str, str]) -> None:
    page = site[f"unit/{file_name(TINY)}.html"]
    assert page.count("few people") >= len(SOURCES)
    assert re.search(r'class="range">\d+\.\d% to \d+\.\d%<', page)
    assert "few people" not in site["unit/T1.html"]


def test_unmapped_values_stand_on_the_first_page_with_count_and_source(site: dict[str, str]) -> None:
    row = said(site["index.html"])
    assert "National return EthnicCategory in no list: kept as unknown September 2025 37 5 42" in row
    assert "Contacts NHSNumber not readable: cleared September 2025 8 0 8" in row
    assert "Contacts The whole row not possible: the row was left out September 2025 2 0 2" in row
    assert "National return Example Trust September 2025 Kept 3" in row, "rows that could not be read"


def test_a_value_that_was_kept_is_told_by_the_rule_it_broke(facts: Facts) -> None:
    row = facts.tables.of("quality.malformed_value")[0]
    rows = [
        {**row, "field": field, "rule": rule, "effect": "note", "record_count": count}
        for field, rule, count in (
            ("EthnicCategory", "known_invalid", 4), ("Postcode", "postcode_unknown", 3),
            ("whole_file", "error_cells", 2),
        )
    ]
    found = unmapped_values(changed(facts, unmapped_value=[], malformed_value=rows))
    assert [(each.source, each.field, each.what, each.count) for each in found] == [
        ("Contacts", "EthnicCategory", "names no one group, as the list has it: kept, and counts as invalid", 4),
        ("Contacts", "Postcode", "in no postcode directory: the area is unknown", 3),
        ("Contacts", "Any column", "an error such as #N/A in a workbook: read as blank", 2),
    ]


def test_an_unmapped_value_of_an_older_month_is_still_seen(facts: Facts) -> None:
    rows = [{**row, "month": "2024-05-01", "period": "2024-05"} for row in facts.tables.of("quality.unmapped_value")]
    found = unmapped_values(changed(facts, unmapped_value=rows, malformed_value=[]))
    assert [(each.source, each.count, each.month) for each in found] == [("National return", 42, "May 2024")]


def test_what_nobody_could_read_this_month_stands_before_more_of_an_older_one(facts: Facts) -> None:
    row = facts.tables.of("quality.unmapped_value")[0]
    old = {**row, "field": "Old", "month": "2024-05-01", "period": "2024-05", "record_count": 99}
    new = [
        {**row, "field": field, "month": LAST.isoformat(), "period": LAST.isoformat()[:7], "record_count": count}
        for field, count in (("Few", 2), ("Many", 3))
    ]
    found = unmapped_values(changed(facts, unmapped_value=[old, *new], malformed_value=[]))
    assert [each.field for each in found] == ["Many", "Few", "Old"]


def test_a_target_that_asking_can_not_reach_is_told_with_how_many_can_be_asked(facts: Facts) -> None:
    rows = [{**row, "needed_count": 10, "to_ask_count": 7, "is_target_reachable": False} for row in facts.asking_plan]
    assert "7 of the 10 needed can be asked" in said(dict(render(changed(facts, asking_plan=rows)))["asking-plan.html"])


def test_records_of_no_known_team_are_told_with_their_number(facts: Facts) -> None:
    rows = facts.tables.of("quality.ethnicity_recording")
    team = next(row["unit_code"] for row in rows if row["source"] == "mhsds" and row["unit_level"] == "team")
    moved = [
        {**row, "unit_code": "UNKNOWN"} if (row["source"], row["unit_code"]) == ("mhsds", team) else row for row in rows
    ]
    found = unmapped_values(changed(facts, ethnicity_recording=moved))
    (told,) = [each for each in found if each.field == "Team or ward"]
    of_team = [row for row in moved if row["unit_code"] == "UNKNOWN" and row["breakdown"] == "all"]
    assert (told.source, told.total) == ("National return", sum(row["record_count"] for row in of_team))


def test_records_of_no_known_team_are_told_though_the_last_month_has_none(facts: Facts) -> None:
    last = facts.last_month["mhsds"]
    rows = [
        {**row, "unit_code": "UNKNOWN"} if (row["source"], row["unit_code"]) == ("mhsds", "T1") else row
        for row in facts.tables.of("quality.ethnicity_recording")
        if (row["source"], row["unit_code"], row["month"]) != ("mhsds", "T1", last)
    ]
    found = unmapped_values(changed(facts, ethnicity_recording=rows))
    (told,) = [each for each in found if each.field == "Team or ward"]
    assert (told.source, told.month, told.is_now) == ("National return", "August 2025", False)


def test_the_people_of_a_code_are_called_by_its_grouping(facts: Facts) -> None:
    """`other` of the national broad groups holds Chinese people, and that of the census does not."""
    words = facts.tables.of("reference.ref_group_wording")
    for row in words:
        assert facts.people(row) == row["people"]
    assert len({row["people"] for row in words if row["group_code"] == "other"}) > 1
    assert facts.people({"grouping": "broad_nhs", "group_code": "of no list"}) == "of no list"


def test_a_range_that_reads_the_same_afterwards_is_told_by_how_much_narrower_it_is(facts: Facts) -> None:
    told_of = next(row for row in facts.tables.of("quality.asking_plan_gain") if row["gain_rank"] == 1)
    row = {
        **told_of, "bound_lower": 1.51, "bound_upper": 3.71,
        "bound_lower_after": 1.52, "bound_upper_after": 3.69, "narrowing_share": 0.012, "unknown_event_count": 2,
    }
    gain = Gain(row, "Detentions", "Black people", "detention|detentions")
    told = "Detentions, Black people: a range 1.2% narrower if all answer (now between 1.5 and 3.7 times)"
    assert gain.sentence == f"{told}; 2 detentions among the people to be asked"
    page = said(dict(render(changed(facts, asking_plan_gain=[row])))["asking-plan.html"])
    figure = "Detentions under the Mental Health Act, people from minority ethnic backgrounds"
    assert f"1.2% narrower : {figure} now between" in page
    assert "1.5 and 3.7 times; 2 detentions among the people to be asked" in page


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "no people restrained among the people to be asked, whom it counts all the same"),
        (1, "1 person restrained among the people to be asked"),
    ],
)
def test_a_gain_says_how_many_it_rests_on(count: int, told: str) -> None:
    gain = Gain({"unknown_event_count": count}, "Restraint", "Black people", "person restrained|people restrained")
    assert gain.rests_on == told


def test_a_gain_nobody_could_see_is_none(facts: Facts) -> None:
    rows = [{**row, "gain_rank": None} for row in facts.tables.of("quality.asking_plan_gain")]
    without = changed(facts, asking_plan_gain=rows)
    assert {ask.firmer for ask in plan(without)["patient_ethnicity"]} == {
        "no figure of the board by a measurable amount"
    }
    assert "What gets firmer" not in dict(render(without))["unit/T1.html"]


def test_a_figure_that_gets_firmer_is_told_once_not_for_every_group(facts: Facts, site: dict[str, str]) -> None:
    """In the order of its rank: the range of Black people narrows by more, and is not named."""
    rows = [row for row in facts.tables.of("quality.asking_plan_gain") if row["unit_code"] == "T1"]
    assert len(rows) == 3
    text = said(site["unit/T1.html"])
    section = text[text.index("What gets firmer if all answer") : text.index("Each source, last month")]
    first, second = "Detentions under the Mental Health Act", "Restraint incidents per 1,000 occupied bed days"
    assert re.findall(f"{first}|{second}|Black or Black British|minority ethnic", section) == [
        first, "minority ethnic", second, "minority ethnic",
    ]
    turned = [{**row, "gain_rank": row["gain_rank"] and 3 - row["gain_rank"]} for row in rows]
    lines = plan(changed(facts, asking_plan_gain=turned))["patient_ethnicity"]
    (ask,) = [ask for ask in lines if ask.unit.code == "T1"]
    assert [gain.measure for gain in ask.gains] == [second, first]


def test_a_unit_with_two_plans_of_the_same_people_says_so_in_the_order_of_sources(facts: Facts) -> None:
    rows = facts.tables.of("quality.asking_plan")
    twice = dict(render(changed(facts, asking_plan=[*({**row, "source": "mhsds"} for row in rows), *rows])))
    text, alone = said(twice["unit/T1.html"]), said(dict(render(facts))["unit/T1.html"])
    assert text.index("Patient record") < text.index("National return")
    assert "The work-list of names is made from the patient record." in text
    assert "may stand in" not in alone
