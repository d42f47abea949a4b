"""Files to land: good ones made from the contracts, for tests to spoil.

Belongs here: one good row of any table, writing files. Does not belong here: the synthetic trust
(`orchestration.demo`).
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from orchestration.contracts import FEEDS, Column, Table
from orchestration.ingest import PeriodResult, SubmissionResult, ingest_period
from orchestration.settings import Settings

PERIOD = "2024-05"
FIRST, LAST = datetime.date(2024, 5, 1), datetime.date(2024, 5, 31)
OWN = "DEM0"
SEEDS = {
    "ref_ethnicity_map": "source,raw_value\nesr,A\nesr,Z\nmhsds,A\nepr,A\nincidents,WHITE - BRITISH\n",
    "ref_grade_map": "source,raw_value\nesr,BAND 5\n",
    "ref_staff_group": "raw_value\nSTUDENTS\n",
    "ref_assignment_category": "raw_value\nPERMANENT\n",
    "ref_assignment_status": "raw_value\nACTIVE\n",
    "ref_legal_status": "legal_status_code,legal_status_name\n02,Section 2\n",
    "ref_restrictive_type": "intervention_type_code,intervention_type_name\n01,Prone\n",
    "ref_sex": "source,raw_value\nmhsds,1\nmhsds_identity,1\nesr,FEMALE\nincidents,F\n",
    "ref_incident_code": "source,raw_value\ncontact_role,AFFECT\ncontact_type,PAT\nyes_no,Y\napproval,FINAL\n"
    "incident_type,PAT\nperpetrator,PATIENT\ncategory,FALLS\nseverity,LOW\nrestraint_position,SEATED\n"
    "restraint_reason,SELF-HARM\n",
    "ref_incident_subcategory": "subcategory\nRACIAL\n",
    "ref_patient_system": "raw_value,system\nRIO,rio\nPAS,pas\n",
    "ref_admission_route": "source,raw_value\nmhsds_source,19\nmhsds_method,2A\n",
}
TABLES: dict[str, Table] = {table.name: table for feed in FEEDS.values() for table in feed.tables}
Row = dict[str, str]


def nhs_number(number: int) -> str:
    """A number of the test range with a valid check digit."""
    for stem in range(999_000_000 + number * 2, 999_999_999):
        total = sum(int(digit) * weight for digit, weight in zip(str(stem), range(10, 1, -1), strict=True))
        if (check := (11 - total % 11) % 11) < 10:
            return f"{stem}{check}"
    raise ValueError(number)


def good_row(table: Table, number: int = 0, **values: str) -> Row:
    """One row the contract accepts, by header; `values` are given by lake name."""
    return {column.header: values.get(column.name, _good(table, column, number)) for column in table.columns}


def good_rows(table: Table, count: int = 40) -> list[Row]:
    """Rows the contract accepts."""
    return [good_row(table, number) for number in range(count)]


_BY_NAME = {
    "period_start_date": FIRST.isoformat(),
    "period_end_date": LAST.isoformat(),
    "provider_code": OWN,
    "birth_month": "1980-02-03",
    "age_band": "1980-02-03",
    "updated_at": "2024-05-20 10:30:00",
    "assignment_end_date": "",
    "residence": "QX1 1AA",
    "pay_grade": "Band 5",
    "ethnic_origin": "A White - British",
    "ethnic_category": "A",
    "staff_group": "Students",
    "assignment_category": "Permanent",
    "assignment_status": "Active",
    "legal_status_code": "02",
    "intervention_type_code": "01",
    "gender_identity_code": "1",
    "source_of_admission_code": "19",
    "method_of_admission_code": "2A",
    "incident_type": "PAT",
    "subcategory": "RACIAL",
    "perpetrator": "PATIENT",
    "category": "FALLS",
    "severity": "LOW",
    "position": "Seated",
    "reason": "Self-harm",
    "seclusion": "Y",
    "non_staff_involved": "Y",
    "patient_debrief": "Y",
    "staff_debrief": "Y",
    "contact_role": "AFFECT",
    "contact_type": "PAT",
    "hate_incident_race": "Y",
    "approval_status": "FINAL",
}
_BY_TABLE = {
    ("patient_ethnicity", "system_name"): "RiO",
    ("incident_contact", "ethnic_origin"): "White - British",
    ("incident_contact", "sex_code"): "F",
    ("staff_record", "sex_code"): "Female",
    ("mhs001_mpi", "sex_code"): "1",
    ("mhs404_community_treatment_order", "end_reason_code"): "02",
}


def _good(table: Table, column: Column, number: int) -> str:
    if (table.name, column.name) in _BY_TABLE:
        return _BY_TABLE[table.name, column.name]
    if column.name in _BY_NAME:
        return _BY_NAME[column.name]
    if column.nhs_number:
        return nhs_number(number)
    if column.treatment == "pseudonym":
        return f"{column.scope[:3].upper()}{number:05d}"
    if column.values:
        return column.values[0]
    by_type = {
        "date": FIRST.isoformat(),
        "timestamp": f"2024-05-20 10:{number % 60:02d}:00",
        "time": "14:30",
        "integer": str(number + 1),
        "decimal": "1.0",
        "text": f"{column.name} {number}" if column.name in table.key else column.name,
    }
    return by_type[column.type]


def csv_text(rows: Sequence[Mapping[str, str]], header: Iterable[str] | None = None) -> str:
    """Rows as the text of a CSV file."""
    out = io.StringIO()
    names = list(header or rows[0])
    writer = csv.DictWriter(out, names, lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write_workbook(path: Path, lines: Sequence[Sequence[Any]]) -> None:
    """A workbook of one sheet, one cell per value, types as given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("Report")
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)


