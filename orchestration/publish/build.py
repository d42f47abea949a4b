"""Builds `published/` and `restricted/` beside the old files, verifies them, then swaps them in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.publish.catalogue import TableCopy, restricted_tables, shared_tables
from orchestration.settings import Settings

STAGING_PREFIX = ".building-"


class PublishError(Exception):
    """A finished copy does not agree with the warehouse; the old files stay."""


@dataclass(frozen=True)
class Publication:
    """What one publication wrote: path of each file and its row counts by table."""

    files: dict[str, Path]
    rows: dict[str, int]


def publish(settings: Settings) -> Publication:
    """Write every finished file and swap it in.

    Each database is built under a temporary name in the folder it will live in, verified against the warehouse,
    and renamed over the old one: a reader that holds the old file keeps it, a new reader sees the new file.

    Returns:
        Publication: the files and the row count of every table in them.

    Raises:
        PublishError: a copy lacks a table, a row count differs, or a person-level column would be published.
    """
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as warehouse:
        shared = shared_tables(warehouse)
        patient, workforce = restricted_tables(warehouse)
    files: dict[str, Path] = {}
    rows: dict[str, int] = {}
    for path, tables in (
        (settings.published / "equity.duckdb", shared),
        (settings.restricted / "patient.duckdb", patient),
        (settings.restricted / "workforce.duckdb", workforce),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.parent == settings.restricted:
            _restrict(path.parent, settings, is_folder=True)
        with _staged(path) as staged:
            counts = _copy(settings.warehouse_file, staged, tables)
            if path.parent == settings.restricted:
                _restrict(staged, settings)
        files[path.stem] = path
        rows |= counts
    for kind in ("parquet", "csv"):
        files[kind] = _export(settings.published / "equity.duckdb", settings.published / kind, kind)
    return Publication(files, rows)


@contextmanager
def _staged(path: Path) -> Iterator[Path]:
    """A temporary name beside `path`; renamed over it when the block ends without an error."""
    for leftover in path.parent.glob(f"{STAGING_PREFIX}{path.name}*"):
        leftover.unlink()
    staged = path.with_name(f"{STAGING_PREFIX}{path.name}")
    yield staged
    os.replace(staged, path)  # noqa: PTH105 - Path.replace would do the same; the atomic call is meant


def _copy(warehouse: Path, target: Path, tables: list[TableCopy]) -> dict[str, int]:
    """Copy tables with their comments into a new database and verify it; returns rows by table."""
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"ATTACH '{_quoted(warehouse)}' AS warehouse (READ_ONLY)")
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


def _export(database: Path, folder: Path, kind: str) -> Path:
    """Write marts and quality tables as plain files; the folder is swapped whole, the old one kept until then."""
    staged = folder.with_name(f"{STAGING_PREFIX}{folder.name}")
    old = folder.with_name(f".old-{folder.name}")
    for leftover in (staged, old):
        shutil.rmtree(leftover, ignore_errors=True)
    staged.mkdir(parents=True)
    options = "FORMAT parquet, COMPRESSION zstd" if kind == "parquet" else "FORMAT csv, HEADER"
    with duckdb.connect(str(database), read_only=True) as connection:
        names = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE schema_name IN ('marts', 'quality') ORDER BY ALL"
        ).fetchall()
        for schema, table in names:
            target = _quoted(staged / f"{schema}.{table}.{kind}")
            connection.execute(f"COPY {schema}.{table} TO '{target}' ({options})")
    if folder.exists():
        folder.rename(old)
    staged.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return folder


def _restrict(path: Path, settings: Settings, *, is_folder: bool = False) -> None:
    """Apply the file mode and group of `trust.yaml`; a folder may be entered by whoever may read its files."""
    access = settings.trust.access
    mode = int(access.mode, 8)
    if is_folder:
        mode |= (mode & 0o444) >> 2
    path.chmod(mode)
    if access.group:
        shutil.chown(path, group=access.group)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
