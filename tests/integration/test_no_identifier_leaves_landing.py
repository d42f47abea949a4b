"""Nothing that names a person is found anywhere but in landing, alone or within a longer text.

What is looked for is what landed: numbers of people, of their referrals, spells and incidents, names, dates of birth in
three ways of writing, postcodes and what was told in free text. Text is cut into words once and looked up, so that the
scan costs a pass whatever the number of identifiers.

What it cannot see: incident numbers of six digits outside tables, where counts look the same. The plain files of
`published/` are not read: another test holds them against the published tables.
"""

from __future__ import annotations

import csv
import datetime
import json
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from orchestration.contracts import FEEDS
from orchestration.contracts.base import Column
from tests.conftest import PROJECT, Home
from tests.landed import TABLES, csv_text, good_rows, landing_at

PATTERNS = {
    # ten nines are the mask of a number; decimals of a figure are none
    "NHS number": re.compile(r"(?<![\w.])999(?![ -]?999[ -]?9999)[ -]?\d{3}[ -]?\d{4}\b"),
    "employee number": re.compile(r"\bDEM[A-Z]\d{4,}"),
    "postcode": re.compile(r"\bQX\d{1,2} ?\d[A-Z]{2}\b"),
    "NI number": re.compile(r"\bQQ\d{6}[A-Z]?\b"),
}
"""Shapes that only the synthetic trust's identifiers have."""
WORD = re.compile(r"\d{1,2}/\d{1,2}/\d{4}|[A-Za-z0-9][A-Za-z0-9'-]{3,}")
ESCAPED_SPACE = re.compile(r"\\[nrt]|%20")
"""White space as JSON and addresses write it: it would stick to the word behind it."""
NAMES = {"last_name", "first_name", "forenames", "surname", "affected_name", "staff_name"}
LEAST_WORDS = 3
"""Words of a text that tells something; a `Yes` or a `Physical` is found anywhere."""
WAYS_OF_WRITING_A_DATE = ("%Y-%m-%d", "%d/%m/%Y", "%d-%b-%Y")
SHORTEST_NUMBER_IN_FILES = 7
NOT_SEARCHED = {"landing", "demo", "keys"}
"""What landed, what was planted, and the secrets."""
BIRTHS_BY_CHANCE = 0.1
"""Share of the days of a column of dates that may be somebody's birth."""
READ_AS_TABLES = {".duckdb", ".parquet", ".csv"}


def is_told(column: Column) -> bool:
    """True for a column of free text: of it only the presence leaves landing."""
    return column.treatment == "presence" and column.name not in NAMES


def identifying(column: Column) -> bool:
    """True for a column whose values name a person."""
    return column.treatment in {"pseudonym", "birth_month", "age_band"} or column.name in NAMES


class Landed:
    """What the CSV files of landing hold that names a person."""

    def __init__(self, landing: Path) -> None:
        self.words: set[str] = set()
        self.birth_dates: set[str] = set()
        self.phrases: set[str] = set()
        for feed in FEEDS.values():
            for table in feed.tables:
                for path in (landing / feed.name).rglob(f"{table.file_prefix}*.csv"):
                    self._add(path, table.columns)
        self.words |= self.birth_dates
        for seed in (PROJECT / "seeds").glob("*.csv"):
            self.words.difference_update(WORD.findall(seed.read_text(encoding="utf-8")))  # rates are per 100000
        self.words_in_files = {
            word for word in self.words if not (word.isdigit() and len(word) < SHORTEST_NUMBER_IN_FILES)
        }

    def _add(self, path: Path, columns: Iterable[Column]) -> None:
        named = {column.header: column for column in columns if identifying(column)}
        told = {column.header for column in columns if is_told(column)}
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            for row in csv.DictReader(file):
                texts = ((row.get(header) or "").strip() for header in told)
                self.phrases.update(text for text in texts if len(text.split()) >= LEAST_WORDS)
                for header, column in named.items():
                    value = (row.get(header) or "").strip()
                    is_birth_date = column.treatment in {"birth_month", "age_band"}
                    if is_birth_date:
                        self.birth_dates.update(_written(value))
                    else:
                        self.words.update({*WORD.findall(value), *WORD.findall(value.upper())})

    def leaks_in(self, text: str, *, is_file: bool) -> bool:
        """True when a text holds a word or a phrase that names a person."""
        wanted = self.words_in_files if is_file else self.words
        text = ESCAPED_SPACE.sub(" ", text)
        return not wanted.isdisjoint(WORD.findall(text)) or any(phrase in text for phrase in self.phrases)


