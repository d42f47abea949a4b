"""The lake: Parquet by feed, period and organisation, replaced one submission at a time.

Belongs here: paths, writing and reading back, the swap of a whole folder, the zero-row files. Does not belong here:
what the rows are.

A submission is written to a folder of its own under `.incoming`, then takes the place of the old one by renaming; a
killed process leaves the old one, or a folder under `.outgoing` that the next run puts back.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pandas as pd

from orchestration.contracts import FEEDS, Feed
from orchestration.ingest.encoded import texts
from orchestration.ingest.findings import Finding
from orchestration.ingest.receipts import FINDING_COLUMNS, RECEIPT_COLUMNS, Receipt
from orchestration.quoting import sql_text
from orchestration.settings import Settings

NONE = "none"
"""Period and organisation of the zero-row files."""
INCOMING, OUTGOING = ".incoming", ".outgoing"
RECEIPT, FINDING = "receipt", "finding"


class Part(NamedTuple):
    """Rows of one file: without the system columns, their row numbers, their receipt."""

    frame: pd.DataFrame
    numbers: np.ndarray
    receipt: str


@lru_cache(maxsize=1)
def _engine() -> duckdb.DuckDBPyConnection:
    """One engine per process; one thread, so that the same rows give the same bytes."""
    engine = duckdb.connect(":memory:", config={"threads": 1})
    # Objects are text unless cast: nothing is guessed from the first rows.
    engine.execute("SET pandas_analyze_sample = 0")
    return engine


def kept_folder(settings: Settings, feed: str, period: str, organisation_code: str) -> Path:
    """Where the last good submission lies."""
    return settings.lake / feed / period / organisation_code


def refused_folder(settings: Settings, feed: str, period: str, organisation_code: str) -> Path:
    """Where the receipt of a refused submission lies."""
    return settings.refused / feed / period / organisation_code


def write_parquet(
    path: Path, columns: Mapping[str, str], frame: pd.DataFrame, constants: Mapping[str, str] | None = None
) -> None:
    """Write one file whole or not at all.

    Args:
        path: where to.
        columns: name and SQL type of each column, in order.
        frame: holds them.
        constants: columns with one value throughout, which the frame need not hold.
    """
    fixed = constants or {}
    # The engine finds `taken` by its name in this function: registering it would convert every column twice.
    taken = pd.DataFrame({name: _plain(frame[name]) for name in columns if name not in fixed}, copy=False)  # noqa: F841
    selected = ", ".join(
        f"""CAST({sql_text(fixed[name]) if name in fixed else f'"{name}"'} AS {kind}) AS "{name}\""""
        for name, kind in columns.items()
    )
    unfinished = path.with_name(f".{path.name}.tmp")
    with _engine().cursor() as cursor:
        query = f"SELECT {selected} FROM taken"  # noqa: S608 - the contract's own names
        cursor.execute(f"COPY ({query}) TO {sql_text(str(unfinished))} (FORMAT parquet)")
    unfinished.replace(path)


