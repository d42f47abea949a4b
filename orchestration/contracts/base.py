"""The vocabulary of a contract.

Belongs here: the shapes `Column`, `RowRule`, `Table` and `Feed`. Does not belong here: any feed's own columns
(one module per feed) or the pandera schemas built from them (`orchestration.contracts.schema`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "date", "time", "timestamp", "integer", "decimal"]
Treatment = Literal["keep", "pseudonym", "birth_month", "age_band", "area", "drop"]
Subject = Literal["staff", "patient"]
Partition = Literal["month", "none"]
Lookup = Literal["whole", "code", "parts"]

LAKE_TYPES: dict[str, str] = {
    "text": "VARCHAR",
    "date": "DATE",
    "time": "VARCHAR",
    "timestamp": "TIMESTAMP",
    "integer": "BIGINT",
    "decimal": "DOUBLE",
}
"""Type of a kept column in the lake. A time of day stays text `HH:MM`: not every engine has a time type."""

SYSTEM_COLUMNS: dict[str, str] = {
    "organisation_code": "VARCHAR",
    "period": "VARCHAR",
    "receipt_id": "VARCHAR",
    "row_number": "BIGINT",
}
"""Columns every lake table starts with: who sent the row, for which period, in which file, at which row."""


@dataclass(frozen=True)
class Column:
    """One column of a source file and what becomes of it.

    Attributes:
        name: name in the lake, snake case.
        header: header in the source system's export.
        description: what the value means; persisted into the dbt source.
        type: how the text is parsed.
        treatment: `keep`; `pseudonym` (keyed hash under `scope`); `birth_month` (a date becomes `YYYY-MM`);
            `age_band` (a birth date becomes the age band at the end of the period); `area` (a postcode becomes
            `<name>_area_code` and `<name>_lsoa_code`); `drop` (never leaves the landing folder).
        scope: identifier space of a pseudonym, so that the same number means the same person in every feed.
        subject: whose key a pseudonym uses.
        local: the identifier is unique only within the organisation that issued it.
        required: the header must be present.
        nullable: a blank is allowed.
        values: closed list of values; empty means open.
        on_error: `row` leaves the row out and records it in quarantine; `clear` keeps the row without the value.
        open_dates: 31 December 4712 and 1 January 1900 mean "no date".
        not_future: a date after the end of the period is an error.
        minimum: the least a number may be; None when any will do.
        nhs_number: the value must pass the NHS number check digit.
        vocabulary: `(seed, source)` whose known values this column should use; an unknown value is kept and noted.
            The source is None for a seed of one source, which has no such column, and for a code list, whose codes
            stand under the column's own name.
        lookup: how a value is looked up there, as the models do: `whole` by its whole text only; `code` else by the
            code of one or two characters in front; `parts` else by its parts between vertical bars.
        code_length: characters that every code of the column has, where no list of them is to be had; another length is
            kept and noted like a value that a vocabulary does not know. None when any length will do.
        is_typed_in: a person may have typed anything, so nothing but what the vocabulary knows is stored; without a
            vocabulary, no text that holds an identifier.
    """

    name: str
    header: str
    description: str
    type: ColumnType = "text"
    treatment: Treatment = "keep"
    scope: str = ""
    subject: Subject = "patient"
    local: bool = False
    required: bool = True
    nullable: bool = True
    values: tuple[str, ...] = ()
    on_error: Literal["row", "clear"] = "row"
    open_dates: bool = False
    not_future: bool = False
    minimum: int | None = None
    nhs_number: bool = False
    vocabulary: tuple[str, str | None] | None = None
    lookup: Lookup = "whole"
    code_length: int | None = None
    is_typed_in: bool = False

    def lake_columns(self) -> dict[str, str]:
        """Names and SQL types this column has in the lake; empty when it is dropped."""
        if self.treatment == "drop":
            return {}
        if self.treatment == "area":
            return {f"{self.name}_area_code": "VARCHAR", f"{self.name}_lsoa_code": "VARCHAR"}
        if self.treatment == "keep":
            return {self.name: LAKE_TYPES[self.type]}
        return {self.name: "VARCHAR"}


@dataclass(frozen=True)
class RowRule:
    """A rule over two date columns of a row: `later` must not be before `earlier`."""

    name: str
    earlier: str
    later: str


@dataclass(frozen=True)
class Table:
    """One table of a feed: one kind of file.

    Attributes:
        name: table in the lake; the dbt source is `lake.<name>`.
        file_prefix: beginning of the file name, compared without case.
        grain: what one row is, in words.
        key: lake columns that make a row unique within one submission.
        columns: the contract.
        row_rules: rules over two columns.
        parent: table of the same submission that each row should find by the first column of its key, which both have;
            empty for none.
        required: a submission without this file is refused.
        in_lake: False for a table used in memory only.
    """

    name: str
    file_prefix: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    row_rules: tuple[RowRule, ...] = ()
    parent: str = ""
    required: bool = True
    in_lake: bool = True

    def lake_columns(self) -> dict[str, str]:
        """Names and SQL types of the table in the lake, in order."""
        columns = dict(SYSTEM_COLUMNS)
        for column in self.columns:
            columns.update(column.lake_columns())
        return columns


@dataclass(frozen=True)
class Feed:
    """One source system's submission: all files of `landing/<feed>/<period>/[<organisation code>/]`."""

    name: str
    title: str
    description: str
    owner: str
    partition: Partition
    tables: tuple[Table, ...]
    due_days: int
    """Days after the end of a period within which its files are expected."""
    is_optional: bool = False
    """Something stands in when nothing lands: reference figures, or areas that stay empty."""

    def table_for(self, file_name: str) -> Table | None:
        """The table whose prefix the file name begins with, the longest prefix first."""
        lowered = file_name.lower()
        for table in sorted(self.tables, key=lambda each: -len(each.file_prefix)):
            if lowered.startswith(table.file_prefix.lower()):
                return table
        return None
