"""Reference tables: declared as they are, sourced, and true to the figures published outside.

Belongs here: the files under `seeds/` read as they lie. Does not belong here: what models make of them.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
LETTERS_2001 = "ABCDEFGHJKLMNPRS"
STATUSES = {"valid", "not_stated", "not_known", "invalid", "missing"}
ENGLAND_2021 = {
    "13": 41_540_791, "14": 494_251, "15": 64_218, "16": 99_138, "17": 3_585_003, "11": 499_310, "10": 241_528,
    "9": 474_190, "12": 454_350, "3": 1_843_238, "4": 1_570_285, "1": 629_567, "2": 431_165, "5": 952_137,
    "6": 1_468_474, "7": 619_419, "8": 293_831, "18": 320_203, "19": 908_950,
}
"""Usual residents of England by ethnic group, Census 2021 as published in table TS021."""
PERTURBATION = 12
"""Two tables of one census differ by a few people in each cell, on purpose."""


@cache
def rows(name: str) -> list[dict[str, str]]:
    """The rows of a seed."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def declarations() -> dict[str, dict[str, Any]]:
    """Seeds as their YAML files declare them."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(SEEDS.glob("*.yml")):
        for seed in yaml.safe_load(path.read_text(encoding="utf-8")).get("seeds", []):
            assert seed["name"] not in found, f"{seed['name']} is declared twice"
            found[seed["name"]] = seed
    return found


def population(name: str, *keys: str) -> Counter[tuple[str, ...]]:
    """Population of a seed summed over everything but the keys."""
    total: Counter[tuple[str, ...]] = Counter()
    for row in rows(name):
        total[tuple(row[key] for key in keys)] += int(row["population"])
    return total


def test_every_seed_is_declared_and_every_declaration_has_a_seed() -> None:
    assert set(declarations()) == {path.stem for path in SEEDS.glob("*.csv")}


@pytest.mark.parametrize("name", sorted(path.stem for path in SEEDS.glob("*.csv")))
def test_seed_is_described_column_by_column(name: str) -> None:
    seed = declarations()[name]
    header = list(rows(name)[0])
    assert [column["name"] for column in seed["columns"]] == header
    assert all(column["description"] for column in seed["columns"])
    assert seed["description"].startswith("Grain: one row per ")
    assert any("grain" in test for test in seed["data_tests"])
    numeric = [each for each in header if all(not (row[each] or "").strip("0123456789.") for row in rows(name))]
    assert set(numeric) <= set(seed["config"]["column_types"]), "without a type a code such as 01 becomes a number"


@pytest.mark.parametrize("name", sorted(path.stem for path in SEEDS.glob("ref_*.csv")))
def test_reference_table_says_where_it_comes_from(name: str) -> None:
    seed = declarations()[name]
    assert "Source:" in seed["description"] or {"source", "licence", "verified"} <= set(seed["config"].get("meta", {}))


def test_residents_are_those_the_census_published() -> None:
    assert sum(population("ref_census_ts021").values()) == 1_998_271
    by_area = population("ref_census_ts021", "area_code")
    assert by_area[("E06000045",)] == 248_920
    assert by_area[("E06000044",)] == 208_001
    assert by_area[("E06000046",)] == 140_459
    assert len(by_area) == 14
    assert Counter(row["area_code"] for row in rows("ref_census_ts021")) == Counter({area: 19 for (area,) in by_area})


def test_ages_agree_with_groups_within_perturbation() -> None:
    groups, ages = population("ref_census_ts021", "area_code"), population("ref_census_age", "area_code")
    assert all(abs(groups[area] - ages[area]) <= PERTURBATION for area in groups)


def test_england_agrees_with_the_published_groups() -> None:
    ours = population("ref_census_england", "census_code")
    assert all(abs(ours[(code,)] - count) <= PERTURBATION for code, count in ENGLAND_2021.items())
    assert {row["census_code"]: int(row["england_2021_population"]) for row in rows("ref_census_ethnicity")} == {
        code: count for (code,), count in ours.items()
    }


def test_sexes_are_not_swapped() -> None:
    """Women outnumber men among residents of England over 64, in 2021 as ever."""
    total = population("ref_census_england", "sex_code", "age_band")
    assert total[("2", "65+")] > total[("1", "65+")]
    young = population("ref_census_2011_young", "sex_code")
    assert young[("1",)] > young[("2",)]


def test_census_groups_map_to_codes_on_both_bases() -> None:
    code = {row["census_code"]: (row["code_2001"], row["code_2021"]) for row in rows("ref_census_ethnicity")}
    assert code["13"] == ("A", "A")
    assert code["7"] == ("M", "M"), "Caribbean, and not African: national tables have had the two swapped"
    assert code["6"] == ("N", "N")
    assert [code[group] for group in ("15", "16", "17", "18", "19")] == [
        ("C", "T"), ("C", "U"), ("C", "C"), ("S", "V"), ("S", "S"),
    ]
    assert len({new for _, new in code.values()}) == 19


def test_a_raw_value_is_valid_with_codes_or_says_why_not() -> None:
    for row in rows("ref_ethnicity_map"):
        assert row["recording_status"] in STATUSES
        is_valid = row["recording_status"] == "valid"
        assert bool(row["code_2001"]) == bool(row["code_2021"]) == is_valid, row["raw_value"]
        assert (row["white_bme"] == "unknown") == (not is_valid), row["raw_value"]
        assert row["raw_value"] == " ".join(row["raw_value"].upper().split())


def test_map_and_groups_tell_one_story() -> None:
    group = {(row["basis"], row["ethnicity_code"]): row for row in rows("ref_ethnicity")}
    for row in rows("ref_ethnicity_map"):
        if row["recording_status"] == "valid":
            assert row["nhs_broad"] == group["2001", row["code_2001"]]["nhs_broad_code"]
            assert row["ons_broad"] == group["2021", row["code_2021"]]["ons_broad_code"]
            assert row["white_bme"] == group["2001", row["code_2001"]]["white_bme_code"]
            assert row["white_bme"] == group["2021", row["code_2021"]]["white_bme_code"], row["raw_value"]


def test_groups_are_complete_on_both_bases() -> None:
    codes = defaultdict(list)
    for row in rows("ref_ethnicity"):
        codes[row["basis"]].append(row["ethnicity_code"])
    assert set(codes["2001"]) == {*LETTERS_2001, "Z", "99", *STATUSES} - {"valid"}
    assert set(codes["2021"]) == {*LETTERS_2001, "T", "U", "V", *STATUSES} - {"valid"}


def test_chinese_is_other_for_the_nhs_and_asian_for_the_census() -> None:
    for row in rows("ref_ethnicity"):
        if row["ethnicity_code"] == "R":
            assert (row["nhs_broad_code"], row["ons_broad_code"], row["white_bme_code"]) == ("other", "asian", "bme")


@pytest.mark.parametrize(
    ("raw", "band"),
    [("XR05", "5"), ("XN08", "8a"), ("XR11", "8d"), ("XR12", "9"), ("NHS|XR05|REVIEW BODY BAND 5", "5"),
     ("REVIEW BODY BAND 8 - RANGE A", "8a"), ("VSM", "vsm"), ("APPRENTICE", "under_1")],
)
def test_grade_codes_are_not_band_numbers(raw: str, band: str) -> None:
    assert {row["raw_value"]: row["band_code"] for row in rows("ref_grade_map")}[raw] == band


def test_every_band_of_the_map_is_a_band() -> None:
    assert {row["band_code"] for row in rows("ref_grade_map")} <= {row["band_code"] for row in rows("ref_band")}


def test_codes_that_say_no_sex_are_known_and_leave_it_to_the_other_field() -> None:
    sex = {(row["source"], row["raw_value"]): row["sex_code"] for row in rows("ref_sex")}
    assert [sex[key] for key in (("mhsds_identity", "X"), ("mhsds_identity", "Z"), ("mhsds", "X"))] == ["", "", ""]


def test_admission_codes_are_known_and_only_some_say_another_hospital() -> None:
    routes = {(row["source"], row["raw_value"]): row["route"] for row in rows("ref_admission_route")}
    assert {code for (source, code), route in routes.items() if (source, route) == ("mhsds_method", "hospital")} == {
        "2B", "81",
    }
    assert {code for (source, code), route in routes.items() if (source, route) == ("mhsds_source", "hospital")} == {
        "48", "49", "50", "51", "52", "53", "87",
    }
    assert {routes["mhsds_source", code] for code in ("19", "40", "99")} == {"other"}
    assert {routes["mhsds_method", code] for code in ("11", "2A", "98")} == {"other"}
