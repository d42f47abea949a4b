"""A small database with every table the quality pages read: made-up rows of two divisions, five teams, three runs."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from orchestration.pages.quality.tables import STATUS_COUNTS
from tests.conftest import PROJECT
from tests.quality_choices import PREFERENCE

ORGANISATION = "RXX"
UNITS = {
    "RXX": ("Example Trust", "organisation", None),
    "D1": ("North Division", "division", "RXX"),
    "D2": ("South & West Division", "division", "RXX"),
    "R1": ("North: Acute", "directorate", "D1"),
    "T1": ("Ash Ward", "team", "R1"),
    "T2": ("Birch Ward", "team", "R1"),
    "T3": ("Crisis <Team>", "team", "D2"),
    "T4": ("Dove House", "team", "D2"),
    "T/5": ("Elm: outreach", "team", "D2"),
}
"""Name, level and parent by code; one name and one code hold what HTML and file names can not."""
WORST, TINY = "T3", "T/5"
LEVELS = ("organisation", "division", "directorate", "team")
SOURCES = {
    "patient_ethnicity": "ethnicity",
    "mhsds": "ethnic_category",
    "incidents": "ethnic_origin",
    "staff_record": "ethnic_origin",
}
MONTHS = [datetime.date(2024 + (3 + n) // 12, (3 + n) % 12 + 1, 1) for n in range(18)]
LAST = MONTHS[-1]
GROUPS = ("A", "B", "C", "D", "E", "F", "G", "H", "J", "K", "L", "M", "N", "P", "R", "S")
SEEDS = (
    "ref_enum", "ref_ethnicity", "ref_sex", "ref_group_wording", "ref_quality_target", "ref_patient_system",
    "measure_catalogue",
)
IN_FORCE = "CREATE TABLE quality.target_in_force AS SELECT *, NULL AS replaced_on FROM reference.ref_quality_target"
BOUNDS = (1.8, 15.25)
"""Range that unknown ethnicity leaves for the detention ratio of Black people."""
UNMAPPED = 37


def make(path: Path) -> Path:
    """Write the database.

    Args:
        path: file to make.
    """
    with duckdb.connect(str(path)) as connection:
        for schema in ("core", "reference", "quality", "marts"):
            connection.execute(f"CREATE SCHEMA {schema}")
        for seed in SEEDS:
            schema = "marts" if seed == "measure_catalogue" else "reference"
            connection.execute(
                f"CREATE TABLE {schema}.{seed} AS SELECT * FROM read_csv(?, header = true, auto_detect = true)",
                [str(PROJECT / "seeds" / f"{seed}.csv")],
            )
        connection.execute(IN_FORCE)
        for name, rows in tables().items():
            frame = pd.DataFrame(rows)
            connection.register("rows_of_table", frame)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM rows_of_table")
            connection.unregister("rows_of_table")
        connection.execute(
            "CREATE TABLE marts.equity_headline AS SELECT measure_id, organisation_code, period_start, grouping, "
            "group_code, basis, true AS is_board_figure FROM marts.equity_measure WHERE period_start >= '2024-01-01'"
        )
    return path


def tables() -> dict[str, list[dict[str, Any]]]:
    """Rows by table."""
    draw = random.Random(4)  # noqa: S311 - made-up rows
    recording = list(_recording(draw))
    return {
        "core.dim_organisation_unit": [
            _row(
                unit_code=code, valid_from=datetime.date(2015, 4, 1), valid_to=datetime.date(9999, 12, 31),
                unit_name=name, unit_level=level, parent_unit_code=parent, organisation_code=ORGANISATION,
                is_ward="Ward" in name,
            )
            for code, (name, level, parent) in UNITS.items()
        ],
        "core.dim_area": [_row(area_code="A1", area_name="Northtown"), _row(area_code="A2", area_name="Southshire")],
        "quality.ethnicity_recording": recording + list(_breakdowns(draw)) + list(_subjects(recording)),
        "quality.ethnicity_recording_trend": list(_trend(recording)),
        "quality.ethnicity_category_use": [
            _row(
                source=source, **_unit(code), month=LAST, valid_count=900, any_other_count=180, other_group_count=40,
                mixed_count=9, detail_lost_count=21, any_other_share=0.2, other_group_share=0.0444, mixed_share=0.01,
                resident_any_other_share=0.1, resident_other_group_share=0.02, resident_mixed_share=0.03,
                any_other_ratio=2.0, other_group_ratio=2.22, mixed_ratio=0.3333,
            )
            for source in ("patient_ethnicity", "mhsds", "staff_record")
            for code in UNITS
        ],
        "quality.ethnicity_consistency": [
            _row(
                source=source, **_unit(code), month=LAST, person_count=1000, comparable_count=400,
                two_record_count=390, conflict_count=28, conflict_share=0.07, downgraded_count=12, withdrawn_count=3,
            )
            for source in ("patient_ethnicity", "mhsds", "staff_record")
            for code in UNITS
        ],
        "quality.ethnicity_agreement": [
            _agreement("patient", "rio", "mhsds", 800, 0.93), _agreement("patient", "rio", "pas", 12, 0.75),
        ],
        "quality.ethnicity_agreement_matrix": [
            _row(
                organisation_code=ORGANISATION, subject="patient", system="rio", compared_system="mhsds",
                ethnicity_code=code, compared_code=other, person_count=draw.randint(20, 90) if code == other else 2,
            )
            for code in GROUPS
            for other in GROUPS
            if code == other or draw.random() < 0.2
        ],
        "quality.ethnicity_preference": PREFERENCE,
        "quality.ethnicity_timeliness": [
            _row(
                **_unit(code), month=LAST, first_contact_count=120, by_first_contact_count=60, within_28_days_count=30,
                later_count=10, not_yet_count=20, by_first_contact_share=0.5, in_contact_count=700, confirmed_count=610,
                median_months_since_confirmed=14.0,
            )
            for code in UNITS
        ],
        "quality.ethnicity_census_fit": [
            _row(
                source=source, organisation_code=ORGANISATION, area_code=area, ethnicity_code=code,
                recorded_count=(count := draw.randint(4, 400)), recorded_share=count / 3200, resident_count=9000,
                resident_share=0.0625, fit_ratio=(fit := count / 200), fit_ratio_lower=fit * 0.8,
                fit_ratio_upper=fit * 1.25,
            )
            for source in ("mhsds", "patient_ethnicity", "staff_record")
            for area in ("all", "A1", "A2")
            for code in GROUPS
        ],
        "quality.use_of_force_record": [
            _row(
                **_unit(code), month=LAST, item_code=item, record_count=40, complete_count=complete,
                complete_share=complete / 40, is_collected=item != "efforts",
            )
            for code in UNITS
            for item, complete in (("reason", 40), ("place", 36), ("efforts", 0), ("all_items", 0))
        ],
        "reference.ref_use_of_force_item": [
            _row(item_code=code, item_name=name, act_section=section, judged_by="Filled in.", not_verified=None)
            for code, name, section in (
                ("reason", "Reason for the use of force", "6(5)(a)"), ("place", "Place", "6(5)(b)"),
                ("efforts", "Efforts to avoid it", "6(5)(p)"),
            )
        ],
        "quality.asking_plan": [
            {**row, "month": month, "to_ask_count": row["to_ask_count"] + more}
            for row in _plan(recording)
            for month, more in ((MONTHS[-2], 500), (LAST, 0))
        ],
        "quality.asking_plan_gain": [
            _row(
                source="patient_ethnicity", organisation_code=ORGANISATION, unit_code=code, month=LAST,
                measure_id=measure, grouping="white_bme" if group == "bme" else "broad_nhs", group_code=group,
                unknown_event_count=12, ratio=2.9, bound_lower=1.8, bound_upper=15.25,
                bound_lower_after=2.0, bound_upper_after=9.5, narrowing_share=share, gain_rank=rank,
            )
            for code in ("T1", "T2", WORST, "T4")
            for measure, group, share, rank in (
                ("mha_detention_rate", "bme", 0.44, 1), ("mha_detention_rate", "black", 0.45, None),
                ("restraint_rate", "bme", 0.1, 2),
            )
        ],
        "quality.unmapped_value": [
            _row(
                source="mhsds", field="EthnicCategory", source_organisation_code=ORGANISATION,
                period=month.isoformat()[:7], month=month, record_count=count,
            )
            for month, count in ((MONTHS[-2], 5), (LAST, UNMAPPED))
        ],
        "quality.malformed_value": [
            _row(
                source="contacts", field=field, source_organisation_code=ORGANISATION, period=LAST.isoformat()[:7],
                month=LAST, rule=rule, effect=effect, record_count=count,
            )
            for field, rule, effect, count in (
                ("NHSNumber", "nhs_check_digit", "value", 8), ("whole_row", "ends_after_it_starts", "row", 2),
            )
        ],
        "quality.feed_status": [
            _row(
                feed=feed, period="2025-09", source_organisation_code=ORGANISATION, feed_state="kept", is_stale=False,
                rows_quarantined=quarantined, refusal=None,
            )
            for feed, quarantined in (
                ("contacts", 0), ("incidents", 0), ("mhsds", 3), ("patient_ethnicity", 0), ("staff_record", 0),
            )
        ],
        "reference.ref_expectation": [
            _row(
                expectation="known_and_stated_trust", plain_name="Enough is known at the whole trust",
                why_it_matters="Without it no figure of the board is firm.", owner="Data quality team",
                how_to_fix="Ask those on the asking plan.", severity="warn",
            ),
            _row(
                expectation="status_counts_add_up", plain_name="The five statuses add up",
                why_it_matters="Otherwise people are lost.", owner="Data engineer", how_to_fix="Mend it.",
                severity="error",
            ),
        ],
        "quality.check_run": [
            _row(
                run_id=run, as_of=day, run_number=place or None,  # the first is from before runs were numbered
            )
            for place, (run, day) in enumerate(RUNS)
        ],
        "quality.check_result": list(_results()),
        "marts.equity_measure": [
            _row(
                measure_id=measure, period_start=datetime.date(year, 10, 1), period_label=f"12 months to {year + 1}-09",
                organisation_code=ORGANISATION, grouping=grouping, group_code=group, basis="2001", ratio=2.13,
                ratio_lower=1.5, ratio_upper=3.0, ratio_direction="group_over_reference", bound_lower=lower,
                bound_upper=upper + 99 * (2024 - year), unknown_share=0.158, fit_for_use="with_bounds",
            )
            for measure, grouping, group, lower, upper in (
                ("mha_detention_rate", "white_bme", "bme", 1.5, 4.25),
                ("mha_detention_rate", "broad_nhs", "black", *BOUNDS),
                ("mha_detention_rate", "broad_nhs", "mixed", 1.6, 9.0),
                ("restraint_rate", "broad_nhs", "asian", 0.1, 30.0),
                ("workforce_representation", "white_bme", "bme", 2.0, 2.8),
                ("racist_incident_rate", "white_bme", "bme", 0.6, 1.5),
            )
            for year in (2023, 2024)
        ],
    }


RUNS = tuple((f"run-{month - 7}", datetime.date(2025, month, 15)) for month in (8, 9, 10))


def _row(**cells: Any) -> dict[str, Any]:
    return cells


def _unit(code: str) -> dict[str, str]:
    return {"organisation_code": ORGANISATION, "unit_level": UNITS[code][1], "unit_code": code}


def _counts(records: int, share: float) -> dict[str, Any]:
    """The five counts of so many records with such a share of known ones."""
    valid = round(records * share)
    rest = records - valid
    parts = [rest // 4, rest // 4, rest // 10]
    counts = dict(zip(STATUS_COUNTS, [valid, *parts, rest - sum(parts)], strict=True))
    return {
        **counts,
        "record_count": records,
        "known_and_stated_share": valid / records,
        "stated_or_declined_share": (valid + parts[0]) / records,
    }


def _recording(draw: random.Random) -> Iterable[dict[str, Any]]:
    for source, field in SOURCES.items():
        for code, (_, level, _) in UNITS.items():
            size = {"organisation": 4000, "division": 2000, "directorate": 900, "team": 400}[level]
            size = 9 if code == TINY else size
            for place, month in enumerate(MONTHS):
                share = 0.72 + 0.012 * place + draw.uniform(-0.02, 0.02) + (0.04 if source == "staff_record" else 0)
                share -= 0.25 if code == WORST else 0.0
                share -= 0.25 if (source, code, month) == ("mhsds", "D1", LAST) else 0.0
                national = source == "mhsds"
                yield {
                    "source": source, "field": field, **_unit(code), "month": month, "breakdown": "all",
                    "breakdown_value": "all", **_counts(size, min(share, 0.99)),
                    "national_coverage_share": 0.99 if national else None,
                    "national_validity_share": 0.985 if national else None,
                    "national_accuracy_share": 0.9 if national else None,
                    "dqmi_item_score": 93.5 if national else None,
                }


def _breakdowns(draw: random.Random) -> Iterable[dict[str, Any]]:
    values = {"legal_status": ("detained", "informal", "community"), "sex": ("1", "2"), "age_band": ("18-24", "65+")}
    for source, code in (("mhsds", "RXX"), ("mhsds", "D1"), ("patient_ethnicity", "D1")):
        for breakdown, names in values.items():
            for value in names:
                yield {
                    "source": source, "field": SOURCES[source], **_unit(code), "month": LAST, "breakdown": breakdown,
                    "breakdown_value": value, **_counts(draw.randint(12, 900), 0.8),
                }


def _subjects(recording: Sequence[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    """Reports of incidents told apart: a quarter of their records is of staff, and so are most empty fields."""
    for row in recording:
        if row["source"] == "incidents":
            size = row["record_count"] // 4
            empty = min(size, row["missing_count"])
            staff = {**dict.fromkeys(STATUS_COUNTS, 0), "missing_count": empty, "valid_count": size - empty}
            patient = {column: row[column] - staff[column] for column in STATUS_COUNTS}
            for subject, counts in (("patient", patient), ("staff", staff)):
                yield {
                    **row, **counts, "breakdown": "subject", "breakdown_value": subject,
                    "record_count": sum(counts.values()),
                }


def _trend(recording: Sequence[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for row in recording:
        place = MONTHS.index(row["month"])
        share, mean = row["known_and_stated_share"], 0.72 + (0.04 if row["source"] == "staff_record" else 0)
        has_limits = row["unit_code"] not in (TINY, WORST)
        signal = "below_lower_limit" if (row["source"], row["unit_code"], row["month"]) == ("mhsds", "D1", LAST) else (
            "run_above_mean" if has_limits and place > 12 else "common_cause" if has_limits else "too_few_events"
        )
        yield {
            **{key: row[key] for key in ("source", "field", "organisation_code", "unit_level", "unit_code", "month")},
            "known_and_stated_share": share,
            "mean": mean + 0.05 if has_limits else None,
            "lower_limit": mean - 0.02 if has_limits else None,
            "upper_limit": mean + 0.13 if has_limits else None,
            "phase": 1, "phase_reason": "a new form asks at the door" if place > 6 else None,
            "point_count": len(MONTHS), "signal": signal,
            "is_sudden": signal == "below_lower_limit" if has_limits else None,
            "icon": {"below_lower_limit": "concern", "run_above_mean": "improvement"}.get(signal, "none"),
            "target": 0.95, "assurance": "consistently_fail" if has_limits else None,
            "intervention_name": "Form at the door" if (row["unit_code"], row["month"]) == ("D1", LAST) else None,
        }


def _plan(recording: Sequence[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    teams = [
        row for row in recording
        if (row["source"], row["unit_level"], row["month"]) == ("patient_ethnicity", "team", LAST)
    ]
    ask = {row["unit_code"]: row["not_known_count"] + row["missing_count"] for row in teams}
    order = sorted(ask, key=lambda code: -ask[code])
    for row in teams:
        code, known, people = row["unit_code"], row["valid_count"], row["record_count"]
        needed = max(0, -(-95 * people // 100) - known)
        yield {
            "source": "patient_ethnicity", "organisation_code": ORGANISATION, "unit_code": code, "month": LAST,
            "unit_name": UNITS[code][0], "division_code": "D1" if code in ("T1", "T2") else "D2",
            "person_count": people,
            "valid_count": known, "to_ask_count": ask[code], "not_stated_count": row["not_stated_count"],
            "target": 0.95, "needed_count": needed, "is_target_reachable": known + ask[code] >= 0.95 * people,
            "asked_count": 16, "answered_count": 14, "declined_after_asking_count": 2,
            "plan_rank": order.index(code) + 1,
        }


def _results() -> Iterable[dict[str, Any]]:
    for place, (run, day) in enumerate(RUNS):
        month = MONTHS[place - 3]
        for source in SOURCES:
            share = 0.9 + place / 100
            yield _result(run, day, "known_and_stated_trust", source, "all", None, month, "warn", False, share)
            yield _result(run, day, "known_and_stated_team", source, "all", None, month, "warn", False, share)
            yield _result(run, day, "known_and_stated_team", source, "team", WORST, month, "warn", False, 0.6)
            yield _result(run, day, "known_and_stated_team", source, "team", TINY, month, "warn", False, 5 / 9)
            yield _result(run, day, "status_counts_add_up", source, "all", None, None, "error", True, None)
    yield _result(*RUNS[-1], "systems_agree", "across_feeds", "all", None, None, "warn", False, 0.96)
    for pair, passed, share in (("mhsds and rio", True, 0.97), ("rio and pas", False, 0.75)):
        yield _result(
            *RUNS[-1], "systems_agree", "across_feeds", "system_pair", f"patient: {pair}", None, "warn", passed, share
        )


def _result(  # noqa: PLR0917 - a row
    run: str, day: datetime.date, name: str, source: str, level: str, unit: str | None, month: datetime.date | None,
    severity: str, passed: bool, share: float | None,
) -> dict[str, Any]:
    of = 9 if unit == TINY else 400
    return {
        "run_id": run, "as_of": day, "expectation": name, "description": "what is expected, in words", "source": source,
        "unit_level": level, "unit_code": unit or "all", "month": month, "severity": severity,
        "passed": passed, "rating": None if share is None else "red", "evaluated_count": 5,
        "failing_count": 0 if passed else 2, "numerator": None if share is None else round(of * share),
        "denominator": None if share is None else of, "share": share, "target": None if share is None else 0.95,
        "fault": None,
    }


def _agreement(subject: str, system: str, compared: str, people: int, share: float) -> dict[str, Any]:
    agree = round(people * share)
    return {
        "organisation_code": ORGANISATION, "subject": subject, "system": system, "compared_system": compared,
        "person_count": people, "agree_count": agree, "agreement_share": agree / people,
        "agreement_lower": agree / people - 0.02, "agreement_upper": min(1.0, agree / people + 0.02), "kappa": 0.86,
        "not_white_british_elsewhere_count": people // 4, "white_british_here_count": people // 40,
        "white_default_share": 0.1, "white_default_lower": 0.06, "white_default_upper": 0.15,
    }
