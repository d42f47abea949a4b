"""The planted truths in one file, `truth.json`.

Belongs here: the layout of the file. Does not belong here: the counting (`truth_staff`, `truth_patients`).

Tables are `{"columns": [...], "rows": [[...], ...]}`, sorted. `organisation` is the trust that answers for the numbers
now; in `dirt` it is the organisation that sent the file. Months are `YYYY-MM`, financial years `YYYY-YY`, codes 2001
codes or a status (`not_stated`, `not_known`, `invalid`, `missing`) where there is none. Units are unit codes or
UNKNOWN: teams and wards, and in a table with a `unit_level` units of every level.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.demo import ethnicity, patients
from orchestration.demo.dirt import Ledger
from orchestration.demo.ethnicity import STATUSES
from orchestration.demo.identifiers import CATCHMENT
from orchestration.demo.incidents import RACIST_SUBCATEGORIES
from orchestration.demo.plan import Plan
from orchestration.demo.truth_recording import COUNTS
from orchestration.demo.truth_units import Rows

SLICE = ("organisation", "source", "unit_level", "unit", "month")
COLUMNS: dict[str, tuple[str, ...]] = {
    "staff_headcount": ("organisation", "month", "band", "clinical", "code", "people"),
    "new_detentions": ("organisation", "month", "area", "catchment", "code", "category", "detentions"),
    "legal_status_categories": ("organisation", "financial_year", "category", "periods"),
    "restraint_by_year": ("organisation", "financial_year", "interventions", "incidents", "people"),
    "restraint_by_ward": ("organisation", "unit", "kind", "group", "interventions", "bed_days"),
    "on_wards": ("organisation", "financial_year", "unit", "code", "people", "restrained", "incidents", "bed_days"),
    "bed_days": ("organisation", "month", "bed_days"),
    "section_2_lengths": ("organisation", "financial_year", "code", "sections", "days", "median"),
    "incidents_by_year": ("organisation", "financial_year", "incidents", "racist", "with_restraint"),
    "racist_incidents": ("organisation", "financial_year", "code", "incidents", "staff_months"),
    "use_of_force": ("organisation", "unit_level", "unit", "month", "item", "records", "complete", "collected"),
    "recording": (*SLICE, *COUNTS),
    "recording_by": (*SLICE, "breakdown", "value", *STATUSES),
    "timeliness": (
        "organisation",
        "unit_level",
        "unit",
        "month",
        "first_contacts",
        "by_first_contact",
        "within_28_days",
        "later",
        "not_yet",
    ),
    "preferred": ("organisation", "code", "people", "conflicting"),
    "low_completeness": ("organisation", "source", "unit"),
    "dirt": ("feed", "period", "organisation", "file", "rule", "header", "effect", "count"),
}
_TEXTS = {
    "staff_headcount": "People in WRES scope in post on 31 March of the month, at the assignment that counts.",
    "new_detentions": "Legal status periods of categories A, B, C, D, P that begin in the month, by the person's "
    "preferred ethnicity and authority of residence; catchment is in or out of the 12 authorities "
    "served for adult mental health.",
    "legal_status_categories": "Legal status periods that begin in the months generated, by national category; "
    "informal periods are left out.",
    "restraint_by_year": "Rows of the intervention type table, incidents, and distinct people.",
    "restraint_by_ward": "Over all months, by White / BME / unknown of the person's preferred ethnicity.",
    "on_wards": "Distinct people who stayed on the ward in the year (a stay stands in every month from its first to "
    "its last day), those of them restrained there, incidents and bed days; unit all is any ward.",
    "bed_days": "Days on a ward, the day of leaving not counted.",
    "section_2_lengths": "Sections 2 of categories A, B, C that began and ended in the months generated, by the year "
    "of the end: how many, days from first to last day, and their median.",
    "incidents_by_year": "Incidents whose latest version is not rejected, by date of incident; racist by sub-category "
    "or tick box.",
    "racist_incidents": "Racist incidents with a named member of staff as the person affected, and months in post of "
    "all who are substantive, bank or non-executive, by the member of staff's preferred ethnicity.",
    "use_of_force": "Incidents with restraint by date of incident and unit: how many hold each of the sixteen items of "
    "the record of a use of force, all_items all of them; collected is whether a file of any has the columns for it.",
    "recording": "Rows by recording status. staff_record: the assignment that counts of every person on the record; "
    "mhsds: rows of the patient index, under the ward of the last stay in the month, else the team of the "
    "last referral; incidents: contacts of incidents that are not rejected, under month and unit of the "
    "incident; patient_ethnicity: patients (by their local number) in contact with the unit in the month, by what the "
    "patient record held at its end. Of these comparable are people of whom a usable value had come twice by the end "
    "of the month, from any system, two_record those with two records, where a monthly file that says the same again "
    "is none, and conflict those with two distinct codes: nobody can follow whose number cannot be read. "
    "lost is an answer that was given: of mhsds and incidents not stated while the patient record, of whichever "
    "organisation, held a code at the end of the month; of patient_ethnicity a code withdrawn since. any_other are the "
    "codes C, G, L, P, S, other_group S, mixed D, E, F, G.",
    "recording_by": "The rows of recording by what they are told apart by, at the levels at which that is told: whose "
    "record of an incident it is, staff group, age band, sex, legal status.",
    "timeliness": "Patients whose first contact with the unit lies in the month, by when the patient record first had "
    "an answer of them, a code or a refusal: on or before that day, in the 28 days after it, later within the months "
    "generated, or not at all.",
    "preferred": "People of the patient index by preferred ethnicity, and those with two distinct usable codes.",
    "low_completeness": "Units in which nearly half of the records were planted without ethnicity.",
    "dirt": "Rows or values planted wrong: effect duplicate (row dropped as a copy), row (left out), value (cleared), "
    "note (kept).",
}


@dataclass
class Truth:
    """Collects what is true of all trusts generated."""

    tables: dict[str, Rows] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    planted: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, rows: Rows) -> None:
        """Add rows to a table."""
        self.tables[name] += rows

    def text(self, about: dict[str, Any], ledger: Ledger) -> str:
        """The file's content."""
        self.tables["dirt"] = [[*row] for row in ledger.rows()]
        tables = {
            name: {"meaning": _TEXTS[name], "columns": list(COLUMNS[name]), "rows": sorted(rows, key=_by_text)}
            for name, rows in self.tables.items()
        }
        return (
            json.dumps(
                {**about, "planted": self.planted, "tables": tables},
                indent=None,
                sort_keys=True,
                ensure_ascii=True,
                separators=(",", ":"),
            )
            + "\n"
        )


