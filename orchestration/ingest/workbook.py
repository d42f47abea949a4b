"""Rows of text out of a workbook.

Belongs here: which sheet, merged cells, formulas, dates and numbers as cells hold them. Does not belong here: anything
about text files (`raw`). A workbook is read as values; a formula is never evaluated.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from orchestration.ingest.findings import Finding, RefusedError
from orchestration.ingest.raw import CHUNK_ROWS, Chunk, NumberCell, Raw
from orchestration.ingest.values import EXCEL_1904_DAYS

MOST_BYTES = 1 << 30
"""Unpacked size above which a workbook is not opened."""
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_FORMULA = re.compile(rb"<f[ >/]")
_ERROR = re.compile(rb"<c [^>]*\bt=[\"']e[\"']")
_IS_1904 = re.compile(rb'date1904="(1|true)"')
Fit = Callable[[list[list[str]]], int]
"""How well the first rows of a sheet fit a table: the number of its headers they hold."""


def open_workbook(path: Path, fit: Fit) -> Raw:
    """The sheet of a workbook that fits best, every cell as text.

    Args:
        path: the file.
        fit: says how well the first rows of a sheet fit.

    Raises:
        RefusedError: the file is damaged, protected, of the old format, or far too large.
    """
    data = path.read_bytes()
    if data[:4] == _OLD_FORMAT:
        raise RefusedError(
            Finding(
                "damaged",
                "file",
                "an open .xlsx workbook",
                "one with a password or in the old .xls format",
                "save it as .xlsx without a password",
            )
        )
    formulas, errors, is_1904 = _look_inside(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheets = [workbook.get_sheet_by_name(name) for name in workbook.sheet_names]
        tables = [_text_rows(sheet) for sheet in sheets]
    except (CalamineError, ValueError, OSError):
        raise RefusedError(_damaged()) from None
    except BaseException as error:  # the reader is native code: a damaged file may end in a panic
        if type(error).__name__ != "PanicException":
            raise
        raise RefusedError(_damaged()) from None
    if not any(any(map(any, rows)) for rows in tables):
        raise RefusedError(Finding("empty", "file", "a header row and rows", "an empty workbook", "export it again"))
    best = max(range(len(sheets)), key=lambda place: (fit(tables[place][:20]), -place))
    sheet, rows = sheets[best], tables[best]
    name = f"sheet {best + 1}"  # a sheet may be called after a person; its place is enough to find it
    raw = Raw(
        "xlsx",
        hashlib.sha256(data).hexdigest(),
        iter(()),
        sheet=name,
        excel_days=EXCEL_1904_DAYS if is_1904 else 0,
    )
    merged = _fill_merged(sheet, rows)
    if formulas:
        raw.notes.append(
            Finding(
                "formulas",
                "note",
                "values",
                "formulas",
                "check that the saved results are current: they were read, the formulas were not",
                sheet=name,
                finding_count=formulas,
            )
        )
    if errors:
        raw.notes.append(
            Finding(
                "error_cells",
                "note",
                "values",
                "errors such as #N/A, on any sheet",
                "mend the formulas and export again: these cells were read as blanks",
                finding_count=errors,
            )
        )
    if merged:
        raw.notes.append(
            Finding(
                "merged_cells",
                "note",
                "one cell per value",
                "cells merged over several rows",
                "check the rows: each was given the merged value",
                sheet=name,
                finding_count=merged,
            )
        )
    raw.chunks = _chunks(rows)
    return raw


def _damaged() -> Finding:
    return Finding(
        "damaged", "file", "a complete .xlsx workbook", "one that is cut off or damaged", "export it or copy it again"
    )


def _chunks(rows: list[list[str]]) -> Iterator[Chunk]:
    for start in range(0, len(rows), CHUNK_ROWS):
        part = rows[start : start + CHUNK_ROWS]
        yield part, np.arange(start + 1, start + 1 + len(part))


def _look_inside(path: Path) -> tuple[int, int, bool]:
    """Number of formula cells and of cells that hold an error, and whether dates count from 1904."""
    formulas, errors, is_1904 = 0, 0, False
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                raise RefusedError(
                    Finding(
                        "too_large", "file", "a workbook of up to 1 GB unpacked", "a larger one", "export it as CSV"
                    )
                )
            for entry in archive.infolist():
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", entry.filename):
                    with archive.open(entry) as content:
                        rest = b""
                        while block := content.read(1 << 20):
                            whole, _, rest = (rest + block).rpartition(b"<")  # the last tag may go on in the next block
                            formulas += len(_FORMULA.findall(whole))
                            errors += len(_ERROR.findall(whole))
                            rest = b"<" + rest
                elif entry.filename == "xl/workbook.xml":
                    is_1904 = bool(_IS_1904.search(archive.read(entry)))
    except (zipfile.BadZipFile, EOFError, OSError, zipfile.zlib.error):  # type: ignore[attr-defined]
        raise RefusedError(_damaged()) from None
    return formulas, errors, is_1904


def _text_rows(sheet: CalamineSheet) -> list[list[str]]:
    return [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def _text(cell: Any) -> str:
    """A cell as text: whole numbers without decimals, dates year first."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return NumberCell(int(cell) if cell.is_integer() and abs(cell) < 2**53 else repr(cell))
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, datetime.timedelta):
        minutes = int(cell.total_seconds() // 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return str(cell)


def _fill_merged(sheet: CalamineSheet, rows: list[list[str]]) -> int:
    """Give every row of a vertically merged range its value; the number of cells filled."""
    filled = 0
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if bottom == top or left != right or bottom >= len(rows):
            continue
        for row in range(top + 1, bottom + 1):
            if left < len(rows[row]) and not rows[row][left]:
                rows[row][left] = rows[top][left]
                filled += 1
    return filled
