"""A team's work-list: who is on it, what is not, who gets none, and how long it lasts."""

from __future__ import annotations

import datetime
import os
import re
import stat
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from orchestration import work_list
from orchestration.cli import main
from orchestration.lock import only_one
from orchestration.settings import PROJECT, Settings
from tests.landed import PERIOD, TABLES, Landing, csv_text, good_row, landing_at, nhs_number

TEAM, WARD, OFFICE = "DEM0-T001", "DEM0-W01", "DEM0-C01"
NUMBERS = ("0007", "ab 12", "P3", "P4", "P5")
"""Local numbers of patients of the trust; a predecessor numbers one of its own 0007 too."""
LIST = "work_list_DEM0-T001_until_2025-10-29.csv"
AS_OF = datetime.date(2025, 10, 15)
REAL_TRUST = "organisation_code: RXX\norganisation_name: A trust\nas_of: 2025-10-15\nfirst_month: 2024-05\n"


@pytest.fixture(autouse=True)
def _real_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Today is `as_of`, unless a test says otherwise."""
    today_is(monkeypatch, AS_OF)


def today_is(monkeypatch: pytest.MonkeyPatch, day: datetime.date) -> None:
    monkeypatch.setattr(work_list, "_today", lambda: day)


@pytest.fixture
def landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Landing]:
    """A home into which the contacts of a month were taken: 0007, AB 12 and the predecessor's 0007 are to be asked."""
    made = landing_at(tmp_path / "trust")
    monkeypatch.setenv("EQUITY_HOME", str(made.settings.home))
    keys = taken_in(made, "contact")
    to_ask = [keys["DEM0", 1], keys["DEM0", 2], keys["DEM1", 1]]
    others = [keys["DEM0", 3], keys["DEM0", 4]]
    rows = [("patient_ethnicity", TEAM, PERIOD, key, True) for key in to_ask]
    rows += [("patient_ethnicity", TEAM, PERIOD, key, False) for key in others]
    rows += [("patient_ethnicity", WARD, PERIOD, keys["DEM0", 5], False)]
    rows += [("patient_ethnicity", work_list.NO_TEAM, PERIOD, keys["DEM0", 5], True)]
    rows += [("patient_ethnicity", TEAM, "2024-04", keys["DEM0", 5], True)]
    rows += [("staff_record", OFFICE, PERIOD, "s1", True), ("staff_record", TEAM, PERIOD, "s2", True)]
    build(made.settings, rows)
    yield made


def taken_in(landing: Landing, table: str) -> dict[tuple[str, int], str]:
    """The pseudonyms that taking in made, by organisation and place of the patient in the file."""
    rows = [good_row(TABLES[table], place, local_patient_key=number) for place, number in enumerate(NUMBERS)]
    feed = "contacts" if table == "contact" else "mhsds"
    if feed == "mhsds":
        landing.mhsds({table: rows})
    else:
        for code, sent in (("DEM0", rows), ("DEM1", rows[:1])):
            landing.path(feed, "contacts.csv", code=code).write_text(csv_text(sent), encoding="utf-8")
    taken = landing.take_in(feed).submissions
    assert {each.outcome for each in taken} == {"kept"}
    return {
        (each.organisation_code, row_number - 1): key
        for each in taken
        for row_number, key in landing.lake(table, "row_number, local_patient_key", code=each.organisation_code)
    }


def build(settings: Settings, rows: list[tuple[str, str, str, str, bool]]) -> None:
    """A warehouse that knows whom each team of the trust could ask."""
    settings.warehouse_file.parent.mkdir()
    with duckdb.connect(str(settings.warehouse_file)) as warehouse:
        warehouse.execute("CREATE SCHEMA intermediate")
        warehouse.execute(
            "CREATE TABLE intermediate.int_asking_person "
            "(organisation_code VARCHAR, source VARCHAR, unit_code VARCHAR, month DATE, record_key VARCHAR, "
            "is_to_ask BOOLEAN)"
        )
        warehouse.executemany(
            "INSERT INTO intermediate.int_asking_person VALUES ('DEM0', ?, ?, CAST(? || '-01' AS DATE), ?, ?)", rows
        )


def ask(folder: Path | str, unit: str = TEAM, *options: str) -> Result:
    """The command."""
    return CliRunner().invoke(main, ["work-list", unit, "--to", str(folder), *options])


