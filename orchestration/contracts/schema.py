"""pandera schemas built from the contracts, and the list of rules each contract holds.

Belongs here: a contract's rules as pandera checks over typed columns. Does not belong here: turning text into types or
deciding what happens to a row (`orchestration.ingest`). pandera takes time to import: it is imported when used.
Its exception text holds values: whoever validates reads the failed checks and never prints the exception.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from orchestration.contracts.base import Column, Table

Effect = Literal["row", "value", "note"]

MALFORMED = "field_count"
UNIQUE_KEY = "unique_key"
NOT_BLANK = "not_blank"
KNOWN_VALUE = "known_value"
NOT_FUTURE = "not_future"
AT_LEAST = "at_least"
NHS_CHECK_DIGIT = "nhs_check_digit"
BIRTH_DATE = "birth_date"
VOCABULARY = "vocabulary"
IDENTIFYING_TEXT = "identifying_text"
_DTYPES = {"date": "datetime64[s]", "timestamp": "datetime64[s]", "integer": "Int64", "decimal": "Float64"}


@dataclass(frozen=True)
class Rule:
    """One rule of a contract.

    Attributes:
        name: short name.
        column_name: lake column it is over; None for a rule over rows.
        effect: what happens where it is broken: `row` leaves the row out, `value` clears the value, `note` counts it.
    """

    name: str
    column_name: str | None
    effect: Effect


def readable_rule(column: Column) -> str:
    """Name of the rule that a column's text can be read as its type."""
    if column.nhs_number:
        return NHS_CHECK_DIGIT
    if column.treatment in ("birth_month", "age_band"):
        return BIRTH_DATE
    return column.type


def readable_column(column: Column) -> str:
    """Name of the column of truth values that says which rows could be read."""
    return f"{column.name} is readable"


@lru_cache
def rules(table: Table) -> tuple[Rule, ...]:
    """Every rule of a contract, in the order of its columns."""
    found = [Rule(MALFORMED, None, "row")]
    for column in table.columns:
        if column.treatment == "drop":
            continue
        effect: Effect = "value" if column.on_error == "clear" else "row"
        if column.type != "text" or column.nhs_number:
            found.append(Rule(readable_rule(column), column.name, effect))
        if not column.nullable:
            found.append(Rule(NOT_BLANK, column.name, "row"))
        if column.values:
            found.append(Rule(KNOWN_VALUE, column.name, effect))
        if column.not_future:
            found.append(Rule(NOT_FUTURE, column.name, effect))
        if column.minimum is not None:
            found.append(Rule(AT_LEAST, column.name, effect))
        if column.vocabulary or column.code_length:
            found.append(Rule(VOCABULARY, column.name, "note"))
        if column.is_typed_in and not column.vocabulary:
            found.append(Rule(IDENTIFYING_TEXT, column.name, "value"))
    found += [Rule(rule.name, None, "row") for rule in table.row_rules]
    return (*found, Rule(UNIQUE_KEY, None, "row"))


@lru_cache
def schema(table: Table, latest: datetime.date) -> Any:
    """The pandera schema of a table's typed columns.

    Args:
        table: the contract.
        latest: the last day a date may lie on where the contract says it may not lie in the future.

    Returns:
        A `pandera.pandas.DataFrameSchema` of the columns that have anything to check. Beside the lake columns it knows
        one optional column of truth values per column that is read from text (`readable_column`); where it is absent,
        every value could be read.
    """
    import pandera.pandas as pa  # noqa: PLC0415 - takes time to import

    columns: dict[str, Any] = {}
    for column in table.columns:
        dtype = _DTYPES.get(column.type) if column.treatment == "keep" else None
        checks = _checks(pa, column, latest)
        if dtype or checks or not column.nullable:
            for name in column.lake_columns():
                columns[name] = pa.Column(dtype, nullable=column.nullable, checks=checks)
        if column.type != "text" or column.nhs_number:
            columns[readable_column(column)] = pa.Column(
                bool, required=False, checks=[pa.Check(_is_true, name=readable_rule(column))]
            )
    over_rows = [
        pa.Check(_not_before(rule.earlier, rule.later), name=rule.name, ignore_na=False) for rule in table.row_rules
    ]
    over_rows.append(pa.Check(_first_of_key(table.key), name=UNIQUE_KEY, ignore_na=False))
    return pa.DataFrameSchema(columns, checks=over_rows, name=table.name)


def _checks(pa: Any, column: Column, latest: datetime.date) -> list[Any]:
    checks = []
    if column.values:
        checks.append(pa.Check.isin(column.values, name=KNOWN_VALUE))
    if column.not_future and column.treatment == "keep":
        end_of_day = datetime.datetime.combine(latest, datetime.time(23, 59, 59))
        checks.append(pa.Check.le(end_of_day, name=NOT_FUTURE))
    if column.minimum is not None:
        checks.append(pa.Check.ge(column.minimum, name=AT_LEAST))
    return checks


def _is_true(values: Any) -> Any:
    return values


def _not_before(earlier: str, later: str) -> Any:
    def holds(frame: Any) -> Any:
        return ~(frame[later] < frame[earlier])

    return holds


def _first_of_key(key: tuple[str, ...]) -> Any:
    def holds(frame: Any) -> Any:
        return ~frame.duplicated(list(key))

    return holds
