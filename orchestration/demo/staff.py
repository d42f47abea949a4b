"""The staff of the synthetic trust: people, their assignments, and how both change from month to month.

Belongs here: the table of assignment versions from which every month's file and every truth about staff are taken.
Does not belong here: writing the files (`staff_files`) or counting the truths (`staff_truth`).

A post is held by one person after another. A predecessor's people appear a second time, with a new employee number,
under the trust from the merger on. All assignments of a person are in one team and say the same ethnicity.
"""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from orchestration.demo import ethnicity, identifiers, staff_jobs
from orchestration.demo.organisation import WARD_MOVES, Organisation, Unit
from orchestration.demo.plan import Plan

LEAVERS_A_MONTH = 0.01
IN_SCOPE_CATEGORIES = ("Permanent", "Fixed Term Temp")
OUT_OF_SCOPE_STATUSES = ("Offer Accepted", "Terminate Assignment")
LOW_COMPLETENESS_TEAMS = (1, 7, 13)
"""Positions among the teams of those where nearly half of the staff have no ethnicity recorded."""
_NATIONALITIES = (
    ("British", 0.82),
    ("Irish", 0.02),
    ("Filipino", 0.04),
    ("Nigerian", 0.04),
    ("Indian", 0.04),
    ("Zimbabwean", 0.01),
    ("Polish", 0.01),
    ("", 0.02),
)


def build(plan: Plan, organisation: Organisation) -> pd.DataFrame:
    """Versions of every assignment: one row per assignment and span of months in which nothing changes.

    Returns:
        A frame with `first` and `last` (month positions, last exclusive), `person`, `organisation` (position), `unit`
        (position), `band`, `group`, `primary`, `selected` (the assignment that counts for the person), `in_scope`,
        `status` and `code` of the recorded ethnicity, `faulty` (must be left out) and the texts of the file.
    """
    rng = plan.rng("staff")
    people = _people(plan, organisation, rng)
    _record_ethnicity(plan, organisation, people, rng)
    versions = _assignments(people, rng)
    versions = _changes(plan, organisation, versions, rng)
    return versions.sort_values(["organisation", "number", "assignment", "first"], ignore_index=True)


def _people(plan: Plan, organisation: Organisation, rng: np.random.Generator) -> pd.DataFrame:
    """One row per person and organisation that employs them, with the months they are there."""
    posts = _posts(plan, organisation, rng)
    months = len(plan.months)
    change = rng.random((len(posts), months)) < LEAVERS_A_MONTH
    change[:, 0] = True
    transfers = np.zeros_like(change)
    if 0 < plan.merger_month < months:
        brought = (posts["source"].to_numpy() > 0) & ~change[:, plan.merger_month]
        transfers[brought, plan.merger_month] = True
        change |= transfers
    post, first = np.nonzero(change)
    last = np.append(first[1:], 0)
    last = np.where(np.append(post[1:] != post[:-1], True), months, last)
    people = posts.iloc[post].reset_index(drop=True)
    people["first"], people["last"] = first, last
    people["transfer"] = transfers[post, first]
    people["organisation"] = np.where(first >= plan.merger_month, 0, people["source"])
    _describe(plan, people, rng)
    moved = np.flatnonzero(people["transfer"])
    for column in ("sex", "birth", "code", "forename", "surname", "ni", "nationality", "disability"):
        values = people[column].to_numpy().copy()
        values[moved] = values[moved - 1]
        people[column] = values
    for position in range(len(plan.organisations)):
        where = people.index[people["organisation"] == position]
        letter = chr(ord("A") + (plan.number * 3 + position) % 26)
        people.loc[where, "number"] = identifiers.employee_numbers(letter, len(where))
    people["person"] = np.arange(len(people))
    return people


