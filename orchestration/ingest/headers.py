"""Which row is the header, and which column of the file is which column of the contract.

Belongs here: matching headers, and saying what is missing, doubled or extra. Does not belong here: reading rows (`raw`)
or their values. A header is printed only when the row is plainly a header row: else it may be a person's data.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from orchestration.contracts import Column, Table
from orchestration.ingest.findings import Finding, RefusedError
from orchestration.ingest.identifying import tells_who
from orchestration.ingest.values import mask

SEARCHED_ROWS = 20
"""Rows in which the header is looked for: reports open with title rows."""
_ALIKE = 0.7


@dataclass(frozen=True)
class Placed:
    """Where the contract's columns are in a file.

    Attributes:
        header_row: position of the header among the rows read, from 0.
        width: number of columns up to the last one with a header.
        positions: position in the file of each contract column found, by its lake name.
        headers: the file's own header of each contract column, found or not, by its lake name.
        notes: extra columns.
    """

    header_row: int
    width: int
    positions: dict[str, int]
    headers: dict[str, str]
    notes: tuple[Finding, ...] = ()


@lru_cache(maxsize=8_192)
def normal(header: str) -> str:
    """A header as it is compared: trimmed, without case, inner spaces one."""
    return re.sub(r"\s+", " ", header.replace("\ufeff", "")).strip().casefold()


def expected_headers(table: Table, trust_headers: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Headers under which each column may be found, the trust's own first."""
    return {
        column.name: tuple(dict.fromkeys((trust_headers.get(column.header, column.header), column.header)))
        for column in table.columns
    }


def fit(rows: list[list[str]], table: Table, trust_headers: Mapping[str, str]) -> int:
    """The most contract headers any of the rows holds."""
    known = _known(table, trust_headers)
    return max((len(known & {normal(cell) for cell in row}) for row in rows), default=0)


def place(rows: list[list[str]], table: Table, trust_headers: Mapping[str, str], sheet: str | None) -> Placed:
    """Find the header row among the first rows of a file and place the contract's columns.

    Args:
        rows: the first rows of the file.
        table: the contract.
        trust_headers: the trust's own header for each of ours.
        sheet: the sheet's place, for messages.

    Raises:
        RefusedError: a required column is missing, or a column of the contract stands there twice.
    """
    known = _known(table, trust_headers)
    scores = [len(known & {normal(cell) for cell in row}) for row in rows[:SEARCHED_ROWS]]
    header_row = scores.index(max(scores))
    header = [cell.replace("\ufeff", "").strip() for cell in rows[header_row]]
    while header and not header[-1]:
        header.pop()
    where = [normal(cell) for cell in header]
    is_header = max(scores) * 2 >= sum(column.required for column in table.columns)
    positions, headers, faults = {}, {}, []
    for column in table.columns:
        options = expected_headers(table, trust_headers)[column.name]
        name = next((option for option in options if normal(option) in where), None)
        headers[column.name] = name or options[0]
        if name is None:
            if column.required:
                faults.append(
                    _missing(column, options[0], header if is_header else None, known, (sheet, header_row + 1))
                )
            continue
        if where.count(normal(name)) > 1:
            faults.append(
                Finding(
                    "column_twice",
                    "file",
                    f"one column {name!r}",
                    f"{where.count(normal(name))} of them",
                    "rename or remove all but the right one",
                    sheet=sheet,
                    row_number=header_row + 1,
                    column_name=name,
                )
            )
        positions[column.name] = where.index(normal(name))
    if faults:
        raise RefusedError(*faults)
    used = set(positions.values())
    notes = tuple(
        Finding(
            "extra_column",
            "note",
            "the contract's columns only",
            "one column more",
            "nothing: it was not read",
            sheet=sheet,
            row_number=header_row + 1,
            column_name=_printable(cell),
        )
        for place, cell in enumerate(header)
        if cell and place not in used
    )
    return Placed(header_row, len(header), positions, headers, notes)


def _known(table: Table, trust_headers: Mapping[str, str]) -> set[str]:
    return {normal(name) for names in expected_headers(table, trust_headers).values() for name in names}


def _missing(
    column: Column, wanted: str, header: list[str] | None, known: set[str], place: tuple[str | None, int]
) -> Finding:
    """A required column is not there; the nearest header that is, when there is a header row at all."""
    sheet, row = place
    spare = {normal(cell): cell for cell in header or () if cell and normal(cell) not in known}
    near = difflib.get_close_matches(normal(wanted), list(spare), n=1, cutoff=_ALIKE)
    if near:
        found = f"none; the nearest is {_printable(spare[near[0]])!r}"
        action = (
            f"rename it to {wanted!r}, or if it is what this trust calls the column, write "
            f"{column.header!r}: {_printable(spare[near[0]])!r} under feeds: headers: in trust.yaml"
        )
    elif header is not None:
        found = "none, and none like it"
        action = "export it again with this column, or map the trust's own header in trust.yaml"
    else:
        found = "no header row: its first rows hold hardly any of the contract's headers"
        action = "export it again with its header row"
        row = 1
    return Finding(
        "column_missing", "file", f"a column {wanted!r}", found, action, sheet=sheet, row_number=row, column_name=wanted
    )


def _printable(header: str) -> str:
    """A header as far as it can be printed: one with a long number or an identifier in it may be a value."""
    return mask(header) if re.search(r"\d{5}", header) or tells_who(header) else header[:60]
