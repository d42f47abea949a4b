"""The three layouts of the census table, small copies of what is published."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from orchestration.ingest.census import GROUPS
from tests.landed import Landing, landing_at, text_of, write_workbook

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "census"
PARENTS = {
    "Asian, Asian British or Asian Welsh": ["Bangladeshi", "Chinese", "Indian", "Pakistani", "Other Asian"],
    "Black, Black British, Black Welsh, Caribbean or African": ["African", "Caribbean", "Other Black"],
    "Mixed or Multiple ethnic groups": [
        "White and Asian",
        "White and Black African",
        "White and Black Caribbean",
        "Other Mixed or Multiple ethnic groups",
    ],
    "White": [
        "English, Welsh, Scottish, Northern Irish or British",
        "Irish",
        "Gypsy or Irish Traveller",
        "Roma",
        "Other White",
    ],
    "Other ethnic group": ["Arab", "Any other ethnic group"],
}
LABELS = [f"{parent}: {child}" for parent, children in PARENTS.items() for child in children]
AREAS = {"E06000001": "Hartlepool", "E06000045": "Southampton"}


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return landing_at(tmp_path)


def land(landing: Landing, name: str, lines: list[list[object]]) -> None:
    with landing.path("census", name, "all").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)


def take_in(landing: Landing) -> dict[tuple[str, ...], int]:
    submission = landing.only("census", "all")
    assert submission.outcome == "kept", text_of(submission)
    return dict(cells(landing))


def cells(landing: Landing) -> list[tuple[tuple[str, ...], int]]:
    rows = landing.lake("census_population", "area_code, census_code, sex_code, age_band, population", "all")
    assert len({row[:4] for row in rows}) == len(rows)
    return [(row[:4], row[4]) for row in rows]


def population(area: str, code: int) -> int:
    return 1_000 * (list(AREAS).index(area) + 1) + code


EXPECTED = {(area, str(code), "all", "all"): population(area, code) for area in AREAS for code in range(1, 20)}


def ons_filter(area_header: str) -> list[list[object]]:
    lines: list[list[object]] = [
        [
            f"{area_header} Code",
            area_header,
            "Ethnic group (20 categories) Code",
            "Ethnic group (20 categories)",
            "Observation",
        ]
    ]
    for area, name in AREAS.items():
        lines.append([area, name, -8, "Does not apply", 0])
        lines += [[area, name, code, LABELS[code - 1], population(area, code)] for code in range(1, 20)]
    return lines


def nomis_bulk(suffix: str = "") -> list[list[object]]:
    header: list[object] = ["date", "geography", "geography code", f"Ethnic group: Total: All usual residents{suffix}"]
    for parent, children in PARENTS.items():
        header.append(f"Ethnic group: {parent}{suffix}")
        header += [f"Ethnic group: {parent}: {child}{suffix}" for child in children]
    lines = [header]
    for area, name in AREAS.items():
        line: list[object] = [2021, name, area, sum(population(area, code) for code in range(1, 20))]
        for parent, children in PARENTS.items():
            codes = [LABELS.index(f"{parent}: {child}") + 1 for child in children]
            line += [sum(population(area, code) for code in codes), *(population(area, code) for code in codes)]
        lines.append(line)
    return lines


def nomis_api() -> list[list[object]]:
    """With running numbers that mean other groups than the codes, totals, parents, and shares beside the values."""
    lines: list[list[object]] = [
        [
            "DATE",
            "GEOGRAPHY",
            "GEOGRAPHY_NAME",
            "GEOGRAPHY_CODE",
            "C2021_ETH_20",
            "C2021_ETH_20_NAME",
            "C2021_ETH_20_CODE",
            "MEASURES",
            "MEASURES_NAME",
            "OBS_VALUE",
        ]
    ]
    for area, name in AREAS.items():
        for code in range(1, 20):
            place: list[object] = [2021, area, name, area, 20 - code, LABELS[code - 1], f"_{code}"]
            lines += [[*place, 20100, "Value", population(area, code)], [*place, 20301, "Percent", 5]]
        lines.append([2021, area, name, area, 0, "Total", "_0", 20100, "Value", 99_999])
        lines.append([2021, area, name, area, 1001, "White", "_1001", 20100, "Value", 88_888])
    return lines


@pytest.mark.parametrize("header", ["Lower Tier Local Authorities", "Lower tier local authorities"])
def test_the_ons_filter_with_both_spellings(landing: Landing, header: str) -> None:
    land(landing, "TS021-2021-3.csv", ons_filter(header))
    assert take_in(landing) == EXPECTED
    assert landing.lake("census_population", "DISTINCT layout, area_name", "all")[0][0] == "ons_filter"


@pytest.mark.parametrize("suffix", ["", "; measures: Value"])
def test_the_wide_bulk_file_without_totals_and_parents(landing: Landing, suffix: str) -> None:
    assert len(nomis_bulk()[0]) == 28
    land(landing, "census2021-ts021-ltla.csv", nomis_bulk(suffix))
    assert take_in(landing) == EXPECTED
    (note,) = [each for each in landing.only("census", "all").findings if each.rule == "totals"]
    assert note.finding_count == 6


def test_the_api_by_its_stable_codes(landing: Landing) -> None:
    land(landing, "nomis.csv", nomis_api())
    assert take_in(landing) == EXPECTED


def test_the_layouts_agree_as_a_workbook_too(landing: Landing) -> None:
    write_workbook(
        landing.path("census", "census.xlsx", "all"),
        [["Downloaded today"], [], *ons_filter("Lower tier local authorities")],
    )
    assert take_in(landing) == EXPECTED


def test_sex_and_age_go_by_label_not_by_number(landing: Landing) -> None:
    lines: list[list[object]] = [
        [
            "Countries Code",
            "Countries",
            "Ethnic group (20 categories) Code",
            "Ethnic group (20 categories)",
            "Sex (2 categories) Code",
            "Sex (2 categories)",
            "Age (5 categories) Code",
            "Age (5 categories)",
            "Observation",
        ]
    ]
    ages = [
        "Aged 24 years and under",
        "Aged 25 to 34 years",
        "Aged 35 to 49 years",
        "Aged 50 to 64 years",
        "Aged 65 years and over",
    ]
    for sex_number, sex in ((1, "Female"), (2, "Male")):
        lines += [
            ["E92000001", "England", 13, LABELS[12], sex_number, sex, number, age, sex_number * 10 + number]
            for number, age in enumerate(ages)
        ]
    lines += [["E92000001", "England", 13, LABELS[12], 0, "All persons", 0, ages[0], 99]]
    lines += [["E92000001", "England", 13, LABELS[12], 1, "Female", 0, "Total: All ages", 99]]
    land(landing, "rm032.csv", lines)
    assert take_in(landing) == {
        ("E92000001", "13", sex, band): number * 10 + place
        for number, sex in ((1, "2"), (2, "1"))
        for place, band in enumerate(["0-24", "25-34", "35-49", "50-64", "65+"])
    }


def test_people_to_whom_it_does_not_apply_are_not_lost_in_silence(landing: Landing) -> None:
    lines = ons_filter("Lower tier local authorities")
    lines[1][-1] = 7
    land(landing, "TS021.csv", lines)
    submission = landing.only("census", "all")
    assert [(each.row_number, each.rule, each.effect) for each in submission.findings if each.effect == "row"] == [
        (2, "known_value", "row")
    ]


def test_the_same_areas_in_two_layouts_are_counted_once(landing: Landing) -> None:
    land(landing, "a_filter.csv", ons_filter("Lower tier local authorities"))
    land(landing, "b_bulk.csv", nomis_bulk())
    assert take_in(landing) == EXPECTED
    receipts = landing.only("census", "all").receipts
    assert [(each.rows_kept, each.rows_duplicate) for each in receipts] == [(38, 0), (0, 38)]


def test_two_files_that_disagree_are_refused(landing: Landing) -> None:
    land(landing, "a_filter.csv", ons_filter("Lower tier local authorities"))
    other = nomis_bulk()
    other[1][5] = 5
    other[1][6] = 6
    land(landing, "b_bulk.csv", other)
    submission = landing.only("census", "all")
    assert submission.outcome == "refused"
    assert "a key that no earlier file has" in text_of(submission)


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "date,geography,geography code,Age: Total\n2021,x,y,3\n"])
def test_another_table_is_refused(landing: Landing, content: str) -> None:
    landing.path("census", "other.csv", "all").write_text(content, encoding="utf-8")
    assert "TS021" in text_of(landing.only("census", "all"))


def test_the_labels_are_all_known() -> None:
    assert sorted(GROUPS.values(), key=int) == [str(code) for code in range(1, 20)]
    assert [GROUPS[label.split(": ")[-1].lower()] for label in LABELS] == [str(code) for code in range(1, 20)]


@pytest.mark.parametrize("name", ["TS021-2021-2.csv", "RECONSTRUCTED_census2021-ts021-ltla.csv"])
def test_the_real_tables_of_all_331_authorities(landing: Landing, name: str) -> None:
    source = SHARED / name
    if not source.is_file():
        assert not SHARED.exists(), f"{SHARED} is there without {name}"
        return  # the real tables lie beside the checkout where the product is built; the layouts are tested above
    landing.path("census", name, "all").write_bytes(source.read_bytes())
    counted: Counter[str] = Counter()
    for (area, *_), count in take_in(landing).items():
        counted[area] += count
    assert len(counted) == 331
    assert (counted["E06000045"], counted["E06000044"], counted["E06000046"]) == (248_920, 208_001, 140_459)
