"""What the quality pages read is what dbt declares: a renamed column would be an empty place on a page."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml

from expectations import ACROSS
from orchestration.pages.quality import words
from orchestration.pages.quality.certainty import SHORT
from orchestration.pages.quality.facts import LEVEL_ORDER
from orchestration.pages.quality.tables import COLUMNS, OF_THE_TABLE

PROJECT = Path(__file__).resolve().parents[2]


def declared() -> dict[str, set[str]]:
    """Columns by table, as every YAML file of models and seeds has them."""
    found: dict[str, set[str]] = {}
    for folder, key in ((PROJECT / "dbt_project" / "models", "models"), (PROJECT / "seeds", "seeds")):
        for path in folder.rglob("*.yml"):
            content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
            for table in content.get(key, []):
                schema = "reference" if key == "seeds" else path.parent.name
                name = table.get("config", {}).get("alias", table["name"].removeprefix("mart_"))
                found[f"{schema}.{name}"] = {column["name"] for column in table.get("columns", [])}
    return found


DECLARED = declared()


@pytest.mark.parametrize("table", sorted(set(COLUMNS) & set(DECLARED)))
def test_every_column_read_is_declared(table: str) -> None:
    assert set(COLUMNS[table]) <= DECLARED[table]


def test_the_tables_that_are_there_are_read() -> None:
    there = {"quality.ethnicity_recording", "quality.unmapped_value", "quality.feed_status", "marts.equity_measure"}
    assert there <= set(COLUMNS) & set(DECLARED)
    assert set(OF_THE_TABLE) <= set(COLUMNS)


def rows(seed: str) -> list[dict[str, str]]:
    with (PROJECT / "seeds" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def coded(column: str) -> set[str]:
    """The values of a coded column."""
    return {row["value"] for row in rows("ref_enum") if row["column_name"] == column}


def test_every_code_has_words() -> None:
    assert set(words.STATUSES) == coded("recording_status")
    assert set(words.SIGNALS) == coded("signal")
    assert set(words.ASSURANCE) == coded("assurance")
    assert set(words.LEVELS) == set(LEVEL_ORDER) <= coded("unit_level")
    assert set(words.BREAKDOWNS) >= {"age_band", "sex"}
    assert {row["feed"] for row in rows("ref_quality_target")} - {ACROSS} <= set(words.SOURCES)
    assert set(SHORT) == {row["measure_id"] for row in rows("measure_catalogue")}
