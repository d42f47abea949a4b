"""The synthetic trust: the same every time, unmistakably synthetic, and what truth.json says of it holds in its files.

Belongs here: the generator. Does not belong here: what the pipeline makes of its files (tests/integration).
"""

from __future__ import annotations

import csv
import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from orchestration.cli import main
from orchestration.contracts import FEEDS
from orchestration.demo import (
    dirt,
    ethnicity,
    generate,
    identifiers,
    is_complete,
    is_unchanged,
    sections,
    staff_jobs,
)
from orchestration.demo.plan import financial_year
from orchestration.settings import DEMO, Settings, Trust

SCALE = 0.02


@pytest.fixture(scope="module")
def trust() -> Trust:
    return Settings(trust_config=DEMO / "trust.yaml").trust


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, trust: Trust) -> Path:
    home = tmp_path_factory.mktemp("demo")
    generate(home / "landing", trust, scale=SCALE)
    return home


@pytest.fixture(scope="module")
def truth(home: Path) -> dict[str, Any]:
    return json.loads((home / "demo" / "truth.json").read_text(encoding="utf-8"))


def table(truth: dict[str, Any], name: str, level: str = "team") -> pd.DataFrame:
    """A table of the truths; of one with units of every level, those of one level."""
    told = truth["tables"][name]
    rows = pd.DataFrame(told["rows"], columns=told["columns"])
    return rows[rows["unit_level"] == level].reset_index(drop=True) if "unit_level" in rows else rows


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def is_valid_nhs_number(number: str) -> bool:
    """Modulus 11 by the published rule, written apart from the generator's."""
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(number[:9], range(10, 1, -1), strict=True)) % 11
    return len(number) == 10 and (0 if rest == 11 else rest) == int(number[9])


def test_same_seed_gives_the_same_bytes_and_another_gives_others(
    home: Path, truth: dict[str, Any], trust: Trust, tmp_path: Path
) -> None:
    again = generate(tmp_path / "again" / "landing", trust, scale=SCALE)
    assert again.read_bytes() == (home / "demo" / "truth.json").read_bytes()
    assert is_unchanged(home / "landing")
    other = generate(tmp_path / "other" / "landing", trust, scale=0.001, seed=1)
    assert json.loads(other.read_text())["landing_sha256"] != truth["landing_sha256"]


