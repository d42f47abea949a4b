"""What changed this month, as the first page tells it: new, more than one person can make, with counts and names."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pandas as pd
import pytest

from expectations.slices import QUERIES
from orchestration.pages.quality.facts import Facts
from orchestration.pages.quality.overview import Change, changes
from orchestration.pages.quality.site import render
from orchestration.pages.quality.tables import COLUMNS, Row
from orchestration.pages.quality.views import chart_notes
from orchestration.pages.quality.words import outlook
from tests.quality_tables import LAST, MONTHS, TINY
from tests.unit.pages import changed, said

Months = Mapping[datetime.date, tuple[int, int]]
"""Valid and all records by month."""


def recorded(teams: Mapping[str, Months], source: str = "mhsds") -> list[Row]:
    """Rows of recording of some teams, and one of the trust."""
    nothing = dict.fromkeys(COLUMNS["quality.ethnicity_recording"])
    counts = dict.fromkeys(("not_stated_count", "not_known_count", "invalid_count"), 0)
    rows: list[Row] = [
        {
            **nothing, **counts, "source": source, "field": "f", "organisation_code": "RXX", "unit_level": "team",
            "unit_code": code, "month": month.isoformat(), "record_count": records, "valid_count": valid,
            "missing_count": records - valid,
        }
        for code, months in teams.items()
        for month, (valid, records) in months.items()
    ]
    return [*rows, {**rows[0], "unit_level": "organisation", "unit_code": "RXX", "month": LAST.isoformat()}]


def charted(rows: Sequence[Row], signals: Mapping[str, tuple[str, bool | None]]) -> list[Row]:
    """What the chart of the last month says of some teams: the rule that fits, and whether it is sudden."""
    nothing = dict.fromkeys(COLUMNS["quality.ethnicity_recording_trend"])
    same = ("source", "field", "organisation_code", "unit_level", "unit_code", "month")
    return [
        {
            **nothing, **{column: row[column] for column in same}, "lower_limit": 0.737, "upper_limit": 0.9,
            "known_and_stated_share": row["valid_count"] / row["record_count"], "signal": signals[row["unit_code"]][0],
            "is_sudden": signals[row["unit_code"]][1], "icon": "concern",
        }
        for row in rows
        if row["unit_code"] in signals and row["month"] == LAST.isoformat()
    ]


def two(before: tuple[int, int], now: tuple[int, int]) -> Months:
    """The last two months."""
    return {MONTHS[-2]: before, LAST: now}


def news(facts: Facts, teams: Mapping[str, Months], **tables: Sequence[Row]) -> list[Change]:
    """What is told of some teams."""
    return changes(changed(facts, ethnicity_recording=recorded(teams), **{"ethnicity_recording_trend": [], **tables}))


def units(found: Sequence[Change], words: str) -> list[tuple[str, str]]:
    """Units and counts of the changes that say these words."""
    return [(moved.unit.code, moved.counts) for change in found if words in change.text for moved in change.units]


def test_a_unit_that_left_its_usual_range_is_told_with_its_counts(facts: Facts) -> None:
    teams = {
        "T1": two((16, 22), (14, 24)), "T2": two((19, 22), (23, 24)), "T4": two((30, 60), (29, 60)),
        "T3": two((40, 60), (20, 60)),
    }
    signals = {
        "T1": ("below_lower_limit", True), "T2": ("above_upper_limit", True), "T4": ("below_lower_limit", False),
        "T3": ("run_below_mean", False),
    }
    told = news(facts, teams, ethnicity_recording_trend=charted(recorded(teams), signals))
    worse, better = (change for change in told if "usual range" in change.text)
    assert (worse.said, worse.text) == ("Worse", "National return: 1 unit is newly below its usual range")
    (fell,), (rose,) = worse.units, better.units
    assert (fell.unit.name, fell.counts) == ("Ash Ward", "16 of 22 to 14 of 24")
    assert fell.shares == "72.7% to 58.3%; usually at least 73.7%"
    assert worse.short == f"{worse.text}: Ash Ward (16 of 22 to 14 of 24)"
    assert (better.said, better.text) == ("Better", "National return: 1 unit is newly above its usual range")
    assert (rose.unit.name, rose.shares) == ("Birch Ward", "86.4% to 95.8%; usually at most 90.0%")


def test_the_list_and_the_check_name_the_same_units(facts: Facts) -> None:
    """The check is asked on the same rows."""
    kinds = ("below_lower_limit", "above_upper_limit", "falling", "common_cause")
    signals = {
        f"U{place}": (signal, is_sudden)
        for place, (signal, is_sudden) in enumerate((signal, flag) for signal in kinds for flag in (True, False, None))
    }
    teams = {code: two((50, 60), (40, 60)) for code in signals}
    rows = charted(recorded(teams), signals)
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA quality")
        frame = pd.DataFrame([{**row, "valid_count": 40, "record_count": 60} for row in rows])
        connection.register("frame", frame)
        connection.execute("CREATE TABLE quality.ethnicity_recording_trend AS SELECT * FROM frame")
        judged = connection.execute(f"SELECT unit_code FROM ({QUERIES['no_sudden_drop']}) WHERE NOT is_met")
        failing = {code for (code,) in judged.fetchall()}
    told = news(facts, teams, ethnicity_recording_trend=rows)
    assert {code for code, _ in units(told, "newly below")} == failing == {"U0"}
    assert [code for code, _ in units(told, "newly above")] == ["U3"]


def test_all_units_are_there_and_linked_those_beyond_the_first_three_folded(facts: Facts) -> None:
    teams = {f"U{place}": two((50, 60), (50 - place, 60)) for place in range(1, 9)}
    rows = recorded(teams)
    told = changed(
        facts, ethnicity_recording=rows,
        ethnicity_recording_trend=charted(rows, dict.fromkeys(teams, ("below_lower_limit", True))),
    )
    page = dict(render(told))["index.html"]
    section = page[page.index('id="changed"') : page.index('id="cost"')]
    shown, _, folded = section.partition("<details>")
    assert re.findall(r'href="unit/(U\d)\.html"', shown) == ["U8", "U7", "U6"]
    assert re.findall(r'href="unit/(U\d)\.html"', folded.partition("</details>")[0]) == ["U5", "U4", "U3", "U2", "U1"]
    assert "5 more, by less" in folded
    assert "U1 : 50 of 60 to 49 of 60 (83.3% to 81.7%; usually at least 73.7%)" in said(folded)


def test_teams_that_cross_their_target_by_more_than_one_person_are_news(facts: Facts) -> None:
    """The target is 95%. Of few people nothing is said."""
    teams = {
        "T1": two((90, 100), (96, 100)), "T2": two((97, 100), (93, 100)), "T3": two((97, 100), (94, 100)),
        "T4": two((80, 100), (81, 100)), TINY: two((25, 25), (10, 19)), "U1": two((94, 100), (95, 100)),
    }
    found = [change for change in news(facts, teams) if "target" in change.text]
    assert [(change.said, change.text) for change in found] == [
        ("Worse", "National return: 1 team fell below its target"),
        ("Better", "National return: 1 team reached its target"),
    ]
    assert units(found, "fell") == [("T2", "97 of 100 to 93 of 100")]
    assert units(found, "reached") == [("T1", "90 of 100 to 96 of 100")]


def test_a_month_in_which_one_person_decides_hides_no_crossing_and_makes_none(facts: Facts) -> None:
    third = MONTHS[-3]
    teams = {
        "T1": {third: (97, 100), **two((94, 100), (90, 100))}, "T2": {third: (90, 100), **two((95, 100), (92, 100))},
    }
    assert units(news(facts, teams), "fell below") == [("T1", "97 of 100 in July 2025 to 90 of 100")]


def test_a_target_that_is_raised_makes_no_news_of_shares_that_stayed(facts: Facts) -> None:
    """Both months are held against the target that is now in force."""
    old = next(
        row for row in facts.tables.of("quality.target_in_force")
        if (row["feed"], row["measure"], row["unit_level"]) == ("mhsds", "known_and_stated_share", "team")
    )
    targets = [
        {**old, "green": 0.9, "replaced_on": LAST.isoformat()}, {**old, "effective_from": LAST.isoformat()},
    ]
    teams = {"T1": two((92, 100), (92, 100)), "T2": two((97, 100), (92, 100))}
    found = news(facts, teams, target_in_force=targets)
    assert units(found, "fell below") == [("T2", "97 of 100 to 92 of 100")]


def test_what_crept_out_of_its_range_is_told_beside_the_last_month_within_it(facts: Facts) -> None:
    teams = {"T1": {MONTHS[-3]: (19, 22), **two((16, 22), (15, 22))}}
    row = {**charted(recorded(teams), {"T1": ("below_lower_limit", True)})[0], "last_usual_month": "2025-07-01"}
    found = news(facts, teams, ethnicity_recording_trend=[row])
    assert units(found, "newly below") == [("T1", "19 of 22 in July 2025 to 15 of 22")]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({-1: 16, -2: 15}, []),
        ({-1: 7, -2: 3}, ["National return: 7 unreadable values in EthnicCategory, 3 the month before"]),
        ({-1: 4, -2: 2}, []),
        ({-1: 5, -2: 2}, ["National return: 5 unreadable values in EthnicCategory, 2 the month before"]),
        ({-1: 11, -2: 6}, []),
        ({-1: 7, -3: 9}, ["National return: 7 unreadable values in EthnicCategory, 0 the month before"]),
        ({-1: 1}, []),
        ({-1: 2, -3: 9}, []),
        ({-1: 3}, ["National return: 3 unreadable values in EthnicCategory, 0 the month before"]),
        ({-2: 7, -3: 5}, []),
    ],
    ids=[
        "one more", "twice", "two more", "three more", "not twice", "none before", "the first", "two",
        "the first three", "none now",
    ],
)
def test_unreadable_values_are_news_where_they_are_new_or_many_more(
    facts: Facts, counts: dict[int, int], told: list[str]
) -> None:
    row = facts.tables.of("quality.unmapped_value")[0]
    rows = [
        {**row, "month": MONTHS[place].isoformat(), "period": MONTHS[place].isoformat()[:7], "record_count": count}
        for place, count in counts.items()
    ]
    found = changes(changed(facts, unmapped_value=rows, malformed_value=[]))
    assert [change.text for change in found if "unreadable" in change.text] == told


def test_what_came_of_asking_is_told_with_its_share_and_is_neither_good_nor_bad(facts: Facts) -> None:
    """The people of the national return are asked in the patient record, and told there."""
    rows = facts.tables.of("quality.asking_plan")
    before = sum(row["to_ask_count"] for row in rows if row["month"] == MONTHS[-2].isoformat())
    twice = changed(facts, asking_plan=[*rows, *({**row, "source": "mhsds"} for row in rows)])
    found = [change for change in changes(twice) if "were to be asked" in change.text]
    assert [(change.said, change.rating, change.text) for change in found] == [(
        "Asked", None, f"Patient record: of {before:,} people who were to be asked at the end of the month before, 70 "
        f"({100 * 70 / before:.1f}%) have answered since and 10 declined; somebody with two teams counts with both",
    )]


def test_a_run_of_months_that_goes_on_is_no_news(facts: Facts) -> None:
    assert units(changes(facts), "usual range") == [("D1", "1,832 of 2,000 to 1,347 of 2,000")]


@pytest.mark.parametrize(
    ("assurance", "icon", "words"),
    [
        ("consistently_fail", "none", "the way of asking has to change"),
        ("consistently_fail", "concern", "the way of asking has to change"),
        ("consistently_fail", "improvement", "keep it"),
        ("consistently_pass", "improvement", "it will meet the target every month"),
        ("consistently_pass", "concern", "changed for the worse"),
        (None, "none", None),
    ],
)
def test_a_month_that_left_its_range_is_not_told_that_nothing_changes(
    assurance: str | None, icon: str, words: str | None
) -> None:
    told = outlook(assurance, icon)
    assert words in told if words else not told
    assert not ("If nothing changes" in told and "has changed" in told)


def test_marks_inside_the_band_and_months_outside_it_without_one_are_explained(facts: Facts) -> None:
    def notes(**columns: Any) -> str:
        rows = [{**row, **columns} for row in facts.tables.of("quality.ethnicity_recording_trend")]
        return " ".join(chart_notes(changed(facts, ethnicity_recording_trend=rows).series["mhsds", "team", "T1"]))

    wide, narrow = {"lower_limit": 0.1, "upper_limit": 1.0}, {"lower_limit": 0.1, "upper_limit": 0.11}
    run = {"icon": "improvement", "signal": "run_above_mean"}
    assert notes(**wide, **run) == (
        "A mark in the band, or hardly outside it, is part of a pattern of months: above its average seven months in a "
        "row."
    )
    assert not notes(**narrow, icon="improvement", signal="above_upper_limit")
    assert not notes(**wide, icon="none", signal="common_cause")
    assert "without a mark is there by what one person can make" in notes(**narrow, icon="none", signal="common_cause")
