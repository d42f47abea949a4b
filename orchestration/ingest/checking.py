"""A file's rows against its contract: what is kept, what is left out and why.

Belongs here: running the pandera schema, turning failed checks into findings, duplicates, the five per cent limit. Does
not belong here: reading text (`text`), types (`parsing`), writing (`lake`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from orchestration.contracts import Column, Table
from orchestration.contracts import schema as contract
from orchestration.ingest.encoded import Encoded
from orchestration.ingest.findings import FINDING_CAP, Finding, Findings
from orchestration.ingest.parsing import EXPECTED, Issue, Parsed, Reading, parse
from orchestration.ingest.text import TextTable, kept_columns
from orchestration.ingest.values import mask

MOST_QUARANTINED = 0.05
"""Share of a file's rows above which the file is no longer trusted."""
_ROW_ACTION = "the row was left out; correct it at source and send the file again"


@dataclass
class Checked:
    """A file after its checks.

    Attributes:
        table: its contract.
        frame: rows that are kept, lake columns in order without the system columns.
        row_numbers: their rows in the file.
        rows_read: rows of the file.
        rows_quarantined: rows left out.
        rows_duplicate: rows equal to an earlier one.
        findings: what was found.
    """

    table: Table
    frame: pd.DataFrame
    row_numbers: np.ndarray
    rows_read: int
    rows_quarantined: int
    rows_duplicate: int
    findings: Findings
    sheet: str | None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_beyond_limit(self) -> bool:
        """True when more of the file is left out than may be."""
        return self.rows_quarantined > MOST_QUARANTINED * self.rows_read

    def leave_out(self, again: np.ndarray, same: np.ndarray, rule: str, expected: str) -> None:
        """Take further rows out of the frame.

        Args:
            again: marks the rows of the frame that break the rule.
            same: marks those that only repeat an earlier row: they count as duplicates.
            rule: the rule they break.
            expected: what it asks for.
        """
        if not again.any():
            return
        numbers = self.row_numbers[again & ~same]
        self.findings.extend(
            (
                Finding(rule, "row", expected, "another row", _ROW_ACTION, self.sheet, int(number), self._key_header())
                for number in numbers[:FINDING_CAP]
            ),
            max(0, len(numbers) - FINDING_CAP),
        )
        self.frame = self.frame[~again].reset_index(drop=True)
        self.row_numbers = self.row_numbers[~again]
        self.rows_quarantined += len(numbers)
        self.rows_duplicate += int((again & same).sum())

    def _key_header(self) -> str:
        return key_header(self.table, self.headers)


def check(text: TextTable, table: Table, reading: Reading, seen: list[np.ndarray]) -> Checked:
    """Check one file.

    Args:
        text: its rows.
        table: its contract.
        reading: keys, directory, days.
        seen: hashes of the rows of earlier files of the same table; this file's are added.
    """
    findings = Findings()
    for note in text.raw.notes:
        findings.add(note)
    for broken in text.raw.malformed:
        findings.add(
            Finding(
                contract.MALFORMED,
                "row",
                "a row with a field for each header",
                broken.found,
                _ROW_ACTION,
                text.raw.sheet,
                broken.row_number,
                finding_count=broken.row_count,
            )
        )
    first = ~pd.Series(text.row_hashes).duplicated().to_numpy()
    if seen:
        first &= ~np.isin(text.row_hashes, np.concatenate(seen))
    seen.append(text.row_hashes)
    columns, numbers = text.columns, text.row_numbers
    if not first.all():
        columns = {name: each.only(first) for name, each in columns.items()}
        numbers = numbers[first]
    scribe = _Scribe(text, table, columns, numbers, findings)
    parsed = {
        column.name: parse(column, columns[column.name], reading, text.raw.excel_days) for column in kept_columns(table)
    }
    frame = _frame(table, parsed)
    bad = _failed(table, frame, parsed, reading, scribe)
    for column in kept_columns(table):
        for issue in parsed[column.name].issues:
            scribe.issue(column, issue, bad)
    lake = [name for column in kept_columns(table) for name in column.lake_columns()]
    kept = frame[lake] if not bad.any() else frame.loc[~bad, lake].reset_index(drop=True)
    return Checked(
        table,
        kept,
        numbers[~bad],
        len(text.row_numbers) + text.malformed_count,
        int(bad.sum()) + text.malformed_count,
        int((~first).sum()),
        findings,
        text.raw.sheet,
        text.headers,
    )


def key_header(table: Table, headers: dict[str, str]) -> str:
    """The headers a table's key is made of."""
    return " + ".join(headers[column.name] for column in table.columns if column.name in table.key)


def _frame(table: Table, parsed: dict[str, Parsed]) -> pd.DataFrame:
    """Typed columns, with one column of truth values for each column that could not be read throughout."""
    series: dict[str, pd.Series] = {}
    for column in kept_columns(table):
        each = parsed[column.name]
        for name, array in each.columns.items():
            series[name] = pd.Series(array, dtype=object if array.dtype == object else None, copy=False)
        if each.unreadable is not None:
            series[contract.readable_column(column)] = pd.Series(~each.unreadable)
    return pd.DataFrame(series, copy=False)