def log_of(settings: Settings) -> list[str]:
    return (settings.home / "logs" / "work_lists.log").read_text(encoding="utf-8").splitlines()


def test_the_list_holds_whom_to_ask_by_number_and_issuer_and_nothing_else(landing: Landing, tmp_path: Path) -> None:
    """Of the latest month, numbers as they landed; not who answered or declined, nor whoever another month holds."""
    done = ask(tmp_path / "lists")
    assert done.exit_code == 0, done.output
    assert [path.name for path in (tmp_path / "lists").iterdir()] == [LIST]
    assert (tmp_path / "lists" / LIST).read_text(encoding="utf-8") == (
        "# Work list of DEM0-T001: keep it until 2025-10-29 and no longer, show it to the team only.\n"
        "organisation_code,local_patient_id\nDEM0,0007\nDEM0,ab 12\nDEM1,0007\n"
    )
    assert "3 people to be asked at the end of 2024-05; delete it after 2025-10-29" in done.output


def test_neither_the_screen_nor_the_log_names_anybody(landing: Landing, tmp_path: Path) -> None:
    done = ask(tmp_path / "lists")
    (line,) = log_of(landing.settings)
    who = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    when = r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2},\d{3}"
    what = f"work list: made by {who}, unit DEM0-T001, people 3, expires 2025-10-29"
    assert re.fullmatch(f"{when} {re.escape(what)}", line)
    for text in (done.output, line):
        assert not [number for number in (*NUMBERS, nhs_number(0)) if number in text]


def test_only_its_owner_may_read_a_list(landing: Landing, tmp_path: Path) -> None:
    """Also where everything else is made for everybody, and where a list of the same name is made again."""
    before = os.umask(0)
    try:
        for _ in range(2):
            assert ask(tmp_path / "lists").exit_code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "lists").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "lists" / LIST).stat().st_mode) == 0o600
    assert stat.S_IMODE((landing.settings.home / "logs" / "work_lists.log").stat().st_mode) == 0o600
    assert len(log_of(landing.settings)) == 2


def test_without_the_patient_record_the_national_data_set_numbers_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = landing_at(tmp_path / "trust")
    monkeypatch.setenv("EQUITY_HOME", str(made.settings.home))
    keys = taken_in(made, "mhs001_mpi")
    build(made.settings, [("mhsds", TEAM, PERIOD, keys["DEM0", 3], True), ("mhsds", TEAM, PERIOD, "gone", True)])
    done = ask(tmp_path / "lists")
    assert (tmp_path / "lists" / LIST).read_text(encoding="utf-8").splitlines()[2:] == ["DEM0,P3"]
    assert "1 more are not in the files of 2024-05 any more" in done.output


def test_the_record_that_goes_on_is_used_when_the_other_has_stopped(landing: Landing, tmp_path: Path) -> None:
    with duckdb.connect(str(landing.settings.warehouse_file)) as warehouse:
        warehouse.execute(
            "INSERT INTO intermediate.int_asking_person VALUES "
            "('DEM0', 'mhsds', 'DEM0-T001', DATE '2024-06-01', 'k', false)"
        )
    assert "nobody is to be asked at the end of 2024-06; no list was made" in ask(tmp_path / "lists").output


def test_a_team_of_another_trust_is_none_of_this_one(landing: Landing, tmp_path: Path) -> None:
    """Neither a code that both use, nor a month that only the other has."""
    with duckdb.connect(str(landing.settings.warehouse_file)) as warehouse:
        warehouse.execute(
            "INSERT INTO intermediate.int_asking_person VALUES "
            f"('OTH', 'mhsds', 'DEM0-T001', DATE '2024-06-01', 'k', true), "
            f"('OTH', 'patient_ethnicity', 'DEM0-T001', DATE '{PERIOD}-01', 'other', true), "
            f"('OTH', 'patient_ethnicity', 'OTH-T1', DATE '{PERIOD}-01', 'other', true)"
        )
    done = ask(tmp_path / "lists")
    assert (done.exit_code, "3 people to be asked at the end of 2024-05" in done.output) == (0, True), done.output
    assert "more are not in the files" not in done.output
    assert "found none of that code" in ask(tmp_path / "lists", "OTH-T1").output


