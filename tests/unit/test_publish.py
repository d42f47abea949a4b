"""Publication: what may be read by whom, and that a fault leaves the old file in place."""

from __future__ import annotations

import stat
from pathlib import Path

import duckdb
import pytest

from expectations import CheckResult
from orchestration import history
from orchestration.publish import PublishError, build, publish
from orchestration.publish.tables import TableCopy
from orchestration.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with a warehouse of six tables."""
    settings = Settings(home=tmp_path)
    settings.warehouse_file.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse_file)) as warehouse:
        for schema in ("reference", "staging", "core", "marts", "quality"):
            warehouse.execute(f"CREATE SCHEMA {schema}")
        warehouse.execute("CREATE TABLE marts.equity_measure AS SELECT 'm' AS measure_id, 3 AS numerator")
        warehouse.execute("COMMENT ON TABLE marts.equity_measure IS 'Grain: one row per measure'")
        warehouse.execute("COMMENT ON COLUMN marts.equity_measure.numerator IS 'the people''s count'")
        warehouse.execute("CREATE TABLE reference.ref_enum AS SELECT 'verdict' AS column_name")
        warehouse.execute("CREATE TABLE core.dim_area AS SELECT 'E1' AS area_code")
        warehouse.execute("CREATE TABLE core.dim_person AS SELECT 'abc' AS person_key")
        warehouse.execute("CREATE TABLE core.dim_staff AS SELECT 'def' AS staff_key")
        warehouse.execute("CREATE TABLE staging.stg_x AS SELECT 1 AS x")
    return settings


def names(path: Path) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return {
            row[0]
            for row in connection.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
        }


def test_people_go_to_restricted_and_the_rest_is_published(settings: Settings) -> None:
    publication = publish(settings)
    assert publication.restricted_rows == {'"core"."dim_person"': 1, '"core"."dim_staff"': 1}
    assert names(settings.published_file) == {"reference.ref_enum", "marts.equity_measure", "core.dim_area"}
    assert names(settings.restricted / "patient.duckdb") == {"core.dim_person"}
    assert names(settings.restricted / "workforce.duckdb") == {"core.dim_staff"}
    assert stat.S_IMODE((settings.restricted / "patient.duckdb").stat().st_mode) == 0o640
    assert stat.S_IMODE(settings.restricted.stat().st_mode) & 0o007 == 0


def test_comments_travel_with_the_tables(settings: Settings) -> None:
    publish(settings)
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        assert connection.execute(
            "SELECT comment FROM duckdb_columns() WHERE column_name = 'numerator'"
        ).fetchall() == [("the people's count",)]
        assert connection.execute(
            "SELECT comment FROM duckdb_tables() WHERE table_name = 'equity_measure'"
        ).fetchall() == [("Grain: one row per measure",)]


def test_the_history_of_checks_is_published_with_its_comments(settings: Settings) -> None:
    with duckdb.connect(str(settings.warehouse_file)) as warehouse:
        warehouse.execute(
            "CREATE TABLE quality.feed_receipt (feed TEXT, period TEXT, source_organisation_code TEXT, file_name TEXT, "
            "file_sha256 TEXT, is_refused BOOLEAN)"
        )
    result = CheckResult("n", "s", "e", "warn", True, 1, 0, numerator=1, denominator=2, share=0.5, month="2025-09")
    history.record(settings, "run-1", [result])
    publish(settings)
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        assert connection.execute("SELECT run_id, share FROM quality.check_result").fetchall() == [("run-1", 0.5)]
        assert not connection.execute(
            "SELECT column_name FROM duckdb_columns() "
            "WHERE table_name IN ('check_run', 'check_result') AND comment IS NULL"
        ).fetchall()


def test_plain_files_hold_the_same_tables_and_rows(settings: Settings) -> None:
    publish(settings)
    for kind in ("parquet", "csv"):
        assert {file.stem for file in (settings.published / kind).iterdir()} == names(settings.published_file)
        file = settings.published / kind / f"marts.equity_measure.{kind}"
        assert duckdb.sql(f"SELECT * FROM '{file}'").fetchall() == [("m", 3)]


def test_a_reader_keeps_the_old_file_and_a_new_one_sees_the_new(settings: Settings) -> None:
    publish(settings)
    held = duckdb.connect(str(settings.published_file), read_only=True)
    with duckdb.connect(str(settings.warehouse_file)) as warehouse:
        warehouse.execute("UPDATE marts.equity_measure SET numerator = 4")
    publish(settings)
    assert held.execute("SELECT numerator FROM marts.equity_measure").fetchall() == [(3,)]
    held.close()
    with duckdb.connect(str(settings.published_file), read_only=True) as fresh:
        assert fresh.execute("SELECT numerator FROM marts.equity_measure").fetchall() == [(4,)]


def test_a_copy_that_differs_leaves_the_old_file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(settings)
    before = settings.published_file.read_bytes()
    real_count = build._count
    monkeypatch.setattr(
        build, "_count", lambda connection, table: real_count(connection, table) + table.startswith("warehouse.")
    )
    with pytest.raises(PublishError, match="rows differ"):
        publish(settings)
    assert settings.published_file.read_bytes() == before


def test_leftovers_of_a_killed_run_are_removed(settings: Settings) -> None:
    settings.published.mkdir()
    (settings.published / f"{build.STAGING_PREFIX}equity.duckdb").write_bytes(b"half")
    publish(settings)
    assert not list(settings.published.glob(f"{build.STAGING_PREFIX}*"))


def test_a_table_is_quoted_as_sql_writes_it() -> None:
    assert TableCopy("marts", "equity_measure", ()).name == '"marts"."equity_measure"'