def _failed(
    table: Table, frame: pd.DataFrame, parsed: dict[str, Parsed], reading: Reading, scribe: _Scribe
) -> np.ndarray:
    """Marks the rows to leave out; clears values that break a rule of a column that keeps its row."""
    bad = np.zeros(len(frame), dtype=bool)
    by_name = {
        name: column
        for column in kept_columns(table)
        for name in (*column.lake_columns(), contract.readable_column(column))
    }
    unique_broken = False
    for rule, name, rows in _violations(table, frame, reading):
        column = by_name.get(name or "")
        if rule == contract.UNIQUE_KEY:
            unique_broken = True
            continue
        if column is None:
            scribe.row_rule(rule, rows)
            bad[rows] = True
        elif column.on_error == "clear" and rule != contract.NOT_BLANK:
            for lake_name in column.lake_columns():
                frame.loc[rows, lake_name] = None
            scribe.issue(
                column,
                Issue(
                    rule,
                    "value",
                    _expected(rule, column, reading),
                    rows,
                    action="the value was cleared; correct it at source",
                ),
                bad,
            )
        else:
            # A value that could not be read is blank in the frame: it is one fault, not two.
            unreadable = parsed[column.name].unreadable
            told = rows[~unreadable[rows]] if rule == contract.NOT_BLANK and unreadable is not None else rows
            scribe.issue(column, Issue(rule, "row", _expected(rule, column, reading), told, action=_ROW_ACTION), None)
            bad[rows] = True
    if unique_broken:
        left = frame.loc[~bad, list(table.key)]
        again = left.index[left.duplicated()].to_numpy()
        scribe.row_rule(contract.UNIQUE_KEY, again)
        bad[again] = True
    return bad


def _violations(table: Table, frame: pd.DataFrame, reading: Reading) -> Iterator[tuple[str, str | None, np.ndarray]]:
    """Rule, column and rows of every failed check of the table's pandera schema."""
    from pandera.errors import SchemaErrors  # noqa: PLC0415 - takes time to import

    if frame.empty:
        return
    try:
        contract.schema(table, reading.latest).validate(frame, lazy=True, inplace=True)
    except SchemaErrors as errors:
        # The exception holds values: only the check's name and the failing rows are taken from it.
        failed = [
            (error.check, error.column_name, error.check_output, error.failure_cases) for error in errors.schema_errors
        ]
    else:
        return
    for made_by, name, output, cases in failed:
        rule = getattr(made_by, "name", None) or str(made_by)
        if rule == "not_nullable":
            yield contract.NOT_BLANK, name, np.sort(cases["index"].to_numpy(dtype=np.int64))
        elif isinstance(output, pd.Series):
            yield rule, name, output.index[~output.to_numpy(dtype=bool)].to_numpy()
        else:
            raise TypeError(f"contract of {table.name}: check {rule!r} of {name!r} did not say which rows fail")


def _expected(rule: str, column: Column, reading: Reading) -> str:
    if rule == contract.NOT_BLANK:
        return "a value"
    if rule == contract.KNOWN_VALUE:
        return "one of " + ", ".join(column.values)
    if rule == contract.NOT_FUTURE:
        return f"a date up to {reading.latest}"
    if rule == contract.AT_LEAST:
        return f"a number of at least {column.minimum}"
    return EXPECTED.get(rule, rule.replace("_", " "))


class _Scribe:
    """Writes findings about one file."""

    def __init__(
        self, text: TextTable, table: Table, columns: dict[str, Encoded], numbers: np.ndarray, findings: Findings
    ) -> None:
        self._text, self._table, self._columns = text, table, columns
        self._numbers, self._findings = numbers, findings

    def issue(self, column: Column, issue: Issue, bad: np.ndarray | None) -> None:
        """Record an issue of a column; rows that are left out anyway are passed over."""
        header = self._text.headers[column.name]
        rows = issue.rows if issue.rows is None or bad is None else issue.rows[~bad[issue.rows]]
        if rows is None or issue.is_told_once:
            count = 1 if rows is None else len(rows)
            if count:
                self._findings.add(
                    Finding(
                        issue.rule,
                        issue.effect,
                        issue.expected,
                        issue.found or "",
                        issue.action,
                        self._text.raw.sheet,
                        None,
                        header,
                        count,
                    )
                )
            return
        encoded = self._columns[column.name]
        self._add(
            rows,
            lambda row: Finding(
                issue.rule,
                issue.effect,
                issue.expected,
                issue.found or _shape(encoded, row),
                issue.action,
                self._text.raw.sheet,
                int(self._numbers[row]),
                header,
            ),
        )

    def row_rule(self, rule: str, rows: np.ndarray) -> None:
        """Record rows that break a rule over several columns."""
        if rule == contract.UNIQUE_KEY:
            header, expected = key_header(self._table, self._text.headers), "a key that no earlier row has"
            self._add(
                rows,
                lambda row: Finding(
                    rule,
                    "row",
                    expected,
                    "another row with the same key",
                    _ROW_ACTION,
                    self._text.raw.sheet,
                    int(self._numbers[row]),
                    header,
                ),
            )
            return
        told = next(each for each in self._table.row_rules if each.name == rule)
        later, earlier = self._text.headers[told.later], self._text.headers[told.earlier]
        shapes, expected = self._columns[told.later], f"a date not before {earlier!r}"
        self._add(
            rows,
            lambda row: Finding(
                rule,
                "row",
                expected,
                _shape(shapes, row),
                _ROW_ACTION,
                self._text.raw.sheet,
                int(self._numbers[row]),
                later,
            ),
        )

    def _add(self, rows: np.ndarray, make: Any) -> None:
        made: Iterable[Finding] = (make(row) for row in rows[:FINDING_CAP].tolist())
        self._findings.extend(made, max(0, len(rows) - FINDING_CAP))


def _shape(encoded: Encoded, row: int) -> str:
    code = encoded.codes[row]
    return "nothing" if code < 0 else mask(encoded.values[code])
