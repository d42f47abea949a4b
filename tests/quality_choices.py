"""Made-up codes that the rule of one ethnicity per person did not take, for the quality pages."""

from __future__ import annotations

PREFERENCE = [
    {
        "subject": subject, "chosen_source": "mhsds", "chosen_method": "none", "chosen_code": chosen,
        "losing_source": source, "losing_method": "none", "losing_code": losing, "reason_code": reason,
        "person_count": people,
    }
    for subject, chosen, source, losing, reason, people in (
        ("patient", "M", "incidents", "A", "lower_source", 1_100),
        ("patient", "N", "incidents", "A", "lower_source", 61),
        ("patient", "A", "incidents", "A", "same_code", 7_000),
        ("patient", "not_stated", "mhsds", "A", "undone_by_refusal", 23),
        ("staff", "B", "staff_record", "A", "older", 17),
        ("staff", "not_stated", "staff_record", "A", "undone_by_refusal", 5),
    )
]
"""Rows of `quality.ethnicity_preference`."""
