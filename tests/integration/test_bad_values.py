"""Bad values and bad rows get a clear answer, and nothing is lost."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tests.landed import LAST, TABLES, Landing, csv_text, good_rows, landing_at, text_of
from tests.spoilt import found, kept, refused, rows, spoilt, write


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return landing_at(tmp_path)


def test_forms_of_date_in_one_column(landing: Landing) -> None:
    staff = rows(12)
    for number, text in enumerate(["2024-03-04", "04/03/2024", "04-MAR-2024", "20240304"] * 3):
        staff[number]["Latest Start Date"] = text
    submission = kept(landing, staff)
    assert set(landing.lake("staff_record", "latest_start_date")) == {(datetime.date(2024, 3, 4),)}
    assert found(submission, "date_forms") == [
        (None, "Latest Start Date", "note", "DD-MON-YYYY and DD/MM/YYYY and YYYY-MM-DD and YYYYMMDD")
    ]


def test_month_first_dates_are_not_guessed(landing: Landing) -> None:
    submission = kept(landing, spoilt("Latest Start Date", "03/25/2024", of=100))
    assert found(submission, "date") == [(4, "Latest Start Date", "row", "99/99/9999")]
    assert found(submission, "month_first") == [(None, "Latest Start Date", "note", "dates with the month first")]
    assert submission.receipts[0].rows_quarantined == 1


def test_a_column_of_month_first_dates_refuses_the_file(landing: Landing) -> None:
    staff = rows()
    for day, row in enumerate(staff):
        row["Latest Start Date"] = f"03/{day % 28 + 1:02d}/2024"
    refused(landing, write(csv_text(staff)), "column 'Latest Start Date'", "at most 5%", "99/99/9999")


@pytest.mark.parametrize("text", ["4712-12-31", "31/12/4712", "31-DEC-4712", "1900-01-01", "01/01/1900", "NULL", " "])
def test_open_dates_are_no_date(landing: Landing, text: str) -> None:
    kept(landing, rows(**{"Assignment End Date": text}))
    assert set(landing.lake("staff_record", "assignment_end_date")) == {(None,)}


def test_end_before_start(landing: Landing) -> None:
    submission = kept(landing, spoilt("Assignment End Date", "2020-01-01", of=100))
    assert found(submission, "assignment_ends_after_it_starts") == [(4, "Assignment End Date", "row", "9999-99-99")]
    assert len(landing.lake("staff_record")) == 99


def test_future_date(landing: Landing) -> None:
    submission = kept(landing, spoilt("Latest Start Date", (LAST + datetime.timedelta(days=1)).isoformat(), of=100))
    (finding,) = [each for each in submission.findings if each.rule == "not_future"]
    assert (finding.row_number, finding.effect, finding.expected) == (4, "row", "a date up to 2024-05-31")


def test_the_last_day_of_the_period_is_not_the_future(landing: Landing) -> None:
    assert kept(landing, spoilt("Latest Start Date", LAST.isoformat())).receipts[0].rows_quarantined == 0


def test_nhs_number_with_a_wrong_check_digit_is_cleared(landing: Landing) -> None:
    contacts = good_rows(TABLES["incident_contact"])
    contacts[2]["con_nhsno"] = "9434765918"
    landing.incidents({"incident_contact": contacts})
    submission = landing.only("incidents")
    assert found(submission, "nhs_check_digit") == [(4, "con_nhsno", "value", "9999999999")]
    assert "9434765918" not in text_of(submission)
    keys = landing.lake("incident_contact", "person_key")
    assert [number for number, (key,) in enumerate(keys) if key is None] == [2]


def test_unmapped_ethnic_value_and_pay_grade_are_kept_and_counted(landing: Landing) -> None:
    staff = rows(**{"Pay Grade": "  band   5 "})
    staff[2]["Ethnic Origin"] = "QQ Not A Code"
    staff[3]["Pay Grade"] = "Grade Nobody Knows"
    submission = kept(landing, staff)
    assert found(submission, "vocabulary") == [
        (5, "Pay Grade", "note", "Aaaaa Aaaaaa Aaaaa"),
        (4, "Ethnic Origin", "note", "AA Aaa A Aaaa"),
    ]
    assert landing.lake("staff_record", "ethnic_origin")[2] == ("(not in the reference tables)",)
    assert landing.take_in("staff_record").values_unknown == 2


@pytest.mark.parametrize("value", ["a", "A* White", " a  white - british ", "Z*"])
def test_a_known_value_may_be_written_in_many_ways(landing: Landing, value: str) -> None:
    assert found(kept(landing, rows(**{"Ethnic Origin": value})), "vocabulary") == []


@pytest.mark.parametrize(
    ("table", "header", "value"),
    [
        ("mhs401_mha_period", "LegalStatusCode", "2"),
        ("mhs401_mha_period", "LegalStatusCode", "99X"),
        ("mhs515_restrictive_type", "RestrictiveIntType", "1"),
        ("mhs404_community_treatment_order", "CommTreatOrdEndReason", "2"),
        ("mhs501_hospital_spell", "SourceAdmMHHospProvSpell", "53.0"),
        ("mhs501_hospital_spell", "MethAdmMHHospProvSpell", "81.0"),
        ("mhs001_mpi", "Gender", "M"),
        ("mhs001_mpi", "GenderIDCode", "01"),
    ],
)
def test_a_code_nobody_knows_is_counted(landing: Landing, table: str, header: str, value: str) -> None:
    """A spreadsheet makes 2 of 02: kept in silence, detentions drop out of the rate or are taken for new ones."""
    landing.mhsds({table: [{**row, header: value if place < 3 else row[header]}
                           for place, row in enumerate(good_rows(TABLES[table]))]})
    submission = landing.only("mhsds")
    assert submission.outcome == "kept"
    unknown = {
        (each.table_name, each.column_name, each.finding_count)
        for each in submission.findings if each.rule == "vocabulary"
    }
    assert unknown == {(table, header, 3)}


@pytest.mark.parametrize("header", ["Staff Group", "Assignment Category", "Assignment Status", "Gender"])
def test_unmapped_staff_texts_are_kept_and_counted(landing: Landing, header: str) -> None:
    """Models compare these by the whole text, so a known first word makes no known value."""
    staff = rows()
    known = staff[0][header]
    staff[2][header], staff[3][header] = f"{known} of old", f"  {known.upper()} "
    submission = kept(landing, staff)
    assert [each[:3] for each in found(submission, "vocabulary")] == [(4, header, "note")]
    assert landing.take_in("staff_record").values_unknown == 1


@pytest.mark.parametrize(
    ("value", "stored", "noted"),
    [
        ("A9 Local code", "A9", 1),  # the first character is national, the second local
        ("A White", "A", 0),
        ("Apple", "(not in the reference tables)", 1),  # a longer word is no code
    ],
)
def test_a_code_in_front_is_kept_as_far_as_it_is_one(landing: Landing, value: str, stored: str, noted: int) -> None:
    submission = kept(landing, spoilt("Ethnic Origin", value))
    assert len(found(submission, "vocabulary")) == noted
    assert landing.lake("staff_record", "ethnic_origin")[2] == (stored,)


def test_an_ethnic_group_in_words_is_known_by_the_whole_text_only(landing: Landing) -> None:
    (landing.seeds / "ref_ethnicity_map.csv").write_text("source,raw_value\nincidents,INDIAN\n", encoding="utf-8")
    contacts = good_rows(TABLES["incident_contact"])
    for row in contacts:
        row["con_ethnicity"] = "Indian"
    contacts[2]["con_ethnicity"] = "Indian restaurant"
    landing.incidents({"incident_contact": contacts})
    assert [each[:3] for each in found(landing.only("incidents"), "vocabulary")] == [(4, "con_ethnicity", "note")]
    assert landing.lake("incident_contact", "ethnic_origin")[2] == ("(not in the reference tables)",)


def test_a_fault_of_the_reader_refuses_one_file_and_tells_no_value(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(*_: object) -> None:
        raise OverflowError("Testperson")

    landing.staff()
    monkeypatch.setattr("orchestration.ingest.attempt.check", stumbles)
    submission = landing.only("staff_record")
    assert submission.outcome == "refused"
    assert "staff_in_post.csv: expected files that the reader understands" in text_of(submission)
    assert "OverflowError, attempt.py line" in text_of(submission)
    assert "Testperson" not in text_of(submission)
    monkeypatch.undo()
    assert landing.only("staff_record").outcome == "kept", "the next run tries again"


@pytest.mark.parametrize(
    ("step", "fault", "told"),
    [
        ("wrong_period", KeyError("Testperson"), "KeyError"),
        ("landed_twice", PermissionError("Testperson"), "check that it is there and may be read"),
    ],
)
def test_a_fault_after_reading_refuses_that_submission_only(
    landing: Landing, monkeypatch: pytest.MonkeyPatch, step: str, fault: Exception, told: str
) -> None:
    def stumbles(*arguments: object) -> list[object]:
        if any("DEM1" in str(each) for each in arguments):
            raise fault
        return []

    landing.staff()
    landing.staff(code="DEM1")
    monkeypatch.setattr(f"orchestration.ingest.attempt.{step}", stumbles)
    by_code = {each.organisation_code: each for each in landing.take_in("staff_record").submissions}
    assert (by_code["DEM0"].outcome, by_code["DEM1"].outcome) == ("kept", "refused")
    assert told in text_of(by_code["DEM1"])
    assert "Testperson" not in text_of(by_code["DEM1"])
    monkeypatch.undo()
    again = landing.take_in("staff_record").submissions
    assert {each.outcome for each in again} == {"unchanged", "kept"}, "the next run tries again"


def test_a_row_left_out_is_told_once(landing: Landing) -> None:
    staff = spoilt("Staff Group", "", of=60)
    staff[2]["Ethnic Origin"] = "QQ Not A Code"
    assert [each.rule for each in kept(landing, staff).findings] == ["not_blank"]


def test_duplicate_rows_are_counted_and_the_first_stays(landing: Landing) -> None:
    staff = rows(30)
    submission = kept(landing, [*staff, staff[4], staff[4]])
    assert (submission.receipts[0].rows_read, submission.receipts[0].rows_duplicate) == (32, 2)
    assert [row[0] for row in landing.lake("staff_record", "row_number")] == list(range(2, 32))


def test_the_same_key_with_other_values_is_left_out(landing: Landing) -> None:
    staff = rows(30)
    submission = kept(landing, [*staff, {**staff[4], "FTE": "0.5"}])
    assert found(submission, "unique_key") == [(32, "Assignment Number", "row", "another row with the same key")]
    assert (0.5,) not in landing.lake("staff_record", "fte")


def test_a_row_left_out_does_not_take_its_good_twin_along(landing: Landing) -> None:
    staff = rows(60)
    bad = {**staff[4], "Staff Group": ""}
    submission = kept(landing, [bad, *staff])
    assert found(submission, "not_blank") == [(2, "Staff Group", "row", "nothing")]
    assert found(submission, "unique_key") == []
    assert len(landing.lake("staff_record")) == 60


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        ("EMP1,too few", "2 fields where the header has"),
        (",".join(["x"] * 99), "99 fields"),
        ('"a"b,c', "a stray quote"),
    ],
)
def test_a_row_that_cannot_be_split_is_named(landing: Landing, line: str, shape: str) -> None:
    text = csv_text(rows(60)).split("\r\n")
    text.insert(10, line)
    landing.path("staff_record", "staff_in_post.csv").write_text("\r\n".join(text), encoding="utf-8")
    submission = landing.only("staff_record")
    ((row, _, effect, what),) = found(submission, "field_count")
    assert (submission.outcome, row, effect, submission.receipts[0].rows_quarantined) == ("kept", 11, "row", 1)
    assert shape in str(what)
    assert [number for (number,) in landing.lake("staff_record", "row_number")] == [*range(2, 11), *range(12, 63)]


def test_a_quote_that_is_never_closed_refuses_and_counts_every_line(landing: Landing) -> None:
    text = csv_text(rows(60)).split("\r\n")
    text[10] = '"' + text[10]
    submission = refused(landing, write("\r\n".join(text)), "row 11", "a quote that is not closed")
    assert submission.receipts[0].rows_read == 60
    assert submission.receipts[0].rows_quarantined == 60


def test_line_breaks_in_a_cell_are_one_row(landing: Landing) -> None:
    staff = spoilt("Position Title", "one\ntwo\r\nthree")
    kept(landing, staff)
    assert [row[0] for row in landing.lake("staff_record", "row_number")] == list(range(2, 42))


def test_over_five_per_cent_refuses_and_five_does_not(landing: Landing) -> None:
    assert kept(landing, spoilt("Staff Group", "", 5, of=100)).receipts[0].rows_quarantined == 5
    refused(
        landing,
        write(csv_text(spoilt("Staff Group", "", 6, of=100))),
        "row 4",
        "column 'Staff Group'",
        "at most 5%",
        "6 of 100 rows (6.0%)",
        "correct the file",
    )


@pytest.mark.parametrize("text", ["0202-01-01", "3024-01-01"])
def test_a_date_no_record_can_hold(landing: Landing, text: str) -> None:
    assert found(kept(landing, spoilt("Latest Start Date", text)), "date") == [
        (4, "Latest Start Date", "row", "9999-99-99")
    ]


def test_rows_that_cannot_be_split_are_capped_and_counted(landing: Landing) -> None:
    text = csv_text(rows()) + "too,few\r\n" * 1_500
    submission = refused(landing, write(text), "1,500 of 1,540 rows", "2 fields where the header has")
    findings = [each for each in submission.findings if each.rule == "field_count"]
    assert (len(findings), {each.finding_count for each in findings}) == (1_000, {1_500})


def test_findings_are_capped_and_counted(landing: Landing) -> None:
    path = landing.path("staff_record", "staff_in_post.csv")
    path.write_text(csv_text(rows(3_000, **{"Ethnic Origin": "QQ"})), encoding="utf-8")
    findings = [each for each in landing.only("staff_record").findings if each.rule == "vocabulary"]
    assert len(findings) == 1_000
    assert {each.finding_count for each in findings} == {3_000}