def _posts(plan: Plan, organisation: Organisation, rng: np.random.Generator) -> pd.DataFrame:
    """The posts: unit, staff group, band, kind of contract."""
    units = organisation.units
    weights = np.array([1.7 if unit.is_ward else 1.0 for unit in units])
    outside = [("bank", plan.size(1_000, 8)), ("honorary", plan.size(100, 2)), ("board", 9)]
    kind = np.concatenate([np.full(plan.staff, "substantive"), *(np.full(count, name) for name, count in outside)])
    unit = rng.choice(len(units), len(kind), p=weights / weights.sum())
    board = kind == "board"
    unit[board] = next(place for place, each in enumerate(units) if each.service_line == "corporate")
    corporate = np.array([each.service_line == "corporate" for each in units])[unit]
    group = staff_jobs.draw_groups(rng, corporate)
    band = staff_jobs.draw_bands(rng, group)
    band[board], group[board] = "local", staff_jobs.ADMIN
    local = (kind == "substantive") & (rng.random(len(kind)) < 0.003) & (group != staff_jobs.MEDICAL)
    local[np.flatnonzero((kind == "substantive") & (group == staff_jobs.ADMIN))[:1]] = True
    band[local] = "unknown"
    sources = np.array([plan.organisations.index(each.source) for each in units])
    return pd.DataFrame(
        {"unit": unit, "group": group, "band": band, "kind": kind.astype(object), "source": sources[unit]}
    )


def _describe(plan: Plan, people: pd.DataFrame, rng: np.random.Generator) -> None:
    """Add what does not change about a person: sex, birth, ethnicity, name, job role, start, contract."""
    count = len(people)
    people["sex"] = np.where(rng.random(count) < 0.77, "Female", "Male").astype(object)
    people["birth"] = plan.starts[0] - rng.integers(20 * 365, 62 * 365, count)
    codes = np.empty(count, dtype=object)
    for band, share in staff_jobs.MINORITY_SHARE.items():
        where = np.flatnonzero(people["band"] == band)
        mix = ethnicity.staff_mix(share)
        codes[where] = rng.choice(np.array(ethnicity.CODES, dtype=object), len(where), p=mix)
    people["code"] = codes
    people["forename"], people["surname"] = identifiers.names(rng, count)
    people["ni"] = identifiers.ni_numbers(rng, count)
    nations = np.array([name for name, _ in _NATIONALITIES], dtype=object)
    people["nationality"] = rng.choice(nations, count, p=[share for _, share in _NATIONALITIES])
    people["disability"] = rng.choice(
        np.array(["No", "Yes", "Not Declared", ""], dtype=object), count, p=[0.8, 0.07, 0.1, 0.03]
    )
    people["role"], people["occupation"] = staff_jobs.draw_roles(
        rng, people["group"].to_numpy(), people["band"].to_numpy()
    )
    first = people["first"].to_numpy()
    joined = plan.starts[first] + rng.integers(0, 28, count)
    earlier = plan.starts[0] - rng.integers(30, 20 * 365, count)
    people["start"] = np.where(people["transfer"], plan.starts[first], np.where(first == 0, earlier, joined))
    people["number"] = ""
    kind = people["kind"].to_numpy()
    temporary = rng.random(count) < 0.05
    people["category"] = np.select(
        [kind == "bank", kind == "honorary", kind == "board", temporary],
        ["Bank", "Honorary", "Non-Exec Director/Chair", "Fixed Term Temp"],
        "Permanent",
    ).astype(object)


def _record_ethnicity(plan: Plan, organisation: Organisation, people: pd.DataFrame, rng: np.random.Generator) -> None:
    """Add what ESR holds at first (`before`), later (`after`) and from which month on (`improved`).

    Improvers go from blank to a code, withdrawers from a code to Z, changers from one code to another; the rest stay.
    The latest usable code counts, and a later Z wins over it.
    """
    count = len(people)
    code = people["code"].to_numpy()
    texts = ethnicity.draw_esr(rng, code)
    low = np.isin(people["unit"], [organisation.units.index(unit) for unit in low_units(organisation)])
    chance = rng.random(count)
    fates = np.select(
        [
            low & (chance < 0.45),
            chance < 0.022,
            chance < 0.055,
            chance < 0.062,
            chance < 0.064,
            chance < 0.084,
            chance < 0.092,
            chance < 0.098,
        ],
        ["missing", "missing", "not_stated", "unspecified", "invalid", "improver", "withdrawer", "changer"],
        "valid",
    )
    span = people["last"].to_numpy() - people["first"].to_numpy()
    turning = people["first"].to_numpy() + 1 + (rng.random(count) * np.maximum(span - 1, 1)).astype(int)
    turns = np.isin(fates, ("improver", "withdrawer", "changer")) & (span >= 2)
    turns &= ~((fates == "changer") & (code == "S"))
    fates = np.where(np.isin(fates, ("improver", "withdrawer", "changer")) & ~turns, "valid", fates)
    other = np.where(code == "A", "C", "S").astype(object)
    other_texts = ethnicity.draw_esr(rng, other)
    blank = {
        "missing": "",
        "not_stated": ethnicity.ESR_NOT_STATED,
        "unspecified": ethnicity.ESR_UNSPECIFIED,
        "invalid": ethnicity.ESR_INVALID,
    }
    before, after = texts.copy(), texts.copy()
    for fate, text in blank.items():
        before[fates == fate] = after[fates == fate] = text
    before[fates == "improver"] = ""
    after[fates == "withdrawer"] = ethnicity.ESR_NOT_STATED
    changed = fates == "changer"
    before[changed] = other_texts[changed]
    people["fate"], people["before"], people["after"] = fates.astype(object), before, after
    people["turning"] = np.where(turns, turning, -1)


