"""Workbooks as people make them: titles, merged cells, dates as numbers, leading zeros, formulas."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from tests.landed import TABLES, Landing, Row, good_rows, landing_at, text_of, write_workbook
from tests.spoilt import NAME, found, kept, lines, rows


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return landing_at(tmp_path)


@contextmanager
def staff_sheet(landing: Landing) -> Iterator[tuple[Worksheet, list[str]]]:
    """The sheet of a good staff record, for single cells to be written over, and its headers; landed at the end."""
    with xlsxwriter.Workbook(str(landing.path("staff_record", "staff_in_post.xlsx"))) as workbook:
        sheet = workbook.add_worksheet()
        for number, line in enumerate(lines()):
            sheet.write_row(number, 0, line)
        yield sheet, list(rows()[0])


def test_title_rows_merged_cells_dates_as_numbers_and_leading_zeros(landing: Landing) -> None:

    path = landing.path("staff_record", "staff_in_post.xlsx")
    header = list(rows()[0])
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.add_worksheet("Notes").write(0, 0, "Read me")
        sheet = workbook.add_worksheet(f"Staff of {NAME}")
        sheet.merge_range(1, 0, 2, 5, "Staff in post at 31 May 2024")
        sheet.write_row(3, 0, header)
        for number, row in enumerate(
            [{**row, "Org L5": "" if place < 2 else "team_name"} for place, row in enumerate(rows(20))]
        ):
            sheet.write_row(4 + number, 0, list(row.values()))
            sheet.write(4 + number, header.index("Employee Number"), "001" if number < 2 else f"{number:03d}")
            sheet.write_number(4 + number, header.index("Latest Start Date"), 45352)
        sheet.merge_range(4, header.index("Org L5"), 5, header.index("Org L5"), "Merged team")
    submission = landing.only("staff_record")
    assert submission.outcome == "kept", text_of(submission)
    staff = landing.lake("staff_record", "row_number, staff_key, team_name, latest_start_date")
    assert [row[0] for row in staff] == list(range(5, 25)), "rows as a person counts them"
    assert staff[0][1] == staff[1][1]
    assert len({row[1] for row in staff}) == 19, "001 and 1 would be two people, 001 twice is one"
    assert [row[2] for row in staff[:3]] == ["Merged team", "Merged team", "team_name"]
    assert {row[3] for row in staff} == {datetime.date(2024, 3, 1)}
    assert found(submission, "merged_cells") == [(None, None, "note", "cells merged over several rows")]
    assert {each.sheet for each in submission.findings} == {"sheet 2"}
    assert NAME not in text_of(submission)


def test_cells_that_hold_an_error_are_told(landing: Landing) -> None:
    with staff_sheet(landing) as (sheet, header):
        for number in (1, 2, 3):
            sheet.write_formula(number, header.index("Disability"), "=NA()", None, "#N/A")
    submission = landing.only("staff_record")
    assert submission.outcome == "kept"
    assert [each.finding_count for each in submission.findings if each.rule == "error_cells"] == [3]
    assert {each for (each,) in landing.lake("staff_record", "disability")[:3]} == {None}


def test_a_number_that_is_no_day_is_told_as_any_bad_date(landing: Landing) -> None:
    """Excel makes 9092025 of 09092025."""
    with staff_sheet(landing) as (sheet, header):
        sheet.write_number(3, header.index("Latest Start Date"), 9_092_025)
    submission = landing.only("staff_record")
    assert submission.outcome == "kept", text_of(submission)
    assert [(each.row_number, each.column_name, each.effect) for each in submission.findings] == [
        (4, "Latest Start Date", "row")
    ]


def test_formulas_are_not_evaluated(landing: Landing) -> None:
    with staff_sheet(landing) as (sheet, header):
        sheet.write_formula(1, header.index("FTE"), "=1/2", None, 0.5)
    submission = landing.only("staff_record")
    assert landing.lake("staff_record", "fte")[0] == (0.5,)
    assert [each.finding_count for each in submission.findings if each.rule == "formulas"] == [1]


@pytest.mark.parametrize("value", ["=HYPERLINK(1)", "+44", "-team", "@team"])
def test_formulas_in_text_are_data(landing: Landing, value: str) -> None:
    kept(landing, rows(**{"Org L5": value}))
    assert set(landing.lake("staff_record", "team_name")) == {(value,)}


def typed(row: Row, numbers: set[str]) -> list[object]:
    """A row's cells as a person's workbook holds them: numbers in the columns named, text in all others."""
    return [float(value) if header in numbers and value.isdecimal() else value for header, value in row.items()]


def test_identifiers_stored_as_numbers_are_told_once_a_column(landing: Landing) -> None:
    """Excel shows 00123 and holds 123: in a workbook the person would be another one than in a CSV file."""
    staff = [{**row, "Employee Number": f"{place:05d}" if place < 30 else f"E{place}", "Grade Step": "3"}
             for place, row in enumerate(rows())]
    path = landing.path("staff_record", "staff_in_post.xlsx")
    write_workbook(path, [list(staff[0]), *(typed(row, {"Employee Number", "Grade Step", "FTE"}) for row in staff)])
    submission = landing.only("staff_record")
    assert submission.outcome == "kept"
    assert [each.message() for each in submission.findings] == [
        "staff_in_post.xlsx, sheet 1, row 2, column 'Employee Number': expected text, found a number as 9 (30 times); "
        "if it lost zeros in front, store the column as text, or send CSV"
    ]
    assert found(submission, "number_cells") == [(2, "Employee Number", "note", "a number as 9")]
    assert len(landing.lake("staff_record")) == 40


def test_codes_stored_as_numbers_are_told_where_no_list_tells_what_is_whole(landing: Landing) -> None:
    """A code that its list knows is whole; one that the list knows with a zero in front has lost it."""
    landing.mhsds()
    for name, changed in {
        "mhs001_mpi": {},
        "mhs401_mha_period": {"LegalStatusCode": "2"},
        "mhs501_hospital_spell": {},
        "mhs903_ward": {"SiteIDOfWard": "7"},
    }.items():
        table = TABLES[name]
        landing.path("mhsds", f"{table.file_prefix}.csv").unlink()
        good = [{**row, **changed} for row in good_rows(table)]
        numbers = {"NHSNumber", "Gender", "SourceAdmMHHospProvSpell", *changed}
        lines = [list(good[0]), *(typed(row, numbers) for row in good)]
        write_workbook(landing.path("mhsds", f"{table.file_prefix}.xlsx"), lines)
    submission = landing.only("mhsds")
    assert submission.outcome == "kept", text_of(submission)
    told = {(each.column_name, each.rule, each.finding_count, each.action) for each in submission.findings
            if each.rule in ("number_cells", "vocabulary", "nhs_check_digit")}
    assert told == {
        ("SiteIDOfWard", "number_cells", 40, "if it lost zeros in front, store the column as text, or send CSV"),
        ("LegalStatusCode", "vocabulary", 40,
         "kept; the list has it with a zero in front: store the column as text, or send CSV"),
    }


def test_numbers_stored_as_text_are_nothing_to_tell(landing: Landing) -> None:
    staff = [{**row, "Employee Number": f"{place:05d}"} for place, row in enumerate(rows())]
    write_workbook(landing.path("staff_record", "staff_in_post.xlsx"), lines(staff))
    submission = landing.only("staff_record")
    assert (submission.outcome, submission.findings) == ("kept", ())