def planted_rates(plan: Plan, counts: dict[str, dict[str, int]]) -> dict[str, Any]:
    """The planted rates of new detention of the catchment: a year, per 100,000 White residents, and ratios to it."""
    people = {code: sum(counts[area][code] for area in CATCHMENT) for code in ethnicity.CODES}
    ratios = {code: ethnicity.RATE_RATIO[ethnicity.broad_group(code)] for code in ethnicity.CODES}

    def mixed(codes: tuple[str, ...]) -> float:
        return round(sum(people[code] * ratios[code] for code in codes) / sum(people[code] for code in codes), 6)

    return {
        "white_rate_per_100000_before_revocations": round(patients.white_rate(plan, counts) * 100_000, 4),
        "rate_ratio": {
            "broad_nhs": {group: mixed(codes) for group, codes in ethnicity.BROAD_NHS.items()},
            "broad_ons": {group: mixed(codes) for group, codes in ethnicity.BROAD_ONS.items()},
            "white_bme": {
                "white": 1.0,
                "bme": mixed(tuple(code for code in ethnicity.CODES if code not in ethnicity.WHITE)),
            },
        },
        "racist_subcategories": list(RACIST_SUBCATEGORIES),
    }


def checksum(landing: Path) -> tuple[int, str]:
    """Number of files below a folder, and a checksum over their names and contents."""
    digest = hashlib.sha256()
    files = sorted(path for path in landing.rglob("*") if path.is_file())
    for path in files:
        digest.update(path.relative_to(landing).as_posix().encode() + b"\n")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return len(files), digest.hexdigest()


def _by_text(row: Sequence[str | int | float]) -> list[str]:
    return [str(value) for value in row]
