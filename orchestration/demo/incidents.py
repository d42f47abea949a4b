"""The incident system: what is reported, about whom, and how it is typed in.

Belongs here: incidents, their versions, contacts and restraint episodes as tables. Does not belong here: writing them
(`incident_files`).

An incident belongs to the file of the month in which a version was saved. Later versions carry the whole record again.
Rejected reports name nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from orchestration.demo import ethnicity, use_of_force
from orchestration.demo.mhsds import Records
from orchestration.demo.organisation import Organisation
from orchestration.demo.patients import Patients
from orchestration.demo.plan import INCIDENTS_A_YEAR, MERGER, Plan

RACIST_SUBCATEGORIES = ("RACIAL", "RACHAR")
LEAST_A_YEAR = 720
DATIX_SHARE = 0.7
"""Share of the restrictive incidents of the data set that are in the incident system too."""
SECOND_VERSION = 0.25
REJECTED = 0.02
_KINDS = (("PAT", 0.5), ("STAFF", 0.4), ("VIS", 0.04), ("ORG", 0.06))
_CATEGORIES = {
    "PAT": ("FALLS", "MEDIC", "SELFH", "ABSCO"),
    "STAFF": ("ABUSE", "VIOLE"),
    "VIS": ("ACCID",),
    "ORG": ("INFRA", "SECUR"),
}


@dataclass
class Incidents:
    """Incidents (latest truth), their versions (position of the incident), contacts and restraint episodes.

    Attributes:
        told: what else is told of each episode.
        spoilt: incident and month of the files in which the patient's number fails its check digit.
    """

    main: pd.DataFrame
    versions: pd.DataFrame
    contacts: pd.DataFrame
    episodes: pd.DataFrame
    told: pd.DataFrame
    spoilt: set[tuple[int, int]] = field(default_factory=set)

    @property
    def file_month(self) -> pd.Series:
        """Position of the month of the file with the latest version of each incident."""
        return self.versions[self.versions["latest"]].set_index("incident")["month"]

    @property
    def is_named(self) -> np.ndarray:
        """Whether the patient's number of each contact can be read in the file that counts."""
        months = self.file_month.reindex(self.contacts["incident"]).to_numpy()
        places = zip(self.contacts["incident"], months, strict=True)
        spoilt = np.array([place in self.spoilt for place in places], dtype=bool)
        return (self.contacts["nhs"] != "").to_numpy() & ~spoilt


def build(plan: Plan, organisation: Organisation, people: Patients, records: Records, staff: pd.DataFrame) -> Incidents:
    """Everything the incident system holds at the end of the last month."""
    rng = plan.rng("incidents")
    main = _main(plan, organisation, records, rng)
    versions = _versions(plan, main, rng)
    main = main[main.index.isin(versions["incident"])]
    meant, texts = typed(records, people, plan)
    patients = pd.DataFrame(
        {
            "nhs": np.where(records.bad_nhs, "", records.nhs),
            "birth": people.birth,
            "gender": np.where(np.array(people.sex) == "1", "M", "F"),
            "ethnicity": texts,
            "code": meant,
        }
    )
    contacts = _contacts(plan, patients, staff, main, rng)
    episodes = _episodes(main, rng)
    told = use_of_force.build(plan, episodes, main.loc[episodes["incident"], "unit"].to_numpy())
    return Incidents(main, versions, contacts, episodes, told)