def _written(value: str) -> set[str]:
    """A date of birth as it landed, and in the other ways of writing it."""
    for way in WAYS_OF_WRITING_A_DATE:
        try:
            day = datetime.datetime.strptime(value, way).date()
        except ValueError:
            continue
        return {value, *(day.strftime(other) for other in WAYS_OF_WRITING_A_DATE)}
    return {value} if WORD.fullmatch(value) else set()


def columns(home: Home) -> Iterator[tuple[str, str]]:
    """Place and distinct values, a line each, of the text and the dates of every table and kind of Parquet file."""
    settings = home.settings
    for file in (settings.warehouse_file, *settings.published.glob("*.duckdb"), *settings.restricted.glob("*.duckdb")):
        if file.exists():
            with duckdb.connect(str(file), read_only=True) as connection:
                for (table,) in connection.execute(
                    "SELECT schema_name || '.' || table_name FROM duckdb_tables()"
                ).fetchall():
                    yield from _texts(connection, table, f"{file.name}: {table}")
    kinds = {(path.parent.parent.parent, path.name) for path in settings.lake.rglob("*.parquet")}
    patterns = [f"{folder}/*/*/{name}" for folder, name in sorted(kinds)]
    patterns += [f"{settings.history}/*/*.parquet"] if any(settings.history.glob("*/*.parquet")) else []
    with duckdb.connect() as connection:
        for pattern in patterns:
            place = str(Path(pattern).relative_to(home.path))
            yield from _texts(connection, f"read_parquet('{pattern}', union_by_name = true)", place)


def _texts(connection: duckdb.DuckDBPyConnection, relation: str, place: str) -> Iterator[tuple[str, str]]:
    for name, kind, *_ in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall():
        if kind == "VARCHAR":
            cells = connection.execute(f'SELECT DISTINCT "{name}" FROM {relation}').fetchall()
            yield f"{place}.{name}", "\n".join(cell for (cell,) in cells if cell)
        elif kind.startswith(("DATE", "TIMESTAMP")):
            cells = connection.execute(f'SELECT DISTINCT CAST("{name}" AS DATE) FROM {relation}').fetchall()
            yield f"{place}.{name}: days", "\n".join(cell.isoformat() for (cell,) in cells if cell)


def files(home: Home) -> Iterator[tuple[str, str]]:
    """Place and content of every file of a run outside landing; what holds tables is read by `columns`."""
    for path in home.path.rglob("*"):
        is_searched = path.relative_to(home.path).parts[0] not in NOT_SEARCHED
        if is_searched and path.is_file() and path.suffix not in READ_AS_TABLES:
            content = path.read_bytes()
            is_sqlite = content.startswith(b"SQLite format 3\0")
            yield str(path.relative_to(home.path)), _cells(path) if is_sqlite else content.decode("latin-1")


def _cells(database: Path) -> str:
    """Every cell of a SQLite file, a line each; what the orchestrator deflated is inflated."""
    lines = []
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                lines += [_inflated(cell) for cell in row if isinstance(cell, str | bytes)]
    return "\n".join(lines)


def _inflated(cell: str | bytes) -> str:
    if isinstance(cell, str):
        return cell
    try:
        return zlib.decompress(cell).decode("latin-1")
    except zlib.error:
        return cell.decode("latin-1")


def leaks(landed: Landed, home: Home) -> set[str]:
    """Places at which something that names a person stands, with the kind where its shape says it; never the value."""
    found = set()
    for is_file, places in ((False, columns(home)), (True, files(home))):
        for place, text in places:
            if place.endswith(": days"):
                days = set(text.splitlines())
                is_leak = len(days & landed.birth_dates) > BIRTHS_BY_CHANCE * len(days)
            else:
                is_leak = landed.leaks_in(text, is_file=is_file)
            found |= {place} if is_leak else set()
            found |= {f"{place}: {name}" for name, pattern in PATTERNS.items() if pattern.search(text)}
    return found


@pytest.fixture(scope="module")
def landed(small_home: Home) -> Landed:
    return Landed(small_home.settings.landing)


def test_nothing_that_names_a_person_is_found_outside_landing(small_home: Home, landed: Landed) -> None:
    assert len(landed.words) > 5_000, "the scan must have something to look for"
    assert len(landed.phrases) > 10
    assert not leaks(landed, small_home)


KINDS = ("a name", "a birth date", "a birth date written otherwise", "a local number", "a sentence")


