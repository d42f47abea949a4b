"""Files in the wrong place, twice, half written or linked get a clear answer, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.landed import OWN, PERIOD, TABLES, Landing, csv_text, good_rows, landing_at, text_of
from tests.spoilt import adds_up, refused, rows, spoilt, write


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return landing_at(tmp_path)


def test_the_same_file_twice_in_a_submission_is_read_once(landing: Landing) -> None:
    landing.staff(rows())
    landing.staff(rows(), name="staff_in_post (copy).csv")
    submission = landing.only("staff_record")
    assert (submission.outcome, len(submission.receipts), len(landing.lake("staff_record"))) == ("kept", 1, 40)
    (note,) = [each for each in submission.findings if each.rule == "file_twice"]
    assert (note.effect, "the same bytes as" in note.found) == ("note", True)


def test_two_files_of_a_table_are_one(landing: Landing) -> None:
    staff = rows(80)
    landing.staff(staff[:40], name="staff_in_post_1.csv")
    landing.staff(staff[38:], name="staff_in_post_2.csv")
    submission = landing.only("staff_record")
    assert [(each.rows_read, each.rows_kept, each.rows_duplicate) for each in submission.receipts] == [
        (40, 40, 0),
        (42, 40, 2),
    ]
    assert len({row[0] for row in landing.lake("staff_record", "receipt_id")}) == 2


def test_a_bad_row_in_two_files_is_left_out_once(landing: Landing) -> None:
    staff = spoilt("Staff Group", "", of=80)
    landing.staff(staff[:40], name="staff_in_post_1.csv")
    landing.staff([staff[2], *staff[40:]], name="staff_in_post_2.csv")
    receipts = landing.only("staff_record").receipts
    assert [(each.rows_quarantined, each.rows_duplicate) for each in receipts] == [(1, 0), (0, 1)]


def test_a_key_in_two_files_with_other_values_is_left_out_once(landing: Landing) -> None:
    staff = rows(80)
    landing.staff(staff[:40], name="staff_in_post_1.csv")
    landing.staff([{**staff[0], "FTE": "0.1"}, *staff[40:]], name="staff_in_post_2.csv")
    submission = landing.only("staff_record")
    assert [each.rows_quarantined for each in submission.receipts] == [0, 1]
    assert len(landing.lake("staff_record")) == 80


def test_an_mhsds_file_of_another_month(landing: Landing) -> None:
    landing.mhsds()
    assert landing.only("mhsds").outcome == "kept"
    before = landing.lake("mhs001_mpi")
    landing.mhsds(period="2024-06")
    (submission,) = landing.take_in("mhsds", "2024-06").submissions
    assert submission.outcome == "refused"
    assert "column 'ReportingPeriodStartDate': expected 2024-06-01, found 2024-05-01; move it" in text_of(submission)
    assert len({each.message for each in submission.receipts}) > 1, "the other files say which one was to blame"
    assert landing.lake("mhs001_mpi") == before
    adds_up(submission)


def test_an_mhsds_file_of_another_organisation(landing: Landing) -> None:
    landing.mhsds(code="DEM1")
    assert "expected DEM1, found another provider" in text_of(landing.only("mhsds"))


def test_incidents_of_a_later_month(landing: Landing) -> None:
    incidents = good_rows(TABLES["incident"])
    for row in incidents[:21]:
        row["updateddate"] = "2024-06-03 09:00:00"
    landing.incidents({"incident": incidents})
    assert "wrong_period" in text_of(landing.only("incidents"))
    incidents[0]["updateddate"] = "2024-05-31 23:59:59"
    landing.incidents({"incident": incidents})
    assert landing.only("incidents").outcome == "kept", "half and less may have been changed since"


def test_incidents_of_an_earlier_month(landing: Landing) -> None:
    landing.incidents(period="2024-07")
    (submission,) = landing.take_in("incidents", "2024-07").submissions
    assert "expected rows changed in 2024-07, found none after 2024-05" in text_of(submission)


def test_a_staff_record_of_a_later_month(landing: Landing) -> None:
    staff = spoilt("Latest Start Date", "2024-06-15", 3)
    refused(
        landing, write(csv_text(staff)), "dates up to the end of 2024-05", "later ones in 8% of the rows", "move it"
    )


def test_a_staff_record_landed_under_two_months(landing: Landing) -> None:
    landing.staff(rows(600))
    landing.staff(rows(600), period="2024-06")
    assert landing.only("staff_record").outcome == "kept"
    later = landing.take_in("staff_record", "2024-06").submissions[0]
    assert later.outcome == "refused"
    assert "the same file as staff_in_post.csv of 2024-05" in text_of(later)


def test_a_handful_of_people_may_not_change_for_a_month(landing: Landing) -> None:
    landing.staff(rows(10))
    landing.staff(rows(10), period="2024-06")
    later = landing.take_in("staff_record", "2024-06").submissions[0]
    assert (later.outcome, [each.effect for each in later.findings]) == ("kept", ["note"])


def test_a_file_whose_name_says_another_month(landing: Landing) -> None:
    refused(landing, write(csv_text(rows())), "its name says is of 2024-02", name="staff_in_post_2024-02.csv")


@pytest.mark.parametrize(
    "name", ["staff_in_post_2024-05.csv", "staff_in_post_202406.csv", "staff_in_post_20240203.csv"]
)
def test_a_name_may_say_the_month_or_when_it_was_exported(landing: Landing, name: str) -> None:
    landing.staff(rows(), name=name)
    assert landing.only("staff_record").outcome == "kept"


def test_a_period_that_has_not_begun(landing: Landing) -> None:
    landing.staff(rows(), period="2025-11")
    (submission,) = landing.take_in("staff_record", "2025-11").submissions
    assert "expected a period that has begun by 2025-10-15 (as_of), found 2025-11" in text_of(submission)


def test_a_missing_file_of_a_submission(landing: Landing) -> None:
    landing.mhsds()
    assert landing.only("mhsds").outcome == "kept"
    landing.path("mhsds", "MHS401.csv").unlink()
    submission = landing.only("mhsds")
    assert (submission.outcome, submission.has_kept) == ("refused", True)
    assert "a file whose name begins with 'MHS401', found none" in text_of(submission)


@pytest.mark.parametrize(
    "name", ["staff_in_post.csv.part", "staff_in_post.csv.tmp", "x.crdownload", "~$staff_in_post.xlsx"]
)
def test_a_file_still_being_written_is_left_for_the_next_time(landing: Landing, name: str) -> None:
    landing.staff(rows())
    assert landing.only("staff_record").outcome == "kept"
    landing.staff(rows(20))
    unfinished = landing.path("staff_record", name)
    unfinished.write_text("half", encoding="utf-8")
    result = landing.take_in("staff_record")
    assert result.submissions[0].outcome == "waiting"
    assert name in result.messages[0]
    assert len(landing.lake("staff_record")) == 40, "half a submission takes no place"
    unfinished.unlink()
    assert landing.only("staff_record").outcome == "kept"
    assert len(landing.lake("staff_record")) == 20


def test_a_file_that_changes_while_it_is_read(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.ingest import attempt

    path = landing.staff(rows())
    real = attempt.check

    def grows(*arguments: object) -> object:
        with path.open("a", encoding="utf-8") as file:
            file.write("more")
        return real(*arguments)

    monkeypatch.setattr(attempt, "check", grows)
    submission = landing.only("staff_record")
    assert (submission.outcome, submission.has_kept) == ("waiting", False)


def test_a_link_out_of_the_landing_folder(landing: Landing, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(csv_text(rows()), encoding="utf-8")
    refused(landing, lambda path: path.symlink_to(outside), "a file inside the landing folder", "copy the file itself")


def test_a_folder_that_is_a_link_out_of_the_landing_folder(landing: Landing, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "staff_in_post.csv").write_text(csv_text(rows()), encoding="utf-8")
    (landing.settings.landing / "staff_record").mkdir(parents=True)
    (landing.settings.landing / "staff_record" / "2024-05").symlink_to(outside)
    assert landing.only("staff_record").outcome == "refused"


def test_a_file_of_no_table_is_passed_over_and_noted(landing: Landing) -> None:
    landing.staff(rows())
    landing.path("staff_record", "README.txt").write_text("hello", encoding="utf-8")
    landing.path("staff_record", "4857773456 notes.csv").write_text("hello", encoding="utf-8")
    submission = landing.only("staff_record")
    assert submission.outcome == "kept"
    assert [each.file_name for each in submission.findings] == ["9999999999 notes.csv", "README.txt"]


def test_a_corrected_file_is_taken_in_and_the_refusal_goes(landing: Landing) -> None:
    refused(landing, write(""), "an empty file")
    papers = landing.settings.lake / "refused" / "staff_record" / "2024-05" / OWN
    assert (papers / "receipt.parquet").is_file()
    landing.staff(rows(25))
    own, other = landing.take_in("staff_record").submissions
    assert (own.outcome, other.outcome, len(landing.lake("staff_record"))) == ("kept", "unchanged", 25)
    assert not papers.exists()


def test_going_back_to_the_good_file_reads_nothing_again(landing: Landing) -> None:
    refused(landing, write(""), "an empty file")
    landing.staff(rows())
    assert landing.take_in("staff_record").submissions[0].outcome == "unchanged"
    assert not (landing.settings.lake / "refused" / "staff_record" / PERIOD / OWN).exists(), "nothing is refused now"


def test_every_fault_of_a_submission_is_told_at_once(landing: Landing) -> None:
    landing.mhsds()
    landing.path("mhsds", "MHS501.csv").write_bytes(b"")
    landing.path("mhsds", "MHS502.csv").unlink()
    told = text_of(landing.only("mhsds"))
    assert "MHS501.csv: expected a header row" in told
    assert "'MHS502', found none" in told


@pytest.mark.long
def test_a_file_of_200_mb_stays_under_2_gb(tmp_path: Path) -> None:

    landing = landing_at(tmp_path)
    path = landing.path("staff_record", "staff_in_post.csv")
    header, *body = csv_text(rows(10_000, **{"Position Title": "x" * 150})).splitlines()
    with path.open("w", encoding="utf-8", newline="\r\n") as file:
        file.write(header + "\n")
        copy = 0
        while file.tell() < 200_000_000:
            copy += 1
            file.writelines(line.replace("EMP", f"E{copy}").replace("ASS", f"A{copy}") + "\n" for line in body)
    script = (
        "import resource, sys; from pathlib import Path; from orchestration.contracts import FEEDS;"
        "from orchestration.ingest import ingest_period; from orchestration.settings import Settings;"
        "home, seeds = map(Path, sys.argv[1:]); feed = FEEDS['staff_record'];"
        "result = ingest_period(Settings(home=home), feed, '2024-05', seeds=seeds);"
        "print(result.rows_kept, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(landing.settings.home), str(landing.seeds)],
        capture_output=True,
        text=True,
        check=True,
    )
    kept_rows, kilobytes = map(int, done.stdout.split())
    assert kept_rows == copy * 10_000
    assert kilobytes < 2_000_000
