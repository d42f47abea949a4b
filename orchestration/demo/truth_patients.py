"""What is true of the patients: detentions, sections, restraint, bed days, recording of ethnicity, conflicting codes.

Belongs here: counting the tables from which the patient files are written. Does not belong here: reading any file.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from orchestration.demo import ethnicity, identifiers, sections, truth_people
from orchestration.demo.ethnicity import STATUS_OF_CODE, STATUSES, white_bme
from orchestration.demo.incidents import STATUS_OF_TEXT, Incidents
from orchestration.demo.mhsds import Records, recorded
from orchestration.demo.organisation import Organisation
from orchestration.demo.patients import Patients
from orchestration.demo.plan import Plan, financial_year
from orchestration.demo.truth_conflicts import Conflicts
from orchestration.demo.truth_record import History
from orchestration.demo.truth_units import Rows
from orchestration.demo.world import World

UNKNOWN_AREA = "unknown"


def detentions(plan: Plan, people: Patients, records: Records, codes: list[str]) -> tuple[Rows, Rows]:
    """New detentions by month, authority, catchment, code and category; all categories by financial year.

    Only periods that begin within the months generated are counted.
    """
    legal = records.frames["legal"]
    begun = (legal["start"] >= plan.starts[0]) & (legal["start"] <= plan.ends[-1]) & (legal["first"] <= legal["last"])
    within = legal[begun & (legal["category"] != "")]
    month = np.array(plan.months, dtype=object)[
        np.searchsorted(plan.starts, within["start"].to_numpy(), side="right") - 1
    ]
    year = np.array([financial_year(label) for label in month], dtype=object)
    one = pd.Series(1, index=within.index)
    by_category: Rows = [
        [plan.code, *map(str, key), int(number)]  # type: ignore[call-overload]
        for key, number in one.groupby([year, within["category"]]).sum().items()
    ]
    new = within["category"].isin(sections.NEW).to_numpy()
    fresh = within[new]
    area = np.array(people.area, dtype=object)[fresh["person"]]
    served = np.where(np.isin(area, identifiers.CATCHMENT), "in", "out")
    code = np.array(codes, dtype=object)[fresh["person"]]
    named = np.where(area == "", UNKNOWN_AREA, area)
    counts = one[new].groupby([month[new], named, served, code, fresh["category"].to_numpy()]).sum()
    listed: Rows = [[plan.code, *map(str, key), int(number)] for key, number in counts.items()]
    return listed, by_category


def section_2_lengths(plan: Plan, records: Records, codes: list[str]) -> Rows:
    """How many sections 2 ended in each financial year, their days and median, by code; transfers in are left out."""
    legal = records.frames["legal"]
    within = (legal["start"] >= plan.starts[0]) & (legal["end"] <= plan.ends[-1]) & (legal["first"] <= legal["last"])
    ended = legal[within & (legal["code"] == "02") & legal["category"].isin(("A", "B", "C"))]
    month = np.searchsorted(plan.starts, ended["end"].to_numpy(), side="right") - 1
    year = np.array([financial_year(label) for label in plan.months], dtype=object)[month]
    code = np.array(codes, dtype=object)[ended["person"]]
    return [
        [plan.code, *map(str, key), len(days), int(days.sum()), float(days.median())]
        for key, days in (ended["end"] - ended["start"]).groupby([year, code])
    ]


def restraint(plan: Plan, organisation: Organisation, records: Records, codes: list[str]) -> tuple[Rows, Rows, Rows]:
    """Interventions, incidents and people by financial year; bed days by month; both by ward and White / BME."""
    incidents, types, stays = (records.frames[name] for name in ("incidents", "types", "stays"))
    number = types.groupby("incident").size().reindex(incidents.index).to_numpy()
    labels = np.array([financial_year(label) for label in plan.months], dtype=object)
    year = labels[incidents["month"]]
    frame = pd.DataFrame({"year": year, "number": number, "person": incidents["person"], "unit": incidents["unit"]})
    by_year: Rows = [
        [plan.code, str(label), int(part["number"].sum()), len(part), part["person"].nunique()]
        for label, part in frame.groupby("year")
    ]
    group = np.array([white_bme(code) for code in codes], dtype=object)
    start, end = stays["start"].to_numpy(), stays["end"].to_numpy()
    by_month: Rows = []
    by_ward = np.zeros((len(organisation.units), 3), dtype=np.int64)
    side = np.select([group == "white", group == "bme"], [0, 1], 2)
    for label, first, last in zip(plan.months, plan.starts, plan.ends, strict=True):
        days = np.maximum(np.minimum(end, last + 1) - np.maximum(start, first), 0)
        by_month.append([plan.code, label, int(days.sum())])
        np.add.at(by_ward, (stays["unit"].to_numpy(), side[stays["person"].to_numpy()]), days)
    events = np.zeros_like(by_ward)
    np.add.at(events, (frame["unit"].to_numpy(), side[frame["person"].to_numpy()]), frame["number"].to_numpy())
    wards: Rows = []
    for place in np.flatnonzero(by_ward.sum(axis=1)):
        unit = organisation.units[int(place)]
        wards += [
            [
                plan.code,
                unit.code,
                unit.kind.name if unit.kind else "",
                name,
                int(events[place, which]),
                int(by_ward[place, which]),
            ]
            for which, name in enumerate(("white", "bme", "unknown"))
        ]
    return by_year, by_month, wards


def recording(world: World, conflicts: Conflicts, history: History) -> Iterator[pd.DataFrame]:
    """Rows of the index files, month by month, as `truth_recording` counts them.

    The unit of a patient in a month is the ward of the last ward stay that touches it, else the team of the referral
    received last among those open in it, else unknown (position after the last unit). An answer is lost where the
    index says Z of somebody of whom the patient record, of whichever organisation, holds a code.
    """
    plan, records = world.plan, world.records
    for month, end in enumerate(plan.ends):
        seen = [np.flatnonzero(records.seen[sender][:, month]) for sender in plan.organisations]
        who, sender = np.concatenate(seen), np.repeat(np.arange(len(seen)), [len(each) for each in seen])
        said = recorded(records.patients, month)[who]
        units = [whom_to_ask(records, each, month, len(world.units.units)) for each in plan.organisations]
        yield pd.DataFrame(
            {
                "unit": np.array(units)[sender, who],
                "status": [STATUSES.index(STATUS_OF_CODE.get(text, "valid")) for text in said],
                "code": np.where(np.isin(said, ethnicity.CODES), said, ""),
                **conflicts.by(end, who),
                "is_lost": (said == ethnicity.MHSDS_NOT_STATED) & history.keeps_code(who, end),
            }
        ).join(truth_people.patients(world, month, who, sender))


def whom_to_ask(records: Records, sender: str, month: int, unknown: int) -> np.ndarray:
    """Unit position of everyone in a month, as `recording` says; `unknown` for whoever has none."""
    unit = np.full(len(records.patients), unknown)
    for name in ("referrals", "stays"):
        frame = records.frames[name]
        here = frame[(frame["organisation"] == sender) & (frame["first"] <= month) & (frame["last"] >= month)]
        latest = here.sort_values(["start", "id"], kind="stable")
        unit[latest["person"]] = latest["unit"]
    return unit


def contact_recording(world: World, conflicts: tuple[Conflicts, Conflicts], history: History) -> Iterator[pd.DataFrame]:
    """Contacts of incidents that are not rejected, by month of the incident, as `truth_recording` counts them.

    Nobody can follow a contact whose number cannot be read. `conflicts` are those of patients and of staff.
    """
    plan, contacts, named = world.plan, world.reported.contacts, world.reported.is_named
    main = world.reported.main.loc[contacts["incident"]]
    months = np.searchsorted(plan.starts, main["day"].to_numpy(), side="right") - 1
    is_patient = (contacts["type"] == "PAT").to_numpy()
    numbers = world.staff.drop_duplicates("number").set_index("number")["person"]
    patient = np.where(is_patient & named, contacts["person"], -1)
    employee = contacts["employee"].map(numbers).fillna(-1).to_numpy(dtype=int)
    frame = pd.DataFrame(
        {
            "unit": np.where(main["located"].to_numpy(), main["unit"].to_numpy(), len(world.units.units)),
            "status": contacts["ethnicity"].map(STATUS_OF_TEXT).fillna("valid").map(STATUSES.index).to_numpy(),
            "code": contacts["code"].to_numpy(),
            "subject": np.where(is_patient, "patient", "staff"),
        }
    )
    for month, end in enumerate(plan.ends):
        here = months == month
        of_patient, of_staff = conflicts[0].by(end, patient[here]), conflicts[1].by(end, employee[here])
        declined = frame.loc[here, "status"].to_numpy() == STATUSES.index("not_stated")
        yield frame[here].assign(
            **{name: found | of_staff[name] for name, found in of_patient.items()},
            **truth_people.contacts(plan, contacts[here], month),
            is_lost=declined & history.keeps_code(patient[here], end),
        )


def incidents(plan: Plan, reported: Incidents) -> Rows:
    """Incidents that are not rejected by financial year: incidents, racist ones, those with restraint."""
    kept = reported.main[~reported.main["rejected"]]
    month = np.searchsorted(plan.starts, kept["day"].to_numpy(), side="right") - 1
    year = np.array([financial_year(plan.months[each]) for each in month], dtype=object)
    totals = kept[["racist", "restraint"]].groupby(year).sum()
    numbers = pd.Series(year).value_counts().sort_index()
    return [
        [
            plan.code,
            str(label),
            int(numbers[label]),
            int(totals.loc[label, "racist"]),
            int(totals.loc[label, "restraint"]),
        ]
        for label in numbers.index
    ]


def planted(records: Records, codes: list[str], held: list[set[str]]) -> dict[str, int]:
    """How many people are known, how many have two distinct usable codes, and why."""
    known = np.logical_or.reduce(list(records.seen.values())).any(axis=1)
    fate = records.patients["fate"][known].value_counts()
    two = np.array([len(each) > 1 for each in held]) & known
    within = records.patients["fate"].isin(("refined", "changer")).to_numpy()
    return {
        "people": int(known.sum()),
        "with_code": int(sum(code in ethnicity.CODES for code, seen in zip(codes, known, strict=True) if seen)),
        "conflicting_codes": int(two.sum()),
        "conflicting_between_systems": int((two & ~within).sum()),
        **{f"fate_{name}": int(number) for name, number in sorted(fate.items())},
    }