def write_rows(path: Path, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """Write rows of plain values."""
    by_column = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    series = {name: pd.Series(texts(cells), dtype=object) for name, cells in zip(columns, by_column, strict=True)}
    write_parquet(path, columns, pd.DataFrame(series))


def _plain(series: pd.Series) -> pd.Series:
    """A column as the engine takes it: numbers with gaps as objects, so that a gap stays a gap."""
    if isinstance(series.array, pd.arrays.IntegerArray | pd.arrays.FloatingArray):
        return series.astype(object).where(series.notna(), None)
    return series


def read_rows(path: Path) -> list[tuple[Any, ...]]:
    """Rows of a Parquet file; none when it is not there."""
    if not path.is_file():
        return []
    cursor = _engine().cursor()
    try:
        return cursor.execute("SELECT * FROM read_parquet($1)", [glob_safe(path)]).fetchall()
    finally:
        cursor.close()


def read_receipts(folder: Path) -> list[Receipt]:
    """Receipts of a submission; none when it is not there."""
    return [Receipt(*row) for row in read_rows(folder / f"{RECEIPT}.parquet")]


def all_receipts(settings: Settings, feed: Feed) -> dict[tuple[str, str, str], list[Receipt]]:
    """Receipts of a feed by status, period and organisation."""
    found: dict[tuple[str, str, str], list[Receipt]] = {}
    for root in (settings.lake, settings.refused):
        if not any((root / feed.name).glob(f"*/*/{RECEIPT}.parquet")):
            continue
        cursor = _engine().cursor()
        everywhere = f"{glob_safe(root / feed.name)}/*/*/{RECEIPT}.parquet"
        for row in cursor.execute("SELECT * FROM read_parquet($1)", [everywhere]).fetchall():
            receipt = Receipt(*row)
            found.setdefault((receipt.status, receipt.period, receipt.organisation_code), []).append(receipt)
        cursor.close()
    return found


def read_findings(folder: Path) -> list[Finding]:
    """Findings of a submission."""
    names = list(FINDING_COLUMNS)
    wanted = Finding.__dataclass_fields__
    return [
        Finding(**{name: value for name, value in zip(names, row, strict=True) if name in wanted})
        for row in read_rows(folder / f"{FINDING}.parquet")
    ]


def finding_row(finding: Finding, feed: str, period: str, organisation_code: str) -> tuple[Any, ...]:
    """A finding's values in the order of `FINDING_COLUMNS`."""
    place = {"feed": feed, "period": period, "organisation_code": organisation_code}
    return tuple(place[name] if name in place else getattr(finding, name) for name in FINDING_COLUMNS)


def write_table(path: Path, columns: Mapping[str, str], parts: Sequence[Part], constants: Mapping[str, str]) -> None:
    """Write a table's rows with who sent them, for when, in which file, at which row.

    Args:
        path: where to.
        columns: name and SQL type of each column, in order.
        parts: the rows of each file of the table.
        constants: organisation and period.
    """
    if len(parts) == 1:
        part = parts[0]
        frame = part.frame.assign(row_number=part.numbers)
        write_parquet(path, columns, frame, {**constants, "receipt_id": part.receipt})
        return
    frames = [
        part.frame.assign(row_number=part.numbers, receipt_id=pd.Series([part.receipt] * len(part.frame), dtype=object))
        for part in parts
    ]
    write_parquet(path, columns, pd.concat(frames, ignore_index=True), constants)


class Incoming:
    """A folder under way: filled, then put in place of the old one at a stroke."""

    def __init__(self, settings: Settings, target: Path) -> None:
        self._lake, self._target = settings.lake, target
        parent = settings.lake / INCOMING / target.relative_to(settings.lake).parent
        parent.mkdir(parents=True, exist_ok=True)
        for left_over in parent.glob(f"{target.name}.*"):
            shutil.rmtree(left_over)
        self.folder = parent / f"{target.name}.{os.getpid()}"
        self.folder.mkdir()

    def put_in_place(self) -> None:
        """Swap the folders; the old one goes."""
        old = _outgoing(self._lake, self._target)
        self._target.parent.mkdir(parents=True, exist_ok=True)
        if self._target.exists():
            old.parent.mkdir(parents=True, exist_ok=True)
            self._target.rename(old)
        self.folder.rename(self._target)
        if old.exists():
            shutil.rmtree(old)


def recover(settings: Settings, target: Path) -> None:
    """Put back a folder that a killed process had moved away, or drop it when its successor is there."""
    old = _outgoing(settings.lake, target)
    if not old.exists():
        return
    if target.exists():
        shutil.rmtree(old)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        old.rename(target)


def remove(folder: Path) -> bool:
    """Remove a submission's folder, and the folders above it that it leaves empty; False when there was none."""
    if not folder.is_dir():
        return False
    shutil.rmtree(folder)
    for above in list(folder.parents)[:2]:
        if above.is_dir() and not any(above.iterdir()):
            above.rmdir()
    return True


def remove_left_over(settings: Settings, *folders: Path) -> None:
    """Remove what a killed process left of these folders on their way in or out."""
    for folder in folders:
        for root in (settings.lake / INCOMING, settings.lake / OUTGOING):
            remove(root / folder.relative_to(settings.lake))


def write_empty(settings: Settings) -> None:
    """The zero-row file of every table, receipt and finding, so that a feed that never came breaks nothing."""
    for feed in FEEDS.values():
        for table in feed.tables:
            if table.in_lake:
                _write_empty(settings.lake / feed.name / NONE / NONE / f"{table.name}.parquet", table.lake_columns())
    for root in (settings.lake, settings.refused):
        _write_empty(root / NONE / NONE / NONE / f"{RECEIPT}.parquet", RECEIPT_COLUMNS)
        _write_empty(root / NONE / NONE / NONE / f"{FINDING}.parquet", FINDING_COLUMNS)


def organisations(settings: Settings, feed: Feed, period: str) -> list[str]:
    """Organisations of which a period holds a kept or a refused submission."""
    roots = (settings.lake, settings.refused, settings.lake / OUTGOING)
    folders = [root / feed.name / period for root in roots]
    return sorted({path.name for folder in folders if folder.is_dir() for path in folder.iterdir() if path.is_dir()})


def periods(settings: Settings, feed: Feed) -> list[str]:
    """Periods of which the lake holds a kept or a refused submission."""
    folders = [root / feed.name for root in (settings.lake, settings.refused)]
    return sorted(
        {
            path.name
            for folder in folders
            if folder.is_dir()
            for path in folder.iterdir()
            if path.is_dir() and path.name != NONE
        }
    )


def _write_empty(path: Path, columns: Mapping[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cursor = _engine().cursor()
    if path.is_file():
        described = cursor.execute("DESCRIBE SELECT * FROM read_parquet($1)", [glob_safe(path)]).fetchall()
        if {row[0]: row[1] for row in described} == dict(columns) and [row[0] for row in described] == list(columns):
            return
    write_rows(path, columns, [])


def _outgoing(lake: Path, target: Path) -> Path:
    return lake / OUTGOING / target.relative_to(lake)


def glob_safe(path: Path) -> str:
    """A path for the engine, in which `*`, `?` and `[` stand for themselves."""
    return "".join(f"[{each}]" if each in "*?[" else each for each in str(path))