@dataclass
class Landing:
    """A home with a landing folder to fill, and the ingest bound to it."""

    settings: Settings
    seeds: Path

    def path(self, feed: str, name: str, period: str = PERIOD, code: str = "") -> Path:
        """Where a file is landed; its folder is made."""
        folder = self.settings.landing / feed / period / code
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name

    def staff(self, rows: Sequence[Row] | None = None, **where: str) -> Path:
        """Land a staff record."""
        path = self.path("staff_record", where.pop("name", "staff_in_post.csv"), **where)
        path.write_bytes(csv_text(rows or good_rows(TABLES["staff_record"])).encode())
        return path

    def incidents(self, tables: Mapping[str, Sequence[Row]] | None = None, **where: str) -> None:
        """Land incidents: the main file, and child files that are given."""
        for name, rows in {"incident": good_rows(TABLES["incident"]), **(tables or {})}.items():
            self.path("incidents", f"{TABLES[name].file_prefix}.csv", **where).write_text(
                csv_text(rows), encoding="utf-8"
            )

    def mhsds(self, tables: Mapping[str, Sequence[Row]] | None = None, **where: str) -> None:
        """Land a whole MHSDS submission; `tables` replace the good rows."""
        for table in FEEDS["mhsds"].tables:
            count = 1 if table.name == "mhs000_header" else 40
            rows = (tables or {}).get(table.name, good_rows(table, count))
            self.path("mhsds", f"{table.file_prefix}.csv", **where).write_text(csv_text(rows), encoding="utf-8")

    def postcodes(self, rows: Sequence[tuple[str, str, str]] = (("QX1 1AA", "E06000045", "E01990001"),)) -> Path:
        """Land a postcode directory."""
        path = self.path("postcode", "postcodes.csv", "all")
        lines = ["pcds,oslaua,lsoa21", *(",".join(row) for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def take_in(self, feed: str, period: str = PERIOD) -> PeriodResult:
        """Ingest one period."""
        return ingest_period(self.settings, FEEDS[feed], period, seeds=self.seeds)

    def only(self, feed: str, period: str = PERIOD) -> SubmissionResult:
        """Ingest one period that has one submission."""
        (submission,) = self.take_in(feed, period).submissions
        return submission

    def lake(self, table: str, what: str = "*", period: str = PERIOD, code: str = OWN) -> list[tuple[Any, ...]]:
        """Rows of a kept table, in file order."""
        feed = next(name for name, each in FEEDS.items() if TABLES[table] in each.tables)
        path = self.settings.lake / feed / period / code / f"{table}.parquet"
        return duckdb.sql(f"SELECT {what} FROM '{path}' ORDER BY receipt_id, row_number").fetchall()


def landing_at(home: Path, config: Path | None = None) -> Landing:
    """An empty landing folder in `home`, with small reference tables beside it."""
    seeds = home / "seeds"
    seeds.mkdir(parents=True)
    for name, text in SEEDS.items():
        (seeds / f"{name}.csv").write_text(text, encoding="utf-8")
    settings = Settings(home=home / "home", **({"trust_config": config} if config else {}))
    return Landing(settings, seeds)


def text_of(submission: SubmissionResult) -> str:
    """Every finding and receipt message of a submission as one text."""
    findings = [f"{each.effect} {each.rule} {each.message()}" for each in submission.findings]
    return "\n".join([*findings, *(each.message for each in submission.receipts if each.message)])
