"""Columns of text turned into what goes into the lake: typed, hashed, narrowed to month, age band, area or presence.

Belongs here: one column at a time, over its distinct values. Does not belong here: rules over rows or what happens to a
row that breaks one (`checking`).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd

from orchestration.contracts import Column
from orchestration.contracts.schema import IDENTIFYING_TEXT, VOCABULARY, readable_rule
from orchestration.ingest import values as v
from orchestration.ingest import vocabulary as vocabularies
from orchestration.ingest.encoded import Encoded, texts
from orchestration.ingest.findings import Effect
from orchestration.ingest.identifying import LONGEST_NAME, tells_who
from orchestration.ingest.postcodes import Directory
from orchestration.ingest.pseudonym import Pseudonyms
from orchestration.ingest.vocabulary import Vocabulary

NOTHING = np.datetime64("NaT", "s")
_DATES = "a date as YYYY-MM-DD, DD/MM/YYYY, DD-MON-YYYY or YYYYMMDD"
EXPECTED = {
    "date": _DATES,
    "timestamp": _DATES + ", with a time of day",
    "time": "a time of day as HH:MM",
    "integer": "a whole number",
    "decimal": "a number with a decimal point",
    "nhs_check_digit": "a ten-digit NHS number with its check digit",
    "birth_date": _DATES + ", not after the period and not over 120 years ago",
}

Lake = np.ndarray | pd.api.extensions.ExtensionArray


@dataclass(frozen=True)
class Reading:
    """What reading a submission needs beside its files.

    Attributes:
        organisation_code: who sent it.
        band_day: the day on which age bands are worked out: the end of the period.
        latest: the last day a date may lie on where it may not lie in the future.
        pseudonyms: the keyed hash.
        directory: postcode to area.
        vocabularies: known values by column name.
    """

    organisation_code: str
    band_day: datetime.date
    latest: datetime.date
    pseudonyms: Pseudonyms
    directory: Directory
    vocabularies: Mapping[str, Vocabulary]


@dataclass(frozen=True)
class Issue:
    """A rule that values of one column break, or something worth noting about the column.

    Attributes:
        rule: its name.
        effect: what follows.
        expected: what should have stood there.
        rows: positions of the rows; None for a note about the column as a whole.
        found: None where the masked shape of each value says it.
        action: what to do.
        is_told_once: one finding tells of all rows, with their number.
    """

    rule: str
    effect: Effect
    expected: str
    rows: np.ndarray | None = None
    found: str | None = None
    action: str = ""
    is_told_once: bool = False


@dataclass
class Parsed:
    """A column for the lake.

    Attributes:
        columns: one array per lake column.
        unreadable: marks the rows whose text could not be read; None when all could.
        issues: what is to be recorded.
    """

    columns: dict[str, Lake]
    unreadable: np.ndarray | None = None
    issues: list[Issue] = field(default_factory=list)


def parse(column: Column, encoded: Encoded, reading: Reading, excel_days: int | None) -> Parsed:
    """Turn a column of text into its lake columns.

    Args:
        column: the contract.
        encoded: the text.
        reading: keys, directory, days.
        excel_days: None outside a workbook.
    """
    parsed = _treated(column, encoded, reading, excel_days)
    if column.name in reading.vocabularies:
        known = reading.vocabularies[column.name]
        unknown = vocabularies.unknown(encoded.values, known, column.lookup)
        if column.is_typed_in:
            safe = [vocabularies.safe(value, known, column.lookup) for value in encoded.values]
            parsed = Parsed({column.name: encoded.take(texts(safe))})
        if unknown.any():
            seed = column.vocabulary[0] if column.vocabulary else "the reference table"
            kept = "not stored, for it may be a name" if column.is_typed_in else "kept"
            shortened = unknown & vocabularies.shortened(encoded.values, known)
            for marked, action in (
                (shortened, "the list has it with a zero in front: store the column as text, or send CSV"),
                (unknown & ~shortened, f"if it is a value of the system, add it to seeds/{seed}.csv"),
            ):
                rows = encoded.rows_of(marked)
                expected = "a value the reference tables know"
                if len(rows):
                    parsed.issues.append(Issue(VOCABULARY, "note", expected, rows, action=f"{kept}; {action}"))
    if column.code_length:
        odd = np.fromiter((len(value) != column.code_length for value in encoded.values), bool, len(encoded.values))
        if odd.any():
            parsed.issues.append(
                Issue(
                    VOCABULARY,
                    "note",
                    f"a code of {column.code_length} characters",
                    encoded.rows_of(odd),
                    action=f"kept; {v.KEEP_ZEROS}",
                )
            )
    return parsed


def _treated(column: Column, encoded: Encoded, reading: Reading, excel_days: int | None) -> Parsed:
    """The column by its treatment, else by its type."""
    if column.treatment == "pseudonym":
        return _pseudonym(column, encoded, reading)
    if column.treatment == "area":
        return _area(column, encoded, reading)
    if column.treatment == "presence":
        return _presence(column, encoded)
    if column.type in ("date", "timestamp"):
        return _moment(column, encoded, reading, excel_days)
    if column.type == "text":
        return _text(column, encoded)
    return _number_or_time(column, encoded, excel_days)


def _text(column: Column, encoded: Encoded) -> Parsed:
    """Text as it is; a value of a closed list in the list's own case."""
    if column.is_typed_in and not column.vocabulary:
        return _typed_in(column, encoded)
    values = encoded.values
    if column.values:
        canonical = {value.casefold(): value for value in column.values}
        values = texts([canonical.get(value.casefold(), value) for value in values])
    return Parsed({column.name: encoded.take(values)})


