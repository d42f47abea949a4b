"""The provider's monthly submissions of the mental health data set.

Belongs here: which record is sent in which month, under which identifiers, and the faults planted in the files. Does
not belong here: what happened (`pathways`, `restraint`).

A record is sent every month from the one it begins in to the one it ends in; an end after the month is not known yet.
The legal status period under which a community treatment order or a conditional discharge was made is sent for as
long as that runs.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from orchestration.demo import ethnicity, identifiers, restraint, writing
from orchestration.demo.dirt import Ledger, allowance
from orchestration.demo.organisation import Organisation
from orchestration.demo.pathways import OPEN
from orchestration.demo.patients import Patients
from orchestration.demo.plan import Plan, iso

FEED = "mhsds"
RESUBMITTED_MONTH = "2024-02"
"""Sent a second time ten days later; its records put right what the month before said of some ward stays."""
VERSION_6 = "2024-04"
REQUIRED = ("MHS000", "MHS001", "MHS101", "MHS401", "MHS501", "MHS502", "MHS903")
FAULTS = {
    ("MHS001MPI", 2): "duplicate_row",
    ("MHS501HospProvSpell", 5): "duplicate_row",
    ("MHS401MHActPeriod", 3): "ends_after_it_starts",
    ("MHS502WardStay", 4): "not_future",
}
"""Rule broken in a file, by the position of the month within each half year."""
BLANK_NHS = 0.002
BAD_NHS = 0.002


@dataclass
class Records:
    """Everything the files are cut from: frames of days with their identifiers, and who is seen when."""

    frames: dict[str, pd.DataFrame]
    seen: dict[str, np.ndarray]
    local: dict[str, np.ndarray]
    nhs: np.ndarray
    bad_nhs: np.ndarray
    patients: pd.DataFrame


def visible(plan: Plan, people: int, frames: dict[str, pd.DataFrame]) -> dict[str, np.ndarray]:
    """For each organisation, who is in the index file of which month: people by months, true or false."""
    seen = {}
    for organisation in plan.organisations:
        turns = np.zeros((people, len(plan.months) + 1), dtype=np.int32)
        for name, known in (("referrals", "start"), ("legal", "known"), ("orders", "start"), ("conditional", "start")):
            frame = frames[name]
            if frame.empty:
                continue
            first, last = span(plan, frame[known].to_numpy(), frame["end"].to_numpy())
            here = (frame["organisation"] == organisation).to_numpy() & (first <= last)
            person = frame["person"].to_numpy()
            np.add.at(turns, (person[here], first[here]), 1)
            np.add.at(turns, (person[here], last[here] + 1), -1)
        seen[organisation] = np.cumsum(turns, axis=1)[:, :-1] > 0
    return seen


def span(plan: Plan, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last month position in which a record is sent; the first is later than the last when it never is."""
    first = np.maximum(np.searchsorted(plan.starts, start, side="right") - 1, 0)
    first = np.where(start > plan.ends[-1], len(plan.months), first)
    last = np.searchsorted(plan.starts, end, side="right") - 1
    return first, np.minimum(last, len(plan.months) - 1)


def number(plan: Plan, people: Patients, frames: dict[str, pd.DataFrame], seen: dict[str, np.ndarray],
           patients: pd.DataFrame) -> Records:
    """Give every record its identifiers; they are unique only within the organisation that gives them."""
    rng = plan.rng("identifiers")
    count = len(people.area)
    local = {}
    for organisation, rows in seen.items():
        known = rows.any(axis=1)
        numbers = np.full(count, "", dtype=object)
        numbers[known] = [f"P{place:07d}" for place in range(1, int(known.sum()) + 1)]
        local[organisation] = numbers
    for name, letters in (("referrals", "SR"), ("spells", "HS"), ("stays", "WS"), ("legal", "LS"),
                          ("incidents", "RI"), ("types", "RT")):
        frame = frames[name]
        frame["id"] = letters + (frame.groupby("organisation").cumcount() + 1).astype(str).str.zfill(7)
    nhs = identifiers.nhs_numbers(count, first=plan.number * 2 * count)
    single = np.sum([rows.any(axis=1) for rows in seen.values()], axis=0) == 1
    chance = rng.random(count)
    fit = single & (patients["fate"] == "valid").to_numpy()
    bad = fit & (chance < BAD_NHS)
    bad[np.flatnonzero(fit)[:1]] = True
    nhs[bad] = [identifiers.spoil(each) for each in nhs[bad]]
    nhs[single & ~bad & (chance > 1 - BLANK_NHS)] = ""
    return Records(frames, seen, local, nhs, bad, patients)


