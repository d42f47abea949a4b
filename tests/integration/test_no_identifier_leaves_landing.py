"""Nothing that names a person is found anywhere but in landing."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb
import pytest

from orchestration.contracts import FEEDS
from orchestration.contracts.base import Column
from tests.conftest import Home

PATTERNS = {
    # ten nines are the mask of a number; decimals of a figure are none
    "NHS number": re.compile(rb"(?<![\w.])999(?!9999999)\d{7}\b"),
    "employee number": re.compile(rb"\bDEM[A-Z]\d{4,}"),
    "postcode": re.compile(rb"\bQX\d{1,2} ?\d[A-Z]{2}\b"),
    "NI number": re.compile(rb"\bQQ\d{6}[A-Z]?\b"),
}
WHERE = ("lake", "history", "warehouse", "published", "restricted", "dagster", "dbt", "logs")


NAMES = {"last_name", "first_name", "ni_number", "forenames", "surname", "affected_name", "description_text"}


def identifying(column: Column) -> bool:
    """True for a column whose values name a person."""
    return column.treatment in {"pseudonym", "birth_month", "age_band", "area"} or column.name in NAMES


@pytest.fixture(scope="module")
def landed_values(small_home: Home) -> set[str]:
    """Every identifying value in the CSV files of landing, long enough not to stand elsewhere by chance."""
    values: set[str] = set()
    for feed in FEEDS.values():
        for table in feed.tables:
            headers = [column.header for column in table.columns if identifying(column)]
            for path in (small_home.settings.landing / feed.name).rglob(f"{table.file_prefix}*.csv"):
                values |= _values(path, headers)
    assert len(values) > 5_000, "the scan must have something to look for"
    return values


def _values(path: Path, headers: list[str]) -> set[str]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return {
            value
            for row in csv.DictReader(file)
            for header in headers
            if len(value := (row.get(header) or "").strip()) >= 7
        }


@pytest.fixture(scope="module")
def text_columns(small_home: Home) -> dict[str, list[str]]:
    """Every distinct text value of every table and kind of Parquet file, by place."""
    found: dict[str, list[str]] = {}
    settings = small_home.settings
    for file in (settings.warehouse_file, *settings.published.glob("*.duckdb"), *settings.restricted.glob("*.duckdb")):
        with duckdb.connect(str(file), read_only=True) as connection:
            tables = connection.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
            for (table,) in tables:
                found |= _distinct(connection, table, f"{file.name}: {table}")
    kinds = {(path.parent.parent.parent, path.name) for path in settings.lake.rglob("*.parquet")}
    globs = [f"{folder}/*/*/{name}" for folder, name in sorted(kinds)] + [f"{settings.history}/*/*.parquet"]
    for pattern in globs:
        with duckdb.connect() as connection:
            found |= _distinct(connection, f"read_parquet('{pattern}', union_by_name = true)", pattern)
    return found


def _distinct(connection: duckdb.DuckDBPyConnection, relation: str, place: str) -> dict[str, list[str]]:
    """Distinct values of every text column of a table, by place and column."""
    columns = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    return {
        f"{place}.{name}": [
            cell for (cell,) in connection.execute(f'SELECT DISTINCT "{name}" FROM {relation}').fetchall() if cell
        ]
        for name, kind, *_ in columns
        if kind == "VARCHAR"
    }


def test_no_landed_identifier_stands_in_any_table(text_columns: dict[str, list[str]], landed_values: set[str]) -> None:
    leaks = {place for place, cells in text_columns.items() if not landed_values.isdisjoint(cells)}
    assert not leaks


def test_no_shape_of_an_identifier_stands_in_any_table(text_columns: dict[str, list[str]]) -> None:
    leaks = {
        f"{place}: {name}"
        for place, cells in text_columns.items()
        for name, pattern in PATTERNS.items()
        if any(pattern.search(cell.encode()) for cell in cells)
    }
    assert not leaks


def test_no_shape_of_an_identifier_stands_in_any_file(small_home: Home) -> None:
    leaks = []
    for folder in WHERE:
        for path in (small_home.path / folder).rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                leaks += [
                    f"{path.relative_to(small_home.path)}: {name}"
                    for name, pattern in PATTERNS.items()
                    if pattern.search(content)
                ]
    assert not leaks


def test_no_full_birth_date_is_kept(small_home: Home) -> None:
    kept = [
        f"{table.name}.{column.name}"
        for feed in FEEDS.values()
        for table in feed.tables
        for column in table.columns
        if "birth" in f"{column.name} {column.header}".lower() and column.treatment == "keep"
    ]
    assert not kept
    with small_home.warehouse() as connection:
        months = connection.execute(
            "SELECT DISTINCT birth_month FROM core.dim_person WHERE birth_month IS NOT NULL"
        ).fetchall()
    assert months
    assert all(re.fullmatch(r"\d{4}-\d{2}", month) for (month,) in months)


def test_no_name_birth_date_or_number_stands_in_storage_or_logs(small_home: Home, landed_values: set[str]) -> None:
    assert not leaking_files(small_home, landed_values)


def test_the_scan_would_see_a_leak(small_home: Home, landed_values: set[str], tmp_path: Path) -> None:
    value = min(value for value in landed_values if value[0].isalpha())
    (tmp_path / "dagster").mkdir()
    (tmp_path / "dagster" / "run.log").write_text(f"could not read {value} here", encoding="utf-8")
    assert leaking_files(Home(tmp_path), landed_values) == {"dagster/run.log"}
    assert PATTERNS["NHS number"].search(b"seen 9990000018 here")


def leaking_files(home: Home, values: set[str]) -> set[str]:
    """Files of the orchestrator, of dbt and of the run in which a landed value of a person stands anywhere."""
    words = re.compile(rb"[A-Za-z0-9][A-Za-z0-9'-]{6,}")
    wanted = {value.encode() for value in values if words.fullmatch(value.encode())}
    assert wanted
    found = set()
    for path in [*(home.path / "dagster").rglob("*"), *(home.path / "dbt").rglob("*"), *home.path.glob("run.*")]:
        if path.is_file() and not wanted.isdisjoint(words.findall(path.read_bytes())):
            found.add(str(path.relative_to(home.path)))
    return found
