"""What somebody typed into the incident system: codes are read through their lists, identifiers stay in landing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.landed import TABLES, Landing, good_row, good_rows, landing_at, text_of
from tests.spoilt import found


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return landing_at(tmp_path)


@pytest.mark.parametrize(
    ("table", "header"),
    [
        ("incident", "inc_type"),
        ("incident", "inc_subcategory"),
        ("incident", "perpetrator_type"),
        ("incident", "hate_incident_race"),
        ("incident", "rep_approved"),
        ("incident", "inc_category"),
        ("incident", "inc_severity"),
        ("incident_restraint", "RestraintPosition"),
        ("incident_restraint", "RestraintReason"),
        ("incident_restraint", "Seclusion"),
        ("incident_restraint", "PatientDebrief"),
        ("incident_restraint", "StaffDebrief"),
        ("incident_restraint", "NonStaffInvolved"),
        ("incident_contact", "link_role"),
        ("incident_contact", "con_type"),
        ("incident_contact", "con_gender"),
    ],
)
def test_a_value_of_the_incident_system_nobody_knows_is_counted(landing: Landing, table: str, header: str) -> None:
    """Every trust may change these: kept in silence, a person affected or a tick for race hate drops out of a rate."""
    landing.incidents({table: [{**row, header: "Local" if place < 3 else row[header]}
                               for place, row in enumerate(good_rows(TABLES[table]))]})
    submission = landing.only("incidents")
    findings = [each for each in submission.findings if each.rule == "vocabulary"]
    assert {(each.table_name, each.column_name, each.finding_count) for each in findings} == {(table, header, 3)}
    assert {each.action.split(";")[0] for each in findings} == {"not stored, for it may be a name"}
    assert "Local" not in text_of(submission)


@pytest.mark.parametrize("name", ["incident", "incident_contact", "incident_restraint"])
def test_a_name_typed_into_a_code_of_the_incident_system_stays_in_landing(landing: Landing, name: str) -> None:
    """Only the names of units are no codes; what is not needed is not stored at all."""
    spared = {"unit", "location"}
    typed = {
        column.name: "Jane Testperson"
        for column in TABLES[name].columns
        if column.type == "text" and column.treatment in ("keep", "presence", "drop") and column.name not in spared
    }
    assert len(typed) > 3
    child = [good_row(TABLES[name], number, **typed) for number in range(40)]
    landing.incidents({name: child})
    assert landing.only("incidents").outcome == "kept"
    assert len(landing.lake(name)) == 40
    assert "Jane" not in repr(landing.lake(name))


@pytest.mark.parametrize("header", ["inc_locactual", "inc_unit"])
@pytest.mark.parametrize(("value", "is_stored"), [(" Ward 7, bed 12", True), ("Ward 7 999 000 0018", False)])
def test_an_identifier_in_the_name_of_a_unit_is_not_stored(
    landing: Landing, header: str, value: str, is_stored: bool
) -> None:
    incidents = good_rows(TABLES["incident"])
    incidents[2][header] = value
    landing.incidents({"incident": incidents})
    submission = landing.only("incidents")
    name = {"inc_locactual": "location", "inc_unit": "unit"}[header]
    assert landing.lake("incident", name)[2] == (value.strip() if is_stored else None,)
    told = [] if is_stored else [(4, header, "value")]
    assert [each[:3] for each in found(submission, "identifying_text")] == told
    assert is_stored or value not in text_of(submission)
