"""The items of the record of a use of force: as the Act lists them, in the seed, the model, the contract and the demo.

Belongs here: the comparison. Does not belong here: whether a record is judged rightly (dbt unit tests, planted truths).
"""

from __future__ import annotations

import ast
import csv
import re
import string
from pathlib import Path

import pytest

from orchestration.contracts import FEEDS, Column
from orchestration.demo.truth_force import ALWAYS_TOLD, COLUMNS_OF_ITEM
from orchestration.demo.use_of_force import COLUMNS

PROJECT = Path(__file__).resolve().parents[2]
MODEL = PROJECT / "dbt_project" / "models" / "intermediate" / "int_use_of_force_item.sql"
BY_HEADER = {column.header: column for table in FEEDS["incidents"].tables for column in table.columns}


def items() -> list[dict[str, str]]:
    with (PROJECT / "seeds" / "ref_use_of_force_item.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def headers(item: dict[str, str]) -> list[str]:
    return item["headers"].split(", ")


def test_the_act_lists_sixteen_items_under_letters() -> None:
    assert [item["act_section"] for item in items()] == [f"6(5)({letter})" for letter in string.ascii_lowercase[:16]]
    assert all(item["judged_by"] and item["not_verified"] for item in items())


def test_the_model_judges_every_item_in_the_order_of_the_act() -> None:
    found = re.search(r"set items = (\{.*?\})", MODEL.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    assert list(ast.literal_eval(found[1])) == [item["item_code"] for item in items()]


@pytest.mark.parametrize("item", items(), ids=lambda item: item["item_code"])
def test_an_item_is_judged_from_columns_that_ingest_reads(item: dict[str, str]) -> None:
    assert [header for header in headers(item) if BY_HEADER[header].treatment == "drop"] == []


def test_every_column_of_which_the_presence_is_noted_is_needed_for_an_item() -> None:
    def is_noted(column: Column) -> bool:
        return column.treatment == "presence"

    needed = {header for item in items() for header in headers(item) if is_noted(BY_HEADER[header])}
    assert needed == {header for header, column in BY_HEADER.items() if is_noted(column)}


def test_the_demo_writes_what_the_items_are_judged_from() -> None:
    by_item = {item["item_code"]: tuple(headers(item)) for item in items()}
    assert {name: by_item[name] for name in COLUMNS_OF_ITEM} == COLUMNS_OF_ITEM
    assert set(ALWAYS_TOLD) <= set(by_item)
    assert set(COLUMNS) <= set(BY_HEADER)
