"""Bad files get a clear answer, and nothing is lost: headers, encodings, damage.

`test_bad_workbooks.py`, `test_bad_values.py` and `test_bad_places.py` hold the other kinds of bad input.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from orchestration.ingest.values import mask
from tests.landed import TABLES, Landing, csv_text, good_rows, landing_at, text_of, write_workbook
from tests.spoilt import NAME, STAFF, found, kept, lake_file, lines, refused, rows, write, write_parquet


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return landing_at(tmp_path)


def test_missing_column(landing: Landing) -> None:
    names = [name for name in rows()[0] if name != "Staff Group"]
    refused(
        landing, write(csv_text(rows(), names)), "row 1", "column 'Staff Group'", "a column 'Staff Group'", "trust.yaml"
    )


def test_renamed_column_names_the_nearest(landing: Landing) -> None:
    text = csv_text(rows()).replace("Ethnic Origin", "Ethnic Orgin")
    refused(landing, write(text), "'Ethnic Origin'", "the nearest is 'Ethnic Orgin'", "rename it to 'Ethnic Origin'")


def test_renamed_column_can_be_mapped_in_trust_yaml(tmp_path: Path) -> None:
    config = tmp_path / "trust.yaml"
    config.write_text(
        "organisation_code: DEM0\norganisation_name: T\nas_of: 2025-10-15\nfirst_month: 2022-03\n"
        "feeds:\n  staff_record: {headers: {Ethnic Origin: ETHNICITY, Org L5: Cost Centre}}\n",
        encoding="utf-8",
    )
    landing = landing_at(tmp_path / "home", config)
    text = csv_text(rows()).replace("Ethnic Origin", " ethnicity ").replace("Org L5", "Cost Centre")
    landing.path("staff_record", "staff_in_post.csv").write_text(text, encoding="utf-8")
    assert landing.only("staff_record").outcome == "kept"
    assert set(landing.lake("staff_record", "ethnic_origin, team_name")) == {("A", "team_name")}


def test_duplicated_column(landing: Landing) -> None:
    lines = csv_text(rows()).replace("Grade Step", "pay grade")
    refused(
        landing, write(lines), "row 1", "column 'Pay Grade'", "one column 'Pay Grade'", "2 of them", "rename or remove"
    )


def test_extra_column_is_passed_over_and_noted(landing: Landing) -> None:
    staff = [{**row, "Home Address": NAME} for row in rows()]
    submission = kept(landing, staff)
    assert found(submission, "extra_column") == [(1, "Home Address", "note", "one column more")]
    columns = [row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM '{lake_file(landing)}'").fetchall()]
    assert columns == list(STAFF.lake_columns())


@pytest.mark.parametrize("header", ["of jane@example.org", "Seen 03/02/1980", "999 000 0018", "1 Testroad QX10 1AB"])
def test_an_identifier_in_the_header_of_an_extra_column_is_not_stored(landing: Landing, header: str) -> None:
    submission = kept(landing, [{**row, header: "1"} for row in rows()])
    (finding,) = (each for each in submission.findings if each.rule == "extra_column")
    assert finding.column_name == mask(header)
    assert header not in text_of(submission)


def test_a_file_without_a_header_row_shows_no_value(landing: Landing) -> None:
    text = csv_text(rows()).split("\r\n", 1)[1]
    submission = refused(landing, write(text), "no header row", "export it again with its header row")
    assert "EMP00000" not in text_of(submission)


# Files


def test_empty_file(landing: Landing) -> None:
    refused(landing, write(""), "a header row and rows", "an empty file")


def test_blank_file(landing: Landing) -> None:
    refused(landing, write("\r\n \r\n"), "an empty file")


def test_header_only_is_kept_as_no_rows(landing: Landing) -> None:
    landing.path("staff_record", "staff_in_post.csv").write_text(csv_text(rows()).split("\r\n")[0], encoding="utf-8")
    submission = landing.only("staff_record")
    assert (submission.outcome, submission.receipts[0].rows_read) == ("kept", 0)
    assert found(submission, "header_only") == [(None, None, "note", "none")]
    assert landing.lake("staff_record") == []


@pytest.mark.parametrize(("encoding", "told"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252")])
def test_three_encodings_are_read_and_told(landing: Landing, encoding: str, told: str) -> None:
    path = landing.path("staff_record", "staff_in_post.csv")
    path.write_bytes(csv_text(rows(**{"Org L5": "Children\u2019s \u2013 café team"})).encode(encoding))
    submission = landing.only("staff_record")
    assert (submission.outcome, submission.receipts[0].encoding) == ("kept", told)
    assert set(landing.lake("staff_record", "team_name")) == {("Children\u2019s \u2013 café team",)}


def test_bytes_of_no_encoding(landing: Landing) -> None:
    lines = csv_text(rows()).encode().split(b"\r\n")
    lines[7] = lines[7].replace(NAME.encode(), b"\x81\x8d\xff")
    refused(landing, write(b"\r\n".join(lines)), "row 8", "UTF-8 or Windows-1252", "export it again as CSV UTF-8")


def test_utf_16_is_named(landing: Landing) -> None:
    refused(landing, write(csv_text(rows()).encode("utf-16")), "UTF-16", "save it again as CSV UTF-8")


def test_nul_bytes(landing: Landing) -> None:
    lines = csv_text(rows()).encode().split(b"\r\n")
    lines[4] = lines[4].replace(NAME.encode(), b"\x00\x00")
    refused(landing, write(b"\r\n".join(lines)), "row 5", "NUL bytes")


def test_a_file_of_another_kind(landing: Landing) -> None:
    refused(landing, write("%PDF-1.4"), "one that ends in '.pdf'", "save it as CSV", name="staff_in_post.pdf")


def test_corrupt_workbook(landing: Landing) -> None:
    def spoil(path: Path) -> None:
        write_workbook(path, lines())
        path.write_bytes(path.read_bytes()[:900])

    refused(landing, spoil, ".xlsx", "cut off or damaged", name="staff_in_post.xlsx")


def test_a_workbook_whose_sheet_is_spoilt(landing: Landing) -> None:
    def spoil(path: Path) -> None:
        write_workbook(path.with_suffix(".whole"), lines())
        with zipfile.ZipFile(path.with_suffix(".whole")) as whole, zipfile.ZipFile(path, "w") as bad:
            for name in whole.namelist():
                content = whole.read(name)
                bad.writestr(name, content[: len(content) // 2] if "sheet1.xml" in name else content)
        path.with_suffix(".whole").unlink()

    refused(landing, spoil, "cut off or damaged", name="staff_in_post.xlsx")


def test_a_workbook_with_a_password_or_of_the_old_format(landing: Landing) -> None:
    spoil = write(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    refused(landing, spoil, "password", "save it as .xlsx without a password", name="staff_in_post.xlsx")


def test_truncated_parquet(landing: Landing) -> None:
    def spoil(path: Path) -> None:
        write_parquet(path, rows())
        path.write_bytes(path.read_bytes()[:-100])

    refused(landing, spoil, "Parquet", "cut off or damaged", name="staff_in_post.parquet")


def test_a_number_too_long_for_its_type_is_not_taken_for_another(landing: Landing) -> None:
    """A FLOAT holds no ten digits: it makes 9990006784, which passes the check, of its neighbours, which do not."""
    contacts = pd.DataFrame(good_rows(TABLES["incident_contact"]))  # noqa: F841 - read by the query
    landing.incidents()
    file = landing.path("incidents", "incidents_contacts.parquet")
    duckdb.sql(
        f"COPY (SELECT * REPLACE (CAST(9990006781 AS FLOAT) AS con_nhsno) FROM contacts) TO '{file}' (FORMAT parquet)"
    )
    submission = landing.only("incidents")
    told = [each for each in submission.findings if (each.rule, each.column_name) == ("nhs_check_digit", "con_nhsno")]
    assert {each.finding_count for each in told} == {40}
    assert set(landing.lake("incident_contact", "person_key")) == {(None,)}


@pytest.mark.parametrize("number", ["DECIMAL(38, 10)", "DOUBLE"])
def test_whole_numbers_of_parquet_have_no_decimals_and_not_a_number_is_blank(landing: Landing, number: str) -> None:
    contacts = pd.DataFrame(good_rows(TABLES["incident_contact"]))  # noqa: F841 - read by the query
    landing.incidents()
    file = landing.path("incidents", "incidents_contacts.parquet")
    blank = "'nan'" if number == "DOUBLE" else "NULL"
    duckdb.sql(
        f"COPY (SELECT * REPLACE (CAST(CASE WHEN link_number = '1' THEN {blank} ELSE con_nhsno END AS {number})"
        f" AS con_nhsno) FROM contacts) TO '{file}' (FORMAT parquet)"
    )
    assert landing.only("incidents").outcome == "kept"
    assert [key is None for (key,) in landing.lake("incident_contact", "person_key")] == [True, *[False] * 39]


def test_numbers_of_parquet_are_read_as_whole_numbers_and_told(landing: Landing) -> None:
    """A column of numbers with gaps is floating in most tools, and an identifier in one has lost its zeros."""
    numbers = pd.DataFrame(good_rows(TABLES["incident_contact"]))
    numbers["con_nhsno"] = numbers["con_nhsno"].astype(float).where(numbers.index > 0)
    numbers["recordid"] = numbers["recordid"].str.removeprefix("INC").astype(int)
    landing.incidents()
    file = landing.path("incidents", "incidents_contacts.parquet")
    duckdb.sql(f"COPY (SELECT * FROM numbers) TO '{file}' (FORMAT parquet)")
    submission = landing.only("incidents")
    assert submission.outcome == "kept", text_of(submission)
    assert [(each.column_name, each.rule, each.finding_count) for each in submission.findings] == [
        ("recordid", "number_cells", 40),
        ("recordid", "orphans", 40),
    ]
    assert [key is None for (key,) in landing.lake("incident_contact", "person_key")] == [True, *[False] * 39]


@pytest.mark.parametrize(("strange", "noted"), [(20, 0), (21, 1)])
def test_rows_whose_parent_is_in_no_file_are_told_when_they_are_many(
    landing: Landing, strange: int, noted: int
) -> None:
    contacts = good_rows(TABLES["incident_contact"])
    for row in contacts[:strange]:
        row["recordid"] = f"0{row['recordid']}"
    landing.incidents({"incident_contact": contacts})
    submission = landing.only("incidents")
    assert submission.outcome == "kept"
    orphans = [(each.finding_count, each.found) for each in submission.findings if each.rule == "orphans"]
    assert orphans == [(21, "rows that it does not know, of 40 in all")] * noted


def test_csv_workbook_and_parquet_give_the_same_rows(tmp_path: Path) -> None:
    writers: dict[str, Callable[[Path], None]] = {
        "staff_in_post.csv": write(csv_text(rows())),
        "staff_in_post.xlsx": lambda path: write_workbook(path, lines()),
        "staff_in_post.parquet": lambda path: write_parquet(path, rows()),
    }
    taken = []
    for number, (name, writer) in enumerate(writers.items()):
        landing = landing_at(tmp_path / str(number))
        writer(landing.path("staff_record", name))
        submission = landing.only("staff_record")
        assert submission.outcome == "kept", text_of(submission)
        taken.append(landing.lake("staff_record", "* EXCLUDE (receipt_id)"))
    assert taken[0] == taken[1] == taken[2]
