"""What a cell's text says."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.ingest import values as v

DAY = datetime.datetime(2024, 3, 1)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2024-03-01", "YYYY-MM-DD"),
        ("01/03/2024", "DD/MM/YYYY"),
        ("1/3/2024", "DD/MM/YYYY"),
        ("01.03.2024", "DD/MM/YYYY"),
        ("01-03-2024", "DD/MM/YYYY"),
        ("01-MAR-2024", "DD-MON-YYYY"),
        ("1 March 2024", "DD-MON-YYYY"),
        ("20240301", "YYYYMMDD"),
        ("2024-03-01 00:00:00", "YYYY-MM-DD"),
        ("2024-03-01T00:00:00.000", "YYYY-MM-DD"),
        ("01/03/2024 00:00", "DD/MM/YYYY"),
    ],
)
def test_each_form_of_date_is_read_as_what_it_is(text: str, form: str) -> None:
    assert v.read_moment(text, None) == (DAY, form)


@pytest.mark.parametrize(
    "text",
    ["03/25/2024", "2024-02-30", "01-XYZ-2024", "01-MAR-24", "1/3/24", "45352", "soon", "2024-13-01", "99999999"],
)
def test_a_date_that_would_have_to_be_guessed_is_none(text: str) -> None:
    assert v.read_moment(text, None) is None


def test_the_month_is_never_put_first() -> None:
    assert v.read_moment("03/04/2024", None) == (datetime.datetime(2024, 4, 3), "DD/MM/YYYY")
    assert v.is_month_first("03/25/2024")
    assert not v.is_month_first("25/03/2024")
    assert not v.is_month_first("31/31/2024")


def test_a_serial_number_is_a_date_only_in_a_workbook() -> None:
    # 45352 is 1 March 2024 in Excel's 1900 system; a workbook of the 1904 system writes 43890 for it.
    assert v.read_moment("45352", 0) == (DAY, "Excel serial number")
    assert v.read_moment("43890", v.EXCEL_1904_DAYS) == (DAY, "Excel serial number")
    assert v.read_moment("9092025", 0) is None, "09092025 without its zero is no day of the calendar"
    assert v.read_moment("45352.4375", 0) == (datetime.datetime(2024, 3, 1, 10, 30), "Excel serial number")


@pytest.mark.parametrize("text", ["Held by the arms", "Y", "n", "0", "1430", "Xu", "N/A at first, then Y", "\u0141"])
def test_what_tells_something_is_filled_in(text: str) -> None:
    assert v.is_filled_in(text)


@pytest.mark.parametrize(
    "text", ["", " ", ".", "-", "--", "n/a", "N.A.", "None", "(none)", "not  known", "TBC", "x", "xxx", "\u2013", "?"]
)
def test_a_placeholder_is_not_filled_in(text: str) -> None:
    assert not v.is_filled_in(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1430", "14:30"),
        ("14:30", "14:30"),
        ("14.30", "14:30"),
        ("9:05", "09:05"),
        ("14:30:59", "14:30"),
        ("1970-01-01 14:30:00", "14:30"),
        ("14h30", "14:30"),
        ("930", None),
        ("2530", None),
        ("14:60", None),
        ("about two", None),
        ("0.5", None),
        ("", None),
    ],
)
def test_a_time_is_four_digits(text: str, expected: str | None) -> None:
    assert v.read_time(text, None) == expected


def test_a_fraction_of_a_day_is_a_time_only_in_a_workbook() -> None:
    assert v.read_time("0.5", 0) == "12:00"
    assert v.read_time("0.999999", 0) == "00:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12),
        ("-3", -3),
        ("1,234", 1234),
        ("7.0", 7),
        ("7.5", None),
        ("1,23", None),
        ("1e3", None),
        ("", None),
        ("9" * 30, None),
        ("9" * 5_000, None),
        ("=1+1", None),
    ],
)
def test_whole_numbers(text: str, expected: int | None) -> None:
    assert v.read_integer(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.8", 0.8),
        ("1", 1.0),
        (".5", 0.5),
        ("1,234.5", 1234.5),
        ("0,8", None),
        ("nan", None),
        ("inf", None),
        (".", None),
        ("", None),
        ("1e400", None),
    ],
)
def test_decimal_numbers(text: str, expected: float | None) -> None:
    assert v.read_decimal(text) == expected


def test_the_check_digit_of_an_nhs_number() -> None:
    # 943 476 5919 is the example of the NHS Data Dictionary.
    assert v.is_nhs_number("9434765919")
    assert v.is_nhs_number("943 476 5919")
    assert v.is_nhs_number("943-476-5919")
    assert not v.is_nhs_number("9434765918")
    assert not v.is_nhs_number("943476591")
    assert not v.is_nhs_number("٩٤٣٤٧٦٥٩١٩"), "only ASCII digits"
    assert not v.is_nhs_number("9999999999"), "a stand-in that passes the arithmetic"
    assert not v.is_nhs_number("0000000000")


@given(st.integers(0, 999_999_999), st.integers(0, 8), st.integers(1, 9))
def test_any_single_wrong_digit_is_seen(stem: int, place: int, step: int) -> None:
    text = f"{stem:09d}"
    check = (11 - sum(int(d) * w for d, w in zip(text, range(10, 1, -1), strict=True)) % 11) % 11
    number = f"{text}{check}"
    if check == 10 or len(set(number)) == 1:
        return
    assert v.is_nhs_number(number)
    spoilt = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    assert not v.is_nhs_number(spoilt)


@pytest.mark.parametrize(
    ("born", "band"),
    [
        ("2024-05-31", "0-15"),
        ("2008-06-01", "0-15"),
        ("2008-05-31", "16-17"),
        ("2006-05-31", "18-24"),
        ("1999-06-01", "18-24"),
        ("1999-05-31", "25-34"),
        ("1989-05-31", "35-49"),
        ("1974-05-31", "50-64"),
        ("1959-06-01", "50-64"),
        ("1959-05-31", "65+"),
        ("1903-06-01", "65+"),
        ("1903-05-31", None),
        ("2024-06-01", None),
    ],
)
def test_age_bands_turn_over_on_the_birthday(born: str, band: str | None) -> None:
    assert v.age_band(datetime.date.fromisoformat(born), datetime.date(2024, 5, 31)) == band


@given(st.text(max_size=80))
def test_a_mask_shows_no_letter_and_no_digit_but_a_a_and_9(text: str) -> None:
    shape = v.mask(text)
    assert len(shape) <= v.MASK_LENGTH
    assert {each for each in shape if each.isalnum()} <= {"A", "a", "9"}
    assert v.mask(shape) == shape, "masking twice changes nothing"


def test_a_mask_keeps_what_helps() -> None:
    assert v.mask("31/13/2024") == "99/99/9999"
    assert v.mask("Zoë O'Brien-9") == "Aaa A'Aaaaa-9"
