"""The contracts themselves, and the pandera schemas built from them."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

import pandas as pd
import pytest
from pandera.errors import SchemaErrors

from orchestration.contracts import FEEDS, Column, Table
from orchestration.contracts import schema as contract
from orchestration.contracts.base import LAKE_TYPES, SYSTEM_COLUMNS
from orchestration.ingest.results import outcomes
from tests.landed import TABLES, Landing, csv_text, good_rows, landing_at

ALL_COLUMNS = [
    pytest.param(table, column, id=f"{table.name}.{column.name}")
    for table in TABLES.values()
    for column in table.columns
]


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_contract_is_whole(table: Table) -> None:
    columns = {column.name: column for column in table.columns}
    lake = table.lake_columns()
    assert len(columns) == len(table.columns), "names are unique"
    assert len({column.header.casefold() for column in table.columns}) == len(table.columns), "headers are unique"
    assert list(lake)[:4] == list(SYSTEM_COLUMNS)
    assert set(lake.values()) <= set(LAKE_TYPES.values())
    assert table.grain.startswith("one row per ")
    assert set(table.key) <= set(lake)
    for rule in table.row_rules:
        assert {columns[rule.earlier].type, columns[rule.later].type} == {"date"}


@pytest.mark.parametrize(("table", "column"), ALL_COLUMNS)
def test_a_column_is_whole(table: Table, column: Column) -> None:
    assert column.description.endswith(".")
    assert (column.treatment == "pseudonym") == bool(column.scope)
    if column.treatment in ("birth_month", "age_band"):
        assert column.type == "date"
    if column.not_future or column.open_dates:
        assert column.type in ("date", "timestamp")
    if not column.nullable:
        assert column.required, "a value that must be there needs its column"
    if column.nhs_number:
        assert column.treatment == "pseudonym", "an NHS number never goes into the lake"
    assert table.name


@pytest.mark.parametrize("word", ["name", "forename", "surname", "ni_number", "postcode", "description", "dob"])
def test_what_names_a_person_is_dropped_or_hashed(word: str) -> None:
    person = {
        "last_name",
        "first_name",
        "forenames",
        "surname",
        "affected_name",
        "ni_number",
        "description_text",
        "title",
    }
    for table in TABLES.values():
        for column in table.columns:
            if column.name in person or (word in column.header.casefold().split() and table.name != "postcode"):
                assert column.treatment in ("drop", "pseudonym", "area", "birth_month", "age_band"), column


@pytest.mark.parametrize("table", [table for table in TABLES.values() if table.parent], ids=lambda table: table.name)
def test_a_child_names_a_parent_by_the_first_column_of_its_key(table: Table) -> None:
    (feed,) = (each for each in FEEDS.values() if table in each.tables)
    (parent,) = (each for each in feed.tables if each.name == table.parent)
    assert parent.key[0] in {column.name for column in table.columns}


def test_a_file_goes_to_the_table_with_the_longest_prefix() -> None:
    feed = FEEDS["mhsds"]
    assert feed.table_for("mhs001_2024.CSV") is TABLES["mhs001_mpi"]
    assert feed.table_for("MHS502WardStay.csv") is TABLES["mhs502_ward_stay"]
    assert feed.table_for("notes.csv") is None
    assert FEEDS["census"].table_for("anything.csv") is TABLES["census_population"]


@pytest.mark.parametrize(
    "name", ["staff_record", "incidents", "mhsds", "patient_ethnicity", "contacts", "organisation"]
)
def test_good_files_meet_their_contract_without_a_finding(tmp_path: Path, name: str) -> None:
    landing = landing_at(tmp_path)
    landing.postcodes()
    period = "all" if name == "organisation" else "2024-05"
    if name == "organisation":
        for table in FEEDS[name].tables:
            rows = good_rows(table)
            text = ",".join(rows[0]) + "\n" + "\n".join(",".join(row.values()) for row in rows) + "\n"
            landing.path(name, f"{table.file_prefix}.csv", period).write_text(text, encoding="utf-8")
    elif name == "incidents":
        landing.incidents({each: good_rows(TABLES[each]) for each in ("incident_contact", "incident_restraint")})
    elif name in ("patient_ethnicity", "contacts"):
        (table,) = FEEDS[name].tables
        landing.path(name, f"{table.file_prefix}.csv").write_text(csv_text(good_rows(table)), encoding="utf-8")
    else:
        getattr(landing, {"staff_record": "staff"}.get(name, name))()
    submission = landing.only(name, period)
    assert (submission.outcome, submission.findings) == ("kept", ())
    assert {check.failed_count for check in submission.checks} == {0}
    checked = {check.table_name for check in submission.checks}
    assert checked == {table.name for table in FEEDS[name].tables}


def spoilt_value(column: Column, rule: str) -> str:
    if rule == contract.NOT_BLANK:
        return ""
    if rule == contract.NOT_FUTURE:
        return "2024-06-01"
    if rule == contract.AT_LEAST:
        return "0"
    if rule == contract.VOCABULARY:
        return "no such value"
    if rule == contract.IDENTIFYING_TEXT:
        return "Ward 7 on 01/02/2024"
    return "?"


RULES = [
    pytest.param(table, rule, id=f"{table.name}.{rule.column_name}.{rule.name}")
    for table in TABLES.values()
    for rule in contract.rules(table)
    if rule.column_name and table.name not in ("census_population", "postcode")
]


@pytest.mark.parametrize(("table", "rule"), RULES)
def test_every_rule_can_fail(rules_home: Landing, table: Table, rule: contract.Rule) -> None:
    """Each rule of each contract is broken once, on its own, through the reader that production uses."""
    from orchestration.ingest.checking import check
    from orchestration.ingest.landing import LandedFile
    from orchestration.ingest.text import read_text

    column = next(each for each in table.columns if each.name == rule.column_name)
    rows = good_rows(table)
    rows[5][column.header] = spoilt_value(column, rule.name)
    path = rules_home.path("scratch", f"{table.name}.csv")
    path.write_text(csv_text(rows), encoding="utf-8")
    text = read_text(LandedFile(path, table, "csv", path.stat().st_size, 0), table, {})
    checked = check(text, table, reading_of(rules_home, table), [])
    told = {
        (each.rule, each.effect, each.row_number, each.column_name)
        for each in checked.findings.all()
        if each.rule != "no_postcode_directory"
    }
    assert (rule.name, rule.effect, 7, column.header) in told
    assert len(checked.frame) == 40 - (rule.effect == "row")
    if rule.effect == "value":
        assert all(pd.isna(checked.frame[name].iloc[5]) for name in column.lake_columns())


@pytest.fixture(scope="module")
def rules_home(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    return landing_at(tmp_path_factory.mktemp("rules"))


def reading_of(landing: Landing, table: Table) -> object:
    from orchestration.ingest import vocabulary
    from orchestration.ingest.parsing import Reading
    from orchestration.ingest.postcodes import Directory
    from orchestration.ingest.pseudonym import Pseudonyms

    last = datetime.date(2024, 5, 31)
    known = {
        column.name: vocabulary.load(landing.seeds, column.name, *column.vocabulary)
        for column in table.columns
        if column.vocabulary
    }
    return Reading("DEM0", last, last, Pseudonyms(landing.settings.pseudonym_keys()), Directory.empty(), known)


def test_row_rules_and_keys_fail_where_they_must() -> None:
    table = TABLES["mhs401_mha_period"]
    schema = contract.schema(table, datetime.date(2024, 5, 31))
    names = {check.name for check in schema.checks}
    assert names == {"ends_after_it_starts", contract.UNIQUE_KEY}
    frame = pd.DataFrame(
        {
            "start_date": pd.to_datetime(["2024-05-02"] * 3),
            "legal_status_period_key": ["a", "a", "b"],
            "end_date": pd.to_datetime(["2024-05-01", None, "2024-05-02"]),
        }
    )
    held = {check.name: check._check_fn(frame).tolist() for check in schema.checks}
    assert held == {"ends_after_it_starts": [False, True, True], contract.UNIQUE_KEY: [True, False, True]}


def test_a_moment_on_the_last_day_is_not_the_future() -> None:
    column = Column("saved_at", "Saved", "When.", type="timestamp", not_future=True)
    schema = contract.schema(Table("t", "t", "one row per t", ("saved_at",), (column,)), datetime.date(2024, 5, 31))
    moments = pd.to_datetime(["2024-05-31 23:59:59", "2024-06-01 00:00:00"]).astype("datetime64[s]")
    schema.validate(pd.DataFrame({"saved_at": moments[:1]}), lazy=True)
    with pytest.raises(SchemaErrors):
        schema.validate(pd.DataFrame({"saved_at": moments[1:]}), lazy=True)


def test_rules_that_held_are_told_beside_those_that_did_not(tmp_path: Path) -> None:
    landing = landing_at(tmp_path)
    rows = good_rows(TABLES["staff_record"])
    rows[3]["FTE"] = "a lot"
    landing.staff(rows)
    checks = {(check.column_name, check.rule): check.failed_count for check in landing.only("staff_record").checks}
    assert checks["FTE", "decimal"] == 1
    assert checks["Ethnic Origin", contract.VOCABULARY] == 0
    assert checks[None, contract.UNIQUE_KEY] == 0
    assert sum(checks.values()) == 1
    assert outcomes(FEEDS["staff_record"], [], [], {}) == ()


def test_a_changed_contract_reads_the_file_again(tmp_path: Path) -> None:
    from orchestration.ingest import ingest_period

    landing = landing_at(tmp_path)
    landing.staff()
    feed = FEEDS["staff_record"]
    outcome = [
        ingest_period(landing.settings, each, "2024-05", seeds=landing.seeds).submissions[0].outcome
        for each in (feed, feed, dataclasses.replace(feed, title="Another"))
    ]
    assert outcome == ["kept", "unchanged", "kept"]


def test_a_new_known_value_reads_the_file_again(tmp_path: Path) -> None:
    landing = landing_at(tmp_path)
    rows = good_rows(TABLES["staff_record"])
    rows[3]["Ethnic Origin"] = "QQ New"
    landing.staff(rows)
    assert landing.take_in("staff_record").values_unknown == 1
    with (landing.seeds / "ref_ethnicity_map.csv").open("a", encoding="utf-8") as file:
        file.write("mhsds,QQ\n")
    assert landing.only("staff_record").outcome == "unchanged", "another source's value changes nothing"
    with (landing.seeds / "ref_ethnicity_map.csv").open("a", encoding="utf-8") as file:
        file.write("esr,QQ\n")
    assert landing.take_in("staff_record").values_unknown == 0
