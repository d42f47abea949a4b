"""What the electronic patient record holds of everyone's ethnicity: entries with their day, system and method.

Belongs here: the entries and all that is planted in them. Does not belong here: files and their faults
(`record_files`), counting (`truth_record`), what the data set says (`patients.record`), which this mirrors.

`rio` says what the data set says: what holds there from a month on was entered in that month, and what holds from the
beginning at the first contact or after it. Where the two differ, it is planted: an interface that lost valid codes on
the way to the data set, a second system (`pas`) filled in by looking at people, a team that writes S for many, a team
that seldom asks, a team that began to ask last month.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from orchestration.demo import ethnicity
from orchestration.demo.mhsds import Records
from orchestration.demo.organisation import Organisation
from orchestration.demo.patients import Patients, low_units
from orchestration.demo.plan import MERGER, Plan

METHODS = (("SELF", 0.70), ("PROXY", 0.08), ("REFERRAL", 0.07), ("GP", 0.08), ("OBSERVED", 0.03), ("", 0.04))
AT_FIRST_CONTACT = 0.6
WITHIN_28_DAYS = 0.2
LATEST = 150
"""Days after the first contact by which an entry is made, if it is made at all."""
LOST_ON_THE_WAY = 1 / 3
"""Share of those of whom the data set says Z who gave the patient record a code."""
BLANK_ENTRIES = 0.2
IN_PAS, WHITE_BY_DEFAULT = 1 / 8, 0.4
CALLED_OTHER, MIXED_CALLED_OTHER = 0.28, 0.75
SELDOM_ASKED, ASKED_LATE, POOR = 0.65, 0.45, 0.35
"""Share of entries never made: by the team that seldom asks, the one that asked last month, the two poor units."""
IN_2021_CODES = 0.2
FINER = (("S", "V", 0.2), ("C", "T", 0.06), ("C", "U", 0.06))
"""Letters that only the 2021 set has, for a 2001 code, with their share of its entries."""
CORRECTED = 0.01
COLUMNS = ("sender", "person", "unit", "system", "day", "text", "code", "method")


@dataclass(frozen=True)
class Teams:
    """Positions of the units of which something is planted."""

    seldom: int
    other: int
    asking: int
    poor: tuple[int, ...]
    """The three in which most is missing: the seldom asking one, and two that are poor in the data set too."""


def teams(organisation: Organisation, contacts: pd.DataFrame) -> Teams:
    """The units of which something is planted: the busiest community teams of the trust itself."""
    low = low_units(organisation)
    number = contacts["unit"].value_counts()
    own = [
        place
        for place, unit in enumerate(organisation.units)
        if unit.service_line == "adult_mental_health"
        and not unit.is_ward
        and unit.source == organisation.plan.code
        and unit not in low
    ]
    asking, seldom, other = sorted(own, key=lambda place: (-number.get(place, 0), place))[:3]
    return Teams(seldom, other, asking, (*(organisation.units.index(unit) for unit in low), seldom))


def build(
    plan: Plan, organisation: Organisation, people: Patients, records: Records, contacts: pd.DataFrame
) -> pd.DataFrame:
    """Every entry of the patient record, by organisation, person and day.

    Returns:
        `sender`, `person` and `unit` (positions), `system`, `day`, `text` (the value written), `code` (the 2001 code
        meant, blank without one), `method`, `code_set`, `month` (of the file that first holds it), and `slip`: the
        value of a first version that the next month's file corrects, blank for most.
    """
    rng = plan.rng("patient record")
    planted = teams(organisation, contacts)
    pairs = _pairs(plan, contacts)
    met = {name: _meets(pairs, contacts, [getattr(planted, name)]) for name in ("seldom", "other", "asking")}
    poor = _meets(pairs, contacts, list(planted.poor))
    entries = _mirrored(plan, people, records, pairs, rng)
    entries = _with_other(entries, people, met["other"], rng)
    kept = rng.random(len(entries)) >= np.select(
        [each[entries["pair"]] for each in (met["seldom"], met["asking"], poor)], [SELDOM_ASKED, ASKED_LATE, POOR], 0.0
    )
    entries = entries[kept | entries["is_lost"]]
    entries = pd.concat([entries, _seen(people, records, pairs, rng)], ignore_index=True)
    entries = entries[entries["day"] <= pairs["until"].to_numpy()[entries["pair"]]]
    entries = entries[list(COLUMNS)]
    met_there = contacts[(contacts["unit"] == planted.asking) & (contacts["sender"] == 0)]
    asked = _asked(plan, people, met_there, entries, rng)
    if len(asked):
        entries = pd.concat([entries, asked], ignore_index=True)
    entries = entries.sort_values(["sender", "person", "day", "system"], ignore_index=True)
    return _as_written(plan, entries, rng)


def _pairs(plan: Plan, contacts: pd.DataFrame) -> pd.DataFrame:
    """Patients: organisation and person, unit, day and month of the first contact, last day the organisation sends."""
    ordered = contacts.sort_values(["sender", "person", "first", "unit"], kind="stable")
    pairs = ordered.drop_duplicates(["sender", "person"])[["sender", "person", "unit", "first"]].reset_index(drop=True)
    pairs["month"] = contacts.groupby(["sender", "person"])["month"].min().to_numpy()
    merged = min(MERGER.toordinal() - 1, int(plan.ends[-1]))
    pairs["until"] = np.where(pairs["sender"] == 0, plan.ends[-1], merged)
    several = pairs.sort_values(["person", "first", "sender"], kind="stable").duplicated("person")
    pairs["is_moved"] = several.sort_index()
    return pairs


def _meets(pairs: pd.DataFrame, contacts: pd.DataFrame, units: list[int]) -> np.ndarray:
    """Whether each patient is ever in contact with one of the units."""
    here = contacts.loc[contacts["unit"].isin(units), ["sender", "person"]].drop_duplicates()
    return pairs[["sender", "person"]].merge(here, how="left", indicator=True)["_merge"].eq("both").to_numpy()


def _draw_methods(rng: np.random.Generator, count: int) -> np.ndarray:
    names = np.array([name for name, _ in METHODS], dtype=object)
    return rng.choice(names, count, p=[share for _, share in METHODS])


def _lag(rng: np.random.Generator, count: int) -> np.ndarray:
    """Days from the first contact to the entry."""
    chance = rng.random(count)
    soon, late = rng.integers(1, 29, count), rng.integers(29, LATEST + 1, count)
    return np.select([chance < AT_FIRST_CONTACT, chance < AT_FIRST_CONTACT + WITHIN_28_DAYS], [0, soon], late)


def _mirrored(
    plan: Plan, people: Patients, records: Records, pairs: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """What `rio` holds: one entry for what held at first and one for what changed, with `pair` and `is_lost`."""
    told = records.patients
    count = len(told)
    code = np.array(people.code, dtype=object)
    lost = (told["fate"] == "not_stated").to_numpy() & (rng.random(count) < LOST_ON_THE_WAY)
    turning = told["turning"].to_numpy()
    turns = turning >= 0
    starts, ends = plan.starts[np.maximum(turning, 0)], plan.ends[np.maximum(turning, 0)]
    turn_day = starts + (rng.random(count) * (ends - starts + 1)).astype(int)
    person = pairs["person"].to_numpy()
    later = turns[person] & (pairs["month"].to_numpy() >= turning[person])
    changes = turns[person] & ~later
    first = pairs["first"].to_numpy() + np.where(pairs["is_moved"] & lost[person], 0, _lag(rng, len(pairs)))
    first = np.where(changes, np.minimum(first, turn_day[person] - 1), first)
    before, after = told["before"].to_numpy().astype(object), told["after"].to_numpy().astype(object)
    text = np.where(later, after[person], before[person]).astype(object)
    text[lost[person]] = code[person][lost[person]]
    blank = (text == "") & (rng.random(len(pairs)) < BLANK_ENTRIES)
    at_first = np.flatnonzero((text != "") | blank)
    changed = np.flatnonzero(changes)
    entries = pd.DataFrame(
        {
            "pair": np.concatenate([at_first, changed]),
            "day": np.concatenate([first[at_first], turn_day[person[changed]]]),
            "text": np.concatenate([text[at_first], after[person[changed]]]),
        }
    )
    which = person[entries["pair"]]
    entries["is_lost"] = lost[which]
    drawn = _draw_methods(rng, len(entries))
    said = np.isin(entries["text"], ethnicity.CODES)
    own = (entries["text"] == ethnicity.MHSDS_NOT_STATED).to_numpy() | lost[which]
    entries["method"] = np.where(own, "SELF", np.where(said, drawn, "")).astype(object)
    entries["system"] = "rio"
    for name in ("sender", "person", "unit"):
        entries[name] = pairs[name].to_numpy()[entries["pair"]]
    entries["code"] = np.where(said, entries["text"], "").astype(object)
    return entries


def _with_other(entries: pd.DataFrame, people: Patients, met: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """The over-use of S: by looking at people, one team writes it for many, most of all for people of mixed descent."""
    code = np.array(people.code, dtype=object)[entries["person"]]
    mixed = np.isin(code, ethnicity.BROAD_NHS["Mixed"])
    share = np.where(mixed, MIXED_CALLED_OTHER, CALLED_OTHER)
    chosen = met[entries["pair"]] & ~np.isin(code, ethnicity.WHITE) & (entries["code"] != "").to_numpy()
    chosen &= ~entries["is_lost"].to_numpy() & (rng.random(len(entries)) < share)
    return entries.assign(
        text=np.where(chosen, "S", entries["text"]),
        code=np.where(chosen, "S", entries["code"]),
        method=np.where(chosen, "OBSERVED", entries["method"]),
    )


def _seen(people: Patients, records: Records, pairs: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """What `pas` holds: a code by looking at people, on the day of the first contact; nothing of who declined."""
    count = len(people.area)
    code = np.array(people.code, dtype=object)
    held = (rng.random(count) < IN_PAS) & (records.patients["fate"] != "not_stated").to_numpy()
    code[(code != "A") & (rng.random(count) < WHITE_BY_DEFAULT)] = "A"
    where = np.flatnonzero(held[pairs["person"]])
    listed = pairs.iloc[where]
    return pd.DataFrame(
        {
            "pair": where,
            "sender": listed["sender"].to_numpy(),
            "person": listed["person"].to_numpy(),
            "unit": listed["unit"].to_numpy(),
            "system": "pas",
            "day": listed["first"].to_numpy(),
            "text": code[listed["person"]],
            "code": code[listed["person"]],
            "method": "OBSERVED",
            "is_lost": False,
        }
    )


def _asked(
    plan: Plan, people: Patients, here: pd.DataFrame, entries: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """The asking effort: in the last month a team asks half of those of whom nothing is known; one in five declines.

    `here` are the contacts of that team.
    """
    last = len(plan.months) - 1
    none = pd.DataFrame(columns=list(COLUMNS))
    if not last:
        return none
    both = np.intersect1d(here.loc[here["month"] == last - 1, "person"], here.loc[here["month"] == last, "person"])
    own = entries[entries["sender"] == 0]
    answered = (own["code"] != "") | (own["text"] == ethnicity.MHSDS_NOT_STATED) | (own["day"] >= plan.starts[last])
    open_ = np.setdiff1d(both, own.loc[answered, "person"])
    if not len(open_):
        return none
    asked = np.sort(rng.choice(open_, (len(open_) + 1) // 2, replace=False))
    declines = np.arange(len(asked)) % 5 == 1
    code = np.array(people.code, dtype=object)[asked]
    return pd.DataFrame(
        {
            "sender": 0,
            "person": asked,
            "unit": here["unit"].iloc[0],
            "system": "rio",
            "day": rng.integers(plan.starts[last], plan.ends[last] + 1, len(asked)),
            "text": np.where(declines, ethnicity.MHSDS_NOT_STATED, code),
            "code": np.where(declines, "", code),
            "method": "SELF",
        }
    )


def _as_written(plan: Plan, entries: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Code sets, finer letters, the month of the file, and slips of the pen that the next month's file corrects."""
    count = len(entries)
    newer = rng.random(count) < IN_2021_CODES
    chance = rng.random(count)
    text = entries["text"].to_numpy().astype(object)
    code = entries["code"].to_numpy()
    passed = np.zeros(count)
    for old, letter, share in FINER:
        finer = (code == old) & (chance >= passed) & (chance < passed + share)
        text[finer], newer[finer] = letter, True
        passed = np.where(code == old, passed + share, passed)
    month = np.maximum(np.searchsorted(plan.starts, entries["day"].to_numpy(dtype=int), side="right") - 1, 0)
    until = np.array([plan.last_month_of(sender) for sender in plan.organisations])
    last = until[entries["sender"].to_numpy(dtype=int)]
    slips = (code != "") & (rng.random(count) < CORRECTED) & (month + 1 < last)
    slip = np.where(slips, np.where(code == "A", "B", "A"), "")
    return entries.assign(code_set=np.where(newer, "2021", "2001"), text=text, month=month, slip=slip)