def test_the_command_takes_a_seed_and_says_what_is_out_of_range(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.assets.warehouse.prepare_manifest", lambda settings: None)
    for name, *options in (("fit", "--scale", "0.001", "--seed", "1"), ("small", "--scale", "0")):
        monkeypatch.setenv("EQUITY_HOME", str(tmp_path / name))
        done = CliRunner().invoke(main, ["demo", *options])
        if name == "fit":
            told = json.loads((tmp_path / name / "demo" / "truth.json").read_text(encoding="utf-8"))
            assert (done.exit_code, told["seed"]) == (0, 1)
        else:
            assert done.exit_code == 1
            assert "Error: scale must be at least" in done.output


def test_further_trusts_send_under_codes_of_their_own(trust: Trust, tmp_path: Path) -> None:
    told = json.loads(generate(tmp_path / "landing", trust, scale=0.001, trusts=2).read_text())
    assert [each["code"] for each in told["organisations"]] == ["DEM0", "DEM3"]
    assert (tmp_path / "landing" / "mhsds" / "2025-09" / "DEM3" / "MHS001MPI.csv").is_file()
    numbers = {code: set(read(tmp_path / "landing" / "mhsds" / "2025-09" / code / "MHS001MPI.csv")["NHSNumber"]) - {""}
               for code in ("", "DEM3")}
    assert not numbers[""] & numbers["DEM3"]


def test_a_killed_generation_is_made_again_and_other_files_are_left_alone(trust: Trust, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    (tmp_path / "landing.unfinished" / "mhsds").mkdir(parents=True)
    (landing / "half").mkdir(parents=True)
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "unfinished").touch()
    assert not is_complete(landing)
    generate(landing, trust, scale=0.001)
    assert is_complete(landing)
    assert is_unchanged(landing)
    assert not (landing / "half").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo", "landing"]
    assert [path.name for path in (tmp_path / "demo").iterdir()] == ["truth.json"]
    with pytest.raises(FileExistsError, match="holds files already"):
        generate(landing, trust, scale=0.001)


@pytest.mark.parametrize(("scale", "trusts", "named"), [(0.0, 1, "scale"), (1.0, 0, "trusts"), (1.0, 99, "trusts")])
def test_impossible_sizes_are_named(trust: Trust, tmp_path: Path, scale: float, trusts: int, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        generate(tmp_path / "landing", trust, scale=scale, trusts=trusts)


def test_check_digits_follow_the_published_rule() -> None:
    assert identifiers.check_digits(np.array([943_476_591])).tolist() == [9]  # the data dictionary's own example
    numbers = identifiers.nhs_numbers(5_000)
    assert len(set(numbers)) == 5_000
    assert all(number.startswith("999") and is_valid_nhs_number(number) for number in numbers)
    assert not any(is_valid_nhs_number(identifiers.spoil(number)) for number in numbers[:500])


def test_nobody_in_the_files_can_exist(home: Path) -> None:
    landing = home / "landing"
    index = pd.concat([read(path) for path in sorted(landing.glob("mhsds/*/MHS001MPI.csv"))])
    assert index.loc[index["NHSNumber"] != "", "NHSNumber"].str.startswith("999").all()
    assert index["Postcode"].str.match(r"^(QX\d+ |ZZ99 )").all()
    staff = read(landing / "staff_record" / "2023-03" / "staff_in_post.csv")
    assert staff["Employee Number"].str.match(r"^DEM[A-Z]\d+$").all()
    assert staff["NI Number"].str.startswith("QQ").all()
    assert set(staff["Last Name"]) <= set(identifiers.LAST_NAMES)


def test_every_file_has_the_headers_of_its_contract(home: Path) -> None:
    seen = set()
    for path in sorted((home / "landing").rglob("*.csv")):
        feed = path.relative_to(home / "landing").parts[0]
        contract = FEEDS[feed].table_for(path.name)
        assert contract is not None, path.name
        if feed == "census":  # its reader names the columns itself
            continue
        seen.add(contract.name)
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:  # one month is in a code page
            header = next(csv.reader(file))
        missing = {column.header for column in contract.columns if column.required} - set(header)
        assert not missing, f"{path.name}: {missing}"
        assert len(header) == len(set(header))
    assert seen >= {each.name for feed in FEEDS.values() for each in feed.tables if feed.name != "census"
                    and each.name != "mhs403_conditional_discharge"}


def test_the_forms_in_which_extracts_arrive(home: Path) -> None:
    folder = home / "landing" / "staff_record"
    sheet = CalamineWorkbook.from_path(folder / "2023-11" / "staff_in_post.xlsx").get_sheet_by_index(0).to_python()
    assert sheet[2][0] == "Employee Number"
    assert len(sheet) > 200
    parquet = (folder / "2024-06" / "staff_in_post.parquet").read_bytes()
    assert parquet[:4] == parquet[-4:] == b"PAR1"
    windows = (folder / "2023-05" / "staff_in_post.csv").read_bytes()
    assert b"\r\n" in windows
    assert "\u2019s Caf\u00e9" in windows.decode("cp1252")
    with pytest.raises(UnicodeDecodeError):
        windows.decode("utf-8")
    assert (folder / "2022-09" / "staff_in_post.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_predecessors_send_until_the_merger_only(home: Path) -> None:
    for feed in ("staff_record", "incidents", "mhsds", "patient_ethnicity", "contacts"):
        months = {path.parent.name for path in (home / "landing" / feed).glob("*/DEM1")}
        assert (min(months), max(months), len(months)) == ("2022-03", "2024-03", 25)
    closing = home / "landing" / "mhsds" / "2024-03" / "DEM1"
    assert (read(closing / "MHS501HospProvSpell.csv")["DischDateHospProvSpell"] != "").all()


def test_headcount_holds_in_the_files(home: Path, truth: dict[str, Any]) -> None:
    told = table(truth, "staff_headcount")
    folder = home / "landing" / "staff_record" / "2023-03"
    rows = pd.concat([read(path).assign(sender=path.parent.name) for path in sorted(folder.rglob("*.csv"))])
    start, end = (pd.to_datetime(rows[name].replace({"": None, "31-DEC-4712": None}), format="%d-%b-%Y")
                  for name in ("Latest Start Date", "Assignment End Date"))
    kept = rows[~(end < start) & ~(start > pd.Timestamp("2023-03-31"))]
    scope = kept[kept["Assignment Category"].isin(["Permanent", "Fixed Term Temp"])
                 & ~kept["Assignment Status"].isin(["Offer Accepted", "Terminate Assignment"])]
    assert scope["Employee Number"].nunique() == told.loc[told["month"] == "2023-03", "people"].sum()
    assert sorted(told["month"].unique()) == ["2022-03", "2023-03", "2024-03", "2025-03"]
    assert set(told["band"]) <= set(staff_jobs.BANDS)


def test_recording_of_the_index_holds_in_the_files(home: Path, truth: dict[str, Any]) -> None:
    told = table(truth, "recording")
    told = told[told["source"] == "mhsds"]
    status = {"": "missing", "Z": "not_stated", "99": "not_known", "X9": "invalid"}
    for month in ("2022-05", "2024-02", "2025-09"):
        index = pd.concat([read(path).assign(sender=str(path.parent))
                           for path in sorted((home / "landing" / "mhsds" / month).rglob("MHS001MPI.csv"))])
        counts = Counter(status.get(code, "valid") for code in index.drop_duplicates()["EthnicCategory"])
        assert told.loc[told["month"] == month, list(ethnicity.STATUSES)].sum().to_dict() == {
            name: counts.get(name, 0) for name in ethnicity.STATUSES}


def entries_of(home: Path) -> pd.DataFrame:
    """Every row of the patient record as it counts: the last file that holds a patient, system and date."""
    folder = home / "landing" / "patient_ethnicity"
    rows = pd.concat([read(path).assign(month=path.relative_to(folder).parts[0], sender=path.parent.name)
                      for path in sorted(folder.rglob("*.csv"))])
    rows["sender"] = rows["sender"].where(rows["sender"] != rows["month"], "DEM0")
    rows = rows[rows["RecordedDate"].str[:7] <= rows["month"]]
    key = ["sender", "LocalPatientID", "System", "RecordedDate"]
    return rows.sort_values("month", kind="stable").drop_duplicates(key, keep="last")


def test_the_patient_record_holds_what_was_planted(home: Path, truth: dict[str, Any]) -> None:
    told = truth["planted"]["DEM0"]["patient_record"]
    rows = entries_of(home)
    assert len(rows) == told["entries"]
    rio, pas = rows[rows["System"] == "RiO"], rows[rows["System"] == "PAS"]
    coded = rio[rio["EthnicCategory"].str.fullmatch("[A-HJ-NPR-V]")]
    assert 0.6 < (coded["Method"] == "SELF").mean() < 0.8
    assert set(pas["Method"]) == {"OBSERVED"}
    assert 0.15 < (rows["CodeSet"] == "2021").mean() < 0.25
    assert (rows.loc[rows["EthnicCategory"].isin(["T", "U", "V"]), "CodeSet"] == "2021").all()
    assert (rows["EthnicCategory"].isin(["T", "U", "V"])).sum() == told["entries_finer_than_2001"] > 0


def test_contacts_hold_in_the_files(home: Path, truth: dict[str, Any]) -> None:
    files = sorted((home / "landing" / "contacts").rglob("*.csv"))
    rows = pd.concat([read(path).assign(file=str(path)) for path in files])
    rows = rows[rows["Contacts"] != "0"].drop_duplicates()
    assert len(rows) == truth["planted"]["DEM0"]["patient_record"]["contacts"]
    told = table(truth, "recording")
    told = told[told["source"] == "patient_ethnicity"]
    assert len(rows) == told[list(ethnicity.STATUSES)].to_numpy().sum()
    first = rows.groupby(["file", "LocalPatientID", "Team"])["FirstContactDate"].nunique()
    assert (first == 1).all()


def test_units_add_up_to_those_above_them_and_people_count_once(truth: dict[str, Any]) -> None:
    counts = truth["tables"]["recording"]["columns"][5:]
    place = ["source", "month"]
    teams, trust = (table(truth, "recording", level).groupby(place)[counts].sum() for level in ("team", "organisation"))
    of_people = teams.index.get_level_values("source") == "patient_ethnicity"
    pd.testing.assert_frame_equal(teams[~of_people], trust[~of_people])
    fewer = teams[of_people] - trust[of_people]
    assert (fewer >= 0).all(axis=None)
    assert (fewer[["valid", "missing", "comparable", "two_record", "conflict"]].sum() > 0).all()
    levels = [table(truth, "recording", level) for level in ("team", "directorate", "division", "organisation")]
    seen = [rows.loc[rows["source"] == "patient_ethnicity", "valid"].sum() for rows in levels]
    assert seen == sorted(seen, reverse=True)
    for level in ("division", "organisation"):
        broken = table(truth, "recording_by", level)
        whole = table(truth, "recording", level).set_index(["source", "unit", "month"])[list(ethnicity.STATUSES)]
        for _, rows in broken.groupby(["source", "breakdown"]):
            sums = rows.groupby(["source", "unit", "month"])[list(ethnicity.STATUSES)].sum()
            pd.testing.assert_frame_equal(sums, whole.loc[sums.index])


def test_timeliness_and_lost_codes_are_as_meant(truth: dict[str, Any]) -> None:
    told = table(truth, "timeliness")
    parts = told[["by_first_contact", "within_28_days", "later", "not_yet"]].sum()
    assert parts.sum() == told["first_contacts"].sum() > 300
    answered = parts.drop("not_yet").sum()
    assert 0.5 < parts["by_first_contact"] / answered < 0.85  # somebody's second team finds the answer there
    assert parts["within_28_days"] > 0
    assert parts["later"] > 0
    recording = table(truth, "recording")
    of_index = recording.loc[recording["source"] == "mhsds", ["lost", "not_stated"]].sum()
    assert 0.15 < of_index["lost"] / of_index["not_stated"] < 0.5


def test_teams_in_which_something_is_planted_show_it(truth: dict[str, Any]) -> None:
    told = truth["planted"]["DEM0"]["patient_record"]
    rows = table(truth, "recording")
    rows = rows[rows["source"] == "patient_ethnicity"].copy()
    rows["all"] = rows[list(ethnicity.STATUSES)].sum(axis=1)
    of_team = rows.groupby("unit")[["valid", "all"]].sum()
    share = of_team["valid"] / of_team["all"]
    poor = {unit for _, source, unit in truth["tables"]["low_completeness"]["rows"] if source == "patient_ethnicity"}
    assert len(poor) == 3
    usual = share[~share.index.isin([*poor, told["units"]["asking"]])]
    assert share[sorted(poor)].max() < usual.median() - 0.15
    asked = told["asked_last_month"]
    assert asked["answered"] > asked["declined"] > 0
    assert (asked["answered"] + asked["declined"]) / asked["to_ask_before"] > 0.4


def test_bed_days_hold_in_the_files(home: Path, truth: dict[str, Any]) -> None:
    told = table(truth, "bed_days").set_index("month")["bed_days"]
    first, after = pd.Timestamp("2023-12-01"), pd.Timestamp("2024-01-01")
    stays = pd.concat([read(path) for path in sorted((home / "landing/mhsds/2023-12").rglob("MHS502*.csv"))])
    start = pd.to_datetime(stays["StartDateWardStay"]).clip(lower=first)
    end = pd.to_datetime(stays["EndDateWardStay"].replace("", None)).fillna(after)
    assert (end - start).dt.days.sum() == told["2023-12"]


def test_records_of_use_of_force_are_the_incidents_with_restraint(home: Path, truth: dict[str, Any]) -> None:
    told = table(truth, "use_of_force")
    by_year = table(truth, "incidents_by_year")["with_restraint"].sum()
    assert told.groupby("item")["records"].sum().to_dict() == dict.fromkeys(set(told["item"]), by_year)
    assert len(set(told["item"])) == 17
    shares = told.groupby("item")["complete"].sum() / by_year
    assert 0 < shares["all_items"] < shares.drop("all_items").min()
    folder = home / "landing" / "incidents"
    latest = read(folder / "2025-09" / "incidents_restraint.csv")
    assert {*latest["PriorInterventions"]} & {".", "-", "N/A", "none", "not known", "TBC", ""}, "gaps of both kinds"
    assert "NotificationSent" not in read(folder / "2023-03" / "incidents_restraint.csv")
    assert "NotificationSent" in latest
    lacking = [read(path) for path in folder.glob("*/DEM2/incidents_restraint.csv")]
    assert lacking
    assert not any("MentalDisorder" in frame for frame in lacking)


def test_counts_add_up(truth: dict[str, Any]) -> None:
    new = table(truth, "new_detentions")
    new["financial_year"] = new["month"].map(financial_year)
    by_year = new.groupby(["financial_year", "category"])["detentions"].sum()
    categories = table(truth, "legal_status_categories").set_index(["financial_year", "category"])["periods"]
    assert categories[categories.index.isin(sections.NEW, level=1)].to_dict() == by_year.to_dict()
    served = set(new.loc[new["catchment"] == "in", "area"])
    assert served <= set(identifiers.CATCHMENT)
    beds = table(truth, "bed_days")["bed_days"].sum()
    assert table(truth, "restraint_by_ward")["bed_days"].sum() == beds
    wards = table(truth, "on_wards")
    any_ward = wards[wards["unit"] == "all"]
    assert any_ward["bed_days"].sum() == wards.loc[wards["unit"] != "all", "bed_days"].sum() == beds
    by_year = table(truth, "restraint_by_year").set_index("financial_year")
    for planted, count in (("incidents", "incidents"), ("restrained", "people")):
        assert any_ward.groupby("financial_year")[planted].sum().to_dict() == by_year[count].to_dict()
    interventions = table(truth, "restraint_by_ward")["interventions"].sum()
    assert table(truth, "restraint_by_year")["interventions"].sum() == interventions


def test_every_sort_of_fault_is_planted_and_no_file_is_spoilt_beyond_use(home: Path, truth: dict[str, Any]) -> None:
    told = table(truth, "dirt")
    assert {("staff_record", "row"), ("staff_record", "duplicate"), ("incidents", "row"), ("incidents", "value"),
            ("mhsds", "row"), ("mhsds", "duplicate"), ("mhsds", "value"), ("mhsds", "note"),
            *(("patient_ethnicity", effect) for effect in ("row", "duplicate", "value", "note")),
            ("contacts", "row"), ("contacts", "duplicate"), ("contacts", "value")} <= set(
        zip(told["feed"], told["effect"], strict=True))
    for (feed, period, organisation, file), faults in told[told["effect"] == "row"].groupby(
            ["feed", "period", "organisation", "file"]):
        path = home / "landing" / feed / period / ("" if organisation == "DEM0" else organisation) / file
        if path.suffix == ".csv":
            assert faults["count"].sum() / (path.read_bytes().count(b"\n") - 1) < 0.05


@pytest.mark.parametrize("rows", [0, 24, 25, 100, 1_000, 14_000])
def test_a_fault_never_weighs_much(rows: int) -> None:
    assert dirt.allowance(rows) <= (0.04 * rows if rows < 1_000 else 0.003 * rows)


@pytest.mark.parametrize("category", ["A", "B", "C", "H", "P"])
def test_paths_under_the_act_have_one_reading(category: str) -> None:
    rng = np.random.default_rng(7)
    for _ in range(300):
        start = 739_000
        end = start + 24 + int(rng.integers(0, 900))
        path = sections.admitted(rng, category, start, end)
        assert [each.category for each in path if each.category in (*sections.NEW, "H")] == [category]
        for before, after in itertools.pairwise(path):
            assert before.start <= before.end <= after.start <= before.end + 1
        assert path[-1].end <= end
        for before, after in itertools.pairwise(path):
            if after.category == "L":
                assert (before.code, after.code, before.end) == ("02", "03", after.start)
            if after.category == "G":
                assert (before.code, after.code, before.end) == ("03", "03", after.start)
