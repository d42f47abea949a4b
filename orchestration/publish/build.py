"""Builds `published/` and `restricted/` beside the old files, verifies them, then swaps them in."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.history import RESULT_COLUMNS, RUN_COLUMNS, results_query, runs_query
from orchestration.publish.answers import add_answers
from orchestration.publish.tables import PERSON_COLUMN, AddedTable, TableCopy, restricted_tables, shared_tables
from orchestration.quoting import sql_text
from orchestration.settings import Settings

STAGING_PREFIX = ".building-"
RUNS = AddedTable(
    reading_order=2,
    schema="quality",
    table="check_run",
    grain="one row per run",
    purpose="Every run of the expectations on the recording of ethnicity, kept for good.",
    example_query="select * from quality.check_run order by run_number desc nulls last limit 10",
)
RESULTS = AddedTable(
    reading_order=2,
    schema="quality",
    table="check_result",
    grain="one row per run, expectation, source, organisation_code, unit_level, unit_code and month",
    purpose=(
        "What every expectation found, kept for good: as a whole (unit_level all) and slice by slice. A run keeps the "
        "latest month and the months whose files changed."
    ),
    example_query=(
        "select as_of, source, expectation, passed, rating, share, target, worst_unit_name from quality.check_result "
        "where unit_level = 'all' order by as_of desc, source, expectation limit 10"
    ),
)


class PublishError(Exception):
    """A finished copy does not agree with the warehouse; the old files stay."""


@dataclass(frozen=True)
class Publication:
    """What one publication wrote: path of each file, and row counts by table, those of people apart."""

    files: dict[str, Path]
    rows: dict[str, int]
    restricted_rows: dict[str, int]


def publish(settings: Settings) -> Publication:
    """Build every finished file, verify all of them, then swap them in.

    Each is built under a temporary name in the folder it will live in and renamed over the old one: a reader that
    holds the old file keeps it, a new reader sees the new file, nobody waits.

    Returns:
        Publication: the files and the row count of every table in them.

    Raises:
        PublishError: a row count differs from the warehouse, a person-level column would be published, or the group
            of `restricted/` does not exist. The old files stay.
    """
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as warehouse:
        shared = shared_tables(warehouse)
        patient, workforce = restricted_tables(warehouse)
    settings.published.mkdir(parents=True, exist_ok=True)
    settings.restricted.mkdir(parents=True, exist_ok=True)
    _restrict(settings.restricted, settings, is_folder=True)
    contents = {
        settings.published_file: shared,
        settings.restricted / "patient.duckdb": patient,
        settings.restricted / "workforce.duckdb": workforce,
    }
    written = {path: _copy(settings.warehouse_file, _staged(path), tables) for path, tables in contents.items()}
    database = settings.published_file
    rows = written.pop(database) | _add_history(_staged(database), settings.history) | add_answers(_staged(database))
    restricted_rows = {table: count for of_file in written.values() for table, count in of_file.items()}
    _verify_no_person(_staged(database))
    for path in contents:
        if path.parent == settings.restricted:
            _restrict(_staged(path), settings)
    folders = [settings.published / kind for kind in ("parquet", "csv")]
    for folder in folders:
        _export(_staged(database), folder)
    for path in contents:
        os.replace(_staged(path), path)  # noqa: PTH105 - the atomic call is meant
    for folder in folders:
        _swap_folder(folder)
    return Publication({path.stem: path for path in (*contents, *folders)}, rows, restricted_rows)


def _staged(path: Path) -> Path:
    """The temporary name beside a finished file or folder."""
    return path.with_name(f"{STAGING_PREFIX}{path.name}")


def _add_history(database: Path, history: Path) -> dict[str, int]:
    """Add `quality.check_run` and `quality.check_result`, of every run so far; returns their rows by their names."""
    rows = {}
    with duckdb.connect(str(database)) as connection:
        for table, query, columns in (
            (RUNS, runs_query(history), RUN_COLUMNS),
            (RESULTS, results_query(history), RESULT_COLUMNS),
        ):
            if query:
                connection.execute("CREATE SCHEMA IF NOT EXISTS quality")
                connection.execute(f"CREATE TABLE {table.name} AS SELECT * FROM ({query}) ORDER BY ALL")  # noqa: S608
                table.announce(connection, {name: meaning for name, (_, meaning) in columns.items()})
                rows[table.name] = _count(connection, table.name)
    return rows


def _verify_no_person(database: Path) -> None:
    """Refuse a file in which a column stands for one person.

    Raises:
        PublishError: naming the columns.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute(
            "SELECT table_name || '.' || column_name FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
    personal = [name for (name,) in columns if PERSON_COLUMN.search(name.split(".")[1])]
    if personal:
        raise PublishError(f"person-level columns would be published: {', '.join(personal)}")


def _copy(warehouse: Path, target: Path, tables: list[TableCopy]) -> dict[str, int]:
    """Copy tables with their comments into a new database and verify it; returns rows by table."""
    target.unlink(missing_ok=True)  # left by a killed run
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"ATTACH {sql_text(str(warehouse))} AS warehouse (READ_ONLY)")
        for schema in sorted({table.schema for table in tables}):
            connection.execute(f'CREATE SCHEMA "{schema}"')
        for table in tables:
            connection.execute(
                f"CREATE TABLE {table.name} AS SELECT * FROM warehouse.{table.name} ORDER BY ALL"  # noqa: S608
            )
            for statement in table.comments:
                connection.execute(statement)
        counts = {
            table.name: (_count(connection, table.name), _count(connection, f"warehouse.{table.name}"))
            for table in tables
        }
        connection.execute("DETACH warehouse")
        connection.execute("CHECKPOINT")
    differing = [name for name, (copied, expected) in counts.items() if copied != expected]
    if differing:
        raise PublishError(f"{target.name}: rows differ from the warehouse in {', '.join(differing)}")
    return {name: copied for name, (copied, _) in counts.items()}


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - names come from the catalogue
    return int(row[0]) if row else 0


def _export(database: Path, folder: Path) -> None:
    """Write every table as a plain file of the kind the folder is named after, beside the folder."""
    staged = _staged(folder)
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    options = {"parquet": "FORMAT parquet, COMPRESSION zstd", "csv": "FORMAT csv, HEADER"}[folder.name]
    with duckdb.connect(str(database), read_only=True) as connection:
        names = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() ORDER BY ALL"
        ).fetchall()
        for schema, table in names:
            target = sql_text(str(staged / f"{schema}.{table}.{folder.name}"))
            connection.execute(f"COPY {schema}.{table} TO {target} ({options})")


def _swap_folder(folder: Path) -> None:
    """Put a finished folder in place of the old one; a folder can not be renamed over, so the old one steps aside."""
    old = folder.with_name(f".old-{folder.name}")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    _staged(folder).rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _restrict(path: Path, settings: Settings, *, is_folder: bool = False) -> None:
    """Apply the file mode and group of `trust.yaml`; a folder may be entered by whoever may read its files."""
    access = settings.trust.access
    mode = int(access.mode, 8)
    if is_folder:
        mode |= (mode & 0o444) >> 2
    path.chmod(mode)
    if access.group:
        try:
            shutil.chown(path, group=access.group)
        except LookupError:
            raise PublishError(f"{settings.trust_config}: access.group: no group {access.group!r} here") from None
