"""The contracts and the dbt sources say the same of every lake table: name, place, columns, order, types, words.

Belongs here: the comparison. Does not belong here: whether the lake itself obeys (`ingest`) or the models work (dbt).
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.contracts import FEEDS, Table
from orchestration.contracts.base import SYSTEM_COLUMNS

STAGING = Path(__file__).resolve().parents[2] / "dbt_project" / "models" / "staging"
DBT_TYPES = {
    "VARCHAR": "string", "DATE": "date", "TIMESTAMP": "timestamp", "BIGINT": "bigint", "DOUBLE": "double",
    "BOOLEAN": "boolean",
}
AREA_WORDS = {"area_code": "Authority of the usual address.", "lsoa_code": "Small area of the usual address."}
NOT_STAGED = {
    "mhs405_recall", "mhs509_home_leave", "mhs510_leave_of_absence", "mhs511_absence_without_leave",
    "mhs514_trial_leave", "mhs516_police_assistance", "mhs903_ward",
}
"""Tables that no model reads yet: they lie in the lake for the measures to come."""
BOOKS = {"receipt", "finding", "refused_receipt", "refused_finding"}
TABLES = {table.name: (feed, table) for feed, one in FEEDS.items() for table in one.tables if table.in_lake}


def sources() -> dict[str, dict[str, Any]]:
    """Tables of the source `lake`, over all files that declare it."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(STAGING.glob("*/_*__sources.yml")):
        for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]:
            assert source["name"] == "lake", f"{path.name}: only the lake is a source, found {source['name']}"
            for table in source["tables"]:
                assert table["name"] not in found, f"{table['name']} is declared twice"
                found[table["name"]] = table
    return found


def described(table: Table) -> list[tuple[str, str, str]]:
    """Name, type and words of the columns that the contract promises, the system columns left out."""
    columns = []
    for column in table.columns:
        for name, kind in column.lake_columns().items():
            words = AREA_WORDS[name[len(column.name) + 1:]] if column.treatment == "area" else column.description
            columns.append((name, DBT_TYPES[kind], words))
    return columns


def test_every_lake_table_is_a_source_and_nothing_else_is() -> None:
    assert set(sources()) == set(TABLES) | BOOKS


@pytest.mark.parametrize("name", sorted(TABLES))
def test_source_says_what_the_contract_says(name: str) -> None:
    feed, table = TABLES[name]
    declared = sources()[name]
    columns = [(each["name"], each["data_type"], each["description"]) for each in declared["columns"]]
    system = [(each, DBT_TYPES[kind]) for each, kind in SYSTEM_COLUMNS.items()]

    assert [column[:2] for column in columns[: len(system)]] == system
    differences = [
        f"  contract {ours}\n  source   {theirs}"
        for ours, theirs in zip(described(table), columns[len(system):], strict=False)
        if ours != theirs
    ]
    assert not differences, f"{name} differs from its contract:\n" + "\n".join(differences)
    assert len(columns) == len(system) + len(described(table))
    assert declared["description"] == f"Grain: {table.grain}, within one submission."
    place = declared["config"]["meta"]["external_location"]
    assert place == f"read_parquet('{{{{ env_var('EQUITY_LAKE', 'lake') }}}}/{feed}/*/*/{name}.parquet')"


def test_every_source_table_has_its_staging_model() -> None:
    expected = {f"stg_{feed}__{name}" for name, (feed, _) in TABLES.items() if name not in NOT_STAGED}
    expected |= {"stg_lake__receipt", "stg_lake__finding"}
    assert {path.stem for path in STAGING.glob("*/stg_*.sql")} == expected


@pytest.mark.parametrize("name", ["incident", "incident_contact"])
def test_models_read_a_code_through_the_list_that_ingest_checks_it_by(name: str) -> None:
    """Else ingest calls known what the model leaves out."""
    model = (STAGING.parent / "intermediate" / f"int_{name}.sql").read_text(encoding="utf-8")
    found = re.search(r"set coded = (\{.*?\})", model, re.DOTALL)
    assert found
    _, table = TABLES[name]
    lists = {
        column.name: column.vocabulary[1]
        for column in table.columns
        if column.vocabulary and column.vocabulary[0] == "ref_incident_code"
    }
    assert ast.literal_eval(found[1]) == lists
