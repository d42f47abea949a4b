"""Generate the landing folder of the synthetic trust.

Belongs here: the order of the parts and the promise that a landing folder is whole or absent. Does not belong here: any
content.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from orchestration.demo import (
    census,
    contacts,
    incident_files,
    incidents,
    mhsds,
    organisation,
    patient_record,
    patients,
    record_files,
    restraint,
    staff,
    staff_files,
    truth_conflicts,
    truth_force,
    truth_patients,
    truth_preferred,
    truth_record,
    truth_recording,
    truth_staff,
    truth_units,
    truth_wards,
    writing,
)
from orchestration.demo.dirt import Ledger
from orchestration.demo.organisation import Organisation
from orchestration.demo.pathways import Simulation
from orchestration.demo.patients import Patients
from orchestration.demo.plan import Plan, plans
from orchestration.demo.truth import Truth, checksum, planted_rates
from orchestration.demo.world import World
from orchestration.settings import Trust

SEED = 20250931


Counts = dict[str, dict[str, int]]


def truth_file(home_landing: Path) -> Path:
    """Where the truths about a landing folder are written."""
    return home_landing.parent / "demo" / "truth.json"


def is_complete(home_landing: Path) -> bool:
    """Whether a landing folder was generated to the end: the truths are written last."""
    return truth_file(home_landing).is_file() and home_landing.is_dir()


def is_unchanged(home_landing: Path) -> bool:
    """Whether a landing folder still holds, byte for byte, what was generated."""
    if not is_complete(home_landing):
        return False
    told = json.loads(truth_file(home_landing).read_text(encoding="utf-8"))
    return checksum(home_landing) == (told["files"], told["landing_sha256"])


def generate(home_landing: Path, trust: Trust, *, scale: float = 1.0, trusts: int = 1, seed: int = SEED) -> Path:
    """Write the extracts of the synthetic trust and the truths about them.

    Everything is made in a folder beside the landing folder and moved there when whole; `truth.json` follows last.
    What a killed run left behind is made again.

    Args:
        home_landing: the landing folder; absent or empty.
        trust: the configured trust: its code, predecessors and months.
        scale: multiplies people; 1 is a trust of 13,000 staff.
        trusts: how many trusts to generate; further ones send under codes of their own.
        seed: the same seed gives the same bytes.

    Returns:
        The path of `truth.json`.

    Raises:
        FileExistsError: the landing folder holds files that no unfinished run of this left there.
        ValueError: `scale` or `trusts` is out of range.
    """
    told = truth_file(home_landing)
    unfinished = told.with_name("unfinished")
    if home_landing.is_dir() and any(home_landing.iterdir()):
        if not unfinished.exists() or told.exists():
            raise FileExistsError(f"{home_landing}: holds files already; the demo writes only into an empty folder")
        shutil.rmtree(home_landing)
    told.parent.mkdir(parents=True, exist_ok=True)
    unfinished.touch()
    made = home_landing.with_name(f"{home_landing.name}.unfinished")
    shutil.rmtree(made, ignore_errors=True)
    text = _everything(made, trust, scale, trusts, seed)
    if home_landing.is_dir():
        home_landing.rmdir()
    made.rename(home_landing)
    written = told.with_name("truth.json.unfinished")
    written.write_text(text, encoding="utf-8")
    written.replace(told)
    unfinished.unlink()
    return told


def _everything(landing: Path, trust: Trust, scale: float, trusts: int, seed: int) -> str:
    """Write every file below `landing`; returns the truths."""
    residents, names = census.read()
    counts = patients.residents(residents)
    truth, ledger = Truth(), Ledger()
    chosen = plans(trust, scale, trusts, seed)
    units = [_one(plan, counts, landing, truth, ledger) for plan in chosen]
    for file, (headers, rows) in organisation.rows(units).items():
        writing.write_rows(landing / "organisation" / "all" / file, headers, rows)
    census.write(residents, names, landing)
    place = ("census", "all", trust.organisation_code, "TS021.csv")
    ledger.add(place, "does_not_apply", "", "note", len(names))
    truth.planted.update(planted_rates(chosen[0], counts))
    files, digest = checksum(landing)
    about = {
        "seed": seed,
        "scale": scale,
        "as_of": trust.as_of.isoformat(),
        "months": chosen[0].months,
        "files": files,
        "landing_sha256": digest,
        "organisations": [{"code": plan.code, "predecessors": list(plan.predecessors)} for plan in chosen],
    }
    return truth.text(about, ledger)


def _one(plan: Plan, counts: Counts, landing: Path, truth: Truth, ledger: Ledger) -> Organisation:
    """Write one trust's files and collect its truths."""
    units = organisation.build(plan)
    versions = staff_files.plant(plan, staff.build(plan, units), ledger)
    staff_files.write(plan, staff_files.texts(plan, units, versions), landing, ledger)
    staff_files.count(plan, versions, ledger)
    people, frames = Simulation(plan, units, counts).run()
    frames["incidents"], frames["types"] = restraint.build(plan, units, frames["stays"], len(people.area))
    seen = mhsds.visible(plan, len(people.area), frames)
    records = mhsds.number(plan, people, frames, seen, _held(plan, units, people, frames, seen))
    submissions = mhsds.Submissions(plan, units, people, records, ledger)
    submissions.write(landing)
    reported = incidents.build(plan, units, people, records, versions)
    incident_files.write(plan, units, reported, ledger, landing)
    met = contacts.build(plan, units, records)
    entries = patient_record.build(plan, units, people, records, met)
    record_files.write(plan, units, record_files.Held(records, entries, met), ledger, landing)
    world = World(plan, units, people, records, reported, entries, met, versions)
    truth.planted[plan.code] = {
        "staff": truth_staff.planted(versions),
        "corrected_ward_stays": submissions.corrected,
        **_tell_of_patients(truth, world),
    }
    _tell_of_recording(truth, world)
    truth.add("staff_headcount", truth_staff.headcount(plan, versions))
    truth.add("racist_incidents", truth_staff.racist_incidents(plan, versions, reported))
    asked_least = [units.units[place] for place in patient_record.teams(units, met).poor]
    for source, poor in (
        ("staff_record", staff.low_units(units)),
        ("mhsds", patients.low_units(units)),
        ("patient_ethnicity", asked_least),
    ):
        truth.add("low_completeness", [[plan.code, source, unit.code] for unit in poor])
    return units


