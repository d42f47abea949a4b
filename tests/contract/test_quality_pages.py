"""What the quality pages read is what dbt declares: a renamed column would be an empty place on a page."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from expectations import ACROSS
from expectations import DECLARED as DECLARATIONS
from orchestration import history
from orchestration.pages.quality import words
from orchestration.pages.quality.certainty import ALSO_FED, NAMES_PEOPLE, SHORT
from orchestration.pages.quality.facts import LEVEL_ORDER
from orchestration.pages.quality.judged import HEADLINE, MOST, OF_ITEMS, OWN_LIMIT
from orchestration.pages.quality.kinds import BREAKDOWN, MAIN
from orchestration.pages.quality.overview import UNREAD
from orchestration.pages.quality.tables import COLUMNS, OF_THE_TABLE
from orchestration.pages.shares import Share
from tests import quality_tables
from tests.statistics_duckdb import value_of
from tests.unit import sound_trust

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


DECLARED = declared() | {
    "quality.check_run": set(history.RUN_COLUMNS), "quality.check_result": set(history.RESULT_COLUMNS)
}


@pytest.mark.parametrize("table", sorted(COLUMNS))
def test_every_column_read_is_declared(table: str) -> None:
    assert set(COLUMNS[table]) <= DECLARED[table]


def test_every_value_nobody_could_read_has_words() -> None:
    """Those that were kept are told by their rule: the model names each."""
    model = (PROJECT / "dbt_project" / "models" / "quality" / "malformed_value.sql").read_text(encoding="utf-8")
    (listed,) = re.findall(r"or rule in \((.*)\)", model)
    kept = set(re.findall(r"\w+", listed)) | set(re.findall(r"'(\w+)' as rule", model))
    assert len(kept) > 3
    assert kept | {"unmapped", "value", "row", "unit"} == set(UNREAD)


@pytest.mark.parametrize("make", [quality_tables.make, sound_trust.make_tables], ids=["pages", "sound"])
def test_made_up_rows_have_no_column_that_the_warehouse_lacks(make: Callable[[Path], Path], tmp_path: Path) -> None:
    """Tests of pages and of expectations stand on tables of their own: they must be tables that can be."""
    with duckdb.connect(str(make(tmp_path / "made_up.duckdb")), read_only=True) as connection:
        made = connection.execute(
            "SELECT table_schema || '.' || table_name, list(column_name) FROM information_schema.columns GROUP BY 1"
        ).fetchall()
    assert made
    assert {table: missing for table, columns in made if (missing := {*columns} - DECLARED[table])} == {}


def test_rows_are_chosen_only_of_tables_that_are_read() -> None:
    assert set(OF_THE_TABLE) <= set(COLUMNS)


def test_what_is_said_of_expectations_is_said_of_declared_ones() -> None:
    from expectations.classes import KINDS

    names = {declared.name for declared in DECLARATIONS}
    assert {HEADLINE, OWN_LIMIT, OF_ITEMS} <= names
    assert {words.TIMED} == {
        source for each in DECLARATIONS if each.name == "first_contact_trust" for source in each.sources
    }
    assert set(MOST) == {
        declared.name for declared in DECLARATIONS if not KINDS[declared.kind].worst_is_low
    }


def test_breakdowns_are_those_that_are_counted() -> None:
    counted = (PROJECT / "dbt_project" / "models" / "intermediate" / "int_ethnicity_count.sql").read_text("utf-8")
    listed = re.search(r"set breakdowns = \[(.*?)\]", counted)
    assert listed
    assert set(words.BREAKDOWNS) == set(re.findall(r"'(\w+)'", listed.group(1)))
    status = (PROJECT / "dbt_project" / "models" / "intermediate" / "int_patient_legal_status.sql").read_text("utf-8")
    either = re.findall(r"then '(\w+)' else '(\w+)' end as legal_status", status)
    rest = set(re.findall(r"coalesce\(legal_status\.legal_status, '(\w+)'\)", counted))
    assert set(words.BREAKDOWN_VALUES) == {("legal_status", value) for value in {*either[0], *rest}}


def test_whose_records_are_told_apart_has_words() -> None:
    record = (PROJECT / "dbt_project" / "models" / "intermediate" / "int_ethnicity_record.sql").read_text("utf-8")
    listed = re.search(r"case contact\.contact_type(.*?)end as subject", record, re.DOTALL)
    assert listed
    assert set(words.SUBJECTS) == set(re.findall(r"(?:then|else) '(\w+)'", listed.group(1)))
    assert BREAKDOWN in words.BREAKDOWNS
    assert MAIN in words.SUBJECTS


def test_a_feed_without_a_rank_of_ethnicity_first_stands_for_no_figure() -> None:
    """What a source is ranked first for in the models is what the pages say rests on it."""
    ranks = (PROJECT / "dbt_project" / "macros" / "ethnicity_sources.sql").read_text("utf-8")
    first = dict(re.findall(r"'subject': '(\w+)', 'source': '(\w+)', 'method': '\w+', 'rank': 1", ranks))
    assert set(NAMES_PEOPLE) == {*first.values(), *ALSO_FED.values()}


@pytest.mark.parametrize("total", [1, 2, 19, 20, 400, 60_000])
def test_the_limits_of_a_share_are_those_of_the_macro(total: int) -> None:
    for count in sorted({0, 1, total // 3, total - 1, total}):
        limits = [value_of(f"stat_wilson_{end}", count, total) for end in ("lower", "upper")]
        assert Share(count, total).limits == pytest.approx(limits, abs=1e-9)


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
    assert set(words.OTHER_RULES) == coded("reason_code") - {"preferred", "same_code"}
    assert set(words.LEVELS) == set(LEVEL_ORDER) <= coded("unit_level")
    assert {row["feed"] for row in rows("ref_quality_target")} - {ACROSS} <= set(words.SOURCES)
    assert set(SHORT) == {row["measure_id"] for row in rows("measure_catalogue")}


def test_every_system_has_one_name() -> None:
    """Those of the patient record have theirs in its list; every other is called like the source it is."""
    names: dict[str, set[str]] = {}
    for row in rows("ref_patient_system"):
        names.setdefault(row["system"], set()).add(row["plain_name"])
    assert all(len(found) == 1 and all(found) for found in names.values()), names
    assert len(set.union(*names.values())) == len(names)
    record = (PROJECT / "dbt_project" / "models" / "intermediate" / "int_ethnicity_record.sql").read_text("utf-8")
    others = set(re.findall(r"'(\w+)' as system", record))
    assert others
    assert others <= set(words.SOURCES)
    assert "unknown" not in names