def planted(landed: Landed, kind: str) -> str:
    """A landed value of a kind; the sentence is what somebody told."""
    chosen = {
        "a name": lambda word: word.isalpha(),
        "a birth date": lambda word: re.fullmatch(r"\d{4}-\d{2}-\d{2}", word),
        "a birth date written otherwise": lambda word: re.fullmatch(r"\d{2}/\d{2}/\d{4}", word),
        "a local number": lambda word: re.fullmatch(r"P\d{7}", word),
        "a sentence": lambda text: " " in text,
    }
    return min(value for value in landed.words | landed.phrases if chosen[kind](value))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("store", ["log", "json", "sqlite", "deflated", "duckdb", "parquet"])
def test_the_scan_sees_a_leak_within_a_longer_text(landed: Landed, tmp_path: Path, store: str, kind: str) -> None:
    place = _write(f"could not read (row 7):\n{planted(landed, kind)} lies there", store, tmp_path)
    assert {found.split(":")[0] for found in leaks(landed, Home(tmp_path))} == {place}


@pytest.mark.parametrize(
    ("name", "feed", "header", "typed"),
    [
        ("patient_ethnicity", "patient_ethnicity", "System", "Jane Testperson told her key worker at the desk"),
        ("patient_ethnicity", "patient_ethnicity", "System", "RiO of 999 000 0018"),
        ("patient_ethnicity", "patient_ethnicity", "Team", "Ward 7 seen 999 000 0018 there"),
        ("contact", "contacts", "Team", "Ward 7 seen 999 000 0018 there"),
        ("contact", "contacts", "ServiceLine", "Adults seen 9990000018 there"),
    ],
)
def test_what_is_typed_where_a_system_or_a_team_is_named_stays_in_landing(
    tmp_path: Path, name: str, feed: str, header: str, typed: str
) -> None:
    """What ingest does not store, nothing behind it can show: neither the quality tables nor their history."""
    made = landing_at(tmp_path)
    rows = good_rows(TABLES[name])
    rows[2][header] = typed
    made.path(feed, f"{TABLES[name].file_prefix}.csv").write_text(csv_text(rows), encoding="utf-8")
    (submission,) = made.take_in(feed).submissions
    assert submission.outcome == "kept"
    assert header in {each.column_name for each in submission.findings}
    landed = Landed(made.settings.landing)
    landed.phrases = {typed}
    assert not leaks(landed, Home(made.settings.home))


def test_the_scan_sees_dates_of_birth_under_another_name(landed: Landed, tmp_path: Path) -> None:
    days = sorted(day for day in landed.birth_dates if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day))[:20]
    path = tmp_path / "published" / "equity.duckdb"
    path.parent.mkdir()
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE visit AS SELECT unnest(?::DATE[]) AS seen_on", [days])
    assert leaks(landed, Home(tmp_path)) == {"equity.duckdb: main.visit.seen_on: days"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("NHS number", "seen 9990000018 here"),
        ("NHS number", "seen 999 000 0018 here"),
        ("employee number", "of DEMA00001, twice"),
        ("postcode", "lives at QX10 1AB"),
        ("postcode", "lives at QX101AB"),
        ("NI number", "paid as QQ000145C"),
    ],
)
def test_the_shape_of_an_identifier_is_known_within_a_text(name: str, text: str) -> None:
    assert [kind for kind, pattern in PATTERNS.items() if pattern.search(text)] == [name]


def _write(message: str, store: str, home: Path) -> str:
    """Leave a message in one of the stores of a home; returns how the scan calls the place."""
    places = {
        "log": "logs/run.log",
        "json": "dagster/compute/1.json",
        "sqlite": "dagster/history/runs/1.db",
        "deflated": "dagster/history/runs.db",
        "duckdb": "published/equity.duckdb",
        "parquet": "lake/mhsds/2025-09/DEM0/finding.parquet",
    }
    path = home / places[store]
    path.parent.mkdir(parents=True)
    if store in {"sqlite", "deflated"}:
        cell = zlib.compress(message.encode()) if store == "deflated" else message
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE event_logs (event BLOB)")
            connection.execute("INSERT INTO event_logs VALUES (?)", [cell])
    elif store == "duckdb":
        with duckdb.connect(str(path)) as connection:
            connection.execute("CREATE TABLE finding AS SELECT ? AS message", [message])
    elif store == "parquet":
        with duckdb.connect() as connection:
            connection.execute(f"COPY (SELECT ? AS message) TO '{path}' (FORMAT parquet)", [message])
    else:
        path.write_text(json.dumps({"said": message}) if store == "json" else message, encoding="utf-8")
    as_tables = {"duckdb": "equity.duckdb", "parquet": "lake/mhsds/*/*/finding.parquet.message"}
    return as_tables.get(store, places[store])


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
