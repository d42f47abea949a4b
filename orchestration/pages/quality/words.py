"""What sources, statuses, levels and signals are called on the quality pages.

Belongs here: names and explanations for people who know wards, not codes. Does not belong here: numbers.
"""

from __future__ import annotations

from typing import NamedTuple


class SourceWords(NamedTuple):
    """A source by name, what it is, and what one record of it is."""

    name: str
    meaning: str
    record: str
    records: str


SOURCES = {
    "patient_ethnicity": SourceWords(
        "Patient record",
        "The electronic patient record: what our clinical systems held at the end of the month for every patient in "
        "contact with a team. This is where asking people puts things right.",
        "patient in contact",
        "patients in contact",
    ),
    "mhsds": SourceWords(
        "National return",
        "The Mental Health Services Data Set: what we send to NHS England every month, and what national figures on "
        "us are made from.",
        "patient sent",
        "patients sent",
    ),
    "incidents": SourceWords(
        "Incident reports",
        "The incident system: the ethnicity written down for each person affected by or involved in an incident, "
        "patients and staff alike.",
        "person in an incident",
        "people in incidents",
    ),
    "staff_record": SourceWords(
        "Staff record",
        "The Electronic Staff Record: the ethnicity staff have given, for everyone in post at the end of the month.",
        "person in post",
        "people in post",
    ),
}
"""Sources in the order in which they are shown: where asking works first."""
TIMED = "patient_ethnicity"
"""The source that says when an answer was given, so that it can be told whether that was by the first contact."""
STATUSES = {
    "valid": ("Known and stated", "A usable ethnic group. The headline is the share of these among all records."),
    "not_stated": ("Declined to say", "The person was asked and chose not to say. They are left in peace."),
    "not_known": ("Not asked or could not say", "Nobody asked, or the person was not able to answer then."),
    "invalid": ("Unreadable code", "A code that names no group: the fault of a system, not of a person."),
    "missing": ("Nothing recorded", "The field is empty."),
}
"""The five recording statuses, name and meaning; they always add up to the records."""
LEVELS = {"organisation": "whole trust", "division": "division", "directorate": "directorate", "team": "team or ward"}
UNKNOWN_SYSTEM = "System not known"
"""What the system of a record is called that names none, or one that no list knows."""
SUBJECTS = {"patient": "patients", "staff": "staff", "visitor": "visitors", "unknown": "people of no known kind"}
"""Whose record it is, in the order in which kinds are shown."""
BREAKDOWNS = {
    "age_band": "Age",
    "sex": "Sex",
    "legal_status": "Legal status",
    "staff_group": "Staff group",
    "subject": "Whose record",
}
BREAKDOWN_VALUES = {
    ("legal_status", "detained"): "Detained under the Mental Health Act during the month",
    ("legal_status", "informal"): "On a ward, not detained",
    ("legal_status", "community"): "In the community",
}
SIGNALS = {
    "above_upper_limit": "above its usual range",
    "below_lower_limit": "below its usual range",
    "rising": "rising seven months in a row",
    "falling": "falling seven months in a row",
    "two_of_three_high": "near the top of its usual range twice in three months",
    "two_of_three_low": "near the bottom of its usual range twice in three months",
    "run_above_mean": "above its average seven months in a row",
    "run_below_mean": "below its average seven months in a row",
    "common_cause": "within its usual range",
    "too_few_points": "too few months to tell",
    "too_few_events": "too few people to tell",
    "too_few_records": "of too few people to tell",
    "no_value": "no record this month",
}
ASSURANCE = {
    "consistently_pass": "If nothing changes, it will meet the target every month.",
    "consistently_fail": "If nothing changes, it will miss the target every month: the way of asking has to change.",
    "hit_or_miss": "If nothing changes, it will meet the target in some months and miss it in others, by chance.",
}
"""What the usual range says about the target, as long as a series keeps to it."""
CHANGED = {
    ("consistently_fail", "improvement"): (
        "Its usual range misses the target, and something has changed for the better: find out what, and keep it."
    ),
    ("consistently_pass", "concern"): (
        "Its usual range meets the target, and something has changed for the worse: find out what."
    ),
}
"""What is said instead where the last month does not keep to it, by what the range says and the sign of the month."""

OTHER_RULES = {
    "less_specific": "one that lets any other ethnic group stand beside a specific one",
    "lower_source": "one that does not ask who gave a code, and where",
    "less_frequent": "one that takes the latest code",
    "older": "one that takes the most frequent code",
    "tied": "one that settles ties in another way",
    "too_old": "one that looks back further than five years",
    "undone_by_refusal": "one that keeps the code of somebody who has declined since",
}
"""Which rule could have taken a code of a person that ours did not take, by why it did not."""


def source_words(source: str) -> SourceWords:
    """Words of a source; one that nobody has named yet is called by its code."""
    return SOURCES.get(source) or SourceWords(plain(source), "", "record", "records")


def outlook(assurance: str | None, icon: str | None) -> str:
    """What is to be expected of the target; empty where nothing can be said."""
    return CHANGED.get((assurance or "", icon or "")) or ASSURANCE.get(assurance or "", "")


def plain(code: str) -> str:
    """A code as words: `known_and_stated_share` -> `Known and stated share`."""
    return code.replace("_", " ").strip().capitalize()


def listed(names: list[str], most: int = 4) -> str:
    """Names in a sentence: `A, B and C`, or `A, B and 7 others`."""
    if not names:
        return "none"
    if len(names) > most:
        rest = len(names) - (most - 1)
        return f"{', '.join(names[: most - 1])} and {rest:,} others"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
