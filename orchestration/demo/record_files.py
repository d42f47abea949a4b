"""The patient record's monthly exports: entries of ethnicity, and contacts.

Belongs here: headers, forms and faults of `patient_ethnicity` and `contacts`. Does not belong here: what is recorded
(`patient_record`) or who was seen (`contacts`).

The first month's file of entries holds all history; each later one what was entered, or corrected, in that month.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from orchestration.demo import ethnicity, writing
from orchestration.demo.dirt import Ledger, allowance
from orchestration.demo.mhsds import Records
from orchestration.demo.organisation import Organisation
from orchestration.demo.plan import Plan, iso

ENTRIES, CONTACTS = "patient_ethnicity", "contacts"
NO_METHOD = "VOICE"
"""A method that the contract does not know."""
SYSTEMS = {"rio": "RiO", "pas": "PAS"}
Fault = tuple[str, str, str, int]
"""Rule, header, effect and number, as the ledger takes them."""


class Held(NamedTuple):
    """What the files are cut from: identifiers, entries of ethnicity, contacts."""

    records: Records
    entries: pd.DataFrame
    contacts: pd.DataFrame


def write(plan: Plan, organisation: Organisation, held: Held, ledger: Ledger, landing: Path) -> None:
    """One file of each feed per month and organisation."""
    texts = _Texts(organisation, held)
    feeds = {ENTRIES: _versions(held.entries), CONTACTS: held.contacts}
    places = {feed: rows.groupby(["sender", "month"]).indices for feed, rows in feeds.items()}
    for position, sender in enumerate(plan.organisations):
        own = sender == plan.trust.organisation_code
        for month in range(plan.last_month_of(sender)):
            inside = Path(plan.months[month]) / ("" if own else sender)
            late = iso(int(plan.ends[month]) + 20)
            for feed, rows in feeds.items():
                one = rows.iloc[places[feed].get((position, month), [])]
                frame = texts.entries(one, sender) if feed == ENTRIES else texts.contacts(one, sender)
                sound = texts.sound[one["person"]]
                spoilt, faults = (
                    _spoil_entries(frame, sound, month, late)
                    if feed == ENTRIES
                    else _spoil_contacts(frame, sound, month)
                )
                bad = int(held.records.bad_nhs[one["person"]].sum())
                for fault in [*faults, ("nhs_check_digit", "NHSNumber", "value", bad)]:
                    ledger.add((feed, plan.months[month], sender, f"{feed}.csv"), *fault)
                writing.write_frame(landing / feed / inside / f"{feed}.csv", spoilt)


class _Texts:
    """Rows as the exports write them."""

    def __init__(self, organisation: Organisation, held: Held) -> None:
        self.records = held.records
        self.names = np.array([unit.record_name for unit in organisation.units], dtype=object)
        self.lines = np.array([unit.service_line for unit in organisation.units], dtype=object)
        days = np.unique(np.concatenate([held.entries["day"], held.contacts["first"]]).astype(int))
        self.days = {int(day): iso(day) for day in days}
        self.sound = (held.records.nhs != "") & ~held.records.bad_nhs
        """Whose NHS number is right: only their rows are sent twice."""

    def _who(self, rows: pd.DataFrame, sender: str) -> dict[str, np.ndarray]:
        person = rows["person"].to_numpy()
        return {"LocalPatientID": self.records.local[sender][person], "NHSNumber": self.records.nhs[person]}

    def entries(self, rows: pd.DataFrame, sender: str) -> pd.DataFrame:
        """A file of entries."""
        return pd.DataFrame(
            {
                **self._who(rows, sender),
                "System": rows["system"].map(SYSTEMS).to_numpy(),
                "RecordedDate": rows["day"].map(self.days).to_numpy(),
                "EthnicCategory": rows["text"].to_numpy(),
                "CodeSet": rows["code_set"].to_numpy(),
                "Method": rows["method"].to_numpy(),
                "Team": self.names[rows["unit"].to_numpy()],
            },
            dtype=object,
        )

    def contacts(self, rows: pd.DataFrame, sender: str) -> pd.DataFrame:
        """A file of contacts."""
        return pd.DataFrame(
            {
                **self._who(rows, sender),
                "Team": self.names[rows["unit"].to_numpy()],
                "ServiceLine": self.lines[rows["unit"].to_numpy()],
                "FirstContactDate": rows["first"].map(self.days).to_numpy(),
                "Contacts": rows["number"].astype(str).to_numpy(),
            },
            dtype=object,
        )


def _versions(entries: pd.DataFrame) -> pd.DataFrame:
    """Rows to send: every entry once, and those with a slip twice, the slip first."""
    slipped = entries["slip"] != ""
    corrections = entries[slipped].assign(month=entries.loc[slipped, "month"] + 1)
    first = entries.assign(text=np.where(slipped, entries["slip"], entries["text"]))
    return pd.concat([first, corrections], ignore_index=True)


def _spoil_entries(frame: pd.DataFrame, sound: np.ndarray, month: int, late: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Plant the faults of a file of entries: none changes what the record is taken to say."""
    number = allowance(len(frame))
    faults: list[Fault] = [
        ("vocabulary", "EthnicCategory", "note", int((frame["EthnicCategory"] == ethnicity.MHSDS_INVALID).sum()))
    ]
    coded = frame[sound & frame["EthnicCategory"].isin(ethnicity.CODES).to_numpy()][:number]
    if month % 6 == 1:
        return pd.concat([frame, coded]), [*faults, ("duplicate_row", "", "duplicate", len(coded))]
    if month % 6 == 3 or not month:
        ahead = coded[:1].assign(RecordedDate=late)
        return pd.concat([frame, ahead]), [*faults, ("not_future", "RecordedDate", "row", len(ahead))]
    if month % 6 == 5:
        picked = frame.index[frame["Method"] == ""][:number]
        frame.loc[picked, "Method"] = NO_METHOD
        return frame, [*faults, ("known_value", "Method", "value", len(picked))]
    return frame, faults


def _spoil_contacts(frame: pd.DataFrame, sound: np.ndarray, month: int) -> tuple[pd.DataFrame, list[Fault]]:
    """Plant the faults of a file of contacts: rows sent twice, and a row of somebody who was not seen at all."""
    picked = frame[sound][: allowance(len(frame))]
    if month % 6 == 4:
        return pd.concat([frame, picked]), [("duplicate_row", "", "duplicate", len(picked))]
    if month % 6 == 0:
        unseen = picked[:1].assign(ServiceLine="not seen", Contacts="0")
        return pd.concat([frame, unseen]), [("at_least", "Contacts", "row", len(unseen))]
    return frame, []
