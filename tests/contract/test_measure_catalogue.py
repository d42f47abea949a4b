"""The catalogue, the models of atoms, the engine's own list and the coded columns say the same."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
import yaml

from expectations import ACROSS, DECLARED
from expectations.slices import QUERIES
from orchestration.contracts import FEEDS
from orchestration.contracts.patient_ethnicity import RECORD

PROJECT = Path(__file__).resolve().parent.parent.parent
SEEDS = PROJECT / "seeds"
MODELS = PROJECT / "dbt_project" / "models"
MACROS = PROJECT / "dbt_project" / "macros"

EQUITY_MEASURE = """
measure_id, period_type, period_start, period_end, period_label, organisation_code, unit_level, unit_code,
breakdown, breakdown_value, basis, grouping, group_code, reference_group_code, denominator_rule, adjustment,
numerator, denominator, numerator_people, denominator_people, value, value_lower, value_upper,
reference_numerator, reference_denominator, reference_value, ratio, ratio_lower, ratio_upper, ratio_direction,
difference, difference_lower, difference_upper, excess_count, strata_used, strata_empty, unknown_numerator,
unknown_denominator, unknown_share, bound_lower, bound_upper, plausible_lower, plausible_upper, tipping_point,
detectable_ratio, wres_range, polarity, verdict, is_fdr_significant, fit_for_use, method
"""
"""Columns of the mart, in the order readers rely on."""

LISTS = {
    "period_types": "period_type", "groupings": "grouping", "bases": "basis", "breakdowns": "breakdown",
    "stratifications": "stratification",
}
CODES = ("measure_type", "additivity", "ratio_direction", "polarity", "reference", "value_unit", "denominator_unit")


def rows(seed: str) -> list[dict[str, str]]:
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def coded(column: str) -> set[str]:
    return {row["value"] for row in rows("ref_enum") if row["column_name"] == column}


def test_every_measure_is_built_for_white_and_minority_ethnic_people() -> None:
    """Between them and the unknown lies everybody: the totals over strata are taken from there."""
    groupings = {row["measure_id"]: row["groupings"].split("|") for row in rows("measure_catalogue")}
    assert {measure for measure, declared in groupings.items() if "white_bme" not in declared} == set()


def test_a_double_tells_every_set_of_ethnic_codes_from_every_other() -> None:
    """int_measure_declared_group adds up a power of two per code."""
    assert len({row["ethnicity_code"] for row in rows("ref_ethnicity")}) <= 53


def test_every_measure_has_its_model_and_its_row() -> None:
    counted = {path.stem.removeprefix("int_atom_") for path in MODELS.rglob("int_atom_*.sql")}
    estimated = {path.stem.removeprefix("int_estimate_") for path in MODELS.rglob("int_estimate_*.sql")}
    catalogue = {row["measure_id"]: row["measure_type"] for row in rows("measure_catalogue")}
    assert counted == {measure_id for measure_id, kind in catalogue.items() if kind != "estimate"}
    assert estimated == {measure_id for measure_id, kind in catalogue.items() if kind == "estimate"}


@pytest.mark.parametrize("measure", rows("measure_catalogue"), ids=lambda row: row["measure_id"])
def test_codes_of_the_catalogue_are_declared(measure: dict[str, str]) -> None:
    for column in CODES:
        assert measure[column] in coded(column), column
    assert measure["lowest_unit_level"] in coded("unit_level")
    for column, enum in LISTS.items():
        assert set(measure[column].split("|")) <= coded(enum), column
    feeds = {name for name, feed in FEEDS.items() if any(table.in_lake for table in feed.tables)}
    assert set(measure["source_feeds"].split("|")) <= feeds
    for column in ("measure_name", "question", "family", "owner", "definition", "caveat"):
        assert measure[column], column


def test_only_a_share_is_neither_good_nor_bad() -> None:
    """Without a polarity no verdict can say whom a difference favours."""
    assert {row["measure_type"] for row in rows("measure_catalogue") if row["polarity"] == "neutral"} <= {"share"}


def test_period_types_agree() -> None:
    assert {row["period_type"] for row in rows("ref_period_type")} == coded("period_type")


def test_every_ethnicity_rule_is_a_variant_of_the_sensitivity() -> None:
    meaning = {(row["column_name"], row["value"]): row["meaning"] for row in rows("ref_enum")}
    assert coded("ethnicity_rule") < coded("variant")
    assert all(meaning["variant", rule] == meaning["ethnicity_rule", rule] for rule in coded("ethnicity_rule"))


def test_the_mart_has_the_columns_readers_rely_on() -> None:
    promised = [name.strip() for name in EQUITY_MEASURE.split(",")]
    model = yaml.safe_load((MODELS / "marts" / "equity_measure.yml").read_text(encoding="utf-8"))["models"][0]
    assert [column["name"] for column in model["columns"]] == promised
    sql = (MODELS / "marts" / "equity_measure.sql").read_text(encoding="utf-8")
    last = sql[sql.rindex("\nselect\n"):]
    written = re.findall(r"(?:^|\n)    (?:[^\n]* as )?(\w+)(?=,\n|\nfrom)", last)
    assert [name for name in written if name in promised] == promised


def test_headlines_share_the_key_with_the_mart_and_nothing_else() -> None:
    """Readers join the two by the columns of one name."""
    models = {
        name: yaml.safe_load((MODELS / "marts" / f"{name}.yml").read_text(encoding="utf-8"))["models"][0]
        for name in ("equity_measure", "equity_headline")
    }
    columns = {name: {column["name"] for column in model["columns"]} for name, model in models.items()}
    (grain,) = (test["grain"]["arguments"]["columns"] for test in models["equity_measure"]["data_tests"])
    assert columns["equity_headline"] & columns["equity_measure"] == {*grain}
    assert columns["equity_headline"] - {*grain} == {"is_board_figure"}


def test_every_declared_method_is_written_by_the_engine() -> None:
    """The other way round, what the built mart holds, is for `test_coded_values`."""
    engine = "".join(path.read_text(encoding="utf-8") for path in (MODELS / "intermediate").glob("int_*.sql"))
    macros = "".join(path.read_text(encoding="utf-8") for path in (MACROS / "measure").glob("*.sql"))
    written = {mark for text in re.findall(r"'([a-z_|]+)'", engine + macros) for mark in text.split("|")}
    assert coded("method") <= written


def test_every_target_is_set_for_a_feed_that_exists() -> None:
    for row in rows("ref_quality_target"):
        assert row["feed"] in {*FEEDS, ACROSS}
        assert row["unit_level"] in coded("unit_level")
        assert row["reason"]
        assert row["approver"]
        (direction,) = {
            declared.direction for declared in DECLARED if f"measure = '{row['measure']}'" in QUERIES[declared.name]
        }
        assert (float(row["green"]) > float(row["amber"])) == (direction == "at least")


def test_methods_of_an_answer_are_the_same_in_the_contract_the_ranks_and_the_codes() -> None:
    (contracted,) = {column.values for column in RECORD.columns if column.name == "method_code"}
    ranks = (MACROS / "ethnicity_sources.sql").read_text(encoding="utf-8")
    ranked = set(re.findall(r"'source': 'patient_ethnicity', 'method': '(\w+)'", ranks))
    assert ranked == coded("ethnicity_method")
    assert {method.lower() for method in contracted} == ranked - {"none"}


def test_statistics_stand_one_to_a_file_and_say_what_they_are() -> None:
    for file in (MACROS / "statistics").glob("*.sql"):
        text = file.read_text(encoding="utf-8")
        macros = re.findall(r"{% macro (\w+)\(", text)
        assert macros
        assert all(name.startswith(file.stem) for name in macros), file.name
        opening = text[:text.index("{% macro")]
        if file.stem != "stat_z":
            for word in ("Formula:", "Source:", "Domain:", "NULL"):
                assert word in opening, (file.name, word)
