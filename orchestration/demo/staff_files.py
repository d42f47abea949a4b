"""The staff record as files: one per month and organisation, with planted faults.

Belongs here: headers, forms and faults of `staff_record`. Does not belong here: who the staff are (`staff`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from orchestration.demo import staff, writing
from orchestration.demo.dirt import Ledger, allowance
from orchestration.demo.organisation import CAFE_TEAM, Organisation
from orchestration.demo.plan import Plan

FEED = "staff_record"
FILE = "staff_in_post.csv"
WORKBOOK_MONTH = "2023-11"
PARQUET_MONTH = "2024-06"
WINDOWS_MONTH = "2023-05"
BOM_MONTH = "2022-09"
TITLES = ("Staff in post", "Synthetic data of a demonstration trust: nobody in this file exists")

HEADERS = (
    "Employee Number",
    "Assignment Number",
    "Title",
    "Last Name",
    "First Name",
    "NI Number",
    "Primary Assignment",
    "Org L2",
    "Org L3",
    "Org L4",
    "Org L5",
    "Staff Group",
    "Job Role",
    "Occupation Code",
    "Position Title",
    "Pay Grade",
    "Grade Step",
    "Assignment Category",
    "Assignment Status",
    "Employee Category",
    "FTE",
    "Contracted Hours",
    "Latest Start Date",
    "Assignment End Date",
    "Gender",
    "Date of Birth",
    "Ethnic Origin",
    "Nationality",
    "Country of Birth",
    "Disability",
    "Religious Belief",
    "Sexual Orientation",
)


def plant(plan: Plan, versions: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Spoil single rows of single months and record it.

    End before start and a start after the month's end leave the row out; a duplicate row changes nothing.
    """
    rng = plan.rng("staff dirt")
    usable = versions["single"] & (versions["status"] == "valid") & (versions["band"] != "unknown")
    versions["fault"] = ""
    versions["twice"] = False
    versions["at"] = -1
    taken: set[int] = set()
    person = versions["person"].tolist()
    chosen: list[tuple[int, int, str]] = []
    for month, label in enumerate(plan.months):
        here = (versions["first"] <= month) & (versions["last"] > month) & (versions["organisation"] == 0)
        allowed = allowance(int(here.sum()))
        rules = [name for name, due in _CALENDAR if due(month)]
        candidates = versions.index[here & usable]
        for rule in rules:
            picked = rng.choice(candidates, size=min(allowed, len(candidates)), replace=False)
            fresh = [int(each) for each in picked if person[each] not in taken]
            taken.update(person[each] for each in fresh)
            chosen += [(each, month, rule) for each in fresh]
            header, effect = _EFFECTS[rule]
            ledger.add((FEED, label, plan.code, file_name(label, plan.number == 0)), rule, header, effect, len(fresh))
    for row, month, rule in chosen:
        versions.at[row, "at"] = month
        versions.at[row, "fault"] = rule
    versions = staff.split(versions, "at")
    versions = staff.split(versions, "at", after=1)
    fault = np.where((versions["first"] == versions["at"]) & (versions["fault"] != ""), versions["fault"], "")
    versions["twice"] = fault == "duplicate_row"
    versions["faulty"] = np.isin(fault, ("assignment_ends_after_it_starts", "not_future"))
    versions["fault"] = fault.astype(object)
    return versions


def texts(plan: Plan, organisation: Organisation, versions: pd.DataFrame) -> pd.DataFrame:
    """The columns of the file as text, with `first`, `last`, `organisation` and `twice` to select rows by."""
    rng = plan.rng("staff texts")
    units, count = organisation.units, len(versions)
    start = versions["start"].to_numpy().copy()
    future = (versions["fault"] == "not_future").to_numpy()
    start[future] = plan.ends[versions["first"].to_numpy()[future]] + 40
    ends = versions["end"].to_numpy().copy()
    backwards = (versions["fault"] == "assignment_ends_after_it_starts").to_numpy()
    ends[backwards] = [staff.esr_date(day - 30) for day in start[backwards]]
    dates = {day: staff.esr_date(day) for day in np.unique(np.concatenate([start, versions["birth"]]))}
    wte = versions["fte"].to_numpy()
    titles = {code: name for code, (name, _, _) in organisation.directorates.items()}
    above = {code: organisation.divisions[division][0] for code, (_, _, division) in organisation.directorates.items()}
    unit_names = np.array([unit.staff_name for unit in units], dtype=object)[versions["unit"]]
    positions = versions["role"].fillna("Chair").astype(object)
    frame = pd.DataFrame(
        {
            "Employee Number": versions["number"],
            "Assignment Number": versions["assignment"],
            "Title": np.where(versions["sex"] == "Female", "Ms", "Mr"),
            "Last Name": versions["surname"],
            "First Name": versions["forename"],
            "NI Number": versions["ni"],
            "Primary Assignment": versions["primary"],
            "Org L2": f"{plan.code} {plan.trust.organisation_name if plan.number == 0 else 'Further trust'}",
            "Org L3": versions["directorate"].map(above),
            "Org L4": versions["directorate"].map(titles),
            "Org L5": unit_names,
            "Staff Group": versions["group"],
            "Job Role": versions["role"].fillna("Chair"),
            "Occupation Code": versions["occupation"],
            "Position Title": [
                f"{name} \u2013 {CAFE_TEAM}" if CAFE_TEAM in unit else name
                for name, unit in zip(positions, unit_names, strict=True)
            ],
            "Pay Grade": versions["grade"],
            "Grade Step": rng.integers(1, 8, count).astype(str),
            "Assignment Category": versions["category"],
            "Assignment Status": versions["status_text"],
            "Employee Category": np.where(wte == 1.0, "Full Time", "Part Time"),
            "FTE": np.char.mod("%.2f", wte),
            "Contracted Hours": np.char.mod("%.1f", wte * 37.5),
            "Latest Start Date": [dates[day] for day in start],
            "Assignment End Date": ends,
            "Gender": versions["sex"],
            "Date of Birth": [dates[day] for day in versions["birth"]],
            "Ethnic Origin": versions["origin"],
            "Nationality": versions["nationality"],
            "Country of Birth": "",
            "Disability": versions["disability"],
            "Religious Belief": "Not needed here",
            "Sexual Orientation": "Not needed here",
        }
    ).astype(object)[list(HEADERS)]
    for column in ("first", "last", "organisation", "twice"):
        frame[column] = versions[column].to_numpy()
    return frame


