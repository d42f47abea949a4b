"""The incident system's monthly export: a main file and two child files, with their quirks and planted faults.

Belongs here: headers, forms and faults of `incidents`. Does not belong here: what happened (`incidents`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from orchestration.demo import use_of_force, writing
from orchestration.demo.dirt import Ledger, allowance
from orchestration.demo.ethnicity import INCIDENTS_INVALID
from orchestration.demo.identifiers import LAST_NAMES, spoil
from orchestration.demo.incidents import Incidents
from orchestration.demo.organisation import Organisation, incident_names
from orchestration.demo.plan import Plan, iso

FEED = "incidents"
JUNK_TIMES = ("approx 2pm", "unknown", "am", "night")
WINDOWS_MONTH = "2022-11"


def write(plan: Plan, organisation: Organisation, made: Incidents, ledger: Ledger, landing: Path) -> None:
    """One folder of three files per month and organisation."""
    rng = plan.rng("incident files")
    _plant(plan, made, ledger, rng)
    main, contacts, episodes = _main(plan, organisation, made, rng), _contacts(made), _episodes(made)
    senders = made.main["organisation"].reindex(made.versions["incident"]).to_numpy()
    for sender in plan.organisations:
        own = sender == plan.trust.organisation_code
        for month in range(plan.last_month_of(sender)):
            label = plan.months[month]
            folder = landing / FEED / label / ("" if own else sender)
            here = (senders == sender) & (made.versions["month"] == month).to_numpy()
            listed = made.versions["incident"].to_numpy()[here]
            place = (FEED, label, sender)
            frame = _twice(main[here].drop(columns="incident"), (*place, "incidents_main.csv"), month, ledger)
            junk = int(np.isin(frame["inc_time"], JUNK_TIMES).sum())
            ledger.add((*place, "incidents_main.csv"), "time", "inc_time", "value", junk)
            writing.write_frame(folder / "incidents_main.csv", frame)
            if label == WINDOWS_MONTH:
                writing.recode(folder / "incidents_main.csv", "cp1252")
            for name, child in (("incidents_contacts.csv", contacts), ("incidents_restraint.csv", episodes)):
                rows = child[child["incident"].isin(listed)]
                if name == "incidents_contacts.csv":
                    rows = _bad_numbers(rows, (*place, name), month, made, ledger)
                    unknown = int((rows["con_ethnicity"] == INCIDENTS_INVALID).sum())
                    ledger.add((*place, name), "vocabulary", "con_ethnicity", "note", unknown)
                else:
                    latest = made.versions.loc[here & made.versions["latest"].to_numpy(), "incident"]
                    is_latest = rows["incident"].isin(latest).to_numpy()
                    rows = rows.join(use_of_force.as_sent(made.told.loc[rows.index], sender, label, is_latest))
                if len(rows):
                    writing.write_frame(folder / name, rows.drop(columns="incident"))


def _plant(plan: Plan, made: Incidents, ledger: Ledger, rng: np.random.Generator) -> None:
    """Choose first versions whose dates are wrong; each is put right by its second version in a later month."""
    versions = made.versions
    sender = made.main["organisation"].reindex(versions["incident"]).to_numpy()
    corrected = versions["incident"].duplicated(keep=False).to_numpy() & (versions["version"] == 1).to_numpy()
    for month, label in enumerate(plan.months):
        here = (sender == plan.code) & (versions["month"] == month).to_numpy()
        allowed = allowance(int(here.sum()))
        rule = {1: "not_future", 4: "reported_after_it_happened"}.get(month % 6)
        candidates = np.flatnonzero(here & corrected)
        if rule is None or not allowed or not len(candidates):
            continue
        picked = rng.choice(candidates, min(allowed, len(candidates)), replace=False)
        versions.loc[picked, "fault"] = rule
        header = "inc_dincident" if rule == "not_future" else "inc_dreported"
        ledger.add((FEED, label, plan.code, "incidents_main.csv"), rule, header, "row", len(picked))


def _main(plan: Plan, organisation: Organisation, made: Incidents, rng: np.random.Generator) -> pd.DataFrame:
    """The main file's columns for every version."""
    versions = made.versions
    main = made.main.loc[versions["incident"]].reset_index(drop=True)
    day = main["day"].to_numpy().copy()
    future = (versions["fault"] == "not_future").to_numpy()
    day[future] += 365
    reported = versions["reported"].to_numpy().copy()
    backwards = (versions["fault"] == "reported_after_it_happened").to_numpy()
    reported[backwards] = day[backwards] - 3
    reported[future] = day[future]
    names = incident_names(organisation, main["unit"].to_numpy(), main["day"].to_numpy())
    directorates = np.array(
        [organisation.directorates[unit.spans[0][2]][0] for unit in organisation.units], dtype=object
    )[main["unit"]]
    frame = pd.DataFrame(
        {
            "recordid": main["id"],
            "inc_ourref": "W" + main["id"],
            "inc_dincident": [_british(each) for each in day],
            "inc_time": _times(main["minute"].to_numpy(), rng),
            "inc_dreported": [_british(each) for each in reported],
            "inc_dopened": [_british(each) for each in versions["reported"]],
            "inc_type": main["type"],
            "inc_category": main["category"],
            "inc_subcategory": main["subcategory"],
            "inc_severity": versions["severity"],
            "inc_result": np.where(main["restraint"], "INTERV", "NOHARM"),
            "inc_directorate": directorates,
            "inc_unit": directorates,
            "inc_locactual": np.where(main["located"], names, ""),
            "hate_incident_race": main["ticked"],
            "perpetrator_type": main["perpetrator"],
            "rep_approved": versions["approval"],
            "inc_description": np.where(
                rng.random(len(main)) < 0.5,
                "Testperson was upset in the caf\u00e9, and said so",
                "Synthetic description; nothing happened",
            ),
            "inc_name": LAST_NAMES[rng.integers(0, len(LAST_NAMES), len(main))],
            "updateddate": [
                f"{iso(saved)} {minute // 60:02d}:{minute % 60:02d}:00"
                for saved, minute in zip(versions["saved"], versions["minute"], strict=True)
            ],
        }
    )
    frame["incident"] = versions["incident"].to_numpy()
    return frame