def test_a_list_is_kept_by_real_days(landing: Landing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trust's as_of is weeks old when its months have landed: counted from it, a list has expired when it is made."""
    today_is(monkeypatch, datetime.date(2025, 12, 1))
    assert ask(tmp_path / "lists").exit_code == 0
    (path,) = (tmp_path / "lists").iterdir()
    assert path.name == "work_list_DEM0-T001_until_2025-12-15.csv"
    assert "expires 2025-12-15" in log_of(landing.settings)[0]
    today_is(monkeypatch, datetime.date(2025, 12, 16))
    assert "it had expired" in ask(tmp_path / "lists", WARD).output
    assert not path.exists()


def test_a_team_with_nobody_to_ask_gets_no_list(landing: Landing, tmp_path: Path) -> None:
    done = ask(tmp_path / "lists", WARD)
    assert (done.exit_code, "nobody is to be asked at the end of 2024-05; no list was made" in done.output) == (0, True)
    assert not (tmp_path / "lists").exists()
    assert not (landing.settings.home / "logs").exists()


PLACES: Mapping[str, tuple[str, str]] = {
    "in the home": ("{home}/lists", "lies inside EQUITY_HOME; a work-list names people: choose a folder outside"),
    "the home": ("{home}", "lies inside EQUITY_HOME"),
    "by a detour": ("{outside}/../trust/home/lists", "lies inside EQUITY_HOME"),
    "by a link": ("{outside}/link/lists", "lies inside EQUITY_HOME"),
    "in what is linked into the home": ("{outside}/disk/lists", "lies inside landing_elsewhere of EQUITY_HOME"),
    "by a link out of the home": ("{home}/logs_elsewhere/lists", "lies inside EQUITY_HOME"),
    "of nobody": ("~no-such-login/lists", "can not be used; name a folder of your own"),
    "links that go round": ("{outside}/round/lists", "can not be used; name a folder of your own"),
    "too long a name": ("{outside}/" + 300 * "x", "can not be used; name a folder of your own (File name too long)"),
    "under a file": ("{outside}/file/lists", "can not be used; name a folder of your own (Not a directory)"),
    "in the checkout": (f"{PROJECT}/lists", "lies inside the checkout"),
    "open to others": ("{outside}/open", "others on this machine may open it; close it with chmod 700"),
    "a file": ("{outside}/file", "is no folder; name one"),
}


@pytest.mark.parametrize(("folder", "told"), PLACES.values(), ids=PLACES)
def test_a_place_that_is_not_fit_is_refused(landing: Landing, tmp_path: Path, folder: str, told: str) -> None:
    outside = tmp_path / "outside"
    (outside / "open").mkdir(parents=True)
    (outside / "open").chmod(0o750)
    (outside / "file").touch()
    (outside / "link").symlink_to(landing.settings.home)
    (outside / "round").symlink_to(outside / "round")
    (outside / "disk").mkdir()
    (tmp_path / "far").mkdir()
    (landing.settings.home / "landing_elsewhere").symlink_to(outside / "disk")
    (landing.settings.home / "logs_elsewhere").symlink_to(tmp_path / "far")
    done = ask(folder.format(home=landing.settings.home, outside=outside))
    assert (done.exit_code, told in done.output) == (1, True), done.output
    assert isinstance(done.exception, SystemExit), "one line, no traceback"
    assert not list(tmp_path.rglob("work_list_*"))
    assert not (PROJECT / "lists").exists()


def test_there_is_no_list_without_its_line_in_the_log(landing: Landing, tmp_path: Path) -> None:
    """On a full disk the logging library prints a traceback and goes on."""
    log = landing.settings.home / "logs" / "work_lists.log"
    log.parent.mkdir()
    log.symlink_to("/dev/full")
    done = ask(tmp_path / "lists")
    assert done.exit_code == 1
    assert "can not be written, so no list was made (No space left on device)" in done.output
    assert "Traceback" not in done.output
    assert not list(tmp_path.rglob("*work_list_*"))


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        ("DEM0-T999", "expected a team with patients in 2024-05, found none of that code; the codes stand in quality."),
        ("DEM0", "expected a team with patients in 2024-05, found none of that code"),
        (work_list.NO_TEAM, "UNKNOWN: expected a team, and this is none: nobody could ask the people on its list"),
        (OFFICE, "has staff and no patients in 2024-05; no lists of staff are made: staff are asked, all alike"),
    ],
)
def test_who_is_no_team_of_patients_gets_no_list(landing: Landing, tmp_path: Path, unit: str, told: str) -> None:
    done = ask(tmp_path / "lists", unit)
    assert (done.exit_code, told in done.output) == (1, True), done.output
    assert not (tmp_path / "lists").exists()