def write(plan: Plan, frame: pd.DataFrame, landing: Path, ledger: Ledger) -> None:
    """Write one file per month and organisation; a short one may be the same as a month before."""
    written: set[bytes] = set()
    listed = ", ".join(f'nullif("{name}", \'\') as "{name}"' for name in HEADERS)
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        connection.register("versions", frame)
        connection.execute("create table staff as select * from versions")
        for position, organisation in enumerate(plan.organisations):
            for month in range(plan.last_month_of(organisation)):
                label = plan.months[month]
                rows = f"organisation = {position} and first <= {month} and last > {month}"
                query = (
                    f"select {listed} from (select * from staff where {rows} union all "  # noqa: S608 - our own numbers
                    f"select * from staff where {rows} and twice and first = {month}) "
                    'order by "Employee Number", "Assignment Number"'
                )
                folder = landing / FEED / label / ("" if organisation == plan.trust.organisation_code else organisation)
                path = folder / file_name(label, organisation == plan.trust.organisation_code)
                _write_month(connection, query, path)
                digest = hashlib.sha256(path.read_bytes()).digest()
                if digest in written:
                    ledger.add((FEED, label, organisation, path.name), "same_as_earlier", "", "note", 1)
                written.add(digest)


def count(plan: Plan, versions: pd.DataFrame, ledger: Ledger) -> None:
    """Record the rows whose ethnic origin or pay grade nobody knows."""
    for header, column, value in (("Ethnic Origin", "status", "invalid"), ("Pay Grade", "band", "unknown")):
        unknown = versions[versions[column] == value]
        for position, organisation in enumerate(plan.organisations):
            rows = unknown[unknown["organisation"] == position]
            for month, label in enumerate(plan.months):
                number = int(((rows["first"] <= month) & (rows["last"] > month)).sum())
                special = organisation == plan.trust.organisation_code
                place = (FEED, label, organisation, file_name(label, special))
                ledger.add(place, "vocabulary", header, "note", number)


def file_name(label: str, special: bool = True) -> str:
    """Name of a month's file: CSV, but one month comes as a workbook and one as Parquet."""
    if special and label == WORKBOOK_MONTH:
        return "staff_in_post.xlsx"
    if special and label == PARQUET_MONTH:
        return "staff_in_post.parquet"
    return FILE


def _write_month(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """One file in the form its month has."""
    label = next(part for part in path.parts if part[:2] == "20" and len(part) == 7)
    if path.suffix == ".xlsx":
        writing.copy_workbook(connection, query, path, TITLES, "Report")
    elif path.suffix == ".parquet":
        writing.copy_parquet(connection, query, path)
    else:
        writing.copy_csv(connection, query, path)
        if label == WINDOWS_MONTH:
            writing.recode(path, "cp1252")
            writing.use_crlf(path)
        elif label == BOM_MONTH:
            writing.recode(path, "utf-8-sig")


_CALENDAR: tuple[tuple[str, Callable[[int], bool]], ...] = (
    ("duplicate_row", lambda month: month % 6 == 2),
    ("assignment_ends_after_it_starts", lambda month: month % 6 == 3 or (month > 0 and month % 12 == 0)),
    ("not_future", lambda month: month % 6 == 4),
)
_EFFECTS = {
    "duplicate_row": ("", "duplicate"),
    "assignment_ends_after_it_starts": ("Assignment End Date", "row"),
    "not_future": ("Latest Start Date", "row"),
}
