"""One file as columns of text: header found, contract's columns placed, records that cannot be split put aside.

Belongs here: putting the readers together. Does not belong here: what the text means (`parsing`, `checking`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from orchestration.contracts import Column, Table
from orchestration.ingest import census
from orchestration.ingest.encoded import Encoded, Encoder
from orchestration.ingest.findings import Finding, RefusedError
from orchestration.ingest.headers import Placed, fit, place
from orchestration.ingest.landing import LandedFile
from orchestration.ingest.raw import Chunk, Malformed, NumberCell, Raw, open_csv, open_parquet
from orchestration.ingest.values import KEEP_ZEROS, mask
from orchestration.ingest.workbook import open_workbook

CENSUS_TABLE = "census_population"


@dataclass(frozen=True)
class TextTable:
    """A file's rows as text.

    Attributes:
        raw: the file it came from; its `malformed` and `notes` are complete.
        columns: the contract's columns that leave the landing folder, by lake name.
        headers: the file's own header of each column.
        row_numbers: row of the file, the header included.
        row_hashes: equal for rows that are equal byte by byte.
    """

    raw: Raw
    columns: dict[str, Encoded]
    headers: dict[str, str]
    row_numbers: np.ndarray
    row_hashes: np.ndarray

    @property
    def malformed_count(self) -> int:
        """Rows that could not be split into fields."""
        return sum(each.row_count for each in self.raw.malformed)


def read_text(file: LandedFile, table: Table, trust_headers: Mapping[str, str]) -> TextTable:
    """Read one file.

    Args:
        file: the file; its kind is known.
        table: its contract.
        trust_headers: the trust's own header for each of ours.

    Raises:
        RefusedError: the file cannot be read, or its header does not meet the contract.
    """
    raw = _open(file, table, trust_headers)
    first = next(raw.chunks, None)
    if first is None:
        raise RefusedError(Finding("empty", "file", "a header row and rows", "no readable row", "export it again"))
    rows, numbers = first
    placed = place(rows, table, trust_headers, raw.sheet)
    raw.notes.extend(placed.notes)
    header_number = int(numbers[placed.header_row])
    raw.malformed[:] = [each for each in raw.malformed if each.row_number > header_number]
    body = (rows[placed.header_row + 1 :], numbers[placed.header_row + 1 :])
    text = _encode(raw, table, placed, rows[placed.header_row], body)
    if not len(text.row_numbers) and not raw.malformed:
        raw.notes.append(
            Finding(
                "header_only",
                "note",
                "rows under the header",
                "none",
                "nothing, if there was nothing to report",
                sheet=raw.sheet,
            )
        )
    return text


def _open(file: LandedFile, table: Table, trust_headers: Mapping[str, str]) -> Raw:
    if table.name == CENSUS_TABLE:
        opened = open_workbook(file.path, _widest) if file.kind == "xlsx" else _open_plain(file)
        return census.conform(opened)
    if file.kind == "xlsx":
        return open_workbook(file.path, partial(fit, table=table, trust_headers=trust_headers))
    return _open_plain(file)


def _open_plain(file: LandedFile) -> Raw:
    return open_parquet(file.path) if file.kind == "parquet" else open_csv(file.path)


def _widest(rows: list[list[str]]) -> int:
    return max((len([cell for cell in row if cell]) for row in rows), default=0)


def kept_columns(table: Table) -> list[Column]:
    """Columns of which anything leaves the landing folder."""
    return [column for column in table.columns if column.treatment != "drop"]


def _encode(raw: Raw, table: Table, placed: Placed, header: list[str], body: Chunk) -> TextTable:
    encoders = {
        column.name: (placed.positions[column.name], Encoder())
        for column in kept_columns(table)
        if column.name in placed.positions
    }
    told = [column for column in table.columns if column.name in encoders and _zeros_count(column, table)]
    number_cells = {column.name: _NumberCells() for column in told} if raw.encoding in ("xlsx", "parquet") else {}
    numbers, hashes = [], []
    blank_count = 0
    for rows, row_numbers in _all(body, raw.chunks):
        whole, whole_numbers, blanks = _whole_rows(rows, row_numbers, header, placed, raw)
        blank_count += blanks
        if not whole:
            continue
        cells = list(zip(*whole, strict=True))
        for position, encoder in encoders.values():
            encoder.add(cells[position])
        for name, found in number_cells.items():
            found.add(cells[placed.positions[name]], whole_numbers)
        numbers.append(whole_numbers)
        hashes.append(np.fromiter(map(hash, map(tuple, whole)), dtype=np.int64, count=len(whole)))
    raw.notes.extend(
        found.finding(placed.headers[name], raw.sheet) for name, found in number_cells.items() if found.count
    )
    if blank_count:
        raw.notes.append(
            Finding(
                "blank_rows",
                "note",
                "rows with values",
                "rows with none",
                "nothing: they were not counted",
                sheet=raw.sheet,
                finding_count=blank_count,
            )
        )
    length = sum(map(len, numbers))
    columns = {
        column.name: encoders[column.name][1].done() if column.name in encoders else Encoded.lacking(length)
        for column in kept_columns(table)
    }
    empty = np.empty(0, dtype=np.int64)
    return TextTable(raw, columns, placed.headers, np.concatenate([empty, *numbers]), np.concatenate([empty, *hashes]))


def _zeros_count(column: Column, table: Table) -> bool:
    """True for an identifier or a code of which nothing else tells whether zeros in front of it were lost."""
    is_told_otherwise = column.nhs_number or column.values or column.vocabulary or column.code_length
    is_key = column.name in table.key or column.name.endswith("_code") or column.treatment == "pseudonym"
    return column.type == "text" and is_key and not is_told_otherwise


@dataclass
class _NumberCells:
    """Cells of one column that hold numbers where the contract has text."""

    count: int = 0
    row_number: int = 0
    shape: str = ""

    def add(self, cells: Sequence[str], row_numbers: np.ndarray) -> None:
        """Take further cells."""
        places = [place for place, cell in enumerate(cells) if isinstance(cell, NumberCell)]
        if places and not self.count:
            self.row_number, self.shape = int(row_numbers[places[0]]), mask(cells[places[0]])
        self.count += len(places)

    def finding(self, header: str, sheet: str | None) -> Finding:
        """What there is to tell of the column, once."""
        return Finding(
            "number_cells",
            "note",
            "text",
            f"a number as {self.shape}",
            KEEP_ZEROS,
            sheet,
            self.row_number,
            header,
            self.count,
        )


def _all(first: Chunk, following: Iterator[Chunk]) -> Iterator[Chunk]:
    yield first
    yield from following


def _whole_rows(
    rows: list[list[str]], numbers: np.ndarray, header: list[str], placed: Placed, raw: Raw
) -> tuple[list[list[str]], np.ndarray, int]:
    """Rows with as many fields as the header; the others are put aside, blank ones counted.

    Blank fields after the last header do no harm, and neither does a header repeated between the rows.
    """
    width = placed.width
    odd = [place for place, row in enumerate(rows) if len(row) != width or not row[0] or row[0] == header[0]]
    if not odd:
        return rows, numbers, 0
    left_out = set()
    blanks = 0
    rows = list(rows)
    for place_ in odd:
        row = rows[place_]
        if not any(cell.strip() for cell in row):
            blanks += 1
            left_out.add(place_)
        elif row[:width] == header[:width]:
            raw.notes.append(
                Finding(
                    "header_again",
                    "note",
                    "one header row",
                    "a second one",
                    "nothing: it was passed over",
                    sheet=raw.sheet,
                    row_number=int(numbers[place_]),
                )
            )
            left_out.add(place_)
        elif len(row) < width or any(cell.strip() for cell in row[width:]):
            raw.malformed.append(Malformed(int(numbers[place_]), 1, f"{len(row)} fields where the header has {width}"))
            left_out.add(place_)
        else:
            rows[place_] = row[:width]
    stay = [place_ for place_ in range(len(rows)) if place_ not in left_out]
    return [rows[place_] for place_ in stay], numbers[stay], blanks
