"""What a cell's text says: dates, times, numbers, check digits, and the masked shape of a value that is wrong.

Belongs here: reading one distinct value. Does not belong here: which columns hold what (contracts) or what happens to a
row with a wrong value (`checking`).
"""

from __future__ import annotations

import datetime
import re
from functools import lru_cache

MASK_LENGTH = 40
OPEN_DATES = (datetime.date(4712, 12, 31), datetime.date(1900, 1, 1))
"""What ESR writes for "no date"."""
FIRST_YEAR, LAST_YEAR = 1900, 2200
AGE_BANDS = ((16, "0-15"), (18, "16-17"), (25, "18-24"), (35, "25-34"), (50, "35-49"), (65, "50-64"), (121, "65+"))
"""Each band with the age at which the next one starts; nobody is older than 120."""
KEEP_ZEROS = "if it lost zeros in front, store the column as text, or send CSV"
"""What to do about a number where an identifier or a code should stand."""
SAYS_NOTHING = frozenset(
    {"NA", "NOTAPPLICABLE", "NONE", "NIL", "NULL", "UNKNOWN", "NOTKNOWN", "NOTRECORDED", "NOTSTATED", "TBA", "TBC"}
)
"""What is typed so that a field is not empty: letters and digits only, in upper case."""
EXCEL_DAY_ZERO = datetime.date(1899, 12, 30)
EXCEL_1904_DAYS = 1462
"""Days by which a workbook of the 1904 date system is behind."""

_MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_TIME_OF_DAY = r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?Z?)?"
_DATE_FORMS = (
    ("YYYY-MM-DD", re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})" + _TIME_OF_DAY), (1, 2, 3)),
    ("DD/MM/YYYY", re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})" + _TIME_OF_DAY), (3, 2, 1)),
    ("DD-MON-YYYY", re.compile(r"(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{4})" + _TIME_OF_DAY), (3, 2, 1)),
    ("YYYYMMDD", re.compile(r"(\d{4})(\d{2})(\d{2})" + _TIME_OF_DAY), (1, 2, 3)),
)
_SERIAL = re.compile(r"(\d{1,7})(\.\d+)?")
_INTEGER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.0*)?")
_DECIMAL = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?([eE][+-]?\d+)?")
_TIME = re.compile(r"(?:(?:1970-01-01|1899-12-3[01]|1900-01-0[01])[ T])?(\d{1,2})[:.](\d{2})(?:[:.]\d{2}(?:\.\d+)?)?")
_MASK = str.maketrans(
    {
        **{chr(c): "A" for c in range(65, 91)},
        **{chr(c): "a" for c in range(97, 123)},
        **{chr(c): "9" for c in range(48, 58)},
    }
)


def mask(text: str) -> str:
    """The shape of a value without the value: letters become A or a, digits 9; at most 40 characters."""
    short = text[:MASK_LENGTH].translate(_MASK)
    if not short.isascii():
        short = "".join(_masked(each) for each in short)
    return short


def _masked(character: str) -> str:
    if character.isascii():
        return character
    if character.isalpha():
        return "A" if character.isupper() else "a"
    if character.isprintable() and not character.isalnum():
        return character
    return "9" if character.isnumeric() else "?"


def is_filled_in(text: str) -> bool:
    """True for a text that tells something: not blank, and no placeholder such as `.`, `-`, `N/A`, `xxx` or `none`."""
    letters = "".join(filter(str.isalnum, text.upper()))
    return letters.strip("X") != "" and letters not in SAYS_NOTHING


def read_moment(text: str, excel_days: int | None) -> tuple[datetime.datetime, str] | None:
    """A date, with its time of day if it has one, and the form it was written in.

    The order of day and month is never guessed: with slashes the day comes first.

    Args:
        text: one cell, trimmed.
        excel_days: None outside a workbook; inside one, days to add to a serial number (0, or 1462).
    """
    for name, pattern, (year, month, day) in _DATE_FORMS:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        named = found[month].upper()
        try:
            moment = datetime.datetime(
                int(found[year]),
                _MONTHS[named] if named.isalpha() else int(named),
                int(found[day]),
                int(found[4] or 0),
                int(found[5] or 0),
                int(found[6] or 0),
            )
        except (ValueError, KeyError):
            return None
        return moment, name
    serial = _SERIAL.fullmatch(text) if excel_days is not None else None
    if serial is None:
        return None
    try:
        days = datetime.timedelta(days=float(text) + (excel_days or 0), milliseconds=500)
        moment = datetime.datetime.combine(EXCEL_DAY_ZERO, datetime.time()) + days
    except OverflowError:  # 9092025: a date without its zero, which Excel takes for a number
        return None
    return moment.replace(microsecond=0), "Excel serial number"


def is_month_first(text: str) -> bool:
    """True for a date that can only be read with the month first, as in the United States."""
    found = _DATE_FORMS[1][1].fullmatch(text)
    return found is not None and int(found[2]) > 12 >= int(found[1])


def in_range(day: datetime.date) -> bool:
    """True for a date that can stand in a record."""
    return FIRST_YEAR <= day.year < LAST_YEAR


def read_time(text: str, excel_days: int | None) -> str | None:
    """A time of day as `HH:MM`, where four digits are left of what was typed."""
    found = _TIME.fullmatch(text)
    if found:
        hour, minute = int(found[1]), int(found[2])
    elif excel_days is not None and re.fullmatch(r"0?\.\d+|0|1\.0*", text):
        hour, minute = divmod(round(float(text) * 1440) % 1440, 60)
    else:
        digits = re.sub(r"\D", "", text)
        if len(digits) != 4 or len(text) > 8:
            return None
        hour, minute = int(digits[:2]), int(digits[2:])
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None


def read_integer(text: str) -> int | None:
    """A whole number, with or without commas between thousands."""
    if not _INTEGER.fullmatch(text):
        return None
    digits = text.replace(",", "").split(".")[0]
    number = int(digits) if len(digits) < 40 else 2**63  # Python refuses to read thousands of digits
    return number if abs(number) < 2**63 else None


def read_decimal(text: str) -> float | None:
    """A number; never a decimal comma, an infinity or a not-a-number."""
    if not _DECIMAL.fullmatch(text) or not any(each.isdigit() for each in text):
        return None
    number = float(text.replace(",", ""))
    return number if abs(number) < 1e300 else None


@lru_cache(maxsize=1 << 18)
def is_nhs_number(text: str) -> bool:
    """True for ten digits whose last one is the modulus 11 check digit of the others.

    One digit ten times over passes the check, is typed as a stand-in, and would make one person of many: False.
    Source of the method: NHS Data Dictionary, NHS NUMBER.
    """
    digits = re.sub(r"[ -]", "", text)
    if not re.fullmatch(r"[0-9]{10}", digits) or len(set(digits)) == 1:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True))
    return (11 - total % 11) % 11 == int(digits[9])


@lru_cache(maxsize=65_536)
def age_band(born: datetime.date, on: datetime.date) -> str | None:
    """The age band a person is in on a day; None when they are not born yet or older than 120."""
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return None if age < 0 else next((band for end, band in AGE_BANDS if age < end), None)
