"""Whose record it is, on the pages: patients and staff beside the whole, and the order of units that have both."""

from __future__ import annotations

import re

from orchestration.pages.quality.facts import Facts
from orchestration.pages.quality.kinds import Kinds
from tests.quality_tables import SOURCES, WORST
from tests.unit.pages import changed, said


def test_patients_and_staff_stand_apart_beside_the_whole(facts: Facts, site: dict[str, str]) -> None:
    series = facts.series["incidents", "organisation", "RXX"]
    patients, staff = (kind.at(series.latest.month) for kind in Kinds(facts).of(series))
    assert patients.records + staff.records == series.latest.records
    assert patients.counts["valid"] + staff.counts["valid"] == series.latest.counts["valid"]
    assert staff.share.value < series.latest.share.value < patients.share.value
    shares = f"Patients {patients.share.text} of {patients.records:,}; staff {staff.share.text} of {staff.records:,}"
    assert shares in said(site["index.html"])
    page = said(site["source/incidents.html"])
    headline = f"{series.latest.share.text} of {series.latest.records:,} people in incidents known and stated"
    for kind in (patients, staff):
        assert re.search(rf"{headline} .*{kind.share.text} .*of {kind.records:,} .*The headline and its target", page)
    team = facts.series["incidents", "team", WORST]
    row = next(line for line in page.split("Crisis <Team>")[1:] if line)
    cells = [kind.at(team.latest.month).share for kind in Kinds(facts).of(team)]
    assert re.match(rf" {team.latest.share.text} \S+ to \S+ {cells[0].text} \S+ to \S+ {cells[1].text} ", row)
    assert f"patients {cells[0].text}" in said(site[f"unit/{WORST}.html"])


def test_a_source_of_one_kind_of_people_is_not_told_apart(facts: Facts, site: dict[str, str]) -> None:
    assert not Kinds(facts).of(facts.series["mhsds", "organisation", "RXX"])
    assert "Patients alone" in said(site["source/incidents.html"])
    for source in sorted(set(SOURCES) - {"incidents"}):
        assert "alone" not in said(site[f"source/{source}.html"])


def test_units_with_kinds_of_people_are_put_in_order_by_their_patients(facts: Facts) -> None:
    """A team with nobody but staff stands last: it is not the worst because of whom its incidents name."""
    rows = facts.tables.of("quality.ethnicity_recording")
    lost = [
        row for row in rows
        if (row["source"], row["unit_code"], row["breakdown_value"]) != ("incidents", WORST, "patient")
    ]
    teams = facts.at_level("incidents", "team")
    assert Kinds(facts).worst_first(teams)[0].unit.code == WORST
    assert Kinds(changed(facts, ethnicity_recording=lost)).worst_first(teams)[-1].unit.code == WORST
