"""Rows of text out of a file, whatever its kind, with the row numbers a person would count.

Belongs here: CSV and Parquet, encodings, records that cannot be split. Does not belong here: workbooks (`workbook`),
which row is the header (`headers`), what a cell means (`values`).
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import duckdb
import numpy as np

from orchestration.ingest.findings import Finding, RefusedError

CHUNK_ROWS = 50_000
SMALL_FILE = 64 << 20
"""Bytes up to which a text file is read at once; a larger one is read in parts."""
_BLOCK = 4 << 20
_DELIMITERS = ",;\t|"
_NOT_CP1252 = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_GLOB = re.compile(r"[*?\[\]]")

Chunk = tuple[list[list[str]], np.ndarray]
"""Rows of cells, and the number of each row in the file."""


class NumberCell(str):
    """Text of a cell that holds a number, in a workbook or in Parquet: zeros that stood in front of it are gone."""

    __slots__ = ()


@dataclass(frozen=True)
class Malformed:
    """Records that cannot be split into fields."""

    row_number: int
    row_count: int
    found: str


@dataclass
class Raw:
    """A file opened for reading.

    Attributes:
        encoding: `utf-8`, `utf-8-sig`, `cp1252`, `xlsx` or `parquet`.
        file_sha256: SHA-256 of the bytes.
        chunks: its rows, title and header rows included.
        sheet: sheet of a workbook by its place, as `sheet 2`.
        excel_days: None outside a workbook; days to add to a serial number inside one.
        malformed: filled while the chunks are read.
        notes: what is worth knowing about the file.
    """

    encoding: str
    file_sha256: str
    chunks: Iterator[Chunk]
    sheet: str | None = None
    excel_days: int | None = None
    malformed: list[Malformed] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)


def open_csv(path: Path) -> Raw:
    """A delimited text file: UTF-8 with or without a byte order mark, or Windows-1252.

    Raises:
        RefusedError: the file is empty, holds NUL bytes, or is in neither encoding.
    """
    data = path.read_bytes() if path.stat().st_size <= SMALL_FILE else None
    digest, encoding = _scan([data] if data is not None else _blocks(path))
    if data is None:
        stream: TextIO = path.open(encoding=encoding, newline="")
    else:
        stream = io.StringIO(data.decode(encoding), newline="")
    start = stream.read(65_536)
    stream.seek(0)
    if not start.strip():
        raise RefusedError(
            Finding(
                "empty",
                "file",
                "a header row and rows",
                "an empty file",
                "export it again; a month without rows is a file with its header row only",
            )
        )
    delimiter = _delimiter(start)
    raw = Raw(encoding, digest, iter(()))
    raw.chunks = _csv_chunks(stream, delimiter, raw.malformed)
    if delimiter != ",":
        name = {";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}[delimiter]
        raw.notes.append(
            Finding(
                "delimiter", "note", "fields parted by commas", f"fields parted by {name}", "nothing: it was read so"
            )
        )
    return raw


def open_parquet(path: Path) -> Raw:
    """A Parquet file; every value as text.

    Raises:
        RefusedError: the file is damaged, or its name cannot be opened safely.
    """
    if _GLOB.search(str(path)):
        raise RefusedError(
            Finding("file_name", "file", "a path without * ? [ ]", "one that has them", "rename the file")
        )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    connection = duckdb.connect(":memory:", config={"threads": 1})
    try:
        columns = connection.read_parquet(str(path))
        types = dict(zip(columns.columns, map(str, columns.types), strict=True))
        texts = ", ".join(_as_text(*each) for each in types.items())
        connection.execute(f"SELECT {texts} FROM read_parquet(?)", [str(path)])  # noqa: S608 - names are quoted
    except duckdb.Error:
        connection.close()
        raise RefusedError(_damaged("Parquet")) from None
    return Raw("parquet", digest, _parquet_chunks(connection, types))


def _as_text(name: str, type_name: str) -> str:
    """SQL for a column as text; a whole number is written as one, also where gaps made it a floating one."""
    column = '"' + name.replace('"', '""') + '"'
    text = f"CAST({column} AS VARCHAR)"
    if type_name.startswith("DECIMAL"):
        return f"CASE WHEN {column} = trunc({column}) THEN CAST(CAST({column} AS HUGEINT) AS VARCHAR) ELSE {text} END"
    if type_name not in ("DOUBLE", "FLOAT"):
        return text
    exact = 2**53 if type_name == "DOUBLE" else 2**24  # every whole number below is one of the type
    is_whole = f"{column} = trunc({column}) AND abs({column}) < {exact}"
    whole = f"WHEN {is_whole} THEN CAST(CAST({column} AS BIGINT) AS VARCHAR)"
    return f"CASE WHEN isnan({column}) THEN NULL {whole} ELSE {text} END"  # not a number is how some write a blank


def _is_number(type_name: str) -> bool:
    return type_name.removeprefix("U") in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT") or (
        type_name in ("DOUBLE", "FLOAT") or type_name.startswith("DECIMAL")
    )


def _damaged(kind: str) -> Finding:
    return Finding(
        "damaged", "file", f"a complete {kind} file", "one that is cut off or damaged", "export it or copy it again"
    )


def _parquet_chunks(connection: duckdb.DuckDBPyConnection, types: dict[str, str]) -> Iterator[Chunk]:
    kinds = [NumberCell if _is_number(each) else str for each in types.values()]
    with connection:
        yield [list(types)], np.array([1])
        number = 2
        while True:
            try:
                fetched = connection.fetchmany(CHUNK_ROWS)
            except duckdb.Error:
                raise RefusedError(_damaged("Parquet")) from None
            if not fetched:
                return
            rows = [
                ["" if cell is None else kind(cell) for kind, cell in zip(kinds, row, strict=True)] for row in fetched
            ]
            yield rows, np.arange(number, number + len(rows))
            number += len(rows)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _scan(blocks: Iterable[bytes]) -> tuple[str, str]:
    """SHA-256 and encoding of a text file, in one pass over its bytes."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf_8, lines, undefined_row, first = True, 1, 0, b""
    for block in blocks:
        first = first or block[:3]
        digest.update(block)
        if b"\0" in block:
            _refuse_nul(first, lines + block[: block.index(b"\0")].count(b"\n"))
        if is_utf_8:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                is_utf_8 = False
        if not undefined_row:
            places = [place for byte in _NOT_CP1252 if (place := block.find(byte)) >= 0]
            undefined_row = lines + block[: min(places)].count(b"\n") if places else 0
        lines += block.count(b"\n")
    if is_utf_8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf_8 = False
    if is_utf_8:
        return digest.hexdigest(), "utf-8-sig" if first == codecs.BOM_UTF8 else "utf-8"
    if undefined_row:
        raise RefusedError(
            Finding(
                "encoding",
                "file",
                "UTF-8 or Windows-1252",
                "bytes that are neither",
                "export it again as CSV UTF-8",
                row_number=undefined_row,
            )
        )
    return digest.hexdigest(), "cp1252"