class Submissions:
    """Writes the files of one trust, month by month."""

    def __init__(self, plan: Plan, organisation: Organisation, people: Patients, records: Records,
                 ledger: Ledger) -> None:
        self.plan, self.organisation, self.people, self.records, self.ledger = (
            plan, organisation, people, records, ledger)
        self.rng = plan.rng("mhsds dirt")
        self.corrected = 0
        self.days = {day: iso(day) for day in self._every_day()}
        self.days[OPEN] = ""
        self.postcodes = self._postcodes()
        self._texts()

    def write(self, landing: Path) -> None:
        """One folder per month and organisation."""
        for organisation in self.plan.organisations:
            own = organisation == self.plan.trust.organisation_code
            for month in range(self.plan.last_month_of(organisation)):
                label = self.plan.months[month]
                folder = landing / FEED / label / ("" if own else organisation)
                self._count(organisation, month)
                for file, frame in self._tables(organisation, month).items():
                    if len(frame) or file.startswith(REQUIRED):
                        spoilt = self._spoil(organisation, month, file, frame)
                        writing.write_frame(folder / f"{file}.csv", spoilt)

    def _count(self, organisation: str, month: int) -> None:
        """Record the rows of the index file with a wrong check digit or a value nobody knows."""
        seen = self.records.seen[organisation][:, month]
        place = (FEED, self.plan.months[month], organisation, "MHS001MPI.csv")
        self.ledger.add(place, "nhs_check_digit", "NHSNumber", "value", int((seen & self.records.bad_nhs).sum()))
        homeless = np.array([not area for area in self.people.area])
        self.ledger.add(place, "postcode_unknown", "Postcode", "note", int((seen & homeless).sum()))
        unknown = recorded(self.records.patients, month) == ethnicity.MHSDS_INVALID
        self.ledger.add(place, "vocabulary", "EthnicCategory", "note", int((seen & unknown).sum()))

    def _every_day(self) -> np.ndarray:
        days = [self.plan.starts, self.plan.ends, np.array(self.people.birth)]
        for frame in self.records.frames.values():
            for column in ("start", "end", "expiry", "day"):
                if column in frame:
                    values = frame[column].to_numpy()
                    days += [values, values - 5]
        known = np.unique(np.concatenate(days))
        return known[(known > 1) & (known < OPEN)]

    def _postcodes(self) -> np.ndarray:
        rng = self.plan.rng("postcodes")
        sectors = rng.integers(0, identifiers.SECTORS, len(self.people.area))
        return np.array(
            [identifiers.postcode(area, int(sector)) if area else identifiers.NO_FIXED_ABODE
             for area, sector in zip(self.people.area, sectors, strict=True)], dtype=object)

    def _text(self, days: np.ndarray) -> np.ndarray:
        return np.array([self.days.get(day, "") for day in days.tolist()], dtype=object)

    def _texts(self) -> None:
        """Add to every frame its first and last month and its dates as text, once."""
        frames = self.records.frames
        rng = self.plan.rng("mhsds texts")
        for frame in frames.values():
            if frame.empty or "start" not in frame:
                continue
            known = frame["known"] if "known" in frame else frame["start"]
            frame["first"], frame["last"] = span(self.plan, known.to_numpy(), frame["end"].to_numpy())
            frame["start_text"], frame["end_text"] = self._text(frame["start"].to_numpy()), self._text(
                frame["end"].to_numpy())
            frame["start_clock"] = restraint.clock(rng.integers(600, restraint.ARRIVED, len(frame)))
            frame["end_clock"] = restraint.clock(rng.integers(restraint.ARRIVED, 1_400, len(frame)))
        legal = frames["legal"]
        last = legal["last"].to_numpy().copy()
        for name in ("orders", "conditional"):
            if len(frames[name]):
                np.maximum.at(last, frames[name]["legal"].to_numpy(), frames[name]["last"].to_numpy())
        legal["last"] = last
        for name in ("legal", "orders"):
            if frames[name].empty:
                continue
            frames[name]["expiry_text"] = self._text(frames[name]["expiry"].to_numpy())
        frames["incidents"]["text"] = self._text(frames["incidents"]["day"].to_numpy())
        frames["incidents"]["month"] = np.searchsorted(
            self.plan.starts, frames["incidents"]["day"].to_numpy(), side="right") - 1
        self.birth = self._text(np.array(self.people.birth))
        self.units = self.organisation.units
        self.team_codes = np.array([unit.team_code for unit in self.units], dtype=object)
        self.ward_codes = np.array([unit.ward_code for unit in self.units], dtype=object)

    def _active(self, name: str, organisation: str, month: int) -> pd.DataFrame:
        frame = self.records.frames[name]
        if frame.empty:
            return frame
        here = (frame["organisation"] == organisation) & (frame["first"] <= month) & (frame["last"] >= month)
        return frame[here]

    def _ends(self, frame: pd.DataFrame, month: int, column: str = "end_text") -> np.ndarray:
        """A column about the end, blank while the end lies after the month."""
        return np.where(frame["end"].to_numpy() <= self.plan.ends[month], frame[column].to_numpy(), "")

    def _tables(self, organisation: str, month: int) -> dict[str, pd.DataFrame]:
        """The frames of one submission by file name."""
        local = self.records.local[organisation]
        frames = self.records.frames
        tables = {"MHS000Header": self._header(organisation, month), "MHS001MPI": self._index(organisation, month)}
        one = self._active("referrals", organisation, month)
        tables["MHS101Referral"] = pd.DataFrame({
            "ServiceRequestID": one["id"], "LocalPatientID": local[one["person"]],
            "ReferralRequestReceivedDate": one["start_text"], "SourceOfReferralMH": one["source"],
            "CareProfTeamLocalID": self.team_codes[one["unit"]], "ServDischDate": self._ends(one, month)})
        one = self._active("legal", organisation, month)
        ended = one["end"].to_numpy() <= self.plan.ends[month]
        tables["MHS401MHActPeriod"] = pd.DataFrame({
            "MHActLegalStatusClassPeriodID": one["id"], "LocalPatientID": local[one["person"]],
            "StartDateMHActLegalStatusClass": one["start_text"], "StartTimeMHActLegalStatusClass":
            one["start_time"] + ":00", "LegalStatusClassPeriodStartReason":
            np.where(one["category"] == "H", "06", "01"), "ExpiryDateMHActLegalStatusClass": one["expiry_text"],
            "EndDateMHActLegalStatusClass": self._ends(one, month), "EndTimeMHActLegalStatusClass":
            np.where(ended, one["end_time"] + ":00", ""), "LegalStatusClassPeriodEndReason":
            np.where(ended, "01", ""), "LegalStatusCode": one["code"], "MentalCat": "A"})
        self._orders(tables, organisation, month)
        one = self._active("spells", organisation, month)
        referrals = frames["referrals"]["id"].to_numpy()
        tables["MHS501HospProvSpell"] = pd.DataFrame({
            "HospProvSpellID": one["id"], "ServiceRequestID": referrals[one["referral"]],
            "StartDateHospProvSpell": one["start_text"], "StartTimeHospProvSpell": one["start_clock"],
            "SourceAdmMHHospProvSpell": one["source"], "MethAdmMHHospProvSpell": one["method"],
            "DischDateHospProvSpell": self._ends(one, month),
            "DischTimeHospProvSpell": self._ends(one, month, "end_clock"), "DestOfDischHospProvSpell":
            np.where(one["end"].to_numpy() <= self.plan.ends[month], "19", "")})
        one = self._active("stays", organisation, month)
        spells = frames["spells"]["id"].to_numpy()
        tables["MHS502WardStay"] = pd.DataFrame({
            "WardStayID": one["id"], "HospProvSpellID": spells[one["spell"]], "WardCode": self.ward_codes[one["unit"]],
            "StartDateWardStay": one["start_text"], "StartTimeWardStay": one["start_clock"],
            "EndDateWardStay": self._ends(one, month), "EndTimeWardStay": self._ends(one, month, "end_clock"),
            "MHAdmittedPatientClass": "10"})
        self._restraint(tables, organisation, month)
        self._leave(tables, one, month)
        tables["MHS903WardDetails"] = self._wards(organisation, month)
        return tables

    def _header(self, organisation: str, month: int) -> pd.DataFrame:
        label = self.plan.months[month]
        late = 30 if label == RESUBMITTED_MONTH else 20
        created = datetime.date.fromordinal(int(self.plan.ends[month]) + late)
        return pd.DataFrame({
            "DatSetVer": ["6.0" if label >= VERSION_6 else "5.0"], "OrgIDProvider": [organisation],
            "ReportingPeriodStartDate": [iso(self.plan.starts[month])],
            "ReportingPeriodEndDate": [iso(self.plan.ends[month])],
            "DateTimeDatSetCreate": [f"{created.isoformat()}T09:30:00"]})

    def _index(self, organisation: str, month: int) -> pd.DataFrame:
        records = self.records
        who = np.flatnonzero(records.seen[organisation][:, month])
        return pd.DataFrame({
            "LocalPatientID": records.local[organisation][who], "NHSNumber": records.nhs[who],
            "PersonBirthDate": self.birth[who], "Postcode": self.postcodes[who],
            "GenderIDCode": np.array(self.people.sex, dtype=object)[who],
            "Gender": np.array(self.people.sex, dtype=object)[who],
            "EthnicCategory": recorded(records.patients, month)[who], "PersDeathDate": ""})

    def _orders(self, tables: dict[str, pd.DataFrame], organisation: str, month: int) -> None:
        """Conditional discharges, community treatment orders, recalls."""
        legal = self.records.frames["legal"]["id"].to_numpy()
        for name, file, what in (("conditional", "MHS403ConditionalDischarge", "MHCondDisch"),
                                 ("orders", "MHS404CommTreatOrder", "CommTreatOrd")):
            one = self._active(name, organisation, month)
            if one.empty:
                continue
            ended = one["end"].to_numpy() <= self.plan.ends[month]
            frame = pd.DataFrame({"MHActLegalStatusClassPeriodID": legal[one["legal"]],
                                  f"StartDate{what}": one["start_text"]})
            if name == "orders":
                frame["ExpiryDateCommTreatOrd"] = one["expiry_text"]
            frame[f"EndDate{what}"] = self._ends(one, month)
            reason = "CommTreatOrdEndReason" if name == "orders" else "CondDischEndReason"
            frame[reason] = np.where(ended, one["reason"], "")
            tables[file] = frame
        one = self._active("recalls", organisation, month)
        if len(one):
            tables["MHS405CommTreatOrderRecall"] = pd.DataFrame({
                "MHActLegalStatusClassPeriodID": legal[one["legal"]], "StartDateCommTreatOrdRecall": one["start_text"],
                "StartTimeCommTreatOrdRecall": "10:00:00", "EndDateCommTreatOrdRecall": self._ends(one, month),
                "EndTimeCommTreatOrdRecall": np.where(one["end"] <= self.plan.ends[month], "16:00:00", "")})

    def _restraint(self, tables: dict[str, pd.DataFrame], organisation: str, month: int) -> None:
        incidents, types = self.records.frames["incidents"], self.records.frames["types"]
        here = incidents[(incidents["organisation"] == organisation) & (incidents["month"] == month)]
        if here.empty:
            return
        spells = self.records.frames["spells"]["id"].to_numpy()
        begun, over = (restraint.clock(minutes.to_numpy()) for minutes in (
            here["minute"], here["minute"] + here["length"]))
        tables["MHS505RestrictiveInterventInc"] = pd.DataFrame({
            "RestrictiveIntIncID": here["id"], "HospProvSpellID": spells[here["spell"]],
            "StartDateRestrictiveIntInc": here["text"], "StartTimeRestrictiveIntInc": begun,
            "EndDateRestrictiveIntInc": here["text"], "EndTimeRestrictiveIntInc": over,
            "RestrictiveIntReason": here["reason"], "RestrictiveIntPIReviewHeldPat": "Y"})
        used = types[types["incident"].isin(here.index)]
        at = here.index.get_indexer(pd.Index(used["incident"]))
        day = here["text"].to_numpy()[at]
        tables["MHS515RestrictiveInterventType"] = pd.DataFrame({
            "RestrictiveIntIncID": here["id"].to_numpy()[at], "RestrictiveIntTypeID": used["id"],
            "RestrictiveIntType": used["type"], "StartDateRestrictiveIntType": day,
            "StartTimeRestrictiveIntType": begun[at], "EndDateRestrictiveIntType": day,
            "EndTimeRestrictiveIntType": over[at], "RestraintInjuryPatient": used["injury"]})

    def _leave(self, tables: dict[str, pd.DataFrame], stays: pd.DataFrame, month: int) -> None:
        """Leave, absence and police assistance: a few short spans inside the longer stays of the month."""
        inside = stays[(stays["start"] <= self.plan.starts[month]) & (stays["end"] > self.plan.ends[month])]
        first = int(self.plan.starts[month])
        for file, what, place, share in (("MHS509HomeLeave", "HomeLeave", 2, 9), ("MHS510LeaveOfAbsence", "MHLeaveAbs",
                                          9, 6), ("MHS511AbsenceWithoutLeave", "MHAbsWOLeave", 17, 60),
                                         ("MHS514TrialLeave", "MHTrialLeave", 21, 90)):
            picked = inside["id"].to_numpy()[place::share]
            tables[file] = pd.DataFrame({
                "WardStayID": picked, f"StartDate{what}": iso(first + place), f"StartTime{what}": "10:00:00",
                f"EndDate{what}": iso(first + place + 2), f"EndTime{what}": "17:00:00"})
        picked = inside["id"].to_numpy()[5::70]
        tables["MHS516PoliceAssistanceRequest"] = pd.DataFrame({
            "WardStayID": picked, "PoliceAssistReqDate": iso(first + 11), "PoliceAssistReqTime": "21:10:00",
            "PoliceAssistArrDate": iso(first + 11), "PoliceAssistArrTime": "21:45:00", "PoliceRestraintForceUsedInd":
            "N"})

    def _wards(self, organisation: str, month: int) -> pd.DataFrame:
        after = month >= self.plan.merger_month
        days = int(self.plan.ends[month] - self.plan.starts[month]) + 1
        listed = [unit for unit in self.organisation.wards
                  if organisation == (self.plan.code if after else unit.source)]
        kinds = [unit.kind for unit in listed if unit.kind is not None]
        return pd.DataFrame({
            "WardCode": [unit.ward_code for unit in listed], "SiteIDOfWard": [f"{organisation}01" for _ in listed],
            "WardType": [kind.type_code for kind in kinds], "WardAge": ["10" for _ in listed],
            "WardIntendedSex": ["9" for _ in listed], "WardSecLevel": ["0" for _ in listed],
            "AvailBedDays": [str(kind.beds * days) for kind in kinds]}, dtype=object)

    def _spoil(self, organisation: str, month: int, file: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Plant the faults of one file and record them.

        A record with a wrong date is sent rightly before and after, so that leaving the row out changes nothing.
        """
        fault = FAULTS.get((file, month % 6))
        number = allowance(len(frame)) if organisation == self.plan.code else 0
        if file == "MHS502WardStay" and self._is_before_correction(month):
            return self._correct_later(frame, month, max(1, number))
        if fault is None or not number:
            return frame
        place = (FEED, self.plan.months[month], organisation, f"{file}.csv")
        if fault == "duplicate_row":
            good = np.arange(len(frame))
            if file == "MHS001MPI":
                coded = frame["EthnicCategory"].isin(ethnicity.CODES).to_numpy()
                good = np.flatnonzero(coded & (frame["Postcode"] != identifiers.NO_FIXED_ABODE).to_numpy())
            self.ledger.add(place, fault, "", "duplicate", number)
            return pd.concat([frame, frame.iloc[good[:number]]])
        records = self.records.frames["legal" if file == "MHS401MHActPeriod" else "stays"].loc[frame.index]
        steady = (records["first"] < month) & (records["end"] > self.plan.ends[month]) & (records["last"] > month)
        picked = self.rng.choice(np.flatnonzero(steady), min(number, int(steady.sum())), replace=False)
        header = "EndDateMHActLegalStatusClass" if file == "MHS401MHActPeriod" else "EndDateWardStay"
        ends = frame[header].to_numpy().copy()
        early = records["start"].to_numpy() - 5
        late = iso(self.plan.ends[month] + 20)
        ends[picked] = late if fault == "not_future" else [iso(day) for day in early[picked]]
        self.ledger.add(place, fault, header, "row", len(picked))
        return frame.assign(**{header: ends})

    def _is_before_correction(self, month: int) -> bool:
        following = self.plan.months[month + 1 : month + 2]
        return following == [RESUBMITTED_MONTH]

    def _correct_later(self, frame: pd.DataFrame, month: int, number: int) -> pd.DataFrame:
        """Send some continuing ward stays with a start five days early; the next month's submission puts them right."""
        records = self.records.frames["stays"].loc[frame.index]
        picked = np.flatnonzero(records["end"] > self.plan.ends[month])[:number]
        starts = frame["StartDateWardStay"].to_numpy().copy()
        starts[picked] = [iso(day - 5) for day in records["start"].to_numpy()[picked]]
        self.corrected += len(picked)
        return frame.assign(StartDateWardStay=starts)


def recorded(patients: pd.DataFrame, month: int) -> np.ndarray:
    """What the patient system holds of everyone's ethnicity in a month."""
    turned = (patients["turning"] >= 0) & (patients["turning"] <= month)
    return np.where(turned, patients["after"], patients["before"])