def test_without_the_key_there_is_no_list(landing: Landing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "trust.yaml"
    config.write_text(REAL_TRUST, encoding="utf-8")
    monkeypatch.setenv("EQUITY_TRUST_CONFIG", str(config))
    demo_key = landing.settings.key_file.rename(landing.settings.key_file.with_name("away"))
    assert "no such file; make a key with" in ask(tmp_path / "lists").output
    demo_key.rename(landing.settings.key_file)
    assert "holds the demo key, which is refused for RXX" in ask(tmp_path / "lists").output
    assert not (tmp_path / "lists").exists()


def test_another_key_finds_nobody(landing: Landing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(f"staff: {'s' * 24}\npatient: {'p' * 24}\n", encoding="utf-8")
    monkeypatch.setenv("EQUITY_PSEUDONYM_KEY_FILE", str(other))
    done = ask(tmp_path / "lists")
    assert (done.exit_code, "found none of the 3 people to be asked" in done.output) == (1, True), done.output
    assert not (tmp_path / "lists").exists()


def test_a_file_that_can_not_be_read_any_more_is_named(landing: Landing, tmp_path: Path) -> None:
    landing.path("contacts", "contacts.csv").write_text("Local,Team\n0007,T1\n", encoding="utf-8")
    done = ask(tmp_path / "lists")
    assert (done.exit_code, "contacts/2024-05: contacts.csv" in done.output) == (1, True), done.output
    assert "0007" not in done.output


def test_before_the_first_run_there_is_no_list(landing: Landing, tmp_path: Path) -> None:
    with duckdb.connect(str(landing.settings.warehouse_file)) as warehouse:
        warehouse.execute("DELETE FROM intermediate.int_asking_person WHERE source <> 'staff_record'")
    assert "expected patients of a team, found none" in ask(tmp_path / "lists").output
    with duckdb.connect(str(landing.settings.warehouse_file)) as warehouse:
        warehouse.execute("DROP TABLE intermediate.int_asking_person")
    assert "was built before there was an asking plan; run: make run" in ask(tmp_path / "lists").output
    landing.settings.warehouse_file.unlink()
    assert "nothing is built yet; run: make run" in ask(tmp_path / "lists").output


def test_a_list_waits_for_nobody_who_holds_the_home(landing: Landing, tmp_path: Path) -> None:
    with only_one(landing.settings):
        assert "another run is at work there" in ask(tmp_path / "lists").output
    assert not (tmp_path / "lists").exists()


def test_the_days_a_list_may_be_kept_are_few(landing: Landing, tmp_path: Path) -> None:
    assert ask(tmp_path / "lists", TEAM, "--days", "1").exit_code == 0
    assert (tmp_path / "lists" / "work_list_DEM0-T001_until_2025-10-16.csv").exists()
    for days in ("0", "32"):
        assert ask(tmp_path / "lists", TEAM, "--days", days).exit_code == 2


def test_expired_lists_of_ours_go_whoever_is_asked_for_next(landing: Landing, tmp_path: Path) -> None:
    """Those whose last day was before today; nothing that is not ours, whatever its name."""
    folder = tmp_path / "lists"
    assert ask(folder).exit_code == 0
    text = (folder / LIST).read_text(encoding="utf-8")
    names = {
        "work_list_DEM0-W01_until_2025-10-14.csv": text.replace("2025-10-29", "2025-10-14"),
        ".work_list_DEM0-W02_until_2025-10-01.csv.part": text.replace("2025-10-29", "2025-10-01"),
        "work_list_DEM0-W01_until_2025-10-15.csv": text.replace("2025-10-29", "2025-10-15"),
        "work_list_of_mine_until_2025-10-14.csv": "Milk\nBread\n",
        "copy of work_list_DEM0-W01_until_2025-10-14.csv": text,
    }
    for name, content in names.items():
        (folder / name).write_text(content, encoding="utf-8")
    done = ask(folder, WARD)
    left = {path.name for path in folder.iterdir()}
    assert {LIST, *names} - left == {
        "work_list_DEM0-W01_until_2025-10-14.csv", ".work_list_DEM0-W02_until_2025-10-01.csv.part"
    }
    assert done.output.count("it had expired") == 2
