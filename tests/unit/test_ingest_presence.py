"""Columns of which only the presence is noted: the lake holds whether something stands there, never what."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.ingest import ensure_empty
from orchestration.settings import Settings
from tests.landed import TABLES, Landing, Row, good_rows, landing_at

TABLE = "incident_restraint"
CELLS = ("Held by both arms", "  ", ".", " N/A ", "none", "")


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return landing_at(tmp_path)


def restraints(header: str | None = "PriorInterventions") -> list[Row]:
    """Rows of which the first have `CELLS` under a header; None for rows without the efforts to avoid force."""
    rows = good_rows(TABLES[TABLE])
    for row, cell in zip(rows, CELLS, strict=False):
        row["PriorInterventions"] = cell
    return [{name: cell for name, cell in row.items() if header or name != "PriorInterventions"} for row in rows]


def noted(landing: Landing) -> list[bool | None]:
    """What the lake says of the first rows."""
    return [row[0] for row in landing.lake(TABLE, "has_prior_interventions")[: len(CELLS)]]


def test_a_text_is_noted_and_a_blank_or_a_placeholder_is_not(landing: Landing) -> None:
    landing.incidents({TABLE: restraints()})
    assert landing.only("incidents").outcome == "kept"
    assert noted(landing) == [True, False, False, False, False, False]
    assert "Held" not in repr(landing.lake(TABLE))
    assert {row[0] for row in landing.lake(TABLE, "typeof(has_prior_interventions)")} == {"BOOLEAN"}


def test_of_a_file_without_the_column_it_is_not_known(landing: Landing) -> None:
    landing.incidents({TABLE: restraints(header=None)})
    assert landing.only("incidents").outcome == "kept"
    assert {row[0] for row in landing.lake(TABLE, "has_prior_interventions")} == {None}


def test_a_column_that_nobody_filled_in_is_there_all_the_same(landing: Landing) -> None:
    landing.incidents({TABLE: [{**row, "PriorInterventions": ""} for row in good_rows(TABLES[TABLE])]})
    landing.take_in("incidents")
    assert {row[0] for row in landing.lake(TABLE, "has_prior_interventions")} == {False}


def test_rows_landed_twice_leave_the_others_as_they_are(landing: Landing) -> None:
    """A repeated row is taken out of every column, of one that the file lacks too."""
    rows = restraints(header=None)
    landing.incidents({TABLE: [*rows[:3], rows[0], *rows[3:]]})
    submission = landing.only("incidents")
    (receipt,) = (each for each in submission.receipts if each.table_name == TABLE)
    assert (receipt.rows_kept, receipt.rows_duplicate) == (40, 1)
    assert {row[0] for row in landing.lake(TABLE, "has_prior_interventions")} == {None}


def test_the_trusts_own_header_is_found(tmp_path: Path) -> None:
    landing = landing_at(tmp_path)
    landing.incidents({TABLE: [{**row, "PriorInterventions": ".", "Efforts": "Talked"} for row in restraints()]})
    landing.take_in("incidents")
    assert set(noted(landing)) == {False}
    config = tmp_path / "trust.yaml"
    text = landing.settings.trust_config.read_text(encoding="utf-8")
    feed = "incidents: { due_days: 14"
    assert feed in text
    config.write_text(text.replace(feed, f"{feed}, headers: {{ PriorInterventions: Efforts }}"), encoding="utf-8")
    mapped = Landing(Settings(home=landing.settings.home, trust_config=config), landing.seeds)
    mapped.take_in("incidents")
    assert set(noted(mapped)) == {True}


@pytest.mark.parametrize("name", ["incident", "incident_contact", "incident_restraint"])
def test_a_feed_without_a_row_has_the_columns(landing: Landing, name: str) -> None:
    """Models read them before anything has landed."""
    ensure_empty(landing.settings)
    (path,) = landing.settings.lake.rglob(f"none/none/{name}.parquet")
    kinds = {column: kind for column, kind, *_ in duckdb.sql(f"DESCRIBE SELECT * FROM '{path}'").fetchall()}
    noted_columns = [name for name in kinds if name.startswith("has_")]
    assert noted_columns
    assert {kinds[column] for column in noted_columns} == {"BOOLEAN"}