def _contacts(made: Incidents) -> pd.DataFrame:
    contacts = made.contacts
    count = len(contacts)
    patient = (contacts["type"] == "PAT").to_numpy()
    return pd.DataFrame(
        {
            "recordid": made.main.loc[contacts["incident"], "id"].to_numpy(),
            "link_number": contacts["link"].astype(str),
            "link_role": contacts["role"],
            "con_type": contacts["type"],
            "con_nhsno": contacts["nhs"],
            "con_employee_number": contacts["employee"],
            "con_forenames": np.resize(np.array(["Alpha", "Bravo"]), count),
            "con_surname": "Testperson",
            "con_dob": [_british(day) if own else "" for day, own in zip(contacts["birth"], patient, strict=True)],
            "con_gender": contacts["gender"],
            "con_ethnicity": contacts["ethnicity"],
            "incident": contacts["incident"],
        }
    )


def _episodes(made: Incidents) -> pd.DataFrame:
    episodes = made.episodes
    begun = episodes["minute"].to_numpy() % 1_440
    return pd.DataFrame(
        {
            "recordid": made.main.loc[episodes["incident"], "id"].to_numpy(),
            "episode_number": episodes["episode"].astype(str),
            "RestraintCommenced": _clock(begun),
            "TimeConcluded": _clock((begun + episodes["length"].to_numpy()) % 1_440),
            "RestraintPosition": episodes["position"],
            "RestraintReason": episodes["reason"],
            "Seclusion": episodes["seclusion"],
            "PatientDebrief": episodes["debrief"],
            "StaffDebrief": episodes["debrief"],
            "BodyPartsRestrained": "arms",
            "incident": episodes["incident"],
        }
    )


def _twice(frame: pd.DataFrame, place: tuple[str, str, str, str], month: int, ledger: Ledger) -> pd.DataFrame:
    """Repeat a few rows byte for byte in some months."""
    number = allowance(len(frame)) if month % 6 == 2 else 0
    ledger.add(place, "duplicate_row", "", "duplicate", number)
    return pd.concat([frame, frame.iloc[3 : 3 + number]], ignore_index=True)


def _bad_numbers(
    frame: pd.DataFrame, place: tuple[str, str, str, str], month: int, made: Incidents, ledger: Ledger
) -> pd.DataFrame:
    """Spoil the check digit of NHS numbers of contacts that say nothing of ethnicity."""
    number = allowance(len(frame)) if month % 6 == 5 else 0
    where = np.flatnonzero((frame["con_nhsno"] != "") & (frame["con_ethnicity"] == ""))[:number]
    ledger.add(place, "nhs_check_digit", "con_nhsno", "value", len(where))
    made.spoilt.update((int(incident), month) for incident in frame["incident"].to_numpy()[where])
    numbers = frame["con_nhsno"].to_numpy().copy()
    numbers[where] = [spoil(each) for each in numbers[where]]
    return frame.assign(con_nhsno=numbers)


def _british(day: int) -> str:
    text = iso(day)
    return f"{text[8:]}/{text[5:7]}/{text[:4]}"


def _clock(minutes: np.ndarray) -> list[str]:
    return [f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes]


def _times(minutes: np.ndarray, rng: np.random.Generator) -> list[str]:
    """Times as people type them: four forms, blanks, and a little junk."""
    form = rng.random(len(minutes))
    junk = rng.integers(0, len(JUNK_TIMES), len(minutes))
    texts = []
    for minute, chance, which in zip(minutes, form, junk, strict=True):
        hour, rest = divmod(int(minute), 60)
        if chance < 0.004:
            texts.append(JUNK_TIMES[which])
        elif chance < 0.03:
            texts.append("")
        else:
            texts.append(f"{hour:02d}{(':', '', '.')[int(chance * 100) % 3]}{rest:02d}")
    return texts