def low_units(organisation: Organisation) -> list[Unit]:
    """The teams in which nearly half of the staff have no ethnicity recorded."""
    return [organisation.teams[place] for place in LOW_COMPLETENESS_TEAMS]


def _assignments(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One row per assignment; some people hold two, a few of them with no primary one or with bank as the primary."""
    main = people.copy()
    main["assignment"] = main["number"]
    main["primary"], main["selected"] = "Y", True
    main["fte"] = rng.choice([1.0, 0.8, 0.6, 0.5], len(main), p=[0.62, 0.16, 0.14, 0.08])
    main["status_text"] = "Active Assignment"
    count = len(main)
    graded = main["band"].isin(staff_jobs.AGENDA[2:]).to_numpy()
    holds_two = (main["kind"] == "substantive").to_numpy() & graded & (rng.random(count) < 0.05)
    second = main[holds_two].copy()
    second["assignment"] = second["number"] + "-2"
    second["primary"], second["selected"] = "N", False
    second["fte"] = 0.2
    second["category"] = np.where(rng.random(len(second)) < 0.5, "Bank", "Permanent").astype(object)
    second["band"] = [staff_jobs.AGENDA[max(0, staff_jobs.AGENDA.index(band) - 1)] for band in second["band"]]
    odd = rng.random(len(second))
    # One of each at any scale: posts come first, so the first of them is there in the first month.
    odd[np.flatnonzero(second["category"] == "Permanent")[:1]] = 0
    odd[np.flatnonzero(second["category"] == "Bank")[:1]] = 1
    unmarked = second.index[(odd < 0.04) & (second["category"] == "Permanent")]
    bank_first = second.index[(odd > 0.96) & (second["category"] == "Bank")]
    main.loc[unmarked.union(bank_first), "primary"] = "N"
    second.loc[bank_first, "primary"] = "Y"
    main["single"] = ~holds_two
    second["single"] = False
    main["sits_still"] = holds_two
    second["sits_still"] = True
    drawn = rng.random(count)
    substantive = (main["kind"] == "substantive").to_numpy() & ~holds_two
    main.loc[(main["kind"] == "bank").to_numpy() & (drawn < 0.2), "status_text"] = "Inactive Not Worked"
    for low, high, status in (
        (0.0, 0.002, "Terminate Assignment"),
        (0.002, 0.003, "Offer Accepted"),
        (0.01, 0.015, "Career Break"),
        (0.015, 0.02, "Acting Up"),
        (0.02, 0.024, "Internal Secondment"),
        (0.024, 0.027, "Suspend With Pay"),
        (0.027, 0.03, "Out on External Secondment - Paid"),
    ):
        main.loc[substantive & (drawn >= low) & (drawn < high), "status_text"] = status
    both = pd.concat([main, second], ignore_index=True)
    both["promoted"] = False
    return both


def _changes(plan: Plan, organisation: Organisation, versions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Cut the assignments where something changes: promotion, leave, recorded ethnicity, a ward's division."""
    first, last = versions["first"].to_numpy(), versions["last"].to_numpy()
    span = last - first
    count = len(versions)
    ladder = versions["band"].isin(staff_jobs.AGENDA[1:-1]).to_numpy() & ~versions["sits_still"].to_numpy()
    rises = ladder & (versions["kind"] == "substantive").to_numpy() & (span > 6) & (rng.random(count) < 0.08)
    rise = np.where(rises, first + 1 + (rng.random(count) * (span - 2)).astype(int), -1)
    leaves = (versions["sex"] == "Female").to_numpy() & (versions["status_text"] == "Active Assignment").to_numpy()
    leaves &= (versions["kind"] == "substantive").to_numpy() & versions["single"].to_numpy() & (span > 12)
    leaves &= rng.random(count) < 0.07
    gone = np.where(leaves, first + 1 + (rng.random(count) * (span - 11)).astype(int), -1)
    versions["rise"], versions["gone"], versions["back"] = rise, gone, np.where(leaves, gone + 9, -1)
    moved = organisation.units.index(organisation.moved)
    moves = plan.position(f"{WARD_MOVES:%Y-%m}")
    versions["moves"] = np.where(versions["unit"] == moved, -1 if moves is None else moves, -1)
    for column in ("turning", "rise", "gone", "back", "moves"):
        versions = split(versions, column)
    first = versions["first"].to_numpy()
    risen = (versions["rise"] >= 0) & (first >= versions["rise"])
    ladder_up = dict(zip(staff_jobs.AGENDA, staff_jobs.AGENDA[1:], strict=False))
    versions["band"] = [ladder_up[band] if up else band for band, up in zip(versions["band"], risen, strict=True)]
    away = (versions["gone"] >= 0) & (first >= versions["gone"]) & (first < versions["back"])
    versions.loc[away, "status_text"] = "Maternity & Adoption"
    turned = ((versions["turning"] >= 0) & (first >= versions["turning"])).to_numpy()
    versions["origin"] = np.where(turned, versions["after"], versions["before"])
    _classify(versions, turned)
    roles = versions["role"].to_numpy()
    versions["grade"] = staff_jobs.grade_texts(
        plan.rng("grades"), versions["band"].to_numpy(), versions["group"].to_numpy(), roles
    )
    versions["faulty"] = False
    versions["end"] = _ends(versions, rng)
    days = [datetime.date.fromordinal(int(plan.starts[month])) for month in range(len(plan.months))]
    units = organisation.units
    versions["directorate"] = [
        units[unit].directorate(days[month]) for unit, month in zip(versions["unit"], versions["first"], strict=True)
    ]
    return versions


def split(versions: pd.DataFrame, column: str, after: int = 0) -> pd.DataFrame:
    """Cut each row in two at the month in `column` (plus `after`) where that lies inside its span."""
    at = versions[column].to_numpy() + after
    first, last = versions["first"].to_numpy(), versions["last"].to_numpy()
    cut = (versions[column].to_numpy() >= 0) & (at > first) & (at < last)
    tail = versions[cut].copy()
    tail["first"] = at[cut]
    head = versions.copy()
    head["last"] = np.where(cut, at, last)
    return pd.concat([head, tail], ignore_index=True)


def _classify(versions: pd.DataFrame, turned: np.ndarray) -> None:
    """Add what is meant by the recorded ethnicity: its status and, when valid, its 2001 code; and the scope."""
    fate = versions["fate"].to_numpy()
    status = np.select(
        [
            fate == "missing",
            fate == "unspecified",
            fate == "not_stated",
            fate == "invalid",
            (fate == "improver") & ~turned,
            (fate == "withdrawer") & turned,
        ],
        ["missing", "missing", "not_stated", "invalid", "missing", "not_stated"],
        "valid",
    )
    letters = np.array([text[:1].upper() for text in versions["origin"]], dtype=object)
    versions["status"] = status.astype(object)
    versions["recorded"] = np.where(status == "valid", letters, "")
    versions["in_scope"] = versions["category"].isin(IN_SCOPE_CATEGORIES) & ~versions["status_text"].isin(
        OUT_OF_SCOPE_STATUSES
    )


def _ends(versions: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Assignment end date as text: the open date for most, a real one for fixed terms, blank for some."""
    ends = np.where(rng.random(len(versions)) < 0.8, "31-DEC-4712", "").astype(object)
    fixed = np.flatnonzero(versions["category"] == "Fixed Term Temp")
    days = 739_900 + rng.integers(0, 500, len(fixed))
    ends[fixed] = [esr_date(day) for day in days]
    return ends


def esr_date(day: int) -> str:
    """A day as ESR writes it, `01-APR-2019`."""
    return datetime.date.fromordinal(int(day)).strftime("%d-%b-%Y").upper()