def _held(
    plan: Plan, units: Organisation, people: Patients, frames: dict[str, pd.DataFrame], seen: dict[str, np.ndarray]
) -> pd.DataFrame:
    """What the patient system holds of everyone's ethnicity."""
    low = np.zeros(len(people.area), dtype=bool)
    referrals = frames["referrals"]
    poor = [units.units.index(unit) for unit in patients.low_units(units)]
    low[referrals.loc[referrals["unit"].isin(poor), "person"]] = True
    return patients.record(plan, people, np.logical_or.reduce(list(seen.values())), low)


def _tell_of_patients(truth: Truth, world: World) -> dict[str, Any]:
    """Collect the truths about one trust's patients; returns what was planted among them."""
    plan, units, people, records, reported, entries, met, _ = world
    codes, held = truth_preferred.preferred(plan, records, reported, entries)
    new, categories = truth_patients.detentions(plan, people, records, codes)
    truth.add("new_detentions", new)
    truth.add("legal_status_categories", categories)
    by_year, by_month, by_ward = truth_patients.restraint(plan, units, records, codes)
    truth.add("restraint_by_year", by_year)
    truth.add("bed_days", by_month)
    truth.add("restraint_by_ward", by_ward)
    truth.add("section_2_lengths", truth_patients.section_2_lengths(plan, records, codes))
    truth.add("on_wards", truth_wards.on_wards(plan, units, records, codes))
    truth.add("incidents_by_year", truth_patients.incidents(plan, reported))
    truth.add("preferred", truth_preferred.people(plan, records, codes, held))
    return {
        "patient_record": truth_record.planted(plan, units, entries, met),
        "patients": truth_patients.planted(records, codes, held),
        "restraint": truth_wards.ward_mix(units, records, codes, plan),
    }


def _tell_of_recording(truth: Truth, world: World) -> None:
    """Collect the truths about how ethnicity is recorded, at every unit level."""
    plan, units = world.plan, truth_units.units_by_level(world.plan, world.units)
    of_patients = truth_conflicts.of_patients(plan, world.records, world.reported, world.entries)
    of_staff = truth_conflicts.of_staff(plan, world.staff)
    history = truth_record.of_people(world.entries)
    sources = {
        "staff_record": truth_staff.recording(plan, world.staff, of_staff),
        "mhsds": truth_patients.recording(world, of_patients, history),
        "incidents": truth_patients.contact_recording(world, (of_patients, of_staff), history),
        "patient_ethnicity": truth_record.recording(world, of_patients),
    }
    for source, months in sources.items():
        everyone, broken_down = truth_recording.count(plan, units, source, months)
        truth.add("recording", everyone)
        truth.add("recording_by", broken_down)
    truth.add("timeliness", truth_record.timeliness(plan, units, world.entries, world.seen))
    truth.add("use_of_force", truth_force.use_of_force(plan, units, world.reported))