def _refuse_nul(first: bytes, row: int) -> None:
    if first[:2] in _UTF_16:
        raise RefusedError(
            Finding(
                "encoding",
                "file",
                "UTF-8 or Windows-1252",
                "UTF-16, which Excel calls Unicode text",
                "save it again as CSV UTF-8",
            )
        )
    raise RefusedError(
        Finding(
            "nul_bytes",
            "file",
            "text",
            "NUL bytes",
            "the file is damaged or no text file: export it again",
            row_number=row,
        )
    )


def _delimiter(start: str) -> str:
    """The delimiter that splits the first twenty lines into most fields; a comma unless another does better."""
    lines = start.splitlines()[:20]

    def fields(delimiter: str) -> int:
        try:
            return max((len(row) for row in csv.reader(lines, delimiter=delimiter)), default=0)
        except csv.Error:
            return 0

    return max(_DELIMITERS, key=lambda delimiter: (fields(delimiter), delimiter == ","))


def _csv_chunks(stream: TextIO, delimiter: str, malformed: list[Malformed]) -> Iterator[Chunk]:
    """Records in parts; a record that breaks the quoting rules is put aside and the next line starts afresh."""
    with stream:
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        number = 1
        while True:
            rows: list[list[str]] = []
            lines_before = reader.line_num
            fault = None
            try:
                rows.extend(itertools.islice(reader, CHUNK_ROWS))
            except csv.Error as error:
                fault = str(error)
            if rows:
                yield rows, np.arange(number, number + len(rows))
                number += len(rows)
            elif fault is None:
                return
            if fault is not None:
                lines = reader.line_num - lines_before - _lines(rows)
                found = "a quote that is not closed" if lines > 1 or "end of data" in fault else "a stray quote"
                malformed.append(Malformed(number, lines, found))
                number += lines


def _lines(rows: list[list[str]]) -> int:
    """Lines of the file that records stand on: a field may hold line breaks."""
    broken = [cell for row in rows for cell in row if "\n" in cell or "\r" in cell]
    return len(rows) + sum(cell.count("\n") + cell.count("\r") - cell.count("\r\n") for cell in broken)
