"""Pseudonyms, areas and what never leaves landing."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.contracts import Column
from orchestration.ingest.encoded import texts
from orchestration.ingest.pseudonym import Pseudonyms
from orchestration.settings import DEMO_KEYS, PseudonymKeys, new_keys, write_keys
from tests.landed import TABLES, Landing, good_rows, landing_at, nhs_number

PATIENT = Column("person_key", "NHSNumber", "", treatment="pseudonym", scope="nhs_number", nhs_number=True)
STAFF = Column(
    "staff_key", "Employee Number", "", treatment="pseudonym", scope="employee_number", subject="staff", local=True
)


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return landing_at(tmp_path)


def made(value: str, column: Column, code: str = "DEM0", keys: PseudonymKeys | None = None) -> str:
    (pseudonym,) = Pseudonyms(keys or PseudonymKeys(**DEMO_KEYS)).of(texts([value]), column, code)
    return str(pseudonym)


def test_a_pseudonym_is_the_agreed_keyed_hash() -> None:
    expected = hmac.new(DEMO_KEYS["staff"].encode(), b"employee_number|DEM0|DEMA00123", hashlib.sha256).hexdigest()[:32]
    assert made(" demA 00123 ", STAFF) == expected
    expected = hmac.new(DEMO_KEYS["patient"].encode(), b"nhs_number||9434765919", hashlib.sha256).hexdigest()[:32]
    assert made("943 476-5919", PATIENT, "DEM1") == expected


def test_a_local_number_is_another_person_elsewhere_and_an_nhs_number_is_not() -> None:
    assert made("1", STAFF, "DEM0") != made("1", STAFF, "DEM1")
    assert made("9434765919", PATIENT, "DEM0") == made("9434765919", PATIENT, "DEM1")


@given(st.lists(st.text(st.characters(categories=["Lu", "Nd"]), min_size=1, max_size=12), unique=True, min_size=2))
def test_pseudonyms_are_apart_repeatable_and_change_with_the_key(values: list[str]) -> None:
    keys, others = PseudonymKeys(**DEMO_KEYS), new_keys()
    first = Pseudonyms(keys).of(texts(values), STAFF, "DEM0").tolist()
    assert first == Pseudonyms(keys).of(texts(values[::-1]), STAFF, "DEM0").tolist()[::-1]
    assert len(set(first)) == len({"".join(value.split()).upper() for value in values})
    assert not set(first) & set(Pseudonyms(others).of(texts(values), STAFF, "DEM0").tolist())
    assert all(len(each) == 32 and each not in values for each in first)


def test_the_same_patient_has_one_key_in_every_feed(landing: Landing) -> None:
    landing.mhsds()
    landing.incidents({"incident_contact": good_rows(TABLES["incident_contact"])})
    landing.take_in("mhsds")
    landing.take_in("incidents")
    assert landing.lake("mhs001_mpi", "person_key") == landing.lake("incident_contact", "person_key")


def test_a_new_key_reads_everything_again(landing: Landing) -> None:
    landing.staff()
    landing.take_in("staff_record")
    before = landing.lake("staff_record", "staff_key")
    landing.settings.key_file.unlink()
    write_keys(landing.settings.key_file, new_keys())
    assert landing.only("staff_record").outcome == "kept"
    assert not set(before) & set(landing.lake("staff_record", "staff_key"))


def test_a_birth_date_becomes_a_month_or_an_age_band(landing: Landing) -> None:
    patients = good_rows(TABLES["mhs001_mpi"])
    patients[1]["PersonBirthDate"] = "01/01/1900"
    patients[2]["PersonBirthDate"] = "2024-06-01"
    landing.mhsds({"mhs001_mpi": patients})
    landing.staff()
    submission = landing.only("mhsds")
    landing.take_in("staff_record")
    assert landing.lake("mhs001_mpi", "birth_month")[:4] == [("1980-02",), (None,), (None,), ("1980-02",)]
    assert set(landing.lake("staff_record", "age_band")) == {("35-49",)}
    told = [(each.row_number, each.effect) for each in submission.findings if each.rule == "birth_date"]
    assert told == [(3, "value"), (4, "value")], "a hundred and twenty-four years old, and not born yet"


def test_a_postcode_becomes_an_area(landing: Landing) -> None:
    landing.postcodes([("QX1 1AA", "E06000045", "E01990001"), ("QX11AB", "E06000044", "")])
    patients = good_rows(TABLES["mhs001_mpi"], 4)
    for row, postcode in zip(patients, ["qx11aa", " QX1  1AB ", "QX9 9ZZ", ""], strict=True):
        row["Postcode"] = postcode
    landing.mhsds({"mhs001_mpi": patients})
    submission = landing.only("mhsds")
    assert landing.lake("mhs001_mpi", "residence_area_code, residence_lsoa_code") == [
        ("E06000045", "E01990001"),
        ("E06000044", None),
        (None, None),
        (None, None),
    ]
    told = [(each.row_number, each.found) for each in submission.findings if each.rule == "postcode_unknown"]
    assert told == [(4, "AA9 9AA")]


def test_a_longer_text_is_not_taken_for_a_postcode(landing: Landing) -> None:
    landing.postcodes([("QX1 1AA", "E06000045", "")])
    patients = good_rows(TABLES["mhs001_mpi"], 2)
    patients[1]["Postcode"] = "QX1 1AAB"
    landing.mhsds({"mhs001_mpi": patients})
    landing.take_in("mhsds")
    assert landing.lake("mhs001_mpi", "residence_area_code") == [("E06000045",), (None,)]


def test_without_a_directory_areas_are_blank_with_one_note(landing: Landing) -> None:
    patients = good_rows(TABLES["mhs001_mpi"])
    patients[0]["Postcode"] = ""
    landing.mhsds({"mhs001_mpi": patients})
    submission = landing.only("mhsds")
    told = [
        (each.column_name, each.row_number, each.finding_count)
        for each in submission.findings
        if each.rule == "no_postcode_directory"
    ]
    assert told == [("Postcode", None, 39)]
    assert set(landing.lake("mhs001_mpi", "residence_area_code")) == {(None,)}


def test_a_new_directory_reads_patients_again_and_a_lost_one_does_not(landing: Landing) -> None:
    landing.mhsds()
    landing.take_in("mhsds")
    path = landing.postcodes()
    assert landing.only("mhsds").outcome == "kept"
    assert set(landing.lake("mhs001_mpi", "residence_area_code")) == {("E06000045",)}
    path.write_text("nonsense", encoding="utf-8")
    assert landing.only("mhsds").outcome == "unchanged"
    path.unlink()
    assert landing.only("mhsds").outcome == "unchanged"
    landing.postcodes([("QX1 1AA", "E06000044", "")])
    assert landing.only("mhsds").outcome == "kept"
    assert set(landing.lake("mhs001_mpi", "residence_area_code")) == {("E06000044",)}


def test_the_directory_itself_is_never_stored(landing: Landing) -> None:
    landing.postcodes()
    assert landing.only("postcode", "all").outcome == "kept"
    folder = landing.settings.lake / "postcode" / "all" / "DEM0"
    assert sorted(path.name for path in folder.iterdir()) == ["finding.parquet", "receipt.parquet"]


def test_no_identifier_of_any_table_is_in_the_lake(landing: Landing) -> None:
    """Every identifying cell of every landed file is looked for in every byte and every value of the lake."""
    identifying: set[str] = {"Zanzibarovna"}
    tables: dict[str, list[dict[str, str]]] = {}
    for name, table in TABLES.items():
        rows = good_rows(table, 1 if name == "mhs000_header" else 40)
        for number, row in enumerate(rows):
            for column in table.columns:
                if column.treatment in ("drop", "presence"):
                    row[column.header] = "Zanzibarovna" if column.type == "text" else row[column.header]
                elif column.treatment == "area":
                    row[column.header] = f"QX1 {number % 10}ZZ"
                elif column.type == "date" and column.treatment != "keep":
                    row[column.header] = f"1980-02-{number % 28 + 1:02d}"
                if column.treatment not in ("keep", "drop"):
                    identifying.add(row[column.header])
        tables[name] = rows
    landing.staff(tables["staff_record"])
    landing.incidents({name: tables[name] for name in ("incident", "incident_contact", "incident_restraint")})
    landing.mhsds(tables)
    for feed in ("staff_record", "incidents", "mhsds"):
        assert landing.only(feed).outcome == "kept"
    values = set()
    for path in landing.settings.lake.rglob("*.parquet"):
        content = path.read_bytes()
        for text in identifying:
            assert text.encode() not in content, (path.name, text)
        columns = duckdb.sql(f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM '{path}'").fetchnumpy()
        for column in columns.values():
            values |= {str(each) for each in np.asarray(column).tolist()}
    assert not values & identifying
    assert nhs_number(3) in identifying