def _typed_in(column: Column, encoded: Encoded) -> Parsed:
    """Text of which no list is to be had, without the values that hold an identifier."""
    held = np.fromiter(map(tells_who, encoded.values), dtype=bool, count=len(encoded.values))
    kept = encoded.values.copy()
    kept[held] = None
    parsed = Parsed({column.name: encoded.take(kept)})
    if held.any():
        parsed.issues.append(
            Issue(
                IDENTIFYING_TEXT,
                "value",
                f"a name of at most {LONGEST_NAME} characters that identifies nobody",
                encoded.rows_of(held),
                action="the value was not stored; take the number, date, postcode or address out at source",
            )
        )
    return parsed


def _unreadable(column: Column, encoded: Encoded, wrong: np.ndarray, parsed: Parsed) -> Parsed:
    """Record the values that could not be read: their rows are left out, or keep no value."""
    rows = encoded.rows_of(wrong)
    if not len(rows):
        return parsed
    rule = readable_rule(column)
    if column.on_error == "clear":
        parsed.issues.append(
            Issue(rule, "value", EXPECTED[rule], rows, action="the value was cleared; correct it at source")
        )
    else:
        parsed.unreadable = np.zeros(len(encoded), dtype=bool)
        parsed.unreadable[rows] = True
    return parsed


def _pseudonym(column: Column, encoded: Encoded, reading: Reading) -> Parsed:
    values = encoded.values
    if not column.nhs_number:
        return Parsed({column.name: encoded.take(reading.pseudonyms.of(values, column, reading.organisation_code))})
    valid = np.fromiter((v.is_nhs_number(value) for value in values), dtype=bool, count=len(values))
    made = texts([None] * len(values))
    made[valid] = reading.pseudonyms.of(values[valid], column, reading.organisation_code)
    return _unreadable(column, encoded, ~valid, Parsed({column.name: encoded.take(made)}))


def _area(column: Column, encoded: Encoded, reading: Reading) -> Parsed:
    areas, lsoas = reading.directory.find(encoded.values)
    parsed = Parsed(dict(zip(column.lake_columns(), (encoded.take(areas), encoded.take(lsoas)), strict=True)))
    if reading.directory.is_missing:
        if len(encoded.values):
            parsed.issues.append(
                Issue(
                    "no_postcode_directory",
                    "note",
                    "a postcode directory in landing/postcode/all",
                    encoded.rows_of(np.ones(len(encoded.values), dtype=bool)),
                    found="none that can be read",
                    action="areas are blank until one is there",
                    is_told_once=True,
                )
            )
        return parsed
    unknown = np.fromiter((area is None for area in areas), dtype=bool, count=len(areas))
    if unknown.any():
        parsed.issues.append(
            Issue(
                "postcode_unknown",
                "note",
                "a postcode of the directory",
                encoded.rows_of(unknown),
                action="the area was left blank; check the postcode or land a newer directory",
            )
        )
    return parsed


