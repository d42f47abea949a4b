"""The whole dbt project on a local Spark session, and every cell of core, marts and quality beside DuckDB's.

Run by `make test-spark`, in the Spark environment: EQUITY_LAKE is the lake of a small run, EQUITY_WAREHOUSE the DuckDB
file that run built from it, EQUITY_DBT_VARS the variables of that run as JSON.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.spark.cells import Table, differences
from tests.statistics_macros import AGGREGATES, GOLDEN, false_discovery, render, render_aggregate

PROJECT = Path(__file__).resolve().parent.parent.parent / "dbt_project"
SCHEMAS = ("core", "marts", "quality")

pytestmark = pytest.mark.spark


@dataclass(frozen=True)
class SparkBuild:
    """What the second engine built: the folder of its tables and dbt's manifest."""

    tables: Path
    manifest: dict[str, Any]

    def compared_tables(self) -> list[Table]:
        """The models of core, marts and quality with the grain their test states."""
        grains = {
            node["attached_node"]: tuple(node["test_metadata"]["kwargs"]["columns"])
            for node in self.manifest["nodes"].values()
            if node["resource_type"] == "test" and node["test_metadata"]["name"] == "grain"
        }
        return [
            Table(node["schema"], node["alias"], grains[key])
            for key, node in self.manifest["nodes"].items()
            if node["resource_type"] == "model" and node["schema"] in SCHEMAS
        ]

    def files(self, table: Table) -> Path:
        """Folder of a table's Parquet files."""
        return self.tables / f"{table.schema}.db" / table.name


def required(variable: str) -> Path:
    """The path an environment variable names."""
    value = os.environ.get(variable)
    if not value or not Path(value).exists():
        pytest.fail(f"{variable}: expected an existing path, found {value!r}; run `make test-spark`")
    return Path(value)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folder of the second engine."""
    folder = tmp_path_factory.mktemp("spark")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def session(home: Path) -> Iterator[Any]:
    """Spark in a folder of its own: no server, no network, no user interface."""
    from pyspark.sql import SparkSession

    # Thousands of small files and few rows: one task reads many files, and no query is compiled to byte code.
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "2g",
        "spark.local.dir": str(home / "local"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.files.minPartitionNum": "1",
        "spark.sql.files.openCostInBytes": "65536",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.sources.parallelPartitionDiscovery.threshold": "10000",
        "spark.sql.warehouse.dir": str(home / "tables"),
        "spark.ui.enabled": "false",
    }
    builder = SparkSession.builder.master("local[2]").appName("second-engine")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    yield spark
    spark.stop()


@pytest.fixture(scope="session")
def built(home: Path, session: Any) -> SparkBuild:
    """The project built by Spark."""
    from dbt.cli.main import dbtRunner

    os.environ["EQUITY_LAKE"] = str(required("EQUITY_LAKE"))
    place = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target", "spark",
             "--target-path", str(home / "target"), "--log-path", str(home / "logs")]
    variables = ["--vars", os.environ.get("EQUITY_DBT_VARS", "{}")]
    result = dbtRunner().invoke(["build", "--exclude-resource-type", "unit_test", *place, *variables])
    if not result.success:
        pytest.fail(f"dbt build on Spark failed; log in {home / 'logs'}: {_failed(result)}")
    manifest = json.loads((home / "target" / "manifest.json").read_text(encoding="utf-8"))
    return SparkBuild(home / "tables", manifest)


def _failed(result: Any) -> str:
    if result.exception:
        return str(result.exception)
    return "; ".join(f"{each.node.name}: {each.message}" for each in result.result if each.status in ("error", "fail"))


@pytest.fixture(scope="session")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB's warehouse, attached read-only."""
    with duckdb.connect(str(required("EQUITY_WAREHOUSE")), read_only=True) as connection:
        yield connection


def test_every_cell_agrees(built: SparkBuild, warehouse: duckdb.DuckDBPyConnection) -> None:
    tables = built.compared_tables()
    in_duckdb = warehouse.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE list_contains(?, schema_name)", [list(SCHEMAS)]
    ).fetchall()
    assert {(table.schema, table.name) for table in tables} == set(in_duckdb)
    found = [line for table in tables for line in differences(warehouse, table, built.files(table))]
    assert not found, "\n".join(found)


def test_the_comparison_has_something_to_compare(built: SparkBuild, warehouse: duckdb.DuckDBPyConnection) -> None:
    for table in built.compared_tables():
        row = warehouse.execute(f'SELECT count(*) FROM "{table.schema}"."{table.name}"').fetchone()
        if table.name != "unmapped_value":
            assert row is not None, table
            assert row[0] > 0, f"{table.schema}.{table.name} is empty: nothing was compared"


def test_one_changed_cell_is_found(built: SparkBuild, warehouse: duckdb.DuckDBPyConnection) -> None:
    """A change far below rounding, a lost value and a lost row each come to light."""
    table = next(each for each in built.compared_tables() if each.name == "equity_measure")
    for change, line in {
        "UPDATE changed SET value = value * (1 + 1e-8) WHERE rowid = "
        "(SELECT min(rowid) FROM changed WHERE value > 0)": "value: 1 cells differ",
        "UPDATE changed SET ratio = NULL WHERE rowid = "
        "(SELECT min(rowid) FROM changed WHERE ratio > 0)": "ratio: 1 cells differ",
        "DELETE FROM changed WHERE rowid = 0": "rows, the other engine",
    }.items():
        warehouse.execute("CREATE OR REPLACE TEMP TABLE changed AS FROM marts.equity_measure")
        assert differences(warehouse, table, built.files(table), copy="changed") == []
        warehouse.execute(change)
        found = differences(warehouse, table, built.files(table), copy="changed")
        assert len(found) == 1, found
        assert line in found[0]


def agrees(found: float | None, expected: float | None, tolerance: float) -> bool:
    return found is None if expected is None else found == pytest.approx(expected, abs=tolerance, rel=0)


def test_published_figures_on_spark(session: Any) -> None:
    """The golden figures of the statistics macros, a few dozen to a query."""
    for start in range(0, len(GOLDEN), 30):
        figures = GOLDEN[start:start + 30]
        columns = ", ".join(f"{render(macro, *arguments, engine='spark')} AS c{number}"
                            for number, (macro, arguments, *_) in enumerate(figures))
        row = session.sql(f"SELECT {columns}").collect()[0]
        for found, (macro, arguments, expected, tolerance) in zip(row, figures, strict=True):
            assert agrees(found, expected, tolerance), (macro, arguments, found)


def test_published_figures_over_strata_on_spark(session: Any) -> None:
    for figure in AGGREGATES:
        found = session.sql(render_aggregate(figure, engine="spark")).collect()[0][0]
        assert agrees(found, figure.expected, figure.tolerance), (figure, found)


def test_false_discovery_on_spark(session: Any) -> None:
    """Of four p-values two are called; a family without a name is a family; an unknown p is in none."""
    rows = "('a', 0.01), ('a', 0.02), ('a', 0.04), ('a', 0.9), ('a', null), ('b', 0.06), (null, 0.05), (null, null)"
    session.sql(f"SELECT family, cast(p AS double) AS p FROM VALUES {rows} AS t(family, p)").createTempView("tested")
    found = session.sql(false_discovery("tested", ["family"], "p", engine="spark")).collect()
    assert {(row[0], row[1]) for row in found} == {("a", 0.02), (None, 0.05)}
