"""Write files in the forms in which real extracts arrive.

Belongs here: CSV in several encodings, a workbook with title rows, Parquet of text columns. Does not belong here: what
is in them. The same frame gives the same bytes.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pandas as pd
import xlsxwriter

FIXED = datetime.datetime(2025, 10, 15, tzinfo=datetime.UTC).replace(tzinfo=None)
"""Creation time written into workbooks: they must not depend on when they were made."""


def write_rows(path: Path, headers: Sequence[str], rows: Iterable[Sequence[str]], newline: str = "\n") -> None:
    """Write rows as CSV in UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=newline)
    writer.writerow(headers)
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode())


def write_frame(path: Path, frame: pd.DataFrame, newline: str = "\n") -> None:
    """Write a frame of text columns as CSV in UTF-8."""
    columns = [frame[name].tolist() for name in frame.columns]
    write_rows(path, list(frame.columns), zip(*columns, strict=True), newline)


def copy_csv(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write the result of a query over text columns as CSV in UTF-8, many times faster than row by row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"copy ({query}) to '{path}' (format csv, header true)")


def copy_parquet(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write the result of a query as Parquet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"copy ({query}) to '{path}' (format parquet)")


def copy_workbook(
    connection: duckdb.DuckDBPyConnection, query: str, path: Path, titles: Sequence[str], sheet: str
) -> None:
    """Write the result of a query as a workbook of text cells under title rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    result = connection.execute(query)
    headers = [column[0] for column in result.description]
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False}) as workbook:
        workbook.set_properties({"created": FIXED})
        page = workbook.add_worksheet(sheet)
        write = page.write_string
        for number, title in enumerate(titles):
            write(number, 0, title)
        for place, header in enumerate(headers):
            write(len(titles), place, header)
        for number, row in enumerate(result.fetchall(), start=len(titles) + 1):
            for place, value in enumerate(row):
                if value is not None:
                    write(number, place, value)


def recode(path: Path, encoding: str) -> None:
    """Rewrite a UTF-8 file in another encoding."""
    path.write_bytes(path.read_bytes().decode("utf-8").encode(encoding))


def use_crlf(path: Path) -> None:
    """Rewrite a file with Windows line ends."""
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