def _presence(column: Column, encoded: Encoded) -> Parsed:
    """Whether each row has the column filled in; unknown for a file that lacks the column."""
    filled = np.fromiter(map(v.is_filled_in, encoded.values), dtype=bool, count=len(encoded.values))
    unknown = np.full(len(encoded), not encoded.is_in_file)
    (name,) = column.lake_columns()
    return Parsed({name: pd.arrays.BooleanArray(encoded.take(filled, False), unknown)})


@lru_cache(maxsize=1 << 17)
def _read(text: str, excel_days: int | None) -> tuple[datetime.datetime, str] | None:
    return v.read_moment(text, excel_days)


def _moment(column: Column, encoded: Encoded, reading: Reading, excel_days: int | None) -> Parsed:
    """Dates and moments; birth dates become a month or an age band."""
    found = [_read(text, excel_days) for text in encoded.values]
    moments = [each and each[0] for each in found]
    is_open = [column.open_dates and each is not None and each.date() in v.OPEN_DATES for each in moments]
    if column.treatment in ("birth_month", "age_band"):
        bands = [each and v.age_band(each.date(), reading.band_day) for each in moments]
        made: np.ndarray = texts(
            bands
            if column.treatment == "age_band"
            else [each and band and f"{each:%Y-%m}" for each, band in zip(moments, bands, strict=True)]
        )
        usable, nothing = [band is not None for band in bands], None
    else:
        usable, nothing = [each is not None and v.in_range(each.date()) for each in moments], NOTHING
        made = np.array(
            [each if fine and not none else NOTHING for each, fine, none in zip(moments, usable, is_open, strict=True)],
            dtype="datetime64[s]",
        )
        if column.type == "date":
            made = made.astype("datetime64[D]").astype("datetime64[s]")
    wrong = np.array([not fine and not none for fine, none in zip(usable, is_open, strict=True)], dtype=bool)
    parsed = _unreadable(column, encoded, wrong, Parsed({column.name: encoded.take(made, nothing)}))
    forms = sorted({each[1] for each in found if each})
    if len(forms) > 1:
        parsed.issues.append(
            Issue(
                "date_forms",
                "note",
                "one form of date in a column",
                found=" and ".join(forms),
                action="nothing: each was read as what it is",
            )
        )
    if any(v.is_month_first(text) for text, each in zip(encoded.values, moments, strict=True) if each is None):
        parsed.issues.append(
            Issue(
                "month_first",
                "note",
                "the day before the month",
                found="dates with the month first",
                action="export it again with the day first: the others were read that way",
            )
        )
    return parsed


def _number_or_time(column: Column, encoded: Encoded, excel_days: int | None) -> Parsed:
    if column.type == "time":
        read: list[str | int | float | None] = [v.read_time(text, excel_days) for text in encoded.values]
    elif column.type == "integer":
        read = [v.read_integer(text) for text in encoded.values]
    else:
        read = [v.read_decimal(text) for text in encoded.values]
    wrong = np.fromiter((each is None for each in read), dtype=bool, count=len(read))
    if column.type == "time":
        taken: Lake = encoded.take(texts(read))
    else:
        blank = encoded.take(wrong, True)
        dtype = np.int64 if column.type == "integer" else np.float64
        numbers = encoded.take(np.array([each or 0 for each in read], dtype=dtype), 0)
        array = pd.arrays.IntegerArray if column.type == "integer" else pd.arrays.FloatingArray
        taken = array(numbers, blank)
    return _unreadable(column, encoded, wrong, Parsed({column.name: taken}))