def _main(plan: Plan, organisation: Organisation, records: Records, rng: np.random.Generator) -> pd.DataFrame:
    """One row per incident: sender, unit, day, type, who."""
    restraint = records.frames["incidents"]
    kept = restraint[rng.random(len(restraint)) < DATIX_SHARE]
    held = pd.DataFrame(
        {
            "organisation": kept["organisation"],
            "unit": kept["unit"],
            "day": kept["day"],
            "person": kept["person"],
            "type": "PAT",
            "category": "RESTR",
            "restraint": True,
            "minute": kept["minute"],
        }
    )
    years = len(plan.months) / 12
    wanted = max(INCIDENTS_A_YEAR * plan.bed_factor, LEAST_A_YEAR) * years
    number = max(int(wanted - len(held)), int(wanted * 0.3))
    others = pd.concat(
        [
            _on_wards(plan, records, rng, int(number * 0.7)),
            _in_teams(plan, organisation, records, rng, number - int(number * 0.7)),
        ]
    )
    kinds = np.array([name for name, _ in _KINDS], dtype=object)
    others["type"] = rng.choice(kinds, len(others), p=[share for _, share in _KINDS])
    others["category"] = ""
    for kind, listed in _CATEGORIES.items():
        where = (others["type"] == kind).to_numpy()
        others.loc[where, "category"] = rng.choice(np.array(listed, dtype=object), int(where.sum()))
    others["restraint"] = False
    others["minute"] = rng.integers(0, 1_439, len(others))
    main = pd.concat([held, others], ignore_index=True).sort_values(
        ["organisation", "day", "minute", "person", "unit"], ignore_index=True
    )
    count = len(main)
    abuse = (main["category"] == "ABUSE").to_numpy()
    racist = abuse & (rng.random(count) < 0.3)
    by_code = racist & (rng.random(count) < 0.7)
    main["subcategory"] = np.select(
        [by_code & (rng.random(count) < 0.8), by_code, abuse, (main["category"] == "VIOLE").to_numpy()],
        ["RACIAL", "RACHAR", "VERBAL", "PHYSIC"],
        "OTHER",
    ).astype(object)
    ticked = racist & (~by_code | (rng.random(count) < 0.5))
    main["ticked"] = np.where(ticked, "Y", np.where(rng.random(count) < 0.6, "N", ""))
    main["racist"] = racist
    main["perpetrator"] = np.where(
        (main["type"] == "STAFF").to_numpy(),
        rng.choice(np.array(["PATIENT", "STAFF", "PUBLIC"], dtype=object), count, p=[0.75, 0.12, 0.13]),
        "",
    )
    main["rejected"] = ~main["restraint"] & (rng.random(count) < REJECTED)
    main["located"] = rng.random(count) > 0.005
    main["id"] = (100_000 + main.groupby("organisation").cumcount()).astype(str)
    return main


def _on_wards(plan: Plan, records: Records, rng: np.random.Generator, number: int) -> pd.DataFrame:
    """Random days of random ward stays."""
    stays = records.frames["stays"]
    start = np.maximum(stays["start"].to_numpy(), plan.starts[0])
    days = np.maximum(np.minimum(stays["end"].to_numpy(), plan.ends[-1] + 1) - start, 0)
    picked = np.sort(rng.choice(len(stays), number, p=days / days.sum()))
    drawn = stays.iloc[picked][["organisation", "unit", "person"]].reset_index(drop=True)
    drawn["day"] = start[picked] + (rng.random(number) * days[picked]).astype(int)
    return drawn


def _in_teams(
    plan: Plan, organisation: Organisation, records: Records, rng: np.random.Generator, number: int
) -> pd.DataFrame:
    """Random days of open community referrals."""
    referrals = records.frames["referrals"]
    community = np.array([not unit.is_ward for unit in organisation.units])[referrals["unit"].to_numpy()]
    start = np.maximum(referrals["start"].to_numpy(), plan.starts[0])
    days = np.maximum(np.minimum(referrals["end"].to_numpy(), plan.ends[-1]) - start, 0) * community
    picked = np.sort(rng.choice(len(referrals), number, p=days / days.sum()))
    drawn = referrals.iloc[picked][["organisation", "unit", "person"]].reset_index(drop=True)
    drawn["day"] = start[picked] + (rng.random(number) * days[picked]).astype(int)
    return drawn


def _versions(plan: Plan, main: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """First and second versions with the month of the file they are in; what would be saved too late is not there."""
    count = len(main)
    last = np.where(main["organisation"] == plan.code, plan.ends[-1], min(MERGER.toordinal() - 1, plan.ends[-1]))
    delay = np.minimum(rng.geometric(0.4, count) - 1, 60) + np.where(rng.random(count) < 0.03, 30, 0)
    reported = np.minimum(main["day"].to_numpy() + delay, last)
    first = pd.DataFrame({"incident": main.index, "version": 1, "reported": reported, "saved": reported})
    saved = reported + rng.integers(32, 95, count)
    again = (rng.random(count) < SECOND_VERSION) & (saved <= last)
    second = first[again].assign(version=2, saved=saved[again])
    versions = pd.concat([first, second], ignore_index=True)
    versions["month"] = np.searchsorted(plan.starts, versions["saved"].to_numpy(), side="right") - 1
    versions["latest"] = ~versions.duplicated("incident", keep="last")
    rejected = main["rejected"].to_numpy()[versions["incident"]]
    versions["approval"] = np.where(
        rejected & versions["latest"], "REJECT", np.where(versions["version"] == 2, "FINAL", "AWAREV")
    )
    severity = np.array(["NONE", "LOW", "MEDIUM", "HIGH"], dtype=object)
    versions["severity"] = rng.choice(severity, len(versions), p=[0.55, 0.33, 0.1, 0.02])
    versions["minute"] = rng.integers(480, 1_380, len(versions))
    versions["fault"] = ""
    return versions


def typed(records: Records, people: Patients, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """What is typed into the incident system as a patient's ethnicity, always the same: 2001 code meant, and text.

    Only what the patient system says of the person, or nothing, is typed; but some are typed in with another code than
    the patient system's, and for some whose ethnicity it lacks the incident system is the only source.
    """
    rng = plan.rng("typed ethnicity")
    fate = records.patients["fate"].to_numpy()
    code = np.array(people.code, dtype=object)
    chance = rng.random(len(code))
    months = np.sum([rows.sum(axis=1) for rows in records.seen.values()], axis=0)
    valid = fate == "valid"
    other = np.where(code == "A", "C", np.where(code == "C", "A", "S")).astype(object)
    conflicting = valid & (chance < 0.035) & (months >= 4) & (code != "S")
    same = valid & (chance >= 0.035) & (chance < 0.62)
    filled = (fate == "missing") & (chance < 0.2)
    meant = np.where(conflicting, other, np.where(same | filled, code, "")).astype(object)
    texts = np.array([ethnicity.INCIDENTS.get(each, "") for each in meant], dtype=object)
    texts[fate == "not_stated"] = np.where(chance[fate == "not_stated"] < 0.6, ethnicity.INCIDENTS_NOT_STATED, "")
    texts[fate == "not_known"] = np.where(chance[fate == "not_known"] < 0.6, ethnicity.INCIDENTS_NOT_KNOWN, "")
    texts[valid & (chance > 0.995)] = ethnicity.INCIDENTS_INVALID
    return meant, texts


STATUS_OF_TEXT = {
    "": "missing",
    ethnicity.INCIDENTS_NOT_STATED: "not_stated",
    ethnicity.INCIDENTS_NOT_KNOWN: "not_known",
    ethnicity.INCIDENTS_INVALID: "invalid",
}


def _contacts(
    plan: Plan, patients: pd.DataFrame, staff: pd.DataFrame, main: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Who is involved: the patient, and for incidents with staff a member of staff of the same organisation."""
    kind, kept = main["type"].to_numpy(), ~main["rejected"].to_numpy()
    patient = main[((kind == "PAT") | (main["perpetrator"] == "PATIENT").to_numpy()) & kept]
    first = patients.iloc[patient["person"]].set_index(patient.index)
    first = first.assign(
        incident=patient.index,
        link=1,
        role=np.where(patient["type"] == "PAT", "AFFECT", "AGGRES"),
        type="PAT",
        person=patient["person"],
        employee="",
    )
    affected = main[(kind == "STAFF") & kept]
    second = pd.DataFrame(
        {
            "incident": affected.index,
            "link": 2,
            "role": "AFFECT",
            "type": "STAFF",
            "person": -1,
            "nhs": "",
            "employee": _employees(plan, staff, affected, rng),
            "birth": 0,
            "gender": "",
            "ethnicity": "",
            "code": "",
        }
    )
    return pd.concat([first, second], ignore_index=True).sort_values(["incident", "link"], ignore_index=True)


def _employees(plan: Plan, staff: pd.DataFrame, affected: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """A member of staff in post in the month, in the same organisation, for each incident."""
    numbers = np.full(len(affected), "", dtype=object)
    months = np.searchsorted(plan.starts, affected["day"].to_numpy(), side="right") - 1
    senders = affected["organisation"].to_numpy()
    for position, organisation in enumerate(plan.organisations):
        for month in range(len(plan.months)):
            where = np.flatnonzero((senders == organisation) & (months == month))
            here = (staff["organisation"] == position) & (staff["first"] <= month) & (staff["last"] > month)
            listed = staff["number"].to_numpy()[here.to_numpy()]
            if len(where) and len(listed):
                numbers[where] = rng.choice(listed, len(where))
    return numbers


def _episodes(main: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Restraint episodes of the incidents that are about restraint."""
    held = main[main["restraint"]]
    number = 1 + (rng.random(len(held)) < 0.15)
    incident = np.repeat(held.index.to_numpy(), number)
    episode = np.arange(len(incident)) - np.repeat(np.cumsum(number) - number, number) + 1
    count = len(incident)
    minute = main.loc[incident, "minute"].to_numpy() + 5 * episode
    positions = np.array(["Supine", "Prone", "Seated", "Standing", "Kneeling"], dtype=object)
    reasons = np.array(["Violence to others", "Self-harm", "Medication", "Absconding"], dtype=object)
    return pd.DataFrame(
        {
            "incident": incident,
            "episode": episode,
            "minute": minute,
            "length": rng.integers(1, 30, count),
            "position": rng.choice(positions, count, p=[0.35, 0.08, 0.27, 0.2, 0.1]),
            "reason": rng.choice(reasons, count, p=[0.5, 0.25, 0.15, 0.1]),
            "seclusion": np.where(rng.random(count) < 0.15, "Y", "N"),
            "debrief": np.where(rng.random(count) < 0.6, "Y", "N"),
        }
    )
